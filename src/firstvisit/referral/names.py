"""Names of people: a check, and a split of a full name into first and last by plain rules.

No rule knows every culture's order; where the record has separate fields, ask for both instead of splitting.
"""

from __future__ import annotations

from typing import NamedTuple

from firstvisit.kernel.folding import folded
from firstvisit.referral.text import one_line

LONGEST_NAME = 100

_TITLES = frozenset({
    "dr", "mr", "mrs", "ms", "miss", "mx", "prof", "rev",
})  # fmt: skip
_SUFFIXES = frozenset({
    "jr", "sr", "ii", "iii", "iv",
})  # fmt: skip
_CREDENTIALS = frozenset({
    "md", "do", "np", "pa", "pa-c", "pac", "dpm", "dnp", "fnp", "fnp-bc", "fnp-c", "aprn", "cnp", "rn",
    "bsn", "pt", "dpt", "ot", "otr", "otr/l", "slp", "ccc-slp", "msw", "lcsw", "lmsw", "phd", "ccm",
    "cht", "ma", "ms", "med", "edd", "eds", "od", "dds", "dc", "cnm", "pnp", "faaos", "facs",
})  # fmt: skip
# A surname begins at the first of these that is not the first word: "Rosa de la Cruz", "Ludwig van Dyke".
_PARTICLES = frozenset({
    "af", "al", "ap", "bin", "bint", "da", "das", "de", "degli", "dei", "del", "della", "den", "der",
    "des", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le", "les", "lo", "los", "san", "santa",
    "st.", "ten", "ter", "van", "vander", "vom", "von", "y", "zu", "zum", "zur",
})  # fmt: skip


class PersonName(NamedTuple):
    """`last` keeps a generation suffix ("Smith Jr"), which tells a father from his son."""

    first: str | None
    last: str | None


def name_part(text: str) -> str:
    """One part of a name, or a whole one, as one line. Raises ValueError with a sentence."""
    text = text.strip()
    # Joiners are not printable either but belong to Persian and Indic spelling.
    if not text.isprintable() and any(not c.isprintable() and c not in "\u200c\u200d" for c in text):
        raise ValueError("A name cannot have line breaks or control characters; enter it on one line.")
    text = one_line(text, LONGEST_NAME)
    if not any(map(str.isalpha, text)):
        raise ValueError("A name needs at least one letter; enter the name, or leave it empty if unknown.")
    return text


def person_name(text: str) -> PersonName:
    """Splits a full name, written "First Middle Last" or "Last, First Middle".

    Titles in front ("Dr.") and credentials behind a comma ("MD") are dropped; a generation suffix stays with
    the last name; particles begin the last name; a single word is taken as the first name. Spelling and
    capitals stay as written. Raises ValueError with a sentence for what `name_part` refuses and for a text of
    nothing but titles.
    """
    parts = [part.split() for part in name_part(text).split(",")]
    head, tail = parts[0], []
    suffix: list[str] = []
    for part in parts[1:]:
        for word in part:
            if _bare(word) in _SUFFIXES:
                suffix.append(word.rstrip("."))
            elif not _is_credential(word):
                tail.append(word)
    while head and _bare(head[0]) in _TITLES and len(head) + len(tail) > 1:
        head = head[1:]
    while len(head) > 1 and _bare(head[-1]) in _SUFFIXES:
        suffix.insert(0, head[-1].rstrip("."))
        head = head[:-1]
    if tail:
        while len(tail) > 1 and _bare(tail[0]) in _TITLES:
            tail = tail[1:]
        first, last = tail, head
    else:
        cut = _surname_begins(head)
        first, last = head[:cut], head[cut:]
    if not first and not last:
        raise ValueError("This has no name in it; enter the first and the last name.")
    if last or len(first) > 1:
        last = last + suffix
    return PersonName(" ".join(first) or None, " ".join(last) or None)


def with_generation(last: str | None, suffix: str | None) -> str | None:
    """A last name with the suffix stated beside it, as `person_name` keeps it: "Smith" and "Jr." make "Smith Jr"."""
    word = (suffix or "").strip().rstrip(".")
    if not last or not word or _bare(last.split()[-1]) == word.lower():
        return last
    return f"{last} {word}"


def without_generation(last: str) -> str:
    """A last name without its generation suffix; a name that is nothing else stays."""
    words = last.split()
    while len(words) > 1 and _bare(words[-1]) in _SUFFIXES:
        words.pop()
    return " ".join(words)


def _surname_begins(words: list[str]) -> int:
    """The index of the first word of the last name; len(words) when there is none."""
    if len(words) < 2:
        return len(words)
    # The last word is never taken for a particle: somebody may be called "Kim Le".
    for index in range(1, len(words) - 1):
        if words[index].lower() in _PARTICLES:
            return index
    return len(words) - 1


def _is_credential(word: str) -> bool:
    # "Do" and "Ma" are names, "DO" and "M.A." are not.
    return word.lower().replace(".", "") in _CREDENTIALS and (len(word) > 2 or word.isupper())


def _bare(word: str) -> str:
    """A title or suffix in the form the lists above have it."""
    return word.rstrip(".").lower()


def crossed(first: str | None, last: str | None, other_first: str | None, other_last: str | None) -> bool:
    """Whether two first and last names are the same, each in the other's field; Jr and Sr aside."""
    if not (first and last and other_first and other_last) or folded(first) == folded(last):
        return False
    theirs = folded(without_generation(other_last)), folded(other_first)
    return (folded(first), folded(without_generation(last))) == theirs
