"""The first human try of a round, on its clock; after it, what follows is planned by `after_try`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from firstvisit.journey.case import AppointmentSeen, Arrived, Case, TaskSeen
from firstvisit.journey.endings import AGREED, BOOKED, OFFERS
from firstvisit.journey.flags import AUTHORIZATION, NO_RED_FLAG, ONE, PROGRAM, SETTING
from firstvisit.journey.plan.after_try import after_try
from firstvisit.journey.plan.answered import waits_for_ruling
from firstvisit.journey.plan.authorization import payer_asked
from firstvisit.journey.plan.called_off import day_and_time, no_time
from firstvisit.journey.plan.dues import (
    ASKED_FOR_CARE,
    due,
    hears_again,
    held_until,
    moment,
    names_a_day,
    not_put_off,
)
from firstvisit.journey.plan.waiting import asked_beside
from firstvisit.journey.plan.wanted import Draft, Ground, WantedTask
from firstvisit.journey.plan.words import (
    AGAIN,
    BARRED,
    CHOOSE_PROGRAM,
    FIND_SOMEBODY,
    FOLLOW_UPS,
    HELD,
    MISSED,
    NEXT_ACTION,
    NO_WAY,
    OFFER_SETTING,
    PROGRAM_FULL,
    PROGRAM_OPEN,
    REFUSED,
    REFUSED_BESIDE,
    RULED,
    SAY_WHAT_FITS,
    STAGE_ACTION,
    TWO_PATIENTS,
    UNAUTHORIZED,
    WISHED,
)
from firstvisit.messages.moments import short_day
from firstvisit.steps.qualify.elsewhere import Fitting
from firstvisit.steps.qualify.rules import BOOKS
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.rules import minutes_for

LONGEST: Final = 200
"""Characters of a task's reason."""


def next_try(ground: Ground, draft: Draft) -> None:
    """The first try of this round; once one was made, what follows from how it ended.

    A ruled due time replaces the clock. Every open lead leaves this rule or `silence` with a next thing.
    """
    case = ground.case
    outcome = draft.outcome
    if ground.silent and not review_waits(case, outcome):
        return
    done = _last_done(case)
    begun, cause = _begun(case, done, draft.roused_at)
    nobody: tuple[str, str] | None = None
    if (answer := waits_for_ruling(case)) is not None:
        _decide_again(ground, draft, answer)
        return
    flag = case.unreviewed() if outcome == "clinician_review" else None
    if flag is not None:
        begun, cause, done = flag.received_at, str(flag.item), None
    if flag is None and case.read_first:
        return  # the task to read it is the next thing; what follows is planned once somebody has
    if flag is None and case.unreachable and outcome not in ("clinician_review", "person_looks", "discovery"):
        _find_another_way(ground, draft, done, begun, cause)
        return
    asks = done is None or done.kind == NEXT_ACTION[outcome][0]
    if outcome == "need_auth_first" and asks and payer_asked(ground, draft):
        return  # the payer has it in hand: `authorization` says when somebody asks how it stands
    if flag is None and (visit := case.visit) is not None:
        _see_through(ground, draft, visit)
        return
    if flag is None and (fell := case.fell_through) is not None and fell.status_at >= begun:
        begun, cause = fell.status_at, f"{fell.id}:{fell.sequence}"
        if fell.status == "missed":
            _call_missed(ground, draft, fell, cause)
            return
        if (why_not := no_time(case, fell)) is not None:
            found, say = FIND_SOMEBODY[why_not]
            nobody = found, say.format(when=day_and_time(ground, fell))
    if done is not None and done.ended_at is not None and begun <= done.ended_at:
        if done.result != AGREED:
            after_try(ground, draft, done, begun)
            return
        begun, cause = done.ended_at, str(done.id)
    kind, why = NEXT_ACTION[outcome]
    if outcome == "discovery":
        kind, why = STAGE_ACTION.get(draft.stage, (kind, why))
    if case.facts.several_patients and outcome == "person_looks" == draft.steers.outcome:
        kind, why = TWO_PATIENTS
    if (fits := draft.steers.instead) is not None and outcome == draft.steers.outcome:
        why = f"{_named(ground, fits)} fits: say so, and book it there once they agree"
        kind = OFFER_SETTING[fits.setting][0] if fits.setting is not None else kind
    if kind == OFFERS and fits is None:
        kind, why = SAY_WHAT_FITS
    elif case.ruled_outcome() == outcome != "clinician_review":
        why = RULED
    elif outcome in BOOKS and draft.steers.program is None:
        why = f"{why}; {PROGRAM_OPEN}"
    if draft.steers.full and outcome in BOOKS:
        why = f"{why}; {PROGRAM_FULL}"
    if asked_beside(draft):
        why = f"{why}; {UNAUTHORIZED}"
    elif draft.steers.refused and outcome in (*BOOKS, "person_looks"):
        why = REFUSED if outcome == "person_looks" else f"{why}; {REFUSED_BESIDE}"
    if outcome == "nurture" and (opens := _opens(ground, draft)) is not None:
        if draft.steers.held_for in ASKED_FOR_CARE:
            kind, why = HELD
        else:
            begun = max(begun, opens)
            if names_a_day(ground, draft):
                kind, why = WISHED
        if case.facts.source == "guide" and not (case.facts.has_phone or case.facts.may_email):
            kind, why = NO_WAY
    if nobody is not None and outcome in BOOKS:
        kind, why = nobody
    _add(ground, draft, kind, why, begun, cause, safety=outcome == "clinician_review")


