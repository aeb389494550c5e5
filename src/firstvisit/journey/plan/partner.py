"""What whoever referred is told: that it arrived, that a first visit is agreed, how it ended. Never more."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from firstvisit.journey.case import Case
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage, WantedTask
from firstvisit.journey.visits import Visit, in_words
from firstvisit.steps.routing import clocks

ARRIVED: Final = "arrived"
MORNING: Final = time(8)
"""When whoever referred is told what came later on a day on which they were told of the arrival, at the lead's site."""
BY_HAND: Final = ("by_hand", "hand_out", "hand_joins")
"""How those are told whom a person calls or faxes."""
TAKEN_BACK: Final = "end_taken_back"
"""What is ruled by whoever says that an end of a visit was noted by mistake."""
NOT_EVALUATED: Final = "They heard that the evaluation has taken place, which was a mistake: tell whoever referred"


def tell_referrer(
    ground: Ground,
    draft: Draft,
    template: str,
    what: str,
    since: datetime,
    details: tuple[tuple[str, str], ...] = (),
    *,
    why: str,
    action: str = "partner_status",
) -> None:
    """One message to the referrer's own address, by the switch of the `action`.

    A treating provider may be told by the machine what became of it; anybody else (a school, an employer) needs the
    patient's authorization first (45 CFR 164.508), so a person presses, who knows of it. That what they sent has
    arrived anybody may be told.
    """
    case = ground.case
    if not case.mails_referrer or case.mourned is not None:
        return
    key = f"{ground.prefix}:{template}:{what}"
    outside = case.referrer_mail != "treating" and action == "partner_status"
    if outside:
        why = f"{why}; {_only_with(case)}"
    if permitted(ground, draft, action, key, why, since=since, pressed=outside):
        received = ("received", case.received_at.astimezone(ground.site.tz).date().isoformat())
        draft.messages.append(
            WantedMessage(
                key, "email", "partner", template, case.lead, to="referrer", details=(received, *details)
            )
        )


def _only_with(case: Case) -> str:
    """What it takes that more than the arrival may be told."""
    if case.referrer_mail in ("joins", "hand_joins"):
        return "they joined a request of the family: only once it confirmed them, or with the patient's authorization"
    return "not a treating provider: only with the patient's authorization"


def told_by_a_person(ground: Ground, draft: Draft, what: str, since: datetime, *, why: str) -> None:
    """A task to call or fax whoever referred and has no e-mail, or wished it so: what to say stands with it on the
    lead. A try that reached nobody brings the task back; off where partners are told nothing."""
    case = ground.case
    if case.referrer is None or case.referrer_mail not in BY_HAND or case.mourned is not None:
        return
    if ground.switches.of("partner_status") == "off":
        return
    if case.referrer_mail != "by_hand":
        why = f"{why}; {_only_with(case)}"
    key = begins = f"{ground.prefix}:tell_partner:{what}"
    tries = 0
    while (before := case.ended(key)) is not None:
        if before.result != "no_answer" or before.ended_at is None:
            return
        tries, since = tries + 1, before.ended_at
        key = f"{begins}:{tries}"
    minutes = ground.routing.standard_minutes if not tries else ground.cadence.follow_up_minutes
    due_at = clocks.due(since, minutes, ground.site)
    draft.tasks.append(WantedTask(key, "tell_partner", why, draft.owner, due_at, minutes))


def not_evaluated(ground: Ground, draft: Draft) -> None:
    """Whoever was told that the evaluation has taken place hears that this was a mistake, once it is taken back."""
    case = ground.case
    ruled = case.rulings.get(TAKEN_BACK)
    if ruled is None or "evaluation_completed" not in ruled["ends"]:
        return
    since, what, why = datetime.fromisoformat(ruled["at"]), f"not_evaluated:{ruled['ruling']}", NOT_EVALUATED
    written, said = (f"{ground.prefix}:{kind}:closed:evaluated" for kind in ("partner_status", "tell_partner"))
    if any(key.startswith(written) and case.has_left(key) for key in case.messages):
        tell_referrer(ground, draft, "partner_status", what, since, (("status", "not_evaluated"),), why=why)
    if any(task.status == "done" and task.key and task.key.startswith(said) for task in case.tasks):
        told_by_a_person(ground, draft, what, since, why=why)


def at_hour(ground: Ground, moment: datetime, hour: time) -> datetime:
    """That hour of the moment's day at the lead's site."""
    return datetime.combine(moment.astimezone(ground.site.tz).date(), hour, ground.site.tz)


def heard_of_arrival(ground: Ground) -> datetime | None:
    """When whoever referred was told last that they came; None where they were not."""
    begins = f"{ground.prefix}:partner_status:{ARRIVED}:"
    told = (seen for key, seen in ground.case.messages.items() if key.startswith(begins))
    return max((seen.ended_at for seen in told if seen.status == "sent" and seen.ended_at), default=None)


def arrived(ground: Ground, draft: Draft) -> None:
    """Whoever refers is told once that it arrived. What came in a file is older than the telling."""
    case = ground.case
    if case.quiet or ground.silent or case.referrer in case.answered_apart:
        return
    why = "Tell whoever referred that it arrived"
    # Of a patient whom nobody knows an office would read the same (docs/why/0025).
    more = () if case.referrer_mail in ("treating", "joins") else (("told", "received_only"),)
    tell_referrer(
        ground, draft, "partner_receipt", "received", case.received_at, more, why=why, action="partner_receipt"
    )


def scheduled(ground: Ground, draft: Draft) -> None:
    """Whoever refers is told that a first visit is agreed, as long as no later try says otherwise; of one that is
    booked here also when it is moved."""
    agreed = ground.case.agreed
    if agreed is None or agreed.ended_at is None:
        return
    details: tuple[tuple[str, str], ...] = (("status", "scheduled"),)
    visit = Visit(agreed.visit_site, agreed.visit_with)
    if agreed.again_at is not None:
        site = ground.practice.sites.get(visit.site, ground.site)
        details = (*details, ("visit", agreed.again_at.astimezone(site.tz).date().isoformat()))
    if ground.case.referrer_mail == "treating":  # anybody else hears the day and no more
        details = (*details, ("where", in_words(visit, ground.practice)))
    why, what = "A first visit is agreed: tell whoever referred", "scheduled"
    booked = agreed.appointment
    if booked is not None:
        if booked.status != "booked":
            return  # they are here: that is what is told now
        if booked.sequence or ground.case.appointments[0].id != booked.id:
            why, what = "The first visit has a new time: tell whoever referred", f"{what}:{booked.id}:{booked.sequence}"
    tell_referrer(ground, draft, "partner_status", what, agreed.ended_at, details, why=why)
    told_by_a_person(ground, draft, what, agreed.ended_at, why=why)
