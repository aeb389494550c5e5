"""What happens to a visit: held, booked, moved, cancelled, confirmed, arrived, left, missed, completed.

Each is one transaction: the lead is locked, the step claims or frees the time, the timeline and the audit log have it,
and the lead is planned anew before the commit. `by` is one of ours; None is the family at a page of its own, whose
right to be there its door has seen.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.db import transaction

from firstvisit.journey.adrift import following
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking.offering import Named, Offer, named_by, still_there
from firstvisit.journey.booking.seen import appointments_of_lead
from firstvisit.journey.booking.wanting import EVALUATED, Wanted, wanted, wanted_for
from firstvisit.journey.endings import BOOKED, VISIT_STAYS
from firstvisit.journey.verbs import act_on
from firstvisit.kernel import clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.leads import services
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import home_zone, policy, practice, resource_slugs
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.claims import MadeBy
from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.taking import Taken
from firstvisit.steps.booking.unfit import unfit

CAPABILITY: Final = "leads.work"
OFFER: Final = "offer"
"""What is ruled by whoever sends the link to choose a time."""
STANDS: Final = "treatment"
"""What is ruled by whoever lets treatment stand without its evaluation, or before it."""
STANDS_ALL_THE_SAME: Final = "Treatment stands as it is"
MOST_WORDS: Final = 500
"""Characters that say in words why a visit is cancelled."""
Treatment = Literal["cancel", "keep", "ask"]
"""What becomes of treatment when its evaluation is cancelled."""
OFFERED: Final = "They are to choose a time themselves"
BEGINS: Final = (
    "call_to_book", "call_back", "follow_up", "call_missed", "ask_question", "call_when_wished", "find_somebody",
)  # fmt: skip
"""Tasks that a booking by one of ours ends, where one of them is open: the family was spoken to."""


class Changed(Conflict):
    """The visit is not what stood on the page on which somebody said something of it; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("this visit has changed since the page was opened")


def book(
    lead: Lead, token: str, *, by: User | None, actor: Actor, door: MadeBy, words: str = ""
) -> Appointment:
    """Book the time that a token names. `Taken` where it is gone, with nothing changed; the same time pressed twice is
    one visit. `claims.AlreadyBooked` for a lead whose evaluation stands at another time."""
    named, made = named_by(token), list[Appointment]()

    def write(locked: Lead, now: datetime) -> None:
        if (same := _same(locked, named)) is not None:
            made.append(same)
            return
        if (stands := _other_time(locked, named)) is not None:
            raise claims.AlreadyBooked(stands)
        if (held := _own_hold(locked, named, now)) is not None:
            row = _taken(held, wanted(locked, now=now), by, now)
        else:
            offer = _offered(locked, named, now, by)
            row = claims.book(offer.slot, locked, offer.want, made_by=door, now=now)
        if by is not None:
            ends_call(locked, by, row, now)
        note(locked, "visit_booked", actor, row, now, words=words)
        made.append(row)

    act(lead, by, write)
    return made[0]


def hold(lead: Lead, token: str, *, by: User, actor: Actor) -> Appointment:
    """The desk keeps a time for some minutes while somebody decides, beside others that it keeps for them.
    `claims.AlreadyBooked` for a lead whose evaluation stands: that is moved."""
    named, made = named_by(token), list[Appointment]()

    def write(locked: Lead, now: datetime) -> None:
        if (held := _own_hold(locked, named, now)) is not None:
            made.append(held)
            return  # pressed twice
        if (stands := _other_time(locked, named)) is not None:
            raise claims.AlreadyBooked(stands)
        offer = _offered(locked, named, now, by)
        until = now + timedelta(minutes=policy().section(Booking).desk_hold_minutes)
        row = claims.hold(offer.slot, locked, offer.want, until=until, made_by="desk", now=now)
        note(locked, "visit_held", actor, row, now)
        made.append(row)

    act(lead, by, write)
    return made[0]


