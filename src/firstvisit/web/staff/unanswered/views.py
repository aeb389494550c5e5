"""Visits that are over and of which nobody said what became of them: one press each."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.journey import undo
from firstvisit.journey.booking import ended, visits
from firstvisit.journey.booking.reoffering import did_not_take_place
from firstvisit.journey.booking.unanswered import OPEN, Unanswered, unanswered
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.queries import code
from firstvisit.messages.moments import clock_time, short_day, zone
from firstvisit.practice.models import User
from firstvisit.steps.booking.models import Appointment
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.supply.sentences import why_it_was_not
from firstvisit.web.ui.words import Sign

EVALUATED: Final = "evaluated"
VERBS: Final = {
    "arrived": visits.arrived,
    "missed": visits.missed,
    "left": visits.left,
    "called_off": did_not_take_place,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One visit in words, with why it probably did not take place where that is known, and what may be pressed: value,
    label, and whether that is the usual answer."""

    id: uuid.UUID
    url: str
    name: str
    code: str
    day: str
    at: str
    where: str
    why: str
    sign: Sign
    presses: tuple[tuple[str, str, bool], ...]


@require_GET
@screen("leads.see", at_desk=True)
def unanswered_visits(request: HttpRequest) -> HttpResponse:
    """The list, the oldest first."""
    return _page(request)


@require_POST
@screen("leads.work", at_desk=True)
def answer_visit(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Note what became of one visit and show what is left."""
    user, do = staff(request), request.POST.get("do", "")
    row = Appointment.objects.filter(id=number, lead__in=scope.leads_for(user)).select_related("lead").first()
    if row is None or not (do == EVALUATED or do in VERBS):
        raise NotAllowed("leads.work")
    try:
        if do == EVALUATED:
            found = next((each for each in unanswered(user, now=clock.now()) if each.visit.id == row.id), None)
            if found is not None:  # pressed twice: it is noted already
                return _completed(request, found, user)
        elif row.status in OPEN:
            VERBS[do](row, by=user, actor=actor_of(request))
    except BadInput as bad:
        return _page(request, bad.problems)
    except Conflict as why:
        return _page(request, [Problem("visit", f"{str(why)[:1].upper()}{str(why)[1:]}.")])
    return HttpResponseRedirect(reverse("unanswered_visits"), status=303)


def _completed(request: HttpRequest, found: Unanswered, user: User) -> HttpResponse:
    """Note that the evaluation is completed and show what is left, with the offer to undo it."""
    lead, day = found.lead, found.visit.starts_at.astimezone(found.site.tz).date().isoformat()

    def note() -> None:
        ended.note(lead, user, actor=actor_of(request), what="evaluation_completed", on=day)

    step = undo.undoable(lead, user, "ended", note)
    return HttpResponseRedirect(f"{reverse('unanswered_visits')}?{urlencode({'done': step.id})}", status=303)


def _page(request: HttpRequest, problems: list[Problem] | None = None) -> HttpResponse:
    user, now = staff(request), clock.now()
    found = unanswered(user, now=now)
    noted_view(actor_of(request), "unanswered_visits", [each.lead.id for each in found])
    context = {"lines": [_line(each, user, now) for each in found], "problems": problems or []}
    return render(request, "staff/unanswered/unanswered.html", context, status=422 if problems else 200)


def _line(each: Unanswered, user: User, now: datetime) -> Line:
    row, site = each.visit, each.site
    here = row.status == "arrived"
    presses = [("left", "Left before being seen", False)] if here else []
    ours = each.unfit is not None
    if not here:
        arrives = not user.may(ended.CAPABILITY) and not ours
        presses = [("arrived", "Arrived", arrives), ("missed", "Did not come", False)]
    if user.may(ended.CAPABILITY):
        presses.insert(0, (EVALUATED, "Evaluation completed", not ours))
    if ours:
        presses.insert(0, ("called_off", "Called off by us", True))
    names = (site.name, row.clinician.shape().name if row.clinician is not None else "")
    local = row.starts_at.astimezone(site.tz)
    return Line(
        row.id,
        reverse("lead", args=[code(each.lead.number)]),
        each.patient.name if each.patient is not None else code(each.lead.number),
        code(each.lead.number),
        short_day(local.date()),
        f"{clock_time(row.starts_at, site)} {zone(row.starts_at, site)}",
        ", with ".join(name for name in names if name),
        why_it_was_not(each.unfit) if each.unfit is not None else "",
        Sign("soon", "arrived, and not noted as completed") if here else Sign("unknown", "not said"),
        tuple(presses) if user.may("leads.work") else (),
    )
