"""Slips of the eye put right: O for 0, I for 1, S for 5, and the like. Only where a check says that what comes out is right:
a check digit, the list of codes, a ZIP with its city, the numbering plan, the calendar. Pure."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import Final

from rapidfuzz import fuzz

from firstvisit.kernel.folding import folded
from firstvisit.reference import icd10cm, zips
from firstvisit.reference.names import surnames
from firstvisit.referral.vocabulary import npi_ok

_DIGIT: Final = str.maketrans("OoQDCUuIl|!iZzSsBGbTAgq", "00000001111122558667499")
"""Letters that are read where a digit was printed."""
_LOOKS_LIKE: Final = {
    "0": "OCQDU", "1": "IL7", "2": "Z", "5": "S", "8": "B3", "6": "G", "7": "1T", "4": "A", "9": "G", "3": "8",
    "O": "0", "J": "I", "C": "0G", "Q": "0", "D": "0", "U": "0", "I": "1", "L": "1I", "Z": "2", "S": "5", "B": "8", "G": "6C", "T": "7", "A": "4",
}  # fmt: skip


def digits(text: str) -> str:
    """`text` with letters that look like digits as digits, where digits prevail."""
    return re.sub(r"\b[\w|!()./-]*\d[\w|!()./-]*\b", lambda match: _as_digits(match[0]), text)


def _as_digits(word: str) -> str:
    marks = [letter for letter in word if letter.isalnum() or letter in "|!"]
    if 2 * sum(letter.isdigit() for letter in marks) < len(marks):
        return word
    return word.translate(_DIGIT)


def npi(text: str) -> str | None:
    """Ten digits with a right check digit that `text` shows, perhaps with one slip; None where there are none."""
    for candidate in re.findall(r"[\dA-Za-z|!]{10}", re.sub(r"(?<=\d)[ -](?=[\dOIlSB])", "", text)):
        plain = candidate.translate(_DIGIT)
        if plain.isdigit() and npi_ok(plain):
            return str(plain)
    return None


def code(text: str) -> tuple[str, bool] | None:
    """The ICD-10-CM code that a word shows, and whether it stood there without a slip. None where no code or more than
    one is as near."""
    bare = re.sub(r"[^A-Z0-9.]", "", text.upper().replace(",", "."))
    bare = bare.strip(".")
    if not 3 <= len(bare.replace(".", "")) <= 7:
        return None
    if _is_code(bare):
        return _dotted(bare), True
    word = bare.replace(".", "")
    near = {
        changed
        for changed in _changed(word)
        if re.match(r"[A-TV-Z]\d[0-9AB]", changed) and _is_code(_dotted(changed))
    }
    return (_dotted(near.pop()), False) if len(near) == 1 else None


def _changed(word: str) -> list[str]:
    """`word` with one or two of its marks taken for what they look like."""
    places = [n for n, letter in enumerate(word) if letter in _LOOKS_LIKE]
    found = []
    for count in (1, 2):
        for chosen in itertools.combinations(places, count):
            for others in itertools.product(*(_LOOKS_LIKE[word[n]] for n in chosen)):
                letters = list(word)
                for n, other in zip(chosen, others, strict=True):
                    letters[n] = other
                found.append("".join(letters))
        hits = [each for each in found if re.match(r"[A-TV-Z]\d[0-9AB]", each) and _is_code(_dotted(each))]
        if hits:
            return hits
    return found


def _dotted(word: str) -> str:
    bare = word.replace(".", "")
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare


def _is_code(word: str) -> bool:
    # Three characters without a dot are a category; printed alone they are as often a word or a room.
    return (len(word.replace(".", "")) > 3 and icd10cm.is_code(_dotted(word))) or (len(word) == 3 and icd10cm.is_code(word))


def place(city: str | None, state: str | None, postal_code: str | None) -> tuple[str | None, str | None, bool]:
    """City and state put right by the ZIP where they are one slip from it, and whether all three now agree."""
    known = zips.place(postal_code) if postal_code else None
    if known is None:
        return city, state, False
    agrees = True
    if city and known.city.lower() != city.lower():
        one_letter = len(city) == len(known.city) and sum(a != b for a, b in zip(city, known.city, strict=True)) == 1
        if one_letter or (fuzz.ratio(city.lower(), known.city.lower()) >= 80 and abs(len(city) - len(known.city)) <= 2):
            city = known.city
        else:
            agrees = False
    if state and state != known.state:
        # One letter off, and the city is the ZIP's.
        if agrees and city and sum(a != b for a, b in zip(state, known.state, strict=False)) == 1:
            state = known.state
        else:
            agrees = False
    return city, state, agrees


def day(text: str, today: dt.date) -> str:
    """A date's digits put right: "O3/l4/1961" is 03/14/1961; what is no date stays as it is."""
    # "14-Jul-1955"
    text = re.sub(r"\b(\d{1,2})[-/.]([A-Za-z]{3,9})[-/.](\d{4})\b", r"\1 \2 \3", text)
    mended = re.sub(r"[\dOoIl|SsBZzQ!]{1,4}(?:[/.-][\dOoIl|SsBZzQ!]{1,4}){1,2}", lambda m: m[0].translate(_DIGIT), text)
    # "12 /14/ 1978" and "12/14.1978"
    return re.sub(r"(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{2,4})\b", r"\1/\2/\3", mended) if not re.match(r"\d{4}-", mended) else mended


_SLIPPED: Final = re.compile(r"[bcdfgkmnpstvwxz]l[bcdfgkmnpstvwxz]|[bcdfgmnpstv]l[nc]\b|qul[bcdfgkmnpstvwxz]", re.I)


def is_slipped(name: str) -> bool:
    """Whether a name has an l where no English or Spanish word has one and an i would fit: "Crispln"."""
    return any(_SLIPPED.search(word[1:]) for word in name.split())


def tilde(name: str) -> str:
    """A name in which ñ was read as "fi" put right, where only that makes a known last name of it: "Pefia"."""

    def right(match: re.Match[str]) -> str:
        word = match[0]
        known = surnames()
        slipped = "fi" in word and folded(word) not in known and folded(word.replace("fi", "n", 1)) in known
        return word.replace("fi", "ñ", 1) if slipped else word

    return re.sub(r"[^\W\d_]{4,}", right, name)


_OF_HOUSES: Final = (
    "clinic medical medicine family pediatric pediatrics children physicians specialists institute hospital district "
    "elementary services rehabilitation primary internal surgical regional community university associates orthopedic "
    "orthopedics orthopaedic orthopaedics neurology sports spine pain surgery therapy office veterans affairs middle high "
    "school public unified independent county valley hills united christian general center centre health"
).split()


def house(name: str) -> str:
    """The name of an organization with l and i put right in the words that such names are made of."""
    known = {word.translate(_ONE_STROKE): word for word in _OF_HOUSES}

    def right(match: re.Match[str]) -> str:
        word = known.get(match[0].lower().translate(_ONE_STROKE))
        if word is None or word == match[0].lower():
            return match[0]
        return word.upper() if match[0].isupper() else word.capitalize() if match[0][0].isupper() else word

    return re.sub(r"[^\W\d_]{4,}", right, name)


_ONE_STROKE: Final = str.maketrans("l", "i")
