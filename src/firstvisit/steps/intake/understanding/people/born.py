"""When the patient was born and how old they are. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.understanding.finding import rule_of
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.people.naming import Naming
from firstvisit.steps.intake.understanding.values import dates, events
from firstvisit.steps.intake.understanding.values.dates import Day
from firstvisit.steps.intake.understanding.values.names import NAME
from firstvisit.steps.intake.understanding.values.span import Span
from firstvisit.steps.intake.understanding.values.spoken import view

_BORN: Final = re.compile(
    r"(?:\bborn\b|(?<=\()b\.|\bd\.?o\.?b\b|birth|nacid|naci[oó]|nacimiento|cumplea[nñ]os|\bbday\b"
    r"|\bturn(?:s|ed|ing)? (?:\w+|\d+)\b)[^.;\n]{0,45}$",
    re.I,
)
_ALONE: Final = re.compile(
    r"(?i)(?:[^\w]|\b(?:it's|it is|that's|that is|his is|hers is|mine is|and|um+|uh+|so|well|oh|yes|yeah|sure|the|on|of"
    r"|okay|es|el|his|hers|he|she)\b)*"
)
"""What may stand around a day that is said by itself."""
_ROW: Final = re.compile(
    r"\W*(?:(?:and|um+|uh+|it's|so|okay|yes|yeah|sure|his|hers|mine)\W+)*"
    r"\d{1,2}[\s,.-]{1,3}\d{1,2}(?:st|nd|rd|th)?[\s,.-]{1,3}(?:(?:19|20)\d\d|\d\d)\W*"
)
_EIGHT_DIGITS: Final = re.compile(r"\s*((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\s*")
"""A day as machines write it: 19380906."""
_NEWBORN: Final = 3
"""Days within which a day in a call is rather the call's than a birth's."""
_LONG_AGO: Final = 365 * 2
_OLD: Final = re.compile(r"(?i)\b(?:years?|yrs?|months?)[- ]?old|\bage[ds]?\b|\ba[nñ]os\b")
_OF_BIRTH: Final = re.compile(r"(?i)\bborn\b|\bd\.?o\.?b\b|birth|\bnac")
_SAYS_ELSE: Final = re.compile(
    r"(?i)\b(?:injur\w*|surgery|accident|discharg\w*|since|on|meeting|doi|dos|onset|fell|last seen|date of (?:injury"
    r"|surgery|loss)|submitted|expires?|effective|operat\w+|diagnosed|iep)\W*(?:\w+\W+){0,2}$"
)
_SPELLED_ONLY: Final = re.compile(r"\W*(?:(?:[A-Z][-. ]+){2,}[A-Z]?)?\W*")
_SPELLS_OWN: Final = re.compile(
    rf".*\b(?:I'm|I am|this is|name is)\s+{NAME},?\s+(?:[A-Za-z][-. ]){{2,}}[A-Za-z]\W+"
)
_YES: Final = re.compile(
    r"(?i)\W*(?:yes|yeah|yep|correct|that's (?:right|correct|it)|right|uh-huh|exactly|sí)\b"
)
_BEHIND_NAME: Final = re.compile(
    rf"(?:^|\s|\*)({NAME})\s*(?:,|-|–|\(|\s|:|\|)+(?:(?:F|M|female|male|she|he|\d+ ?(?:yo|y/o))\W+)?$"
)
_COUNTS_ELSE: Final = re.compile(
    r"(?i)\b(?:at age|turning|turns|until|by age|after age|for|last|past|since|about|over|after|grade|room|apt|x|in|within)\s*$"
)


def birth(naming: Naming, passage: Passage) -> None:
    """A day with its year that is asked for, announced or stands behind the patient's name."""
    text, finding = passage.view.text, naming.finding
    asked = passage.about("dob")
    if asked and (plain := _EIGHT_DIGITS.fullmatch(passage.text)):
        year, month, day = plain.groups()
        finding.add("patient.date_of_birth", f"{year}-{month}-{day}", passage, 0, len(passage.text), rule_of(passage))
        return
    spoken = naming.told.channel == "phone"
    in_a_row = asked or bool(_OF_BIRTH.search(text)) or (spoken and bool(_ROW.fullmatch(text)))
    for span in dates.days(text, naming.told.written_on, birth=True, in_a_row=in_a_row):
        before, after = text[max(0, span.start - 50) : span.start], text[span.end :]
        day = span.value
        if not day.year_said or day.date > naming.told.written_on or (spoken and (naming.told.written_on - day.date).days < _NEWBORN and not _BORN.search(before)):
            continue
        cued = bool(_BORN.search(before)) or bool(re.match(r"\s*\(?(?:dob|birth)", after, re.I))
        if cued or (asked and not _says_else(before)):
            rule = rule_of(passage, "said of the patient") if asked else "said of the patient"
            finding.add_span("patient.date_of_birth", _iso(span), passage, rule)
        elif _with_the_name(passage, text[: span.start], after):
            finding.add_span("patient.date_of_birth", _iso(span), passage, "asked and answered", 0.03)
        elif (_beside_name(naming, passage, text, span.start) and not _says_else(before)) or (
            spoken
            and _ALONE.fullmatch(text[: span.start] + after)
            and (naming.told.written_on - day.date).days > 60
        ):
            finding.add_span("patient.date_of_birth", _iso(span), passage, "named in a sentence")


