"""Receiving is two commits: what arrived is safe before anything is understood, whatever a rule does then."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.conftest import ClientPost
from tests.people import FAMILY, FIRST_STEP, MARQUETTE, MARQUETTE_MAN, SECOND_STEP, but

from firstvisit.journey import invariants, jobs, plan
from firstvisit.kernel import clock
from firstvisit.leads.models import DecisionRow, Event, Lead, Task
from firstvisit.leads.queries import by_code
from firstvisit.leads.services import read
from firstvisit.messages.models import Message
from firstvisit.people.models import Guardian, Person
from firstvisit.practice.models import SiteRow
from firstvisit.practice.queries import forget
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.services import original

pytestmark = pytest.mark.django_db


class Fault:
    """A site that vanished from the practice: every rule that looks the lead's site up raises."""

    def __enter__(self) -> Fault:
        SiteRow.objects.filter(slug="marquette").update(retired_at=clock.now())
        forget()
        return self

    def __exit__(self, *_: object) -> None:
        SiteRow.objects.filter(slug="marquette").update(retired_at=None)
        forget()


def broken(*_: object) -> None:
    raise RuntimeError("a rule that raises")


@pytest.fixture
def broken_rule(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """One rule of the plan raises until the returned function is called."""
    monkeypatch.setattr(plan, "RULES", (*plan.RULES, broken))
    return monkeypatch.undo


def test_a_rule_that_raises_leaves_the_sender_with_success_and_the_original_kept(
    client_post: ClientPost, broken_rule: Callable[[], None]
) -> None:
    answer = client_post(FAMILY, repeat="once")
    assert answer.status_code == 202
    assert answer.json()["reference"] is None
    item = Item.objects.get()
    assert (item.status, item.attempts, item.error) == ("received", 1, "RuntimeError")
    assert json.loads(original(item)) == FAMILY
    assert Lead.objects.count() == Person.objects.count() == Part.objects.count() == 0
    assert client_post(FAMILY, repeat="once").status_code == 202
    assert Item.objects.count() == 1


def test_the_practices_own_broken_row_is_no_different(client_post: ClientPost) -> None:
    with Fault():
        answer = client_post(MARQUETTE_MAN)
        assert answer.status_code == 202
        assert Item.objects.get().status == "received"
    clock.move(jobs.SETTLE_AFTER + timedelta(seconds=1))
    jobs.sweep()
    assert Item.objects.get().status == "settled"
    assert Lead.objects.get().site == "marquette"


def test_once_the_fault_is_gone_the_sweep_settles_it_and_it_is_decided_once(
    client_post: ClientPost, broken_rule: Callable[[], None]
) -> None:
    client_post(FAMILY, repeat="once")
    broken_rule()
    jobs.sweep()
    assert Item.objects.get().status == "received", "the first twenty seconds belong to whoever is at work"
    clock.move(jobs.SETTLE_AFTER + timedelta(seconds=1))
    jobs.sweep()
    jobs.sweep()
    lead = Lead.objects.get()
    assert Item.objects.get().status == "settled"
    assert (Part.objects.count(), DecisionRow.objects.count(), Message.objects.count()) == (1, 1, 1)
    told = client_post(FAMILY, repeat="once")
    assert (told.status_code, told.json()["reference"]) == (201, f"L-{lead.number}")


def test_after_three_failures_the_item_waits_for_the_front_desk(
    client_post: ClientPost, broken_rule: Callable[[], None]
) -> None:
    client_post(FAMILY)
    for _ in range(4):
        clock.move(jobs.SETTLE_AFTER + timedelta(seconds=1))
        jobs.sweep()
    item = Item.objects.get()
    assert (item.status, item.attempts) == ("waiting", 3)
    task = Task.objects.get()
    assert (task.kind, task.about_kind, task.about_id, task.lead) == ("item_waits", "item", item.id, None)
    assert task.owner_queue is not None and task.owner_queue.slug == "front_desk_madison"
    assert task.reason
    assert list(invariants.items_end(invariants.Scope(clock.now(), Fault))) == []  # type: ignore[arg-type]


def test_a_rule_that_raises_later_takes_its_lead_out_of_the_sweep_and_leaves_the_others(
    arrive: Callable[[Any], Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = arrive(FAMILY), arrive(MARQUETTE_MAN)

    def sometimes(ground: Any, draft: Any) -> None:
        if ground.case.lead == bad.id:
            raise RuntimeError("a rule that raises for one lead")

    monkeypatch.setattr(plan, "RULES", (*plan.RULES, sometimes))
    for _ in range(4):
        Lead.objects.update(look_again_at=clock.now() - timedelta(seconds=1))
        jobs.sweep()
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.failures, bad.failures) == (0, 3)
    assert Task.objects.filter(lead=bad, kind="advance_failed").count() == 1
    assert not Task.objects.filter(lead=good, kind="advance_failed").exists()
    monkeypatch.undo()
    Lead.objects.update(failures=0)
    jobs.sweep()
    assert Task.objects.get(kind="advance_failed").status == "withdrawn"


def test_the_same_family_again_joins_its_lead(client_post: ClientPost) -> None:
    first, second = client_post(FAMILY).json(), client_post(but(FAMILY, concern="Did this reach you?")).json()
    assert (first["reference"], first["joined"], second["joined"]) == (second["reference"], False, True)
    assert sorted(Part.objects.values_list("end", flat=True)) == ["joined", "opened"]
    assert (Lead.objects.count(), Person.objects.count(), Guardian.objects.count()) == (1, 2, 1)
    assert Message.objects.count() == 1
    assert "Did this reach you?" in str(read(Lead.objects.get().reading).concern)


def test_twins_on_one_phone_are_two_leads(client_post: ClientPost) -> None:
    for name in ("Thaddeus", "Lorenzo"):
        assert client_post(but(FAMILY, patient__first_name=name)).json()["joined"] is False
    assert (Lead.objects.count(), Person.objects.count()) == (2, 3)


def test_the_same_name_with_another_birth_date_is_another_person(client_post: ClientPost) -> None:
    client_post(but(FAMILY, payers=None))
    client_post(but(FAMILY, payers=None, patient__date_of_birth="2022-01-05"))
    assert (Lead.objects.count(), Person.objects.count()) == (2, 3)


def fill_in(first: dict[str, Any], second: dict[str, Any] | None) -> Lead:
    visitor = Client()
    answer = visitor.post("/request", {**first, "token": "first-step-of-a-form"})
    assert answer.status_code == 303, answer.content
    if second is not None:
        answer = visitor.post(answer["Location"], {**second, "token": "second-step-of-a-form"})
        assert answer.status_code == 303, answer.content
    return Lead.objects.get()


def test_step_one_opens_the_lead_and_step_two_completes_it(client_post: ClientPost, pages: None) -> None:
    half = fill_in(dict(FIRST_STEP), None)
    assert (half.stage, half.facts.complete_form) == ("received", False)
    people = set(Person.objects.values_list("id", flat=True))
    visitor = Client()
    answer = visitor.post("/request", {**FIRST_STEP, "token": "first-step-of-a-form"})
    answer = visitor.post(answer["Location"], {**SECOND_STEP, "token": "second-step-of-a-form"})
    assert answer.status_code == 303
    whole = Lead.objects.get()
    assert (whole.id, whole.stage, whole.facts.complete_form) == (half.id, "qualifying", True)
    assert set(Person.objects.values_list("id", flat=True)) == people
    assert sorted(Part.objects.values_list("end", flat=True)) == ["joined", "opened"]
    assert read(whole.reading).patient.first_name == "Cosima"
    assert f"L-{whole.number}" in visitor.get(answer["Location"]).content.decode()


def test_a_second_step_that_names_another_place_moves_the_lead_to_its_site(client_post: ClientPost) -> None:
    lead = fill_in(dict(FIRST_STEP), {**SECOND_STEP, "zip": "49855"})
    assert lead.facts.site == "marquette"
    assert lead.site == "marquette"
    task = Task.objects.get(lead=lead, status="open")
    assert task.site == "marquette"
    assert task.owner_queue is not None and task.owner_queue.slug == "front_desk_marquette"


def test_a_request_that_leaves_the_patient_open_makes_nobody_up(client_post: ClientPost) -> None:
    nameless = but(FAMILY, patient=None, payers=None)
    for _ in range(2):
        assert client_post(nameless).status_code == 201
    assert Lead.objects.count() == 1
    referred = set(Lead.objects.values_list("patient", flat=True)) | set(
        Lead.objects.values_list("contact", flat=True)
    )
    assert set(Person.objects.values_list("id", flat=True)) <= referred


def test_the_timeline_tells_how_it_came(client_post: ClientPost) -> None:
    lead = by_code(client_post(MARQUETTE_MAN).json()["reference"])
    assert lead is not None and lead.received_at.astimezone(MARQUETTE).tzname() == "EST"
    client_post(MARQUETTE_MAN)
    names = list(Event.objects.filter(lead=lead).order_by("id").values_list("name", flat=True))
    assert names[:3] == ["received", "decided", "joined"]
    assert {event.actor for event in Event.objects.filter(lead=lead)} == {"system"}
