"""Which facts and derived answers a priority score may use. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from firstvisit.leads.facts import FACTS, FactKind, kinds
from firstvisit.scorecard.conditions import Condition

DERIVED_KINDS: Final[dict[str, FactKind]] = {
    "program_offered": "yes_no",
    "age_and_setting_fit": "yes_no",
    "days_left": "number",
    "order_readiness": "words",
    "ready_to_schedule": "yes_no",
    "ways_to_reach": "number",
    "after_surgery": "yes_no",
}
DERIVED_MAY_RANK: Final = frozenset(DERIVED_KINDS)
"""Answers of the screen that a score may use; what they are stands in `checks`."""
_SAYS: Final = {"number": "is a number", "yes_no": "is yes or no", "date": "is a date", "words": "is a word"}
DERIVED_LABELS: Final = {
    "program_offered": "whether we offer it",
    "age_and_setting_fit": "whether age and setting fit",
    "days_left": "days until a first visit is due",
    "order_readiness": "order and papers",
    "ready_to_schedule": "whether they are ready to begin",
    "ways_to_reach": "ways to reach them",
    "after_surgery": "whether care follows a surgery",
    "life_stage": "child or adult",
    "order_to_get": "whether an order must still be got",
}
NEVER_EXCLUDE: Final = frozenset({"age_months", "sex", "language", "interpreter", "red_flags", "payer_kind"})
"""Facts on which no practice-wide rule may exclude anybody (45 CFR 92.210; age has its range in the program). The kind
of coverage stands for age, disability and income; a plan that the practice has no contract with is named itself."""
PROTECTED: Final = frozenset(
    {
        "age_months",
        "authorization",
        "home_health",
        "icd_categories",
        "interpreter",
        "language",
        "payer",
        "payer_kind",
        "red_flags",
        "sex",
    }
)
"""Of the facts that may not rank, those that are a protected trait or stand for one; the others only say nothing of how
well somebody fits."""
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
        raise ValueError(_no_fact(where, fact, ranking_facts()))
    if not allowed:
        why = "a protected trait or its proxy" if fact in PROTECTED else "which says nothing of how well somebody fits"
        raise ValueError(
            f"{where} reads {fact!r}, {why}; it may choose program, clinician or tasks but never rank"
        )


def refuse_excluding(where: str, conditions: tuple[Condition, ...]) -> None:
    """ValueError when a practice-wide exclusion reads what nobody may be excluded by."""
    for condition in conditions:
        if condition.fact not in FACTS and condition.fact not in DERIVED_MAY_RANK:
            raise ValueError(_no_fact(where, condition.fact, excluding_facts()))
        if condition.fact in NEVER_EXCLUDE:
            instead = "; name the payer itself" if condition.fact == "payer_kind" else ""
            raise ValueError(
                f"{where} reads {condition.fact!r}, a protected trait or its proxy; nobody is excluded by it{instead}"
            )


def _no_fact(where: str, fact: str, known: Mapping[str, str]) -> str:
    return f"{where} reads {fact!r}, which is no known fact; there are {', '.join(sorted(known))}"


def ranking_facts() -> dict[str, str]:
    """The facts that a score may use, by name, in words."""
    return _labelled(name for name in (*DERIVED_MAY_RANK, *FACTS) if may_rank(name))


def excluding_facts() -> dict[str, str]:
    """The facts by which a practice-wide rule may exclude, in words."""
    return _labelled({*DERIVED_MAY_RANK, *FACTS} - NEVER_EXCLUDE)


def asking_facts() -> dict[str, str]:
    """The facts that may decide whether something is asked, in words."""
    return _labelled({*DERIVED_LABELS, *FACTS} - NEVER_ASK_BY)


def all_facts() -> dict[str, str]:
    """Every fact and derived answer, in words."""
    return _labelled({*DERIVED_LABELS, *FACTS})


def _labelled(facts: Iterable[str]) -> dict[str, str]:
    words = {fact: DERIVED_LABELS[fact] if fact in DERIVED_LABELS else FACTS[fact].label for fact in facts}
    return dict(sorted(words.items(), key=lambda one: one[1]))


def refuse_unfit(where: str, fact: str, test: str, value: Any) -> None:
    """ValueError, in words, when no value of this fact could ever pass or fail the test."""
    kind = DERIVED_KINDS.get(fact) or kinds().get(fact)
    if kind is None or test in ("known", "otherwise"):
        return
    if test in ("at_most", "at_least"):
        if kind != "number":
            raise ValueError(f"{where}: {fact!r} {_SAYS[kind]}, so it cannot be {test.replace('_', ' ')} {value!r}")
        return
    for one in value if isinstance(value, list | tuple) else (value,):
        if not _is_of(kind, one):
            raise ValueError(f"{where}: {fact!r} {_SAYS[kind]}, so it is never {one!r}")


def _is_of(kind: FactKind, value: Any) -> bool:
    match kind:
        case "yes_no":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "words":
            return isinstance(value, str)
    return False
