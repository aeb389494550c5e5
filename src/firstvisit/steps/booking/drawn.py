"""What a calendar draws of supply beside what is open: what is kept from visits, and why somebody is not there.

The search needs only what is open (`supply.bookables`); people also want to read that one o'clock is for notes and that
Friday is a course. Two questions for a stretch of days, however many resources a site has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db.models import Q
from psycopg.types.range import TimestamptzRange

from firstvisit.practice.shape import Site
from firstvisit.steps.booking import patterns, spans
from firstvisit.steps.booking.models import Block, Change
from firstvisit.steps.booking.shapes import Span

PROTECTED: Final = {
    "documentation": "Notes",
    "supervision": "Supervision",
    "case_review": "Case review",
    "meeting": "Meeting",
    "travel": "On the road",
}
"""What of a resource's time is kept from visits, as calendars say it."""
AWAY: Final = {
    "vacation": "vacation",
    "illness": "ill",
    "course": "course",
    "leave": "leave",
    "weather": "weather",
}


class Kept(NamedTuple):
    """A stretch that nobody can book: `what` is a key of `PROTECTED`, away, busy or closed; `why` of `AWAY` or ""."""

    start: int
    end: int
    what: str
    why: str = ""


def kept(
    resources: Collection[int], sites: Mapping[str, Site], site: Site, first: date, last: date
) -> Mapping[int, list[Kept]]:
    """What is kept from visits of each resource on the site's days from `first` through `last`, in order. What closes
    the whole site stands under 0. A block at another of `sites` keeps its hours there."""
    begins, ends = spans.midnight(first, site.tz), spans.midnight(last + timedelta(days=1), site.tz)
    found: dict[int, list[Kept]] = defaultdict(list)
    for block in Block.objects.filter(
        Q(last_day__isnull=True) | Q(last_day__gte=first - timedelta(days=1)),
        resource__in=resources,
        what__in=PROTECTED,
        site__in=list(sites),
        first_day__lte=last,
    ):
        for span in patterns.pattern_spans(_pattern(block), sites[block.site].tz, first - timedelta(days=1), last):
            _add(found[block.resource_id], span, (begins, ends), block.what)
    during = TimestamptzRange(spans.moment(begins), spans.moment(ends))
    changes = Change.objects.filter(
        Q(resource__in=resources) | Q(resource__isnull=True, site=site.slug), during__overlap=during
    ).exclude(what="extra")
    for change in changes:
        start = spans.minute(change.during.lower) if change.during.lower else begins
        end = spans.minute_after(change.during.upper) if change.during.upper else ends
        _add(found[change.resource_id or 0], (start, end), (begins, ends), change.what, change.why)
    for stretches in found.values():
        stretches.sort()
    return found


def _add(to: list[Kept], span: Span, within: Span, what: str, why: str = "") -> None:
    start, end = max(span[0], within[0]), min(span[1], within[1])
    if start < end:
        to.append(Kept(start, end, what, why))


def _pattern(block: Block) -> patterns.Pattern:
    days = frozenset(block.except_days)
    return patterns.Pattern(block.rule, block.first_day, block.last_day, block.begins, block.ends, days)
