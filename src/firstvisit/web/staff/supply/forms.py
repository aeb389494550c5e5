"""The forms of Supply: their fields as data, and what was typed as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, Final, Literal

from django.http import QueryDict

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.shape import Practice, Resource
from firstvisit.steps.booking.models import Terms
from firstvisit.steps.booking.supplying import AWAY, CLOSED, OPEN, PROTECTED, mark_of

Input = Literal["text", "date", "time", "number", "select", "ticks", "tick"]
DAYS: Final = (("0", "Mon"), ("1", "Tue"), ("2", "Wed"), ("3", "Thu"), ("4", "Fri"), ("5", "Sat"), ("6", "Sun"))
EVERY: Final = (("1", "Every week"), ("2", "Every second week"), ("3", "Every third week"), ("4", "Every fourth week"))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `value` is what stands in it: a text, or the chosen ones of ticks."""

    name: str
    label: str
    input: Input = "text"
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    value: str | tuple[str, ...] = ""
    problem: str = ""
    most: int = 120


@dataclass(frozen=True, slots=True)
class Form:
    """One form: what it does, its fields, and whether it lies open with something wrong."""

    verb: str
    title: str
    button: str
    fields: tuple[Field, ...]
    note: str = ""
    open: bool = False
    seen: str = ""
    """A mark of what stood there when the form was shown, so that a second editor is noticed."""


def forms_of(shape: Practice, resource: Resource, terms: Terms | None, today: date) -> tuple[Form, ...]:
    """The forms of one resource. A room or a device has no notes to write and drives nowhere."""
    there = [shape.sites[slug] for slug in resource.sites if slug in shape.sites]
    apart = len({site.tz.key for site in there}) > 1
    sites = tuple((site.slug, f"{site.name}, times of {site.city}" if apart else site.name) for site in there)
    person = resource.kind == "clinician"
    programs = tuple(
        (slug, program.name)
        for slug, program in shape.programs.items()
        if set(program.disciplines) & set(resource.disciplines) and set(program.sites) & set(resource.sites)
    )
    where = (Field("site", "Site", "select", options=sites),) if len(sites) > 1 else ()
    repeating = (
        Field("begins", "From", "time"),
        Field("ends", "To", "time", hint="earlier than From: the next morning"),
        Field("days", "On", "ticks", options=DAYS, hint="none: on the first day alone"),
        Field("every", "How often", "select", options=EVERY, value="1"),
        Field("first_day", "First day", "date", value=today.isoformat()),
        Field("last_day", "Last day", "date", hint="empty: until further notice"),
        Field("rule", "Or a rule", hint="instead of the days: FREQ=MONTHLY;BYDAY=1FR", most=300),
    )
    dated = (
        Field("first_day", "First day", "date"),
        Field("begins", "From", "time", hint="empty: the whole day"),
        Field("last_day", "Last day", "date", hint="empty: the same day"),
        Field("ends", "To", "time"),
    )
    found = [
        Form(
            "hours", "Add hours", "Add the hours",
            (
                *((Field("what", "For", "select", options=tuple(OPEN.items())),) if person else ()),
                *where, *repeating,
                *((Field("programs", "For these programs alone", "ticks", options=programs),) if person else ()),
            ),
            note="Hours that overlap count once. With the first hours entered, those of the site hold no longer.",
        ),
    ]  # fmt: skip
    if person:
        found.append(
            Form(
                "protected", "Protect time", "Protect it",
                (Field("what", "For", "select", options=tuple(PROTECTED.items())), *where, *repeating),
                note="No visit is offered or booked there.",
            )
        )  # fmt: skip
    found += [
        Form(
            "away", "Away" if person else "Not usable", "Note it",
            (Field("why", "Why", "select", options=tuple(AWAY.items())), *where, *dated),
            note="Visits that stand then are listed, and their families offered new times by one press.",
        ),
        Form("extra", "Extra hours", "Add them", (*where, *dated), note="Open on these days also beyond the pattern."),
        Form("terms", "Limits and last day", "Keep", _terms(terms, person=person), seen=mark_of(terms)),
    ]  # fmt: skip
    if person:
        found.append(
            Form(
                "feed", "A calendar elsewhere", "Add the calendar",
                (
                    Field("name", "Name", hint="such as Anna’s Outlook"),
                    Field("address", "Its address (iCal)", hint="https://… ; it is kept sealed", most=2000),
                    Field("every_minutes", "Read every, minutes", "number", value="15"),
                ),
                note="What is busy there is kept free here. Only times are kept, no title and no place.",
            )
        )  # fmt: skip
    return tuple(found)


