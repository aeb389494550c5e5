"""A 271 that a vendor spells out in JSON, written as segments again, so that one reader reads all payers. Pure.

Nothing is lost on the way: a `Told` remembers which of its values were asked for, and what nobody asked for is said.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from firstvisit.steps.coverage import reading
from firstvisit.steps.coverage.benefits import Benefits, Noted, NotUnderstood
from firstvisit.steps.coverage.inquiries import VERSION
from firstvisit.steps.coverage.x12.delimiters import Delimiters
from firstvisit.steps.coverage.x12.transactions import Transaction

Element = str | Sequence[str]
_ELEMENTS: Final = ("*", "|", "\x1d")
"""What may stand between elements: the first that no value holds."""
_SIGNS: Final = re.compile(r"[^a-z0-9]+")
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9_.-]{0,11}", re.IGNORECASE)
_LONGEST: Final = 2_000
"""Characters of a value that nobody asked for, as far as it is shown."""


def told(raw: bytes) -> Told | None:
    """The JSON object in `raw`, every number as it was sent; None where there is none."""
    try:
        value = json.loads(raw, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return Told(value) if isinstance(value, dict) else None


class Told:
    """A JSON object of which every value is asked for by name, once or more often."""

    __slots__ = ("_asked", "_path", "_values")

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values, self._path = values, path
        self._asked: dict[str, list[Told]] = {}

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def names(self) -> list[str]:
        """The names of its values, asked for or not."""
        return list(self._values)

    def text(self, *names: str) -> str:
        """The first of these values that says something, as text; the others count as asked for where they say the
        same or nothing. "" where there is none. A list or an object is no text and stays unasked."""
        found = ""
        for name in names:
            value = self._values.get(name)
            if isinstance(value, dict | list):
                continue
            said = (
                "" if value is None else str(value).strip() if not isinstance(value, bool) else _word(value)
            )
            if not found or said in ("", found):
                self._asked.setdefault(name, [])
                found = found or said
        return found

    def flag(self, name: str) -> bool | None:
        """A value that is true or false, also as text; None for anything else, which stays unasked."""
        said = str(self._values.get(name, "")).casefold()
        if said not in ("true", "false"):
            return None
        self._asked.setdefault(name, [])
        return said == "true"

    def one_of(self, name: str, known: Mapping[str, str]) -> str:
        """What a value means that is one of those known; "" for another, which stays unasked."""
        value = self._values.get(name)
        return known[self.text(name)] if isinstance(value, str) and value in known else ""

    def texts(self, name: str) -> list[str]:
        """A list of texts, or the one text that stands there."""
        value = self._values.get(name)
        each = value if isinstance(value, list) else [value]
        if any(isinstance(one, dict | list) for one in each):
            return []
        self._asked.setdefault(name, [])
        return [said for one in each if one is not None and (said := str(one).strip())]

    def of(self, name: str) -> Told:
        """The object of that name; an empty one where there is none."""
        return next(iter(self.each(name)), None) or Told({}, f"{self._path}{name}.")

    def each(self, name: str) -> list[Told]:
        """The objects of the list of that name, or the one object that stands there."""
        if self._asked.get(name):
            return self._asked[name]
        value = self._values.get(name)
        objects = value if isinstance(value, list) else [value]
        if not all(isinstance(one, dict) for one in objects):
            if value in (None, []):
                self._asked.setdefault(name, [])
            return []
        many = isinstance(value, list)
        made = [
            Told(one, f"{self._path}{name}[{n}]." if many else f"{self._path}{name}.")
            for n, one in enumerate(objects)
            if isinstance(one, dict)
        ]
        self._asked[name] = made
        return made

    def left(self) -> Iterator[tuple[str, str]]:
        """What nobody asked for and what says something: where it stands and what it says."""
        for name, value in self._values.items():
            if name not in self._asked:
                yield from _leaves(f"{self._path}{name}", value)
            for one in self._asked.get(name, ()):
                yield from one.left()

    def drop(self, *names: str) -> None:
        """Count these as asked for, whatever they hold: they say nothing of anybody's benefits."""
        for name in names:
            if name in self._values:
                self._asked.setdefault(name, [])


