"""Every break between what is meant and what is taken is found, and sound rows have none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.booking import checking, claims
from firstvisit.steps.booking.tests.slots import NOW, WANT, new_lead, resource, slot

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 15, tzinfo=UTC)
BALANCE = WANT._replace(service="group", kind="group", program="")
LATER = timedelta(hours=2)


@pytest.fixture(autouse=True)
def booked(db: None) -> None:
    """One of each kind: booked in a room, held, run out, cancelled, and a seat of a group."""
    services.load(read_folder(SAMPLE), by="test")
    anna, room = resource("anna_lindqvist"), resource("room_1")
    claims.book(slot(FRIDAY, anna, room), new_lead(1), WANT, made_by="desk", now=NOW)
    until = NOW + timedelta(days=1)
    claims.hold(slot(FRIDAY + LATER, anna, room), new_lead(2), WANT, until=until, made_by="family", now=NOW)
    soon = NOW + timedelta(seconds=1)
    claims.hold(slot(FRIDAY + 2 * LATER, anna, room), new_lead(3), WANT, until=soon, made_by="family", now=NOW)
    row = claims.book(slot(FRIDAY + 3 * LATER, anna), new_lead(4), WANT, made_by="desk", now=NOW)
    claims.cancel(row, why="ill", now=NOW)
    claims.book(slot(FRIDAY + 4 * LATER, anna, length=60), new_lead(5), BALANCE, made_by="desk", now=NOW)


def test_sound_rows_have_no_breaks() -> None:
    assert list(checking.breaks(NOW + timedelta(minutes=1))) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM booking_claim WHERE appointment_id IS NOT NULL", "has not a claim on each"),
        ("UPDATE booking_claim SET expires_at = now() WHERE appointment_id IS NOT NULL", "has not a claim on"),
        ("UPDATE booking_appointment SET resources = '{}' WHERE status = 'booked'", "has not a claim on each"),
        ("UPDATE booking_appointment SET status = 'cancelled' WHERE status = 'booked'", "takes no time"),
        (
            "UPDATE booking_appointment SET starts_at = starts_at - interval '1 hour' WHERE group_id IS NULL",
            "keeps less time",
        ),
        ("UPDATE booking_group SET seats = 0", "sits in a group"),
        ("UPDATE booking_group SET starts_at = starts_at + interval '1 hour'", "at another time"),
        ("UPDATE booking_group SET cancelled_at = now()", "does not take place"),
        ("DELETE FROM booking_claim WHERE group_id IS NOT NULL", "none although it does"),
    ],
)
def test_each_break_is_found(statement: str, words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert any(words in sentence for sentence in checking.breaks(NOW + timedelta(minutes=1)))
