"""Days as people write and say them, and ages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from firstvisit.reference.names import fixed_days
from firstvisit.steps.intake.understanding.values.span import Span, apart

_MONTHS: Final = {
    name: n
    for n, names in enumerate(
        (
            "january jan enero janeiro", "february feb febrero fevereiro", "march mar marzo março", "april apr abril", "may mayo maio",
            "june jun junio junho", "july jul julio julho", "august aug agosto", "september sept sep septiembre setembro setiembre",
            "october oct octubre outubro", "november nov noviembre novembro", "december dec diciembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH: Final = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_YEAR: Final = r"((?:19|20)(?:[\s.…,]{1,5}(?:er, )?)?\d\d|'\d\d)"
_SHAPES: Final = (
    (re.compile(r"(?<![\d/-])(?P<y>(?:19|20)\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?![\d-])(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"), True),
    (re.compile(r"(?<![\d/.-])(?P<m>\d{1,2})\s?(?P<s>[/.-])\s?(?P<d>\d{1,2})\s?(?P=s)\s?(?P<y>\d{4}|\d{2})(?![\d/]|[.-]\d)"), True),
    (re.compile(rf"(?<!\w)(?P<name>{_MONTH})\s*(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?:of\s+|in\s+|that(?:['’]s| is| was)\s+)?|,\s*|\.\.\.\s*)(?P<y>{_YEAR}|this year|last year)\b", re.I), True),
    (re.compile(rf"(?<!\w)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?P<name>{_MONTH}),?\s+(?:of\s+|del?\s+)?(?P<y>{_YEAR})\b", re.I), True),
    (re.compile(rf"(?<![\w/])(?P<y>(?:19|20)\d\d),?\s+(?P<name>{_MONTH})\s*(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*,?\s*(?:19|20)\d\d)", re.I), True),
    (re.compile(rf"(?<!\w)(?P<d>\d{{1,2}})(?:st|nd|rd|th)\s+(?:day\s+)?(?:of\s+)?(?P<name>{_MONTH})\.?,?\s+(?P<y>{_YEAR}|\d\d)\b", re.I), True),
    (re.compile(rf"(?<!\w)(?P<d>\d{{1,2}})[\s-](?P<name>{_MONTH})[\s-](?P<y>\d{{4}}|\d{{2}})\b", re.I), True),
    (re.compile(rf"(?<!\w)(?P<name>{_MONTH})\s*(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:/]|\s*(?:am|pm|a\.m|p\.m|percent|weeks|months|years|days))", re.I), False),
    (re.compile(rf"(?<!\w)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of|de)\s+(?P<name>{_MONTH})", re.I), False),
    (re.compile(r"(?<![\d/.-])(?<!pain )(?<!score )(?<!strength )(?<!level )(?<!rated )(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/]|\s*(?:x|times|wk|week|10|pain))"), False),
)  # fmt: skip
_SAID_IN_A_ROW: Final = re.compile(
    r"(?<![\d/.-])(?<!\d[ ,])(?P<m>\d{1,2})[\s,.]{1,3}(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s,.]{1,3}(?P<y>(?:19|20)\d\d|\d\d)(?![\d/-]|[ ,]\d)"
)
_FIXED: Final = re.compile(
    rf"\b(?P<fixed>{'|'.join(re.escape(name).replace(chr(39), '[’' + chr(39) + ']') for name in sorted(fixed_days(), key=len, reverse=True))})\b(?:,?\s+(?:of\s+|in\s+)?(?P<y>(?:19|20)\d\d|'\d\d)\b)?", re.I
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as read; `year_said` is false where the year was taken from the document, `short` where it had two digits."""

    date: dt.date
    year_said: bool = True
    short: bool = False


def days(text: str, written_on: dt.date, *, birth: bool = False, in_a_row: bool = False) -> list[Span[Day]]:
    """Every day in `text` (a view with digits). A year of two digits is the latest not after `written_on` for a birth,
    else the nearest; a day without a year takes the year of `written_on`. `in_a_row` also reads "9 22 1961"."""
    return apart(_days(text, written_on, birth, in_a_row))


def _named_days(text: str, written_on: dt.date, birth: bool) -> Iterator[Span[Day]]:
    """ "Valentine's Day, 1950"; without a year that of `written_on`."""
    for match in _FIXED.finditer(text):
        month, day = fixed_days()[match["fixed"].lower().replace("’", "'")]
        year, short = _year(match["y"], written_on, birth) if match["y"] else (written_on.year, False)
        if (month, day) != (2, 29) or year % 4 == 0:
            yield Span(match.start(), match.end(), Day(dt.date(year, month, day), bool(match["y"]), short))


def _days(text: str, written_on: dt.date, birth: bool, in_a_row: bool) -> Iterator[Span[Day]]:
    yield from _named_days(text, written_on, birth)
    shapes = (*_SHAPES, (_SAID_IN_A_ROW, True)) if in_a_row else _SHAPES
    for shape, _ in shapes:
        for match in shape.finditer(text):
            parts = match.groupdict()
            month = _MONTHS[parts["name"].lower().rstrip(".")] if parts.get("name") else int(parts["m"])
            said = parts.get("y")
            year, short = _year(said, written_on, birth) if said else (written_on.year, False)
            day = int(parts["d"])
            if not parts.get("name") and month > 12 >= day and said:
                month, day = day, month  # 16/12/1970: the day stands first
            try:
                date = dt.date(year, month, day)
            except ValueError:
                continue  # 13/45 is no day; whatever it is, it is not read as one
            yield Span(match.start(), match.end(), Day(date, bool(said), short))