def _add(
    ground: Ground, draft: Draft, kind: str, why: str, begun: datetime, cause: str, *, safety: bool = False
) -> None:
    """The task of this kind on the clock of the lead's outcome, from `begun`."""
    case = ground.case
    minutes, clock = minutes_for(
        draft.outcome,
        case.facts.lead_kind,
        urgent=draft.steers.urgent,
        timing=case.facts.timing,
        routing=ground.routing,
    )
    key = f"{ground.prefix}:{kind}:lead:{cause}"
    due_at = due(case, not_put_off(ground, draft, key, clocks.due(begun, minutes, ground.site)))
    reason = f"{why}. {clock.text}"[:LONGEST]
    draft.tasks.append(WantedTask(key, kind, reason, draft.owner, due_at, minutes, safety))


def _see_through(ground: Ground, draft: Draft, visit: AppointmentSeen) -> None:
    """A visit is booked here: at its end somebody notes what became of it."""
    kind, _ = FOLLOW_UPS[BOOKED]
    site = ground.practice.sites.get(visit.site, ground.site)
    who = ground.practice.resources.get(visit.clinician)
    at = visit.starts_at.astimezone(site.tz)
    words = f"Booked {short_day(at.date())}{f' with {who.name}' if who is not None else ''}: note how it ended"
    key = f"{ground.prefix}:{kind}:lead:{visit.id}:{visit.sequence}"
    if draft.steers.program is None and ground.case.kind != "organization":
        choose, unknown = CHOOSE_PROGRAM
        chosen = f"{ground.prefix}:{choose}:lead:{visit.id}"
        if ground.case.ended(chosen) is None:
            minutes = ground.routing.standard_minutes
            by = clocks.due(visit.booked_at or visit.made_at, minutes, ground.site)
            draft.tasks.append(WantedTask(chosen, choose, unknown, draft.owner, by, minutes))
    due_at = due(ground.case, not_put_off(ground, draft, key, visit.ends_at))
    draft.tasks.append(WantedTask(key, kind, words[:LONGEST], draft.owner, due_at, ground.cadence.follow_up_minutes))


def _call_missed(ground: Ground, draft: Draft, missed: AppointmentSeen, cause: str) -> None:
    """Nobody came: they are called at once, to see that they are safe and to find another time."""
    kind, why = MISSED
    tried = [t for t in ground.case.tasks if t.tried and t.ended_at is not None and t.ended_at > missed.status_at]
    if tried:
        after_try(ground, draft, max(tried, key=lambda task: task.ended_at or ground.now), missed.status_at)
        return
    minutes = ground.booking.missed_call_minutes
    key = f"{ground.prefix}:{kind}:lead:{cause}"
    due_at = due(ground.case, not_put_off(ground, draft, key, missed.status_at + timedelta(minutes=minutes)))
    draft.tasks.append(WantedTask(key, kind, why, draft.owner, due_at, minutes))


