"""Which programs words speak of."""

from __future__ import annotations

import pytest

from firstvisit.referral.record import Diagnosis, Referral
from firstvisit.steps.qualify.subjects import programs_spoken_of
from firstvisit.steps.qualify.tests.samples import cedar_street


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("I get dizzy when I turn in bed", ("vestibular",)),
        ("Vertigo since Saturday", ("vestibular",)),
        ("Mareos al levantarme", ("vestibular",)),
        ("evaluate and treat, BPPV", ("vestibular",)),
        ("not better yet: dizziness when I look up", ("vestibular",)),
        ("headaches without relief since the concussion", ("concussion",)),
        ("no headache, dizzy since the fall", ("fall_prevention", "vestibular")),
        ("Denies numbness, tingling or dizziness; strained back at work", ()),
        ("no dizziness, strained back lifting", ()),
        ("strained my back lifting a box", ()),
        ("", ()),
    ],
)
def test_words_speak_of_the_programs_whose_names_they_use(said: str, spoken: tuple[str, ...]) -> None:
    found = programs_spoken_of(Referral(channel="web", concern=said or None), cedar_street())
    assert tuple(slug for slug in found) == spoken


def test_a_diagnosis_in_words_counts_as_what_was_said() -> None:
    dizzy = Referral(channel="web", diagnoses=(Diagnosis(words="Vertiginous syndrome, BPPV"),))
    assert programs_spoken_of(dizzy, cedar_street()) == ("vestibular",)


def test_a_word_that_names_two_programs_points_to_neither() -> None:
    balance = Referral(channel="web", concern="My balance is bad")
    assert "vestibular" not in programs_spoken_of(balance, cedar_street())
