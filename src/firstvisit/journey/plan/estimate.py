"""What the first visit costs: when it must have been told, and the letter with the link to it.

Who has no insurance, or uses none, is given a good faith estimate in writing: once a visit is agreed far enough ahead,
once somebody asks, and anew where our prices changed before the visit (45 CFR 149.610). Anybody else who asks is told
within the same time, by our own custom.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from firstvisit.journey.case import EstimateSeen
from firstvisit.journey.plan.dues import moment
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage, WantedTask
from firstvisit.steps.coverage.good_faith import Due, due_after_agreeing, due_after_asking, due_at, due_before
from firstvisit.steps.routing import clocks

KIND: Final = "give_estimate"
ASKED: Final = "estimate"
"""The ruling that somebody asked what it costs."""
WRITTEN: Final = ("email", "print")
_LEFT: Final = ("sent", "unclear")
"""An e-mail that is unclear is a task of its own."""
_WHY: Final = {
    "asked": "They asked what it costs: a good faith estimate in writing within 3 business days (45 CFR 149.610)",
    "asked_insured": "They asked what it costs: tell them the estimate, and give it in writing",
    "ahead_long": "They pay themselves, the visit is 10 or more business days ahead: a good faith estimate in writing "
    "within 3 of them (45 CFR 149.610)",
    "ahead_short": "They pay themselves and a visit is agreed: a good faith estimate in writing within 1 business day "
    "(45 CFR 149.610)",
    "day_open": "They pay themselves and a visit is agreed without its day: a good faith estimate in writing within 1 "
    "business day (45 CFR 149.610)",
    "changed": "Our prices changed since their good faith estimate: a new one, 1 business day before the visit "
    "(45 CFR 149.610)",
}


class Cause(NamedTuple):
    """Why an estimate is owed: since when, by when, and what ends its task's key."""

    due: Due
    since: datetime
    cause: str
    written: bool


def estimate(ground: Ground, draft: Draft) -> None:
    """One task, for what is due first of what is owed."""
    case = ground.case
    if case.kind == "organization" or ground.silent or draft.outcome == "refer_out":
        return
    owed = [cause for cause in _causes(ground, draft) if not _met(ground, cause)]
    if not owed:
        return
    first = min(owed, key=lambda cause: due_at(cause.due, cause.since, ground.site))
    key = f"{ground.prefix}:{KIND}:estimate:{first.cause}"
    if case.ended(key) is not None:
        return
    by = due_at(first.due, first.since, ground.site)
    why = _WHY[first.due.why if first.written or first.due.why != "asked" else "asked_insured"]
    why = f"{why}. It has not left yet: the e-mail waits" if _waits(ground) else why
    minutes = max(clocks.minutes_between(first.since, by, ground.site), 1)
    draft.tasks.append(WantedTask(key, KIND, why, draft.owner, by, minutes))


def _causes(ground: Ground, draft: Draft) -> list[Cause]:
    case, zone = ground.case, ground.site.tz
    alone = self_pays(ground)
    found = []
    asked = case.rulings.get(ASKED)
    if asked is not None:
        at = moment(asked["at"])
        found.append(Cause(due_after_asking(at.astimezone(zone).date()), at, str(asked["ruling"]), alone))
    agreed = case.agreed
    if not alone or agreed is None or agreed.ended_at is None:
        return found
    visit = _day(ground, agreed.again_at)
    if visit is not None and visit < ground.now.astimezone(zone).date():
        return found
    due = due_after_agreeing(agreed.ended_at.astimezone(zone).date(), visit)
    if due is not None:
        found.append(Cause(due, agreed.ended_at, str(agreed.id), True))
    last = next((each for each in reversed(case.estimates) if _written(ground, each) is not None), None)
    if visit is not None and last is not None and last.prices != _prices(ground, last):
        since = _written(ground, last) or last.made_at
        found.append(Cause(due_before(visit), since, f"{last.id}:{_prices(ground, last)}", True))
    return found


def self_pays(ground: Ground) -> bool:
    """Whether nobody pays but the patient: there is no insurance, or it is to be told nothing."""
    case = ground.case
    return case.facts.payer_kind == "private_pay" or any(plan.withheld for plan in case.insured)


def _met(ground: Ground, cause: Cause) -> bool:
    """Whether an estimate that was made since has been given: in writing where it is a good faith estimate. For changed
    prices one with the present ones."""
    for each in ground.case.estimates:
        given = _written(ground, each) if cause.written else _told(ground, each)
        fits = each.good_faith or not cause.written
        current = cause.due.why != "changed" or each.prices == _prices(ground, each)
        if given is not None and fits and current and each.made_at >= cause.since:
            return True
    return False


def _written(ground: Ground, seen: EstimateSeen) -> datetime | None:
    """When it was given in writing: an e-mail once it has left."""
    moments = ((_left(ground, seen) if how == "email" else at) for how, at in seen.given if how in WRITTEN)
    return next((at for at in moments if at is not None), None)


def _told(ground: Ground, seen: EstimateSeen) -> datetime | None:
    return _written(ground, seen) or next((at for how, at in seen.given if how == "aloud"), None)


def _left(ground: Ground, seen: EstimateSeen) -> datetime | None:
    message = ground.case.messages.get(_letter(ground, seen))
    return message.ended_at if message is not None and message.status in _LEFT else None


def _waits(ground: Ground) -> bool:
    """Whether the e-mail with the newest estimate is still to leave."""
    case = ground.case
    if not case.estimates or not any(how == "email" for how, _ in case.estimates[-1].given):
        return False
    message = case.messages.get(_letter(ground, case.estimates[-1]))
    return message is None or message.status in ("wanted", "sending")


def _prices(ground: Ground, seen: EstimateSeen) -> str:
    """What the visit of this estimate costs without insurance now, as a hash."""
    return ground.fees.digest(seen.discipline, seen.program)


def _day(ground: Ground, at: datetime | None) -> date | None:
    return at.astimezone(ground.site.tz).date() if at is not None else None


def _letter(ground: Ground, seen: EstimateSeen) -> str:
    return f"{ground.prefix}:estimate:estimate:{seen.id}"


def letter(ground: Ground, draft: Draft) -> None:
    """The e-mail with the link to the newest estimate, which a person sent off."""
    case = ground.case
    if ground.silent or case.writes_to is None or not case.estimates:
        return
    last = case.estimates[-1]
    if any(how == "email" for how, _ in last.given):
        draft.messages.append(WantedMessage(_letter(ground, last), "email", "request", "estimate", last.id))
