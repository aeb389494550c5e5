"""Putting a task away: moments to choose, the one that was typed, and what should be known of a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.routing import clocks
from firstvisit.web.staff.lead.facts import Seen
from firstvisit.web.ui import words


def choices(page: Seen, promised: datetime | None, site: Site, now: datetime) -> list[tuple[str, str]]:
    """Moments to put a task away until: an hour, three hours, the next opening of the site; each with its doubts."""
    closes = clocks.closes_at(now, site)
    opening = clocks.opens_at((closes or now) + timedelta(hours=6), site)
    moments = [now + timedelta(hours=1), now + timedelta(hours=3), *([opening] if opening else [])]
    place = practice().sites.get(page.file.lead.site, site)
    return [
        (moment.isoformat(timespec="minutes"), f"{words.moment(moment, site.tz, now)}{f': {said}' if said else ''}")
        for moment in moments
        for said in (doubts(moment, place, promised, page.at),)
    ]


def doubts(until: datetime, place: Site, promised: datetime | None, at: Callable[[datetime], str]) -> str:
    """That the lead's site is closed at that moment, and that whoever asked was told to hear from us before; "" for a
    moment of which neither is so. `at` says a moment in words."""
    found = ["we are closed then"] if clocks.closes_at(until, place) is None else []
    found += [f"later than they were told, {at(promised)}"] if promised is not None and promised < until else []
    return "; ".join(found)


def typed(request: HttpRequest, site: Site) -> datetime:
    """The chosen moment, or the date and time typed in the site's zone."""
    chosen = request.POST.get("until", "")
    text = request.POST.get("moment", "") if chosen in ("", "other") else chosen
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=site.tz)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput([Problem("until", "Choose until when, or enter a date and a time.")]) from None
