"""The copy-card and the tellings in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from firstvisit.steps.booking.emr.carried import NARRATIVE, day, groups
from firstvisit.steps.booking.emr.registration import DISCIPLINES, Registration, Visit

KEYS: Final = "1234567890abcdfghilmnopqrstvwxyz"
"""One key a field, but for those that every page has and E, which says "entered"."""
FIRST_OF_TWO: Final = "xyz"
"""Where there are more fields than keys these begin a key of two, pressed one after the other: 4 after X."""


class Field(NamedTuple):
    """One value to be copied, as EMRs ask for it. `was` is what the EMR was told instead."""

    label: str
    value: str
    key: str = ""
    was: str = ""


class Part(NamedTuple):
    """Fields that stand together in an EMR."""

    title: str
    fields: tuple[Field, ...]


def parts(
    about: Registration, *, narrative: bool, corrected: Mapping[str, str] = MappingProxyType({})
) -> tuple[Part, ...]:
    """The card: what is known, in the order in which an EMR asks for it, each value with its key. First comes what was
    `corrected` since somebody entered it, by its name with what was entered."""
    zone = about.site.tz
    known = groups(about, narrative=narrative)
    now = {f"{title}: {label}": value for title, fields in known for label, value in fields}
    changed = [
        Field(name, now.get(name, ""), was=was) for name, was in corrected.items() if narrative or name not in NARRATIVE
    ]
    visit = _visit(about.visit, about, zone) if about.visit is not None else []
    whole = [(title, [Field(*each) for each in fields]) for title, fields in (*known, ("Visit", visit))]
    return _keyed([("Corrected", changed), *whole])


def keys_of(fields: int) -> Iterator[str]:
    """A key for each of so many fields, in their order."""
    if fields <= len(KEYS):
        return iter(KEYS)
    single = [key for key in KEYS if key not in FIRST_OF_TWO]
    return iter([*single, *(first + second for first in FIRST_OF_TWO for second in KEYS)])


def _keyed(raw: Sequence[tuple[str, list[Field]]]) -> tuple[Part, ...]:
    found, keys = [], keys_of(sum(bool(each.value) for _, fields in raw for each in fields))
    for title, fields in raw:
        if fields:
            keyed = (each._replace(key=next(keys, "")) if each.value else each for each in fields)
            found.append(Part(title, tuple(keyed)))
    return tuple(found)


def _visit(visit: Visit, about: Registration, zone: ZoneInfo) -> list[tuple[str, str]]:
    begins = visit.starts.astimezone(zone)
    fields = [
        ("State", visit.status if visit.status != "booked" else ""), ("Day", day(begins.date())),
        ("Time", f"{begins:%H:%M}"), ("Minutes", str(visit.minutes)), ("Kind", visit.kind_name),
        ("Therapy", DISCIPLINES.get(about.discipline, about.discipline)), ("Program", about.program_name),
        ("With", visit.clinician_name.full), ("Site", about.site.name),
        ("Room", ", ".join(name for _, name in visit.rooms)),
        ("Device", ", ".join(name for _, name in visit.devices)), ("Why", visit.why_words),
    ]  # fmt: skip
    return [each for each in fields if each[1]]
