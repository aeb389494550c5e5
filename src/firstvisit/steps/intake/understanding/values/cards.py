"""Numbers of cards, claims and codes as people say them: letters and digits one by one, drawn together as they are printed.

"T R C dash four four one nine oh six" becomes "TRC-441906", "M seventy-five point four one" "M75.41", "C, S, A, 330 19 25"
"CSA3301925". What may as well be a telephone number, a day or an address stays as it was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from firstvisit.reference import facts, icd10cm
from firstvisit.steps.intake.understanding.values import contact_points
from firstvisit.steps.intake.understanding.values.spoken import COUNTED, View, then_apply, view

_PIECE: Final = r"(?:[A-Z]{1,4}(?![\w'’])|[a-z](?![\w'’])|[A-Z]{0,5}\d[A-Z0-9]*(?![\w'’/]))"
_DASH: Final = r"[\s,]*(?:and )?(?:then )?(?:a )?(?:dash|hyphen|minus|slash)[\s,]*(?:then )?|\s*[-–]\s*"
_POINT: Final = r"\s*\b(?:point|dot|punto)\s+|(?<=\w)\.(?=\w)|\s\.\s"
_GAP: Final = r"\s*,?\s+(?:(?:and )?then |and (?=[a-z0-9]\b)|uh,? |um,? |capital |letter |(?:la )?letra )?|,\s*|\s*(?:\.\.\.|…)\s*"
_RUN: Final = re.compile(rf"(?<![\w@/'’.$#-])#?{_PIECE}(?:(?:{_DASH}|{_POINT}|{_GAP}){_PIECE})+")
_CATEGORY: Final = re.compile(r"[A-TV-Z]\d[0-9AB]")
_FEWEST_MARKS: Final = 5
_FEWEST_DIGITS: Final = 3
_FEWEST_GROUPS: Final = 3
_NO_PART: Final = frozenset("GRP GROUP GP CLAIM AUTH PLAN INS ID NPI DOB HMO PPO EPO POS PT OT SLP ST MD NP PA RN DO MBI PMI IT IS I A a i AM PM ER OK TV IEP ICD DX AND THE".split())
"""Capitals before or behind a number that are no part of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what was said: its place, its marks, and what joins it to the piece before: nothing, "-" or "."."""

    start: int
    end: int
    text: str
    joint: str


def cards(text: str, spanish: bool = False) -> View:
    """`text` with what is said in pieces drawn together; places lead back to what was said."""
    plain = view(text, spanish)
    phones = [(span.start, span.end) for span in contact_points.phones(plain.text)]
    changes = [
        change
        for match in _RUN.finditer(plain.text)
        for run in _apart(plain.text, _parts(plain.text, match.start(), match.end()), phones)
        for change in _drawn(plain.text, run)
    ]
    return then_apply(plain, changes) if changes else plain


def _apart(text: str, parts: list[Part], phones: list[tuple[int, int]]) -> list[list[Part]]:
    """Runs without telephone numbers and without words of capitals and counts that are no part of a number."""
    runs: list[list[Part]] = [[]]
    for n, part in enumerate(parts):
        of_phone = any(start < part.end and part.start < end for start, end in phones)
        counted = COUNTED.match(text, part.end)
        article = part.text in ("A", "I", "a", "i") and (bool(runs[-1]) or (n + 1 < len(parts) and (parts[n + 1].text[:1].isdigit() or (part.text in "AI" and re.fullmatch("[A-Z]", parts[n + 1].text) is not None))))
        if re.match(r"[A-Z]{2,}\d{3}", part.text):
            runs.append([part])  # whoever says letters and digits in one breath begins a number
        elif of_phone or counted or (part.text in _NO_PART and not article):
            runs.append([])
        else:
            runs[-1].append(part)
    return [run for run in runs if len(run) > 1]


def _drawn(text: str, parts: list[Part]) -> list[tuple[int, int, str]]:
    """The stretches of a run that are one number or code each, with the way they are printed."""
    for n, part in enumerate(parts):
        if part.joint != "." or n == 0:
            continue
        if found := _code(parts, n):
            first, last, written = found
            return [*_drawn(text, parts[:first]), (parts[first].start, parts[last].end, written), *_drawn(text, parts[last + 1 :])]
        return _drawn(text, parts[:n]) + _drawn(text, [replace(part, joint=""), *parts[n + 1 :]])
    while parts and parts[-1].text in ("a", "i", "I"):
        parts = parts[:-1]
    if len(parts) < 2:
        return []
    whole = _written(parts)
    return [(parts[0].start, parts[-1].end, whole)] if _is_one(text, parts, whole) else []


def _code(parts: list[Part], dot: int) -> tuple[int, int, str] | None:
    """The diagnosis code around the point before part `dot`: its first and last part and how it is written."""
    for first in range(dot - 1, max(-1, dot - 4), -1):
        head = "".join(part.text for part in parts[first:dot]).upper()
        if not _CATEGORY.fullmatch(head):
            continue
        best = None
        for last in range(dot, min(len(parts), dot + 4)):
            tail = "".join(part.text for part in parts[dot : last + 1]).upper()
            if any(part.joint for part in parts[dot + 1 : last + 1]):
                break
            if len(tail) <= 4 and icd10cm.is_code(f"{head}.{tail}"):
                best = (first, last, f"{head}.{tail}")
        return best
    return None


def _parts(text: str, start: int, end: int) -> list[Part]:
    """The pieces of a run with their places and joints."""
    parts: list[Part] = []
    joint = ""
    for match in re.finditer(rf"(?P<piece>{_PIECE})|(?P<dash>{_DASH})|(?P<point>{_POINT})|{_GAP}", text[start:end]):
        if match["piece"]:
            parts.append(Part(start + match.start(), start + match.end(), match["piece"], joint if parts else ""))
            joint = ""
        else:
            joint = "-" if match["dash"] else "." if match["point"] else joint
    return parts


def _written(parts: list[Part]) -> str:
    return "".join((part.joint if n else "") + part.text for n, part in enumerate(parts)).upper()


def _is_one(text: str, parts: list[Part], whole: str) -> bool:
    """Whether pieces are one number that was said in pieces, and no address, count or day."""
    marks = re.sub(r"[^A-Z0-9]", "", whole)
    digits = sum(map(str.isdigit, marks))
    pieces = [part.text for part in parts]
    if len(marks) < _FEWEST_MARKS or digits < _FEWEST_DIGITS:
        return False
    if len(pieces) == 2 and pieces[0] in _states() and re.fullmatch(r"\d{5}", pieces[1]):
        return False
    if digits < len(marks):
        return not (pieces[-1].isalpha() and re.match(r" [a-z]", text[parts[-1].end :]))
    if any(part.joint == "-" for part in parts[1:]):
        return bool(re.search(r"(?i)dash|hyphen|minus", text[parts[0].start : parts[-1].end]))
    return len(pieces) >= _FEWEST_GROUPS and min(map(len, pieces)) >= 2 and not _like_a_day(pieces)


def _like_a_day(pieces: list[str]) -> bool:
    return len(pieces) == 3 and int(pieces[0]) <= 12 and int(pieces[1]) <= 31 and len(pieces[2]) in (2, 4)


@cache
def _states() -> frozenset[str]:
    return frozenset(facts.table("us_states"))
