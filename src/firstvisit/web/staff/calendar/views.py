"""Calendar: a site's week or day, by clinician or by room and device. Parses, asks the journey once, draws."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from firstvisit.journey import queries
from firstvisit.journey.booking.weeks import By, Stretch, stretch
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads.queries import by_code
from firstvisit.leads.scope import works_at
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.calendar import cells, drawing
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

KEYS: Final = (
    ("← →", "the day before, the next"),
    ("↑ ↓", "the clinician or room above, below"),
    ("Enter", "open the first visit of the day"),
    ("B H", "book or hold here"),
    ("[ ]", "the week or day before, the next"),
    ("D", "this day by itself, or the whole week"),
    ("R", "by clinician, or by room and device"),
    ("P", "print"),
)
DAYS_SHOWN: Final = {"week": 7, "day": 1}
FARTHEST: Final = timedelta(days=366)
"""How far from today a calendar is looked at: no vacation is entered, and no visit booked, farther ahead."""


class Asked(NamedTuple):
    """What the address asks for. `lead` is the code of whoever is being booked, "" of nobody."""

    site: Site
    first: date
    view: Literal["week", "day"]
    by: By
    lead: str

    def url(self, **changed: Any) -> str:
        """The same page but for what is changed."""
        other = self._replace(**changed)
        query = {"site": other.site.slug, "on": other.first.isoformat()}
        query |= {"view": "day"} if other.view == "day" else {}
        query |= {"by": "room"} if other.by == "room" else {}
        query |= {"lead": other.lead} if other.lead else {}
        return f"{reverse('calendar')}?{urlencode(query)}"


class Choice(NamedTuple):
    """One of several ways to look at the page."""

    label: str
    url: str
    here: bool
    key: str = ""


@require_GET
@screen("leads.see")
def calendar(request: HttpRequest) -> HttpResponse:
    """One week or day of one site; one row in the log says whose names were shown."""
    user, now, shape = staff(request), clock.now(), practice()
    asked = _asked(request, user)
    last = asked.first + timedelta(days=DAYS_SHOWN[asked.view] - 1)
    shown = stretch(user, asked.site, asked.first, last, by=asked.by, now=now)
    noted_view(actor_of(request), "calendar", list(shown.leads))
    on = drawing.scale(shown)
    today = now.astimezone(asked.site.tz).date()
    context = {
        "asked": asked,
        "title": _title(asked),
        "back": asked.url(),
        "sentence": _sentence(shown, asked),
        "days": [_head(day, asked, today) for day in shown.days],
        "rows": cells.rows(cells.Page(shown, shape, on, now, asked.view == "day", asked.lead, user.may("leads.work"))),
        "sums": _sums(shown) if asked.by == "clinician" else [],
        "from_to": _from_to(on),
        "ways": _ways(asked, user, today),
        "before": _step(asked, shown, -1),
        "next": _step(asked, shown, 1),
        "lead": by_code(asked.lead) if asked.lead else None,
        "keys": KEYS,
        "changes": f"{reverse('changes')}?{urlencode({'since': queries.last_event()})}",
    }
    return render(request, "staff/calendar/calendar.html", context)


def _asked(request: HttpRequest, user: User) -> Asked:
    site = practice().sites.get(request.GET.get("site", "")) or site_of(request, user)
    if not works_at(user, site.slug):
        raise NotAllowed("leads.see")
    today = clock.now().astimezone(site.tz).date()
    try:
        first = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        first = today
    first = min(max(first, today - FARTHEST), today + FARTHEST)
    view: Literal["week", "day"] = "day" if request.GET.get("view") == "day" else "week"
    by: By = "room" if request.GET.get("by") == "room" else "clinician"
    lead = request.GET.get("lead", "")[:20]
    return Asked(site, first if view == "day" else cells.monday(first), view, by, lead)


def _title(asked: Asked) -> str:
    day = asked.first
    return f"{day:%A, %B} {day.day}" if asked.view == "day" else f"Week of {day:%B} {day.day}"


def _sentence(shown: Stretch, asked: Asked) -> str:
    if asked.by == "room":
        return f"What is taken of rooms and devices, {asked.site.name}."
    room, held = sum(row.open for row in shown.rows), sum(row.held for row in shown.rows)
    total = room + held + sum(row.first_visits for row in shown.rows)
    drawn = "" if asked.view == "day" else " Treatment visits are drawn, not listed."
    return f"First visits by clinician, {asked.site.name}. {room} of {total} open, {held} held.{drawn}"


class Head(NamedTuple):
    """The head of a column."""

    words: str
    today: bool
    url: str


def _head(day: date, asked: Asked, today: date) -> Head:
    other = asked.url(first=day, view="week" if asked.view == "day" else "day")
    return Head(f"{words.day(day)}{', today' if day == today else ''}", day == today, other)


class Sum(NamedTuple):
    """What is still open on one day."""

    first: str
    small: str


def _sums(shown: Stretch) -> list[Sum]:
    found = []
    for n, _ in enumerate(shown.days):
        days = [row.days[n] for row in shown.rows]
        by_program: dict[str, int] = {}
        for opening in (each for day in days for each in day.openings):
            for slug in opening.programs:
                by_program[slug] = by_program.get(slug, 0) + opening.times
        most = sorted(by_program, key=lambda slug: (-by_program[slug], slug))
        named = ", ".join(f"{cells.called(slug)} {by_program[slug]}" for slug in most[:2])
        more = f" +{len(most) - 2}" if len(most) > 2 else ""
        room, held = sum(day.open for day in days), sum(day.held for day in days)
        kept = sum(each.what == "documentation" for day in days for each in day.kept)
        blocks = f"{kept} note {'block' if kept == 1 else 'blocks'} kept"
        found.append(Sum(f"{room} open", ". ".join(part for part in (named + more, f"{held} held, {blocks}") if part)))
    return found


def _from_to(on: drawing.Scale) -> str:
    first, last = (f"{wall // 60 % 12 or 12}:{wall % 60:02} {'am' if wall < 720 else 'pm'}" for wall in on[:2])
    return f"Strip runs {first} to {last}"


def _ways(asked: Asked, user: User, today: date) -> list[list[Choice]]:
    sites = [each for each in practice().sites.values() if works_at(user, each.slug)]
    day = today if asked.first <= today < asked.first + timedelta(days=7) else asked.first
    week, rooms = asked.view == "week", asked.by == "room"
    ways = [
        [
            Choice("Week", asked.url(view="week", first=cells.monday(asked.first)), week, "" if week else "d"),
            Choice("Day", asked.url(view="day", first=day), not week, "d" if week else ""),
        ],
        [
            Choice("By clinician", asked.url(by="clinician"), not rooms, "r" if rooms else ""),
            Choice("By room and device", asked.url(by="room"), rooms, "" if rooms else "r"),
        ],
    ]
    if len(sites) > 1:
        ways.append([Choice(each.city, asked.url(site=each), each.slug == asked.site.slug) for each in sites])
    return ways


def _step(asked: Asked, shown: Stretch, by: int) -> Choice:
    """The week or day before or after, with the days on which it is closed."""
    first = asked.first + timedelta(days=by * DAYS_SHOWN[asked.view])
    days = [first + timedelta(days=n) for n in range(DAYS_SHOWN[asked.view])]
    shut = [f"{day:%a}" for day in days if day in asked.site.closed_days]
    closed = f", closed {' and '.join(shut)}" if shut else ""
    return Choice(f"{first:%b} {first.day}{closed}", asked.url(first=first), False)
