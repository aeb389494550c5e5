"""What a person does about the EMR: types a booked patient into it, or mends what it did not take."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from firstvisit.journey.booking.entered import CAPABILITY, WAITS, again, mark_of, note
from firstvisit.journey.booking.known import known, visit_of
from firstvisit.journey.verbs import act_on
from firstvisit.kernel import seal
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import SealBroken
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.scope import leads_for
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.booking import outgoing
from firstvisit.steps.booking.emr.acknowledgments import acknowledged
from firstvisit.steps.booking.emr.carried import carried, differing
from firstvisit.steps.booking.emr.owed import OF_PERSON
from firstvisit.steps.booking.emr.registration import Registration, Visit
from firstvisit.steps.booking.models import Appointment, Outgoing

SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Tellings:
    """What a page about the EMR shows: `mend` and `enter` wait for a person, `waiting` for the EMR; `done` are the
    newest that ended."""

    mend: tuple[Outgoing, ...]
    enter: tuple[Outgoing, ...]
    waiting: tuple[Outgoing, ...]
    done: tuple[Outgoing, ...]


def tellings(user: User, *, lead: Lead | None = None) -> Tellings:
    """What the EMR is told of the leads that somebody sees, or of one; two questions."""
    seen = Outgoing.objects.filter(lead__in=leads_for(user)) if lead is None else Outgoing.objects.filter(lead=lead)
    rows = seen.select_related("lead", "appointment", "by")
    standing = list(rows.exclude(status__in=outgoing.SETTLED).order_by("wanted_at")[: SHOWN * 5])
    ended = rows.filter(status="acknowledged").order_by("-ended_at")[:SHOWN]
    enter = [each for each in standing if each.way == "copy_card" and each.status == "wanted"]
    return Tellings(
        tuple(each for each in standing if each.status in ("refused", "failed")),
        tuple(enter),
        tuple(each for each in standing if each.status in ("wanted", "sent") and each.way != "copy_card"),
        tuple(ended),
    )


def emr_words(rows: Sequence[Outgoing]) -> dict[uuid.UUID, str]:
    """What the EMR said of what it refused, in its words; nothing of an erased person."""
    refused = [row for row in rows if row.reply is not None]
    readings = LeadReferral.objects.select_related("key").in_bulk([row.lead_id for row in refused])
    found = {}
    for row in refused:
        try:
            raw = outgoing.opened(row, "reply", seal.open_key(readings[row.lead_id].key))
        except SealBroken:
            continue
        found[row.id] = acknowledged(raw or b"", row.control).words
    return found


class Entry(NamedTuple):
    """A visit to be entered: what is to be told of it (`Outgoing.what`), its therapy's code, its program in words, and
    its site."""

    what: str
    visit: Visit
    discipline: str
    program: str
    site: Site


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on the copy-card of a lead. `waiting` nobody has entered yet; `visits` are those that it is about, as
    they are now, the soonest first; `corrected` is, by its name, what the EMR was told of facts that are others by now.
    `mark` is that of what stands."""

    about: Registration
    visits: tuple[Entry, ...]
    waiting: tuple[Outgoing, ...]
    corrected: Mapping[str, str]
    mark: str


def card(lead: Lead) -> Card:
    """The copy-card of a lead: each visit that waits to be entered; where none does, all that were told."""
    told = Outgoing.objects.filter(lead=lead).exclude(status="withdrawn").select_related("appointment")
    rows = tuple(told.order_by("number"))
    reading = LeadReferral.objects.select_related("key", "lead", "lead__facts").get(lead=lead)
    key = seal.open_key(reading.key)
    waiting = tuple(row for row in rows if row.status in WAITS)
    newest = (waiting or rows)[-1:]
    about = known(reading, key, newest[0].appointment_id if newest else None)
    correction = next((row for row in waiting if row.what == "corrected"), None)
    before = outgoing.last_said(lead.id, correction.number) if correction is not None else None
    said, now = (outgoing.said_of(before, key) if before is not None else {}), carried(about)
    corrected = {name: said.get(name, "") for name in differing(said, now)} if said else {}
    visits = _visits(waiting, about) or _visits(rows, about)
    return Card(about, visits, waiting, corrected, mark_of(now, waiting))


def _visits(rows: Sequence[Outgoing], about: Registration) -> tuple[Entry, ...]:
    """The visits of these tellings as they are now, each with what is to be told of it last."""
    last = {row.appointment_id: row for row in rows if row.appointment_id is not None and row.what not in OF_PERSON}
    known_as = Appointment.objects.select_related("clinician").in_bulk(list(last))
    shape = practice()
    found = []
    for visit in sorted(known_as.values(), key=lambda each: each.starts_at):
        program, site = shape.programs.get(visit.program), shape.sites.get(visit.site, about.site)
        name = program.name if program is not None else about.program_name
        found.append(Entry(last[visit.id].what, visit_of(visit, shape), visit.discipline, name, site))
    return tuple(found)


def entered(lead: Lead, rows: Sequence[uuid.UUID], *, by: User, actor: Actor, seen: str = "") -> None:
    """They typed these into the EMR; the task that asked for it is done. Conflict where nothing of it waits, or where
    something was put right or moved since they saw the card with this mark."""

    def write(locked: Lead, now: datetime) -> None:
        note(locked, rows, by=by, actor=actor, now=now, seen=seen)

    act_on(lead, by, CAPABILITY, write, closed=True, beside=True)


def say_again(row: Outgoing, *, by: User, actor: Actor) -> None:
    """It is mended, or the EMR is back: say it again."""

    def write(locked: Lead, now: datetime) -> None:
        found = Outgoing.objects.select_for_update(of=("self",)).get(id=row.id)
        again(locked, found, by=by, actor=actor, now=now)

    act_on(row.lead, by, CAPABILITY, write, closed=True, beside=True)
