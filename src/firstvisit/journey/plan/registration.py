"""What the EMR is to be told of a booked patient and the visits, and whom it waits for. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from firstvisit.journey.endings import ENTER, MEND
from firstvisit.journey.plan.wanted import Draft, Ground, Owner, WantedTask
from firstvisit.messages.moments import short_day
from firstvisit.steps.booking.emr.owed import OF_TWO, Owed, Told, Visit, owed
from firstvisit.steps.routing import clocks

LONGEST: Final = 200
ORDERED: Final = ("unsigned", "on_file", "signed")
"""States of an order that somebody has written."""
MOST_NAMED: Final = 3
WORDS: Final = {
    "patient": "the patient", "corrected": "what was corrected", "referral": "the referral", "booked": "the visit",
    "moved": "the visit's new time", "changed": "what changed of the visit", "cancelled": "that the visit is cancelled",
    "deleted": "that the visit was booked by mistake", "missed": "that the visit was missed",
}  # fmt: skip


def registration(ground: Ground, draft: Draft) -> None:
    """Tell what is owed, once; what a person has to type, and what the EMR refused, is one task each."""
    case = ground.case
    if case.kind == "organization":
        return
    visits = [Visit(a.id, a.status, a.starts_at, a.ends_at, a.sequence, a.why) for a in case.appointments]
    due = owed(
        visits, case.told_emr, ground.emr, prefix=ground.prefix, now=ground.now, stands=case.told_otherwise,
        referred=case.office or case.facts.order_state in ORDERED,
    )  # fmt: skip
    draft.to_emr = due
    standing = told_after(case.told_emr, due)
    _enter(ground, draft, [each for each in standing if each.way == "copy_card" and each.status == "wanted"])
    for each in standing:
        if each.status in ("refused", "failed"):
            _mend(ground, draft, each)


def told_after(told: tuple[Told, ...], due: Owed) -> tuple[Told, ...]:
    """What the EMR is told of a lead once its plan is carried out."""
    holds = {each.key: each for each in due.holds}
    stay = []
    for each in told:
        if (found := holds.get(each.key)) is not None:
            each = each._replace(revision=found.revision, corrects=found.corrects)
        if each.key in due.gone:
            each = each._replace(status="withdrawn")
        elif each.key in due.again:
            each = each._replace(status="wanted")
        stay.append(each)
    return (*stay, *due.new)


def _enter(ground: Ground, draft: Draft, waiting: list[Told]) -> None:
    """A person types it: one task for all that waits, from the copy-card."""
    if not waiting:
        return
    what = " and ".join(dict.fromkeys(_named(each) for each in waiting))
    key = f"{ground.prefix}:{ENTER}:{waiting[0].number}"
    why = f"Booked: enter {what} in the EMR, from the copy-card"
    if not any(each.what == "patient" for each in waiting):
        why = f"Enter {what} in the EMR, from the copy-card"
    _task(ground, draft, key, ENTER, why, min(each.wanted_at for each in waiting))


def _named(told: Told) -> str:
    """What is told, in words; of a correction the names of its facts."""
    if told.what in OF_TWO:
        return OF_TWO[told.what].format(*told.corrects)
    if not told.corrects:
        return WORDS[told.what]
    named = ", ".join(told.corrects[:MOST_NAMED])
    more = len(told.corrects) - MOST_NAMED
    return f"{WORDS[told.what]} ({named}{f' and {more} more' if more > 0 else ''})"


def _mend(ground: Ground, draft: Draft, told: Told) -> None:
    day = short_day(told.wanted_at.astimezone(ground.site.tz).date())
    named = f"{_named(told) if told.what in OF_TWO else WORDS[told.what]} ({told.kind.upper() or told.way})"
    said = "refused" if told.status == "refused" else "did not take"
    why = f"The EMR {said} {named}, wanted {day}: {told.why}"
    key = f"{ground.prefix}:{MEND}:{told.number}:{told.tries}"
    _task(ground, draft, key, MEND, why, told.wanted_at)


def _task(ground: Ground, draft: Draft, key: str, kind: str, why: str, since: datetime) -> None:
    if ground.case.ended(key) is not None:
        return
    minutes = ground.emr.person_minutes
    due_at = clocks.due(since, minutes, ground.site)
    owner = draft.owner if any(draft.owner) else Owner(queue=ground.routing.escalation_queue)  # of a closed lead
    draft.tasks.append(WantedTask(key, kind, why[:LONGEST], owner, due_at, minutes))
