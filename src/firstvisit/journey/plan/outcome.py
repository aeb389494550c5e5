"""The outcome and the stage of a lead."""

from __future__ import annotations

from firstvisit.journey.plan.wanted import Draft, Ground


def outcome(ground: Ground, draft: Draft) -> None:
    """The judgement's outcome, unless a person ruled another one."""
    ruled = ground.case.ruled_outcome()
    if ruled is not None:
        draft.outcome = ruled


def stage(ground: Ground, draft: Draft) -> None:
    """Received until the whole form is here, qualifying until somebody tried to reach them, then contacted.

    An organization's enquiry stands where a person moved it.
    """
    if ground.case.facts.lead_kind == "organization":
        draft.stage = str(ground.case.rulings.get("stage", {}).get("stage", "enquiry"))
    elif ground.case.last_try is not None:
        draft.stage = "contacted"
    elif not ground.case.facts.complete_form:
        draft.stage = "received"
