"""What a provider taxonomy code says of a therapist: discipline, specialty, whether an assistant.

Codes not in the list are still told apart by their stem, for sub-specialties are added every year. Source:
`nucc_taxonomy` in facts.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from firstvisit.reference import facts

_CODE: Final = re.compile(r"[0-9A-Z]{9}X", re.ASCII)
_STEMS: Final = {
    "225X": ("OT", False),
    "224Z": ("OT", True),
    "2251": ("PT", False),
    "2252": ("PT", True),
    "235Z": ("SLP", False),
    "2355S": ("SLP", True),
}


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """`specialty` is in our own words; None for a code of a known stem that is not listed."""

    code: str
    discipline: str
    assistant: bool
    specialty: str | None


def taxonomy(code: str) -> Taxonomy | None:
    """What a code of our disciplines says; None for any other code."""
    if not _CODE.fullmatch(code):
        return None
    stem = next((stem for stem in _STEMS if code.startswith(stem)), None)
    if stem is None:
        return None
    discipline, assistant = _STEMS[stem]
    listed = facts.table("nucc_taxonomy").get(code)
    return Taxonomy(code, discipline, assistant, listed.partition(", ")[2] if listed else None)
