"""Moments come from the database as they went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.kernel.moments import MomentLoader

pytestmark = pytest.mark.django_db
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def returned(moment: datetime) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        (found,) = cursor.fetchone()
    assert isinstance(found, datetime)
    return found


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=zones))  # noqa: DTZ001 - it wants them bare
def test_any_moment_comes_back_in_utc(moment: datetime) -> None:
    found = returned(moment)
    assert found == moment
    assert found.tzinfo is UTC


def test_in_another_zone_of_the_session_too() -> None:
    moment = datetime(2026, 11, 21, 18, 41, 31, 5, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'America/Chicago'")
    found = returned(moment)
    assert (found, found.tzinfo) == (moment, UTC)


def test_django_keeps_the_loader_for_its_cursors() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        loaders = cursor.connection.adapters
    assert loaders.get_loader(1184, 0) is MomentLoader
    assert connection.timezone == MomentLoader.timezone
