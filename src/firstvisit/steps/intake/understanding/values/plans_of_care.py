"""How often and how long treatment is ordered."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding.values.span import Span, apart

_N: Final = r"((?:\d{1,2}|one)(?:\s?(?:-|–|to|or)\s?\d{1,2})?)"
_TIMES: Final = r"(?:x(?:'s)?|×|times|visits?|sessions?|days|treatments?|veces|vezes|tx)"
_PER_WEEK: Final = (
    re.compile(rf"\b{_N}\s?{_TIMES}?\s?(?:/|\bper\b|\ba\b|\bà\b|\beach\b|\bevery\b|\bweekly\b|\bpor\b|\bx\b)\s?(?:wks?\b|weeks?\b|semana|w\b|(?<=weekly))", re.I),
    re.compile(rf"\b{_N}\s?x\s?(?:/|a|per|each)?\s?(?:wks?|weeks?|weekly|w)\b", re.I),
    re.compile(rf"\b{_N}\s?x\s?(?=\d{{1,2}}\s?(?:wks?|weeks?)\b)", re.I),
    re.compile(rf"\b{_N}\s?(?:times|x)?\s?weekly\b", re.I),
    re.compile(rf"\b{_N}\s?w\s?\d{{1,2}}\b", re.I),
    re.compile(rf"\b{_N}\s?(?:times|x|visits?),?\s(?=\d{{1,2}}\s?weeks\b)", re.I),
    re.compile(r"\bfreq(?:uency)?[:\s]+" + _N + r"\s?(?:x|times|/|per)", re.I),
)
_WORDS_PER_WEEK: Final = (
    (re.compile(r"\bonce(?: (?:or twice|to twice))?(?: a| per| every| each)? ?week(?:ly)?\b|(?<!preaches )(?<!travels )(?<!plays )(?<!report )(?<!adjuster, )\bweekly\b(?! (?:basis|schedule|email|report|update|newsletter))|\bonce weekly\b|\b1 (?:time|day|visit) (?:a|per) week|\bevery week\b|una vez (?:por|a la) semana", re.I), 1.0),
    (re.compile(r"\btwice(?: a| per| every| each)? ?week(?:ly)?\b|\btwice weekly\b|dos veces (?:por|a la) semana|duas vezes por semana", re.I), 2.0),
    (re.compile(r"\b(?:three times|thrice) (?:a|per|each) week|tres veces (?:por|a la) semana", re.I), 3.0),
    (re.compile(r"\bevery other week\b|\bbi-?weekly\b|\bevery (?:two|2) weeks\b|cada dos semanas", re.I), 0.5),
)  # fmt: skip
_WEEKS: Final = re.compile(rf"(?:\bfor|x|×|\bpor|,| /|\bduring|\bdurante|/wk|weekly|week|w)\s*(?:about |up to |the next |a total of |total )?{_N}\s?-?\s?(?:wks?\b|weeks?\b|semanas|w\b)|\bduration[:\s]+{_N}\s?(?:wks?|weeks?)|\d\s?w\s?(\d{{1,2}})\b", re.I)
_MONTHS: Final = re.compile(r"\bfor (?:about )?(\d|an?|one) months?\b", re.I)
_WEEKS_BEFORE: Final = re.compile(rf"(?<!\bat )(?<!\bin )(?<!\bby )(?<!after )(?<!until )(?<!past )\b{_N}\s?weeks?,?\s(?:at |of )?$", re.I)
"""Weeks that are said first: "six weeks, two times a week"."""
_FOR_SO_MANY: Final = re.compile(r"\s*(?:for|x|times)\s+(\d{1,2})(?=\s*(?:[.,;!?]|$|and\b))", re.I)
"""Weeks that go without saying: "three times a week for six"."""
_TOTAL: Final = re.compile(
    r"\b(\d{1,3})\s+(?:\w+\s)?(?:visits?|sessions?|treatments?|visitas|sesiones)\b(?!\s*(?:notes?|summar\w*|reports?)\b)(?!\s*(?:weekly\b|(?:a|per|each|every|/|x)\s*(?:week|wk|year|calendar|month)))|\b(?:visits|sessions)(?: approved| authorized| ordered)?[:\s]+(\d{1,3})\b|\btotal(?: of)?[:\s]+(\d{1,3})(?: visits)?\b", re.I
)
_ANOTHERS: Final = re.compile(r"(?:up to|more than|beyond|over|first|limit\w*|allow\w*|covers?|left|remaining|has|have|had|after|used|max\w*|missed|already|gets?|home|getting|exercis\w*|runs?|falls?|works?\b(?! (?:conditioning|hardening))|day|school|going|max)\b[^.;\n]{0,15}$", re.I)


def frequencies(text: str) -> list[Span[dict[str, object]]]:
    """Parts of a frequency: {"visits_per_week"}, {"weeks"} or {"total_visits"}; ranges as "2-3"."""
    found: list[Span[dict[str, object]]] = []
    for shape in _PER_WEEK:
        for match in shape.finditer(text):
            if not _another(text, match, often=True):
                found.append(Span(match.start(), match.end(), {"visits_per_week": _count(match[1], float)}))
    for pattern, often in _WORDS_PER_WEEK:
        for match in pattern.finditer(text):
            value: object = "1-2" if "twice" in match[0] and often == 1 else often
            if not _another(text, match, often=True):
                found.append(Span(match.start(), match.end(), {"visits_per_week": value}))
    per_week = apart(found)
    found = list(per_week)
    for match in _WEEKS.finditer(text):
        near = any(abs(match.start() - each.end) < 40 for each in per_week)
        if near or re.search(r"duration|\dw", match[0], re.I):
            group = next(n for n in (1, 2, 3) if match[n])
            found.append(Span(match.start(group), match.end(), {"weeks": _count(match[group], int)}))
    for each in per_week:
        if (before := _WEEKS_BEFORE.search(text[: each.start])) and not any("weeks" in other.value for other in found):
            found.append(Span(before.start(1), before.end(1), {"weeks": _count(before[1], int)}))
        if behind := _FOR_SO_MANY.match(text, each.end):
            found.append(Span(behind.start(1), behind.end(), {"weeks": _count(behind[1], int)}))
    for match in _MONTHS.finditer(text):
        if any(abs(match.start() - each.end) < 25 for each in per_week):
            found.append(Span(match.start(), match.end(), {"weeks": 4 * (int(match[1]) if match[1].isdigit() else 1)}))
    for match in _TOTAL.finditer(text):
        group = next(n for n in (1, 2, 3) if match[n])
        if 1 < int(match[group]) <= 120 and not _another(text, match):
            found.append(Span(match.start(), match.end(), {"total_visits": int(match[group])}))
    kept: list[Span[dict[str, object]]] = []
    for each in sorted(found, key=lambda span: span.start):
        if not any(other.start < each.end and each.start < other.end and other.value.keys() == each.value.keys() for other in kept):
            kept.append(each)
    return kept


def _another(text: str, match: re.Match[str], *, often: bool = False) -> bool:
    """Whether the count is of something else: visits a plan allows, therapy elsewhere, falls. `often`: it says how often a
    week, which no plan's "first" or "after" counts."""
    found = _ANOTHERS.search(text[max(0, match.start() - 30) : match.start()])
    return found is not None and not (often and re.match(r"(?i)first|after", found[0]))


def _count(said: str, kind: type[int] | type[float]) -> object:
    ends = re.findall(r"\d+", re.sub(r"(?i)\bone\b", "1", said))
    return f"{ends[0]}-{ends[1]}" if len(ends) == 2 else kind(ends[0])
