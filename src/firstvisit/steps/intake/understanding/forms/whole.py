"""Pages of words to values: fields, ticked boxes, letterhead, signature; several patients in one document.

What forms have in common, by layout and by the words they use; nobody's own form is known here. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.understanding.forms.conclusions import concluded
from firstvisit.steps.intake.understanding.forms.field import Field
from firstvisit.steps.intake.understanding.forms.fields import fields_of
from firstvisit.steps.intake.understanding.forms.page import said_on
from firstvisit.steps.intake.understanding.forms.patients import EVERYBODY, Patients
from firstvisit.steps.intake.understanding.forms.reading import ILLEGIBLE, Reading
from firstvisit.steps.intake.understanding.forms.values.register import READERS
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.layout import Sheet, sheet_of
from firstvisit.steps.intake.understanding.values import dates

_LONG_AGO: Final = 1000
"""Days; a date so far from the day a form came is not the one it was written on."""
_FEWEST: Final = 4
"""Known labels with a value that make a page a form rather than a letter."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a document of pages says, and which of its pages are letters, to be read as such."""

    found: tuple[Found, ...]
    letters: tuple[Sheet, ...]
    sheets: tuple[Sheet, ...]
    fields: tuple[Field, ...]
    written_on: dt.date


def read(pages: Sequence[Page], received_on: dt.date) -> Form:
    """Everything found on `pages`. `received_on` bounds dates and fills in years where the form has no date."""
    sheets = tuple(sheet_of(page) for page in pages)
    paired = [fields_of(sheet) for sheet in sheets]
    written_on = _written_on([each for fields, _ in paired for each in fields], sheets, received_on)
    patients = Patients()
    found: list[Found] = []
    letters: list[Sheet] = []
    for sheet, (fields, rest) in zip(sheets, paired, strict=True):
        known = [each for each in fields if each.key in READERS and (each.value or each.boxes)]
        if len({each.key for each in known}) < _FEWEST:
            letters.append(sheet)
        found += said_on(Reading(sheet, fields, rest, written_on, patients))
    found = _for_each(found, len(patients.known))
    legible = [each for each in found if each.rule != ILLEGIBLE]
    read_elsewhere = {(each.patient, each.path) for each in legible}
    illegible = [
        each for each in found if each.rule == ILLEGIBLE and (each.patient, each.path) not in read_elsewhere
    ]
    found = legible + illegible
    found += concluded(legible, [each for fields, _ in paired for each in fields], written_on)
    return Form(
        tuple(found),
        tuple(letters),
        sheets,
        tuple(each for fields, _ in paired for each in fields),
        written_on,
    )


def _written_on(fields: Iterable[Field], sheets: Iterable[Sheet], received_on: dt.date) -> dt.date:
    """The date that a form states for itself, else the day on which a fax machine sent it, else the day it came."""
    stated = [each.text for each in fields if each.key == "written"]
    for text in (*stated, *(sheet.header for sheet in sheets)):
        for day in dates.days(text, received_on):
            if day.value.year_said and abs((received_on - day.value.date).days) < _LONG_AGO:
                return day.value.date
    return received_on


def _for_each(found: Sequence[Found], patients: int) -> list[Found]:
    """What is said of everybody, said of each patient of whom the same is not said otherwise."""
    out = [each for each in found if each.patient != EVERYBODY]
    own = {(each.patient, each.path) for each in out}
    for each in found:
        if each.patient == EVERYBODY:
            out += [
                replace(each, patient=n)
                for n in range(max(patients, 1))
                if (n, each.path) not in own or patients <= 1
            ]
    return out
