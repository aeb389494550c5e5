"""What has been found in a text so far, and how a find is written down. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from firstvisit.steps.intake.understanding import confidence
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.parties import Mention, Writing
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.values.span import Span
from firstvisit.steps.intake.understanding.values.spoken import View

_OF_ALL: Final = ("lead_kind", "not_a_referral", "escalate", "escalate_reason", "asks")
"""What holds for every patient of a call, whoever was spoken of when it was said."""


@dataclass
class Finding:
    """One text on its way: who writes, whom they name, and the values found."""

    told: Told
    writing: Writing
    mentions: list[Mention]
    found: list[Found] = field(default_factory=list)

    def add(self, path: str, value: object, passage: Passage, start: int, end: int, rule: str, less: float = 0.0) -> None:
        """Note `value`, read from the characters `start` to `end` of the passage; what holds for all patients is noted for
        each. `less` is taken off the rule's confidence."""
        sure = max(0.0, confidence.of(rule) - less)
        place = Place(text=passage.where, span=(passage.start + start, passage.start + end))
        of_all = passage.patient is None or (bool(self.told.anchors) and path.partition(".")[0] in _OF_ALL)
        whose = range(self.told.patients) if of_all or passage.patient is None else (passage.patient,)
        for patient in whose:
            self.found.append(Found(path, value, sure, place, passage.text[start:end], rule, patient))

    def add_span(self, path: str, span: Span[object], passage: Passage, rule: str, less: float = 0.0, view: View | None = None) -> None:
        """As `add`, for a span of `view`, by default the passage's with digits."""
        start, end = (view or passage.view).back(span.start, span.end)
        self.add(path, span.value, passage, start, end, rule, less)

    def has(self, path: str, patient: int = 0) -> bool:
        """Whether something has been found under `path`."""
        return any(each.path == path and each.patient == patient for each in self.found)

    def values(self, path: str, patient: int = 0) -> list[Found]:
        """What has been found under `path`, the surest first."""
        return sorted((each for each in self.found if each.path == path and each.patient == patient), key=lambda e: -e.confidence)


def rule_of(passage: Passage, plain: str = "in these words") -> str:
    """The rule by the zone of a passage: behind a label, an answer, or in running words."""
    return {"label": "label", "answer": "asked and answered", "signature": "signature"}.get(passage.zone, plain)
