"""The outcome and the stage of a lead."""

from __future__ import annotations

from typing import Final

from firstvisit.journey.case import Case
from firstvisit.journey.plan.wanted import Draft, Ground
from firstvisit.journey.plan.words import HELD

AT_REST: Final = frozenset({"nurture", "waitlist", "refer_out"})
"""Outcomes in which nothing of ours is to be booked yet. What was tried there is over with them."""


def outcome(ground: Ground, draft: Draft) -> None:
    """The judgement's outcome, unless a person ruled another one."""
    ruled = ground.case.ruled_outcome()
    if ruled is not None:
        draft.outcome = ruled


def stage(ground: Ground, draft: Draft) -> None:
    """Received until the whole form is here, qualifying until somebody tried to reach them, then contacted, and
    booked while a visit stands.
    What nobody was called or written to for moves nothing.

    An organization's enquiry stands where a person moved it.
    """
    if ground.case.facts.lead_kind == "organization":
        draft.stage = str(ground.case.rulings.get("stage", {}).get("stage", "enquiry"))
    elif ground.case.visit is not None:
        draft.stage = "booked"
    elif ground.case.attempted:
        draft.stage = "contacted"
    elif not ground.case.facts.complete_form:
        draft.stage = "received"


def roused(ground: Ground, draft: Draft) -> None:
    """A lead that leaves rest, because its day came or because they answered, begins anew from that moment. One that
    was owed a word there, and that nobody tried to give it, never rested: its clock goes on."""
    if ground.case.outcome in AT_REST and draft.outcome not in AT_REST and not _owed_a_word(ground.case):
        draft.roused_at = ground.now


def _owed_a_word(case: Case) -> bool:
    """Whether somebody who rests was to be told so at once, and nobody has tried."""
    if case.last_try is not None:
        return False
    return case.outcome != "nurture" or any(task.kind == HELD[0] for task in case.open_tasks())
