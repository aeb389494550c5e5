"""The payer answered: the authorization of the evaluation has come, or was refused. Somebody says so, once, and who
told us; the lead is judged again by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from firstvisit.journey.deriving import derived
from firstvisit.journey.flags import AUTHORIZATION
from firstvisit.journey.verbs import act_on
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import FactsRow, Lead, LeadReferral
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Evidence, Payer, Referral
from firstvisit.referral.vocabulary import calendar_date, free_text, one_line
from firstvisit.steps.coverage import requests
from firstvisit.steps.coverage.models import AuthorizationRequest

Answer = Literal["approved", "denied", "not_required"]
ANSWERS: Final[dict[Answer, str]] = {
    "approved": "It has come",
    "denied": "The payer refused",
    "not_required": "None is needed, the payer says",
}
MOST_UNITS: Final = 1000
_WAITED: Final = "authorization"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the payer said: `said_by` who told us and how, `number`, `units` (visits or units of time as the payer
    counts) and the days from and through which it holds, each where it was said; `why` in their words."""

    answer: Answer
    said_by: str
    number: str | None = None
    units: int | None = None
    begins: dt.date | None = None
    ends: dt.date | None = None
    why: str = ""


def may_be_answered(lead: Lead) -> bool:
    """Whether a payer's answer can be noted: one is waited for, or what was said of an authorization may change."""
    if lead.kind == "organization" or lead.closed_at is not None:
        return False
    waits = any(what == _WAITED for what, *_ in lead.blockers)
    return waits or lead.facts.authorization is not None


def read(
    *, answer: str, said_by: str, number: str = "", units: str = "", begins: str = "", ends: str = "", why: str = "",
    today: dt.date,
) -> Answered:  # fmt: skip
    """What was typed. BadInput names each field that cannot be read; nothing but the answer and who gave it is
    needed."""
    problems: list[Problem] = []
    if answer not in ANSWERS:
        problems.append(Problem("authorized", "Say whether it has come, was refused, or is not needed."))
    said: dict[str, str] = {}
    for name, text, limit in (("said_by", said_by, 120), ("number", number, 50), ("refused_why", why, 500)):
        try:
            said[name] = free_text(text, limit) if name == "refused_why" else one_line(text, limit)
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    if said.get("said_by") == "":
        problems.append(Problem("said_by", "Enter who said so: a name, a portal, a letter."))
    count = int(units) if units.strip().isascii() and units.strip().isdecimal() and len(units.strip()) < 6 else None
    if units.strip() and (count is None or not 0 < count <= MOST_UNITS):
        problems.append(Problem("units", f"Enter a whole number from 1 to {MOST_UNITS:,}, or leave it empty."))
    days: dict[str, dt.date | None] = {}
    for name, text in (("begins", begins), ("ends", ends)):
        try:
            days[name] = calendar_date(text.strip(), today) if text.strip() else None
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    first, last = days.get("begins"), days.get("ends")
    if first is not None and last is not None and last < first:
        problems.append(Problem("ends", "This day is before the one from which it holds."))
    elif answer == "approved" and last is not None and last < today:
        problems.append(Problem("ends", "It has ended by this day: ask the payer for a new one, or correct the day."))
    if problems:
        raise BadInput(problems)
    said_so: Answer = next((each for each in ANSWERS if each == answer), "denied")
    return Answered(said_so, said["said_by"], said["number"] or None, count, first, last, said["refused_why"])


def answered(lead: Lead, by: User, *, actor: Actor, what: Answered) -> None:
    """The record, the facts, the requests and the timeline say what the payer answered; the lead is judged again."""

    def write(locked: Lead, now: dt.datetime) -> None:
        if locked.kind == "organization":
            raise BadInput([Problem("authorized", "An organization's enquiry needs no authorization.")])
        if note(locked, by, actor=actor, what=what, now=now):
            _decide_requests(locked, what, now)

    act_on(lead, by, "leads.work", write)


def note(locked: Lead, by: User, *, actor: Actor, what: Answered, now: dt.datetime) -> bool:
    """Write into a locked lead what the payer answered about the evaluation; False where that was said a moment ago."""
    row = LeadReferral.objects.select_related("key").get(lead=locked)
    key, before = open_key(row.key), services.facts_of_row(FactsRow.objects.get(lead=locked))
    reading = _with(services.read(row, key), what, by)
    words = ". ".join(part for part in (what.said_by, what.why) if part)
    again = now - dt.timedelta(minutes=1)
    value = {"answer": what.answer}
    if services.ruled_already(locked, AUTHORIZATION, value, words, by=by, since=again):
        return False  # pressed twice
    services.replace_reading(locked, key, reading, derived(locked, reading, practice(), before=before))
    services.rule(lead=locked, what=AUTHORIZATION, value=value, reason=words, by=by, actor=actor, at=now)
    return True


_DECISIONS: Final[dict[Answer, requests.Decision]] = {
    "approved": "approved",
    "denied": "denied",
    "not_required": "not_needed",
}


def _decide_requests(locked: Lead, what: Answered, now: dt.datetime) -> None:
    """What was asked about the evaluation is answered by it."""
    key = open_key(LeadReferral.objects.select_related("key").get(lead=locked).key)
    asked = AuthorizationRequest.objects.select_for_update().filter(lead=locked, service="evaluation")
    for row in asked.exclude(status__in=["cancelled", "not_needed"]):
        requests.decided(
            row, key, decision=_DECISIONS[what.answer], said_by=what.said_by, number=what.number or "",
            units=what.units, begins=what.begins, ends=what.ends, procedures=(), words=what.why, at=now,
        )  # fmt: skip


def _with(reading: Referral, what: Answered, by: User) -> Referral:
    """The reading with what the first payer answered. What is not said this time and stood there before, stays; a
    refusal leaves nothing of an authorization that was there."""
    first, *rest = reading.payers or (Payer(),)
    told = {
        "authorization_status": what.answer,
        "authorization_number": what.number,
        "authorization_units": what.units,
        "authorization_from": what.begins,
        "authorization_through": what.ends,
    }
    stated = told if what.answer != "approved" else {name: value for name, value in told.items() if value is not None}
    here = Evidence(place="typed", confirmed_by=str(by.id))
    paths = {f"payers.0.{name}": here for name, value in stated.items() if value is not None}
    kept = {path: one for path, one in reading.evidence.items() if path.removeprefix("payers.0.") not in stated}
    payers = (first.model_copy(update=stated), *rest)
    return reading.model_copy(update={"payers": payers, "evidence": {**kept, **paths}})
