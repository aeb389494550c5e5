"""From what was stated to what a payer is asked with."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pytest

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import Practice
from firstvisit.referral.record import Contact, Patient, Payer, Referral
from firstvisit.steps.coverage.cards import cards, inquiry
from firstvisit.steps.coverage.inquiries import checked

NORTHFIELD = Payer(name="Northfield Health PPO", member_id="NH 8890 02")
ROBIN = Patient(first_name="Robin", last_name="Doe", date_of_birth=dt.date(1980, 2, 29), sex="female")
TODAY = dt.date(2026, 11, 23)


@cache
def cedar_street() -> Practice:
    """The sample practice."""
    return read_folder(SAMPLE).practice(1)


def stated(*payers: Payer, patient: Patient = ROBIN, **more: Any) -> Referral:
    return Referral(channel="web", patient=patient, payers=payers or None, **more)


def test_a_plan_of_our_list_with_all_that_is_needed_misses_nothing() -> None:
    (card,) = cards(stated(NORTHFIELD), cedar_street(), ("PT", "SLP"))
    assert (card.rank, card.kind, card.payer, card.missing) == (0, "commercial", "northfield_health", ())
    assert card.disciplines == ("PT", "SLP")


def test_nobody_who_pays_is_a_plan_of_no_kind_that_is_asked_nothing() -> None:
    (card,) = cards(stated(), cedar_street(), ("PT",))
    assert (card.kind, card.payer, card.missing) == ("", "", ())


@pytest.mark.parametrize("kind", ["workers_comp", "auto", "private_pay", "school", "va", "employer"])
def test_who_is_no_health_plan_misses_nothing_because_nobody_asks_it(kind: Any) -> None:
    (card,) = cards(stated(Payer(kind=kind, name="Somebody")), cedar_street(), ("PT",))
    assert (card.kind, card.missing) == (kind, ())


@pytest.mark.parametrize(
    ("payer", "patient", "disciplines", "missing"),
    [
        (Payer(name="Northfield"), ROBIN, ("PT",), ("payers.0.member_id",)),
        (Payer(kind="medicaid", member_id="1"), ROBIN, ("PT",), ("payers.0.name",)),
        (NORTHFIELD, Patient(first_name="Robin"), ("PT",), ("patient.last_name", "patient.date_of_birth")),
        (NORTHFIELD, ROBIN, (), ("disciplines",)),
    ],
)
def test_what_keeps_a_payer_from_knowing_who_is_meant_is_named(
    payer: Payer, patient: Patient, disciplines: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    (card,) = cards(stated(payer, patient=patient), cedar_street(), disciplines)
    assert card.missing == missing


def test_who_asks_for_themselves_is_asked_about_by_the_one_name_they_gave() -> None:
    born = Patient(date_of_birth=dt.date(1958, 3, 14))
    alone = stated(NORTHFIELD, patient=born, contact=Contact(name="Aino Lahti", relationship="self"))
    assert cards(alone, cedar_street(), ("PT",))[0].missing == ()
    asked = inquiry(
        alone, cedar_street(), rank=0, discipline="PT", service_date=TODAY, trace="T", origin="9FIRSTVISI"
    )
    assert (asked.subscriber.first, asked.subscriber.last) == ("Aino", "Lahti")
    mother = stated(NORTHFIELD, patient=born, contact=Contact(name="Aino Lahti", relationship="mother"))
    assert "patient.last_name" in cards(mother, cedar_street(), ("PT",))[0].missing


def test_what_a_question_says_changes_with_each_value_of_it_and_with_nothing_else() -> None:
    (before,) = cards(stated(NORTHFIELD), cedar_street(), ("PT",))
    more = ROBIN.model_copy(update={"phone": "+16085550123", "street": "1 Cedar Street"})
    (same,) = cards(stated(NORTHFIELD, patient=more, timing="asap"), cedar_street(), ("PT",))
    assert same.says == before.says
    for payer, patient in (
        (NORTHFIELD.model_copy(update={"member_id": "NH 8890 03"}), ROBIN),
        (NORTHFIELD.model_copy(update={"subscriber_name": "Alex Doe"}), ROBIN),
        (NORTHFIELD, ROBIN.model_copy(update={"date_of_birth": dt.date(1980, 3, 1)})),
        (NORTHFIELD, ROBIN.model_copy(update={"last_name": "Roe"})),
    ):
        (other,) = cards(stated(payer, patient=patient), cedar_street(), ("PT",))
        assert other.says != before.says


def test_the_second_plan_is_asked_and_a_third_is_not() -> None:
    medicare = Payer(name="Medicare", member_id="1EG4-TE5-MK73")
    found = cards(stated(medicare, NORTHFIELD, NORTHFIELD), cedar_street(), ("PT",))
    assert [(card.rank, card.payer) for card in found] == [(0, "medicare"), (1, "northfield_health")]


def ask(referral: Referral, rank: int = 0) -> Any:
    return inquiry(
        referral,
        cedar_street(),
        rank=rank,
        discipline="PT",
        service_date=TODAY,
        trace="T1",
        origin="9FIRSTVISI",
    )


def test_a_patient_with_a_card_of_their_own_is_the_subscriber() -> None:
    asked = checked(ask(stated(NORTHFIELD)))
    assert asked.dependent is None
    assert (asked.subscriber.last, asked.subscriber.member_id, asked.subscriber.sex) == (
        "Doe",
        "NH889002",
        "F",
    )
    assert (asked.service, asked.payer_id, asked.npi) == ("PT", "NFH01", "1234567893")


def test_a_child_on_a_parents_card_is_asked_about_as_a_dependent() -> None:
    card = NORTHFIELD.model_copy(
        update={"subscriber_name": "Doe, Alex", "subscriber_date_of_birth": dt.date(1955, 1, 2)}
    )
    asked = checked(ask(stated(card)))
    assert asked.dependent is not None
    assert (asked.dependent.first, asked.dependent.member_id) == ("Robin", "")
    assert (asked.subscriber.first, asked.subscriber.last, asked.subscriber.member_id) == (
        "Alex",
        "Doe",
        "NH889002",
    )


def test_whoever_holds_their_own_plan_is_no_dependent_however_the_name_is_written() -> None:
    for name in ("Robin Doe", "DOE, ROBIN", "robin doe"):
        assert ask(stated(NORTHFIELD.model_copy(update={"subscriber_name": name}))).dependent is None


def test_of_medicare_everybody_has_a_number_of_their_own_which_is_asked_without_its_dashes() -> None:
    card = Payer(name="Medicare", member_id="1eg4-te5-mk73", subscriber_name="Alex Doe")
    asked = ask(stated(card))
    assert (asked.dependent, asked.subscriber.member_id) == (None, "1EG4TE5MK73")


def test_a_generation_is_no_part_of_the_last_name_that_is_asked_for() -> None:
    assert (
        ask(stated(NORTHFIELD, patient=ROBIN.model_copy(update={"last_name": "Doe Jr."}))).subscriber.last
        == "Doe"
    )
