"""A therapist on the road: of two who take neighbouring visits at once, one sees that too little of the way is left."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction
from tests.conftest import at_once

from firstvisit.kernel import seal
from firstvisit.leads.models import Lead
from firstvisit.leads.services import reading_row
from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.referral.record import Patient, Referral
from firstvisit.steps.booking import claims, groups, spans
from firstvisit.steps.booking.busy import homes_of
from firstvisit.steps.booking.claims import Taken
from firstvisit.steps.booking.finding import find
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Slot
from firstvisit.steps.booking.tests.slots import NOW, WANT, new_lead, resource, slot

FRIDAY = datetime(2026, 11, 27, 15, tzinfo=UTC)
ENDS = FRIDAY + timedelta(minutes=55)
AT_HOME = WANT._replace(setting="home")
NEAR, FAR = "53703", "53562"
"""Madison; Middleton, some eight miles away."""


def family(number: int, lives: str) -> Lead:
    lead, (row, key) = new_lead(number), seal.new_key()
    row.save(force_insert=True)
    reading_row(lead, key, Referral(channel="web", patient=Patient(postal_code=lives))).save(force_insert=True)
    return lead


def home(begins: datetime) -> Slot:
    return slot(begins, resource("anna_lindqvist"))._replace(setting="home")


def book(lead: Lead, begins: datetime) -> Appointment:
    return claims.book(home(begins), lead, AT_HOME, made_by="desk", now=NOW)


@pytest.fixture
def sample(db: None) -> None:
    services.load(read_folder(SAMPLE), by="test")


def test_a_visit_leaves_the_road_before_it_and_after_it(sample: None) -> None:
    book(family(1, NEAR), FRIDAY)
    for begins in (ENDS, FRIDAY - timedelta(minutes=55)):
        with pytest.raises(Taken) as refused:
            book(family(2 + (begins == ENDS), FAR), begins)
        assert refused.value.why == "road"
    assert book(family(4, FAR), ENDS + timedelta(minutes=30)).status == "booked"
    assert book(family(5, NEAR), FRIDAY - timedelta(minutes=55)).status == "booked", "next door is no way"


def test_a_move_and_a_hold_leave_it_too_and_a_visit_by_video_needs_none(sample: None) -> None:
    book(family(1, NEAR), FRIDAY)
    far = family(2, FAR)
    row = book(far, ENDS + timedelta(hours=2))
    with pytest.raises(Taken, match="no longer free"):
        claims.move(row, home(ENDS), now=NOW)
    row.refresh_from_db()
    assert row.starts_at == ENDS + timedelta(hours=2)
    with pytest.raises(Taken):
        claims.hold(home(ENDS), family(3, FAR), AT_HOME, until=NOW + timedelta(minutes=9), made_by="desk", now=NOW)
    video = home(ENDS)._replace(setting="telehealth")
    assert claims.book(video, family(4, FAR), WANT._replace(setting="telehealth"), made_by="desk", now=NOW)


def test_a_session_of_a_group_is_a_place_too(sample: None) -> None:
    anna, hour = resource("anna_lindqvist"), timedelta(hours=1)
    group = groups.open_group(slot(FRIDAY, anna), kind="group", seats=4, now=NOW)
    for begins in (ENDS, FRIDAY - timedelta(minutes=55)):
        with pytest.raises(Taken) as refused:
            book(family(1 + (begins == ENDS), FAR), begins)
        assert refused.value.why == "road"
        found = find(
            AT_HOME._replace(home=homes_of([family(3 + (begins == ENDS), FAR).id]).popitem()[1]),
            shape=queries.practice(), booking=Booking(), now=NOW, count=500,
        )  # fmt: skip
        assert spans.minute(begins) not in {each.start for each in found.slots}
    assert book(family(5, FAR), ENDS + timedelta(minutes=30)).status == "booked"
    with pytest.raises(Taken) as refused:
        groups.open_group(slot(ENDS + hour * 2 - timedelta(minutes=30), anna), kind="group", seats=4, now=NOW)
    assert refused.value.why == "road"
    groups.close_group(group, now=NOW)
    assert book(family(6, FAR), FRIDAY - timedelta(minutes=55)).status == "booked"


@pytest.fixture
def two(committed: psycopg.Connection[Any]) -> Iterator[tuple[Lead, Lead]]:
    services.load(read_folder(SAMPLE), by="test")
    queries.forget()
    yield family(1, NEAR), family(2, FAR)


def test_of_two_at_once_the_second_sees_the_first(
    two: tuple[Lead, Lead], committed: psycopg.Connection[Any]
) -> None:
    """The first has booked and not yet committed when the second wants the visit beside it."""
    (near, far), begun, pause = two, threading.Event(), threading.Event()
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

    def first() -> str:
        with transaction.atomic():
            row = book(near, FRIDAY)
            begun.set()
            for _ in range(200):
                if committed.execute(waiting).fetchone() != (0,):
                    break
                pause.wait(0.1)
        return row.status

    def second() -> str:
        begun.wait(20)
        return book(far, ENDS).status

    done = at_once(first, second)
    assert done[0] == "booked"
    assert isinstance(done[1], Taken) and done[1].why == "road", done[1]
    assert Appointment.objects.filter(status="booked").count() == 1
