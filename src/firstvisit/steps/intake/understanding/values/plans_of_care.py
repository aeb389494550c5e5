"""How often and how long treatment is ordered, and when somebody can come."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding.values.span import Span, apart

_N: Final = r"(\d{1,2}(?:\s?(?:-|–|to|or)\s?\d{1,2})?)"
_TIMES: Final = r"(?:x(?:'s)?|×|times|visits?|sessions?|days|treatments?|veces|tx)"
_PER_WEEK: Final = (
    re.compile(rf"\b{_N}\s?{_TIMES}?\s?(?:/|\bper\b|\ba\b|\beach\b|\bevery\b|\bweekly\b|\bpor\b|\bx\b)\s?(?:wks?\b|weeks?\b|semana|w\b|(?<=weekly))", re.I),
    re.compile(rf"\b{_N}\s?x\s?/?\s?(?:wks?|weeks?|weekly|w)\b", re.I),
    re.compile(rf"\b{_N}\s?(?:times|x)?\s?weekly\b", re.I),
    re.compile(rf"\b{_N}\s?w\s?\d{{1,2}}\b", re.I),
    re.compile(r"\bfreq(?:uency)?[:\s]+" + _N + r"\s?(?:x|times|/|per)", re.I),
)
_WORDS_PER_WEEK: Final = (
    (re.compile(r"\bonce(?: (?:or twice))?(?: a| per| every| each)? ?week(?:ly)?\b|\bweekly\b(?! (?:basis|schedule|email))|\bonce weekly\b|\b1 (?:time|day|visit) (?:a|per) week|\bevery week\b|una vez (?:por|a la) semana", re.I), 1.0),
    (re.compile(r"\btwice(?: a| per| every| each)? ?week(?:ly)?\b|\btwice weekly\b|dos veces (?:por|a la) semana", re.I), 2.0),
    (re.compile(r"\b(?:three times|thrice) (?:a|per|each) week|tres veces (?:por|a la) semana", re.I), 3.0),
    (re.compile(r"\bevery other week\b|\bbi-?weekly\b|\bevery (?:two|2) weeks\b|cada dos semanas", re.I), 0.5),
)  # fmt: skip
_WEEKS: Final = re.compile(rf"(?:\bfor|x|×|\bpor|,|\bduring|/wk|weekly|week|w)\s*(?:about |up to |the next |a total of |total )?{_N}\s?-?\s?(?:wks?\b|weeks?\b|semanas|w\b)|\bduration[:\s]+{_N}\s?(?:wks?|weeks?)|\d\s?w\s?(\d{{1,2}})\b", re.I)
_MONTHS: Final = re.compile(r"\bfor (?:about )?(\d) months?\b", re.I)
_TOTAL: Final = re.compile(
    r"\b(\d{1,3})\s+(?:\w+\s)?(?:visits?|sessions?|treatments?|visitas|sesiones)\b(?!\s*(?:weekly\b|(?:a|per|each|every|/|x)\s*(?:week|wk|year|calendar|month)))|\b(?:visits|sessions)(?: approved| authorized| ordered)?[:\s]+(\d{1,3})\b|\btotal(?: of)?[:\s]+(\d{1,3})(?: visits)?\b", re.I
)
_ANOTHERS: Final = re.compile(r"(?:up to|more than|beyond|over|first|limit\w*|allow\w*|covers?|left|remaining|has|have|had|after|used|max\w*|missed|already|gets?|home|getting|exercis\w*|runs?|falls?|works?|day|school|going|max)\b[^.;\n]{0,15}$", re.I)


def frequencies(text: str) -> list[Span[dict[str, object]]]:
    """Parts of a frequency: {"visits_per_week"}, {"weeks"} or {"total_visits"}; ranges as "2-3"."""
    found: list[Span[dict[str, object]]] = []
    for shape in _PER_WEEK:
        for match in shape.finditer(text):
            if not _another(text, match):
                found.append(Span(match.start(), match.end(), {"visits_per_week": _count(match[1], float)}))
    for pattern, often in _WORDS_PER_WEEK:
        for match in pattern.finditer(text):
            value: object = "1-2" if "or twice" in match[0] else often
            if not _another(text, match):
                found.append(Span(match.start(), match.end(), {"visits_per_week": value}))
    per_week = apart(found)
    found = list(per_week)
    for match in _WEEKS.finditer(text):
        near = any(abs(match.start() - each.end) < 40 for each in per_week)
        if near or re.search(r"duration|\dw", match[0], re.I):
            group = next(n for n in (1, 2, 3) if match[n])
            found.append(Span(match.start(group), match.end(), {"weeks": _count(match[group], int)}))
    for match in _MONTHS.finditer(text):
        if any(abs(match.start() - each.end) < 25 for each in per_week):
            found.append(Span(match.start(), match.end(), {"weeks": int(match[1]) * 4}))
    for match in _TOTAL.finditer(text):
        group = next(n for n in (1, 2, 3) if match[n])
        if 1 < int(match[group]) <= 120 and not _another(text, match):
            found.append(Span(match.start(), match.end(), {"total_visits": int(match[group])}))
    kept: list[Span[dict[str, object]]] = []
    for each in sorted(found, key=lambda span: span.start):
        if not any(other.start < each.end and each.start < other.end and other.value.keys() == each.value.keys() for other in kept):
            kept.append(each)
    return kept


def _another(text: str, match: re.Match[str]) -> bool:
    """Whether the count is of something else: visits a plan allows, therapy elsewhere, falls."""
    return bool(_ANOTHERS.search(text[max(0, match.start() - 30) : match.start()]))


def _count(said: str, kind: type[int] | type[float]) -> object:
    ends = re.findall(r"\d+", said)
    return f"{ends[0]}-{ends[1]}" if len(ends) == 2 else kind(ends[0])


_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = {
    "mon": r"mon(?:day)?s?", "tue": r"tue(?:s(?:day)?)?s?", "wed": r"wed(?:nesday)?s?", "thu": r"thu(?:r(?:s(?:day)?)?)?s?",
    "fri": r"fri(?:day)?s?", "sat": r"sat(?:urday)?s?", "sun": r"sun(?:day)?s?",
}  # fmt: skip
_DIA: Final = {
    "mon": "lunes", "tue": "martes", "wed": "mi[eé]rcoles", "thu": "jueves", "fri": "viernes", "sat": "s[aá]bados?", "sun": "domingos?",
}  # fmt: skip
_ONE_DAY: Final = "|".join(f"(?P<{day}>{_DAY[day]}|{_DIA[day]})" for day in _DAYS)
_ANY_DAY: Final = "|".join(f"(?:{_DAY[day]}|{_DIA[day]})" for day in _DAYS)
_INITIALS: Final = re.compile(r"(?<![A-Za-z&])(?:M[ /,]?T[uh]?[ /,]?W[ /,]?(?:Th|R)?[ /,]?F?|M[ /,&]{1,3}W(?:[ /,&]{1,3}F)?|MWF|M-F|M–F|T[ /,&]{1,3}Th?|TTh|T/Th|Tu[ /&]{1,3}Th|TuTh)(?![A-Za-z&])")
_RANGE: Final = re.compile(rf"\b({_ANY_DAY})\.?\s?(?:-|–|to|through|thru|a)\s?({_ANY_DAY})\b", re.I)
_AM: Final = r"(?-i:AM\b|A\.M\.)|a\.m\.|(?<=\d)\s?am\b|(?<=\d )am\b|(?<=mon |tue |wed |thu |fri |sat )am\b|mornings?|before (?:noon|lunch|9|10|11|12|nine|ten|eleven|twelve|work|school)|ma[nñ]anas?|(?<!too )early(?= (?:morning|in the (?:day|morning)|is|are|works|please|appointment|slot|time)|\s*[,.;)]|\s*$)|forenoon|first thing in the morning|(?:between|from) \w+ (?:and|to|till|until) noon|(?:9|10|8|nine|ten|eight) (?:to|-) (?:noon|11|12|eleven|twelve)"
_PM: Final = (
    r"(?-i:PM\b|P\.M\.)|p\.m\.|(?<=\d)\s?pm\b|(?<=\d )pm\b|(?<=mon |tue |wed |thu |fri |sat )pm\b|afternoons?|evenings?|weeknights?|lunch ?(?:hour|time|break)s?|after (?:school|work|lunch|noon|3|4|5|1|2|6|12|three|four|five|one|two|six|1:30|2:30|3:30|4:30|5:30)(?:\s?:?\d\d)?|tardes?|"
    r"(?:at|from) (?:3|4|5|6)(?::\d\d)?(?![\d-])|dismissal|noches?|later in the day|(?<![\d-])(?:3|4|5)(?::\d\d)? ?(?:or later|onward|and after|on)\b"
)
_HALF: Final = re.compile(rf"(?:\b|(?<=\d))(?:(?P<am>{_AM})|(?P<pm>{_PM}))", re.I)
_ALL_DAYS: Final = re.compile(r"\b(?:any ?(?:week ?)?days?|weekdays?|every (?:week)?day|all week|each day|daily|cualquier d[ií]a|entre semana|lunes a viernes)\b", re.I)
_WEEKEND: Final = re.compile(r"\bweekends?\b|fines? de semana", re.I)
_EXCEPT: Final = re.compile(rf"\b(?:except|(?<=day )but|but not|besides|other than|not|excepto|menos)\s+(?:on\s+|el\s+|los\s+)?((?:{_ANY_DAY})(?:(?:,| or| and|/)\s*(?:{_ANY_DAY}))*)", re.I)
_CANNOT: Final = re.compile(rf"\b(?:not (?:before|until|after) (?:\d|ten|nine|eight|eleven|noon|two|three|four)|can't|cannot|can’t|won't|not available|unavailable|no (?:good|appointments)|doesn't work|don't work|never|not|drive)\b[^.;,]{{0,40}}?(?:{_ANY_DAY}|mornings?|afternoons?|evenings?|nights?)[^.;,]*", re.I)

_BUSY: Final = re.compile(
    r"\b(?:he|she|i|we|they)(?:'s|’s| is|'m|’m| am|'re| are| has| have)? (?:\w+ ){0,2}?(?:on light duty|at (?:\w+ ){1,2}in the|in (?:\w+ ){1,2}in the|at work|works?\b|working|in school|at school|in class|busy|naps?|asleep|at daycare|at camp|dialysis|"
    r"teach\w*|on shift|has class|have class)(?! from home)[^.;,]{0,30}?\b(?:mornings?|afternoons?|evenings?|nights?|days?|weekdays)\b", re.I
)  # fmt: skip
_WORKS_ON: Final = re.compile(
    rf"\b(?:i|he|she|we|they)(?:'m|’m|'s|’s| am| is| are)? (?:works?|working|teach(?:es)?|busy|in class|at work|not (?:here|available|free))(?: on)? (?:{_ANY_DAY})\b(?:(?:,| and| or|/)+\s*(?:{_ANY_DAY})\b)*", re.I
)  # fmt: skip
"""When somebody is taken otherwise: the half day in it is one in which they cannot come."""


def availability(text: str) -> list[Span[str]]:
    """Half days ("mon_am") in which somebody says they can come. Days beside a half that stands before or behind them
    take it; days without one are whole; a half without days is every weekday's."""
    found: list[Span[str]] = []
    text = re.sub(r"(?i)\bgood (?:morning|afternoon|evening)", lambda match: " " * len(match[0]), text)
    text = re.sub(r"(?i)^\W*(?:good )?(?:morning|afternoon|evening)(?=[,.!]|\s+(?:this|my|it's|i'm|i am|everyone|all|there|to|team)\b|\s*$)", lambda match: " " * len(match[0]), text) if not re.fullmatch(r"(?i)\W*(?:morning|afternoon|evening)s?\W*", text) else text
    text = re.sub(r"(?i)\b(?:trabaj\w+|clases?|escuela) (?:en|por|de) la (?:noche|tarde|ma[nñ]ana)s?", lambda match: " " * len(match[0]), text)
    text = _WORKS_ON.sub(lambda match: " " * len(match[0]), text)
    text = _BUSY.sub(lambda match: " " * len(match[0]), text)
    text = _CANNOT.sub(lambda match: match[0] if _EXCEPT.match(match[0]) else " " * len(match[0]), text)
    for clause in re.finditer(r"[^.;!?\n]+(?:\.(?=m\b)[^.;!?\n]*)*", text):
        found += _clause(clause[0], clause.start())
    kept: dict[str, Span[str]] = {}
    for each in found:
        kept.setdefault(each.value, each)
    return list(kept.values())


