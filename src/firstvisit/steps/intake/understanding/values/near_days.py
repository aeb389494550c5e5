"""Days that are said from where the speaker stands: "he comes home Friday, the nineteenth", "I had it done on the 8th". Pure.

They hold only where it is known when that was said. The verb tells whether the day lies behind or ahead; a weekday and a
number that do not fit each other are no day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from firstvisit.steps.intake.understanding.values.dates import Day
from firstvisit.steps.intake.understanding.values.span import Span, apart

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPANISH: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_WEEKDAY: Final = rf"(?P<weekday>{'|'.join((*_WEEKDAYS, *_SPANISH))})"
_MONTH_AHEAD: Final = r"(?!\s*(?:of|de)\b|\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic))"
_NUMBERED: Final = re.compile(
    rf"(?:\b{_WEEKDAY},?\s+)?\b(?:the|el(?: d[ií]a)?)\s+(?P<day>\d{{1,2}})(?:(?:st|nd|rd|th)\b|(?=\s*(?:[.,;!?)]|$|and\b|y\b)))"
    rf"{_MONTH_AHEAD}(?!\s*(?:grade|floor|street|avenue|percentile|time|visit|session|person|day|week|month|year|one|toe|finger|metacarpal|rib))", re.I
)  # fmt: skip
_NAMED: Final = re.compile(rf"\b(?:(?P<which>this|next|last|this past|this coming|on|el)\s+)?{_WEEKDAY}\b(?!s|,?\s+(?:the |el )?\d|,?\s+[A-Z][a-z]+ \d|\s+(?:morning|afternoon)s)", re.I)
_AHEAD: Final = re.compile(
    r"(?i)\b(?:going|will|['’]ll|comes? home|coming|leav(?:es|ing)|gets? (?:out|discharged)|getting out|scheduled|set for|next|be (?:discharged|released|home)|discharges|"
    r"goes|sale|saldr[áa]|va a|discharging|is (?:having|getting|being)|are (?:sending|releasing|discharging)|let(?:s|ting) (?:him|her|me) (?:go|out))\b"
)
_BEHIND: Final = re.compile(
    r"(?i)\b(?:had|was|were|got|came|went|fell|did|since|last|past|broke|hurt|hit|cut|tore|slipped|tripped|happened|took|put|ago|(?!need|red|bed|med|speed)[a-z]{3,}ed|sali[óo]|cay[óo]|oper[óa]\w*|me [a-z]+[éí]|se [a-z]+[óo])\b"
)


def near_days(text: str, written_on: dt.date) -> list[Span[Day]]:
    """Days of `text` (one sentence, numbers as digits) counted from `written_on`; none where no verb says which way."""
    ago = list(_days_ago(text, written_on))
    ahead, behind = bool(_AHEAD.search(text)), bool(_BEHIND.search(text))
    if ahead == behind:
        ahead = _last_verb(text) if ahead else False
        if not ahead and not behind:
            return ago
    return apart([*ago, *_numbered(text, written_on, ahead=ahead), *_named(text, written_on, ahead=ahead)])


_AGO: Final = re.compile(r"(?i)(?<!since )(?<!desde )\b(?P<one>yesterday|last night|ayer|anoche)\b|(?<!about )(?<!around )(?<!roughly )(?<!like )(?<!maybe )(?<!or )\b(?P<days>\d{1,2}) days ago\b|\b(?:a|1) week ago (?:today|yesterday)\b")
_MOST_DAYS: Final = 30


def _days_ago(text: str, written_on: dt.date) -> Iterator[Span[Day]]:
    """Days that are told by how long ago they were, whatever the verb."""
    for match in _AGO.finditer(text):
        back = 1 if match["one"] else int(match["days"]) if match["days"] else 8 if match[0].lower().endswith("yesterday") else 7
        if 0 < back <= _MOST_DAYS:
            yield Span(match.start(), match.end(), Day(written_on - dt.timedelta(days=back), year_said=False))


def looks_back(text: str) -> bool:
    """Whether the verbs of a sentence tell of what was, and none of what will be."""
    return bool(_BEHIND.search(text)) and not _AHEAD.search(text)


def _last_verb(text: str) -> bool:
    """Of a sentence that looks both ways: whether the verb nearest before its day looks ahead."""
    day = _NUMBERED.search(text) or _NAMED.search(text)
    before = text[: day.start()] if day else text
    verbs = [(match.start(), way) for way, shape in ((True, _AHEAD), (False, _BEHIND)) for match in shape.finditer(before)]
    return max(verbs)[1] if verbs else True


def _numbered(text: str, written_on: dt.date, *, ahead: bool) -> Iterator[Span[Day]]:
    for match in _NUMBERED.finditer(text):
        number, weekday = int(match["day"]), _weekday(match["weekday"])
        day = _next(written_on, ahead, partial(_numbers, number), 62)
        if day is not None and (weekday is None or day.weekday() == weekday):
            yield Span(match.start(), match.end(), Day(day, year_said=False))


def _named(text: str, written_on: dt.date, *, ahead: bool) -> Iterator[Span[Day]]:
    for match in _NAMED.finditer(text):
        weekday, which = _weekday(match["weekday"]), (match["which"] or "").lower()
        if which == "next":
            continue  # this week's or the week after's: people differ
        forward = ahead if which not in ("last", "this past") else False
        day = _next(written_on, forward, partial(_falls_on, weekday), 7)
        if day is not None and day != written_on:
            yield Span(match.start(), match.end(), Day(day, year_said=False))


def _weekday(name: str | None) -> int | None:
    if name is None:
        return None
    names = _WEEKDAYS if name.lower() in _WEEKDAYS else _SPANISH
    return names.index(name.lower())


def _numbers(number: int, day: dt.date) -> bool:
    return day.day == number


def _falls_on(weekday: int | None, day: dt.date) -> bool:
    return day.weekday() == weekday


def _next(written_on: dt.date, ahead: bool, fits: Callable[[dt.date], bool], most: int) -> dt.date | None:
    """The nearest day that fits, `written_on` itself included."""
    for n in range(most + 1):
        day = written_on + dt.timedelta(days=n if ahead else -n)
        if fits(day):
            return day
    return None
