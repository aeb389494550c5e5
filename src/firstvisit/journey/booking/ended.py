"""What ends a visit: the evaluation is completed, the plan of care was sent, they are discharged.

Each is an entry of the timeline with its day and where it is from (a click, an export, HL7, a note). The evaluation
closes the lead as evaluated, so that whoever referred is told; Medicare's clocks go on from it. The same end told twice
is one; what contradicts what stands here is for a person (`Contradicts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal

from firstvisit.journey.coverage.medicare import part_of, pays
from firstvisit.journey.verbs import act_on
from firstvisit.kernel import clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import Event, Lead, LeadReferral
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.referral.vocabulary import calendar_date
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.coverage import medicare as rules

CAPABILITY: Final = "clinical.review"
EVALUATED: Final = "evaluated"
"""How a lead is closed whose evaluation is completed."""
ENDS: Final[dict[str, str]] = {
    "evaluation_completed": "Evaluation completed",
    "plan_of_care_sent": "Plan of care sent",
    "discharged": "Discharged",
}
"""What ends a visit, in the words of the screen and in its order."""
NAMES: Final = {"plan_sent": "plan_of_care_sent", "therapy_ended": "discharged"}
"""What is noted on Medicare's own form, as the end that it is."""
Source = Literal["click", "csv", "hl7", "ccda"]


class Contradicts(Conflict):
    """What is told does not go with what stands here: a person looks."""


def note(lead: Lead, by: User, *, actor: Actor, what: str, on: str) -> None:
    """A clinician says what ended and on which day, as typed. BadInput names each field."""
    today = _today(lead, practice().sites)
    problems = [] if what in ENDS else [Problem("what", "Choose what has ended.")]
    day = today
    try:
        day = calendar_date(on.strip(), today)
    except ValueError as error:
        problems.append(Problem("on", str(error)))
    if day > today:
        problems.append(Problem("on", "This day is still to come: note it once it has been."))
    if problems:
        raise BadInput(problems)

    def write(locked: Lead, now: datetime) -> None:
        try:
            ended(locked, what, day, actor=actor, source="click", by=by, now=now)
        except Contradicts as why:
            raise BadInput([Problem("on", f"{str(why)[:1].upper()}{str(why)[1:]}.")]) from None
        if locked.closed_at is not None:
            leases.give_back("lead", locked.id, by.id)

    act_on(lead, by, CAPABILITY, write, closed=True)


def ended(
    locked: Lead,
    what: str,
    on: date,
    *,
    actor: Actor,
    source: Source,
    now: datetime,
    by: User | None = None,
    appointment: Appointment | None = None,
) -> bool:
    """Note an end on a locked lead; false where it is known already. Contradicts where something else is known."""
    known = known_ends(locked)
    if what in known:
        if known[what] != on and what == "evaluation_completed":
            raise Contradicts(f"the evaluation is noted for another day already, {known[what]}")
        if what == "evaluation_completed" and locked.closed_at is None:  # noted for Medicare, and not closed with it
            _evaluated(locked, on, actor=actor, source=source, now=now, by=by, appointment=appointment, known=True)
            return True
        return False
    if locked.kind == "organization":
        raise Contradicts("an organization's enquiry has no visit")
    if what == "evaluation_completed":
        _evaluated(locked, on, actor=actor, source=source, now=now, by=by, appointment=appointment)
        return True
    if "evaluation_completed" not in known and locked.closed_how != EVALUATED:
        raise Contradicts("the evaluation is not noted yet: note that first")
    if "evaluation_completed" in known and on < known["evaluation_completed"]:
        raise Contradicts("this day is before the evaluation")
    services.noted(locked, what, actor, at=now, data={"on": on.isoformat(), "source": source})
    return True


def known_ends(lead: Lead) -> dict[str, date]:
    """What is noted of a lead as ended, and for which day; what was taken back is not."""
    names = (*ENDS, *NAMES, *rules.TAKEN_BACK)
    found: dict[str, date] = {}
    for name, data in Event.objects.filter(lead=lead, name__in=names).order_by("id").values_list("name", "data"):
        for what in rules.taken_back(name, data):
            found.pop(NAMES.get(what, what), None)
        if "on" in data and name not in rules.TAKEN_BACK:
            found[NAMES.get(name, name)] = date.fromisoformat(data["on"])
    return found


def last_visit(lead: Lead, now: datetime) -> Appointment | None:
    """The last first visit that has begun and was not missed or cancelled."""
    begun = Appointment.objects.filter(lead=lead, service="evaluation", starts_at__lte=now)
    return begun.filter(status__in=("booked", "arrived")).order_by("-starts_at").first()


def _evaluated(
    locked: Lead,
    on: date,
    *,
    actor: Actor,
    source: Source,
    now: datetime,
    by: User | None,
    appointment: Appointment | None,
    known: bool = False,
) -> None:
    if locked.closed_at is not None and locked.closed_how != EVALUATED:
        raise Contradicts("this lead is closed otherwise: open it again first")
    visit = appointment or _visit(locked, on)
    if visit is not None and visit.status != "completed":
        visit = claims.completed(visit, now=now)
    data: dict[str, Any] = {"on": on.isoformat(), "source": source}
    if pays(locked):
        row = LeadReferral.objects.select_related("key").get(lead=locked)
        data["part"] = part_of(services.read(row, open_key(row.key))) or "unknown"
    subject = ("appointment", visit.id) if visit is not None else None
    if not known:
        services.noted(locked, "evaluation_completed", actor, at=now, data=data, subject=subject)
    if locked.closed_at is None:
        words = "The first evaluation is completed"
        services.close(locked, how=EVALUATED, words=words, by=by, actor=actor, at=now)


def _visit(locked: Lead, on: date) -> Appointment | None:
    """The first visit of that day, which is completed with it; a later one stays as it is."""
    sites = practice().sites
    rows = Appointment.objects.filter(
        lead=locked, service="evaluation", status__in=("booked", "arrived", "missed", "left")
    )
    same = [row for row in rows if row.site in sites and row.starts_at.astimezone(sites[row.site].tz).date() == on]
    return max(same, key=lambda row: (row.status in ("booked", "arrived"), row.starts_at), default=None)


def _today(lead: Lead, sites: Mapping[str, Site]) -> date:
    """The day it is at the lead's site."""
    site = sites.get(lead.site)
    now = clock.now()
    return now.astimezone(site.tz).date() if site is not None else now.date()
