"""How sure each rule is of what it finds. One table, which `bench/confidence.py` holds against what is measured.

A confidence is a share: of a hundred values that a rule found on documents nobody had seen, about so many are right.
Rules whose share is under the threshold still speak: what they find is shown to a person as a doubt.
"""

from __future__ import annotations

from typing import Final

THRESHOLD: Final = 0.85
"""The confirmation threshold as it ships: from here on a value counts without being asked for by itself. A practice's own
is `likely_at` of its rules (section inbox), which begins with this one; the command line takes another as --threshold."""

HARDLY: Final = 0.75
"""Taken off what somebody else in the same text makes improbable: shown beside the other, it does not make that one doubtful."""

RULES: Final[dict[str, float]] = {
    "label": 0.97,
    "asked and answered": 0.95,
    "spelled out": 0.98,
    "said of oneself": 0.95,
    "said of the patient": 0.94,
    "named in a sentence": 0.9,
    "signature": 0.95,
    "header": 0.96,
    "sender": 0.93,
    "in these words": 0.93,
    "follows from": 0.9,
    "most of its words": 0.88,
    "some of its words": 0.7,
    "signs around it": 0.85,
    "read as a whole": 0.85,
    "guessed": 0.6,
    "illegible": 0.3,
}


def of(rule: str) -> float:
    """The confidence of `rule`. Raises KeyError for a rule that is not in the table."""
    return RULES[rule]
