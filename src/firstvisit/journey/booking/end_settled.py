"""The end of a visit of which it was not sure whose it is, settled in the Inbox: a person says it, and it is noted with
the source that told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from firstvisit.journey import items
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import ends
from firstvisit.journey.booking.end_doors import NOTE, end_of
from firstvisit.journey.booking.ended import Contradicts
from firstvisit.journey.booking.ends import Unsure
from firstvisit.journey.inbox.holding import held
from firstvisit.journey.inbox.seeing import LEASE
from firstvisit.kernel import leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads import scope
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.referral.vocabulary import calendar_date
from firstvisit.steps.booking.ends import WORDS, End, of_text
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.sources import hl7v2
from firstvisit.steps.intake.sources.hl7v2 import MEDIA_TYPE as HL7


@dataclass(frozen=True, slots=True)
class Asked:
    """An end that waits for a person: what it tells, and why it is not sure ("" where it is by now)."""

    end: End
    why: str
    lead: Lead | None


def told_by(item: Item) -> End | None:
    """The end of a visit that an item tells; None where it tells none."""
    if item.sealed is not None and (kept := deliveries.about(item).get("end")):
        return of_text(kept)
    if item.document.media_type not in (HL7, NOTE):
        return None
    try:
        return end_of(intake.original(item), item.document.media_type)
    except (BadInput, hl7v2.Rejected):
        return None


def asked(item: Item, by: User, *, actor: Actor, now: datetime) -> Asked | None:
    """What a person is asked of an item that tells the end of a visit; None of any other. The lead only where they see
    it."""
    end = told_by(item)
    if end is None:
        return None
    became = ends.take(end, actor=actor, now=now, dry=True)
    lead = became.lead if became.lead is not None and scope.sees(by, became.lead, now=now) else None
    return Asked(end, became.why if became.how in ("unsure", "nothing") else "", lead)


def _told(item: Item) -> End:
    """What the item tells. BadInput where it tells of no visit that ended."""
    if (end := told_by(item)) is None:
        raise BadInput([Problem("lead", "This tells of no visit that ended.")])
    return end


def _seen(code: str, by: User, now: datetime) -> Lead:
    """The lead of a number. BadInput where there is none that this person sees."""
    found = by_code(code)
    if found is None or not scope.sees(by, found, now=now):
        raise BadInput([Problem("lead", "There is no lead of this number that you see.")])
    return found


def note(item: Item, by: User, *, actor: Actor, lead: str, what: str, on: str, words: str) -> None:
    """Note on a lead what an item tells, as the person says it: what ended, and on which day. The item ends there.
    BadInput names the field that cannot be."""
    end = _told(item)
    with held(item, by) as now:
        found = _seen(lead, by, now)
        if what not in WORDS:
            raise BadInput([Problem("ended", "Choose what has ended.")])
        try:
            day = calendar_date(on.strip(), now.date())
        except ValueError as error:
            raise BadInput([Problem("ended_on", str(error))]) from None
        items.check_looked(item)
        with transaction.atomic():
            locked = Lead.objects.select_for_update(of=("self",)).get(id=found.id)
            said = end._replace(what=what, on=day)  # type: ignore[arg-type]  # looked up in WORDS above
            try:
                ends.take_as(locked, said, day, actor=actor, by=by, now=now)
            except (Unsure, Contradicts) as why:
                text = str(why)
                raise BadInput([Problem("lead", f"{text[:1].upper()}{text[1:]}.")]) from None
        if words.strip():
            leads.noted(locked, "asked_about", actor, at=now, words=words.strip()[:500], subject=("item", item.id))
        intake.answered_by_a_person(item, locked, by=by, at=now)
        items.end_tasks(item, by)
        advance([locked.id], now=now)
        leases.give_back(LEASE, item.id, by.id)


def leave(item: Item, by: User, *, actor: Actor, lead: str) -> None:
    """What stands on a lead holds, whatever the EMR told: its timeline says so, and the item ends there. BadInput where
    there is no such lead."""
    end = _told(item)
    with held(item, by) as now:
        found = _seen(lead, by, now)
        items.check_looked(item)
        data = {"what": end.what, "source": end.source, **({"on": end.on.isoformat()} if end.on is not None else {})}
        leads.noted(found, "end_not_noted", actor, at=now, data=data, subject=("item", item.id))
        intake.answered_by_a_person(item, found, by=by, at=now)
        items.end_tasks(item, by)
        leases.give_back(LEASE, item.id, by.id)
