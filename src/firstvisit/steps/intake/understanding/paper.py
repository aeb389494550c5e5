"""A document of pages from first to last: forms by their labels, letters by sentences, and what kind of thing it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz import fuzz

from firstvisit.referral import red_flags
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.understanding import confidence, kinds, letters, texts
from firstvisit.steps.intake.understanding.forms.whole import read
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.layout import Sheet
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.prose import of_letters, of_somebody
from firstvisit.steps.intake.understanding.settle import Understood, settle
from firstvisit.steps.intake.understanding.written import Written, date_of, written

_COVER: Final = re.compile(
    r"\b(?:fax\s*(?:cover|transmittal|transmission)|cover\s*(?:sheet|page|letter)|facsimile)\b", re.IGNORECASE
)


def understand(pages: Sequence[Page], received_on: dt.date) -> Understood:
    """What `pages` say, settled into one record a patient; places are boxes on them."""
    form = read(pages, received_on)
    whole = written(form.sheets)
    day = date_of(form.written_on, whole.text, received_on)
    letter_pages = {sheet.page.number for sheet in form.letters}
    forms_say = [each for each in form.found if each.place.page not in letter_pages]
    found = list(forms_say)
    read_as_letter = [sheet for sheet in form.letters if not (forms_say and is_cover(sheet))]
    if read_as_letter and not forms_say:
        found += of_letters(read_as_letter, day, form.found, alone=True)
    else:
        # A form may hold a letter's paragraphs, and a packet letters beside its form:
        # they say what the form leaves open.
        others = [(sheet, _of_another(sheet, day, form.found, found)) for sheet in read_as_letter]
        for number, theirs in enumerate([said for _, said in others if said], 1 + _last_patient(found)):
            found += [replace(each, patient=number) for each in theirs]
        prose = [
            *(sheet for sheet, said in others if not said),
            *(sheet for sheet in form.sheets if sheet not in form.letters and _tells(sheet)),
        ]
        stated = {each.path for each in forms_say if each.confidence >= confidence.THRESHOLD}
        more = of_letters(prose, day, form.found, alone=False) if prose else []
        found += [each for each in more if each.path not in stated and not _of_name(each.path, stated)]
        found = of_somebody(found)
    if not found or not forms_say:
        sort = _sort_of_letters(whole, day)
    else:
        sort = _sort(whole.text, found)
    found = [each for each in found if each.path not in ("escalate", "escalate_reason", "not_a_referral")]
    found += _flags(whole, found) + _judged(whole, found, sort)
    return settle(found, channel="fax", received_on=day, sort=sort)


_LIKE: Final = 78
"""Of a hundred: names more alike than this may be one name seen twice."""


def _last_patient(found: Sequence[Found]) -> int:
    return max((each.patient for each in found), default=0)


def _of_another(sheet: Sheet, day: dt.date, of_layout: Sequence[Found], known: Sequence[Found]) -> list[Found]:
    """What a letter of a packet says, where it is about somebody else than the packet's forms: another name with
    another birth date. Nothing where it may be about one of theirs."""
    here = [replace(each, patient=0) for each in of_layout if each.place.page == sheet.page.number]
    said = of_letters([sheet], day, here, alone=True)
    name, born = _who(said, 0)
    if not name or not born or any(each.patient for each in said):
        return []
    for number in range(_last_patient(known) + 1):
        other, their_day = _who(known, number)
        if born == their_day or not other or fuzz.token_sort_ratio(name, other) >= _LIKE:
            return []
    return said


def _who(found: Sequence[Found], patient: int) -> tuple[str, str]:
    """Name and birth date that are surely said of a patient, "" for what is not."""
    sure = {
        each.path: str(each.value)
        for each in sorted(found, key=lambda each: each.confidence)
        if each.patient == patient and each.confidence >= confidence.THRESHOLD
    }
    name = " ".join(sure.get(path, "") for path in ("patient.first_name", "patient.last_name")).strip()
    return name.lower(), sure.get("patient.date_of_birth", "")


def is_cover(sheet: Sheet) -> bool:
    """Whether a page is a cover sheet: it says so, or says to whom, from whom and how many pages."""
    text = sheet.text
    parts = sum(
        bool(re.search(rf"(?im)(?:^|\s{{2,}}){word}\s*:", text))
        for word in ("to", "from", r"(?:#|no\.?|number)?\s*(?:of )?pages?", "re", "date")
    )
    return bool(_COVER.search(text)) or parts >= 3


def _tells(sheet: Sheet) -> bool:
    """Whether a page has sentences: long runs of small letters that end in a full stop."""
    long_ = [
        run.text for line in sheet.lines for run in line if len(run.text) > 55 and run.text.count(" ") >= 8
    ]
    return len(long_) >= 3


def _of_name(path: str, stated: set[str]) -> bool:
    """Whether a part of something is stated already, whose other parts another place must not add to."""
    part, _, name = path.rpartition(".")
    return (
        part in ("patient", "contact", "referrer")
        and name in ("first_name", "last_name", "name")
        and any(f"{part}.{other}" in stated for other in ("first_name", "last_name", "name"))
    )


def _sort_of_letters(whole: Written, day: dt.date) -> str:
    if not whole.words:
        return "unclear"
    return texts.understand(Told("fax", day, tuple(letters.passages(whole.text)))).sort


def _sort(text: str, found: Sequence[Found]) -> str:
    sure = {each.path for each in found if each.confidence >= confidence.THRESHOLD}
    patient = bool(sure & {"patient.last_name", "patient.first_name"})
    details = bool(sure & {"patient.date_of_birth", "patient.age_years"})
    wants = bool(sure & {"disciplines", "service", "program"})
    codes = bool(sure & {"diagnoses", "frequencies"})
    return kinds.judged(text, names_a_patient=patient and details, wants_care=wants, codes=codes).sort


def _judged(whole: Written, found: Sequence[Found], sort: str) -> list[Found]:
    """Whether it is a referral at all; what nobody can tell stays open."""
    if not whole.words or sort not in (*kinds.NOT_REFERRALS, "referral"):
        return []
    place, quote = whole.place(0, 1)
    del found
    return [
        Found(
            "not_a_referral",
            sort != "referral",
            confidence.of("in these words"),
            place,
            quote,
            "in these words",
        )
    ]


def _flags(whole: Written, found: Sequence[Found]) -> list[Found]:
    """Red flags anywhere on the pages: the first of each patient, whose page it stands on."""
    if not whole.words:
        return []
    sure = confidence.of("in these words")
    flagged: dict[int, list[Found]] = {}
    for start, sentence in _sentences(whole.text):
        if flags := red_flags.find(sentence):
            place, quote = whole.place(start, start + len(sentence))
            there = [each.patient for each in found if each.place.page == place.page]
            patient = max(sorted(set(there)), key=there.count) if there else 0
            reason = "; ".join(red_flags.RED_FLAGS[flag] for flag in flags)
            flagged.setdefault(
                patient,
                [
                    Found("escalate", True, sure, place, quote, "in these words", patient),
                    Found("escalate_reason", reason, sure, place, quote, "in these words", patient),
                ],
            )
    if flagged:
        return [each for pair in flagged.values() for each in pair]
    place, quote = whole.place(0, 1)
    return [Found("escalate", False, sure, place, quote, "in these words")]


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs, in which lines run on, each as one: a sentence may run over a line's end."""
    for match in re.finditer(r"\S(?:.|\n(?!\n))*", text):
        yield match.start(), match[0].replace("\n", " ")
