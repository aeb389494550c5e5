"""Slots of one person out of the database: supply and claims read a stretch at a time, no further than needed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from firstvisit.practice.shape import Practice
from firstvisit.steps.booking import busy, supply
from firstvisit.steps.booking.days import day, local_date
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.roads import Roads
from firstvisit.steps.booking.shapes import Bookable, Busy, Found, Slot, Span, Want
from firstvisit.steps.booking.slots import Looking

ROAD = 12 * 60
"""Minutes to each side in which another visit may still be too far away to drive from."""


def find(
    want: Want,
    *,
    shape: Practice,
    booking: Booking,
    now: datetime,
    count: int = 10,
    a_half_day: int = 0,
    without: Collection[tuple[int, int]] = (),
    moving: uuid.UUID | None = None,
    notice: int | None = None,
    beside: Sequence[Slot] = (),
) -> Found:
    """The best `count` slots in their order, and where they are fewer, what stood in the way.

    `a_half_day`: no more than so many of one site's half day. `without`: starts (minutes), each with the clinician (id)
    with whom it is not offered. `moving`: the appointment whose own time counts as free. `notice`: minutes before the
    visit, where the desk asks for less than the rules say. `beside`: slots that count as taken, because they are wanted
    too.
    """
    roads = Roads(booking)
    looking = Looking(
        want,
        booking,
        shape.sites,
        now,
        count=count,
        a_half_day=a_half_day,
        travelled=roads,
        notice=notice,
        without=without,
    )
    for since, until in looking.stretches():
        first, last = _days(looking, since, until)
        here = supply.bookables(
            shape, booking, _monday(first - timedelta(days=1)), _sunday(last + timedelta(days=1))
        )
        found = _busy(looking, here, shape, since, until, now, moving)
        elsewhere = {one.place for each in found.visits.values() for one in each if one.place is not None}
        for place in looking.places if elsewhere else ():
            roads.learn(place, elsewhere)
        looking.look(here, _with(found, beside), since, until)
        if looking.is_enough(until):
            break
    return looking.found()


def _days(looking: Looking, since: int, until: int) -> tuple[date, date]:
    zones = [here.site.tz for here in looking.here]
    return min(local_date(since, zone) for zone in zones), max(local_date(until - 1, zone) for zone in zones)


def _with(found: Busy, beside: Sequence[Slot]) -> Busy:
    """The same with these slots taken too."""
    if not beside:
        return found
    more: dict[int, list[Span]] = {}
    for slot in beside:
        for resource in slot.resources:
            more.setdefault(resource, []).append(slot.claimed)
    known = {each: [*found.spans.get(each, ()), *taken] for each, taken in more.items()}
    return found._replace(spans=busy.Asked(known, lambda: found.spans))


def _monday(on: date) -> date:
    """Whole weeks are asked for, so that supply has few different stretches to keep."""
    return on - timedelta(days=on.weekday())


def _sunday(on: date) -> date:
    return _monday(on) + timedelta(days=6)


def _busy(
    looking: Looking,
    here: Sequence[Bookable],
    shape: Practice,
    since: int,
    until: int,
    now: datetime,
    moving: uuid.UUID | None,
) -> Busy:
    """What is taken of whoever and whatever may serve, over the whole local days from `since` to `until`."""
    want = looking.want
    start, end = _whole_days(looking, since, until)
    fit = looking.worth_a_look(here, since, until)
    clinicians = {who.id for who in fit}
    rooms = {one.id for one in here if one.kind != "clinician" and one.sites.intersection(want.sites)}
    rooms = rooms if want.setting == "clinic" and (want.room or want.equipment) else set()
    until_last = end + want.minutes + want.after
    if not clinicians:
        return Busy({})
    at_once, later = (clinicians, rooms) if looking.has_enough else (clinicians | rooms, set[int]())
    known: dict[int, Sequence[Span]] = dict.fromkeys(at_once, ())
    before = start - looking.looks_back
    known |= busy.spans(at_once, before, until_last, now=now, moving=moving)
    spans = busy.Asked(known, lambda: busy.spans(later, before, until_last, now=now, moving=moving))
    if want.service == "group":
        return Busy(spans, {}, busy.sessions(want.kind, clinicians, want.sites, start, end, now=now))
    moves = {who.id for who in fit if _moves(who)}
    visits = {}
    if want.service == "evaluation" or moves:
        wide = ROAD if moves else 0
        visits = busy.visits(clinicians, moves, shape.sites, start - wide, end + wide, now=now, moving=moving)
    return Busy(spans, visits)


def _moves(who: Bookable) -> bool:
    """Whether somebody is not always at one place."""
    return len(who.sites) > 1 or any("home" in stretch.settings for stretch in who.open)


def _whole_days(looking: Looking, since: int, until: int) -> Span:
    zones = [here.site.tz for here in looking.here]
    return (
        min(day(local_date(since, zone), zone).start for zone in zones),
        max(day(local_date(until - 1, zone), zone).end for zone in zones),
    )
