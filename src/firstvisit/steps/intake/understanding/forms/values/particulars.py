"""Birth, age, sex and language behind their labels. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from firstvisit.steps.intake.understanding import mend
from firstvisit.steps.intake.understanding.forms.values.said import Asked, Said
from firstvisit.steps.intake.understanding.values import dates


def read_born(asked: Asked) -> Iterator[Said]:
    text = mend.day(_combed(asked.text), asked.written_on)
    for span in dates.days(text, asked.written_on, birth=True):
        if span.value.year_said and dt.date(1900, 1, 1) < span.value.date <= asked.written_on:
            same = text == asked.text
            yield Said(
                "patient.date_of_birth",
                span.value.date.isoformat(),
                span.start,
                span.end,
                1.0 if same else 0.93,
            )
            break


def _combed(text: str) -> str:
    """ "04152017", as a comb of boxes gives a day, with its strokes."""
    return re.sub(r"^\W*(\d\d)(\d\d)((?:19|20)\d\d)\W*$", r"\1/\2/\3", text)


def read_born_and_age(asked: Asked) -> Iterator[Said]:
    """A birth date, perhaps with the age behind it: "7/9/21 (4 yrs)"."""
    yield from read_born(asked)
    match = re.search(r"(?<![\d/.-])(\d{1,3})\s*-?(?:yo|y/o|y\.o|yrs?|years?)\b", asked.text, re.I)
    if match and int(match[1]) <= 110:
        yield Said("patient.age_years", int(match[1]), match.start(1), match.end(1))


def read_age(asked: Asked) -> Iterator[Said]:
    if match := re.match(r"\W*(\d{1,3})\b(?!\s*(?:mo|wk|/))", asked.text):
        if int(match[1]) <= 110:
            yield Said("patient.age_years", int(match[1]), match.start(1), match.end(1))
    elif spans := dates.ages(asked.text):
        yield Said("patient.age_years", spans[0].value, spans[0].start, spans[0].end)


def read_sex(asked: Asked) -> Iterator[Said]:
    found = list(re.finditer(r"\b(?:(f|female|girl|woman)|(m|male|boy|man))\b", asked.text, re.IGNORECASE))
    kinds = {"female" if match[1] else "male" for match in found}
    if len(kinds) == 1:
        yield Said("patient.sex", kinds.pop(), found[0].start(), found[0].end())


def read_born_and_sex(asked: Asked) -> Iterator[Said]:
    yield from read_born(asked)
    rest = re.sub(r"\d[\d/.-]+\d", lambda match: " " * len(match[0]), asked.text)
    yield from read_sex(asked._replace(text=rest))
    if match := re.search(
        r"(?<![\d/.-])(\d{1,3})(?:\s*(?:yo|y/o|yrs?|years?|y)\b|(?=\s*(?:/|,|$|[MF]\b)))", rest
    ):
        yield Said("patient.age_years", int(match[1]), match.start(1), match.end(1))


def read_language(asked: Asked) -> Iterator[Said]:
    from firstvisit.referral.vocabulary import LANGUAGES

    for language in LANGUAGES:
        match = re.search(rf"\b{language}\b", asked.text, re.IGNORECASE)
        if match and language != "English":
            yield Said("patient.language", language, match.start(), match.end())
            return
    if re.search(r"\bASL\b", asked.text):
        yield Said("patient.language", "American Sign Language", 0, len(asked.text))
