"""Street, city, state and ZIP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from firstvisit.reference import facts
from firstvisit.steps.intake.understanding.values.span import Span

_KIND: Final = (
    r"(?:street|st|avenue|ave|av|road|rd|drive|dr|lane|ln|court|ct|boulevard|blvd|place|pl|terrace|ter|circle|cir|parkway|"
    r"pkwy|highway|hwy|way|trail|trl|loop|square|sq|pike|run|row|path|crossing|xing|alley|point|pt|ridge|bend|cove|route|rte)"
)
_UNIT: Final = r"(?i:,?\s*(?:apartment|apt|unit|suite|ste|number|no|lot|trailer|#|space|room|rm|floor)\.?\s*#?\s*[A-Za-z]?-?\d{0,5}[A-Za-z]?\b)"
_STREET: Final = re.compile(
    rf"(?<![\d/$#-])\b(\d{{1,6}}(?:-\d+)?[A-Za-z]?(?:\s+1/2)?\s+(?:(?:[NSEW]|NE|NW|SE|SW|(?i:North|South|East|West|Northeast|Northwest|Southeast|Southwest))\.?\s+)?"
    rf"(?:(?:County|State|Farm)\s+(?!(?:Road|Route|Highway) \d))?(?:[A-Z0-9][\w'’-]*\.?\s+){{0,4}}?(?i:(?:County|State) (?:Road|Route|Highway) \d+|(?<![\d] ){_KIND}|broadway)\b\.?(?! (?:Road|Street|Avenue|Drive|Lane|Court|Boulevard|Place|Way|Circle|Trail|Rd|St|Ave|Dr|Ln)\b)(?:\s+(?:[NSEW]|NE|NW|SE|SW|North|South|East|West)\b\.?)?(?:{_UNIT})?)"
)
_BOX: Final = re.compile(r"\bP\.?\s?O\.?\s+Box\s+\d+\b", re.IGNORECASE)
_ZIP: Final = re.compile(r"(?<![\d$#/.-])(\d{5})(?:-\d{4})?(?![\d/]|[.,]\d|-\d)")
_CITY: Final = r"((?:(?:St|Ft|Mt)\.\s)?[A-Z][a-zA-Zé'’-]+(?:[ ](?:[A-Z][a-zA-Zé'’-]+|of|the|du|de|La)){0,3})"


@dataclass(frozen=True, slots=True)
class Address:
    """Parts as written; each with its own characters."""

    street: Span[str] | None = None
    city: Span[str] | None = None
    state: Span[str] | None = None
    postal_code: Span[str] | None = None


@cache
def _states() -> re.Pattern[str]:
    table = facts.table("us_states")
    names = "|".join(sorted((re.escape(name) for name in table.values()), key=len, reverse=True))
    return re.compile(rf"\b(?:{'|'.join(table)})\b(?!')|\b(?i:{names})\b")


@cache
def _city_state() -> re.Pattern[str]:
    return re.compile(rf"{_CITY},?\s+({_states().pattern})(?![\w@])[.,]?(?:\s*(?:zip(?: code)?|,)?\s*(\d{{5}})(?:-\d{{4}})?(?!\d))?")


_CITY_ZIP: Final = re.compile(rf"{_CITY}(?:,|\.|\s|;|\s\()+(?:zip(?: code)?(?: is)?\s*)?(\d{{5}})(?:-\d{{4}})?(?![\d-])")
_LIVES_IN: Final = re.compile(
    rf"\b(?:live[sd]?(?: with \w+)?|living|located|from|out|here|is|are|we're|we’re|based|[Vv]ivimos|[Vv]ivo)\s+(?:out |over |right |up |down |here )?(?:in|near|en)\s+{_CITY}"
)
_NO_CITY: Final = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|"
    r"Thursday|Friday|Saturday|Sunday|Bcbs|BCBS|Blue|Early|Late|Mid|The|My|Our|His|Her|Medicare|Medicaid|English|Spanish|ZIP|Zip|A|I|Dr|PT|OT)\b"
)


def addresses(text: str) -> list[Address]:
    """Every address in `text`, as much of each as is said."""
    return list(_addresses(text))


def _addresses(text: str) -> Iterator[Address]:
    streets = [Span(m.start(1), m.end(1), m[1].rstrip(" ,.")) for m in _STREET.finditer(text)]
    streets += [Span(m.start(), m.end(), m[0]) for m in _BOX.finditer(text)]
    taken: list[tuple[int, int]] = []
    for street in streets:
        tail = text[street.end : street.end + 80]
        place = _place(tail, street.end)
        taken += [(street.start, street.end)]
        yield Address(street, place.city, place.state, place.postal_code) if place else Address(street)
        if place:
            taken.append((street.end, street.end + 80))
    for match in _city_state().finditer(text):
        bare = match[3] is None and "," not in match[0]
        if bare and match[2] in ("MD", "PA", "DO", "ID", "OR", "IN", "ME", "HI", "OK", "MA", "AL", "DE", "LA", "CO"):
            continue  # words and credentials that look like a state
        if match[2] == "ID" and match[3] is None and re.match(r"[:#\s]*[\w -]{0,8}\d", text[match.end() :]):
            continue
        if not any(start <= match.start() < end for start, end in taken) and not _NO_CITY.match(match[1]):
            taken.append((match.start(), match.end()))
            yield Address(None, _span(match, 1), _span(match, 2), _span(match, 3))
    for match in (*_CITY_ZIP.finditer(text), *_LIVES_IN.finditer(text)):
        if not any(start <= match.start(1) < end for start, end in taken) and not _NO_CITY.match(match[1]):
            taken.append((match.start(), match.end()))
            yield Address(None, _span(match, 1), None, _span(match, 2) if match.re is _CITY_ZIP else None)


def zips(text: str) -> list[Span[str]]:
    """Five digits that may be a ZIP, wherever they stand."""
    return [Span(m.start(1), m.end(1), m[1]) for m in _ZIP.finditer(text)]


def _place(tail: str, at: int) -> Address | None:
    """City, state and ZIP right behind a street."""
    lead = re.match(r"[\s,.;]*(?:in\s+)?", tail)
    begin = lead.end() if lead else 0
    for pattern in (_city_state(), _CITY_ZIP):
        match = pattern.match(tail, begin)
        if match and not _NO_CITY.match(match[1]):
            state = _span(match, 2, at) if pattern is not _CITY_ZIP else None
            zip = _span(match, 3 if pattern is not _CITY_ZIP else 2, at)
            return Address(None, _span(match, 1, at), state, zip)
    match = re.compile(rf"{_CITY}(?=\s*[,.;…\n]|\s*$|\s{3})").match(tail, begin)
    if match and begin and not _NO_CITY.match(match[1]):
        return Address(None, _span(match, 1, at))
    return None


def _span(match: re.Match[str], group: int, at: int = 0) -> Span[str] | None:
    if match[group] is None:
        return None
    return Span(at + match.start(group), at + match.end(group), match[group].rstrip(" ."))
