"""The copy-card and the tellings in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from firstvisit.journey.booking.entering import Entry
from firstvisit.steps.booking.emr.carried import NARRATIVE, day, groups
from firstvisit.steps.booking.emr.registration import DISCIPLINES, Registration

KEYS: Final = "1234567890abcdfghilmnopqrstvwxyz"
"""One key a field, but for those that every page has and E, which says "entered"."""
WHEN: Final = ("Day", "Time")
"""What is said of every visit, also where it is as in the one before."""
NEWS: Final = {"moved": "its new time", "changed": "what changed of it"}
"""What is to be entered of a visit that the EMR has; the state says the rest."""
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
    about: Registration,
    visits: Sequence[Entry],
    *,
    narrative: bool,
    corrected: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Part, ...]:
    """The card: what is known, in the order in which an EMR asks for it, each value with its key, and behind it each of
    the `visits`. First comes what was `corrected` since somebody entered it, by its name with what was entered."""
    known = groups(about, narrative=narrative)
    now = {f"{title}: {label}": value for title, fields in known for label, value in fields}
    changed = [
        Field(name, now.get(name, ""), was=was) for name, was in corrected.items() if narrative or name not in NARRATIVE
    ]
    whole = [(title, [Field(*each) for each in fields]) for title, fields in (*known, *_visits(visits))]
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


def _visits(visits: Sequence[Entry]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each visit with its fields; of one that follows another only what is not as in the one before, beside when."""
    before: dict[str, str] = {}
    for number, entry in enumerate(visits, 1):
        fields = _visit(entry)
        title = "Visit" if len(visits) == 1 else f"Visit {number} of {len(visits)}"
        if before and {name for name, _ in fields} == set(before):
            fields = [each for each in fields if each[0] in WHEN or before[each[0]] != each[1]]
            title += ", the rest as in the one before"
        before |= dict(fields)
        yield title, fields


def _visit(entry: Entry) -> list[tuple[str, str]]:
    visit = entry.visit
    begins = visit.starts.astimezone(entry.site.tz)
    fields = [
        ("To enter", NEWS.get(entry.what, "")), ("State", visit.status if visit.status != "booked" else ""),
        ("Day", day(begins.date())), ("Time", f"{begins:%H:%M}"), ("Minutes", str(visit.minutes)),
        ("Kind", visit.kind_name), ("Therapy", DISCIPLINES.get(entry.discipline, entry.discipline)),
        ("Program", entry.program), ("With", visit.clinician_name.full), ("Site", entry.site.name),
        ("Room", ", ".join(name for _, name in visit.rooms)),
        ("Device", ", ".join(name for _, name in visit.devices)), ("Why", visit.why_words),
    ]  # fmt: skip
    return [each for each in fields if each[1]]