def take(appointment: Appointment, *, by: User | None, actor: Actor) -> Appointment:
    """A held time becomes a visit; Conflict where the hold ended and somebody else has the time, and where another
    first visit of the same was booked meanwhile. What was held before a red flag was stated, or before the therapist or
    the site was closed then, is not taken either."""

    def write(locked: Lead, row: Appointment, now: datetime) -> None:
        if row.status == "booked":
            return  # pressed twice
        row = _taken(row, wanted_for(row, locked, now=now), by, now)
        if by is not None:
            ends_call(locked, by, row, now)
        note(locked, "visit_booked", actor, row, now)

    return _with(appointment, by, write)


def move(
    appointment: Appointment, token: str, *, by: User | None, actor: Actor, words: str = "", shown: int | None = None
) -> Appointment:
    """Another time for a visit that stands; it stays the same appointment. Conflict where the new time is gone: the old
    one stays booked. `shown`: the visit's sequence on the page that was pressed; `Changed` where it has another."""
    named = named_by(token)

    def write(locked: Lead, row: Appointment, now: datetime) -> None:
        if row.status != "booked":
            raise Conflict("this visit cannot be moved any more")
        if _is(row, named):
            return  # pressed twice
        _as_shown(row, shown)
        offer = _offered(locked, named, now, by, beside=row)
        before = row.starts_at
        row = claims.move(row, offer.slot, now=now)
        note(locked, event_of("moved", row), actor, row, now, data={"from": before.isoformat()}, words=words)

    return _with(appointment, by, write)


def cancel(
    appointment: Appointment,
    *,
    why: str,
    by: User | None,
    actor: Actor,
    words: str = "",
    treatment: Treatment = "cancel",
    shown: int | None = None,
) -> Appointment:
    """Cancel a visit that stands, or let a hold go, with the reason as a code of `endings`. `treatment` that would have
    no evaluation before it any more is cancelled with it, let stand, or becomes a task. `shown`: as `move` has it."""
    if why not in {reason.code for reason in REASONS if by is not None or reason.by == "family"}:
        raise BadInput([Problem("why", "Choose why the visit is cancelled.")])
    if len(words) > MOST_WORDS:
        said = f"In words: at most {MOST_WORDS} characters, these are {len(words)}. Nothing was changed."
        raise BadInput([Problem("words", said)])

    def write(locked: Lead, row: Appointment, now: datetime) -> None:
        if row.status == "cancelled":
            return  # pressed twice
        if row.status not in ("held", "booked"):
            raise Conflict("this visit cannot be cancelled any more")
        _as_shown(row, shown)
        was = row.status
        visits = appointments_of_lead(locked.id)
        seen = next(each for each in visits if each.id == row.id)
        after = [each.id for each in following(seen, visits, now=now)] if was == "booked" else []
        fall = [row, *(Appointment.objects.filter(id__in=after) if treatment == "cancel" else ())]
        for each in claims.cancel_all(fall, why=why, by_family=by is None, now=now):
            if was == "booked":
                said = words if each.id == row.id else ""
                note(locked, event_of("cancelled", each), actor, each, now, data={"why": why}, words=said)
        if treatment == "keep" and after and by is not None:
            row.refresh_from_db()
            let_stand(locked, f"{row.id}:{row.sequence}", by, actor, now)

    return _with(appointment, by, write)


def let_stand(lead: Lead, cause: str, by: User, actor: Actor, now: datetime) -> None:
    """Treatment stays booked as it is although its evaluation does not lead it; asked anew for another `cause`."""
    value = {"cause": cause}
    services.rule(lead=lead, what=STANDS, value=value, reason=STANDS_ALL_THE_SAME, by=by, actor=actor, at=now)


def let_go(appointment: Appointment, *, by: User | None, actor: Actor) -> Appointment:
    """A hold ends at once: its time is free. Nothing was agreed, so no reason is asked for."""

    def write(locked: Lead, row: Appointment, now: datetime) -> None:
        if row.status == "held":
            note(locked, "visit_lapsed", actor, claims.cancel(row, why="another_time", now=now), now)
        elif row.status not in ("cancelled", "lapsed"):
            raise Conflict("this is a visit by now: cancel it with a reason")

    return _with(appointment, by, write)


def confirm(
    appointment: Appointment, *, by: User | None, actor: Actor, shown: int | None = None
) -> Appointment:
    """They say that they come. `shown`: as `move` has it."""

    def write(locked: Lead, row: Appointment, now: datetime) -> None:
        _as_shown(row, shown)
        if row.confirmed_at is None:
            note(locked, "visit_confirmed", actor, claims.confirmed(row, now=now), now)

    return _with(appointment, by, write)


