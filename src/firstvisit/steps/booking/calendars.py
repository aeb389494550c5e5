"""A calendar from elsewhere (iCalendar, RFC 5545) read to busy times. Pure.

What is cancelled or marked as free is no busy time; a whole day is one in the zone of the site, and so is a time whose
zone nobody knows. A calendar may hold a hundred thousand events: those that cannot touch the days asked for are dropped
by their dates alone, before anything is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from firstvisit.steps.booking import spans

MOST_BUSY: Final = 20_000
"""Busy times of one calendar within the days asked for: more is a mistake, and nobody has so many."""
LARGEST: Final = 50 * 1024 * 1024
_DAY: Final = timedelta(days=1)
_LONGEST: Final = timedelta(days=400)
"""How far back an event with a DURATION, or one that repeats, is looked for."""
_PARAMETERS: Final = r'(?:;(?:"[^"\n]*"|[^":\n])*)?'
"""What may stand between a property's name and its colon; what is quoted may hold a colon (RFC 5545, 3.2)."""


def _line(name: str, value: str = "") -> re.Pattern[str]:
    """A property whose value begins so, in an event."""
    return re.compile(f"^{name}{_PARAMETERS}:{value}", re.MULTILINE)


_STARTS: Final = _line("DTSTART", r"(\d{8})")
_ENDS: Final = _line("DTEND", r"(\d{8})")
_LASTS: Final = _line("DURATION")
_UID: Final = _line("UID", "(.*)")
_RULE: Final = _line("RRULE", "(.*)")
_STOPS: Final = re.compile(r"\bUNTIL=(\d{8})", re.IGNORECASE)
_FOLLOWED: Final = re.compile(r"\bFREQ=(?:HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)\b", re.IGNORECASE)
_STANDS_STILL: Final = re.compile(r"\bINTERVAL=0*(?!\d)", re.IGNORECASE)
_REPEATS: Final = re.compile(r"^(?:RRULE|RDATE|EXRULE|RECURRENCE-ID)[;:]", re.MULTILINE)
_CHANGED: Final = re.compile(r"^RECURRENCE-ID[;:]", re.MULTILINE)
_GARBLED: Final = re.compile(
    rf"^(?:DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID)(?=[;:])(?!{_PARAMETERS}:)", re.MULTILINE
)
"""A line that says when, with a quote that does not close: the library reads the event as if it were not there."""
_FREE: Final = re.compile(r"^(?:TRANSP:TRANSPARENT|STATUS:CANCELLED|X-MICROSOFT-CDO-BUSYSTATUS:FREE)$", re.MULTILINE)
_NAME: Final = re.compile(r"^[A-Z-]*[a-z][A-Za-z-]*(?=[;:])", re.MULTILINE)
_MARK: Final = re.compile(r"^(?:BEGIN|END):(?=.*[a-z \t]).*", re.MULTILINE)


class Unreadable(ValueError):
    """It is no calendar, or too much of one; the words say which."""


class BusyTime(NamedTuple):
    """One stretch of an event, in minutes since 1970 UTC."""

    uid: str
    start: int
    end: int


class Read(NamedTuple):
    """What a calendar says of some days: busy times in order, how many events it holds, and how many of those could
    not be understood."""

    busy: tuple[BusyTime, ...]
    events: int
    not_understood: int


def read(data: bytes, zone: ZoneInfo, first: date, last: date) -> Read:
    """The busy times that touch the days from `first` through `last` of a zone. Unreadable in words."""
    if len(data) > LARGEST:
        raise Unreadable("the calendar is larger than 50 MB")
    text = _lines(data)
    if not text.startswith("BEGIN:VCALENDAR\n") and "\nBEGIN:VCALENDAR\n" not in text:
        raise Unreadable("what lies there is no calendar (no BEGIN:VCALENDAR)")
    head, events, lost = _taken_apart(text)
    whole, kept = len(events) + lost, []
    for event in events:
        near = _near(event, first - _DAY, last + _DAY)
        lost += near is None
        if near:
            kept.append(event)
    if len(kept) > MOST_BUSY:
        raise Unreadable(f"it has more than {MOST_BUSY} events in the coming months")
    window = spans.midnight(first, zone), spans.midnight(last + _DAY, zone)
    published = _published(head, zone)
    found, bad = _busy(head, list(_series(kept)), zone, first, last)
    found += published
    busy = sorted({one for one in found if one.start < one.end and one.start < window[1] and one.end > window[0]})
    if len(busy) > MOST_BUSY:
        raise Unreadable(f"it has more than {MOST_BUSY} busy times in the coming months")
    return Read(tuple(sorted(busy, key=lambda one: (one.start, one.end, one.uid))), whole, lost + bad)


