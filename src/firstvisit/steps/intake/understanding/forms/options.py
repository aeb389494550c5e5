"""Ticked boxes that no label took: what they say tells what they are. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from firstvisit.steps.intake.understanding.forms.reading import Reading
from firstvisit.steps.intake.understanding.forms.values.care import read_service
from firstvisit.steps.intake.understanding.forms.values.cover import payer_kind
from firstvisit.steps.intake.understanding.forms.values.papers import read_documents
from firstvisit.steps.intake.understanding.forms.values.register import READERS
from firstvisit.steps.intake.understanding.forms.values.said import Asked, Said
from firstvisit.steps.intake.understanding.found import Found


def ticked(page: Reading) -> Iterator[Found]:
    """Ticked boxes that no label took: what they say tells what they are."""
    for run in page.rest:
        if run.ticked:
            for said in option(run.text, page.written_on):
                yield page.as_found(said, [run], 1.0, "label")


def option(text: str, written_on: dt.date) -> Iterator[Said]:
    """What the words behind a ticked box say by themselves."""
    asked = Asked(text, "", "patient", written_on)
    found = [*read_service(asked)]
    if re.fullmatch(r"\W*(?:m|f|male|female)\W*", text, re.I):
        found += READERS["sex"](asked)
    if not found:
        found += READERS["timing"](asked)
    if not found and re.search(
        r"\b(?:notes?|summary|report|IEP|order|H&P|prescription|script)\b", text, re.I
    ):
        found += read_documents(asked)
    if not found and len(text.split()) <= 3:
        found += READERS["setting"](asked)
    if not found and re.search(r"\bauth|approved|pending|required", text, re.I):
        found += READERS["authorization"](asked)
    if not found:
        kind = payer_kind(text)
        if kind:
            found.append(Said("payers.0.kind", kind, 0, len(text), 0.93))
    yield from found
