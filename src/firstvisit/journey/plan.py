"""What should be: the plan of one lead as desired state. Pure; the same case, practice, rules and moment
give the same plan.

An ordered table of small rules; each adds what it wants with its reason, and yields to what people ruled.
`journey.act` compares the result by key with what exists. A new consequence ("after X also do Y") is one
rule here and, where it is a new kind of thing, one action there.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from firstvisit.journey.case import Case, TaskSeen
from firstvisit.journey.policy import Switches
from firstvisit.kernel.decisions import Decision
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import Judgement, judge
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import minutes_for, queue_for

NEXT_ACTION: Final[dict[str, tuple[str, str]]] = {
    "clinician_review": ("review_red_flag", "A clinician looks before anything else"),
    "book_now": ("call_to_book", "Fits and complete: book the evaluation"),
    "book_pending_docs": ("call_to_book", "Fits: book, ask for the missing papers"),
    "need_info": ("ask_question", "One answer decides"),
    "need_auth_first": ("request_authorization", "The payer authorizes the evaluation first"),
    "waitlist": ("offer_waitlist", "Fits, but the program is full"),
    "route_other_location_or_program": ("offer_other_program", "Another program or site of ours fits"),
    "refer_out": ("tell_other_place", "Not here: name the other place and tell whoever asked"),
    "person_looks": ("decide", "No rule decides this one"),
    "nurture": ("keep_in_touch", "Not yet: ask what they need and when"),
    "discovery": ("call_organization", "Find out what the organization needs and who decides"),
}
"""For each outcome the kind of task that comes next and why."""

FOLLOW_UPS: Final[dict[str, tuple[str, str]]] = {
    "reached_booked": ("await_visit", "A visit was agreed: close the lead once the evaluation is done"),
    "reached_callback_set": ("call_back", "A call back was agreed"),
    "reached_thinking": ("call_back", "They are thinking it over"),
    "reached_answered": ("decide", "The question was answered: decide"),
    "reviewed": ("decide", "Reviewed: decide the outcome"),
    "told": ("close_told", "They were told: close the lead with the reason"),
}
"""What follows a try, by what it ended in; anything else is tried again."""

TASK_WORDS: Final[dict[str, str]] = {
    "review_red_flag": "Review the red flag",
    "call_to_book": "Call to book",
    "ask_question": "Ask the one question",
    "request_authorization": "Request the authorization",
    "offer_waitlist": "Offer the waitlist",
    "offer_other_program": "Offer the other program",
    "tell_other_place": "Name the other place",
    "decide": "Decide the outcome",
    "keep_in_touch": "Ask when they want care",
    "call_organization": "Call the organization",
    "follow_up": "Try again",
    "await_visit": "See the visit through",
    "call_back": "Call back",
    "close_told": "Close the lead",
    "close_do_not_contact": "Do not contact: close, or lift it",
    "ask_whom": "Ask for whom they asked",
    "glass_broken": "Look at who broke the glass",
    "item_waits": "Look at what could not be read",
    "message_unclear": "Find out whether the message arrived",
    "message_refused": "Reach them another way",
    "advance_failed": "For the engineer: this lead cannot be planned",
}
"""The words on screen for each kind of task."""


ORDER_BLOCKERS: Final[dict[str | None, str]] = {
    None: "order_not_stated",
    "missing": "order",
    "on_file": "order_unsigned",
}
"""What a needed order holds up, by how ready it is. Not stated is not missing."""


class Owner(NamedTuple):
    """Exactly one of a queue (slug) and a user (id as text)."""

    queue: str | None = None
    user: str | None = None


class WantedTask(NamedTuple):
    """A next thing. `minutes` is the length of its clock in business minutes, `due_at` where it ends."""

    key: str
    kind: str
    reason: str
    owner: Owner
    due_at: datetime
    minutes: int
    safety: bool = False


class WantedMessage(NamedTuple):
    """A message that should exist; the gate and the switch still decide whether it leaves."""

    key: str
    channel: str
    purpose: str
    template: str
    cause: uuid.UUID


class Plan(NamedTuple):
    """Desired state of one lead."""

    stage: str
    outcome: str
    owner: Owner
    blockers: tuple[tuple[str, str], ...]
    tasks: tuple[WantedTask, ...]
    messages: tuple[WantedMessage, ...]
    look_again_at: datetime | None
    judgement: Judgement


@dataclass(slots=True)
class _Draft:
    """What the rules have agreed on so far."""

    judgement: Judgement
    decision: Decision
    owner: Owner
    stage: str = "qualifying"
    blockers: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[WantedTask] = field(default_factory=list)
    messages: list[WantedMessage] = field(default_factory=list)
    look_again: list[datetime] = field(default_factory=list)


class _Ground(NamedTuple):
    """What every rule is given."""

    case: Case
    practice: Practice
    judging: Judging
    routing: Routing
    switches: Switches
    now: datetime
    prefix: str
    """How the keys of everything planned for this lead begin."""


def plan(case: Case, practice: Practice, policy: Policy, now: datetime) -> Plan:
    """Plan one open lead."""
    ground = _Ground(
        case,
        practice,
        policy.section(Judging),
        policy.section(Routing),
        policy.section(Switches),
        now,
        str(case.lead),
    )
    judgement = judge(case.facts, practice, ground.judging, now)
    draft = _Draft(judgement, judgement.decision, Owner())
    for rule in RULES:
        rule(ground, draft)
    return Plan(
        stage=draft.stage,
        outcome=draft.decision.outcome,
        owner=draft.owner,
        blockers=tuple(draft.blockers),
        tasks=tuple(draft.tasks),
        messages=tuple(draft.messages),
        look_again_at=min(draft.look_again, default=None),
        judgement=judgement,
    )


def _outcome(ground: _Ground, draft: _Draft) -> None:
    """The judgement's outcome, unless a person ruled another one."""
    ruled = ground.case.ruled_outcome()
    if ruled is not None:
        draft.decision = Decision(ruled, draft.judgement.decision.reasons)


