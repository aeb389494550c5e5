"""Who may decide and be told, and what must not happen: written at the lead, kept by every message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import FAMILY

from firstvisit.journey import jobs
from firstvisit.leads.models import Lead
from firstvisit.messages.models import Message
from firstvisit.people.models import Guardian, Restriction

pytestmark = pytest.mark.django_db
WHY = "Court order of May 2, no contact with the mother"


@pytest.fixture
def lead(arrive: Callable[[Any], Lead], tuesday: datetime) -> Lead:
    return arrive(FAMILY)


@pytest.fixture
def dana(browser: Callable[[str], Client]) -> Client:
    return browser("dana")


def restricted(dana: Client, lead: Lead, **said: str) -> Any:
    values = {"do": "restrict", "kind": "court_order", "reason": WHY, **said}
    return dana.post(f"/leads/L-{lead.number}/people", values)


def test_whoever_may_not_be_told_gets_no_message(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    assert restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id)).status_code == 303
    jobs.send_wanted()
    assert mailbox.mails == []
    assert set(Message.objects.values_list("status", "why")) == {("refused", "restricted")}


def test_nothing_goes_to_an_address_to_avoid(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    answer = restricted(dana, lead, kind="avoid_address", address="Odalys.Quisenberry@example.org")
    assert answer.status_code == 303
    jobs.send_wanted()
    assert mailbox.mails == []


def test_a_lifted_restriction_forbids_nothing(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id))
    found = Restriction.objects.get()
    said = {"do": "lift", "restriction": str(found.id), "reason": "The order ended"}
    assert dana.post(f"/leads/L-{lead.number}/people", said).status_code == 303
    jobs.send_wanted()
    assert len(mailbox.mails) == 1


def test_the_lead_shows_it_inside_out(dana: Client, lead: Lead) -> None:
    restricted(dana, lead)
    page = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert WHY in page
    assert "Court order" in page
    assert WHY.encode() not in bytes(Restriction.objects.get().sealed)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "hex"}, "Choose what it is."),
        ({"reason": " "}, "Say why"),
        ({"kind": "avoid_address"}, "Enter the phone or e-mail"),
        ({"kind": "may_not_be_told"}, "Choose who may not be told."),
        ({"person": "nobody"}, "Choose somebody who speaks"),
        ({"kind": "avoid_address", "address": "12"}, "Nothing was changed."),
    ],
)
def test_what_is_wrong_is_named_and_stays(dana: Client, lead: Lead, said: dict[str, str], words: str) -> None:
    answer = restricted(dana, lead, **said)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Restriction.objects.exists()


def test_authority_and_the_talk_to_list(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    said = {"do": "authority", "guardian": str(lead.contact_id), "authority": "foster", "told": "no"}
    assert dana.post(f"/leads/L-{lead.number}/people", said).status_code == 303
    pair = Guardian.objects.get()
    assert (pair.authority, pair.may_be_told) == ("foster", False)
    jobs.send_wanted()
    assert mailbox.mails == []


def test_out_of_scope_is_not_found(browser: Callable[[str], Client], lead: Lead) -> None:
    for name in ("auditor", "admin"):
        assert browser(name).get(f"/leads/L-{lead.number}/people").status_code == 404