def arrived(appointment: Appointment, *, by: User, actor: Actor) -> Appointment:
    """They are here. BadInput before the day of the visit."""
    return _end(appointment, by, actor, claims.arrived, "arrived", "visit_arrived")


def left(appointment: Appointment, *, by: User, actor: Actor) -> Appointment:
    """They left before anybody saw them."""
    return _end(appointment, by, actor, claims.left, "left", "visit_left")


def missed(appointment: Appointment, *, by: User, actor: Actor) -> Appointment:
    """They did not come: they are called within minutes. BadInput before the visit has begun."""
    if appointment.starts_at > clock.now():
        raise BadInput([Problem("visit", "This visit has not begun yet.")])
    return _end(appointment, by, actor, claims.missed, "missed", "visit_missed")


def its_day_has_come(row: Appointment, now: datetime) -> bool:
    """Whether it is the day of the visit at its site, or later: nobody is there the day before."""
    site = practice().sites.get(row.site)
    zone = site.tz if site is not None else home_zone()
    return row.starts_at.astimezone(zone).date() <= now.astimezone(zone).date()


def send_link(lead: Lead, *, by: User, actor: Actor) -> None:
    """Send whoever we write to a link with which they choose a time themselves. BadInput where nothing may be e-mailed,
    no time can be looked for, or a visit stands."""

    def write(locked: Lead, now: datetime) -> None:
        needs = wanted(locked, now=now)
        if needs.why_not:
            raise BadInput([Problem("link", needs.why_not[0].text)])
        if needs.case.agreed is not None:
            raise BadInput([Problem("link", "A first visit stands already.")])
        if not needs.case.facts.may_email or needs.case.silent:
            raise BadInput([Problem("link", "No e-mail may go to them: read the times to them instead.")])
        since = now - timedelta(minutes=1)
        if not services.ruled_already(locked, OFFER, {}, OFFERED, by=by, since=since):
            services.rule(lead=locked, what=OFFER, value={}, reason=OFFERED, by=by, actor=actor, at=now)

    act(lead, by, write)


def _end(
    appointment: Appointment,
    by: User,
    actor: Actor,
    verb: Callable[..., Any],
    status: str,
    event: str,
) -> Appointment:
    def write(locked: Lead, row: Appointment, now: datetime) -> None:
        if row.status == status:
            return  # pressed twice
        if not its_day_has_come(row, now):
            raise BadInput([Problem("visit", "The day of this visit has not come yet.")])
        note(locked, event, actor, verb(row, now=now), now)

    return _with(appointment, by, write)


def _with(
    appointment: Appointment, by: User | None, write: Callable[[Lead, Appointment, datetime], None]
) -> Appointment:
    """Carry a change out on the locked lead and its locked appointment, which is given back as it is then."""
    kept: list[Appointment] = []

    def on_row(locked: Lead, now: datetime) -> None:
        row = Appointment.objects.select_for_update(of=("self",)).get(id=appointment.id, lead=locked)
        write(locked, row, now)
        row.refresh_from_db()
        kept.append(row)

    goes_on = VISIT_STAYS if appointment.service == "evaluation" else (EVALUATED, *VISIT_STAYS)
    act(Lead.objects.get(id=appointment.lead_id), by, on_row, closed=goes_on)
    return kept[0]


def _as_shown(row: Appointment, shown: int | None) -> None:
    if shown is not None and row.sequence != shown:
        raise Changed


def act(
    lead: Lead, by: User | None, write: Callable[[Lead, datetime], None], *, closed: Collection[str] = ()
) -> None:
    """Carry something out on the locked lead and plan it anew, in one transaction. Conflict for a closed one, unless it
    is `closed` in one of these ways."""
    goes_on = lead.closed_how in closed
    if by is not None:
        act_on(lead, by, CAPABILITY, write, beside=True, closed=goes_on)
        return
    with transaction.atomic():
        locked = Lead.objects.select_for_update(of=("self",)).get(id=lead.id)
        if locked.closed_at is not None and not goes_on:
            raise Conflict("this lead is closed")
        now = clock.now()
        write(locked, now)
        advance([locked.id], now=now)


