"""What kind of note a document or an observation is, by its code or its title. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from firstvisit.steps.booking.ends import What


class Kind(NamedTuple):
    """What a note ends. `therapies`: those it is of (PT, OT, SLP), where it says so. `besides`: of one that says none,
    the words that not every evaluation of a therapist has, in small letters; another profession evaluates too."""

    what: What
    therapies: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()


LOINC: Final[dict[str, Kind]] = {
    "18734-4": Kind("evaluation_completed", ("OT",)),  # occupational therapy, initial evaluation note
    "18735-1": Kind("evaluation_completed", ("PT",)),  # physical therapy
    "18740-1": Kind("evaluation_completed", ("SLP",)),  # speech-language pathology
    "84330-0": Kind("evaluation_completed", ("PT",)),  # physical therapy, at home
    "18776-5": Kind("plan_of_care_sent"),
    "18842-5": Kind("discharged"),
}
"""Codes of documents that end something (LOINC document ontology)."""
_NOT_DONE: Final = re.compile(
    r"(?i)\bno.?(?:show|call)|\bnot\b|\bcancel|\bmissed|\bun(?:able|signed|attended|finished)|\bin-?complete|\bdefer"
    r"|\brefus|\bdeclin|\babsent|\bschedul|\bresched|\bpending|\brequest|\border|\breferr|\bdraft|\btemplate|\bvoid"
    r"|\bin error|\bwithdr|\bleft (?:before|without)|\bLWBS\b|\bDN[KAS]{1,2}\b"
)
"""A title that says of what it names that it did not take place, or that somebody asks for it."""
_AGAIN: Final = re.compile(r"(?i)\bre-?\s?(?:eval|assess|cert)|\bprogress\b|\bdaily\b|\baddend|\bscreen")
_DISCHARGE: Final = re.compile(r"(?i)\bdischarge|\bd/c\b")
_PLAN: Final = re.compile(r"(?i)\bplan[- ]of[- ](?:care|treatment)\b|\bpoc\b")
_EVALUATION: Final = re.compile(r"(?i)\beval(?:uation)?s?\b|\binitial (?:assessment|visit|encounter|exam)|\bIE\b")
_THERAPIES: Final = {
    "PT": re.compile(r"\bP\.?T\b|(?i:\bphysical[- ]therap|\bphysiotherap)"),
    "OT": re.compile(r"\bO\.?T\b|(?i:\boccupational[- ]therap)"),
    "SLP": re.compile(r"\bS\.?L?\.?P\b|\bST\b|(?i:\bspeech\b|\blanguage\b)"),
}
_USUAL: Final = frozenset(
    "initial first new patient pt client visit encounter appointment session office outpatient inpatient clinic therapy"
    " therapist therapists rehab rehabilitation evaluation evaluations eval evals ie assessment exam examination"
    " and of the for with a an in on to by plan poc care treatment goals note notes report summary document form"
    " record final signed completed complete done closed billed adult pediatric pediatrics peds child telehealth video"
    " virtual home low moderate high complexity minute minutes min copy page".split()
)
"""Words of any therapist's evaluation."""


def kind_of(codes: Iterable[str], titles: Iterable[str]) -> Kind | None:
    """What such a note ends; None where it ends nothing, or says that it did not take place. A title that names an
    evaluation and its plan is the evaluation: the plan is part of it, and whether it was sent is not said."""
    said = " / ".join(title for title in titles if title.strip())
    if _NOT_DONE.search(said):
        return None
    for code in codes:
        if code.strip() in LOINC:
            return LOINC[code.strip()]
    if not said or _AGAIN.search(said):
        return None
    if _DISCHARGE.search(said):
        return Kind("discharged")
    if _EVALUATION.search(said):
        therapies = tuple(name for name, words in _THERAPIES.items() if words.search(said))
        return Kind("evaluation_completed", therapies, () if therapies else _besides(said))
    return Kind("plan_of_care_sent") if _PLAN.search(said) else None


def _besides(said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words_of(said) if word not in _USUAL))


def words_of(said: str) -> list[str]:
    """The words of a title or a name, in small letters, without digits and signs."""
    return re.findall(r"[^\W\d_]+", said.lower())
