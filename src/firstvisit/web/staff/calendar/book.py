"""Book here: who waits for a first visit that this therapist could do on this day."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from firstvisit.journey.booking.waiting import MOST, Waits, waiting
from firstvisit.journey.booking.weeks import stretch
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads.scope import works_at
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.calendar.cells import clock as at
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import naming, words

KEYS: Final = (("J", "next row"), ("K", "row before"), ("Enter", "find their times"))


class Line(NamedTuple):
    """One who waits."""

    name: str
    code: str
    program: str
    waits: str
    url: str


@require_GET
@screen("leads.work", at_desk=True)
def book_here(request: HttpRequest) -> HttpResponse:
    """The list; each leads to that person's own times with this therapist on this day."""
    user, now, shape = staff(request), clock.now(), practice()
    site, on = shape.sites.get(request.GET.get("site", "")), _day(request.GET.get("on", ""))
    if site is None or on is None or not works_at(user, site.slug):
        raise NotAllowed("leads.see")
    slug = request.GET.get("with", "")
    shown = stretch(user, site, on, on, by="clinician", now=now)
    row = next((each for each in shown.rows if each.resource.slug == slug), None)
    if row is None:
        raise NotAllowed("leads.see")
    openings = [opening for day in row.days for opening in day.openings]
    programs = {program for opening in openings for program in opening.programs}
    found = waiting(user, site=site.slug, programs=programs)
    noted_view(actor_of(request), "calendar", [each.lead for each in found])
    context = {
        "title": f"{row.resource.name}, {words.day(on)}",
        "open": " and ".join(f"{at(each.start, site.tz)} to {at(each.end, site.tz)}" for each in openings),
        "lines": [_line(each, site, slug, on) for each in found],
        "most": MOST if len(found) == MOST else 0,
        "back": f"{reverse('calendar')}?{urlencode({'site': site.slug, 'on': on.isoformat()})}",
        "keys": KEYS,
    }
    return render(request, "staff/calendar/book.html", context)


def _line(one: Waits, site: Site, slug: str, on: date) -> Line:
    program = practice().programs.get(one.program)
    query = {"with": slug, "from": on.isoformat(), "until": on.isoformat()}
    return Line(
        naming.called(one.who, one.contact, None, one.code),
        one.code,
        program.name if program is not None else one.program,
        words.day(one.received_at.astimezone(site.tz).date()),
        f"{reverse('lead_visit', args=[one.code])}?{urlencode(query)}",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
