"""One share of a preview: the leads of a range of numbers, judged with a draft of the rules. Writes nothing."""

from __future__ import annotations

import uuid
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from firstvisit.journey.case import Case
from firstvisit.journey.loading import load
from firstvisit.journey.plan import Plan, plan
from firstvisit.journey.preview.tally import Tally
from firstvisit.journey.settling import Hands, Unsettled, settled
from firstvisit.journey.standing import Standing, of_case, of_plan
from firstvisit.journey.unmoved import unmoved
from firstvisit.leads.facts import Facts, from_json
from firstvisit.leads.models import DecisionRow, Lead
from firstvisit.leads.queries import seen
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice


class Draft(NamedTuple):
    """What a share is judged with."""

    practice: Practice
    live: Policy
    draft: Policy
    queues: dict[int, str]
    since: datetime
    now: datetime
    hands: Hands
    """What went from hand to hand in the leads judged so far, as in applying."""


def tally(ground: Draft, first: int, last: int) -> Tally:
    """Count the leads numbered `first` to `last` (both included)."""
    found = Tally()
    _open(ground, first, last, found)
    _closed(ground, first, last, found)
    return found


def _open(ground: Draft, first: int, last: int, found: Tally) -> None:
    leads = Lead.objects.filter(number__range=(first, last), closed_at__isnull=True)
    at_rest = leads.filter(planned_under=ground.practice.version)
    stay = []
    for lead in unmoved(at_rest, ground.practice, ground.live, ground.draft, ground.now):
        found.points += 1
        found.stays(lead.facts, lead.outcome)
        stay.append(lead.lead)
    if stay and len(stay) == leads.count():
        return
    rest = leads.exclude(id__among=stay) if stay else leads
    for case in load(seen(rest.order_by("id")), ground.queues, ground.now, present=True):
        found.points += 1
        case = ground.hands.seen(case)
        try:
            planned = _settled(case, ground, ground.draft)
        except (KeyError, LookupError, ValueError, Unsettled):
            found.unreadable += 1
            continue
        was, will = of_case(case), of_plan(planned)
        clock = _moves_alone(was, will) and of_plan(_settled(case, ground, ground.live)) == will
        ground.hands.went(case.user, planned.owner.user)
        found.count(case.number, case.facts, was, will, is_open=True, by_clock=clock)


def _settled(case: Case, ground: Draft, rules: Policy) -> Plan:
    """The plan with which a lead rests under these rules, which are not those it was planned under."""
    return settled(case._replace(planned_under=0), ground.practice, rules, ground.now)


def _moves_alone(was: Standing, will: Standing) -> bool:
    """Whether what changes is such that a clock may do it, whatever the rules: who has it, or by when."""
    return was != will and (was.outcome, was.judged) == (will.outcome, will.judged)


def _closed(ground: Draft, first: int, last: int, found: Tally) -> None:
    """Decisions of the last 90 days on leads closed since; the latest of each lead is the one that counts."""
    rows = (
        DecisionRow.objects.filter(
            lead__number__range=(first, last), lead__closed_at__isnull=False, at__gte=ground.since
        )
        .order_by("lead_id", "at", "id")
        .values_list("lead_id", "lead__number", "lead__kind", "inputs")
    )
    for _, points in groupby(rows, key=lambda row: row[0]):
        latest = None
        for lead, number, kind, inputs in points:
            found.points += 1
            try:
                latest = _judged(ground, lead, number, kind, inputs)
            except (KeyError, LookupError, TypeError, ValueError):
                found.unreadable += 1
        if latest is not None:
            found.count(number, *latest, is_open=False)


def _judged(
    ground: Draft, lead: uuid.UUID, number: int, kind: str, inputs: dict[str, Any]
) -> tuple[Facts, Standing, Standing]:
    """One decision again, by the live rules and by the draft, as if nobody had acted on it yet."""
    facts, then = from_json(inputs["facts"]), datetime.fromisoformat(inputs["now"])
    case = Case(
        lead=lead,
        number=number,
        kind=kind,
        site=facts.site,
        stage="",
        outcome="",
        queue=None,
        user=None,
        blockers=(),
        received_at=facts.received_at,
        closed=False,
        facts=facts,
        cause=lead,
        clock_from=facts.received_at,
        writes_to=None,
    )
    was, will = (plan(case, ground.practice, rules, then) for rules in (ground.live, ground.draft))
    return facts, of_plan(was), of_plan(will)
