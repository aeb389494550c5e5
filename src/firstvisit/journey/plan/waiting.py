"""What a lead waits for, on whom, and since when."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from firstvisit.journey.case import Blocker
from firstvisit.journey.plan.wanted import Draft, Ground
from firstvisit.steps.qualify.rules import BOOKS
from firstvisit.steps.qualify.windows import DATE_QUESTION, HELD_EVENTS

ORDER_BLOCKERS: Final[dict[str | None, str]] = {
    None: "order_not_stated",
    "missing": "order",
    "announced": "order",
    "on_file": "order_unsigned",
}
"""What a needed order holds up, by how ready it is. Not stated is not missing."""


EVENT_DATE: Final = "event_date"
"""The date of a surgery or a discharge, which the office knows that referred."""
SURGERY_DAY: Final = "surgery_day"
"""Which of two days holds that were stated for one surgery; also the slug of its question."""
HOME: Final = "home_place"
"""Which of a ZIP and a town holds that do not fit together; also the slug of its question."""


def blockers(ground: Ground, draft: Draft) -> None:
    """What it waits for and on whom. An order is the office's to send; where nobody refers, the family's. Of whom we
    refer elsewhere we want none."""
    case, steers, facts = ground.case, draft.steers, ground.case.facts
    question = steers.question if draft.outcome == "need_info" else None
    if question is not None:
        dates = question.endswith(DATE_QUESTION)  # of any event, or of one that is named: "surgery_date"
        asks_office = dates and case.office and _date_of_an_office(draft)
        _wait(ground, draft, *((EVENT_DATE, "referrer") if asks_office else (f"answer_{question}", "family")))
    wanted = steers.order_needed == "yes" and draft.outcome != "refer_out"
    paper = ORDER_BLOCKERS.get(steers.order_readiness) if wanted else None
    if paper is not None and not (
        paper == "order_not_stated" and question == "order"
    ):
        sender = "family" if facts.ordering is None and not case.office else "referrer"
        _wait(ground, draft, paper, "orderer" if facts.ordering else sender)
    if facts.zip_disagrees and not (question is not None and steers.asks_home) and _asks(HOME, ground, draft):
        reached = facts.has_phone or facts.has_email
        _wait(ground, draft, HOME, "family" if reached or not case.office else "referrer")
    if facts.surgery_or_on is not None and _asks(SURGERY_DAY, ground, draft):
        _wait(ground, draft, SURGERY_DAY, "referrer" if case.office else "family")
    if draft.outcome == "need_auth_first" or asked_beside(draft):
        _wait(ground, draft, "authorization", "payer")
    if draft.outcome in ("clinician_review", "person_looks"):
        _wait(ground, draft, "judgement", "us")
    if facts.lead_kind != "organization" and not (facts.has_phone or facts.has_email):
        _wait(ground, draft, "way_to_reach", "referrer")
    elif case.unreachable:
        _wait(ground, draft, "way_to_reach", "referrer" if case.office else "us")


def _date_of_an_office(draft: Draft) -> bool:
    """Whether the date is that of a surgery or a discharge, which stands in the papers of whoever referred."""
    program = draft.steers.program
    since = [window.since for window in program.windows if window.ask_if_missing] if program is not None else []
    return bool(since) and all(HELD_EVENTS.issuperset(kinds) for kinds in since)


def _asks(question: str, ground: Ground, draft: Draft) -> bool:
    """Whether it is worth asking which of two holds: not of whom we refer elsewhere, nor where nobody knew."""
    return draft.outcome != "refer_out" and question not in ground.case.facts.not_known


def asked_beside(draft: Draft) -> bool:
    """Whether the payer is to authorize the evaluation first and it is booked all the same: because it cannot wait, or
    because a person said so."""
    return draft.outcome in BOOKS and draft.steers.authorization


def _wait(ground: Ground, draft: Draft, what: str, whom: str) -> None:
    """Since when is kept from pass to pass."""
    before = next((b for b in ground.case.blockers if b.what == what and b.whom == whom), None)
    since = before.since if before is not None and before.since else ground.now.astimezone(UTC).isoformat()
    draft.blockers.append(Blocker(what, whom, since))
