"""What a lead waits for, and on whom."""

from __future__ import annotations

from typing import Final

from firstvisit.journey.plan.wanted import Draft, Ground

ORDER_BLOCKERS: Final[dict[str | None, str]] = {
    None: "order_not_stated",
    "missing": "order",
    "on_file": "order_unsigned",
}
"""What a needed order holds up, by how ready it is. Not stated is not missing."""


def blockers(ground: Ground, draft: Draft) -> None:
    """What it waits for and on whom."""
    checks, facts = draft.judgement.checks, ground.case.facts
    question = draft.judgement.question if draft.decision.outcome == "need_info" else None
    if question is not None:
        draft.blockers.append((f"answer_{question.slug}", "family"))
    paper = ORDER_BLOCKERS.get(checks.order_readiness) if checks.order_needed == "yes" else None
    if paper is not None and not (
        paper == "order_not_stated" and question is not None and question.slug == "order"
    ):
        draft.blockers.append((paper, "referrer"))
    if draft.decision.outcome == "need_auth_first":
        draft.blockers.append(("authorization", "payer"))
    if draft.decision.outcome in ("clinician_review", "person_looks"):
        draft.blockers.append(("judgement", "us"))
    if facts.lead_kind != "organization" and not (facts.has_phone or facts.has_email):
        draft.blockers.append(("way_to_reach", "referrer"))
