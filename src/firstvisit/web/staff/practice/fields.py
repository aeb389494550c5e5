"""One field of an entry on screen: how its value is typed, read back and said in words. Pure.

A value is JSON as the shapes say it. What is typed is text, or lists and tables of text, and is shown again
just as it was typed when something is wrong. `ValueError` sentences are for the person at the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal

FieldKind = Literal[
    "line", "text", "number", "date", "age", "yes", "choice", "many", "names", "lines", "hours", "holidays",
    "rows", "value",
]  # fmt: skip
Posted = Callable[[str], list[str]]
"""All that was posted under a name."""

DAYS: Final = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
    "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
EVERY_AGE: Final = 130 * 12
MOST_ROWS: Final = 60
_STRETCH = re.compile(
    r"(\d{1,2})(?::(\d\d))?\s*([ap]m)?\s*(?:-|–|to)\s*(\d{1,2})(?::(\d\d))?\s*([ap]m)?", re.I
)
_AGE = re.compile(r"(?:(\d+)\s*y[a-z]*)?\s*(?:(\d+)\s*m[a-z]*)?", re.I)
_HOLIDAY = re.compile(r"(?:\d{4}-)?(\d{1,2})-(\d{1,2})\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a shape. `of` names the collection whose entries may be chosen, `choices` fixed ones;
    `columns` are those of a table."""

    name: str
    label: str
    kind: FieldKind = "line"
    hint: str = ""
    of: str = ""
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    columns: tuple[Field, ...] = ()
    wide: bool = False
    input: str = "text"
    mode: str = ""


def typed_of(one: Field, value: Any, year: int) -> Any:
    """What stands in the form for a value; `year` is the present one, for the years of holidays."""
    match one.kind:
        case "many":
            return list(value or ())
        case "names":
            return ", ".join(value or ())
        case "lines":
            return "\n".join(value or ())
        case "hours":
            return {day: _stretches((value or {}).get(day) or ()) for day in DAYS}
        case "holidays":
            return _by_year(value or (), year)
        case "rows":
            return [
                {col.name: typed_of(col, row.get(col.name), year) for col in one.columns}
                for row in value or ()
            ]
        case "yes":
            return bool(value)
        case "age":
            return "" if value in (None, 0, EVERY_AGE) else age(value)
        case "value" if isinstance(value, bool):
            return "yes" if value else "no"
    return "" if value is None else str(value)


def typed_in(one: Field, posted: Posted, prefix: str = "") -> Any:
    """What somebody typed; tables lose their empty rows."""
    name = prefix + one.name
    match one.kind:
        case "many":
            return posted(name)
        case "hours":
            return {day: _one(posted, f"{name}-{day}") for day in DAYS}
        case "holidays":
            years = [text for text in posted(f"{name}-years") if text.isascii() and text.isdecimal()]
            return {int(text): _one(posted, f"{name}-{text}") for text in years if len(text) == 4}
        case "rows":
            rows = (
                {col.name: typed_in(col, posted, f"{name}-{number}-") for col in one.columns}
                for number in range(MOST_ROWS)
            )
            return [row for row in rows if any(row.values())]
        case "yes":
            return bool(posted(name))
    return _one(posted, name)


def value_of(one: Field, typed: Any) -> Any:
    """The value of what was typed; None where it is left out. ValueError says what to enter instead."""
    match one.kind:
        case "many":
            return typed
        case "names":
            return [part for text in re.split(r"[,\n;]", typed) if (part := text.strip())]
        case "lines":
            return [part for text in typed.splitlines() if (part := text.strip())]
        case "hours":
            return {day: hours for day in DAYS if (hours := _hours(DAYS[day], typed[day]))}
        case "holidays":
            return [holiday for year in sorted(typed) for holiday in _holidays(year, typed[year])]
        case "rows":
            return [_row(one, row, number) for number, row in enumerate(typed, start=1)]
        case "yes":
            return typed
    text = typed.strip()
    if not text:
        return None
    return _READ.get(one.kind, str)(text)


def said(one: Field, value: Any, names: Mapping[str, str]) -> str:
    """A value in words; `names` are those of the entries that slugs stand for."""
    choices = {**names, **one.choices}
    match one.kind:
        case "yes":
            return "yes" if value else "no"
        case "age":
            return "any" if value in (None, 0, EVERY_AGE) else age(value)
        case "choice":
            return choices.get(str(value), str(value)) if value not in (None, "") else "–"
        case "many" | "names" | "lines":
            return ", ".join(choices.get(str(part), str(part)) for part in value or ()) or "none"
        case "hours":
            spoken = [f"{DAYS[day]} {_stretches(value[day])}" for day in DAYS if (value or {}).get(day)]
            return "; ".join(spoken) or "as the site"
        case "holidays":
            return ", ".join(f"{each['on']} {each['name']}" for each in value or ()) or "none"
        case "rows":
            return "; ".join(_row_said(one, row, names) for row in value or ()) or "none"
    return "–" if value in (None, "") else str(value)


