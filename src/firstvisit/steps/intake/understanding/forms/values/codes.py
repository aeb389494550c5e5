"""Diagnosis codes and NPIs behind their labels, held against the list and the check digit. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from firstvisit.steps.intake.understanding import mend
from firstvisit.steps.intake.understanding.forms.values.said import Asked, Said
from firstvisit.steps.intake.understanding.values import codes


def read_npi(asked: Asked) -> Iterator[Said]:
    number = mend.npi(asked.text)
    if number:
        yield Said("referrer.npi", number, 0, len(asked.text))


def npis_in(text: str) -> Iterator[Said]:
    for span in codes.npis(text):
        yield Said("referrer.npi", span.value, span.start, span.end)


_CODE_LIKE: Final = re.compile(
    r"(?<![\w.])[A-TV-Za-tv-z][\dOoIlSZBCQDU][\dA-Za-z](?:\s?[.,·]\s?[\dA-Za-z]{1,4}|[\dA-Z]{1,4})?(?![\w])"
)

_FIRST_AS_ONE: Final = re.compile(r"(?<![\w.])1(\d[\dA-Z]\.[\dA-Z]{1,4})(?![\w.])")
"""A code that begins with I, read as beginning with 1."""


def read_diagnoses(asked: Asked) -> Iterator[Said]:
    """Codes of the list; a slip is put right where only one code is that near."""
    seen: set[str] = set()
    asked = asked._replace(text=re.sub(r"(?<!\w)\$(?=\d\d)", "S", asked.text))
    for match in _CODE_LIKE.finditer(asked.text):
        if not re.search(r"\d", match[0]):
            continue
        found = mend.code(match[0])
        if found is None or found[0] in seen:
            continue
        seen.add(found[0])
        # A category alone ("G56") among words may be anything.
        alone = len(found[0]) == 3 and not re.fullmatch(r"[\W\d]*[A-Z]\d[\dA-Z]\W*", asked.text)
        yield Said(
            "diagnoses",
            {"code": found[0]},
            match.start(),
            match.end(),
            0.6 if alone else 1.0 if found[1] else 0.92,
        )
    for match in _FIRST_AS_ONE.finditer(asked.text):
        found = mend.code(f"I{match[1]}")
        if found and found[1] and found[0] not in seen:
            yield Said("diagnoses", {"code": found[0]}, match.start(), match.end(), 0.9)
