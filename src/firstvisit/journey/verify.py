"""Judging a stored decision again from its stored inputs; it must come out the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.leads.facts import Facts, from_json
from firstvisit.leads.models import DecisionRow
from firstvisit.practice import policy as rules
from firstvisit.practice import queries
from firstvisit.practice.models import PolicyVersion, PracticeSnapshot
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import ENGINE, Judgement, judge

KEPT = 16
"""Versions of practice and rules kept open while many decisions are verified."""


class Verifier:
    """Verifies decisions one after the other; practices and rules of old versions are read once."""

    def __init__(self) -> None:
        self._practices: dict[int, Practice] = {}
        self._rules: dict[int, Policy] = {}

    def differences(self, row: DecisionRow) -> list[str]:
        """Each way in which judging again differs from what is stored, in words; empty when verified.

        For a decision of an older engine the stored reasons stand and the differences are for information.
        """
        try:
            facts, shape, judging, now = self.inputs(row)
        except PracticeSnapshot.DoesNotExist:
            return [f"the practice of revision {row.practice_version} is not kept"]
        except PolicyVersion.DoesNotExist:
            return [f"rules version {row.policy_version} is not kept"]
        except (KeyError, TypeError, ValueError, ConfigurationError) as error:
            return [f"the stored inputs cannot be read: {type(error).__name__}"]
        try:
            again = judge(facts, shape, judging, now)
        except (KeyError, StopIteration) as error:
            return [f"it cannot be judged again: {type(error).__name__} {error}"]
        score = again.score
        return [
            *_differs("outcome", row.outcome, again.outcome),
            *_differs("lowest score", row.score_lo, score.lo if score else None),
            *_differs("highest score", row.score_hi, score.hi if score else None),
            *_reasons(row.reasons, [reason.as_json() for reason in again.decision.reasons]),
        ]

    def inputs(self, row: DecisionRow) -> tuple[Facts, Practice, Judging, datetime]:
        """What a decision was made from. PracticeSnapshot.DoesNotExist, PolicyVersion.DoesNotExist, or another error of
        what cannot be read."""
        facts, now = from_json(row.inputs["facts"]), datetime.fromisoformat(row.inputs["now"])
        judging = self._policy(row.policy_version).section(Judging)
        return facts, self._practice(row.practice_version), judging, now

    def _practice(self, number: int) -> Practice:
        if number not in self._practices:
            self._practices = dict(list(self._practices.items())[1 - KEPT :])
            self._practices[number] = queries.practice_at(number)
        return self._practices[number]

    def _policy(self, number: int) -> Policy:
        if number not in self._rules:
            self._rules = dict(list(self._rules.items())[1 - KEPT :])
            self._rules[number] = queries.policy_version(number) if number else rules.read({}, 0)
        return self._rules[number]


def verify(row: DecisionRow) -> list[str]:
    """The differences of one decision; empty when it is verified."""
    return Verifier().differences(row)


def judged_then(row: DecisionRow) -> tuple[Judgement, Judging] | None:
    """A decision with the arithmetic and the rules behind it, as they were; None where judging its inputs again gives
    another than is stored."""
    verifier = Verifier()
    if verifier.differences(row):
        return None
    facts, shape, judging, now = verifier.inputs(row)
    return judge(facts, shape, judging, now), judging


def same_engine(row: DecisionRow) -> bool:
    """Whether a difference would be a fault: an older engine may have judged differently."""
    return row.engine_version == ENGINE


def _differs(what: str, stored: object, again: object) -> list[str]:
    return [] if stored == again else [f"{what}: stored {stored}, now {again}"]


def _reasons(stored: list[dict[str, Any]], again: list[dict[str, Any]]) -> list[str]:
    if stored == again:
        return []
    found = [
        f"reason {number}: stored {one.get('code')} ({one.get('text')}), now {two.get('code')} "
        f"({two.get('text')})"
        for number, (one, two) in enumerate(zip(stored, again, strict=False), start=1)
        if one != two
    ]
    if len(stored) != len(again):
        found.append(f"reasons: stored {len(stored)}, now {len(again)}")
    return found
