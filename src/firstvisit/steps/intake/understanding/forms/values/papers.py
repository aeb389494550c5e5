"""What is enclosed, behind its label. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from firstvisit.steps.intake.understanding.forms.values.said import WORDS, Asked, Said

_ENCLOSED: Final = {
    kind: WORDS.any_of(f"enclosed.{kind}")
    for kind in (
        "order",
        "operative_note",
        "discharge_summary",
        "prior_evaluation",
        "iep",
        "clinical_notes",
    )
}
_TO_COME: Final = re.compile(r"\b(?:no|not|without|to follow|pending|will (?:send|fax))\W*$", re.I)


def read_documents(asked: Asked) -> Iterator[Said]:
    """What is enclosed; a list behind its label, so the bare words count."""
    taken: list[tuple[int, int]] = []
    for kind, shape in _ENCLOSED.items():
        for match in shape.finditer(asked.text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if _TO_COME.search(asked.text[max(0, match.start() - 20) : match.start()]):
                continue
            taken.append((match.start(), match.end()))
            yield Said("documents", kind, match.start(), match.end())
            break
