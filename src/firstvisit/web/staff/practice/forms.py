"""The form of one entry: what stands in it, what was typed, and what is wrong, each at its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from firstvisit.kernel.errors import Problem
from firstvisit.practice.shape import Practice
from firstvisit.web.staff.practice import fields, shown
from firstvisit.web.staff.practice.fields import Field, Posted
from firstvisit.web.staff.practice.register import Collection

SPARE_ROWS: Final = 2
_RAW: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""The name of a field in a sentence of the checks; on the screen it is called by its label."""
FIXED: Final = "slug"
"""The field that an entry keeps from its first day, because other entries and rules call it by it."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as the page shows it. `cells` are the columns of each row of a table; `now` is what stands
    there meanwhile, where somebody else changed it."""

    field: Field
    id: str
    typed: Any
    options: tuple[Option, ...] = ()
    cells: tuple[tuple[Shown, ...], ...] = ()
    problems: tuple[str, ...] = ()
    now: str = ""
    fixed: bool = False


@dataclass
class Form:
    """What was typed into the form of an entry, and its problems by field; "" are those of the whole."""

    collection: Collection
    typed: dict[str, Any]
    problems: dict[str, list[str]] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """The entry that was typed; what cannot be read becomes a problem, and the rest is given."""
        found: dict[str, Any] = {}
        for one in self.collection.fields:
            try:
                value = fields.value_of(one, self.typed[one.name])
            except ValueError as error:
                self.problems.setdefault(one.name, []).append(str(error))
                continue
            if value is not None:
                found[one.name] = value
        return found

    def take(self, problems: Iterable[Problem]) -> None:
        """Problems that a service found, each at its field; a field that could not be read says so already."""
        known = {one.name for one in self.collection.fields}
        labels = {
            one.name: f"“{one.label}”"
            for each in self.collection.fields
            for one in (each, *each.columns)
            if one.label
        }
        for problem in problems:
            path, message = problem.field, problem.message
            if not path and (at := re.match(r"([a-z_]+): ", message)) and at[1] in known:
                path, message = at[1], message[at.end() :]
            name, _, rest = _split(path)
            if name not in known:
                name, rest = "", path
            if name in self.problems and message == "is missing":
                continue
            words = f"{rest}: {message}" if rest else message
            words = _RAW.sub(lambda found: labels.get(found[0], found[0]), words)
            self.problems.setdefault(name, []).append(words)

    def shown(self, practice: Practice, *, fixed: bool) -> dict[str, Shown]:
        """Every field for the page."""
        called = shown.names(practice)
        return {
            one.name: self._shown(one, one.name, self.typed[one.name], called, fixed and one.name == FIXED)
            for one in self.collection.fields
        }

    def _shown(
        self, one: Field, id: str, typed: Any, called: Mapping[str, Mapping[str, str]], fixed: bool
    ) -> Shown:
        cells: tuple[tuple[Shown, ...], ...] = ()
        if one.kind == "rows":
            blank = {column.name: fields.typed_of(column, None, 0) for column in one.columns}
            rows = [*typed, *(blank for _ in range(SPARE_ROWS))]
            cells = tuple(
                tuple(
                    self._shown(column, f"{id}-{number}-{column.name}", row[column.name], called, False)
                    for column in one.columns
                )
                for number, row in enumerate(rows)
            )
        return Shown(
            one,
            id,
            typed,
            _options(one, typed, called),
            cells,
            tuple(self.problems.get(one.name, ())) if id == one.name else (),
            self.now.get(one.name, "") if id == one.name else "",
            fixed,
        )


def standing(collection: Collection, entry: Mapping[str, Any], year: int) -> Form:
    """The form of an entry as it stands; {} for a new one."""
    typed = {one.name: fields.typed_of(one, entry.get(one.name), year) for one in collection.fields}
    return Form(collection, typed)


def posted(collection: Collection, said: Posted) -> Form:
    """The form as somebody sent it."""
    return Form(collection, {one.name: fields.typed_in(one, said) for one in collection.fields})


def in_order(
    fields_: Iterable[Field], values: Mapping[str, Any], standing: Mapping[str, Any]
) -> dict[str, Any]:
    """The values with what was ticked in the order in which it stood: ticks say what, not in which order."""
    found = dict(values)
    for one in fields_:
        now, before = found.get(one.name), standing.get(one.name)
        if one.kind == "many" and now and before:
            kept = [value for value in before if value in now]
            found[one.name] = kept + [value for value in now if value not in kept]
        elif one.kind == "rows" and now and before:
            rows = [in_order(one.columns, row, old) for row, old in zip(now, before, strict=False)]
            found[one.name] = rows + now[len(rows) :]
    return found


def _split(path: str) -> tuple[str, str, str]:
    """ "windows 2, last_day" as ("windows", " ", "row 2, last_day")."""
    at = re.match(r"([a-z_]+)(?:( \d+)|(, ))?(.*)", path)
    if at is None:
        return path, "", ""
    rest = f"row{at[2]}{at[4]}" if at[2] else at[4]
    return at[1], " ", rest


def _options(one: Field, typed: Any, called: Mapping[str, Mapping[str, str]]) -> tuple[Option, ...]:
    """What may be chosen; what was chosen and is not there any more stays to be seen."""
    if one.kind not in ("choice", "many"):
        return ()
    offered = {**called.get(one.of, {}), **one.choices}
    chosen = [typed] if isinstance(typed, str) else list(typed)
    gone = {value: f"{value} (not there)" for value in chosen if value and value not in offered}
    return tuple(Option(value, label, value in chosen) for value, label in {**offered, **gone}.items())
