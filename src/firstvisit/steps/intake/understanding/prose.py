"""Letters among pages: their sentences read as those of any text, and their head by its layout. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.understanding import confidence, letters, texts
from firstvisit.steps.intake.understanding.forms.reading import eye
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.layout import Sheet
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.values import names
from firstvisit.steps.intake.understanding.written import written

_OF_LETTERHEAD: Final = (
    "referrer.phone",
    "referrer.fax",
    "referrer.organization",
    "referrer.npi",
    "order_signed",
)
"""What the layout of a letter tells better than its sentences do."""


def of_letters(
    sheets: Sequence[Sheet], day: dt.date, of_layout: Sequence[Found], *, alone: bool
) -> list[Found]:
    letter = written(sheets, body=True)
    if not letter.words:
        return []
    told = Told("fax", day, tuple(letters.passages(letter.text)))
    numbers = {sheet.page.number for sheet in sheets}
    found = []
    for each in texts.understand(told).found:
        if each.place.span is None:
            continue
        each = _of_whom(each, letter.text, of_layout)
        place, quote = letter.place(*(each.place.span or (0, 1)))
        seen = (
            eye(letter.sure(*(each.place.span or (0, 1))), False, sheets[0].page.how)
            if _prints(each)
            else 1.0
        )
        # Beside a form, a letter says what the form leaves open, and does not outweigh it.
        sure = each.confidence * seen * (1.0 if alone else 0.97)
        found.append(replace(each, place=place, quote=quote, confidence=round(sure, 3)))
    found = [each for each in found if not _no_place(each, found)]
    if alone:
        found = _by_labels(of_somebody(found), [each for each in of_layout if each.place.page in numbers])
    if any(each.rule == "header" for each in of_layout if each.place.page in numbers) or _by_professional(
        found
    ):
        found = _from_an_office(found)
    # The head of a letter says the office's numbers better than a guess from its sentences.
    printed = {each.path for each in of_layout if each.place.page in numbers and each.path in _OF_LETTERHEAD}
    found = [
        each
        for each in found
        if each.path not in printed or each.rule not in ("guessed", "some of its words")
    ]
    known = {each.path for each in found if each.confidence >= confidence.THRESHOLD}
    heads = [each for each in of_layout if each.place.page in numbers and each.path in _OF_LETTERHEAD]
    return found + [each for each in heads if each.path not in known or each.rule == "header"]


_WHO: Final = ("patient.first_name", "patient.last_name", "patient.date_of_birth", "patient.age_years")
"""What makes somebody a patient of their own."""


def of_somebody(found: Sequence[Found]) -> list[Found]:
    """Of whom a document says no name, birth date or age is no further patient: what seemed theirs is the first one's."""
    somebody = {each.patient for each in found if each.path in _WHO}
    return [each if each.patient in somebody else replace(each, patient=0) for each in found]


def _by_labels(found: Sequence[Found], of_layout: Sequence[Found]) -> list[Found]:
    """A page of few labels is read as a letter; a name or a birth date behind its label goes before what its sentences
    say of the same."""
    if any(each.patient for each in found):
        return list(found)
    said = [each for each in of_layout if each.path in _WHO and each.rule == "label" and not each.patient]
    named = any(each.path == "patient.last_name" for each in said)
    paths = {each.path for each in said} | ({"patient.first_name", "patient.last_name"} if named else set())
    return [each for each in found if each.path not in paths] + said


_THEIRS: Final = re.compile(
    r"(?i)\b(?:she|he|they|patient|pt|his|her|their|mr|mrs|ms|miss|child|student|family|mother|father|"
    r"parents?|home|cell)\b"
    r"[^.;]{0,60}$"
)


def _of_whom(each: Found, text: str, of_layout: Sequence[Found]) -> Found:
    """A number in the sentences of a letter whose head has the office's own is the patient's,
    where they tell of them."""
    span = each.place.span
    office = any(head.path == "referrer.phone" and head.value != each.value for head in of_layout)
    if (
        each.path == "referrer.phone"
        and span
        and office
        and _THEIRS.search(text[max(0, span[0] - 90) : span[0]])
    ):
        return replace(each, path="patient.phone", confidence=confidence.of("named in a sentence"))
    return each


def _by_professional(found: Sequence[Found]) -> bool:
    return any(
        (each.path == "lead_kind" and each.value == "referral_partner")
        or (each.path == "referrer.credential" and each.confidence >= confidence.THRESHOLD)
        for each in found
    )


def _from_an_office(found: Sequence[Found]) -> list[Found]:
    """A letter under an office's head is written by somebody of it about somebody else: whoever signs is not the
    patient, and nobody writes of themselves."""
    signs = {
        str(each.value)
        for each in found
        if each.path in ("referrer.name", "contact.name") and each.rule == "signature"
    }
    relatives = any(each.path == "contact.name" for each in found)
    kept = []
    for each in found:
        if each.path == "contact.relationship" and each.rule == "follows from" and not relatives:
            continue
        if each.rule == "signature" and each.path.startswith(("patient.", "contact.")):
            continue
        if each.path == "contact.relationship" and each.value == "self":
            continue
        if each.path == "contact.name" and each.value in signs:
            continue
        if each.path == "lead_kind":
            each = replace(
                each, value="referral_partner", confidence=max(each.confidence, confidence.of("follows from"))
            )
        kept.append(each)
    return kept


def _no_place(each: Found, found: Sequence[Found]) -> bool:
    """ "BlueRiver Health Plan, ID 3310" is no city in Idaho."""
    if each.path not in ("patient.city", "patient.state", "patient.postal_code"):
        return False
    cities = [
        other for other in found if other.path == "patient.city" and other.place.page == each.place.page
    ]
    return any(
        names.is_organization(str(other.value)) and abs(other.place.box.top - each.place.box.top) < 0.02
        for other in cities
        if other.place.box and each.place.box
    )


def _prints(each: Found) -> bool:
    """Whether a value is spelled as it stood, so that a slip of the eye spoils it."""
    return isinstance(each.value, str) and bool(
        re.search(r"name|phone|fax|number|_id|npi|street|email|date", each.path)
    )
