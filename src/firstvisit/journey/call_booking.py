"""Times while somebody is on the phone: three of them beside the card, and one booked as the call ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from firstvisit.journey import calls
from firstvisit.journey.booking import visits
from firstvisit.journey.booking.offering import Offer, offers, offers_to_caller, with_one_more
from firstvisit.journey.booking.wanting import wanted, wanted_by_caller
from firstvisit.journey.call_view import CallView
from firstvisit.journey.endings import AGREED, BOOKED
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Program
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.intake.models import CallCard
from firstvisit.steps.qualify.rules import BOOKS

COUNT: Final = 3
ON_THE_LINE: Final = (AGREED, "reached_answered", "told", "language_needed")
"""Ends of a call after which somebody may still be on the line, and no other moment was agreed."""


@dataclass(frozen=True, slots=True)
class Booked:
    """The lead that a call became or joined and the visit that was booked as it ended; `refused` says why there is
    none."""

    lead: Lead | None
    visit: Appointment | None
    refused: BadInput | Conflict | None = None


def times_for(view: CallView, *, now: datetime) -> tuple[Offer, ...]:
    """The times to read to whoever is on the phone, once what they said allows a first visit: none while a red flag or
    a restriction stands beside the card, or where a visit is booked or agreed."""
    return tuple(with_one_more(_best_for(view, now), now=now))


def _best_for(view: CallView, now: datetime) -> tuple[Offer, ...]:
    lead = view.card.lead
    if view.judgement.outcome not in BOOKS or view.restrictions or view.alarm.standing:
        return ()
    if lead is not None and not view.apart:
        needs = wanted(lead, now=now)
        if lead.closed_at is not None or needs.case.visit is not None or needs.case.agreed is not None:
            return ()
        if not view.said.news:
            return offers(lead, now=now, count=COUNT, known=needs, a_half_day=1).offers if needs.bookable else ()
    want = wanted_by_caller(view.judgement, view.whole)
    return offers_to_caller(want, now=now, count=COUNT) if want is not None else ()


def programs_to_choose(view: CallView) -> tuple[Program, ...]:
    """The programs of which one is to be chosen before times can be looked for, once a first visit may be booked: of
    the therapy, the age and the site. None where what was said points to one by itself."""
    facts = view.judgement.checks.facts
    if view.judgement.outcome not in BOOKS or view.restrictions:
        return ()
    if view.judgement.checks.program is not None and not view.said.news.get("program"):
        return ()
    age, therapies = facts.age_months, set(facts.disciplines)
    fit = [
        each
        for each in practice().programs.values()
        if facts.site in each.sites
        and (not therapies or therapies.intersection(each.disciplines) or each is view.judgement.checks.program)
        and (age is None or each.age_from_months <= age < each.age_to_months)
    ]
    return tuple(sorted(fit, key=lambda each: each.name))


def end_booked(card: CallCard, by: User, *, actor: Actor, token: str) -> Booked:
    """End the call and book the time that was chosen in it: the booking is the try that the call was. Where the time is
    gone meanwhile the call has ended all the same, it was a try that reached them, and `refused` says it."""
    again = card.status == "ended"
    sent = calls.send(card, by, actor=actor, result=BOOKED)
    if sent.lead is None or sent.restricted:
        return Booked(sent.lead, None)
    try:
        return Booked(sent.lead, visits.book(sent.lead, token, by=by, actor=actor, door="call"))
    except (BadInput, Conflict) as no:
        if not again:
            calls.count_as_reached(sent.lead, by, actor=actor)
        return Booked(sent.lead, None, no)


def stands_before_times(lead: Lead, result: str, *, now: datetime) -> bool:
    """Whether whoever ended a call so goes on with times: they may be on the line, and a first visit may be booked."""
    if result not in ON_THE_LINE:
        return False
    lead.refresh_from_db()
    needs = wanted(lead, now=now)
    return needs.bookable and needs.case.agreed is None
