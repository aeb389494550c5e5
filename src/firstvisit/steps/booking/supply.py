"""When whom and what could be booked: rows of supply compiled to intervals, kept in each process by revision.

What opens: a clinician's blocks, else the resource's hours, else those of its site; nothing at a site that it is no
longer at. What takes from that: protected
blocks and the site's holidays; then, against everything, also what was opened for a day: away, closed, busy elsewhere,
and all that follows somebody's last day.
"""

from __future__ import annotations

import threading
import time as machine
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import connection, transaction

from firstvisit.practice import shape as practice_shape
from firstvisit.practice.models import Resource
from firstvisit.practice.shape import WEEKDAYS, Practice, Site
from firstvisit.steps.booking import opening, patterns, spans
from firstvisit.steps.booking.models import Block, Change, SupplyRevision, Terms
from firstvisit.steps.booking.opening import Opened
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Span, Stretch

SETTINGS: Final = {
    "clinic": frozenset({"clinic", "telehealth"}),
    "home": frozenset({"home"}),
    "video": frozenset({"telehealth"}),
}
"""Blocks that open time, and for which visits. Whoever is at the clinic can as well be seen on a screen."""
PROTECTED: Final = ("documentation", "supervision", "case_review", "meeting", "travel")
RECHECK_SECONDS: Final = 1.0
WEEK: Final = 7 * spans.DAY
_MONDAY: Final = 4 * spans.DAY
"""1970 began on a Thursday."""
_ASKED_KEPT: Final = 64

_lock = threading.Lock()
_checked_at = float("-inf")
_kept: _Kept | None = None
_last: _Kept | None = None
"""What was kept last, for what of it may go on."""


def bookables(shape: Practice, booking: Booking, first: date, last: date) -> tuple[Bookable, ...]:
    """Every resource of the practice with what is open of it on the days from `first` through `last`, each day that of
    the site; in the order of the practice. Kept per process by revision and week: asked again it costs next to nothing.
    """
    kept = _current(shape)
    key = (first, last, booking.evaluations_a_day)
    found = kept.asked.get(key)
    if found is None:
        if len(kept.asked) >= _ASKED_KEPT:
            kept.asked.clear()
        found = kept.asked[key] = tuple(_bookables(kept, booking, first, last))
    return found


def raise_revision() -> int:
    """Say that supply changed, in the transaction that changes it: every process compiles it anew. The new number.

    It is the time in microseconds or one more than before, so that a number whose transaction failed is never met again
    with other rows under it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO booking_supplyrevision AS kept (id, number)
            VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
            ON CONFLICT (id) DO UPDATE SET number = greatest(kept.number + 1, excluded.number)
            RETURNING number
            """
        )
        number: int = cursor.fetchone()[0]
    forget()
    transaction.on_commit(forget)
    return number


def forget() -> None:
    """Look at the revision again at the next call."""
    global _checked_at, _kept
    with _lock:
        _checked_at, _kept = float("-inf"), None