def _lines(data: bytes) -> str:
    """The text of a calendar, a property a line, however its lines end, are folded or filled with blanks; names, and
    what begins and ends, in capitals."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    if "\r" in text:
        text = re.sub(r"\r+\n?", "\n", text)
    text = re.sub(r"[ \t]+\n", "\n", re.sub(r"\n[ \t]", "", text))
    return _MARK.sub(lambda mark: "".join(mark[0].upper().split()), _NAME.sub(lambda name: name[0].upper(), text))


def _taken_apart(text: str) -> tuple[str, list[str], int]:
    """The calendar without its events, each event, and how many events have no end. Unreadable where the whole breaks
    off: what is missing would be taken for free."""
    if text.rfind("END:VCALENDAR") < max(text.rfind("BEGIN:VCALENDAR"), text.rfind("BEGIN:VEVENT\n")):
        raise Unreadable("the calendar breaks off in the middle (no END:VCALENDAR)")
    head: list[str] = []
    events = []
    at = endless = 0
    while (begin := text.find("BEGIN:VEVENT\n", at)) >= 0:
        head.append(text[at:begin])
        end, other = text.find("\nEND:VEVENT", begin), text.find("BEGIN:VEVENT\n", begin + 1)
        if end < 0 or 0 <= other < end:
            endless += 1
            at = other if other >= 0 else text.rfind("END:VCALENDAR")
            continue
        events.append(text[begin : end + len("\nEND:VEVENT")])
        at = end + len("\nEND:VEVENT\n")
    joined = "".join((*head, text[at:]))
    return joined[: joined.rfind("END:VCALENDAR")], events, endless


def _near(event: str, first: date, last: date) -> bool | None:
    """Whether an event may be busy on these days; None where it says no day at all, or repeats within the hour or in a
    way nobody knows."""
    begins = _day(_STARTS.search(event))
    if begins is None or ('"' in event and _GARBLED.search(event)):
        return None
    if _REPEATS.search(event):
        rule, changed = _RULE.search(event), _CHANGED.search(event)
        if rule and (not _FOLLOWED.search(rule[1]) or _STANDS_STILL.search(rule[1])):
            return None
        if changed:
            return True  # also where it is free: the series is not, on that date
        stops = _day(_STOPS.search(rule[1])) if rule else None
        return begins <= last and (stops is None or stops >= first - _LONGEST) and not _FREE.search(event)
    if begins > last:
        return False
    ends = _day(_ENDS.search(event))
    if ends is None:
        near = begins >= (first - _LONGEST if _LASTS.search(event) else first - _DAY)
    else:
        near = ends >= first
    return near and not _FREE.search(event)


def _day(found: re.Match[str] | None) -> date | None:
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _busy(
    head: str, series: list[list[str]], zone: ZoneInfo, first: date, last: date
) -> tuple[list[BusyTime], int]:
    """Busy times of series, and how many events could not be understood: where the whole cannot be read, each half by
    itself, so that one bad event is one lost."""
    try:
        return list(_expanded(head, [event for each in series for event in each], zone, first, last)), 0
    except Exception:  # noqa: BLE001  icalendar and what it stands on raise whatever a calendar of a stranger makes them
        if len(series) <= 1:
            return [], sum(len(each) for each in series)
    half = len(series) // 2
    (early, lost), (late, more) = (_busy(head, part, zone, first, last) for part in (series[:half], series[half:]))
    return early + late, lost + more


def _series(events: Iterable[str]) -> Iterator[list[str]]:
    together: dict[str, list[str]] = {}
    for event in events:
        uid = _UID.search(event)
        together.setdefault(uid[1] if uid else event, []).append(event)
    yield from together.values()


def _parsed(head: str, events: Iterable[str] = ()) -> Any:
    return Calendar.from_ical("\r\n".join("\n".join([head.rstrip("\n"), *events, "END:VCALENDAR", ""]).split("\n")))


def _expanded(head: str, events: list[str], zone: ZoneInfo, first: date, last: date) -> Iterator[BusyTime]:
    for event in recurring_ical_events.of(_parsed(head, events)).between(first - _DAY, last + 2 * _DAY):
        if _is_free(event):
            continue
        starts, ends = event["DTSTART"].dt, event["DTEND"].dt
        yield BusyTime(str(event.get("UID", "")), _minute(starts, zone), _minute_after(ends, zone))


def _is_free(event: Any) -> bool:
    """Once more, of what a single date of a series was changed to."""
    said = {name: str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")}
    shown_as = said["X-MICROSOFT-CDO-BUSYSTATUS"]
    return said["STATUS"] == "CANCELLED" or said["TRANSP"] == "TRANSPARENT" or shown_as == "FREE"


def _published(head: str, zone: ZoneInfo) -> list[BusyTime]:
    """Busy times that stand outside events. Unreadable where what is not an event cannot be read: no event could."""
    try:
        return [one for each in _parsed(head).walk("VFREEBUSY") for one in _free_busy(each, zone)]
    except Exception:  # noqa: BLE001  as of events
        raise Unreadable("what it says beside its events could not be read") from None


def _free_busy(component: Any, zone: ZoneInfo) -> Iterator[BusyTime]:
    """Periods of a calendar that publishes no events, only when somebody is busy."""
    said = component.get("FREEBUSY", [])
    for line in said if isinstance(said, list) else [said]:
        kind = str(line.params.get("FBTYPE", "BUSY")).upper() if hasattr(line, "params") else "BUSY"
        if kind == "FREE":
            continue
        for period in getattr(line, "dts", [line]):
            starts, ends = period.dt
            ends = starts + ends if isinstance(ends, timedelta) else ends
            yield BusyTime(str(component.get("UID", "")), _minute(starts, zone), _minute_after(ends, zone))


def _aware(moment: date, zone: ZoneInfo) -> datetime:
    """A moment; a whole day begins at midnight of the zone, and a time without a zone is one of this one."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), zone)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _minute(moment: date, zone: ZoneInfo) -> int:
    return spans.minute(_aware(moment, zone))


def _minute_after(moment: date, zone: ZoneInfo) -> int:
    return spans.minute_after(_aware(moment, zone))
