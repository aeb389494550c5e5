"""What people say in talks and letters that no sample of ours says."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.understanding import parties
from firstvisit.steps.intake.understanding.dialogue import Turn, passages
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.values import care, names, payers
from firstvisit.steps.intake.understanding.values.spoken import view


def told(text: str, agent: str = "") -> Told:
    return Told("phone", dt.date(2026, 6, 1), (Passage(text, 0),), agent=agent)


@pytest.mark.parametrize(
    ("text", "writer", "sure"),
    [
        ("I'd like to get my sister in for balance therapy.", "relative", True),
        ("My aunt's coming home from the hospital next week.", "relative", True),
        ("My girl's nine and still can't tie a shoe.", "relative", True),
        ("Es para mi abuela, Rosa.", "relative", True),
        ("My ankles swell and I limp.", "patient", True),
        ("Two guys in the house, his walker broke.", "patient", False),
    ],
)
def test_who_calls(text: str, writer: str, sure: bool) -> None:
    found = parties.writing(told(text))
    assert (found.writer, found.sure) == (writer, sure)


def test_a_name_that_answers_for_us_is_nobody_elses() -> None:
    assert not [m for m in parties.mentions(told("Hi, is this Bettina speaking?", "Clinic, Bettina speaking.")) if m.name == "Bettina"]


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Ama Osei-Badu, O-S-E-I hyphen B-A-D-U.", ["OSEI-BADU"]),
        ("Noor. N-O-O-R. H-A-D-D-A-D.", ["NOOR", "HADDAD"]),
        ("It's T, R, I, N, H. H for hotel.", ["TRINH"]),
    ],
)
def test_letters_one_by_one(text: str, spelled: list[str]) -> None:
    assert [span.value.letters for span in names.spelled(text)] == spelled


def test_a_filler_is_not_the_answer() -> None:
    made, _ = passages([Turn("What's her name?", 0, False), Turn("Oh. Wilma Tate.", 20, True)])
    assert [(each.text.strip(), each.first) for each in made] == [("Oh.", True), ("Wilma Tate.", True)]


def test_what_is_spelled_next_takes_nothing_back() -> None:
    made, _ = passages([Turn("Name?", 0, False), Turn("Ottilie Vance. Wait, let me spell it, V-A-N-C-E. Born May 2nd.", 10, True)])
    assert "Ottilie Vance" in made[0].text


def test_a_company_that_goes_on_behind_a_plans_word_is_no_plan() -> None:
    assert not payers.plan_names("Calling from Lakeland Managed Care Partners.")
    assert [span.value for span in payers.plan_names("I have Lakeland Managed Care.")] == ["Lakeland Managed Care"]


@pytest.mark.parametrize(("text", "number"), [("Medicare 3TC9WD4NK71 Z47.1 PT", "3TC9WD4NK71"), ("Medicare, MBI 3TC9-WD4-NK71", "3TC9-WD4-NK71")])
def test_a_medicare_number_ends_where_its_places_do(text: str, number: str) -> None:
    assert [span.value for span in payers.member_numbers(text)] == [number]


def test_ends_of_numbers_that_begin_with_nought() -> None:
    assert view("two one six, five five five, oh one nineteen").text == "216, 555, 0119"


@pytest.mark.parametrize(("text", "name"), [("She needs the O T.", "OT"), ("I'm calling about speech.", "SLP"), ("Got one for speech, a gentleman.", "SLP")])
def test_therapies_in_short(text: str, name: str) -> None:
    assert [span.value[0] for span in care.disciplines(text)] == [name]