def _same(lead: Lead, named: Named) -> Appointment | None:
    """The visit that stands at just this time: the button was pressed twice."""
    standing = Appointment.objects.filter(lead=lead, service="evaluation", status="booked")
    return next((row for row in standing if _is(row, named)), None)


def _other_time(lead: Lead, named: Named) -> Appointment | None:
    """The first visit of that therapy that stands already: its own claim makes times look taken by others."""
    standing = Appointment.objects.filter(lead=lead, service="evaluation", status__in=("booked", "arrived"))
    return standing.filter(discipline=named.discipline).first()


def _own_hold(lead: Lead, named: Named, now: datetime) -> Appointment | None:
    """Their own hold of just this time, while it lasts: to them the time is not taken."""
    holds = Appointment.objects.filter(lead=lead, service="evaluation", status="held", held_until__gt=now)
    return next((row for row in holds if _is(row, named)), None)


def _is(row: Appointment, named: Named) -> bool:
    start = int(row.starts_at.timestamp()) // 60
    clinician = resource_slugs().get(row.clinician_id or 0)
    return (start, row.site, clinician, row.discipline) == (named.start, named.site, named.clinician, named.discipline)


def _taken(held: Appointment, needs: Wanted, by: User | None, now: datetime) -> Appointment:
    _may_be_given(needs, by)
    row = claims.take(held, now=now)
    lost = unfit(practice(), policy().section(Booking), now=now, leads=[row.lead_id])
    if any(one.appointment.id == row.id for one in lost):
        raise Taken("unfit")
    return row


def _may_be_given(needs: Wanted, by: User | None) -> None:
    """Refuse a time to a lead that may have none now: BadInput in the desk's words, Taken("unfit") for the family, who
    reads on its page who calls. A red flag may have been stated since the time was held."""
    if needs.why_not:
        raise BadInput([Problem("slot", needs.why_not[0].text)]) if by is not None else Taken("unfit")


def _offered(
    lead: Lead, named: Named, now: datetime, by: User | None, *, beside: Appointment | None = None
) -> Offer:
    """The time as all rules give it now; Taken where they give it no more. One of ours may book after the window."""
    ours = by is not None
    needs = wanted(lead, now=now) if beside is None else wanted_for(beside, lead, now=now, same_day=ours)
    if by is not None:
        _may_be_given(needs, by)
    found = still_there(lead, named, now=now, known=needs, moving=beside, beyond=ours, alone=not ours)
    if isinstance(found, str):
        raise Taken(found)
    return found


def ends_call(lead: Lead, by: User, row: Appointment, now: datetime) -> None:
    """The try in which it was booked is done; where none was open, the visit stands without one."""
    task = (
        Task.objects.select_for_update(of=("self",))
        .filter(lead=lead, status="open", kind__in=BEGINS)
        .exclude(key=None)
        .order_by("due_at")
        .first()
    )
    if task is None:
        return
    services.end_task(task, result=BOOKED, by=by, at=now)
    visit = (row.site, resource_slugs().get(row.clinician_id or 0, ""))
    services.attempted(
        lead, task, outcome=BOOKED, reached=True, why="", again_at=row.starts_at, visit=visit, by=by, at=now
    )
    leases.give_back("lead", lead.id, by.id)


def event_of(what: str, row: Appointment) -> str:
    """The name of what happened to a visit: a first one's or of treatment."""
    return f"{'visit' if row.service == 'evaluation' else 'treatment'}_{what}"


def note(
    lead: Lead,
    name: str,
    actor: Actor,
    row: Appointment,
    now: datetime,
    *,
    data: dict[str, str] | None = None,
    words: str = "",
) -> None:
    """What happened to a visit, on the timeline and in the audit log."""
    about = {
        "appointment": str(row.id),
        "at": row.starts_at.isoformat(),
        "site": row.site,
        "with": resource_slugs().get(row.clinician_id or 0, ""),
        "sequence": row.sequence,
        "door": row.made_by,
        **(data or {}),
    }
    subject: tuple[str, uuid.UUID] = ("appointment", row.id)
    services.noted(lead, name, actor, at=now, data=about, words=words.strip() or None, subject=subject)
