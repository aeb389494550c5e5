"""What should be: the plan of one lead as desired state. Pure; the same case, practice, rules and moment
give the same plan.

An ordered table of small rules, one idea a module; each adds what it wants with its reason, and yields to
what people ruled. `journey.act` compares the result by key with what exists. A new consequence ("after X
also do Y") is one rule here and, where it is a new kind of thing, one action there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from firstvisit.journey.case import Case
from firstvisit.journey.plan import (
    answered,
    authorization,
    breach,
    called_off,
    card,
    compare_people,
    coverage,
    dues,
    estimate,
    farewell,
    first_try,
    for_whom,
    kept,
    medicare,
    messages,
    offer,
    other_therapy,
    outcome,
    owner,
    papers,
    partner,
    registration,
    silence,
    treatment,
    twice,
    untold,
    visits,
    waiting,
)
from firstvisit.journey.plan.wanted import (
    Closing,
    Draft,
    Ground,
    Owner,
    Plan,
    WantedCheck,
    WantedMessage,
    WantedRequest,
    WantedTask,
)
from firstvisit.journey.plan.words import FOLLOW_UPS, NEXT_ACTION, TASK_WORDS, task_words
from firstvisit.journey.policy import Cadence, Switches
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking.emr.rules import Emr
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.coverage.fees import Fees
from firstvisit.steps.coverage.medicare_policy import Medicare
from firstvisit.steps.coverage.policy import Authorizing, Verification
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import Judgement, judge
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.tries import Tries

__all__ = [
    "CLOSED",
    "FOLLOW_UPS",
    "NEXT_ACTION",
    "RULES",
    "TASK_WORDS",
    "Closing",
    "Owner",
    "Plan",
    "WantedCheck",
    "WantedMessage",
    "WantedRequest",
    "WantedTask",
    "plan",
    "task_words",
]

RULES: Final[tuple[Callable[[Ground, Draft], None], ...]] = (
    outcome.outcome,
    outcome.stage,
    owner.owner,
    waiting.blockers,
    authorization.needed,
    outcome.roused,
    first_try.next_try,
    kept.kept,
    silence.silent,
    papers.papers,
    authorization.authorization,
    other_therapy.other_therapy,
    coverage.checks,
    coverage.after_answers,
    estimate.estimate,
    messages.receipt,
    messages.preferences,
    partner.arrived,
    partner.scheduled,
    visits.letters,
    treatment.letters,
    treatment.decide,
    twice.booked_twice,
    twice.letter,
    treatment.offer_again,
    treatment.missed,
    called_off.call,
    untold.untold,
    breach.broken_clocks,  # behind all that somebody outside waits for
    answered.to_whoever_may,
    visits.partner,
    partner.not_evaluated,
    estimate.letter,
    offer.offer,
    messages.messages_astray,
    for_whom.for_whom,
    compare_people.compare_people,
    medicare.medicare,
    card.card,
    registration.registration,
    dues.window_end,
    dues.status_end,
    dues.hold_end,
)
"""The rules in the order in which they speak; later ones read what earlier ones agreed on."""

CLOSED: Final[tuple[Callable[[Ground, Draft], None], ...]] = (
    farewell.stays,
    farewell.close_note,
    farewell.status_of_the_end,
    farewell.ask_again,
    authorization.authorization,
    medicare.medicare,
    visits.letters,
    treatment.letters,
    called_off.call,
    untold.closed,
    untold.untold,
    treatment.offer_again,
    treatment.missed,
    registration.registration,
)
"""The rules of a closed lead. None of them decides or calls anybody; what an evaluation owes Medicare goes on."""


def reads_alike(before: Policy, after: Policy) -> bool:
    """Whether two versions of the rules differ, if at all, in nothing that a plan reads but how leads are judged."""
    reads = (Routing, Switches, Cadence, Tries, Verification, Medicare, Authorizing, Fees, Booking, Emr)
    return all(before.section(read) == after.section(read) for read in reads)


def plan(
    case: Case, practice: Practice, policy: Policy, now: datetime, *, judged: Judgement | None = None
) -> Plan:
    """Plan one lead. A closed one stays as it is; what is left are letters. `judged` is the judgement of these very
    facts at this moment, where there is one already."""
    if case.closed and case.site not in practice.sites:
        # A closed lead outlives its site; what is left of it runs in the hours of the practice's home.
        home = practice.identity.home_site
        case = case._replace(site=home, facts=case.facts._replace(site=home))
    ground = Ground(
        case,
        practice,
        practice.sites[case.site],
        policy.section(Routing),
        policy.section(Switches),
        policy.section(Cadence),
        policy.section(Tries),
        policy.section(Verification),
        policy.section(Medicare),
        policy.section(Authorizing),
        policy.section(Fees),
        policy.section(Booking),
        policy.section(Emr),
        now,
        str(case.lead),
        case.silent,
    )
    judgement = judged or judge(case.facts, practice, policy.section(Judging), now)
    draft = Draft(judgement.steers, judgement.outcome, Owner(), roused_at=case.roused_at)
    for rule in CLOSED if case.closed else RULES:
        rule(ground, draft)
    return Plan(
        stage=draft.stage,
        outcome=case.outcome if case.closed else draft.outcome,
        owner=draft.owner,
        blockers=tuple(draft.blockers),
        tasks=tuple(draft.tasks),
        messages=tuple(draft.messages),
        checks=tuple(draft.checks),
        requests=tuple(draft.requests),
        to_emr=draft.to_emr,
        expected_on=draft.expected_on,
        look_again_at=min(draft.look_again, default=None),
        judgement=judgement,
        revision=practice.version,
        closing=draft.closing,
        owner_reason=draft.owner_reason[:200],
        assigned=draft.assigned,
        route=draft.route,
        breached=tuple(draft.breached),
        roused_at=draft.roused_at,
    )
