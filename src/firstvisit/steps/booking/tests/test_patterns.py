"""Days and hours of repeating blocks: rules read, refused and expanded, clocks that change, nights."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.steps.booking import patterns, spans
from firstvisit.steps.booking.patterns import BadRule, Pattern

CHICAGO, DETROIT = ZoneInfo("America/Chicago"), ZoneInfo("America/Detroit")
MONDAY = date(2026, 11, 23)
AROUND = datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2028-01-01")


def pattern(rule: str, first: date = MONDAY, **more: object) -> Pattern:
    return Pattern(rule, first, **{"last_day": None, "begins": time(8), "ends": time(12), **more})  # type: ignore[arg-type]


def days(rule: str, first: date = MONDAY, until: date = MONDAY + timedelta(days=60), **more: object) -> list[str]:
    return [day.isoformat()[5:] for day in patterns.days(pattern(rule, first, **more), first, until)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", ["11-23"]),
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3", ["11-23", "11-25", "11-30"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20261215", ["11-24", "12-08"]),
        ("FREQ=WEEKLY;UNTIL=20261207T235959Z", ["11-23", "11-30", "12-07"]),
        ("FREQ=MONTHLY;BYDAY=1FR", ["12-04", "01-01"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["11-30", "12-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["11-30", "12-31"]),
        ("RRULE:freq=daily;interval=20", ["11-23", "12-13", "01-02", "01-22"]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", ["12-24"]),
    ],
)
def test_a_rule_falls_on_its_days(rule: str, expected: list[str]) -> None:
    patterns.check(pattern(rule))
    assert days(rule) == expected


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("FREQ=SECONDLY", "SECONDLY: a block repeats by days"),
        ("FREQ=HOURLY;INTERVAL=2", "HOURLY: a block repeats by days"),
        ("FREQ=DAILY;BYHOUR=8,9", "BYHOUR: a block repeats by days"),
        ("every Monday", "is no part of a rule"),
        ("FREQ=WEEKLY;BYDAY=XX", "no weekday"),
        ("FREQ=WEEKLY;BYDAY=1MO", "MONTHLY or YEARLY only"),
        ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "stands twice"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "exclude each other"),
        ("FREQ=DAILY;COUNT=99999", "COUNT is a number from 1 to 5000"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL is a day"),
        ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO is not offered"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "no such month has such a day"),
        ("FREQ=DAILY;BYDAY=MO;BYSETPOS=5", "BYSETPOS"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "falls on no day"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "falls on no day"),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20200101", "falls on no day"),
        ("FREQ=" + "X" * 400, "300 characters"),
    ],
)
def test_a_rule_nobody_could_mean_is_refused_in_words(rule: str, says: str) -> None:
    with pytest.raises(BadRule, match=says):
        patterns.check(pattern(rule))


def test_a_rule_without_end_costs_only_the_days_asked() -> None:
    far = date(2126, 3, 4)
    assert patterns.days(pattern("FREQ=DAILY", date(1990, 1, 1)), far, far) == [far]


def test_days_left_out_and_the_last_day_are_not_there() -> None:
    found = days("FREQ=WEEKLY;BYDAY=MO,TU", last_day=date(2026, 12, 1), except_days=frozenset({date(2026, 11, 24)}))
    assert found == ["11-23", "11-30", "12-01"]


def hours(zone: ZoneInfo, day: date, begins: time, ends: time) -> list[tuple[str, int]]:
    found = patterns.pattern_spans(Pattern("", day, None, begins, ends), zone, day, day)
    return [(spans.moment(start).strftime("%d %H:%M"), end - start) for start, end in found]


def test_each_end_is_turned_to_utc_by_itself() -> None:
    spring, autumn = date(2026, 3, 8), date(2026, 11, 1)
    assert hours(CHICAGO, spring - timedelta(days=1), time(22), time(6)) == [("08 04:00", 7 * 60)]
    assert hours(CHICAGO, autumn - timedelta(days=1), time(22), time(6)) == [("01 03:00", 9 * 60)]
    assert hours(CHICAGO, spring, time(0), time(0)) == [("08 06:00", 23 * 60)]
    assert hours(DETROIT, spring, time(2), time(3)) == []  # leapt over: three o'clock follows upon two
    assert hours(DETROIT, MONDAY, time(8), time(12)) == [("23 13:00", 240)]
    assert hours(CHICAGO, MONDAY, time(8), time(12)) == [("23 14:00", 240)]


@settings(max_examples=300, deadline=None)
@given(
    first=st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    back=st.integers(0, 900),
    length=st.integers(0, 20),
    rule=st.builds(
        lambda frequency, interval, weekdays, end: ";".join(
            [f"FREQ={frequency}", f"INTERVAL={interval}", *([f"BYDAY={','.join(weekdays)}"] if weekdays else []), *end]
        ),
        st.sampled_from(["DAILY", "WEEKLY"]),
        st.integers(1, 4),
        st.lists(st.sampled_from(patterns.DAYS), unique=True, max_size=4),
        st.sampled_from([[], ["COUNT=40"], ["UNTIL=20240604"], ["WKST=SU"]]),
    ),
)
def test_the_days_of_a_stretch_are_those_counted_one_by_one(first: date, back: int, length: int, rule: str) -> None:
    """Counted from the first day on, by hand, without any shortcut."""
    parts = dict(part.split("=") for part in rule.split(";"))
    week_starts = 6 if parts.get("WKST") == "SU" else 0
    week = first - timedelta(days=(first.weekday() - week_starts) % 7)
    asked = first + timedelta(days=back)
    expected, counted, day = [], 0, first
    while day <= asked + timedelta(days=length):
        if parts["FREQ"] == "DAILY":
            on = (day - first).days % int(parts["INTERVAL"]) == 0
        else:
            on = (day - week).days // 7 % int(parts["INTERVAL"]) == 0
        named = parts.get("BYDAY", "" if parts["FREQ"] == "DAILY" else patterns.DAYS[first.weekday()])
        if on and (not named or patterns.DAYS[day.weekday()] in named.split(",")):
            counted += 1
            late = "UNTIL" in parts and day > date(2024, 6, 4)
            if day >= asked and not late and counted <= int(parts.get("COUNT", 10**6)):
                expected.append(day)
        day += timedelta(days=1)
    assert patterns.days(pattern(rule, first), asked, asked + timedelta(days=length)) == expected


minutes = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


@settings(max_examples=400, deadline=None)
@given(one=minutes, other=minutes)
def test_spans_are_sets_of_minutes(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    def held(some: list[tuple[int, int]]) -> set[int]:
        return {minute for start, end in some for minute in range(start, end)}

    a, b = spans.joined(one), spans.joined(other)
    assert held(a) == held(one)
    assert held(spans.without(a, b)) == held(one) - held(other)
    assert held(spans.common(a, b)) == held(one) & held(other)
    for found in (a, spans.without(a, b), spans.common(a, b)):
        assert all(start < end for start, end in found)
        assert all(left[1] <= right[0] for left, right in pairwise(found))
    assert all(left[1] < right[0] for left, right in pairwise(a))


@settings(max_examples=300, deadline=None)
@given(
    moment=st.datetimes(*AROUND),
    zone=st.sampled_from(["America/Chicago", "America/Detroit", "Pacific/Auckland", "Asia/Kathmandu"]),
)
def test_a_wall_clock_is_turned_as_the_zone_says(moment: datetime, zone: str) -> None:
    local = moment.replace(second=0, microsecond=0, tzinfo=ZoneInfo(zone))
    expected = int(local.astimezone(UTC).timestamp()) // 60
    assert spans.on_the_clock(local.date(), local.time(), ZoneInfo(zone)) == expected
