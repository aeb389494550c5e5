"""An organization's enquiry: its stages, and what must be confirmed before the next one. Pure.

A facility, a school district or an employer asks for a service, not for one patient: screenings, staffing, a
class. Its way is enquiry, discovery, proposal, agreement, won or lost, each step made by a person.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

STAGES: Final[dict[str, str]] = {
    "enquiry": "Enquiry",
    "discovery": "Discovery",
    "proposal": "Proposal",
    "agreement": "Agreement",
    "won": "Won",
    "lost": "Lost",
}
"""The stages in order, with their words on screen."""
ENDED: Final = frozenset({"won", "lost"})

CONFIRM: Final[dict[str, str]] = {
    "decision_path": "Who decides, and by which steps",
    "needs": "Which service they need",
    "size": "How many people it is about",
    "timeline": "When it should begin",
    "budget": "What it may cost",
}
"""What discovery confirms, the decision path first: the rest is worth little while nobody knows who decides."""

BEFORE: Final[dict[str, frozenset[str]]] = {
    "enquiry": frozenset(),
    "discovery": frozenset(),
    "proposal": frozenset({"needs", "size", "decision_path"}),
    "agreement": frozenset({"needs", "size", "decision_path", "timeline", "budget"}),
    "won": frozenset({"needs", "size", "decision_path", "timeline", "budget"}),
    "lost": frozenset(),
}
"""What is known before a stage begins."""
_STATED_BY: Final[dict[str, frozenset[str]]] = {"timeline": frozenset({"timeline", "start_on"})}
"""Who decides (`decision_maker`) says nothing of the steps: whoever names only them is asked for the path."""


class Move(NamedTuple):
    """Whether an enquiry may go from one stage to another; `missing` is what stands in the way."""

    allowed: bool
    missing: tuple[str, ...]
    why: str


def unconfirmed(states: Collection[str]) -> tuple[str, ...]:
    """What is still to be confirmed, in the order of asking.

    `states` are the names of the fields of the organization's need that were stated (`Facts.organization_states`).
    """
    return tuple(what for what in CONFIRM if _STATED_BY.get(what, frozenset({what})).isdisjoint(states))


def stage_after(stage: str) -> str | None:
    """The next stage; None after the last. KeyError for what is no stage."""
    names = [name for name in STAGES if name != "lost"]
    if stage not in STAGES:
        raise KeyError(stage)
    return names[names.index(stage) + 1] if stage not in ENDED else None


def may_move(stage: str, to: str, states: Collection[str]) -> Move:
    """Whether a person may move the enquiry: one step on with what that needs, back, or lost from anywhere.

    A refusal says what is missing; it is a Move, not an exception. KeyError for what is no stage.
    """
    for name in (stage, to):
        if name not in STAGES:
            raise KeyError(name)
    if stage == to:
        return Move(False, (), f"It is already there: {STAGES[to]}")
    if stage in ENDED:
        return Move(to == "discovery", (), "It has ended; open it again at discovery")
    order = list(STAGES)
    if to != "lost" and order.index(to) > order.index(stage) + 1:
        return Move(False, (), f"{STAGES[str(stage_after(stage))]} comes first")
    missing = tuple(what for what in unconfirmed(states) if what in BEFORE[to])
    if missing:
        return Move(False, missing, "Confirm first: " + ", ".join(CONFIRM[what].lower() for what in missing))
    return Move(True, (), f"{STAGES[stage]} to {STAGES[to]}")
