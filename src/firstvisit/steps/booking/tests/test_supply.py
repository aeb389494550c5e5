"""What is open of whom: blocks, hours, protected time, holidays, closures, away, extra, per-diem, two zones; compared
minute by minute with a naive count."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from firstvisit.config.asked import Asked
from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import Resource
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking import patterns, spans, supply
from firstvisit.steps.booking.models import Block, Change, Terms
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 11, 16)
WEEKDAYS_RULE = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


@pytest.fixture
def practice(db: None) -> Practice:
    services.load(read_folder(SAMPLE), by="tests")
    return queries.practice()


def block(slug: str, what: str, begins: str, ends: str, **more: object) -> Block:
    row = Block.objects.create(
        resource=Resource.objects.get(slug=slug),
        what=what,
        begins=time.fromisoformat(begins),
        ends=time.fromisoformat(ends),
        **{"site": "madison", "rule": WEEKDAYS_RULE, "first_day": MONDAY, **more},  # type: ignore[arg-type]
    )
    supply.raise_revision()
    return row


def change(slug: str | None, what: str, during: tuple[str, str], site: str = "") -> None:
    Change.objects.create(
        resource=Resource.objects.get(slug=slug) if slug else None,
        site=site,
        what=what,
        during=tuple(datetime.fromisoformat(text).replace(tzinfo=CHICAGO) for text in during),
        made_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    supply.raise_revision()


def bookable(slug: str, first: date = MONDAY, last: date | None = None) -> Bookable:
    found = supply.bookables(queries.practice(), Booking(), first, last or first)
    return next(one for one in found if one.slug == slug)


def hours(slug: str, day: date = MONDAY, zone: ZoneInfo = CHICAGO) -> str:
    """The open stretches of a day as on a wall clock."""
    return " ".join(
        "-".join(spans.moment(edge).astimezone(zone).strftime("%H:%M") for edge in stretch[:2])
        + ("/" + "+".join(sorted(stretch.programs)) if stretch.programs else "")
        for stretch in bookable(slug, day).open
    )


def test_without_blocks_a_resource_is_open_when_its_site_is(practice: Practice) -> None:
    assert hours("anna_lindqvist") == "08:00-17:30"
    assert hours("joan_tervo", zone=ZoneInfo("America/Detroit")) == "08:00-12:00 13:00-17:00"
    assert hours("anna_lindqvist", date(2026, 11, 26)) == ""  # Thanksgiving
    assert hours("anna_lindqvist", date(2026, 11, 22)) == ""  # Sunday


def test_blocks_join_and_protected_time_stays_free(practice: Practice) -> None:
    block("anna_lindqvist", "clinic", "08:00", "12:30")
    block("anna_lindqvist", "clinic", "12:00", "17:00")
    assert hours("anna_lindqvist") == "08:00-17:00"
    block("anna_lindqvist", "documentation", "12:00", "13:00")
    block("anna_lindqvist", "supervision", "16:30", "18:00", rule="FREQ=WEEKLY;BYDAY=MO")
    assert hours("anna_lindqvist") == "08:00-12:00 13:00-16:30"
    assert hours("anna_lindqvist", MONDAY + timedelta(days=1)) == "08:00-12:00 13:00-17:00"


def test_hours_for_some_programs_hold_against_those_for_all(practice: Practice) -> None:
    block("anna_lindqvist", "clinic", "08:00", "12:00")
    block("anna_lindqvist", "clinic", "09:00", "10:00", programs=["tendon_repair"])
    assert hours("anna_lindqvist") == "08:00-09:00 09:00-10:00/tendon_repair 10:00-12:00"


def test_an_overnight_block_and_a_clock_change(practice: Practice) -> None:
    saturday = date(2026, 10, 31)
    block("anna_lindqvist", "clinic", "22:00", "06:00", rule="", first_day=saturday)
    both = bookable("anna_lindqvist", saturday, saturday + timedelta(days=1)).open
    assert [end - start for start, end, *_ in both] == [9 * 60]
    assert hours("anna_lindqvist", saturday) == "22:00-00:00"
    assert hours("anna_lindqvist", saturday + timedelta(days=1)) == "00:00-06:00"


def test_home_and_video_are_open_for_such_visits_alone(practice: Practice) -> None:
    block("anna_lindqvist", "clinic", "08:00", "10:00")
    block("anna_lindqvist", "home", "10:00", "12:00")
    block("anna_lindqvist", "video", "13:00", "14:00")
    assert [sorted(one.settings) for one in bookable("anna_lindqvist").open] == [
        ["clinic", "telehealth"],
        ["home"],
        ["telehealth"],
    ]


def test_away_closed_extra_busy_per_diem_and_the_last_day(practice: Practice) -> None:
    change("anna_lindqvist", "away", ("2026-11-16 10:00", "2026-11-16 12:00"))
    assert hours("anna_lindqvist") == "08:00-10:00 12:00-17:30"
    change(None, "closed", ("2026-11-16 14:00", "2026-11-17 00:00"), "madison")
    assert hours("anna_lindqvist") == "08:00-10:00 12:00-14:00"
    assert hours("joan_tervo", zone=ZoneInfo("America/Detroit")) == "08:00-12:00 13:00-17:00"
    change("anna_lindqvist", "extra", ("2026-11-21 09:00", "2026-11-21 12:00"), "madison")
    assert hours("anna_lindqvist", date(2026, 11, 21)) == "09:00-12:00"
    change("anna_lindqvist", "busy", ("2026-11-21 09:00", "2026-11-21 09:20"))
    assert hours("anna_lindqvist", date(2026, 11, 21)) == "09:20-12:00"
    Terms.objects.create(resource=Resource.objects.get(slug="anna_lindqvist"), per_diem=True)
    supply.raise_revision()
    assert hours("anna_lindqvist") == ""
    assert hours("anna_lindqvist", date(2026, 11, 21)) == "09:20-12:00"
    Terms.objects.create(resource=Resource.objects.get(slug="priya_raman"), last_day=MONDAY, evaluations_a_day=2)
    supply.raise_revision()
    assert hours("priya_raman") == "08:00-14:00"
    assert hours("priya_raman", date(2026, 11, 18)) == ""
    assert bookable("priya_raman").evaluations_a_day == 2


def test_extra_hours_open_what_the_pattern_keeps_and_a_holiday(practice: Practice) -> None:
    block("anna_lindqvist", "documentation", "08:00", "17:30")
    assert hours("anna_lindqvist") == ""
    change("anna_lindqvist", "extra", ("2026-11-16 09:00", "2026-11-16 10:00"))
    change("anna_lindqvist", "extra", ("2026-11-26 09:00", "2026-11-26 10:00"))
    assert hours("anna_lindqvist") == "09:00-10:00"
    assert hours("anna_lindqvist", date(2026, 11, 26)) == "09:00-10:00"


def test_asked_again_it_asks_the_database_nothing_and_a_change_is_seen_at_once(practice: Practice) -> None:
    last = MONDAY + timedelta(days=90)
    supply.bookables(practice, Booking(), MONDAY, last)
    with Asked(connection) as asked:
        assert supply.bookables(practice, Booking(), MONDAY, last)
        assert supply.bookables(practice, Booking(), MONDAY, MONDAY)
    assert len(asked) == 0
    change("anna_lindqvist", "away", ("2026-11-16 08:00", "2026-11-16 12:00"))
    assert hours("anna_lindqvist") == "12:00-17:30"


def test_the_open_minutes_are_those_counted_one_by_one(practice: Practice) -> None:
    """Random blocks and changes of two people in two zones around both clock changes, each minute asked by itself."""
    chance = random.Random(6)
    for start in (date(2026, 3, 2), date(2026, 10, 26)):
        Block.objects.all().delete()
        Change.objects.all().delete()
        for slug, site in (("anna_lindqvist", "madison"), ("joan_tervo", "marquette")):
            for _ in range(7):
                some = ",".join(chance.sample(patterns.DAYS, chance.randint(1, 4)))
                begins, ends = time(chance.randint(0, 23), chance.choice((0, 15, 30))), time(chance.randint(0, 23))
                block(
                    slug,
                    chance.choice(["clinic", "clinic", "clinic", "documentation", "meeting"]),
                    begins.isoformat(),
                    ends.isoformat(),
                    site=site,
                    rule=f"FREQ=WEEKLY;BYDAY={some}",
                    first_day=start - timedelta(days=chance.randint(0, 20)),
                )
            for what in ("away", "extra", "busy"):
                begin = datetime.combine(start + timedelta(days=chance.randint(0, 9)), time(chance.randint(0, 23)))
                change(slug, what, (str(begin), str(begin + timedelta(hours=chance.randint(0, 30)))), site)
        change(None, "closed", (f"{start + timedelta(days=5)} 09:00", f"{start + timedelta(days=5)} 15:00"), "madison")
        for slug in ("anna_lindqvist", "joan_tervo"):
            last = start + timedelta(days=10)
            found = bookable(slug, start, last)
            counted = open_minutes(practice, slug, start, last)
            assert {m for one in found.open for m in range(one.start, one.end)} == counted
            assert all(a.end <= b.start for a, b in zip(found.open, found.open[1:], strict=False))


def open_minutes(practice: Practice, slug: str, first: date, last: date) -> set[int]:
    """The same by a count that knows nothing of intervals, weeks or kept values."""
    site = practice.sites[practice.resources[slug].sites[0]]
    blocks = list(Block.objects.filter(resource__slug=slug))
    changes = list(Change.objects.filter(resource__slug=slug))
    closed = list(Change.objects.filter(resource=None, site=site.slug))
    opens = [one for one in blocks if one.what == "clinic"]
    found = set()
    moment = datetime.combine(first, time(), site.tz).astimezone(UTC)
    while moment < datetime.combine(last + timedelta(days=1), time(), site.tz).astimezone(UTC):
        def holds(row: Change, at: datetime = moment) -> bool:
            return row.during.lower is not None and row.during.lower <= at < row.during.upper

        extra = any(holds(one) for one in changes if one.what == "extra")
        working = any(runs(one, moment, site.tz) for one in opens)
        kept = any(runs(one, moment, site.tz) for one in blocks if one.what != "clinic")
        holiday = moment.astimezone(site.tz).date() in site.closed_days
        gone = any(holds(one) for one in changes if one.what in ("away", "busy")) or any(map(holds, closed))
        if (extra or (working and not kept and not holiday)) and not gone:
            found.add(int(moment.timestamp()) // 60)
        moment += timedelta(minutes=1)
    return found


def runs(row: Block, moment: datetime, zone: ZoneInfo) -> bool:
    local = moment.astimezone(zone)
    for day in (local.date(), local.date() - timedelta(days=1)):
        if day < row.first_day or patterns.DAYS[day.weekday()] not in row.rule.split("BYDAY=")[1].split(","):
            continue
        end_day = day if row.ends > row.begins else day + timedelta(days=1)
        begins = datetime.combine(day, row.begins, zone).astimezone(UTC)
        if begins <= moment < datetime.combine(end_day, row.ends, zone).astimezone(UTC):
            return True
    return False


