"""Values in stretches of text: each way of saying one, and what only looks like one."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.understanding.values.care import settings, timings
from firstvisit.steps.intake.understanding.values.contact_points import emails, phones
from firstvisit.steps.intake.understanding.values.dates import ages, days
from firstvisit.steps.intake.understanding.values.names import corrected, spelled
from firstvisit.steps.intake.understanding.values.payers import authorization, is_secondary, member_numbers
from firstvisit.steps.intake.understanding.values.plans_of_care import frequencies
from firstvisit.steps.intake.understanding.values.spoken import view

WRITTEN_ON = dt.date(2026, 4, 10)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("five one two, double five five, oh one four three", "512, 555, 0143"),
        ("nineteen eighty-four", "1984"),
        ("two thousand and nine", "2009"),
        ("two hundred and five Main Street", "205 Main Street"),
        ("0 4 4 1 9 2 7 3", "04419273"),
        ("this one is fine", "this one is fine"),
    ],
)
def test_numbers_as_people_say_them(said: str, written: str) -> None:
    assert view(said).text == written


def test_a_number_points_back_at_the_words_it_was_said_in() -> None:
    said = "my cell is six oh eight five five five zero one two two thanks"
    [span] = phones(view(said).text)
    start, end = view(said).back(span.start, span.end)
    assert said[start:end] == "six oh eight five five five zero one two two"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("April eleventh, twenty nineteen", "2019-04-11"),
        ("the third of May two thousand and nine", "2009-05-03"),
        ("12.19.91", "1991-12-19"),
        ("March 9, 19... 48", "1948-03-09"),
        ("3 de mayo de 2019", "2019-05-03"),
        ("March 3rd", "2026-03-03"),
        ("May 27th of this year", "2026-05-27"),
    ],
)
def test_days_as_people_write_and_say_them(said: str, day: str) -> None:
    assert [each.value.date.isoformat() for each in days(view(said).text, WRITTEN_ON)] == [day]


@pytest.mark.parametrize("text", ["2x/week", "13/45/2020", "pain 3/10", "page 2 of 3"])
def test_what_is_no_day(text: str) -> None:
    assert days(text, WRITTEN_ON) == []


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("My 2 year old", 2), ("he is 14 months and still", 1), ("she's 74.", 74), ("(DOB unknown), aged 66", 66),
        ("shes 92 and she lives alone", 92), ("he's 16 sprained it at practice", 16), ("im 71 my number is", 71),
        ("they turned 3 in June", 3), ("Odell, 5yrs", 5), ("Constance Okafor 81. she falls", 81),
    ],
)  # fmt: skip
def test_ages(text: str, age: int) -> None:
    assert [each.value for each in ages(text)] == [age]


@pytest.mark.parametrize(
    "text",
    ["he is 6 feet tall", "she's 12 weeks out", "I'm 5 minutes away", "she is 30 percent better", "he's 8 visits in", "I'm 40 hours a week", "she's 24/7"],
)
def test_what_is_no_age(text: str) -> None:
    assert ages(text) == []



@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("he came to us in June", []), ("her brother does speech at his school.", []), ("he saw her at the Bone Clinic", []), ("I see him in our clinic", []),
        ("can somebody come to us", ["home"]), ("we would come to the clinic", ["clinic"]), ("therapy at school, please", ["school"]),
    ],
)  # fmt: skip
def test_where_care_is_wanted(text: str, places: list[str]) -> None:
    assert [each.value for each in settings(text)] == places


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("it's jerome dot whitfield at example dot com", "jerome.whitfield@example.com"), ("email me, E Polite at example dot org", "epolite@example.org"),
        ("b q u a r l e s at example dot com", "bquarles@example.com"), ("a kowalke at example dot net", "akowalke@example.net"),
    ],
)  # fmt: skip
def test_addresses_said_aloud(said: str, address: str) -> None:
    assert [each.value for each in emails(said)] == [address]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Mateo Villarreal, V-I-L-L-A-R-R-E-A-L, April", "VILLARREAL"),
        ("O as in Oscar, S as in Sam, E, I", "OSEI"),
        ("Brandon Yates, Y A T E S. I tore my", "YATES"),
        ("DeSantis, capital D-E, capital S-A-N-T-I-S.", "DESANTIS"),
        ("Agbayani. A-G-B-A-Y-A-N-I. N, like Nancy. A-N-I.", "AGBAYANI"),
        ("Ishani Bhatt, B, H, A, doble T, de la clínica", "BHATT"),
        ("my name is Loretta kin cannon K I N C A N N O N", "KINCANNON"),
    ],
)
def test_names_that_are_spelled_out(text: str, letters: str) -> None:
    assert [each.value.letters for each in spelled(text)] == [letters]


def test_a_name_is_as_it_is_spelled_however_it_was_heard() -> None:
    heard = "its Rejean Tibbadoe calling. That's T H I B O D E A U, and"
    assert corrected("Rejean Tibbadoe", [each.value for each in spelled(heard)]) == "Rejean Thibodeau"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2-3 x/wk x 6 wks", {"visits_per_week": "2-3", "weeks": 6}),
        ("twice a week for 8 weeks", {"visits_per_week": 2.0, "weeks": 8}),
        ("2-3 x wk / 6 wks", {"visits_per_week": "2-3", "weeks": 6}),
        ("work conditioning 4x/wk x 4 wks (16 visits)", {"visits_per_week": 4.0, "weeks": 4, "total_visits": 16}),
        ("2 vezes por semana, durante 6 semanas", {"visits_per_week": 2.0, "weeks": 6}),
        ("dos veces por semana durante 6 semanas", {"visits_per_week": 2.0, "weeks": 6}),
        ("2w6", {"visits_per_week": 2.0, "weeks": 6}),
        ("12 visits", {"total_visits": 12}),
        ("2-3 sessions weekly for 12 weeks", {"visits_per_week": "2-3", "weeks": 12}),
        ("up to 20 visits a year", {}),
        ("one to 2 times a week for 4 weeks", {"visits_per_week": "1-2", "weeks": 4}),
        ("3 times a week for 6.", {"visits_per_week": 3.0, "weeks": 6}),
        ("it says 2 times, 6 weeks", {"visits_per_week": 2.0, "weeks": 6}),
        ("PT first 6 weeks, 2 times a week", {"visits_per_week": 2.0, "weeks": 6}),
        ("twice a week for a month", {"visits_per_week": 2.0, "weeks": 4}),
        ("her last 2 visit notes", {}),
    ],
)
def test_how_often_and_how_long(text: str, parts: dict[str, object]) -> None:
    assert {name: value for each in frequencies(text) for name, value in each.value.items()} == parts


def test_a_number_on_a_card_and_not_the_groups() -> None:
    found = member_numbers("Summit Care PPO, ID SC00418827, group number 7715.", bare=True)
    assert [each.value for each in found] == ["SC00418827"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("no auth needed up to 20 visits", ["not_required"]),
        ("They told me you need pre-authorization.", ["required"]),
        ("auth #PBT-A-20771 approved 18 visits", ["approved"]),
        ("Authorization: pending with utilization review", ["pending"]),
        ("Signed HIPAA authorization approved", []),
        ("He says it's all approved.", ["approved"]),
        ("The nurse case manager has it authorized", ["approved"]),
        ("Authorization came through on Monday", ["approved"]),
        ("authorised, ref 77120-PT4", ["approved"]),
        ("It needs an authorization and Dr. Hale's office put in for it, we're waiting to hear.", ["pending"]),
        ("They want an authorization, we sent it Thursday.", ["pending"]),
        ("The request went in last week", ["pending"]),
        ("The plan said it has to be pre-approved.", ["required"]),
        ("There must be a prior authorization and it's not started", ["required"]),
        ("They'll need a prior approval", ["required"]),
        ("once it's all approved we will call", []),
        ("does he still have visits authorized", []),
    ],
)
def test_what_was_said_of_authorization(text: str, status: list[str]) -> None:
    assert [each.value for each in authorization(text)] == status


@pytest.mark.parametrize("said", ["He has a supplement too, Pine Harbor Life, Plan G", "a supplement, Pine Harbor Life", "secondary is Pine Harbor Life", "Medicare plus Pine Harbor Life"])
def test_cover_that_comes_second(said: str) -> None:
    at = said.index("Pine")
    assert is_secondary(said, at, at + len("Pine Harbor Life"))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("that is my work at the clinic", []), ("he had his stroke at your clinic's parking lot", []), ("se cayó de una escalera en la casa", []),
        ("hides under the table in the cafeteria at school", []), ("I work in an office", []), ("Dr. Hale at the medical center clinic put a name to it", []),
        ("she can come to the clinic", ["clinic"]), ("therapy at school, please", ["school"]), ("OT visits in the home", ["home"]), ("in person is fine", ["clinic"]),
        ("could somebody come to the house for PT at home", ["home"]),
    ],
)  # fmt: skip
def test_where_something_happens_no_care_is_wanted(text: str, where: list[str]) -> None:
    assert [each.value for each in settings(text)][:1] == where


@pytest.mark.parametrize(
    ("text", "soon"),
    [
        ("the sooner we start therapy the better", "asap"), ("needs to start Thursday or Friday at the latest", "asap"), ("o mais rápido possível", "asap"),
        ("Nothing before the new fiscal year, January", "later"), ("not until next spring", "later"), ("she'll be five in a couple weeks", None),
        ("by Thursday every week I have no voice left", None), ("by Thursday please", "asap"),
    ],
)  # fmt: skip
def test_how_soon(text: str, soon: str | None) -> None:
    assert [each.value for each in timings(text)][:1] == ([soon] if soon else [])


@pytest.mark.parametrize(
    ("text", "day"), [("no dia 10 de outubro de 2025", "2025-10-10"), ("nasceu em 3 de março de 1988", "1988-03-03"), ("2 de fevereiro de 2026", "2026-02-02")]
)
def test_days_in_portuguese(text: str, day: str) -> None:
    assert [each.value.date.isoformat() for each in days(text, WRITTEN_ON)] == [day]
