"""Business time against brute-force counting, minute by minute: clock changes, holidays, lunch, two zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import WEEKDAYS, Opening, Site
from firstvisit.steps.routing import clocks

MINUTE = timedelta(minutes=1)


def but(site: Site, **changes: Any) -> Site:
    """The site with other values. Made anew: a copy would keep the openings that were looked up before."""
    return Site.model_validate({**site.model_dump(), **changes})


@cache
def sites() -> dict[str, Site]:
    """The two sites, and Madison as it would be with nights and weekends, when clocks change."""
    both = {site.slug: site for site in read_folder(SAMPLE).sites}
    always = {day: (Opening.model_validate({"opens": "00:00", "closes": "23:59"}),) for day in WEEKDAYS}
    return {**both, "night": but(both["madison"], slug="night", hours=always)}


def staffed(moment: datetime, site: Site) -> bool:
    """Whether the minute that begins at `moment` is inside an opening, by the wall clock alone."""
    local = moment.astimezone(site.tz)
    if local.date() in site.closed_days:
        return False
    openings = site.hours.get(WEEKDAYS[local.weekday()], ())
    return any(one.opens <= local.time() < one.closes for one in openings)


def counted_due(start: datetime, minutes: int, site: Site) -> datetime:
    moment, left = start, minutes
    while left:
        left -= staffed(moment, site)
        moment += MINUTE
    return moment


moments = st.datetimes(datetime(2026, 10, 20), datetime(2027, 4, 1)).map(  # noqa: DTZ001  zone follows
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
)
AUTUMN = datetime(2026, 10, 31, 22, 0, tzinfo=UTC)
"""The evening before clocks go back."""
SPRING = datetime(2027, 3, 13, 23, 0, tzinfo=UTC)
"""The evening before clocks go forward."""
THANKSGIVING = datetime(2026, 11, 25, 23, 15, tzinfo=UTC)
"""A quarter hour before Madison closes for four days."""


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 600), st.sampled_from(["madison", "marquette", "night"]))
@example(AUTUMN, 600, "night")
@example(SPRING, 600, "night")
@example(AUTUMN, 120, "madison")
@example(SPRING, 120, "marquette")
@example(THANKSGIVING, 30, "madison")
def test_a_clock_ends_where_counting_each_minute_ends(start: datetime, minutes: int, name: str) -> None:
    site = sites()[name]
    assert clocks.due(start, minutes, site) == counted_due(start, minutes, site)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 5000), st.sampled_from(["madison", "marquette", "night"]))
@example(AUTUMN, 900, "night")
@example(SPRING, 900, "night")
def test_minutes_between_are_the_minutes_counted(start: datetime, later: int, name: str) -> None:
    site, end = sites()[name], start + later * MINUTE
    counted = sum(staffed(start + n * MINUTE, site) for n in range(later))
    assert clocks.minutes_between(start, end, site) == counted
    assert clocks.minutes_between(end, start, site) == -counted


@given(moments, st.integers(1, 3000), st.sampled_from(["madison", "marquette"]))
def test_a_due_time_is_always_while_somebody_is_there(start: datetime, minutes: int, name: str) -> None:
    site = sites()[name]
    due = clocks.due(start, minutes, site)
    assert due > start
    assert staffed(due - MINUTE, site)
    assert clocks.minutes_between(start, due, site) == minutes


def local(site: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=sites()[site].tz)


@pytest.mark.parametrize(
    ("site", "start", "minutes", "due"),
    [
        ("madison", "2026-11-24T10:00", 30, "2026-11-24T10:30"),
        ("madison", "2026-11-24T17:15", 30, "2026-11-25T08:15"),
        ("madison", "2026-11-21T09:00", 15, "2026-11-23T08:15"),
        ("madison", "2026-11-25T17:15", 30, "2026-11-30T08:15"),
        ("marquette", "2026-11-24T11:45", 30, "2026-11-24T13:15"),
        ("marquette", "2026-11-24T12:30", 30, "2026-11-24T13:30"),
        ("marquette", "2026-12-31T16:45", 30, "2027-01-04T08:15"),
        ("madison", "2026-10-30T17:00", 60, "2026-11-02T08:30"),
        ("madison", "2027-03-12T17:00", 60, "2027-03-15T08:30"),
    ],
)
def test_due_times_by_table(site: str, start: str, minutes: int, due: str) -> None:
    assert clocks.due(local(site, start), minutes, sites()[site]) == local(site, due)


def test_one_moment_ends_at_two_hours_in_two_zones() -> None:
    start = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)  # 7:30 in Madison, 8:30 in Marquette
    assert clocks.due(start, 30, sites()["madison"]) == local("madison", "2026-11-24T08:30")
    assert clocks.due(start, 30, sites()["marquette"]) == local("marquette", "2026-11-24T09:00")


def test_a_site_that_never_opens_is_an_error_and_not_an_endless_search() -> None:
    long = [{"on": AUTUMN.date() + timedelta(days=n), "name": "Closed"} for n in range(-1, 70)]
    closed = but(sites()["madison"], holidays=long)
    with pytest.raises(ValueError, match="madison"):
        clocks.due(AUTUMN, 1, closed)
    assert clocks.opens_at(AUTUMN, closed) is None


def test_the_end_of_this_opening_and_the_start_of_the_next() -> None:
    site = sites()["marquette"]
    assert clocks.closes_at(local("marquette", "2026-11-24T11:00"), site) == local(
        "marquette", "2026-11-24T12:00"
    )
    assert clocks.closes_at(local("marquette", "2026-11-24T12:30"), site) is None
    assert clocks.opens_at(local("marquette", "2026-11-24T12:30"), site) == local(
        "marquette", "2026-11-24T13:00"
    )
    open_now = local("marquette", "2026-11-24T14:00")
    assert clocks.opens_at(open_now, site) == open_now
