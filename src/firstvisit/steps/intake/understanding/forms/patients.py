"""Which patient of a document is spoken of. Pure."""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz

EVERYBODY: Final = -1
"""In place of a patient's number: said of every patient of the document."""


class Patients:
    """Which patient of the document is spoken of: another name with another birth date begins another."""

    def __init__(self) -> None:
        self.known: list[tuple[str, str | None]] = []
        self.now = 0

    def named(self, name: str, born: str | None) -> bool:
        """Turn to the patient of this name; False where a name without a birth date is nobody known."""
        for number, (known, known_born) in enumerate(self.known):
            like = (
                fuzz.token_sort_ratio(name.lower(), known.lower()) >= 78
                or fuzz.token_set_ratio(name.lower(), known.lower()) == 100
            )
            if like and (
                born is None or known_born is None or born == known_born or fuzz.ratio(born, known_born) >= 80
            ):
                self.now = number
                return True
            if (
                born is not None
                and born == known_born
                and fuzz.token_sort_ratio(name.lower(), known.lower()) >= 55
            ):
                self.now = number
                return True
        if self.known and born is None:
            return False
        self.known.append((name, born))
        self.now = len(self.known) - 1
        return True
