"""One visit of treatment, or one seat of a group: what is wrong with it, other times, and an end to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstvisit.journey import visits as people
from firstvisit.journey.adrift import COURSE
from firstvisit.journey.booking import visits
from firstvisit.journey.booking.adrift import asked_of
from firstvisit.journey.booking.offering import Offer, Offers, offers, within
from firstvisit.journey.booking.therapists import who_can
from firstvisit.journey.booking.wanting import EVALUATED, wanted_for
from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import home_zone, policy, practice
from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.taking import Taken
from firstvisit.steps.booking.unfit import unfit
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.supply import sentences
from firstvisit.web.staff.visit import shown
from firstvisit.web.staff.visit.days_asked import days_asked
from firstvisit.web.staff.visit.in_the_way import missing
from firstvisit.web.staff.visit.views import GONE, LABELS, SHOWN, TYPED, lead_of, unchanged
from firstvisit.web.staff.whose import whose
from firstvisit.web.ui import words

WHAT: Final = {"treatment": "Treatment", "group": "A seat in a group"}
BECAME: Final[dict[str, Callable[..., Appointment]]] = {
    "arrived": visits.arrived,
    "missed": visits.missed,
    "left": visits.left,
}


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.work", at_desk=True)
def treatment_visit(request: HttpRequest, code: str, number: uuid.UUID) -> HttpResponse:
    """Show one visit with other times for it; move or cancel it, or say what became of it."""
    user, lead = staff(request), lead_of(request, code)
    row = Appointment.objects.select_related("clinician").filter(id=number, lead=lead, service__in=COURSE).first()
    if row is None:
        raise NotAllowed("visit")
    if request.method == "GET":
        return _page(request, lead, row)
    if lost := problems_of(request, LABELS):
        return _page(request, lead, row, lost)
    said, actor = request.POST, actor_of(request)
    try:
        unchanged(request, row)
        if said.get("do") == "move":
            visits.move(row, said.get("slot", ""), by=user, actor=actor)
        elif said.get("do") == "cancel":
            visits.cancel(row, why=said.get("why", ""), by=user, actor=actor, words=said.get("words", ""))
        elif (verb := BECAME.get(said.get("do", ""))) is not None:
            verb(row, by=user, actor=actor)
        else:
            raise NotAllowed("visit")
    except BadInput as bad:
        return _page(request, lead, row, bad.problems)
    except Taken as taken:
        return _page(request, lead, row, [Problem("slot", GONE[taken.why])], status=409)
    except Conflict as conflict:
        return _page(request, lead, row, [Problem("", f"{str(conflict).capitalize()}.")], status=409)
    return HttpResponseRedirect(reverse("lead_treatment", args=[code]), status=303)


def _page(
    request: HttpRequest, lead: Lead, row: Appointment, problems: list[Problem] | None = None, status: int = 0
) -> HttpResponse:
    now, asked, shape = clock.now(), request.GET, practice()
    closed = lead.closed_at is not None and lead.closed_how not in (EVALUATED, *VISIT_STAYS)
    may = not closed and row.status == "booked" and row.starts_at > now
    only = asked.get("with", "")
    after = int(asked["after"]) if asked.get("after", "").isdecimal() and len(asked["after"]) < 4 else 0
    days = days_asked(asked)
    needs = wanted_for(row, lead, now=now, same_day=days.since is not None and days.since == days.until)

    def look(*, beyond: bool) -> Offers:
        return offers(
            lead,
            now=now,
            count=SHOWN if may and not days.problems else 0,
            after=after,
            discipline=row.discipline,
            only=frozenset({only}) if only in shape.resources else frozenset(),
            not_before=days.since,
            not_after=days.until,
            known=needs,
            moving=row,
            beyond=beyond,
        )

    beyond = "beyond" in asked
    found = look(beyond=beyond)
    if may and not (beyond or after or found.offers or days.problems):
        beyond, found = True, look(beyond=True)  # after what the payer gave, and each says so
    noted_view(actor_of(request), "visit", [lead.id])
    can = who_can([within(each, days.since, days.until) for each in needs.wants], now=now)
    treat = {slug: who for slug, who in people.clinicians(shape, [row.discipline]).items() if slug in can}
    want = next((each for each in needs.wants if each.discipline == row.discipline), None)
    looked = want and within(want, days.since, days.until)
    today = now.astimezone(home_zone()).date()
    wrong = [*(problems or []), *days.problems]
    values: dict[str, Any] = {
        "code": f"L-{lead.number}",
        "whose": whose(lead, staff(request)),
        "visit": shown.visit(row, now),
        "what": WHAT[row.service],
        "wrong": _wrong(lead, row, now) if may else [],
        "closed": closed,
        "may": may,
        "became": _became(row, now) if not closed else (),
        "times": _times(found.offers, lead, row) if not days.problems else [],
        "beyond": beyond,
        "more": after + SHOWN if found.more and not days.problems else 0,
        "missing": missing(found.missing, looked, today, none=not found.offers) if not days.problems else [],
        "why_not": needs.why_not,
        "clinicians": people.labels(treat, shape),
        "only": only,
        "from": asked.get("from", ""),
        "until": asked.get("until", ""),
        "reasons": {each.code: each.words for each in REASONS if each.by != "system"},
        "problems": wrong,
        "asked_wrong": bool(days.problems),
        "typed": {name: request.POST.get(name, "")[:TYPED] for name in ("why", "words")},
    }
    return render(request, "staff/treatment/one.html", values, status=status or (422 if wrong else 200))


def _became(row: Appointment, now: datetime) -> tuple[tuple[str, str], ...]:
    """What can be said of it by now: a verb and its words, the usual one first."""
    if row.status == "arrived":
        return (("left", "Left before being seen"),)
    if row.status != "booked" or not visits.its_day_has_come(row, now):
        return ()
    return (("arrived", "Arrived"), *((("missed", "Did not come"),) if row.starts_at <= now else ()))


def _times(offers: Sequence[Offer], lead: Lead, row: Appointment) -> list[shown.Time]:
    """The times, each with what else this lead has on that day."""
    others = Appointment.objects.filter(lead=lead, status__in=("booked", "arrived")).exclude(id=row.id)
    found = []
    for offer, time in zip(offers, shown.times(offers), strict=True):
        tz = offer.site.tz
        that_day = sorted(
            other.starts_at
            for other in others
            if other.starts_at.astimezone(tz).date() == offer.starts_at.astimezone(tz).date()
        )
        also = [f"they have a visit that day at {words.clock_time(each, tz)}" for each in that_day]
        if said := shown.not_given([offer.starts_at.date()], offer.want.given_until):
            also.append(said[:1].lower() + said[1:])
        why = ", ".join(part for part in (time.why, *also) if part)
        found.append(replace(time, why=why[:1].upper() + why[1:]))
    return found


def _wrong(lead: Lead, row: Appointment, now: datetime) -> list[str]:
    """Why this visit cannot stay as it is, in words."""
    shape, told = practice(), []
    for one in unfit(shape, policy().section(Booking), now=now, leads=[lead.id]):
        if one.appointment.id == row.id:
            why = sentences.why_unfit(one)
            told.append(f"{why[:1].upper()}{why[1:]}.")
    found = asked_of(lead, now=now)
    if found is not None and row.id in {each.id for each in found.visits}:
        first = shown.visit(Appointment.objects.get(id=found.evaluation.id), now)
        told.append(
            f"It is before the evaluation of {first.day}, {first.at}."
            if found.what == "before"
            else "No evaluation stands before it."
        )
    return told
