"""The end of a visit that an EMR tells, as the Inbox shows it: whose, which day, what ended, why it is not sure, and
the leads it may be of. Nothing of it is read as a referral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from firstvisit.journey.booking.end_about import Candidate, candidates
from firstvisit.journey.booking.end_settled import Asked
from firstvisit.journey.inbox.seeing import Opened
from firstvisit.leads.queries import code
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.booking.ends import WORDS, End
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.intake.services import original
from firstvisit.web.staff.lead.facts import Fact
from firstvisit.web.staff.visit.shown import Visit, visit
from firstvisit.web.ui import words

WAYS: Final = {"csv": "export of the EMR", "hl7": "HL7", "ccda": "note of the EMR"}
"""By which way an end was told."""
SHOWN: Final = 2
"""So many visits of a lead are offered as the one that ended."""
LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Whose:
    """One lead that it may be of: what is known of it, and the days on which the end can be noted there."""

    code: str
    name: str
    born: str
    why: str
    closed: bool
    visits: tuple[Visit, ...]
    days: tuple[tuple[str, str], ...]


def named(end: End | None) -> str:
    """Of whom it tells, in the words of whoever told it."""
    return " ".join(part for part in (end.first_name, end.last_name) if part) if end is not None else ""


def in_a_line(end: End, why: str) -> str:
    """What a list says of it."""
    told = f"a visit ended: {WORDS[end.what]}{f', {words.day(end.on)}' if end.on is not None else ''}"
    return f"{told}; {why}" if why else told


def page_of(
    told: Asked, seen: Opened, user: User, site: Site, now: datetime, typed: Mapping[str, str]
) -> dict[str, Any]:
    """What the page of such an item prints; `typed` is what a refused form said."""
    end, found = told.end, candidates(told.end, user, now=now)
    lead = told.lead or (found[0].lead if len(found) == 1 else None)
    plain = seen.item.document.media_type == "text/plain"
    return {
        "facts": _facts(end, seen),
        "title": f"A visit ended: {named(end)}" if named(end) else "A visit ended",
        "what": typed.get("ended", end.what),
        "words": WORDS[end.what],
        "on": typed.get("ended_on", end.on.isoformat() if end.on is not None else ""),
        "why": told.why,
        "lead": typed.get("lead", code(lead.number) if lead is not None else ""),
        "choices": WORDS,
        "whose": [_whose(each, end, now) for each in found],
        "said": original(seen.item).decode("utf-8", "replace")[:LONGEST] if plain else "",
        "at": words.moment(seen.item.received_at, site.tz, now),
    }


def _facts(end: End, seen: Opened) -> list[Fact]:
    said = (
        ("What ended", WORDS[end.what]),
        ("On which day", _date(end.on)),
        ("Of whom", named(end)),
        ("Birth date", _born(end.born)),
        ("Called there", end.called),
        ("Numbers", ", ".join(dict.fromkeys((*end.numbers, end.mark)))),
        ("Told by", f"{WAYS[end.source]}, {seen.came.get('name', '')}".rstrip(", ")),
    )
    return [Fact(label, text) for label, text in said if text]


def _date(day: date | None) -> str:
    return f"{words.day(day)}, {day.year}" if day is not None else ""


def _born(day: date | None) -> str:
    return f"{day:%b} {day.day}, {day.year}" if day is not None else ""


def _whose(each: Candidate, end: End, now: datetime) -> Whose:
    rows = each.visits[-SHOWN:]
    days = list(dict.fromkeys(day for row in rows if (day := _day(row)) is not None))
    if end.on is not None and (not days or end.on in days):
        days = [end.on]
    return Whose(
        code=code(each.lead.number),
        name=each.patient.name if each.patient is not None else "",
        born=_born(each.patient.born if each.patient is not None else None),
        why=each.why,
        closed=each.lead.closed_at is not None,
        visits=tuple(visit(row, now) for row in rows),
        days=tuple((day.isoformat(), words.day(day)) for day in days),
    )


def _day(row: Appointment) -> date | None:
    site = practice().sites.get(row.site)
    return row.starts_at.astimezone(site.tz).date() if site is not None else None