def closing_form(shape: Practice, slugs: Iterable[str]) -> Form:
    """A site closed for a day, or some hours of it."""
    sites = tuple((slug, shape.sites[slug].name) for slug in slugs)
    return Form(
        "close", "Close a site", "Close it",
        (
            Field("site", "Site", "select", options=sites),
            Field("why", "Why", "select", options=tuple(CLOSED.items())),
            Field("first_day", "First day", "date"),
            Field("begins", "From", "time", hint="empty: the whole day"),
            Field("last_day", "Last day", "date", hint="empty: the same day"),
            Field("ends", "To", "time"),
        ),
        note="For snow, a burst pipe, a staff day. Holidays of every year are entered with the site under Practice.",
    )  # fmt: skip


def filled(form: Form, said: QueryDict, problems: Iterable[Problem]) -> Form:
    """The form as it was typed, open, with what is wrong at each field."""
    wrong: Mapping[str, str] = {problem.field: problem.message for problem in problems}
    fields = tuple(
        replace(
            field,
            value=tuple(said.getlist(field.name)) if field.input == "ticks" else said.get(field.name, "")[: field.most],
            problem=wrong.get(field.name, ""),
        )
        for field in form.fields
    )
    return replace(form, fields=fields, open=True)


def repeating(said: QueryDict, default_site: str) -> dict[str, Any]:
    """What the form of hours or of protected time holds. BadInput for what is no day, hour or number."""
    days = said.getlist("days")
    if any(day not in dict(DAYS) for day in days):
        raise BadInput([Problem("days", "Choose the days of the week.")])
    return {
        "what": said.get("what", "clinic"),
        "site": said.get("site", default_site),
        "begins": hour(said, "begins"),
        "ends": hour(said, "ends"),
        "weekdays": [int(day) for day in days],
        "every": number(said, "every") or 1,
        "rule": said.get("rule", ""),
        "first_day": day_of(said, "first_day"),
        "last_day": day_of(said, "last_day"),
        "programs": said.getlist("programs"),
    }


def dated(said: QueryDict) -> dict[str, Any]:
    """From when to when, of a form for days away, extra or closed."""
    return {
        "first": (day_of(said, "first_day"), hour(said, "begins")),
        "last": (day_of(said, "last_day"), hour(said, "ends")),
    }


def day_of(said: QueryDict, name: str) -> date | None:
    """A day, or None for an empty field."""
    text = said.get(name, "").strip()
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.min
    if found is not None and not 2000 <= found.year <= 2100:
        raise BadInput([Problem(name, "Enter a day, such as 2026-11-30.")])
    return found


def hour(said: QueryDict, name: str) -> time | None:
    """A time of the day, or None for an empty field."""
    text = said.get(name, "").strip()
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None) if text else None
    except ValueError:
        raise BadInput([Problem(name, "Enter a time, such as 08:30.")]) from None


def number(said: QueryDict, name: str) -> int | None:
    """A whole number, or None for an empty field."""
    text = said.get(name, "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadInput([Problem(name, "Enter a whole number.")])
    return int(text) if text else None


def _terms(terms: Terms | None, *, person: bool) -> tuple[Field, ...]:
    def shown(value: object) -> str:
        return "" if value is None else str(value)

    last = Field("last_day", "Last day with us", "date", value=shown(terms.last_day if terms else None))
    if not person:
        return (last,)
    return (
        Field(
            "evaluations_a_day", "Evaluations a day", "number", hint="empty: as the rules say",
            value=shown(terms.evaluations_a_day if terms else None),
        ),
        Field(
            "new_patients_a_day", "New patients a day", "number", hint="empty: no limit",
            value=shown(terms.new_patients_a_day if terms else None),
        ),
        Field(
            "per_diem", "Per diem: works only on days entered as extra hours", "tick",
            value="yes" if terms and terms.per_diem else "",
        ),
        last,
        Field(
            "home_miles", "Drives for visits at home, miles", "number", value=shown(terms.home_miles if terms else None)
        ),
        Field("home_zips", "And to these ZIP codes", value=" ".join(terms.home_zips) if terms else "", most=600),
    )  # fmt: skip