_NOT_DAYS: Final = re.compile(rf"(?:^|[.;,!]\s*)(?:just |but )?(?:not|no|never)\s+(?:on\s+)?((?:{_ANY_DAY})\b(?:(?:,| or| and|/)\s*(?:{_ANY_DAY})\b)*)\s*(?:[.,;!]|$)", re.I)


def days_excluded(text: str) -> set[str]:
    """Days that are ruled out by themselves: "Not Fridays." """
    return {day for match in _NOT_DAYS.finditer(text) for day in _named(match[1])}


def _clause(clause: str, at: int) -> list[Span[str]]:
    excluded = {day for match in _EXCEPT.finditer(clause) for day in _named(match[1])}
    clause = _EXCEPT.sub(lambda match: " " * len(match[0]), clause)
    marks: list[tuple[int, int, set[str]]] = []
    for match in _RANGE.finditer(clause):
        first, last = (_DAYS.index(next(iter(_named(match[n])))) for n in (1, 2))
        marks.append((match.start(), match.end(), {_DAYS[n % 7] for n in range(first, last + (7 if last < first else 0) + 1)}))
    for match in _INITIALS.finditer(clause):
        marks.append((match.start(), match.end(), _by_initials(match[0])))
    for match in _ALL_DAYS.finditer(clause):
        marks.append((match.start(), match.end(), set(_DAYS[:5])))
    for match in _WEEKEND.finditer(clause):
        marks.append((match.start(), match.end(), {"sat", "sun"}))
    for match in re.finditer(rf"\b(?:{_ONE_DAY})\b", clause, re.I):
        if match.lastgroup and not any(start <= match.start() < end for start, end, _ in marks) and not re.match(r"\d|\s+\d", clause[match.end():match.end()+2]):
            marks.append((match.start(), match.end(), {match.lastgroup}))
    halves = [(m.start(), m.end(), "am" if m["am"] else "pm") for m in _HALF.finditer(clause)]
    if not marks and not halves:
        return []
    if not marks:
        marks = [(halves[0][0], halves[-1][1], set(_DAYS[:5]))]
    return _joined(sorted(marks, key=lambda mark: mark[0]), halves, excluded, clause, at)