def _stage(ground: _Ground, draft: _Draft) -> None:
    """Received until the whole form is here, qualifying until somebody tried to reach them, then contacted."""
    if ground.case.last_try is not None:
        draft.stage = "contacted"
    elif not ground.case.facts.complete_form:
        draft.stage = "received"


def _owner(ground: _Ground, draft: _Draft) -> None:
    """The person who took or was handed the lead; else the queue of its route.

    A red flag goes to review whoever had the lead, unless that person may judge it themselves.
    """
    case = ground.case
    ruled = case.rulings.get("owner")
    flagged = draft.decision.outcome == "clinician_review"
    if ruled is not None and (ruled.get("reviews") or not flagged):
        draft.owner = Owner(user=ruled.get("user"), queue=ruled.get("queue"))
        return
    queue = queue_for(
        draft.decision.outcome, case.facts.lead_kind, case.site, ground.routing, ground.practice
    )
    draft.owner = Owner(queue=queue)


def _blockers(ground: _Ground, draft: _Draft) -> None:
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


def _next_action(ground: _Ground, draft: _Draft) -> None:
    """The first human try of this round, on its clock; once it is done, the next try a working day later.

    A ruled due time replaces the clock. Every open lead leaves this rule with a next thing.
    """
    case, routing = ground.case, ground.routing
    outcome = draft.decision.outcome
    if "do_not_contact" in case.rulings and not _review_waits(case, outcome):
        return
    kind, why = NEXT_ACTION[outcome]
    site = ground.practice.sites[case.site]
    done = _last_done(case)
    begun, cause = _begun(case, done)
    flag = case.unreviewed() if outcome == "clinician_review" else None
    if flag is not None:
        begun, cause, done = flag.received_at, str(flag.item), None
    if done is not None and done.ended_at is not None and begun <= done.ended_at:
        minutes = ground.switches.follow_up_minutes
        after, why = FOLLOW_UPS.get(done.result, ("follow_up", "The last try did not settle it"))
        draft.tasks.append(
            WantedTask(
                key=f"{ground.prefix}:{after}:lead:{done.id}",
                kind=after,
                reason=why,
                owner=draft.owner,
                due_at=_due(case, clocks.due(done.ended_at, minutes, site)),
                minutes=minutes,
                safety=outcome == "clinician_review",
            )
        )
        return
    minutes, clock = minutes_for(
        outcome,
        case.facts.lead_kind,
        urgent=draft.judgement.urgent,
        timing=case.facts.timing,
        routing=routing,
    )
    draft.tasks.append(
        WantedTask(
            key=f"{ground.prefix}:{kind}:lead:{cause}",
            kind=kind,
            reason=f"{why}. {clock.text}",
            owner=draft.owner,
            due_at=_due(case, clocks.due(begun, minutes, site)),
            minutes=minutes,
            safety=outcome == "clinician_review",
        )
    )


def _begun(case: Case, done: TaskSeen | None) -> tuple[datetime, str]:
    """When the present first thing began and the id of what caused it: the round's first request, or what a
    person decided since: to open the lead again or, after a finished try, another outcome."""
    begun, cause = case.clock_from, str(case.cause)
    for what in ("reopened", "outcome") if done is not None else ("reopened",):
        ruled = case.rulings.get(what)
        if ruled is not None and _moment(ruled["at"]) > begun:
            begun, cause = _moment(ruled["at"]), ruled["ruling"]
    return begun, cause


def _review_waits(case: Case, outcome: str) -> bool:
    """A red flag goes before a clinician whatever was ruled before anybody knew of it."""
    return outcome == "clinician_review" and case.unreviewed() is not None


