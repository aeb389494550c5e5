"""Times out of the real database: the sample's hours, claims of every kind, and what a move gives back."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firstvisit.leads.models import Lead
from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.booking import busy, claims, groups, roads, supply
from firstvisit.steps.booking.finding import find
from firstvisit.steps.booking.models import Block, Terms
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Busy, Found, Place, Want
from firstvisit.steps.booking.slots import search
from firstvisit.steps.booking.spans import minute, moment
from firstvisit.steps.booking.tests.slots import NOW, WANT, new_lead, resource, slot
from firstvisit.steps.booking.tests.test_roads import Service, service

__all__ = ["service"]
pytestmark = pytest.mark.django_db
HAND = WANT._replace(program="hand", discipline="OT", skills=frozenset(["cht"]))
"""Anna Lindqvist alone has this skill in Madison."""
MONDAY = datetime(2026, 11, 30, 14, tzinfo=UTC)
"""8:00 in Madison."""


@pytest.fixture
def ana() -> Lead:
    services.load(read_folder(SAMPLE), by="test")
    supply.forget()
    return new_lead(1)


@pytest.fixture
def anna(ana: Lead) -> int:
    return resource("anna_lindqvist")


def look(want: Want = HAND, **said: Any) -> Found:
    values = {"shape": queries.practice(), "booking": Booking(), "now": NOW, **said}
    return find(want, **values)


def monday(want: Want = HAND, **said: Any) -> list[datetime]:
    day = MONDAY.date()
    return [moment(one.start) for one in look(want._replace(not_before=day, not_after=day), **said).slots]


def test_times_of_the_sample_begin_after_the_notice_in_the_order_of_the_clock(anna: int) -> None:
    found = look()
    begins = [moment(one.start) for one in found.slots]
    assert begins[0] == NOW + timedelta(hours=2) and begins == sorted(begins) and len(begins) == 10
    assert {(one.clinician, one.resources, one.site) for one in found.slots} == {(anna, (anna,), "madison")}


def test_visits_and_holds_are_busy_and_an_expired_hold_is_not(ana: Lead, anna: int) -> None:
    claims.book(slot(MONDAY, anna), ana, WANT, made_by="desk", now=NOW)
    soon = NOW + timedelta(minutes=10)
    claims.hold(slot(MONDAY + timedelta(hours=1), anna), new_lead(2), WANT, until=soon, made_by="family", now=NOW)
    later = [MONDAY + timedelta(minutes=each) for each in (120, 135, 150)]
    assert monday(count=3) == later
    assert MONDAY + timedelta(hours=1) in monday(now=soon + timedelta(seconds=1))


def test_who_moves_is_offered_their_own_time_and_what_lies_across_it(ana: Lead, anna: int) -> None:
    visit = claims.book(slot(MONDAY, anna), ana, WANT, made_by="desk", now=NOW)
    assert monday(count=1) == [MONDAY + timedelta(hours=1)]
    assert monday(count=2, moving=visit.id) == [MONDAY, MONDAY + timedelta(minutes=15)]


def test_a_time_is_left_out_of_one_therapist_s_alone(anna: int) -> None:
    start, own = minute(MONDAY), (minute(MONDAY), anna)
    assert monday(count=1, without=[own]) == [MONDAY + timedelta(minutes=15)]
    either = WANT._replace(discipline="OT", not_before=MONDAY.date(), not_after=MONDAY.date())
    first, second = (look(either, count=1, without=without).slots[0] for without in ((), [own]))
    assert (first.start, first.clinician) == own
    assert (second.start, second.clinician) == (start, resource("marcus_bell"))


def test_the_limits_of_a_therapist_hold_for_evaluations_that_are_booked(ana: Lead, anna: int) -> None:
    Terms.objects.create(resource_id=anna, evaluations_a_day=1)
    supply.raise_revision()
    visit = claims.book(slot(MONDAY, anna), ana, WANT, made_by="desk", now=NOW)
    assert monday() == []
    claims.cancel(visit, why="ill", now=NOW)
    assert monday(count=1) == [MONDAY]


def test_whoever_makes_visits_at_home_needs_the_time_on_the_road(ana: Lead, anna: int) -> None:
    for what, begins, ends in (("home", "08:00", "12:00"), ("clinic", "12:00", "16:00")):
        Block.objects.create(
            resource_id=anna, site="madison", what=what, first_day=MONDAY.date(), begins=begins, ends=ends
        )
    Terms.objects.create(resource_id=anna, home_miles=40)
    supply.raise_revision()
    site = queries.practice().sites["madison"]
    visit = HAND._replace(setting="home", minutes=60, after=0, home=Place(site.latitude, site.longitude + 0.3))
    last = MONDAY + timedelta(hours=3)
    assert max(monday(visit, count=99)) == last
    # With somebody at the clinic at noon the therapist leaves in time: 15 miles are 43 minutes on the road.
    claims.book(slot(MONDAY + timedelta(hours=4), anna), ana, WANT, made_by="desk", now=NOW)
    assert max(monday(visit, count=99)) == last - timedelta(minutes=45)


def test_the_road_that_a_routing_service_tells_counts(ana: Lead, anna: int, service: Service) -> None:
    for what, begins, ends in (("home", "08:00", "12:00"), ("clinic", "12:00", "16:00")):
        Block.objects.create(
            resource_id=anna, site="madison", what=what, first_day=MONDAY.date(), begins=begins, ends=ends
        )
    Terms.objects.create(resource_id=anna, home_miles=40)
    supply.raise_revision()
    site = queries.practice().sites["madison"]
    visit = HAND._replace(setting="home", minutes=60, after=0, home=Place(site.latitude, site.longitude + 0.3))
    claims.book(slot(MONDAY + timedelta(hours=4), anna), ana, WANT, made_by="desk", now=NOW)
    service.body = b'{"durations": [[0, 6000], [6000, 0]]}'
    # A hundred minutes back to the clinic for the visit at noon.
    assert max(monday(visit, count=99)) == MONDAY + timedelta(hours=4) - timedelta(minutes=60 + 100 + 5)
    service.body, service.status = b"", 503
    roads.forget()
    assert max(monday(visit, count=99)) == MONDAY + timedelta(hours=3) - timedelta(minutes=45)


def test_a_group_is_offered_while_a_seat_is_left(ana: Lead, anna: int) -> None:
    joined = WANT._replace(service="group", kind="group", discipline="OT", minutes=60, after=0)
    where = slot(MONDAY, anna, length=60, after=0)
    group = groups.open_group(where, kind="group", program="", seats=1, now=NOW)
    (found,) = look(joined).slots
    assert (found.group, found.start, found.resources) == (str(group.id), minute(MONDAY), (anna,))
    claims.book(found, ana, joined, made_by="desk", now=NOW)
    assert look(joined).slots == ()


def test_what_is_taken_before_midnight_counts_for_a_visit_that_keeps_minutes_free_before_it(
    ana: Lead, anna: int
) -> None:
    Block.objects.filter(resource=anna).delete()
    night = MONDAY.date()
    Block.objects.create(
        resource_id=anna, site="madison", what="clinic", first_day=night, last_day=night, begins="20:00", ends="06:00"
    )
    supply.raise_revision()
    midnight = datetime.combine(night + timedelta(days=1), time(), ZoneInfo("America/Chicago"))
    claims.book(slot(midnight - timedelta(minutes=45), anna, length=45, after=0), ana, WANT, made_by="desk", now=NOW)
    tuesday = midnight.date()
    found = look(HAND._replace(before=15, not_before=tuesday, not_after=tuesday), count=50)
    first = min(found.slots, key=lambda each: each.start)
    assert first.start == minute(midnight) + 15
    assert claims.book(first, new_lead(2), WANT, made_by="desk", now=NOW).status == "booked"


def test_reading_a_stretch_at_a_time_finds_what_a_search_over_everything_finds(ana: Lead) -> None:
    chance = random.Random(7)
    shape, rules, last = queries.practice(), Booking(horizon_days=21), NOW.date() + timedelta(days=23)
    everything = supply.bookables(shape, rules, NOW.date() - timedelta(days=1), last)
    people = [one for one in everything if one.kind == "clinician"]
    for number in range(120):
        who = chance.choice(people)
        begins = MONDAY + timedelta(days=chance.randrange(-6, 15), minutes=15 * chance.randrange(36))
        site = min(who.sites)
        wanted = WANT._replace(sites=(site,), new_patient=chance.random() < 0.5)
        with suppress(claims.Taken):
            where = slot(begins, who.id)._replace(site=site)
            claims.book(where, new_lead(10 + number), wanted, made_by="desk", now=NOW)
    since, until = minute(NOW) - 2000, minute(NOW) + 25 * 1440
    ids = [one.id for one in everything]
    visits = busy.visits(ids, (), shape.sites, since, until, now=NOW)
    taken = Busy(busy.spans(ids, since, until, now=NOW), visits)
    halves = frozenset(["mon_am", "thu_pm", "fri_am"])
    for said in (
        {"discipline": "PT"},
        {"discipline": "PT", "half_days": halves, "language": "Spanish", "sites": ("madison", "marquette")},
        {"discipline": "OT", "knows": frozenset(["marcus_bell"]), "half_days": halves},
        {"discipline": "OT", "setting": "telehealth", "not_before": MONDAY.date(), "sites": ("marquette", "madison")},
    ):
        for a_half_day in (0, 1):
            person: Want = WANT._replace(**said)
            tried = search(person, everything, taken, rules, shape.sites, NOW, count=12, a_half_day=a_half_day)
            found = look(person, booking=rules, count=12, a_half_day=a_half_day)
            assert found.slots == tried.slots and len(found.slots) == 12