def _named(ground: Ground, fits: Fitting) -> str:
    """What of ours fits, short: the program, with its site or setting where that is another one."""
    if fits.setting is not None:
        return f"{fits.program.name} {OFFER_SETTING[fits.setting][1]}"
    site = ground.practice.sites[fits.site]
    return fits.program.name if site.slug == ground.site.slug else f"{fits.program.name} at {site.name}"


def _find_another_way(ground: Ground, draft: Draft, done: TaskSeen | None, begun: datetime, cause: str) -> None:
    """Nothing may go to any way that is known, whatever was tried before: another one is looked for, and again as long
    as none is there."""
    case, (kind, why) = ground.case, BARRED
    looked = [task for task in case.tasks if task.kind == kind and task.ended_at is not None]
    last = max(looked, key=lambda task: task.ended_at or begun, default=None)
    if last is not None and last.ended_at is not None:
        begun, cause = max(begun, last.ended_at), str(last.id)
    elif done is not None and done.ended_at is not None:
        begun = max(begun, done.ended_at)
    _add(ground, draft, kind, why, begun, cause)


def _decide_again(ground: Ground, draft: Draft, answer: Arrived) -> None:
    """Whoever was ruled to rest answered: a person decides again, as soon as the rules would have them called."""
    case, (kind, why) = ground.case, AGAIN
    minutes, clock = minutes_for(
        draft.steers.outcome if draft.steers.outcome != "clinician_review" else draft.outcome,
        case.facts.lead_kind,
        urgent=draft.steers.urgent,
        timing=case.facts.timing,
        routing=ground.routing,
    )
    key = f"{ground.prefix}:{kind}:lead:{answer.item}"
    due_at = due(case, clocks.due(answer.clock_from, minutes, ground.site))
    draft.tasks.append(WantedTask(key, kind, f"{why}. {clock.text}", draft.owner, due_at, minutes))


def _opens(ground: Ground, draft: Draft) -> datetime | None:
    """When somebody who is kept in touch with hears from us first; one whom a person ruled so, some weeks later."""
    ruled = ground.case.rulings.get("outcome")
    if ruled is None:
        return held_until(ground, draft)
    return hears_again(ground, draft, moment(ruled["at"]))


def _begun(case: Case, done: TaskSeen | None, roused: datetime | None) -> tuple[datetime, str]:
    """When the present first thing began and the id of what caused it: the round's first request, the moment at which
    time or news ended the lead's rest, or what a person decided since: to open the lead again, to move an enquiry,
    that there is no red flag, for which program or setting it is, what the payer answered or, after a finished try,
    another outcome."""
    begun, cause = case.clock_from, str(case.cause)
    if roused is not None and roused > begun:
        begun, cause = roused, roused.astimezone(UTC).isoformat(timespec="seconds")
    if not case.rulings:
        return begun, cause
    always = ["reopened", "stage", NO_RED_FLAG, SETTING, AUTHORIZATION, ONE]
    if done is None or done.result != BOOKED:  # who has a visit is not called anew for the program of it
        always.append(PROGRAM)
    for what in (*always, "outcome") if done is not None else always:
        ruled = case.rulings.get(what)
        if ruled is not None and moment(ruled["at"]) > begun:
            begun, cause = moment(ruled["at"]), ruled["ruling"]
    return begun, cause


def review_waits(case: Case, outcome: str) -> bool:
    """A red flag goes before a clinician whatever was ruled before anybody knew of it."""
    return outcome == "clinician_review" and case.unreviewed() is not None


def _last_done(case: Case) -> TaskSeen | None:
    """The latest finished try, if there was one."""
    done = [task for task in case.tasks if task.tried]
    return max(done, key=lambda task: task.ended_at or case.received_at, default=None)
