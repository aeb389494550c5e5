"""One value as it was found: where, in which words, by which rule and how sure."""

from __future__ import annotations

from dataclasses import dataclass

from firstvisit.steps.intake.pages.page import Box


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a box of a page, or characters of a text.

    `text` names the text that `span` counts in: "body", "subject", "header", or the name of an attachment;
    `page` counts from 1. Exactly one of `box` and `span` is there.
    """

    page: int | None = None
    box: Box | None = None
    text: str = "body"
    span: tuple[int, int] | None = None

    def __str__(self) -> str:
        """As evidence keeps it: "page 2 box 0.100,0.200,0.310,0.216" or "body chars 118-131"."""
        if self.box is not None:
            return f"page {self.page} box {','.join(f'{edge:.3f}' for edge in self.box)}"
        if self.span is not None:
            where = f"page {self.page} " if self.page else ""
            return f"{where}{self.text} chars {self.span[0]}-{self.span[1]}"
        return self.text


@dataclass(frozen=True, slots=True)
class Found:
    """A value of the record, not yet settled.

    `path` is the record's ("patient.date_of_birth", "payers.0.member_id"); for its lists ("disciplines", "documents",
    "availability", "diagnoses", "events", "frequencies") it is the list's name and the value is one entry: a word, or
    a dict such as {"kind": "surgery", "date": "2026-03-03"}. `value` is as the JSON body of a referral would state
    it; `quote` are the words it was read from. `rule` names what found it ("label", "signature", "asked and answered"):
    confidence is stated, and measured, by rule. `patient` counts the patients of one item from 0.
    """

    path: str
    value: object
    confidence: float
    place: Place
    quote: str
    rule: str
    patient: int = 0
