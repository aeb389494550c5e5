"""A label with its value. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.layout import Run


@dataclass(frozen=True, slots=True)
class Field:
    """One label with its value's runs, in reading order. `owner` is patient, contact, referrer, payer, us or other;
    `options` are what was ticked among its boxes, `boxes` whether it has any."""

    key: str
    label: str
    near: float
    value: tuple[Run, ...]
    owner: str
    box: Box
    page: int
    boxes: bool = False
    colon: bool = True
    of: int | None = None
    """Of a table with several patients: whose row or column it stands in, from 0; None for what stands outside."""

    @property
    def text(self) -> str:
        return " ".join(run.text for run in self.value)
