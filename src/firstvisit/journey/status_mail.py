"""The links in what we send: how a referral stands, for partners, also sent anew when they ask; preferences.

A link asked for is the answer to a question and not the plan's: it is wanted although no plan wants it, also when
the lead is closed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from firstvisit.journey.own_referral import joined_anothers, own_items
from firstvisit.journey.queries import by_told
from firstvisit.kernel import audit, clock, seal
from firstvisit.kernel.audit import Actor
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import by_code
from firstvisit.messages.models import BY_ITSELF, Message
from firstvisit.messages.visit_texts import OF_A_VISIT, OF_TREATMENT
from firstvisit.people.barring import barred_referrers
from firstvisit.people.models import OrganizationPerson
from firstvisit.people.own_pages import preferences_mark
from firstvisit.practice.queries import practice
from firstvisit.steps.booking.links import book_mark
from firstvisit.steps.coverage.estimate_links import estimate_mark
from firstvisit.steps.intake.card_links import card_mark
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.outreach import guide_mark
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.status_links import status_mark

ASKED: Final = "asked"
"""`cause_kind` of a message that answers a question."""
_ONCE_IN: Final = timedelta(minutes=10)


def links_for(messages: Iterable[Message], *, now: datetime) -> dict[str, dict[str, str]]:
    """By a message's key what fills the gap for the link: how a referral stands, for a partner; their own
    preferences, their estimate or their visit, for a person."""
    messages = list(messages)
    address = settings.ENVIRONMENT.address
    found = {
        message.key: {"link": f"{address}/preferences/{preferences_mark(message.person_id, at=now)}"}
        for message in messages
        if message.person_id is not None
    }
    found |= {
        message.key: {"link": f"{address}/estimate/{estimate_mark(message.cause_id, at=now)}"}
        for message in messages
        if message.template == "estimate"
    }
    found |= {
        message.key: {"link": f"{address}/book/{book_mark(message.lead_id, message.person_id, at=now)}"}
        for message in messages
        if message.template in (*OF_A_VISIT, *OF_TREATMENT, "offer")
    }
    for message in messages:
        if message.template == "card_request" and message.lead is not None:
            found[message.key] = {"link": f"{address}/card/{card_mark(message.lead, at=now)}"}
    receipts: dict[uuid.UUID, list[Message]] = {}
    for message in messages:
        if message.template == "receipt":
            receipts.setdefault(message.cause_id, []).append(message)
    told = Item.objects.filter(id__in=receipts, answer__has_key="apart")
    for item, told_code, apart in told.values_list("id", "answer__code", "answer__apart"):
        for message in receipts[item]:
            said = found.setdefault(message.key, {})
            said["code"] = told_code
            if message.cause_kind == BY_ITSELF:
                said |= {**apart["receipt"], "site": apart["site"]}
    for came in Item.objects.select_related("key", "document").filter(id__in=receipts, source="guide"):
        if slug := json.loads(original(came))["guide"].get("slug"):
            for message in receipts[came.id]:
                said = found.setdefault(message.key, {})
                said["guide"] = f"{address}/guide/{slug}/ready/{guide_mark(came.id)}"
    to_partners = [message for message in messages if message.referrer_id is not None]
    if not to_partners:
        return found
    own = own_items((message.lead_id, message.referrer_id) for message in to_partners if message.referrer_id)
    for message in to_partners:
        if message.lead is not None and message.lead.kind == "organization":
            found.setdefault(message.key, {})["enquiry"] = "yes"
        theirs = own.get((message.lead_id, message.referrer_id)) if message.referrer_id else None
        if theirs is None:
            continue
        said = found.setdefault(message.key, {})
        said["link"] = f"{address}/status/{status_mark(theirs.id, at=now)}"
        apart = (theirs.answer or {}).get("apart")
        if apart and message.template == "partner_receipt":  # no word of the site that the family's home chose
            said["site"] = apart["site"]
        if message.lead is not None and joined_anothers(theirs, message.lead):  # no word of when the family asked
            tz = practice().sites[said.get("site", message.lead.site)].tz
            said["received"] = theirs.received_at.astimezone(tz).date().isoformat()
        if apart and theirs.answer and theirs.answer.get("code"):
            said["code"] = theirs.answer["code"]
            if message.cause_kind == BY_ITSELF:
                said |= apart.get("to_office", {})
    return found


def ask_status_link(*, reference: str, email: str, actor: Actor) -> bool:
    """Want a new link for whoever referred, if reference and address belong together; at most one in ten minutes.

    Whether they did is for the caller's log alone: the page says the same either way.
    """
    lead = by_code(reference) or by_told(reference)
    if lead is None or lead.referrer is None or not _same_address(lead.referrer, email):
        return False
    if lead.patient_id and lead.referrer_id and barred_referrers({lead.id: (lead.patient_id, lead.referrer_id)}):
        return False
    now = clock.now()
    stretch = int(now.timestamp() // _ONCE_IN.total_seconds())
    with transaction.atomic():
        _, new = Message.objects.get_or_create(
            key=f"{lead.id}:status_link:{stretch}", defaults=_link_message(lead, now)
        )
        if new:
            audit.note(actor, "status_asked", "lead", [lead.id])
    return True


def _link_message(lead: Lead, now: datetime) -> dict[str, object]:
    return {
        "lead": lead,
        "referrer": lead.referrer,
        "channel": "email",
        "purpose": "partner",
        "template": "status_link",
        "cause_kind": ASKED,
        "cause_id": lead.id,
        "made_at": now,
        "wanted_at": now,
    }


def _same_address(referrer: OrganizationPerson, email: str) -> bool:
    key = seal.open_key(referrer.key)
    value = seal.unseal_json(key, "people_organizationperson", "sealed", referrer.id, referrer.sealed)
    return str(value.get("email") or "").casefold() == email.strip().casefold() != ""
