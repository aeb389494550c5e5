"""Days on which a site that opens then is closed: holidays of the practice, and what was closed under Supply."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from firstvisit.practice.shape import Site
from firstvisit.steps.booking.days import day
from firstvisit.steps.booking.models import Change
from firstvisit.steps.booking.spans import moment

LOOKED_AT: Final = 120
"""Days."""


def closed_days(site: Site, first: date, last: date) -> list[date]:
    """The days of the site's calendar from `first` through `last` on which it is closed from its first hour to its
    last, the soonest first; no more than `LOOKED_AT` days are looked at."""
    days = [first + timedelta(days=ahead) for ahead in range(min((last - first).days + 1, LOOKED_AT))]
    if not days:
        return []
    during = DateTimeTZRange(moment(day(days[0], site.tz).start), moment(day(days[-1], site.tz).end))
    rows = Change.objects.filter(resource=None, what="closed", site=site.slug, during__overlap=during)
    closed = [(each.lower, each.upper) for each in rows.values_list("during", flat=True)]
    return [on for on in days if on in site.closed_days or _covered(site, on, closed)]


def _covered(site: Site, on: date, closed: list[tuple[datetime, datetime]]) -> bool:
    opened = site.openings(on)
    return bool(opened) and any(since <= opened[0][0] and opened[-1][1] <= until for since, until in closed)
