"""How many first visits take place, by how far ahead they were booked: counts of the practice's own, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstvisit.leads.models import Lead
from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.booking import claims, shows
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Share
from firstvisit.steps.booking.tests.slots import NOW, WANT, ended, new_lead, resource, slot

pytestmark = pytest.mark.django_db
RULES = Booking(likely_days=(3, 15), likely_least=11)


@pytest.fixture
def lead() -> Iterator[Lead]:
    services.load(read_folder(SAMPLE), by="test")
    shows.forget()
    yield new_lead(1)
    shows.forget()


def visits(lead: Lead, number: int, status: str, *, ahead: int = 20, day: int = 30, **fields: object) -> None:
    """So many first visits `day` days ago."""
    ended(lead, number, status, NOW - timedelta(days=day), ahead=ahead, **fields)


def share(days: float, now: datetime = NOW) -> Share | None:
    return shows.share(RULES, ahead=timedelta(days=days), now=now)


def test_visits_are_counted_by_how_far_ahead_they_were_booked(lead: Lead) -> None:
    visits(lead, 8, "completed"), visits(lead, 4, "arrived"), visits(lead, 3, "missed")
    visits(lead, 20, "completed", ahead=3), visits(lead, 2, "missed", ahead=14)
    visits(lead, 10, "missed", ahead=2)
    assert share(15) == share(60) == Share(15, None, 15, 12)
    assert share(3) == share(14.9) == Share(3, 15, 22, 20)
    assert share(2.9) is None, "ten are too few to say anything"


def test_a_late_cancellation_of_the_family_counts_and_ours_and_an_early_one_do_not(lead: Lead) -> None:
    visits(lead, 11, "completed")
    starts = NOW - timedelta(days=30)
    late, early = starts - timedelta(hours=3), starts - timedelta(days=3)
    visits(lead, 1, "cancelled", why="ill", status_at=late)
    visits(lead, 1, "cancelled", why="ill", status_at=early)
    visits(lead, 1, "cancelled", why="clinician_away", status_at=late)
    assert share(20) == Share(15, None, 12, 11)


def test_it_counts_what_the_verb_makes_of_a_visit_that_is_called_off(lead: Lead) -> None:
    visits(lead, 11, "completed")
    starts, anna = NOW + timedelta(days=21), resource("anna_lindqvist")
    row = claims.book(slot(starts, anna), new_lead(2), WANT, made_by="family", now=NOW)
    claims.cancel(row, why="ill", now=starts - timedelta(hours=1))
    assert share(20, now=starts + timedelta(days=1)) == Share(15, None, 12, 11)


def test_what_was_moved_what_is_to_come_and_what_is_long_past_do_not_count(lead: Lead) -> None:
    visits(lead, 11, "completed")
    visits(lead, 1, "missed", sequence=1)
    visits(lead, 1, "missed", day=400)
    visits(lead, 1, "missed", service="treatment")
    visits(lead, 1, "left")
    visits(lead, 1, "booked", day=-3)
    visits(lead, 1, "held", day=30, booked_at=None, held_until=NOW)
    assert share(20) == Share(15, None, 11, 11)


def test_it_is_counted_once_in_ten_minutes_by_one_question(lead: Lead) -> None:
    visits(lead, 11, "completed")
    with CaptureQueriesContext(connection) as asked:
        share(20), share(3), share(20, NOW + timedelta(minutes=1))
    assert len(asked) == 1
    assert not any(word in asked[0]["sql"] for word in ("payer", "language", "age_months", "patient", "join"))
    visits(lead, 4, "missed")
    assert share(20, NOW + timedelta(minutes=11)) == Share(15, None, 15, 11)