def difference(one: Field, before: Any, after: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Was and is, in words; of a list only what left it and what came to it."""
    if (
        one.kind in ("many", "names", "lines", "holidays", "rows")
        and before is not None
        and after is not None
    ):
        left = [part for part in before if part not in after]
        came = [part for part in after if part not in before]
        if left or came:
            return said(one, left, names), said(one, came, names)
        return "in another order", said(one, after, names)
    if one.kind == "hours" and before and after:
        days = [day for day in DAYS if before.get(day) != after.get(day)]
        return tuple(  # type: ignore[return-value]
            "; ".join(f"{DAYS[day]} {_stretches(side.get(day) or ()) or 'closed'}" for day in days)
            for side in (before, after)
        )
    return said(one, before, names), said(one, after, names)


def age(months: int) -> str:
    """66 as "5 years 6 months", 30 as "30 months"."""
    years, rest = divmod(months, 12)
    if not rest:
        return f"{years} year{'s' if years != 1 else ''}"
    return f"{months} months" if months < 36 else f"{years} years {rest} month{'s' if rest != 1 else ''}"


def _one(posted: Posted, name: str) -> str:
    found = posted(name)
    return found[-1] if found else ""


def _stretches(value: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{str(each['opens'])[:5]}–{str(each['closes'])[:5]}" for each in value)


def _hours(day: str, text: str) -> list[dict[str, str]]:
    found = []
    for part in (part.strip() for part in re.split(r"[,;]", text)):
        if not part or part.casefold() == "closed":
            continue
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise ValueError(
                f"{day}: enter hours such as 8:00-12:00, 13:00-17:30; leave it empty when closed"
            )
        h1, m1, ap1, h2, m2, ap2 = match.groups()
        found.append({"opens": _time(day, h1, m1, ap1), "closes": _time(day, h2, m2, ap2)})
    return found


def _time(day: str, hour: str, minute: str | None, half: str | None) -> str:
    number = int(hour)
    if half is not None and 1 <= number <= 12:
        number = number % 12 + (12 if half.casefold() == "pm" else 0)
    if number > 23 or int(minute or 0) > 59:
        raise ValueError(f"{day}: {hour}:{minute or '00'} is no time of day")
    return f"{number:02}:{minute or '00'}"


def _by_year(value: Sequence[Mapping[str, Any]], year: int) -> dict[int, str]:
    """Each year's holidays a line each, the present and the next year also when they have none."""
    years: dict[int, list[str]] = {year: [], year + 1: []}
    for each in sorted(value, key=lambda each: str(each["on"])):
        on = str(each["on"])
        years.setdefault(int(on[:4]), []).append(f"{on[5:10]} {each['name']}")
    return {number: "\n".join(lines) for number, lines in sorted(years.items())}


def _holidays(year: int, text: str) -> list[dict[str, str]]:
    found = []
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        match = _HOLIDAY.fullmatch(line)
        if match is None:
            raise ValueError(f"{year}: enter a date and a name on each line, such as 12-25 Christmas Day")
        try:
            on = date(int(line[:4]) if re.match(r"\d{4}-", line) else year, int(match[1]), int(match[2]))
        except ValueError:
            raise ValueError(f"{year}: {match[1]}-{match[2]} is no day of that year") from None
        if on.year != year:
            raise ValueError(
                f"{year}: {on.isoformat()} is a day of another year; write it in that year's list"
            )
        found.append({"on": on.isoformat(), "name": match[3]})
    return found


def _row(one: Field, row: Mapping[str, Any], number: int) -> dict[str, Any]:
    said_: dict[str, Any] = {}
    for col in one.columns:
        try:
            value = value_of(col, row[col.name])
        except ValueError as error:
            raise ValueError(f"row {number}, {col.label.lower()}: {error}") from None
        if value is not None:
            said_[col.name] = value
    return said_


def _row_said(one: Field, row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    said_ = ((col, row.get(col.name)) for col in one.columns)
    return ", ".join(
        f"{col.label.lower()} {said(col, value, names)}"
        for col, value in said_
        if value not in (None, "", [], False)
    )


def _number(text: str) -> int | float:
    try:
        return int(text) if re.fullmatch(r"[-+]?\d{1,9}", text) else float(text)
    except ValueError:
        raise ValueError("enter a number, such as 40") from None


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("enter a date, such as 2026-12-04") from None


def _months(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 4:
        return int(text) * 12
    match = _AGE.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError("enter an age, such as 18 months, 5 years or 5 years 6 months")
    return int(match[1] or 0) * 12 + int(match[2] or 0)


def _value(text: str) -> str | bool | int:
    if text.casefold() in ("yes", "no"):
        return text.casefold() == "yes"
    return int(text) if re.fullmatch(r"\d{1,9}", text) else text


_READ: Final[dict[str, Callable[[str], Any]]] = {
    "number": _number,
    "date": _date,
    "age": _months,
    "value": _value,
}