def _do_not_contact(ground: _Ground, draft: _Draft) -> None:
    """Nobody calls or writes any more; what remains is to close the lead with a reason, or to lift it.

    Finishing the task does not close the lead, so it comes again until somebody does.
    """
    case = ground.case
    ruled = case.rulings.get("do_not_contact")
    if ruled is None or _review_waits(case, draft.decision.outcome):
        return
    site = ground.practice.sites[case.site]
    minutes = ground.routing.standard_minutes
    cause, since = ruled["ruling"], max(_moment(ruled["at"]), case.received_at)
    for task in case.tasks:
        if (
            task.kind == "close_do_not_contact"
            and task.status == "done"
            and (task.ended_at or since) >= since
        ):
            cause, since = task.id, task.ended_at or since
    draft.tasks.append(
        WantedTask(
            key=f"{ground.prefix}:close_do_not_contact:lead:{cause}",
            kind="close_do_not_contact",
            reason="A person ruled: do not contact",
            owner=draft.owner,
            due_at=_due(case, clocks.due(since, minutes, site)),
            minutes=minutes,
        )
    )


def _receipt(ground: _Ground, draft: _Draft) -> None:
    """Whoever asked is told at once that it arrived; after an unfinished form, ten minutes later.

    Wanted only where somebody said that we may e-mail them. Never for a person nobody may contact.
    """
    case, facts = ground.case, ground.case.facts
    if ground.switches.receipt != "do" or "do_not_contact" in case.rulings:
        return
    if case.writes_to is None or not (facts.has_email and facts.may_email):
        return
    ready_at = case.clock_from + timedelta(minutes=ground.switches.receipt_after_minutes)
    if not facts.complete_form and ground.now < ready_at:
        draft.look_again.append(ready_at)
        return
    draft.messages.append(
        WantedMessage(
            key=f"{ground.prefix}:receipt:lead:{case.cause}",
            channel="email",
            purpose="receipt",
            template="receipt",
            cause=case.cause,
        )
    )


def _messages_astray(ground: _Ground, draft: _Draft) -> None:
    """A message that was refused or may not have arrived is a person's to put right; never sent again."""
    case, minutes = ground.case, ground.routing.standard_minutes
    for seen in case.messages.values():
        if seen.status not in ("refused", "unclear") or seen.ended_at is None:
            continue
        kind = f"message_{seen.status}"
        key = f"{ground.prefix}:{kind}:message:{seen.id}"
        if case.ended(key) is not None:
            continue
        why = "It may or may not have arrived" if seen.status == "unclear" else "It could not be sent"
        due_at = clocks.due(seen.ended_at, minutes, ground.practice.sites[case.site])
        draft.tasks.append(WantedTask(key, kind, why, draft.owner, due_at, minutes))


def _for_whom(ground: _Ground, draft: _Draft) -> None:
    """Somebody with an open lead asked again and did not say for whom: a person asks, for it may be a sister.

    A form's first step names nobody, so its second step is waited for.
    """
    case = ground.case
    if not case.unnamed or "do_not_contact" in case.rulings:
        return
    asked = [t.ended_at for t in case.tasks if t.kind == "ask_whom" and t.status == "done" and t.ended_at]
    for item, at in case.unnamed:
        ready_at = at + timedelta(minutes=ground.switches.receipt_after_minutes)
        key = f"{ground.prefix}:ask_whom:item:{item}"
        if any(at <= moment for moment in asked):
            continue
        if ground.now < ready_at:
            draft.look_again.append(ready_at)
            continue
        minutes = ground.routing.standard_minutes
        due_at = clocks.due(at, minutes, ground.practice.sites[case.site])
        why = "They asked again without naming anybody: for the same person or for another?"
        draft.tasks.append(WantedTask(key, "ask_whom", why, draft.owner, due_at, minutes))
        return  # one call settles however many there are


def _window_end(ground: _Ground, draft: _Draft) -> None:
    """Days pass: look again when a deadline moves into another band of the card, at local midnight."""
    by: date | None = draft.judgement.by
    site = ground.practice.sites[ground.case.site]
    local = ground.now.astimezone(site.tz)
    if by is not None and local.date() <= by:
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), site.tz)
        draft.look_again.append(midnight)


RULES: Final[tuple[Callable[[_Ground, _Draft], None], ...]] = (
    _outcome,
    _stage,
    _owner,
    _blockers,
    _next_action,
    _do_not_contact,
    _receipt,
    _messages_astray,
    _for_whom,
    _window_end,
)


def _last_done(case: Case) -> TaskSeen | None:
    """The latest finished try, if there was one."""
    done = [task for task in case.tasks if task.tried]
    return max(done, key=lambda task: task.ended_at or case.received_at, default=None)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _due(case: Case, computed: datetime) -> datetime:
    """The due time a person set, while it is in force; else the computed one."""
    ruled = case.rulings.get("due")
    return datetime.fromisoformat(ruled["due_at"]) if ruled is not None else computed