def _joined(
    marks: list[tuple[int, int, set[str]]], halves: list[tuple[int, int, str]], excluded: set[str], clause: str, at: int
) -> list[Span[str]]:
    """Days and halves of one clause: each group of days takes the halves up to the next group, a half before all days
    stands for those that have none of their own."""
    groups: list[tuple[int, int, set[str]]] = []
    for start, end, days in marks:
        between = clause[groups[-1][1] : start] if groups else ""
        if groups and not re.fullmatch(r"\s*,\s*or\s*", between) and re.fullmatch(r"\s*(?:,|/|&|\+|-|and|or|y|o|then|,\s*(?:and|or|y)|on|the|mostly|also|maybe|preferably)*\s*(?:on |the |maybe |los |el )*\s*", between, re.I):
            groups[-1] = (groups[-1][0], end, groups[-1][2] | days)
        else:
            groups.append((start, end, days))
    spans = []
    first = groups[0][0]
    leading = {half for start, _, half in halves if start < first}
    for n, (start, end, days) in enumerate(groups):
        until = groups[n + 1][0] if n + 1 < len(groups) else len(clause) + 1
        own = {half for begin, _, half in halves if start <= begin < until}
        halves_of = own or leading
        for day in _DAYS:
            if day in days and day not in excluded:
                for half in ("am", "pm"):
                    if not halves_of or half in halves_of:
                        spans.append(Span(at + start, at + end, f"{day}_{half}"))
    return spans


def _named(text: str) -> set[str]:
    return {match.lastgroup for match in re.finditer(rf"\b(?:{_ONE_DAY})\b", text, re.I) if match.lastgroup}


def _by_initials(text: str) -> set[str]:
    if "-" in text or "–" in text:
        return set(_DAYS[:5])
    letters = re.findall(r"Th|Tu|[MTWRF]", text)
    return {{"M": "mon", "T": "tue", "Tu": "tue", "W": "wed", "Th": "thu", "R": "thu", "F": "fri"}[each] for each in letters}
