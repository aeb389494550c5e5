"""From the record to the facts: which event, which site, which places."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from firstvisit.leads.facts import Facts
from firstvisit.referral.record import ClinicalEvent, Diagnosis, Patient, Payer, Referral
from firstvisit.steps.qualify.facts import facts_of
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street

HOME = date(2026, 11, 20)


def derived(**stated: Any) -> Facts:
    return facts_of(Referral(channel="web", **stated), cedar_street(), received_at=NOW, source="form")


def event(kind: Any, on: date | None = None) -> ClinicalEvent:
    return ClinicalEvent(kind=kind, date=on)


@pytest.mark.parametrize(
    ("program", "events", "kind", "on"),
    [
        ("joint_replacement", (event("surgery"), event("discharge", HOME)), "discharge", HOME),
        ("post_surgical", (event("discharge", HOME), event("surgery")), "surgery", None),
        (
            "post_surgical",
            (event("surgery", date(2024, 3, 1)), event("surgery", date(2026, 11, 18))),
            "surgery",
            date(2026, 11, 18),
        ),
        (None, (event("onset", date(2026, 1, 1)), event("injury", date(2026, 11, 1))), "injury", date(2026, 11, 1)),
        (None, (), None, None),
    ],
)
def test_the_event_that_the_program_counts_from_decides(
    program: str | None, events: tuple[ClinicalEvent, ...], kind: str | None, on: date | None
) -> None:
    for order in (events, events[::-1]):
        facts = derived(program=program, events=order or None)
        assert (facts.event_kind, facts.event_on) == (kind, on)


def test_who_pays_for_an_accident_stays_that_though_its_name_is_that_of_a_plan() -> None:
    accident = Payer(kind="workers_comp", name="Northfield Health", claim_number="C-1")
    assert derived(payers=(accident,)).payer_kind == "workers_comp"
    assert derived(payers=(Payer(kind="unknown", name="Northfield Health"),)).payer_kind == "commercial"


def test_without_a_home_it_belongs_where_it_was_taken() -> None:
    assert derived(taken_at="marquette").site == "marquette"
    assert derived(taken_at="marquette", patient=Patient(postal_code="53713")).site == "madison"
    assert derived(taken_at="a site that closed").site == derived().site == "madison"


def test_a_home_belongs_to_the_site_in_whose_area_it_lies() -> None:
    assert derived(patient=Patient(postal_code="53713")).site == "madison"
    assert derived(patient=Patient(postal_code="49829")).site == "marquette"
    assert derived(patient=Patient(postal_code="49829")).in_area is True


def test_a_home_nowhere_near_is_nobodys_and_a_place_that_serves_it_is_named() -> None:
    facts = derived(patient=Patient(postal_code="54301"))
    assert facts.in_area is False
    assert facts.places_near[0] == "fox_river_therapy"


@pytest.mark.parametrize(
    ("code", "side", "disagree"),
    [
        ("S62.501A", "left", True), ("S62.501A", "right", None), ("S62.501A", "both", None), ("S62.501A", None, None),
        ("M17.0", "left", True), ("M54.50", "left", None), (None, "left", None),
    ],
)  # fmt: skip
def test_a_code_and_the_side_beside_it_that_disagree_are_a_doubt(
    code: str | None, side: Any, disagree: bool | None
) -> None:
    assert derived(diagnoses=(Diagnosis(code=code, side=side),)).sides_disagree is disagree


def test_what_nobody_knew_and_when_they_want_nothing_are_facts() -> None:
    facts = derived(not_known=("order", "date"), not_before=date(2027, 3, 1))
    assert (facts.not_known, facts.not_before) == (("date", "order"), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("stated", "state"),
    [
        ({}, "unknown"),
        ({"order": "none"}, "none"),
        ({"order": "announced", "order_signed": False}, "announced"),
        ({"order": "none", "order_signed": False}, "none"),
        ({"order_signed": False}, "unsigned"),
        ({"order_signed": False, "documents": ["clinical_notes"]}, "none"),
        ({"order_signed": False, "documents": ["order"]}, "unsigned"),
        ({"order": "announced", "documents": ["order"]}, "on_file"),
        ({"order": "none", "order_signed": True}, "signed"),
    ],
)
def test_what_is_here_goes_before_what_is_said_of_an_order(stated: dict[str, Any], state: str) -> None:
    assert derived(**stated).order_state == state


def test_a_zip_that_the_stated_city_or_state_contradicts_says_nothing_of_where_they_live() -> None:
    for where in ({"city": "Green Bay", "state": "WI"}, {"state": "CA"}):
        facts = derived(patient=Patient(postal_code="53703", **where))
        assert (facts.in_area, facts.miles, facts.places_near) == (None, None, ())
    assert derived(patient=Patient(postal_code="53703", city="Madison", state="WI")).in_area is True
