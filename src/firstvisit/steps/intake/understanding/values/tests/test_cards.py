"""Numbers that are said letter by letter are read as they are printed; what is no such number stays as it was said."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding.values.cards import cards
from firstvisit.steps.intake.understanding.values.spoken import view


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("it's Q R S dash one one two oh nine", "QRS-11209"),
        ("K, L, M, four hyphen two two seven one", "KLM4-2271"),
        ("B as in bravo, seven, zero, zero, nine, nine, three", "B700993"),
        ("H as in Henry, P like Peter, 44 01 73", "HP440173"),
        ("november tango six six one oh four", "NT66104"),
        ("Foxtrot, Hotel, Zulu, triple four, nine oh", "FHZ44490"),
        ("the number is 3 m k 7 e u 2 r f 6 0", "3MK7EU2RF60"),
        ("Y, L, then 330 44 5", "YL330445"),
        ("W C, one eight, three three four", "WC18334"),
        ("Number's A G H 2 2 0 9 7 1 5.", "AGH2209715"),
        ("ABX 12 dash 0 0 7 4", "ABX12-0074"),
        ("one E G four, dash, T E five, dash, M K seven three", "1EG4-TE5-MK73"),
        ("8, H, N, 4, dash, D, double U, 9", "8HN4-DW9"),
        ("nine one nine dash four four six two dash oh one", "919-4462-01"),
    ],
)
def test_a_card_is_read_as_it_is_printed(said: str, printed: str) -> None:
    assert printed in cards(said).text


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("M seventy-five point one one two", "M75.112"),
        ("it's G thirty five, G 3 5 . 9", "G3"),
        ("R forty-seven point oh", "R47.0"),
        ("S 8 2 . 1 0 1 A on the sheet", "S82.101A"),
        ("F eighty point two and F eighty point one", "F80.2"),
        ("I sixty nine point three five one", "I69.351"),
        ("m two five point five one one", "M25.511"),
        ("Z ninety six point six five two", "Z96.652"),
        ("M 5 4 . 1 6", "M54.16"),
        ("N39 point 3", "N39.3"),
    ],
)
def test_a_diagnosis_is_read_as_it_is_printed(said: str, code: str) -> None:
    assert code in cards(said).text


@pytest.mark.parametrize(
    "said",
    [
        "Charlotte NC 28205",
        "call me at 919-555-0141, ID later",
        "three times a week for six weeks, then two times a week",
        "born 4, 19, 1962",
        "apartment 4 on 12 Elm Street",
        "M54.50, M54.16",
        "Mondays 9 to 12",
        "A 5 year old",
        "12/01/1990",
        "for PT 2 to 3 visits",
    ],
)
def test_what_is_no_card_stays_as_it_was_said(said: str) -> None:
    assert cards(said).text == view(said).text


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("nineteen sixty-one", "1961"), ("mil novecientos ochenta y cuatro", "1984"), ("dos mil doce", "2012"), ("cero uno cuarenta y seis", "0146"),
        ("setenta y tres años", "73 años"), ("cinco cinco cinco", "555"), ("quinientos veinte", "520"), ("treinta y uno de agosto", "31 de agosto"),
        ("veintitrés de marzo de mil novecientos noventa", "23 de marzo de 1990"), ("doble cinco", "55"),
    ],
)  # fmt: skip
def test_spanish_numbers(said: str, written: str) -> None:
    assert view(said, spanish=True).text == written


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("ten fourteen forty eight", "10 14 48"), ("Two Harbors", "Two Harbors"), ("Three Rivers, Michigan", "Three Rivers, Michigan"), ("Two Mondays", "2 Mondays"),
        ("Second December", "2th December"), ("the thirtieth of March", "the 30th of March"), ("oh double seven one", "0771"), ("triple five", "555"),
        ("one of them", "one of them"), ("area code six one five", "area code 615"),
    ],
)  # fmt: skip
def test_english_numbers(said: str, written: str) -> None:
    assert view(said).text == written
