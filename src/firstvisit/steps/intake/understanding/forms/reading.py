"""One page on its way to values: how a value is noted, and how sure the eye was of it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from firstvisit.steps.intake.pages.page import Word
from firstvisit.steps.intake.understanding import confidence, mend
from firstvisit.steps.intake.understanding.forms.field import Field
from firstvisit.steps.intake.understanding.forms.patients import EVERYBODY, Patients
from firstvisit.steps.intake.understanding.forms.values.said import Said
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.layout import Run, Sheet, around

ILLEGIBLE: Final = "illegible"
"""The rule of what stands under a label and cannot be what the label asks for, as it was read."""


class Reading:
    """One page on its way to values: what it says, and of whom."""

    def __init__(
        self,
        sheet: Sheet,
        fields: Sequence[Field],
        rest: Sequence[Run],
        written_on: dt.date,
        patients: Patients,
    ) -> None:
        self.sheet, self.fields, self.rest, self.written_on = sheet, fields, rest, written_on
        self.patients = patients
        self.shared = False
        """Whether what comes is said of all patients: outside of their table, or before the first is named."""

    def as_found(self, said: Said, runs: Sequence[Run], near: float, rule: str) -> Found:
        words = list(_words_of(runs, said.start, said.end)) or [word for run in runs for word in run.words]
        seen = min((word.confidence for word in words if len(word.text) > 1), default=1.0)
        box = around(word.box for word in words)
        quote = " ".join(word.text for word in words)
        value, clear = self._spelled(said)
        sure = (
            confidence.of(rule)
            * said.sure
            * eye(seen, said.held or said.path in _CHECKED, self.sheet.page.how)
            * (1.0 if near > 0.99 else 0.97)
            * clear
        )
        return Found(said.path, value, round(sure, 3), Place(runs[0].page, box), quote, rule, self.whose())

    def _spelled(self, said: Said) -> tuple[object, float]:
        """A name as it must have stood, and how much of its confidence is left where a letter cannot be right."""
        if self.sheet.page.how == "text_layer" or not isinstance(said.value, str):
            return said.value, 1.0
        if said.path == "referrer.organization":
            return mend.house(said.value), 1.0
        if said.path not in _NAMES:
            return said.value, 1.0
        return mend.tilde(said.value), 0.86 if mend.is_slipped(said.value) else 1.0

    def whose(self) -> int:
        return EVERYBODY if self.shared or not self.patients.known else self.patients.now


def _words_of(runs: Sequence[Run], start: int, end: int) -> Iterator[Word]:
    """The words of `runs` that hold the characters `start` to `end` of their text."""
    at = 0
    for run in runs:
        for word in run.words:
            if at < end and start < at + len(word.text):
                yield word
            at += len(word.text) + 1


_NAMES: Final = frozenset({"patient.first_name", "patient.last_name", "contact.name", "referrer.name"})
_CHECKED: Final = frozenset(
    {"referrer.npi", "diagnoses", "disciplines", "service", "patient.sex", "documents", "frequencies"}
)
"""Fields whose reader knows a wrong reading when it sees one: a check digit, a list of codes, a few words."""


def eye(seen: float, held: bool, how: str) -> float:
    """What is left of a confidence when the engine was `seen` sure of its least sure word. RapidOCR says 0.97 and more
    of clear print and 0.9 of what it half guesses; Tesseract says 0.8 to 0.97 of the same print."""
    if how == "text_layer":
        return 1.0
    clear, guessed = (0.95, 0.9) if how == "rapidocr" else (0.8, 0.6)
    if seen >= clear:
        return 1.0
    left = (
        0.86 + 0.14 * (seen - guessed) / (clear - guessed)
        if seen > guessed
        else 0.86 * max(0.3, seen / guessed)
    )
    return 1 - (1 - left) * 0.25 if held else left
