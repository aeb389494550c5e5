"""What is wanted, behind its labels: complaint, therapy, place, time, visits, dates of what happened. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from firstvisit.steps.intake.understanding import mend
from firstvisit.steps.intake.understanding.forms.values.said import LETTER, NONE, WORDS, Asked, Reads, Said
from firstvisit.steps.intake.understanding.values import care, dates, half_days, plans_of_care

_ADDED: Final = re.compile(r"\b(?:see|per) (?:attached|chart|notes?|below)\b", re.I)


def read_concern(asked: Asked) -> Iterator[Said]:
    text = asked.text.strip()
    if len(LETTER.findall(text)) >= 4 and not NONE.match(text) and not _ADDED.fullmatch(text):
        yield Said("concern", text, 0, len(asked.text), 0.95)


_SHORT_THERAPY: Final = re.compile(
    r"(?<![\w/])(?:(OT|O\.T\.|Occupational)|(PT|P\.T\.|Physical)|(SLP|ST|S\.T\.|Speech(?:[ /-]Language)?))(?![\w/]*\w)",
    re.IGNORECASE,
)


def read_service(asked: Asked) -> Iterator[Said]:
    """Therapies, and whether an evaluation or treatment is wanted."""
    yield from therapies(asked.text)
    text = asked.text
    if re.search(r"evaluate and treat", asked.label, re.I):
        yield Said("service", "evaluation_and_treatment", 0, len(text))
        text = ""
    for span in care.services(text):
        yield Said("service", span.value, span.start, span.end)
        break
    else:
        if match := re.search(r"\b(?:eval\w*|assess\w*|consult\w*)\b", text, re.I):
            treats = re.search(r"\btreat\w*|\btx\b", text, re.I)
            yield Said(
                "service",
                "evaluation_and_treatment" if treats else "evaluation",
                match.start(),
                match.end(),
                0.95,
            )
        elif match := re.search(
            r"\b(?:continue|resume|treat(?:ment)?(?: only)?|therapeutic exercise)\b", text, re.I
        ):
            yield Said("service", "treatment", match.start(), match.end(), 0.93)
    for span in care.settings(text):
        if span.value == "home":
            yield Said("setting", "home", span.start, span.end, 0.95)
            break
    yield from read_visits(asked)


_SHORT_FOR_OTHERS: Final = frozenset({"pt", "Pt", "st", "St", "ot"})
"""A patient, a saint, a street."""


def _is_street(text: str, match: re.Match[str]) -> bool:
    """ "52 VESPER ST, PORTLAND"."""
    return match[0].upper() == "ST" and bool(re.search(r"\b\d+ (?:[A-Z]\.? )?[\w' ]{2,24} $", text[: match.start()]))


def therapies(text: str) -> Iterator[Said]:
    seen = set()
    for match in _SHORT_THERAPY.finditer(text):
        word = "OT" if match[1] else "PT" if match[2] else "SLP"
        if word not in seen and match[0] not in _SHORT_FOR_OTHERS and not _is_street(text, match):
            seen.add(word)
            yield Said("disciplines", word, match.start(), match.end())
    for span in care.disciplines(text):
        if span.value[0] not in seen:
            seen.add(span.value[0])
            yield Said("disciplines", span.value[0], span.start, span.end)


_WHERE: Final = {
    name: WORDS.any_of(f"setting.{name}", r"\b%s\b") for name in ("telehealth", "school", "home", "clinic")
}
_HOW_SOON: Final = {
    "asap": (WORDS.any_of("timing.asap", r"\b%s\b"), 0.95),
    "two_weeks": (WORDS.any_of("timing.two_weeks", r"\b%s\b"), 0.9),
    "within_month": (WORDS.any_of("timing.within_month", r"\b%s\b"), 0.8),
    "later": (WORDS.any_of("timing.later", r"\b%s\b"), 0.85),
}


def read_setting(asked: Asked) -> Iterator[Said]:
    found = [(name, match) for name, shape in _WHERE.items() if (match := shape.search(asked.text))]
    if len(found) == 1 and len(asked.text) < 60:
        name, match = found[0]
        yield Said("setting", name, match.start(), match.end())
    yield from read_availability(asked)


def read_timing(asked: Asked) -> Iterator[Said]:
    for span in care.timings(asked.text)[:1]:
        yield Said("timing", span.value, span.start, span.end)
        return
    for word, (shape, sure) in _HOW_SOON.items():
        if match := shape.search(asked.text):
            yield Said("timing", word, match.start(), match.end(), sure)
            return
    for day in dates.days(mend.day(asked.text, asked.written_on), asked.written_on)[:1]:
        if how_soon := care.timing_of_day(day.value.date, asked.written_on):
            yield Said("timing", how_soon, day.start, day.end, 0.86)


_NUMBERS: Final = "one two three four five six seven eight nine ten eleven twelve".split()
_COUNTED: Final = re.compile(
    rf"(?i)\b({'|'.join(_NUMBERS)})(?=(?:\s+|-)(?:weeks?|wks?|visits?|sessions?|months?)\b)"
)


def _in_digits(text: str) -> str:
    """ "for four weeks" as "for 4 weeks"."""
    return _COUNTED.sub(lambda word: str(_NUMBERS.index(word[1].lower()) + 1), text)


def read_visits(asked: Asked) -> Iterator[Said]:
    text = _in_digits(re.sub(r"(?<=\d)\s?[*×]\s?|(?<=wk|ek)\s?x\s?(?=\d)", " x ", asked.text))
    same = len(text) == len(asked.text)
    whole: dict[str, object] = {}
    spans = plans_of_care.frequencies(text)
    for span in spans:
        whole.update(span.value)
    label = asked.label.lower()
    if not whole and (match := re.fullmatch(r"\D{0,4}(\d{1,3}(?:\s?-\s?\d{1,2})?)\D{0,12}", asked.text)):
        number = re.sub(r"\s", "", match[1])
        if re.search(r"duration|how long|weeks", label):
            whole["weeks"] = number if "-" in number else int(number)
        elif re.search(r"total|visits|sessions", label) and "-" not in number:
            whole["total_visits"] = int(number)
        elif re.search(r"freq|per week|often", label):
            whole["visits_per_week"] = number if "-" in number else float(number)
    elif (
        not whole
        and re.search(r"duration|how long", label)
        and (match := re.search(r"\b(\d{1,2}(?:\s?-\s?\d{1,2})?)\s*(?:weeks?|wks?)\b", text))
    ):
        number = re.sub(r"\s", "", match[1])
        whole["weeks"] = number if "-" in number else int(number)
    if whole:
        ends = (spans[0].start, spans[-1].end) if spans and same else (0, len(asked.text))
        yield Said("frequencies", whole, *ends)


def event_of(kind: str) -> Reads:
    def read(asked: Asked) -> Iterator[Said]:
        text = mend.day(asked.text, asked.written_on)
        for span in dates.days(text, asked.written_on)[:1]:
            old = (asked.written_on - span.value.date).days > 366 * 12
            yield Said(
                "events",
                {"kind": kind, "date": span.value.date.isoformat()},
                span.start,
                span.end,
                0.7 if old else 1.0,
            )

    return read


def read_availability(asked: Asked) -> Iterator[Said]:
    said = half_days.coming(asked.text, asked=True)
    for value, n in half_days.half_days(said).items():
        yield Said("availability", value, said[n].start, said[n].end, 0.97)