@dataclass
class _Kept:
    """What was compiled of one practice and one revision of supply. `weeks`: stretches by resource, by week.

    `repeating`: the same before dated changes, by resource. A vacation, or a calendar that is read every quarter of an
    hour, leaves it as it is: it goes from one revision to the next for whom neither blocks nor terms were changed.
    """

    shape: Practice
    revision: int
    ids: dict[str, int]
    terms: dict[int, Terms]
    blocks: dict[int, list[_Block]]
    repeating: dict[int, dict[int, tuple[Stretch, ...]]]
    weeks: dict[int, dict[int, tuple[Stretch, ...]]] = field(default_factory=dict)
    asked: dict[tuple[date, date, int], tuple[Bookable, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Block:
    what: str
    site: str
    pattern: patterns.Pattern
    programs: frozenset[str]
    newness: tuple[int, str]


def _current(shape: Practice) -> _Kept:
    """What is kept of this practice; read anew where the practice or the revision moved, asked once a second."""
    global _checked_at, _kept, _last
    kept = _kept
    if kept is not None and kept.shape is shape and machine.monotonic() - _checked_at <= RECHECK_SECONDS:
        return kept
    with _lock:
        # The revision is read before the rows: a change in between is noticed at the next look.
        revision = SupplyRevision.objects.values_list("number", flat=True).first() or 0
        _checked_at = machine.monotonic()
        if _kept is None or _kept.shape is not shape or _kept.revision != revision:
            before = _last if _last is not None and _last.shape is shape else None
            _kept = _last = _read(shape, revision, before)
        return _kept


def _read(shape: Practice, revision: int, before: _Kept | None) -> _Kept:
    ids = dict(Resource.objects.filter(retired_at=None).values_list("slug", "id"))
    blocks: dict[int, list[_Block]] = defaultdict(list)
    for row in Block.objects.order_by("resource_id", "id"):
        pattern = patterns.Pattern(
            row.rule, row.first_day, row.last_day, row.begins, row.ends, frozenset(row.except_days)
        )
        newness = (row.first_day.toordinal(), str(row.id))
        blocks[row.resource_id].append(_Block(row.what, row.site, pattern, frozenset(row.programs), newness))
    terms = {row.resource_id: row for row in Terms.objects.all()}
    repeating: dict[int, dict[int, tuple[Stretch, ...]]] = {number: {} for number in ids.values()}
    if before is not None:
        for number, weeks in before.repeating.items():
            alike = before.blocks.get(number) == blocks.get(number)
            if alike and _said(before.terms.get(number)) == _said(terms.get(number)) and number in repeating:
                repeating[number] = weeks
    return _Kept(shape, revision, ids, terms, blocks, repeating)


def _said(terms: Terms | None) -> tuple[object, ...]:
    """What of somebody's terms decides when they are open by their pattern."""
    return () if terms is None else (terms.per_diem, bool(terms.home_miles or terms.home_zips))


def _bookables(kept: _Kept, booking: Booking, first: date, last: date) -> Iterable[Bookable]:
    from_minute = {slug: spans.midnight(first, site.tz) for slug, site in kept.shape.sites.items()}
    to_minute = {slug: spans.midnight(last + timedelta(days=1), site.tz) for slug, site in kept.shape.sites.items()}
    weeks = _weeks(kept, min(from_minute.values()), max(to_minute.values()))
    for slug, resource in kept.shape.resources.items():
        number = kept.ids.get(slug)
        if number is None:
            continue
        found = []
        for week in weeks:
            for stretch in week.get(number, ()):
                start, end = max(stretch.start, from_minute[stretch.site]), min(stretch.end, to_minute[stretch.site])
                if start < end:
                    same = start == stretch.start and end == stretch.end
                    found.append(stretch if same else stretch._replace(start=start, end=end))
        yield _bookable(number, resource, kept.terms.get(number), booking, tuple(opening.closed_up(found)))


def _bookable(
    number: int,
    resource: practice_shape.Resource,
    terms: Terms | None,
    booking: Booking,
    stretches: tuple[Stretch, ...],
) -> Bookable:
    own_limit = terms.evaluations_a_day if terms else None
    return Bookable(
        id=number,
        slug=resource.slug,
        kind=resource.kind,
        name=resource.name,
        sites=frozenset(resource.sites),
        disciplines=frozenset(resource.disciplines),
        assistant=resource.assistant,
        skills=frozenset(resource.skills),
        credentials=frozenset(resource.credentials),
        languages=frozenset(resource.languages),
        payers=frozenset(resource.payers),
        equipment=frozenset(resource.equipment),
        open=stretches,
        evaluations_a_day=booking.evaluations_a_day if own_limit is None else own_limit,
        new_patients_a_day=terms.new_patients_a_day if terms else None,
        home_miles=terms.home_miles if terms else None,
        home_zips=frozenset(terms.home_zips if terms else ()),
        last_day=terms.last_day if terms else None,
    )


def _weeks(kept: _Kept, start: int, end: int) -> list[dict[int, tuple[Stretch, ...]]]:
    """The compiled weeks that reach over a span; those not met before are compiled with one look at the changes."""
    wanted = range((start - _MONDAY) // WEEK, (end - 1 - _MONDAY) // WEEK + 1)
    missing = [week for week in wanted if week not in kept.weeks]
    if missing:
        changes = _changes(_MONDAY + missing[0] * WEEK, _MONDAY + (missing[-1] + 1) * WEEK)
        for week in missing:
            kept.weeks[week] = _compiled(kept, changes, _MONDAY + week * WEEK)
    return [kept.weeks[week] for week in wanted]


@dataclass(frozen=True, slots=True)
class _Changed:
    what: str
    site: str
    span: Span


def _changes(start: int, end: int) -> dict[int | None, list[_Changed]]:
    """Changes that reach into a span, by resource; None: of sites."""
    rows = Change.objects.filter(during__overlap=(spans.moment(start), spans.moment(end)))
    found: dict[int | None, list[_Changed]] = defaultdict(list)
    for number, what, site, during in rows.values_list("resource_id", "what", "site", "during"):
        # A change without an end (somebody away until further notice) reaches as far as anybody looks.
        lower = start if during.lower is None else spans.minute(during.lower)
        upper = end if during.upper is None else spans.minute_after(during.upper)
        found[number].append(_Changed(what, site, (max(lower, start), min(upper, end))))
    return found


def _compiled(
    kept: _Kept, changes: Mapping[int | None, Sequence[_Changed]], start: int
) -> dict[int, tuple[Stretch, ...]]:
    """What is open of each resource in the week that begins at `start`."""
    end = start + WEEK
    first = datetime.fromtimestamp(start * 60, UTC).date()
    # Two days back: yesterday's night shift, in a zone behind UTC.
    days = [first + timedelta(days=number) for number in range(-2, 8)]
    holidays = {
        slug: spans.joined(
            (spans.midnight(day, site.tz), spans.midnight(day + timedelta(days=1), site.tz))
            for day in days
            if day in site.closed_days
        )
        for slug, site in kept.shape.sites.items()
    }
    closed = {
        slug: spans.joined(change.span for change in changes.get(None, ()) if change.site == slug)
        for slug in kept.shape.sites
    }
    found = {}
    for slug, resource in kept.shape.resources.items():
        number = kept.ids.get(slug)
        if number is None:
            continue
        own = changes.get(number, ())
        stretches = kept.repeating[number].get(start)
        if stretches is None:
            stretches = kept.repeating[number][start] = _open_by_pattern(kept, number, resource, days, holidays)
        extra = [_extra(change, resource, kept.terms.get(number)) for change in own if change.what == "extra"]
        if extra:
            here = kept.shape.sites.keys() & set(resource.sites)
            extra = [one for one in extra if one.stretch.site in here]
            stretches = opening.laid_together([*(Opened(one) for one in stretches), *extra])
        taken = spans.joined(
            [
                *(change.span for change in own if change.what in ("away", "busy")),
                *_after_last_day(kept, number, resource, end),
                (start - WEEK, start),
                (end, end + WEEK),
            ]
        )
        found[number] = opening.kept_free(stretches, taken, closed)
    return found


def _open_by_pattern(
    kept: _Kept,
    number: int,
    resource: practice_shape.Resource,
    days: Sequence[date],
    holidays: Mapping[str, Sequence[Span]],
) -> tuple[Stretch, ...]:
    """What repeats: open blocks or hours, without holidays and protected blocks. Of a per-diem nothing repeats."""
    terms, blocks = kept.terms.get(number), kept.blocks.get(number, [])
    if terms is not None and terms.per_diem:
        return ()
    sites = kept.shape.sites
    opened = [
        Opened(Stretch(start, end, block.site, SETTINGS[block.what], block.programs), block.newness)
        for block in blocks
        if block.what in SETTINGS and block.site in sites and block.site in resource.sites
        for start, end in patterns.pattern_spans(block.pattern, sites[block.site].tz, days[0], days[-1])
    ]
    if not any(block.what in SETTINGS for block in blocks):
        opened = _open_by_hours(resource, terms, sites, days)
    protected = spans.joined(
        span
        for block in blocks
        if block.what in PROTECTED and block.site in sites
        for span in patterns.pattern_spans(block.pattern, sites[block.site].tz, days[0], days[-1])
    )
    return opening.kept_free(opening.laid_together(opened), protected, holidays)


def _open_by_hours(
    resource: practice_shape.Resource, terms: Terms | None, sites: Mapping[str, Site], days: Sequence[date]
) -> list[Opened]:
    """The hours of whatever has no blocks: its own, else those of the first of its sites."""
    site = next((sites[slug] for slug in resource.sites if slug in sites), None)
    if site is None:
        return []
    hours, settings = resource.hours or site.hours, _settings(resource, terms)
    return [
        Opened(
            Stretch(
                spans.on_the_clock(day, opens.opens, site.tz),
                spans.on_the_clock(day, opens.closes, site.tz),
                site.slug,
                settings,
            )
        )
        for day in days
        for opens in hours.get(WEEKDAYS[day.weekday()], ())
    ]


def _extra(change: _Changed, resource: practice_shape.Resource, terms: Terms | None) -> Opened:
    site = change.site or next(iter(resource.sites), "")
    return Opened(Stretch(*change.span, site, _settings(resource, terms)), (date.max.toordinal(), ""))


def _settings(resource: practice_shape.Resource, terms: Terms | None) -> frozenset[str]:
    """For which visits somebody or something is open where no block says so. A therapist who says how far they drive
    is open for visits at home too; a room is at the clinic."""
    if resource.kind == "room":
        return frozenset({"clinic"})
    drives = resource.kind == "device" or (terms is not None and bool(terms.home_miles or terms.home_zips))
    return SETTINGS["clinic"] | (SETTINGS["home"] if drives else frozenset())


def _after_last_day(
    kept: _Kept, number: int, resource: practice_shape.Resource, end: int
) -> Iterable[Span]:
    terms = kept.terms.get(number)
    if terms is None or terms.last_day is None:
        return
    sites = [kept.shape.sites[slug] for slug in resource.sites if slug in kept.shape.sites]
    if sites:
        over = max(spans.on_the_clock(terms.last_day + timedelta(days=1), time(), site.tz) for site in sites)
        yield (over, max(over, end + WEEK))
