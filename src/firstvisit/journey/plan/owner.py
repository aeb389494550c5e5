"""Who owns a lead, and why: a person's ruling, a gift of the machine's, else the queue of its route."""

from __future__ import annotations

from typing import Any

from firstvisit.journey.case import Assigned, Member
from firstvisit.journey.plan.dues import moment
from firstvisit.journey.plan.wanted import Draft, Ground, Owner
from firstvisit.steps.routing.rules import Asked, Routed, route_for


def owner(ground: Ground, draft: Draft) -> None:
    """The person who took or was handed the lead, or whom it was given to since; else the queue of its route.

    A red flag goes to review whoever had the lead, unless that person may judge it themselves.
    """
    case, routed = ground.case, _routed(ground, draft)
    draft.route = routed.queue
    flagged = draft.outcome == "clinician_review"
    ruled = case.rulings.get("owner")
    if ruled is not None and flagged and not ruled.get("reviews"):
        ruled = None
    given = case.assigned
    if given is not None and flagged and (flag := case.unreviewed()) is not None and flag.at > given.at:
        given = None
    draft.assigned = given
    if given is not None and (ruled is None or _before(ruled, given)):
        draft.owner, draft.owner_reason = Owner(given.queue, given.user), given.why
    elif ruled is not None:
        draft.owner = Owner(user=ruled.get("user"), queue=ruled.get("queue"))
        draft.owner_reason = "Taken or handed over by a person"
    else:
        _route(ground, draft, routed)


def _before(ruled: dict[str, Any], given: Assigned) -> bool:
    """Whether a person ruled before the machine gave the lead on."""
    at = ruled.get("at")
    return at is None or moment(at) < given.at


def _routed(ground: Ground, draft: Draft) -> Routed:
    case, facts = ground.case, ground.case.facts
    return route_for(
        Asked(
            draft.outcome,
            facts.lead_kind,
            case.site,
            facts.program,
            facts.language,
            facts.payer,
            draft.steers.urgent,
        ),
        ground.routing,
        ground.practice,
    )


def _route(ground: Ground, draft: Draft, routed: Routed) -> None:
    case = ground.case
    draft.owner, draft.owner_reason = Owner(queue=routed.queue), routed.why
    if not routed.balance or not case.desk:
        return
    flagged = draft.outcome == "clinician_review"
    taker = least_loaded(ground, [m for m in case.desk if routed.queue in m.queues], reviews=flagged)
    if taker is not None:
        why = f"{routed.why}; present, with the fewest open leads of its queue"
        give(ground, draft, Assigned(None, taker.user, ground.now, why[:200]))


def give(ground: Ground, draft: Draft, given: Assigned) -> None:
    """The machine gives the lead to somebody, or to a queue; every next thing that went with it goes along."""
    before, draft.owner = draft.owner, Owner(given.queue, given.user)
    draft.assigned, draft.owner_reason = given, given.why
    draft.tasks = [task._replace(owner=draft.owner) if task.owner == before else task for task in draft.tasks]


def least_loaded(
    ground: Ground, members: list[Member], *, reviews: bool, most: int | None = None
) -> Member | None:
    """Of these people who can have the lead, the one with the fewest open ones; whoever speaks the family's
    language goes before, and nobody is given a lead of a payer they are known not to be credentialed with.
    `most`: nor whoever has so many open leads already."""
    case, facts = ground.case, ground.case.facts
    fitting = [
        member
        for member in members
        if (not member.sites or case.site in member.sites)
        and (member.reviews or not reviews)
        and (most is None or member.leads < most)
        and (not member.payers or facts.payer is None or facts.payer in member.payers)
    ]
    return min(
        fitting,
        key=lambda m: (facts.language is not None and facts.language not in m.languages, m.leads, m.user),
        default=None,
    )
