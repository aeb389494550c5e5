"""Which patient of a document is spoken of. Pure."""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz

from firstvisit.reference.names import formal_names

_OTHER: Final = 50
"""Of a hundred: two given names less alike than this are two people's."""
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
            if _of_one_family(name, known):
                continue
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


def _of_one_family(one: str, other: str) -> bool:
    """Whether two names share a last name and differ in the first as no slip of the eye and no short form makes them:
    twins have their day of birth in common too."""
    first, second = (name.lower().replace(",", " ").split() for name in (one, other))
    mine = [word for word in first if word not in second]
    theirs = [word for word in second if word not in first]
    if len(mine) != 1 or len(theirs) != 1 or len(first) < 2 or 1 in (len(mine[0].strip(".")), len(theirs[0].strip("."))):
        return False
    a, b = mine[0], theirs[0]
    forms = formal_names()
    short = a in forms.get(b, ()) or b in forms.get(a, ()) or bool(set(forms.get(a, ())) & set(forms.get(b, ())))
    return not short and fuzz.ratio(a, b) < _OTHER
