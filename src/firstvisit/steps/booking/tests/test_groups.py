"""A group has one claim on its room and a seat for each, and no seat twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from firstvisit.kernel.errors import Conflict
from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.booking import busy, claims, groups
from firstvisit.steps.booking.claims import Taken
from firstvisit.steps.booking.models import Claim, Group
from firstvisit.steps.booking.tests.slots import NOW, WANT, minutes, new_lead, resource, slot

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 15, tzinfo=UTC)
BALANCE = WANT._replace(service="group", kind="group", program="")
SOON = NOW + timedelta(minutes=10)


@pytest.fixture
def anna(db: None) -> int:
    services.load(read_folder(SAMPLE), by="test")
    return resource("anna_lindqvist")


def test_seats_are_taken_one_by_one_and_none_twice(anna: int) -> None:
    where = slot(FRIDAY, anna, resource("room_1"), length=60)
    rows = [claims.book(where, new_lead(n), BALANCE, made_by="desk", now=NOW) for n in range(1, 7)]
    assert [row.seat for row in rows] == [1, 2, 3, 4, 5, 6]
    assert Group.objects.count() == 1 and Claim.objects.filter(group=rows[0].group).count() == 2
    with pytest.raises(Taken) as refused:
        claims.book(where, new_lead(7), BALANCE, made_by="desk", now=NOW)
    assert refused.value.why == "full"
    assert claims.book(where, rows[2].lead, BALANCE, made_by="desk", now=NOW).id == rows[2].id
    claims.cancel(rows[2], why="ill", now=NOW)
    assert claims.book(where, new_lead(8), BALANCE, made_by="desk", now=NOW).seat == 3
    with pytest.raises(Taken):
        claims.book(slot(FRIDAY, anna), new_lead(9), WANT, made_by="desk", now=NOW)


def test_a_held_seat_is_free_when_its_time_is_over(anna: int) -> None:
    group = groups.open_group(slot(FRIDAY, anna), kind="group", seats=1, now=NOW)
    first = claims.join(group, new_lead(1), BALANCE, until=SOON, made_by="family", now=NOW)
    assert first.clinician_id == anna and first.starts_at == FRIDAY
    with pytest.raises(Taken):
        claims.join(group, new_lead(2), BALANCE, made_by="desk", now=NOW)
    late = SOON + timedelta(seconds=1)
    assert claims.take(first, now=late).status == "booked"
    claims.cancel(first, why="ill", now=late)
    held = claims.join(group, new_lead(3), BALANCE, until=late + timedelta(minutes=1), made_by="family", now=late)
    after = late + timedelta(minutes=2)
    assert claims.join(group, new_lead(4), BALANCE, made_by="desk", now=after).seat == 1
    with pytest.raises(Taken):
        claims.take(held, now=after)


def test_a_seat_moves_to_another_session(anna: int) -> None:
    row = claims.book(slot(FRIDAY, anna), new_lead(1), BALANCE, made_by="desk", now=NOW)
    moved = claims.move(row, slot(FRIDAY + timedelta(days=7), anna), now=NOW)
    assert (moved.id, moved.sequence, moved.seat) == (row.id, 1, 1)
    assert moved.starts_at == FRIDAY + timedelta(days=7)
    sessions = busy.sessions("group", [anna], ["madison"], minutes(NOW), minutes(NOW) + 60 * 24 * 30, now=NOW)
    assert [(each.id, each.seats_left) for each in sessions] == [(str(row.group_id), 6), (str(moved.group_id), 5)]
    assert row.group is not None and moved.group is not None
    with pytest.raises(Conflict):
        groups.close_group(moved.group, now=NOW)
    assert groups.close_group(row.group, now=NOW).cancelled_at == NOW
    assert claims.book(slot(FRIDAY, anna), new_lead(2), WANT, made_by="desk", now=NOW).status == "booked"
