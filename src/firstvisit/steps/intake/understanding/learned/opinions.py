"""What rules found about a whole text, held against what the network makes of it. Pure.

Where both agree a value stands. Where the network finds what a rule says improbable, it is a doubt for a person. What no
rule has said is noted as the network says it, as sure as that has been right on documents nobody had learned from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake.understanding.confidence import HARDLY, THRESHOLD
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.learned import Reading
from firstvisit.steps.intake.understanding.learned.network import MARKS, Answer
from firstvisit.steps.intake.understanding.people.naming import is_titled
from firstvisit.steps.intake.understanding.settle import WORD_LISTS

RULE: Final = "read as a whole"
NOTHING: Final = "none"
"""The answer that a text says nothing of it."""
PATHS: Final = {
    "lead_kind": "lead_kind",
    "service": "service",
    "program": "program",
    "setting": "setting",
    "timing": "timing",
    "order_signed": "order_signed",
    "patient.sex": "patient.sex",
    "patient.language": "patient.language",
    "contact.relationship": "contact.relationship",
    "contact.preferred_method": "contact.preferred_method",
    "referrer.role": "referrer.role",
    "payer.kind": "payers.0.kind",
    "payer.authorization_status": "payers.0.authorization_status",
    "discipline": "disciplines",
    "documents": "documents",
    "availability": "availability",
}
"""Question to the path of the record that it is about."""
MARKED_PATHS: Final = {"payer.name": "payers.0.name"}
"""Field that is marked in the text to its path of the record, where that is another."""
PLAIN: Final = ("label", "asked and answered", "spelled out")
"""Rules that read what answers a label or a question: the text itself says what it is."""
_AGAINST: Final = {
    "lead_kind": 0.05,
    "service": 0.02,
    "program": 0.005,
    "setting": 0.05,
    "timing": 0.02,
    "order_signed": 0.005,
    "patient.sex": 0.05,
    "referrer.role": 0.05,
    "payer.kind": 0.05,
    "discipline": 0.02,
    "availability": 0.05,
}
"""Under which share the network finds improbable what a rule says; of the other questions it knows less than rules do. Chosen
on texts numbered up to 759 that three divides, and no worse on those from 760 on."""
_DOUBT: Final = 0.8
"""What that takes of the rule's confidence, where the network does not know better itself."""
_KNOWS: Final = 0.9
"""From which share on it does."""
_TRUSTED: Final = 0.92
"""How much less sure a share is on texts of others than it says."""
_NEVER_ALONE: Final = ("availability",)
"""Questions that its word alone leaves in doubt: of half days of which it was sure, one in four was wrong on single passages
that nobody taught it."""
_DOUBTED: Final = THRESHOLD - 0.05
LEAST: Final = 0.5
"""From which share on an answer is noted."""


def join(finding: Finding, reading: Reading) -> None:
    """Hold what was found against the network's answers, and note those that nobody has given."""
    for question, path in PATHS.items():
        answer = reading.answers.get(question)
        if answer is not None:
            improbable = _AGAINST.get(question, 0.0)
            finding.found = [_held(each, answer, improbable) if each.path == path else each for each in finding.found]
            _note(finding, reading, path, answer)


def mark(finding: Finding, reading: Reading) -> None:
    """Note the values that the network marks in the text where no rule has found one that counts."""
    for field in MARKS:
        path = MARKED_PATHS.get(field, field)
        if any(each.confidence >= THRESHOLD for each in finding.values(path)):
            continue
        best = max(reading.marked(field), key=lambda each: (each.share, len(each.value)), default=None)
        if best is None:
            continue
        if field == "patient.first_name" and is_titled(best.passage.text, best.start):
            continue  # "Mr. Alvarez" names nobody's first name
        place = Place(text=best.passage.where, span=(best.passage.start + best.start, best.passage.start + best.end))
        finding.found.append(Found(path, best.value, best.share * _TRUSTED, place, best.value, RULE))


def _held(found: Found, answer: Answer, improbable: float) -> Found:
    share = next((share for value, share in answer.shares.items() if _said(value) == _said(found.value)), None)
    if share is None or share >= improbable or found.rule in PLAIN:
        return found
    knows = max(answer.shares.values()) >= _KNOWS
    return replace(found, confidence=max(0.0, found.confidence - HARDLY) if knows else found.confidence * _DOUBT)


def _note(finding: Finding, reading: Reading, path: str, answer: Answer) -> None:
    known = {_said(each.value) for each in finding.values(path) if each.confidence >= THRESHOLD}
    if known and path not in WORD_LISTS:
        return
    for value, share in answer.shares.items():
        if value != NOTHING and share >= LEAST and _said(value) not in known:
            passage = reading.passage(answer, value)
            place = Place(text=passage.where, span=(passage.start, passage.start + len(passage.text)))
            said: object = value == "True" if value in ("True", "False") else value
            confidence = share * _TRUSTED if path not in _NEVER_ALONE else min(share * _TRUSTED, _DOUBTED)
            finding.found.append(Found(path, said, confidence, place, passage.text, RULE))


def _said(value: object) -> str:
    return str(value) if isinstance(value, bool) else folded(str(value))
