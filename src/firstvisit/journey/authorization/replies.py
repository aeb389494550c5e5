"""A 278 that somebody pastes or uploads: whose it is, and what it decides."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from firstvisit.steps.coverage import codes, determinations
from firstvisit.steps.coverage.determinations import Determination, Review
from firstvisit.steps.coverage.inquiries import Inquiry, Insured
from firstvisit.steps.coverage.replies import NotX12, replies
from firstvisit.steps.coverage.x12.parties import Party
from firstvisit.steps.coverage.x12.transactions import Ending
from firstvisit.steps.coverage.x12.writing import plain

Decision = Literal["approved", "partly", "denied", "pended", "not_needed"]
_DECISIONS: Final[dict[str, Decision]] = {
    "certified": "approved",
    "partly_certified": "partly",
    "modified": "partly",
    "not_certified": "denied",
    "pended": "pended",
    "contact_payer": "pended",
    "not_needed": "not_needed",
}
"""What the outcome of a review comes to. One that the payer cancelled, and where services differ, a person reads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One decision about this request. `call`: the payer wants to be called."""

    decision: Decision
    number: str
    reference: str
    units: int | None
    begins: date | None
    ends: date | None
    procedures: tuple[str, ...]
    words: str
    call: bool = False


@dataclass(frozen=True, slots=True)
class NotTheirs:
    """Nothing in it answers this request; `why` in a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It answers this request, and not with one decision that can be read."""

    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class NamesAnother:
    """It answers this request by its number, and names somebody else: name and member id both differ."""

    reviews: tuple[Review, ...]


def read(
    reply: bytes, *, trace: str, numbers: Sequence[str], asked: Inquiry
) -> Answer | NotTheirs | NamesAnother | Unclear:
    """What a reply says to the request of that trace, which asked about these people. Where it repeats no trace of
    anybody, one of our `numbers` (the payer's own, of this request) says that it is ours."""
    found, other = _reviews(reply)
    if not found:
        return NotTheirs(other or "No 278 stands in it: nothing was read.")
    ours = [each for each in found if not each.is_request and _is_ours(each, trace, numbers)]
    if not ours:
        if any(each.is_request for each in found):
            return NotTheirs("This is a request and no answer to one.")
        return NotTheirs("It answers another request, maybe about somebody else: nothing of it was kept.")
    if any(_names_another(each, asked) for each in ours):
        return NamesAnother(tuple(ours))
    answers = {_answer(each) for each in ours}
    answer = answers.pop() if len(answers) == 1 else None
    return answer or Unclear(tuple(ours))


def opened(reply: bytes) -> list[Review]:
    """The reviews in a reply that is kept."""
    return _reviews(reply)[0]


def _reviews(reply: bytes) -> tuple[list[Review], str]:
    found: list[Review] = []
    other = ""
    for each in replies(io.BytesIO(reply)):
        if isinstance(each, NotX12):
            other = each.said
        elif isinstance(each, Ending):
            continue
        elif each.kind == "278":
            found += determinations.read(each)
        else:
            other = f"This is a {each.kind} and no 278: nothing was read."
    return found, other


def _is_ours(review: Review, trace: str, numbers: Sequence[str]) -> bool:
    if review.answers(trace):
        return True
    if any(each.ours for each in review.traces):
        return False
    said = {reference.number for one in review.determinations for reference in one.references}
    said |= {one.number for one in review.determinations}
    return bool(said & set(numbers))


def _names_another(review: Review, asked: Inquiry) -> bool:
    """Whether both the patient's name and the member id are stated on both sides and differ. One alone may: people
    marry, cards are renewed, payers print names their own way."""
    patient, ours = review.patient, asked.dependent or asked.subscriber
    if patient is None or not patient.last or not ours.last or _same_name(patient, ours):
        return False
    theirs = {_code(each.id) for each in (review.subscriber, patient) if each is not None} - {""}
    known = {_code(each.member_id) for each in (asked.subscriber, ours)} - {""}
    return bool(theirs and known) and not theirs & known


def _same_name(theirs: Party, ours: Insured) -> bool:
    """The same last name, and a first name of which one begins the other (SAM, SAMUEL; an initial)."""
    if _code(theirs.last) != _code(ours.last):
        return False
    one, two = _code(theirs.first), _code(ours.first)
    return one.startswith(two) or two.startswith(one)


def _code(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", plain(text))


def _answer(review: Review) -> Answer | None:
    decision = _DECISIONS.get(review.outcome or "")
    if decision is None or review.not_understood or review.faults:
        return None
    (one,) = review.determinations
    days, visits = one.certified_dates, one.visits
    answer = Answer(
        decision=decision,
        number=_number(one),
        reference=next((each.number for each in one.references if each.qualifier in ("NT", "BB")), ""),
        units=int(visits) if visits is not None and visits == visits.to_integral_value() and visits > 0 else None,
        begins=days.begin if days else None,
        ends=days.end if days and days.is_period else None,
        procedures=tuple(dict.fromkeys(p.code for each in (one, *one.services) for p in each.procedures if p.code)),
        words=_words(one),
        call=review.outcome == "contact_payer",
    )
    part = answer.units or answer.begins or answer.ends or answer.procedures
    return answer if answer.decision != "partly" or part else None  # in part, and nothing says which


def _number(one: Determination) -> str:
    """The authorization number: the event's, else the one that every service has."""
    numbers = {each.number for each in one.services if each.number}
    return one.number or (numbers.pop() if len(numbers) == 1 else "")


def _words(one: Determination) -> str:
    """The payer's reasons and messages."""
    reasons = [_reason(code) for each in (one, *one.services) for code in each.reasons]
    messages = [text for each in (one, *one.services) for text in each.messages]
    return "; ".join(dict.fromkeys([*reasons, *messages]))[:500]


def _reason(code: str) -> str:
    words = codes.words("certification_reason", code)
    return f"{words} ({code})" if words != code else f"reason {code}"
