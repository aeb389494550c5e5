"""Third next available: how long somebody who asks today waits, by program and payer."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from firstvisit.journey.booking.third_next import ANY, third_next
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads.scope import works_at
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.booking.policy import Booking
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of


class Cell(NamedTuple):
    """One day, and in how many days that is."""

    day: str
    days: str


class Line(NamedTuple):
    """One program."""

    program: str
    first: str
    cells: list[Cell]


@require_GET
@screen("leads.see")
def next_available(request: HttpRequest) -> HttpResponse:
    """A table of one site: programs down, payers across."""
    user, now, shape = staff(request), clock.now(), practice()
    site = shape.sites.get(request.GET.get("site", "")) or site_of(request, user)
    if not works_at(user, site.slug):
        raise NotAllowed("leads.see")
    today = now.astimezone(site.tz).date()
    found = third_next(site, now=now)
    payers = {ANY: "Any payer", **{slug: payer.name for slug, payer in shape.payers.items()}}
    payers = {slug: name for slug, name in payers.items() if any(slug in each.third for each in found)}
    context = {
        "site": site,
        "payers": list(payers.values()),
        "lines": [
            Line(
                shape.programs[each.program].name,
                words.day(each.first) if each.first is not None else "none",
                [_cell(each.third.get(slug), today) for slug in payers],
            )
            for each in found
        ],
        "horizon": policy().section(Booking).horizon_days,
        "sites": [
            (each.city, f"{reverse('calendar_next')}?site={each.slug}", each.slug == site.slug)
            for each in shape.sites.values()
            if works_at(user, each.slug)
        ],
    }
    return render(request, "staff/calendar/next.html", context)


def _cell(day: date | None, today: date) -> Cell:
    if day is None:
        return Cell("none", "")
    days = (day - today).days
    return Cell(words.day(day), "today" if days == 0 else "in 1 day" if days == 1 else f"in {days} days")
