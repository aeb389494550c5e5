"""Two patients in one request: asked about where a name or the words tell of two, and only there."""

from __future__ import annotations

import pytest

from firstvisit.referral.names import person_name
from firstvisit.referral.record import ONE_PATIENT, Contact, Evidence, Patient, Referral
from firstvisit.referral.several import may_be_several


def asks(first: str | None = None, last: str | None = None, words: str | None = None, who: str = "mother") -> bool:
    return may_be_several(
        Referral(
            channel="web", patient=Patient(first_name=first, last_name=last), contact=Contact(relationship=who),
            concern=words,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "Ana and Ben Feld", "Lia and Noah", "Kai / Lea", "Ana & Ben Sutter", "Ana&Ben Sutter", "Ana y Ben Feld",
        "Kai/Lea", "Ana + Ben Feld", "Mia, Zoe and Kit Orban", "Ana und Ben Feld", "Ana María y Luis",
        "Twins Feld", "both boys", "Lia and her brother Noah", "Baby A and Baby B Holm",
        "Sutter, Ana & Ben", "Ana Sutter & Ben Sutter", "Ana Sutter / Ben Sutter", "Ana (and Ben) Sutter",
        "Ana with Ben Sutter",
    ],
)  # fmt: skip
def test_two_first_names_in_one_name_are_asked_about(name: str) -> None:
    split = person_name(name)
    assert asks(split.first, split.last), split
    first, _, last = name.rpartition(" ")
    assert asks(name) or asks(first, last)


@pytest.mark.parametrize(
    "name",
    [
        "Mary Ann Feld", "Ana de la Cruz", "Andrew Sandoval", "Anne-Marie O'Brien",
        "Feld, Ana", "Yolanda Boyd", "Augustin Zablocki Jr", "Kim Le", "Ana Smith-Jones", "Leyland Anders",
        "Plustina Reyes", "J. R. Tolliver", "Ana Feld, MD", "Ana (Annie) Feld", "Consuelo Withers", "Kidd, Ana",
        "Etta Childress", "Thomas Thomas", "Ana Conrad", "Van Dyke, Ana van Dyke-Roe",
    ],
)  # fmt: skip
def test_one_name_however_long_is_one_patient(name: str) -> None:
    split = person_name(name)
    assert not asks(split.first, split.last), split


@pytest.mark.parametrize(
    "name",
    [
        "Ana Sutter, Ben Sutter", "Sutter twins", "The Sutter kids", "Sutter children", "Mr. and Mrs. Sutter",
        "Mr & Mrs Bob Sutter", "Bob Sutter Jr & Sr", "Gemelos Sutter", "Sutter, twins",
    ],
)  # fmt: skip
def test_a_whole_name_that_stands_for_several_is_asked_about(name: str) -> None:
    split = person_name(name)
    assert asks(split.first, split.last), split


def test_a_last_name_of_two_is_one_patients() -> None:
    assert not asks("Ana", "Smith/Jones") and not asks("Ana", "Ortega y Gasset") and not asks(None, "Smith & Co")


@pytest.mark.parametrize(
    "words",
    [
        "My twins do not talk yet, both of them", "Both twins need speech", "Our twins are three and they stutter",
        "Both boys fall a lot", "My two sons need OT", "Both of my kids stutter", "Mis gemelos no hablan, los dos",
        "Mis dos hijos necesitan terapia", "My three-year-old twins. They both need an evaluation", "both kids need PT",
    ],
)  # fmt: skip
def test_words_of_several_children_are_asked_about(words: str) -> None:
    assert asks("Ana", "Feld", words) and asks(None, None, words)


@pytest.mark.parametrize(
    "words",
    [
        "She is a twin and was born early", "Both ears were tested", "He falls on both feet",
        "One of my twins stutters", "He shares a room with his twin brother",
        "Her sisters are twins", "We both work, call in the evening",
        "Since the twins were born she wets the bed", "He does not talk to both of us", "Sus hermanos hablan por él",
    ],
)  # fmt: skip
def test_words_that_only_speak_of_others_ask_nothing(words: str) -> None:
    assert not asks("Ana", "Feld", words)


def test_who_asks_for_themselves_may_speak_of_their_children() -> None:
    assert not asks(None, None, "I carry my twins all day, they are heavy, and my back hurts", who="self")


def test_what_was_settled_is_not_asked_again() -> None:
    settled = {ONE_PATIENT: Evidence(place="typed", confirmed_by="dana")}
    both = Referral(channel="web", patient=Patient(first_name="Ana and Ben"), evidence=settled)
    assert not may_be_several(both)