def _year(said: str, written_on: dt.date, birth: bool) -> tuple[int, bool]:
    if said.lower() in ("this year", "last year"):
        return written_on.year - (said.lower() == "last year"), False
    digits = re.sub(r"\D", "", said)
    if len(digits) == 4:
        return int(digits), False
    year = 2000 + int(digits)
    latest = written_on.year if birth else written_on.year + 10
    return (year if year <= latest else year - 100), True


_NO_MEASURE: Final = (
    r"(?![\d:/%'\"-]|\.\d|\s*(?:(?:weeks?|wks?|months?|mos?|pounds|lbs?|feet|foot|ft|inches|days?|hours?|hrs?|minutes?|mins?|percent|visits?|"
    r"sessions?|miles?|blocks?|out of|of (?:the|us|them)|in line|th|st|nd|rd|am|pm|a\.m|p\.m|times?|years? (?:in|of (?!age)|out|post)|steps|stairs)\b|\d|-\s?\d))"
)
"""No age is counted in anything but years."""
_AGE: Final = (
    re.compile(r"\b(\d{1,3})(?:\s*(?:and a half|½|1/2))?[\s-]*(?:years?|yrs?|y)\b\.?[\s-]*(?:old|of age|/?o\b)", re.I),
    re.compile(r"\b(\d{1,3})\s*(?:y/?o\b|yo\b|y\.o\.|a[nñ]os\b(?! con| de (?:dolor|experiencia)))", re.I),
    re.compile(r"\b(?:age[ds]?|edad)\s*(?:is|of|:|=)?\s*(\d{1,3})\b(?!\s*(?:month|mo\b|week|%))", re.I),
    re.compile(
        r"\b(?:(?:he|she|they|who)\s?(?:'s|’s| is|'re|’re| are| just turned| turned)|hes|shes|theyre)\s+(?:now\s+|only\s+|just\s+|about\s+)?(\d{1,3})"
        rf"{_NO_MEASURE}", re.I),
    re.compile(rf"\b(?:I'm|I’m|I am|im)\s+(?:a\s+|only\s+|now\s+)?(\d{{1,3}}){_NO_MEASURE}", re.I),
    re.compile(r"(?<=[A-Za-zé]),? (\d{1,3}) ?(?:yrs?)\b(?!\.? (?:ago|in|of|experience|post|after|since|now|later))", re.I),
    re.compile(r"\b[A-Z][a-z][\w'’-]* [A-Z][a-z][\w'’-]* (\d{2})(?=[.;,]\s|$)"),
    re.compile(r"\b(?:son|daughter|mother|father|mom|dad|husband|wife|child|grandson|granddaughter|boy|girl|patient|kid|baby|"
               r"toddler|brother|sister|aunt|uncle|\w+)\s+is\s+(?:now\s+|only\s+|just\s+)?(\d{1,3})(?=\s*(?:[.,;!)]|$|and\b|now\b))", re.I),
    re.compile(r"(?<=[a-zé] )\((\d{1,3})(?=[),;])"),
    re.compile(r"(?<=[A-Za-zé]), (\d{1,3})(?=\s*(?:,|$|;|\.\s|\s*[-–]\s))"),
)  # fmt: skip
_BARE_AGE: Final = _AGE[-2:]
_NO_AGE_BEHIND: Final = re.compile(
    rf"(?:\b\d[\d-]*(?:st|nd|rd|th)?|\b(?:{'|'.join(_MONTHS)})|\b[A-Za-z]|\b[A-Z]{{2,}}|\b(?i:dash|hyphen|then|and|oh|double|triple|code|extension|ext|number|group|id|street|avenue|road|drive|lane|"
    r"court|apartment|apt|unit|suite|room|floor|grade|is|are|at|or|to|zip|box|route|county|highway))\W*,?\s*\(?$"
)
"""Words behind which a bare number is no age: it belongs to a day, a card, an address."""
_MONTHS_OLD: Final = re.compile(
    r"\b(\d{1,3})[\s-]*(?:months?|mos?\b\.?|meses)(?:[\s-]*(?:old|of age|de edad)\b|(?=\s*(?:[.,;!)]|$|and (?:still|he|she|not|is|has))))", re.I
)  # fmt: skip
_IS_MONTHS: Final = re.compile(r"\b(?:is|he's|she's|he is|she is|at|aged?|he’s|she’s|a|tiene)\s*(?:only|now|just)?\s*$", re.I)


def ages(text: str) -> list[Span[int]]:
    """Ages in whole years as stated in `text`: months count down to years (18 months is 1)."""
    found = [
        Span(match.start(1), match.end(), int(match[1]))
        for shape in _AGE
        for match in shape.finditer(text)
        if int(match[1]) <= 115 and not (shape in _BARE_AGE and _NO_AGE_BEHIND.search(text[: match.start(1)]))
    ]
    for match in _MONTHS_OLD.finditer(text):
        old = re.search(r"old|of age|de edad", match[0], re.I)
        if int(match[1]) <= 60 and (old or _IS_MONTHS.search(text, max(0, match.start() - 20), match.start())):
            found.append(Span(match.start(), match.end(), int(match[1]) // 12))
    return apart(found)