def _word(value: bool) -> str:
    return "true" if value else "false"


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(f"{path}.{name}", one)
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _leaves(f"{path}[{n}]", one)
    elif value is not None and value != "":
        yield path, _word(value) if isinstance(value, bool) else str(value)


@cache
def table(name: str) -> Mapping[str, str]:
    """A table of spelled.toml as it stands there: names of values."""
    stated = tomllib.loads((Path(__file__).parent / "spelled.toml").read_text(encoding="utf-8"))
    value: dict[str, str] = stated[name]["value"]
    return value


@cache
def _by_words(name: str) -> Mapping[str, str]:
    return {_plain(words): code for words, code in table(name).items()}


def _plain(words: str) -> str:
    return _SIGNS.sub(" ", words.casefold()).strip()


def code_of(name: str, words: str) -> str:
    """The code of a vendor's words; the words themselves where the table does not have them, so that the reader of
    segments says that it does not know them."""
    return _by_words(name).get(_plain(words), words)


def knows(name: str, words: str) -> bool:
    """Whether the table has these words."""
    return _plain(words) in _by_words(name)


def code_alone(text: str) -> str:
    """A vendor's own code, where it is one; "" for words, which may name somebody and stand in the reply alone."""
    return text if _CODE.fullmatch(text) else ""


class Segments:
    """The segments of one 271 as they come: ST and BHT first."""

    def __init__(self, reference: str = "", made_on: str = "") -> None:
        self._rows: list[list[Element]] = [["ST", "271", "0001"], ["BHT", "0022", "11", reference, made_on]]
        self._notes: list[tuple[int, str, str]] = []
        self.made_on = made_on

    def add(self, name: str, *elements: Element) -> int:
        """One segment; its number."""
        self._rows.append([name, *elements])
        return len(self._rows)

    def added(self) -> list[tuple[str, *tuple[Element, ...]]]:
        """The segments behind ST and BHT, to be added elsewhere."""
        return [(str(row[0]), *row[1:]) for row in self._rows[2:]]

    def note(self, loop: str, words: str) -> None:
        """Words about the patient as a whole that no segment of a 271 holds, beside the last segment."""
        self._notes.append((len(self._rows), loop, words))

    def read(self, source: Told, *, control: str = "", sender: str = "") -> tuple[Benefits, ...]:
        """What the segments say, with what nobody asked `source` for among what is not understood."""
        values = [part for row in self._rows for each in row for part in _parts(each)]
        element = next(
            each for each in _ELEMENTS if not any(each in value for value in values) or each == "\x1d"
        )
        delimiters = Delimiters(element=element)
        transaction = Transaction(
            kind="271", control="0001", version=VERSION, group="", interchange=control, sender=sender, receiver="",
            made_on=self.made_on, delimiters=delimiters,
            segments=[element.join(_joined(each, delimiters) for each in row).rstrip(element) for row in self._rows],
        )  # fmt: skip
        answers = reading.read(transaction)
        left = tuple(
            NotUnderstood(0, f"{path}: {value}"[:_LONGEST], "nobody knows where this belongs in an answer")
            for path, value in source.left()
        )
        notes = tuple(Noted(n, loop, words) for n, loop, words in self._notes)
        first, rest = answers[0], answers[1:]
        first = replace(
            first,
            not_understood=first.not_understood + left,
            noted=tuple(sorted(first.noted + notes, key=_place)),
        )
        return (first, *rest)


def _place(noted: Noted) -> int:
    return noted.n


def _parts(element: Element) -> Sequence[str]:
    return (element,) if isinstance(element, str) else element


def _joined(element: Element, delimiters: Delimiters) -> str:
    """An element; a tuple is one of components, a list one that repeats."""
    if isinstance(element, str):
        return element.replace("\n", " ").replace("\r", " ").replace(delimiters.element, " ")
    sign = delimiters.repetition if isinstance(element, list) else delimiters.component
    return sign.join(_joined(each, delimiters) for each in element).rstrip(sign)
