"""Which programs words speak of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from firstvisit.referral.record import Diagnosis, Referral
from firstvisit.steps.qualify.facts import facts_of
from firstvisit.steps.qualify.subjects import declined_by_words, programs_spoken_of
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


@pytest.mark.parametrize(
    ("said", "declined"),
    [
        ("I need a driving evaluation so that I may drive again", "driving"),
        ("driving evaluation after my stroke", "driving"),
        ("driver rehabilitation", "driving"),
        ("Necesito rehabilitación de baja visión", "low_vision"),
        ("low vision rehabilitation", "low_vision"),
        ("wheelchair seating evaluation for a power chair", "wheelchair_seating"),
        ("My doctor says I must be tested before I drive again after my stroke", "driving"),
        ("Necesito un examen para manejar otra vez", "driving"),
        ("I need to be fitted for a custom power wheelchair", "wheelchair_seating"),
        ("My hand is stiff and I drive a truck", None),
        ("Evaluated for neck pain after driving home", None),
        ("She was evaluated to see if she can drive", "driving"),
        ("My knee was evaluated, and now it hurts. I drive a truck.", None),
        ("not a driving evaluation, my shoulder hurts", None),
        ("Hip replacement on Monday; when am I safe to drive?", None),
        ("I use a wheelchair and my shoulder hurts", None),
        ("Macular degeneration, fell twice, her balance is bad", None),
        ("My balance is bad", None),
    ],
)
def test_a_service_that_is_not_offered_is_known_by_the_words_that_name_it(said: str, declined: str | None) -> None:
    asked = Referral(channel="web", concern=said, disciplines=("OT",))
    assert declined_by_words(asked, cedar_street(), 70 * 12) == declined
    facts = facts_of(asked, cedar_street(), received_at=datetime(2026, 11, 24, 16, tzinfo=UTC), source="web")
    assert facts.asked_program == declined


def test_a_stated_program_goes_before_words() -> None:
    asked = Referral(channel="web", concern="driving evaluation", program="hand_therapy")
    facts = facts_of(asked, cedar_street(), received_at=datetime(2026, 11, 24, 16, tzinfo=UTC), source="web")
    assert facts.asked_program == "hand_therapy"
