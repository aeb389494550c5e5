"""Many at once for the same times: each once, the limits of a day kept, and nobody waits in a circle."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction
from tests.conftest import at_once
from tests.installation import wait_until

from firstvisit.config.committed import in_threads
from firstvisit.journey.booking import lapsing
from firstvisit.kernel.errors import Conflict
from firstvisit.leads.models import Event, Lead
from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.booking import claims, privacy
from firstvisit.steps.booking.models import Appointment, Claim, Terms
from firstvisit.steps.booking.tests.slots import NOW, WANT, new_lead, resource, slot

FRIDAY = datetime(2026, 11, 27, 15, tzinfo=UTC)
THERAPISTS = ("anna_lindqvist", "marcus_bell", "priya_raman")


@pytest.fixture
def people(committed: psycopg.Connection[Any]) -> list[Lead]:
    """Twelve leads, really committed, of a practice that everybody sees."""
    queries.forget()
    services.load(read_folder(SAMPLE), by="tests")
    for slug in THERAPISTS:
        Terms.objects.create(resource_id=resource(slug), evaluations_a_day=20)
    return [new_lead(number) for number in range(1, 13)]


def tried(function: Any, *values: Any, **said: Any) -> Any:
    """What became of a try: the appointment, or the Conflict. Whatever else is raised fails the test."""
    try:
        return function(*values, **said)
    except Conflict as refused:
        return refused


def test_of_twelve_who_want_one_time_one_has_it(people: list[Lead]) -> None:
    where = slot(FRIDAY, resource("anna_lindqvist"), resource("room_1"))
    results = in_threads(12, lambda n: tried(claims.book, where, people[n], WANT, made_by="family", now=NOW))
    assert Counter(type(each) for each in results) == {Appointment: 1, claims.Taken: 11}
    assert Claim.objects.count() == 2


def test_twelve_taps_of_one_family_are_one_appointment(people: list[Lead]) -> None:
    where = slot(FRIDAY, resource("anna_lindqvist"))
    results = in_threads(12, lambda n: tried(claims.book, where, people[0], WANT, made_by="family", now=NOW))
    assert {each.id for each in results} == {Appointment.objects.get().id}


def test_the_last_evaluation_of_a_day_is_one_persons(people: list[Lead]) -> None:
    anna = resource("anna_lindqvist")
    Terms.objects.filter(resource=anna).update(evaluations_a_day=3)
    times = [slot(FRIDAY + timedelta(hours=n), anna, length=30) for n in range(8)]
    results = in_threads(8, lambda n: tried(claims.book, times[n], people[n], WANT, made_by="desk", now=NOW))
    assert [getattr(each, "why", "") for each in results if isinstance(each, Conflict)] == ["limit"] * 5


def test_two_who_swap_their_times_do_not_wait_in_a_circle(people: list[Lead]) -> None:
    anna, marcus = resource("anna_lindqvist"), resource("marcus_bell")
    for week in range(6):
        day = FRIDAY + timedelta(days=7 * week)
        one, two = slot(day, anna), slot(day, marcus)
        first = claims.book(one, people[2 * week], WANT, made_by="desk", now=NOW)
        second = claims.book(two, people[2 * week + 1], WANT, made_by="desk", now=NOW)
        results = at_once(
            lambda: tried(claims.move, first, two, now=NOW),  # noqa: B023
            lambda: tried(claims.move, second, one, now=NOW),  # noqa: B023
        )
        assert [type(each) for each in results] == [claims.Taken, claims.Taken]


def test_whatever_many_do_at_once_nobody_is_booked_twice(people: list[Lead]) -> None:
    ids, rooms = [resource(slug) for slug in THERAPISTS], [resource("room_1"), resource("room_2")]

    def work(number: int) -> Counter[str]:
        chance, told = random.Random(number), Counter[str]()
        mine = people[number]
        for step in range(40):
            now = NOW + timedelta(minutes=2 * step)
            begins = FRIDAY + timedelta(minutes=15 * chance.randrange(32))
            where = slot(begins, chance.choice(ids), chance.choice(rooms), length=30, after=15)
            has = Appointment.objects.filter(lead=mine, status__in=("held", "booked")).first()
            verb = chance.choice(["hold", "book", "take", "move", "cancel", "lapse"])
            if verb == "lapse":
                for over in claims.run_out(now):
                    claims.lapse(over, now=now)
                continue
            if verb in ("take", "move", "cancel") and has is None:
                continue
            said: dict[str, Any] = {
                "hold": {"until": now + timedelta(minutes=2), "made_by": "family"},
                "book": {"made_by": "desk"},
                "cancel": {"why": "ill"},
            }.get(verb, {})
            about = (where, mine, WANT) if verb in ("hold", "book") else (has, where) if verb == "move" else (has,)
            done = tried(getattr(claims, verb), *about, now=now, **said)
            told[verb if isinstance(done, Appointment) else "refused"] += 1
        return told

    results = in_threads(12, work)
    assert not [each for each in results if isinstance(each, BaseException)]
    total = sum(results, Counter())
    assert all(total[verb] for verb in ("hold", "book", "take", "move", "cancel", "refused")), total
    for row in Appointment.objects.prefetch_related("claims"):
        own = sorted(each.resource_id for each in row.claims.all())
        if row.status == "booked":
            assert own == row.resources and all(each.expires_at is None for each in row.claims.all())
        elif row.status != "held":
            assert own == []


def test_a_hold_that_nobody_took_is_let_go_and_said_on_the_timeline(people: list[Lead]) -> None:
    where, later = slot(FRIDAY, resource("anna_lindqvist")), NOW + timedelta(hours=1)
    claims.hold(where, people[0], WANT, until=NOW + timedelta(minutes=1), made_by="family", now=NOW)
    assert lapsing.let_go(now=NOW + timedelta(minutes=2)) == 0
    assert [lapsing.let_go(now=later), lapsing.let_go(now=later)] == [1, 0]
    assert not Claim.objects.exists()
    assert list(Event.objects.filter(lead=people[0]).values_list("name", flat=True)) == ["visit_lapsed"]


def test_erasing_takes_the_days_of_all_visits_in_the_one_order_that_booking_has(
    people: list[Lead], committed: psycopg.Connection[Any]
) -> None:
    """Of who is erased the visit with the greater resource was made first; a series waits for the lesser one."""
    lesser, greater = sorted(resource(slug) for slug in THERAPISTS[:2])
    treatment = WANT._replace(service="treatment", kind="treatment")
    for begins, whose in ((FRIDAY, greater), (FRIDAY + timedelta(hours=2), lesser)):
        claims.book(slot(begins, whose), people[0], treatment, made_by="desk", now=NOW)
    wanted = [(slot(FRIDAY + timedelta(hours=5 + n), whose), treatment) for n, whose in enumerate((lesser, greater))]
    committed.autocommit = False
    committed.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [lesser, FRIDAY.date().toordinal()])

    def waiting(number: int) -> None:
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_until(f"{number} wait", lambda: committed.execute(asked).fetchone() == (number,), 20)

    def booked() -> int:
        return len(claims.book_series(wanted, people[1], made_by="desk", now=NOW))

    def erased() -> int:
        begun.wait(20)
        with transaction.atomic():
            return privacy.let_go(people[:1], at=NOW)

    def opened() -> None:
        try:
            waiting(1)
            begun.set()
            waiting(2)
        finally:
            committed.commit()

    begun = threading.Event()
    done = at_once(booked, erased, opened)
    committed.autocommit = True
    assert done == [2, 2, None]
