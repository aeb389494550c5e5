"""Whether one request may be about two patients: two first names in one field, or words of twins. Pure.

It is a question for a person, never an answer: the names stay as they were stated.
"""

from __future__ import annotations

import re
from typing import Final

from firstvisit.referral.record import ONE_PATIENT, Referral

_JOINT: Final = re.compile(r"(?i)\s*[&+/;]\s*|\s+(?:and|und|et|plus|with|con|y)\s+")
_LIST: Final = re.compile(r"\s*,\s*")
_BEGINS: Final = re.compile(r"(?i)\s*(?:[&+]|(?:and|und|et)\s)")
"""A name that begins with a joint: a title or a suffix stood before it ("Mr & Mrs Sutter", "Sutter Jr & Sr")."""
_KIDS: Final = re.compile(r"(?i)(?:.*\s)?(?:twins|triplets|siblings|kids|children|gemel[oa]s|melliz[oa]s)")
_BRACKETS: Final = re.compile(r"[()\[\]]")
_CALLED_SO: Final = re.compile(
    r"(?i)\b(?:twins|triplets|siblings|both|two (?:boys|girls|kids|children|sons|daughters|patients)"
    r"|gemel[oa]s|melliz[oa]s|herman[oa]s|brothers|sisters)\b"
)
_NO_NAME: Final = re.compile(r"(?i)(?:jr|sr|ii|iii|iv|md|do|aka|mr|mrs|ms)\.?")
_KIN: Final = r"(?:kids|children|boys|girls|sons|daughters|twins|triplets|siblings|toddlers|babies|kiddos)"
_TWINS: Final = re.compile(
    rf"(?i)(?<!one of )(?<!some of )\b(?:my|our|the|both|these|two|2) (?:[\w-]+ ){{0,3}}?(?:twins|triplets)\b"
    rf"|\bboth (?:of )?(?:my |our |the )?(?:[\w-]+ )?{_KIN}\b"
    rf"|\b(?:my|our) (?:two|2|three|3) (?:[\w-]+ ){{0,2}}?{_KIN}\b"
    r"|\b(?:mis|nuestr[oa]s|los|las|amb[oa]s) (?:dos )?(?:gemel[oa]s|melliz[oa]s|hij[oa]s|niñ[oa]s)\b"
)
_ABOUT_THEM: Final = re.compile(
    r"(?i)\b(?:both|they|they're|they've|them|each|neither|need|ambos|ambas|los dos|las dos|necesitan|hablan)\b"
)


def may_be_several(referral: Referral) -> bool:
    """Whether the patient's name, or the words of whoever asks for somebody else, tell of more than one patient. What
    was one of several patients of a delivery, or a person has said to be one, is one."""
    if referral.lead_kind == "organization" or ONE_PATIENT in referral.evidence:
        return False
    patient, contact = referral.patient, referral.contact
    if several_names(patient.first_name, patient.last_name):
        return True
    if contact.relationship == "self" or referral.lead_kind == "patient":
        return False
    words = " . ".join(text for text in (referral.concern, referral.asks) if text)
    return any(_ABOUT_THEM.search(_around(words, found.start())) for found in _TWINS.finditer(words))


def several_names(first: str | None, last: str | None) -> bool:
    """Whether two first names stand in one name: joined, listed in the field of the first name, or in a word for
    several people. Last names with a joint that stand by themselves ("Ortega y Gasset", "Smith/Jones") are one
    person's; in a whole name nobody can tell them from two first names."""
    if not first:
        return False
    if _CALLED_SO.search(first) or _BEGINS.match(first) or (last and (_BEGINS.match(last) or _KIDS.fullmatch(last))):
        return True
    first = _BRACKETS.sub(" ", first)
    ones, twos = first.casefold().split(), (last or "").casefold().split()
    if len(ones) > 1 and len(twos) > 1 and ones[-1] == twos[-1]:
        return True  # "Ana Sutter, Ben Sutter": two whole names of one family, read as a last name and a first
    # A whole name that was split at "y", as surnames are, leaves it at the head of the last name.
    whole = f"{first} {last}" if last is not None and last.casefold().startswith("y ") else first
    joint = _LIST if _LIST.search(whole) and not _JOINT.search(whole) else _JOINT
    names = [part for part in joint.split(f"{whole} ") if part.strip()]
    if len(names) < 2 and last and _dangles(first):
        return True
    return len([name for name in names if _is_name(name)]) > 1


def _dangles(first: str) -> bool:
    """Whether a first name ends in a joint: "Lia and", of "Lia and Noah"."""
    return bool(re.search(r"(?i)\w\s*(?:[&+/;]|\s(?:and|und|et|plus|y))\s*$", first))


def _is_name(part: str) -> bool:
    letters = [c for c in part if c.isalpha()]
    return len(letters) > 1 and not _NO_NAME.fullmatch(part.strip())


def _around(words: str, at: int) -> str:
    """The sentence in which a place lies, with the one after it."""
    begins = max(words.rfind(mark, 0, at) for mark in ".!?\n") + 1
    return " ".join(re.split(r"(?<=[.!?\n])", words[begins:])[:2])
