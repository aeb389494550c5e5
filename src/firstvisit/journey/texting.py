"""A text message that somebody sent us: a stop or start goes to the ledger, anything else to the sender's lead."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from firstvisit.journey.desk_tasks import person_looks_on_lead
from firstvisit.kernel import audit, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.blind import token
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead
from firstvisit.people.consenting import withdraw_consent
from firstvisit.people.models import ConsentEntry, ContactPoint, Person
from firstvisit.referral import red_flags
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item, Part

WORDING = "text-start"
"""How the ledger marks that somebody wrote START."""


def take_text(item: Item, words: str, *, number: str, word: str, now: datetime) -> bool:
    """Settle a text message; False when nobody here has this number, and a person must read it.

    STOP and START count for everybody who has the number; HELP asks nothing of us (the carrier answers it). Anything
    else joins the newest open lead of the number, with its words on the timeline and a task to answer.
    """
    with transaction.atomic():
        if not intake.claim(item.id):
            return True
        people = _people(number)
        if not people:
            return False
        if word:
            _on_ledger(people, number, word, item, now)
            logged = audit.row(SYSTEM, f"text_{word}", "item", [item.id])
            writes.insert([Part(item=item, end="answered", at=now), logged])
            intake.answered(item, {"code": None})
            return True
        lead = _newest_lead(people)
        if lead is None:
            return False
        flags = sorted(red_flags.find(words))
        event = leads.record(lead, "text_received", SYSTEM, at=now, data={"item": str(item.id)}, words=words[:2000])
        part = intake.part(item, lead, "joined", at=now, red_flags=flags, names_patient=False, quiet=True)
        writes.insert([event, part, audit.row(SYSTEM, "lead_joined", "lead", [lead.id])])
        lead.save(update_fields=["look_again_at"])
        person_looks_on_lead(lead, "answer_text", "A text message came: read and answer it", urgent=bool(flags))
        intake.answered(item, {"code": None})
    return True


def _people(number: str) -> list[Person]:
    points = ContactPoint.objects.filter(token=token("reach", number), person__erased_at__isnull=True)
    return list({point.person_id: point.person for point in points.select_related("person")}.values())


def _newest_lead(people: list[Person]) -> Lead | None:
    ids = {person.same_as_id or person.id for person in people} | {person.id for person in people}
    theirs = Lead.objects.select_for_update(of=("self",)).filter(closed_at__isnull=True)
    about = theirs.filter(patient__in=ids).order_by("-number").first()
    return about or theirs.filter(contact__in=ids).order_by("-number").first()


def _on_ledger(people: list[Person], number: str, word: str, item: Item, now: datetime) -> None:
    for person in people:
        if word == "stop":
            withdraw_consent(person=person, channel="sms", address=number, source_id=item.id, at=now)
        elif word == "start":
            ConsentEntry(
                person=person, channel="sms", given=True, wording=WORDING, address=token("reach", number),
                source_kind="sms", source_id=item.id, at=now,
            ).save(force_insert=True)  # fmt: skip