def _with_the_name(passage: Passage, before: str, after: str) -> bool:
    """Whether a day is all that an answer for a name says besides, or follows the letters of one."""
    named = passage.about("name", "patient name") and _SPELLED_ONLY.fullmatch(before + after)
    return bool(named or _SPELLS_OWN.fullmatch(before))


def only_day(naming: Naming) -> None:
    """Of a call the one day of long ago that belongs to nothing else that happened, for each patient."""
    for patient in range(naming.told.patients):
        if naming.told.channel == "phone" and not naming.finding.values("patient.date_of_birth", patient):
            _only_day_of(naming, patient)


def _only_day_of(naming: Naming, patient: int) -> None:
    told, finding = naming.told, naming.finding
    left = []
    for passage in told.passages:
        if passage.patient not in (None, patient):
            continue
        text = passage.view.text
        for span in dates.days(text, told.written_on, birth=True):
            old = (told.written_on - span.value.date).days > _LONG_AGO
            if not span.value.year_said or not old or _says_else(text[max(0, span.start - 50) : span.start]):
                continue
            if not events.events(text, [], told.written_on):
                left.append((span, passage))
    if len({span.value.date for span, _ in left}) == 1:
        span, passage = left[0][0], replace(left[0][1], patient=patient)
        finding.add_span("patient.date_of_birth", _iso(span), passage, "named in a sentence")


def confirmed(naming: Naming, passage: Passage) -> None:
    """ "January 12th, 1953?" - "That's right." """
    if passage.zone != "answer" or not _YES.match(passage.text):
        return
    told = naming.told
    for span in dates.days(view(passage.question).text, told.written_on, birth=True):
        long_ago = span.value.year_said and (told.written_on - span.value.date).days > 365
        if long_ago and any(each.about("dob") for each in told.passages):
            day = span.value.date.isoformat()
            naming.finding.add(
                "patient.date_of_birth", day, passage, 0, len(passage.text), "asked and answered"
            )


def _beside_name(naming: Naming, passage: Passage, text: str, at: int) -> bool:
    """Whether a date stands right behind the patient's name, a sex or an age: "Rosemary Whitacre, F, 08/21/1963"."""
    return bool(_BEHIND_NAME.search(text[:at])) and bool(
        any(m.passage is passage and m.role in ("patient", "self") for m in naming.finding.mentions)
        or passage.about("patient name", "name")
        or re.match(rf"\s*{NAME}\s*(?:,|-|–)", text)
    )


def age(naming: Naming, passage: Passage) -> None:
    """Whole years; months where they are asked for."""
    text, finding = passage.view.text, naming.finding
    for span in dates.ages(text):
        before = text[max(0, span.start - 30) : span.start]
        said_old = re.search(r"old|y/o", text[span.start : span.end + 5], re.I)
        if _COUNTS_ELSE.search(before) and not said_old:
            continue
        if naming.told.channel == "phone" and not said_old and (_OF_BIRTH.search(before) or re.match(r"\.\d", text[span.end :])):
            continue  # a day of birth in numbers, a temperature
        if naming.writing.writer == "relative" and re.search(r"(?i)\bI(?:'m| am)\s*$", before):
            continue
        rule = rule_of(passage, "said of the patient") if passage.about("age") else "said of the patient"
        if _fits(naming, span.value, passage):  # else a number that only looks like an age
            finding.add_span("patient.age_years", span, passage, rule)
    if not passage.about("age"):
        return
    years = re.match(r"\s*(\d{1,3})\s*(?:years?|yrs?|a[nñ]os|$|,|\.|y/?o)", text, re.I)
    months = re.match(r"\s*(\d{1,2})\s*(?:months?|mos?)\b", text, re.I)
    match, each = (years, 1) if years and not dates.ages(text) else (months, 12)
    if match:
        value = int(match[1]) // each
        finding.add("patient.age_years", value, passage, match.start(1), match.end(1), rule_of(passage))


def _fits(naming: Naming, years: int, passage: Passage) -> bool:
    """Whether a number said in a call is near the age that the birth date gives, or stands beside a word for an age."""
    births = naming.finding.values("patient.date_of_birth", passage.patient or 0)
    said = passage.about("age") or _OLD.search(passage.view.text)
    if naming.told.channel != "phone" or not births or said:
        return True
    days = [(naming.told.written_on - dt.date.fromisoformat(str(each.value))).days for each in births]
    return any(abs(each / 365.25 - years) < 2 for each in days)


def _iso(span: Span[Day]) -> Span[str]:
    return Span(span.start, span.end, span.value.date.isoformat())


def _says_else(before: str) -> bool:
    return bool(_SAYS_ELSE.search(before)) and not _BORN.search(before)
