"""A day of somebody in words: what is listed under the strip, and what is said where nothing is. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString

from firstvisit.journey.booking.weeks import Day, Row, Stretch, Visit
from firstvisit.people.identity import Identity
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking import shapes, spans
from firstvisit.steps.booking.drawn import AWAY, PROTECTED, Kept
from firstvisit.steps.booking.room_left import Opening
from firstvisit.web.staff.calendar.drawing import Scale, marks

THERAPIES: Final = {"OT": "OT", "PT": "PT", "SLP": "SLP"}
STATES: Final = {
    "arrived": "arrived",
    "completed": "evaluated",
    "left": "left before being seen",
    "missed": "did not come",
}
SETTINGS: Final = {"home": "at home", "telehealth": "by video"}
_SHAPES: Final = {"held": "held", "left": "no", "missed": "no"}
GONE: Final = {"retired": "retired, visits stand", "elsewhere": "no longer here, visits stand"}
"""Of whom only visits are shown: what stands under their name."""
PLURALS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


class Line(NamedTuple):
    """One line under a strip. `shape` is a symbol of the base page, or kept. `url` "" is no link."""

    time: str
    shape: str
    words: str
    url: str = ""
    quiet: bool = False
    book: str = ""
    whole: str = ""
    """All of it where the line is cut short."""
    after: str = ""
    may: tuple[tuple[str, str], ...] | None = None
    """What can be said of it here: a verb and its words. None: it is only shown."""
    visit: Visit | None = None
    change: str = ""
    """Where it is moved or cancelled."""


class Cell(NamedTuple):
    """One day of one resource."""

    on: date
    today: bool
    marks: SafeString
    """The strip, as SVG; "" of a day on which nothing is drawn."""
    lines: list[Line]
    note: str
    said: str
    """What the cell is, for whoever cannot see the table."""


class Shown(NamedTuple):
    """One row of the table."""

    name: str
    about: str
    sums: str
    cells: list[Cell]


class Page(NamedTuple):
    """What every cell of a page needs. `lists_all`: treatment too, as on the page of one day; `lead` is the code of
    whoever is being booked, "" of nobody."""

    shown: Stretch
    shape: Practice
    scale: Scale
    now: datetime
    lists_all: bool
    lead: str = ""
    works: bool = False
    """Whether whoever looks may say what became of a visit."""

    @property
    def zone(self) -> ZoneInfo:
        return self.shown.site.tz


def rows(page: Page) -> list[Shown]:
    """Every row in words."""
    return [
        Shown(
            row.resource.name,
            _about(row),
            _sums(row),
            [_cell(row, day, page) for day in row.days],
        )
        for row in page.shown.rows
    ]


def _about(row: Row) -> str:
    one = row.resource
    if row.gone:
        return GONE[row.gone]
    if one.kind != "clinician":
        return ", ".join([one.kind, *(word.replace("_", " ") for word in one.equipment[:2])])
    therapies = ", ".join(one.disciplines)
    return ", ".join([f"{therapies} assistant" if one.assistant else therapies, *_new(one.credentials, therapies)][:3])


def _new(credentials: tuple[str, ...], said: str) -> list[str]:
    return [each for each in credentials if each != said]


def _sums(row: Row) -> str:
    notes = row.note_minutes
    noted = f"notes {notes // 60}\u00a0h{f' {notes % 60}' if notes % 60 else ''}" if notes >= 60 else ""
    if row.gone or row.resource.kind != "clinician" or row.resource.assistant:
        taken = sum(len(day.visits) for day in row.days)
        return ", ".join(part for part in (f"{taken} booked" if taken else "nothing booked", noted) if part)
    total = row.first_visits + row.held + row.open
    return ", ".join(part for part in (f"booked {row.first_visits} of {total}", noted) if part)


def _cell(row: Row, day: Day, page: Page) -> Cell:
    lines: list[tuple[int, Line]] = []
    for visit in day.visits:
        if visit.service == "evaluation" or page.lists_all or row.resource.kind != "clinician":
            lines.append((visit.start, _visit(visit, row, page)))
    note = "" if row.gone else _note(day, page.shown)
    if not note:
        lines += [(one.start, _kept(one, day, page.zone)) for one in day.kept]
        lines += [(one.start, _opening(one, row, day, page)) for one in day.openings]
        lines += [(one.start, _apart(one, page.zone)) for one in day.apart]
    lines.sort(key=lambda each: each[0])
    today = day.on == page.now.astimezone(page.zone).date()
    said = f"{row.resource.name}, {day.on:%A %B} {day.on.day}"
    drawn = SafeString("") if note and not day.visits else marks(day, page.scale)
    return Cell(day.on, today, drawn, [line for _, line in lines], note, said)


def _note(day: Day, shown: Stretch) -> str:
    """Why nothing stands here, in words."""
    if day.has_left:
        return "Has left"
    if day.on in shown.closed and not day.works:
        why = shown.closed[day.on]
        return "Closed" if why == "closed" else f"Closed, {AWAY.get(why, why)}"
    whole = next((one for one in day.kept if one.what == "away" and _covers(one, day)), None)
    if whole is not None:
        return f"Away, {AWAY[whole.why]}" if whole.why in AWAY else "Away"
    if not day.works and not day.visits and not day.kept:
        return f"Not here on {PLURALS[day.on.weekday()]}"
    return ""


def _covers(one: Kept, day: Day) -> bool:
    """Whether somebody is away for all that could be open: then the day has no open stretch left and is long."""
    return (not day.works and one.end - one.start >= 4 * 60) or one.end - one.start >= 24 * 60


def _visit(visit: Visit, row: Row, page: Page) -> Line:
    time = clock(visit.start, page.zone)
    if visit.service == "group":
        words = f"group, {visit.seated} of {visit.seats}" if visit.seats else "group"
        url = f"{reverse('calendar_groups')}?{urlencode({'site': visit.site})}" if page.works else ""
        return Line(time, "", words, url, quiet=True)
    parts = [_short(visit.who) or _short(visit.contact) or visit.code or "taken"]
    if visit.service == "treatment":
        parts.append("treatment")
    if visit.setting in SETTINGS:
        parts.append(SETTINGS[visit.setting])
    if visit.status == "held":
        until = visit.held_until
        parts.append(f"held to {_clock(until.astimezone(page.zone))}" if until else "held")
    elif visit.status in STATES:
        parts.append(STATES[visit.status])
    if visit.site != page.shown.site.slug and visit.site in page.shape.sites:
        parts.append(f"at {page.shape.sites[visit.site].city}")
    if row.resource.kind != "clinician" and visit.clinician is not None and visit.clinician in page.shown.names:
        parts.append(f"with {page.shown.names[visit.clinician]}")
    url = reverse("lead", args=[visit.code]) if visit.code else ""
    sign = _SHAPES.get(visit.status, "yes") if visit.service == "evaluation" else ""
    whole, may, change = _whole(visit, page.shape), _may(visit, page), _change(visit)
    said = ", ".join(parts)
    return Line(time, sign, said, url, not visit.code, whole=whole, may=may, visit=visit, change=change)


def _change(visit: Visit) -> str:
    if not visit.code or visit.appointment is None:
        return ""
    if visit.service == "evaluation":
        return reverse("lead_visit", args=[visit.code])
    return reverse("lead_treatment_visit", args=[visit.code, visit.appointment])


def _may(visit: Visit, page: Page) -> tuple[tuple[str, str], ...] | None:
    """On the page of a day, what became of somebody who is expected or here can be said beside their name, from the day
    on; none: it can be moved or cancelled alone."""
    if not (page.lists_all and page.works and visit.code and visit.status in ("booked", "arrived")):
        return None
    if visit.status == "booked":
        begun = visit.start <= spans.minute(page.now)
        if spans.moment(visit.start).astimezone(page.zone).date() > page.now.astimezone(page.zone).date():
            return ()
        return (("arrived", "Arrived"), *((("missed", "Did not come"),) if begun else ()))
    return (("left", "Left before being seen"),)


def _whole(visit: Visit, shape: Practice) -> str:
    program = shape.programs.get(visit.program)
    who = visit.who.name if visit.who is not None and visit.who.is_named else visit.code
    return ", ".join(part for part in (who, program.name if program else "") if part)


def _kept(one: Kept, day: Day, zone: ZoneInfo) -> Line:
    time = clock(one.start, zone)
    ends = f" to {clock(one.end, zone)}" if one.end < day.span[1] else ""
    if one.what == "away":
        why = f", {AWAY[one.why]}" if one.why in AWAY else ""
        return Line(time, "", f"Away{ends}{why}", quiet=True)
    if one.what in ("busy", "closed"):
        why = f", {AWAY[one.why]}" if one.why in AWAY else ""
        return Line(time, "", f"{'Busy elsewhere' if one.what == 'busy' else 'Closed'}{ends}{why}", quiet=True)
    return Line(time, "kept", f"{PROTECTED[one.what]}, protected", quiet=True, whole=f"to {clock(one.end, zone)}")


def _opening(one: Opening, row: Row, day: Day, page: Page) -> Line:
    more = len(one.programs) - 1
    names = ", ".join(page.shape.programs[slug].name for slug in one.programs)
    for_whom = f"{called(one.programs[0])}{f' +{more}' if more else ''}"
    url = _book(row, day, page)
    words = f"Open to {clock(one.end, page.zone)}"
    return Line(clock(one.start, page.zone), "free", words, url, book=url, whole=names, after=for_whom)


def _apart(one: shapes.Stretch, zone: ZoneInfo) -> Line:
    """Hours at home or by video: no first visit at the site is open there."""
    how = " and ".join(SETTINGS[each] for each in sorted(one.settings))
    return Line(clock(one.start, zone), "", f"{how[:1].upper()}{how[1:]} to {clock(one.end, zone)}", quiet=True)


def _book(row: Row, day: Day, page: Page) -> str:
    """Where a time of this day is given to somebody: to whoever is being booked, else to one of those who wait."""
    if page.lead:
        query = {"with": row.resource.slug, "from": day.on.isoformat(), "until": day.on.isoformat()}
        return f"{reverse('lead_visit', args=[page.lead])}?{urlencode(query)}"
    query = {"site": page.shown.site.slug, "with": row.resource.slug, "on": day.on.isoformat()}
    return f"{reverse('calendar_book')}?{urlencode(query)}"


def _short(who: Identity | None) -> str:
    """ "O. Brandvold"; "" of whoever has no name."""
    if who is None or not who.is_named:
        return ""
    return " ".join(part for part in (f"{who.first_name[0]}." if who.first_name else "", who.last_name or "") if part)


def clock(minute: int, zone: ZoneInfo) -> str:
    """8:30; the strip says from when to when the day runs, so a half of the day need not stand there."""
    return _clock(spans.moment(minute).astimezone(zone))


def _clock(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M}"


def called(program: str) -> str:
    """A program in as few words as a cell has room for: its short name."""
    return program.replace("_", " ")


def monday(day: date) -> date:
    """The Monday of a week."""
    return day - timedelta(days=day.weekday())
