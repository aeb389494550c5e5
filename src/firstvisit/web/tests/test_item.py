"""An item that could not be judged: seen, judged again, or signed as no lead."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from firstvisit.journey import jobs
from firstvisit.journey.advancing import TRIES
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.services import Arrival

pytestmark = pytest.mark.django_db

REQUEST = {
    "lead_kind": "patient",
    "contact": {"name": "Odalys Brandvold", "relationship": "self", "phone": "+16085550151"},
}


def waiting(body: bytes) -> Item:
    """An item whose judging has failed as often as may be."""
    item, _ = intake.keep(Arrival("api", Actor("api", "key"), body, "application/json"), now=clock.now())
    for _ in range(TRIES):
        jobs.settle_one(item.id)
    item.refresh_from_db()
    return item


@pytest.fixture
def broken() -> Item:
    """Kept by a version of the software that took what this one cannot read."""
    return waiting(json.dumps({**REQUEST, "nonsense": 1}).encode())


@pytest.fixture
def dana() -> Client:
    client = Client()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(User.objects.get(email="dana@cedarstreet.example.org"), backend=backend)
    return client


def test_three_failures_make_it_wait_for_a_person_with_a_task(broken: Item) -> None:
    assert (broken.status, broken.attempts, broken.error) == ("waiting", TRIES, "BadInput")
    task = Task.objects.get(about_id=broken.id)
    assert (task.kind, task.lead, task.status) == ("item_waits", None, "open")
    assert jobs.settle_left_behind(clock.now()) == 0


def test_whoever_settles_items_reads_what_was_sent_and_is_in_the_log(broken: Item, dana: Client) -> None:
    page = dana.get(f"/items/{broken.id}")
    assert page.status_code == 200
    assert "Odalys Brandvold" in page.content.decode()
    assert AuditRow.objects.filter(verb="viewed", subjects=[str(broken.id)]).exists()


def test_others_get_404(broken: Item) -> None:
    client = Client()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(User.objects.get(email="walt@cedarstreet.example.org"), backend=backend)
    assert client.get(f"/items/{broken.id}").status_code == 404


def test_judging_it_again_says_so_when_it_still_cannot_be_judged(broken: Item, dana: Client) -> None:
    page = dana.post(f"/items/{broken.id}/try-again")
    assert page.status_code == 409
    assert "still cannot be judged" in page.content.decode()
    assert Item.objects.get(id=broken.id).status == "waiting"


def test_once_the_fault_is_gone_it_becomes_a_lead_and_the_task_is_done(broken: Item, dana: Client) -> None:
    good, _ = intake.keep(
        Arrival("api", Actor("api", "key"), json.dumps(REQUEST).encode(), "application/json"), now=clock.now()
    )
    Item.objects.filter(id=broken.id).update(document=good.document, key=good.key)
    answer = dana.post(f"/items/{broken.id}/try-again")
    lead = Lead.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/leads/L-{lead.number}")
    assert Part.objects.get(item=broken).end == "opened"
    assert Task.objects.get(about_id=broken.id).status == "done"


def test_signed_as_no_lead_it_has_its_one_end(broken: Item, dana: Client) -> None:
    assert dana.post(f"/items/{broken.id}/not-a-lead", {"reason": "because"}).status_code == 422
    assert dana.post(f"/items/{broken.id}/not-a-lead", {"reason": "vendor"}).status_code == 303
    part = Part.objects.get(item=broken)
    assert (part.end, part.reason, part.signed_by.email) == ("not_a_lead", "vendor", "dana@cedarstreet.example.org")
    assert Task.objects.get(about_id=broken.id).status == "done"
    assert dana.post(f"/items/{broken.id}/not-a-lead", {"reason": "vendor"}).status_code == 409
    assert not Lead.objects.exists()
