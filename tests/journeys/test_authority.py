"""What somebody says they may decide for a patient: filled in with who says so, outranked by what is on file."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, but

from firstvisit.leads.models import Lead, Task
from firstvisit.people.models import Guardian

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
CALLED = {
    "phone": "6085550163", "caller": "Karen Nyberg", "who": "child", "first_name": "Solveig", "last_name": "Nyberg",
    "birth_date": "02/08/2021", "concern": "He does not speak yet",
}  # fmt: skip


@pytest.fixture
def dana(browser: Callable[[str], Client], tuesday: datetime) -> Client:
    return browser("dana")


def called(dana: Client, **said: str) -> Lead:
    """A call from its beginning to its end; the lead it became part of."""
    card = dana.post("/call/start")["Location"]
    for name, value in {**CALLED, **said}.items():
        assert dana.post(f"{card}/answer", {name: value}).status_code in (200, 303)
    assert dana.post(f"{card}/end", {"result": "reached_thinking"}).status_code == 303
    return Lead.objects.latest("number")


def shown(dana: Client, lead: Lead, page: str = "") -> str:
    return html.unescape(dana.get(f"/leads/L-{lead.number}{page}").content.decode())


def to_find_out(lead: Lead) -> list[str]:
    return list(Task.objects.filter(lead=lead, kind="check_authority", status="open").values_list("reason", flat=True))


@pytest.mark.parametrize(
    ("said", "authority", "relationship", "words"),
    [
        ("yes, parent", "may_consent", "parent", "parent or guardian, may consent (they say so, on the phone"),
        ("yes, guardian", "may_consent", "guardian", "parent or guardian, may consent (they say so, on the phone"),
        ("shared, both must agree", "shared", "parent", "shares the decision, another must agree (they say so"),
        ("no", "no_authority", "other", "no authority to consent (they say so, on the phone"),
    ],
)
def test_what_a_caller_says_fills_in_who_may_decide_and_stays_what_they_said(
    dana: Client, said: str, authority: str, relationship: str, words: str
) -> None:
    lead = called(dana, authority=said)
    pair = Guardian.objects.get(patient=lead.patient_id)
    assert (pair.authority, pair.authority_from, pair.relationship) == (authority, "phone", relationship)
    assert pair.authority_at is not None
    for page in (shown(dana, lead), shown(dana, lead, "/people")):
        assert words in page and "not proven" in page
    assert to_find_out(lead) == []


def test_it_is_filled_in_on_whom_it_was_said_of_however_late_the_patient_is_named(dana: Client, arrive: Arrive) -> None:
    known = arrive(but(FAMILY, contact__relationship=None))
    card = dana.post("/call/start")["Location"]
    for name, value in (
        ("phone", "6085550101"), ("caller", "Odalys Quisenberry"), ("who", "child"), ("authority", "yes, parent"),
        ("first_name", "Mirabelle"), ("last_name", "Quisenberry"), ("birth_date", "09/14/2023"),
    ):  # fmt: skip
        dana.post(f"{card}/answer", {name: value})
    dana.post(f"{card}/end", {"result": "reached_thinking"})
    pair = Guardian.objects.get(patient=known.patient_id, guardian=known.contact_id)
    assert (pair.authority, pair.authority_from) == ("may_consent", "phone")


def test_a_court_order_on_file_outranks_what_is_said_and_a_person_decides(dana: Client, arrive: Arrive) -> None:
    lead = arrive(FAMILY)
    order = {"do": "restrict", "kind": "court_order", "reason": "Order of May 2: the father decides"}
    assert dana.post(f"/leads/L-{lead.number}/people", order).status_code == 303
    arrive(but(FAMILY, contact__authority="parent", concern="I decide for her"))
    pair = Guardian.objects.get(patient=lead.patient_id)
    assert pair.authority == "" and "may consent" not in shown(dana, lead)
    assert to_find_out(lead) == ["They say they may decide, and a court order is on file: read it and note who may"]
    arrive(but(FAMILY, contact__authority="parent", concern="I said that I decide for her"))
    assert len(to_find_out(lead)) == 1
    noted = {"do": "authority", "guardian": str(lead.contact_id), "authority": "court_order", "told": ""}
    assert dana.post(f"/leads/L-{lead.number}/people", noted).status_code == 303
    assert to_find_out(lead) == [] and "Decides only as a court order says" in shown(dana, lead)


def test_an_order_that_comes_later_goes_before_what_was_said(dana: Client, arrive: Arrive) -> None:
    lead = arrive(but(FAMILY, contact__authority="guardian"))
    assert "court order" not in shown(dana, lead)
    dana.post(f"/leads/L-{lead.number}/people", {"do": "restrict", "kind": "court_order", "reason": "Order of May 2"})
    assert "not proven; the court order on file goes before it" in shown(dana, lead)


@pytest.mark.parametrize(
    ("first", "then", "why"),
    [
        ({"contact__authority": "parent"}, {"contact__authority": "none"}, "They said otherwise before"),
        ({"contact__authority": "shared"}, {"contact__authority": "parent"}, "They said otherwise before"),
        ({}, {"contact__relationship": "grandparent", "contact__authority": "parent"}, ""),
        ({"contact__relationship": "grandparent"}, {"contact__authority": "parent"}, "related otherwise"),
        (
            {"contact__authority": "shared"},
            {"contact__name": "Bertram Quisenberry", "contact__phone": "+16085550173", "contact__authority": "parent",
             "contact__email": "bertram@example.org", "contact__relationship": "father"},
            "another guardian says it is shared",
        ),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_a_persons_to_decide(
    dana: Client, arrive: Arrive, first: dict[str, Any], then: dict[str, Any], why: str
) -> None:
    lead = arrive(but(FAMILY, **first))
    assert arrive(but(FAMILY, **then, concern="Once more")).id == lead.id
    found = to_find_out(lead)
    assert [why in each for each in found] == ([True] if why else [])
    if "otherwise" in why:
        assert "not clear what they may decide" in shown(dana, lead)


def test_what_staff_noted_stays_and_what_is_said_otherwise_is_asked_about(dana: Client, arrive: Arrive) -> None:
    lead = arrive(FAMILY)
    noted = {"do": "authority", "guardian": str(lead.contact_id), "authority": "no_authority", "told": "yes"}
    dana.post(f"/leads/L-{lead.number}/people", noted)
    arrive(but(FAMILY, contact__authority="parent", concern="I may decide"))
    assert Guardian.objects.get(patient=lead.patient_id).authority == "no_authority"
    assert ["something else" in each for each in to_find_out(lead)] == [True]
    task = Task.objects.get(lead=lead, kind="check_authority")
    assert "Find out who may decide" in shown(dana, lead) and task.owner_queue is not None
    assert dana.post(f"/tasks/{task.id}/done", {"result": "done"}).status_code == 303
    assert to_find_out(lead) == []
