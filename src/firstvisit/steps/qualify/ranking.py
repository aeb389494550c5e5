"""Which facts and derived answers a priority score may use. Pure."""

from __future__ import annotations

from typing import Final

from firstvisit.leads.facts import FACTS
from firstvisit.scorecard.conditions import Condition

DERIVED_MAY_RANK: Final = frozenset(
    {
        "program_offered",
        "age_and_setting_fit",
        "days_left",
        "order_readiness",
        "ready_to_schedule",
        "ways_to_reach",
        "after_surgery",
    }
)
"""Answers of the screen that a score may use; what they are stands in `checks`."""
NEVER_EXCLUDE: Final = frozenset({"age_months", "sex", "language", "interpreter", "red_flags"})
"""Facts on which no practice-wide rule may exclude anybody (45 CFR 92.210; age has its range in the program)."""
NEVER_ASK_BY: Final = frozenset({"sex"})
"""Facts that choose no question."""


def may_rank(fact: str) -> bool | None:
    """Whether a score may use this fact; None when there is no such fact."""
    if fact in DERIVED_MAY_RANK:
        return True
    return FACTS[fact].may_rank if fact in FACTS else None


def refuse_unranked(where: str, fact: str) -> None:
    """ValueError, with the fact named, when a score may not use it."""
    allowed = may_rank(fact)
    if allowed is None:
        raise ValueError(f"{where} reads {fact!r}, which is no known fact")
    if not allowed:
        raise ValueError(
            f"{where} reads {fact!r}, a protected trait or its proxy; "
            "it may choose program, clinician or tasks but never rank"
        )


def refuse_excluding(where: str, conditions: tuple[Condition, ...]) -> None:
    """ValueError when a practice-wide exclusion reads what nobody may be excluded by."""
    for condition in conditions:
        if condition.fact not in FACTS and condition.fact not in DERIVED_MAY_RANK:
            raise ValueError(f"{where} reads {condition.fact!r}, which is no known fact")
        if condition.fact in NEVER_EXCLUDE:
            raise ValueError(
                f"{where} reads {condition.fact!r}, a protected trait or its proxy; nobody is excluded by it"
            )
