"""What Supply shows of a resource: its week as bars and words, its blocks and changes as sentences, its calendars."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from firstvisit.journey.booking.therapists import Unstaffed, unstaffed, untreated
from firstvisit.practice.models import Resource
from firstvisit.practice.queries import home_zone
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking import patterns, spans, supply
from firstvisit.steps.booking.models import Block, Change, Feed, Terms
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Span, Stretch
from firstvisit.steps.booking.supplying import AWAY, OPEN, PROTECTED, pattern_of
from firstvisit.web.staff.supply import sentences
from firstvisit.web.ui import words

WIDTH: Final = 420
_EARLY, _LATE = 7 * 60, 18 * 60


def nobody_does(sites: Collection[str], now: datetime) -> list[str]:
    """Programs of these sites whose first visit nobody can do, or nobody after some day, in words."""
    return [_unstaffed(each, now) for each in unstaffed(sites, now=now)]


def nobody_treats(sites: Collection[str], now: datetime) -> list[str]:
    """The same of the treatment after a first visit."""
    return [_unstaffed(each, now) for each in untreated(sites, now=now)]


def _unstaffed(one: Unstaffed, now: datetime) -> str:
    today = now.astimezone(one.site.tz).date()
    since = f", after {words.dated(one.after, today)}" if one.after is not None else ""
    return f"{one.program.name} ({' and '.join(one.disciplines)}) at {one.site.name}{since}"


@dataclass(frozen=True, slots=True)
class Box:
    """One mark of a bar."""

    mark: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the week shown: its bar, and the same in words."""

    day: str
    today: bool
    boxes: tuple[Box, ...]
    open: str
    kept: str


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of one resource."""

    title: str
    lines: tuple[DayLine, ...]
    hours: tuple[tuple[str, float], ...]
    before: str
    after: str
    sums: str


@dataclass(frozen=True, slots=True)
class BlockLine:
    """A block in words, and what is odd about it."""

    id: uuid.UUID
    what: str
    sentence: str
    site: str
    odd: str
    left_out: tuple[tuple[date, str], ...]
    """Days to come on which it does not hold, and in words."""


def week_of(
    shape: Practice, booking: Booking, row: Resource, monday: date, today: date, zone: ZoneInfo
) -> Week:
    """The week from `monday` of one resource."""
    sunday = monday + timedelta(days=6)
    one = next((each for each in supply.bookables(shape, booking, monday, sunday) if each.id == row.id), None)
    blocks = [block for block in Block.objects.filter(resource=row) if block.site in shape.sites]
    kept = {
        what: spans.joined(
            span
            for block in blocks
            if block.what == what
            for span in patterns.pattern_spans(pattern_of(block), shape.sites[block.site].tz, monday, sunday)
        )
        for what in PROTECTED
    }
    whole = (spans.midnight(monday, zone), spans.midnight(monday + timedelta(days=7), zone))
    sites = sites_of(shape, row.slug)
    mine = Q(resource=row) | Q(resource=None, site__in=[site.slug for site in sites])
    away = [
        (_gone(change, sites), span)
        for change in Change.objects.filter(mine).exclude(what="extra").order_by("during")
        if (span := _clipped(change, whole)) is not None
    ]
    open_ = spans.joined(stretch[:2] for stretch in one.open) if one else []
    edges = _edges([*open_, *(span for some in kept.values() for span in some)], zone)
    apart = len({site.tz.key for site in sites}) > 1
    clock = f" {spans.moment(whole[0]).astimezone(zone):%Z}" if apart else ""
    lines = []
    for number in range(7):
        day = monday + timedelta(days=number)
        around = [(spans.midnight(day, zone), spans.midnight(day + timedelta(days=1), zone))]
        here = spans.common(around, open_)
        holiday = day in _holidays(shape, one)
        protected = {what: [] if holiday else spans.common(around, some) for what, some in kept.items()}
        gone = [(why, both) for why, span in away if (both := spans.common(around, [span]))]
        said = [f"{PROTECTED[what]} {sentences.of_day(some, zone)}{clock}" for what, some in protected.items() if some]
        said += [why if both == around else f"{why} {sentences.of_day(both, zone)}{clock}" for why, both in gone]
        if holiday:
            said.append("holiday")
        boxes = [
            *(_box("away", span, edges, zone) for _, some in gone for span in some),
            *(_box("kept", span, edges, zone) for some in protected.values() for span in some),
            *(_box("hours", span, edges, zone) for span in here),
        ]
        told = ", ".join(dict.fromkeys(said))
        open_words = "; ".join(
            part
            for site in (sites if len(sites) > 1 else [None])
            for part in _open_words(shape, one, around, site, zone, apart=apart)
        )
        lines.append(DayLine(words.dated(day, today), day == today, tuple(boxes), open_words, told))
    total = sum(end - start for start, end in open_)
    shut = sum(end - start for some in kept.values() for start, end in some)
    sums = f"{sentences.length(total)} open" + (f", {sentences.length(shut)} protected" if shut else "")
    sums += f", bars in{clock}" if clock else ""
    scale = tuple(
        (words.clock_time(spans.moment(minute), ZoneInfo("UTC")).replace(":00", ""), _x(minute, edges))
        for minute in range(-(-edges[0] // 60) * 60, edges[1] + 1, 120)
    )
    return Week(
        f"{words.dated(monday, today)} to {words.dated(sunday, today)}", tuple(lines), scale,
        (monday - timedelta(days=7)).isoformat(), (monday + timedelta(days=7)).isoformat(), sums,
    )  # fmt: skip


def block_lines(shape: Practice, blocks: Sequence[Block], at: Collection[str], today: date) -> list[BlockLine]:
    """Blocks as sentences, open hours first; two that overlap say so of each other, and those at a site that is none of
    theirs (`at`) that they open nothing. With the days to come that are left out of each."""
    names = {slug: program.name for slug, program in shape.programs.items()}
    apart = len({shape.sites[slug].tz.key for slug in at if slug in shape.sites}) > 1
    found = []
    for block in sorted(blocks, key=lambda each: (each.what not in OPEN, each.begins, each.first_day)):
        site = shape.sites.get(block.site)
        odd = "" if site else "Its site is no longer there: it counts for nothing."
        if site and block.what in OPEN and block.site not in at:
            odd = "Not one of their sites any more: nothing is open there."
        elif site and block.what in OPEN and any(_meet(block, other, site.tz) for other in blocks):
            odd = "Overlaps with other hours; what they share counts once."
        found.append(
            BlockLine(
                block.id, sentences.what_for(block.what, block.programs, names),
                sentences.sentence(pattern_of(block), today),
                f"{site.name}, times of {site.city}" if site and apart else site.name if site else block.site, odd,
                tuple((day, words.dated(day, today)) for day in sorted(block.except_days) if day >= today),
            )
        )  # fmt: skip
    return found


def about(shape: Practice, one: Bookable, terms: Terms | None) -> str:
    """Who it is: "OT, assistant, Madison, per diem, leaves Fri Nov 27"."""
    said = [", ".join(sorted(one.disciplines)) or one.kind.capitalize()]
    if one.assistant:
        said.append("assistant")
    said += [shape.sites[slug].name for slug in shape.resources[one.slug].sites if slug in shape.sites]
    if terms is not None and terms.per_diem:
        said.append("per diem")
    if terms is not None and terms.last_day is not None:
        said.append(f"last day {words.day(terms.last_day)}, {terms.last_day.year}")
    return ", ".join(said)


def feed_line(feed: Feed, now: datetime, zone: ZoneInfo) -> str:
    """What became of the last reading."""
    read = f"read {words.moment(feed.read_at, zone, now)}, {feed.events} events" if feed.read_at else "not read yet"
    return f"{read}, every {feed.every_minutes} min"


def sites_of(shape: Practice, slug: str) -> list[Site]:
    """The sites of a resource, in its order."""
    return [shape.sites[each] for each in shape.resources[slug].sites if each in shape.sites]


def zones(sites: Sequence[Site], now: datetime) -> str:
    """In whose time its page is: "Times of Chicago"; of each site where they differ."""
    if len({site.tz.key for site in sites}) > 1:
        return f"Times of the site: {', '.join(f'{site.city} {now.astimezone(site.tz):%Z}' for site in sites)}"
    return f"Times of {(sites[0].tz if sites else home_zone()).key.rpartition('/')[2].replace('_', ' ')}"


def _gone(change: Change, sites: Sequence[Site]) -> str:
    """Why somebody is not there, in a word; at which site where there are several."""
    if change.what != "closed":
        return "busy elsewhere" if change.what == "busy" else AWAY.get(change.why, "away")
    where = next((f"{site.city} " for site in sites if len(sites) > 1 and site.slug == change.site), "")
    return f"{where}closed{', weather' if change.why == 'weather' else ''}"


def _open_words(
    shape: Practice, one: Bookable | None, around: Sequence[Span], site: Site | None, zone: ZoneInfo, *, apart: bool
) -> list[str]:
    """What of a day is open, at one site of several on its own clock, or at the only one (None)."""
    if one is None:
        return []
    stretches = [stretch for stretch in one.open if site is None or stretch.site == site.slug]
    open_ = spans.common(around, spans.joined(stretch[:2] for stretch in stretches))
    alone = _alone(shape, stretches, around)
    all_ = spans.without(open_, spans.joined(span for _, some in alone for span in some))
    tz, where = (zone, "") if site is None else (site.tz, f" in {site.city}")
    if site is not None and apart and open_:
        where = f" {spans.moment(open_[0][0]).astimezone(tz):%Z}{where}"
    found = [f"{sentences.of_day(all_, tz)}{where}"] if all_ else []
    return found + [f"{sentences.of_day(some, tz)}{where} for {names} alone" for names, some in alone]


def _alone(shape: Practice, open_: Iterable[Stretch], around: Sequence[Span]) -> list[tuple[str, list[Span]]]:
    """What of a day is open for some programs alone, by their names."""
    found = []
    for stretch in open_:
        if stretch.programs and (here := spans.common(around, [stretch[:2]])):
            names = [shape.programs[slug].name if slug in shape.programs else slug for slug in sorted(stretch.programs)]
            found.append((", ".join(names), here))
    return found


def _meet(block: Block, other: Block, zone: ZoneInfo) -> bool:
    if other.id == block.id or other.what not in OPEN or other.site != block.site or other.programs != block.programs:
        return False
    first = max(block.first_day, other.first_day)
    last = first + timedelta(days=28)
    both = [patterns.pattern_spans(pattern_of(each), zone, first, last) for each in (block, other)]
    return bool(spans.common(*both))


def _holidays(shape: Practice, one: Bookable | None) -> frozenset[date]:
    sites = [shape.sites[slug] for slug in (shape.resources[one.slug].sites if one else ()) if slug in shape.sites]
    return frozenset.intersection(*(site.closed_days for site in sites)) if sites else frozenset()


def _clipped(change: Change, whole: Span) -> Span | None:
    lower = whole[0] if change.during.lower is None else max(spans.minute(change.during.lower), whole[0])
    upper = whole[1] if change.during.upper is None else min(spans.minute_after(change.during.upper), whole[1])
    return (lower, upper) if lower < upper else None


def _wall(minute: int, zone: ZoneInfo) -> int:
    local = spans.moment(minute).astimezone(zone)
    return local.hour * 60 + local.minute


def _edges(some: Sequence[Span], zone: ZoneInfo) -> tuple[int, int]:
    """From the first whole hour to the last in which anything is, of the wall clock."""
    starts = [_wall(start, zone) for start, _ in some]
    ends = [_wall(end - 1, zone) + 1 for _, end in some]
    if any(_wall(start, zone) > _wall(end - 1, zone) for start, end in some):
        return 0, 24 * 60
    return min([_EARLY, *(start // 60 * 60 for start in starts)]), max([_LATE, *(-(-end // 60) * 60 for end in ends)])


def _x(wall: int, edges: tuple[int, int]) -> float:
    share = (min(max(wall, edges[0]), edges[1]) - edges[0]) / (edges[1] - edges[0])
    return round(share * WIDTH, 1)


def _box(mark: str, span: Span, edges: tuple[int, int], zone: ZoneInfo) -> Box:
    first, last = _x(_wall(span[0], zone), edges), _x(_wall(span[1] - 1, zone) + 1, edges)
    return Box(mark, first, round(max(last - first, 1), 1))
