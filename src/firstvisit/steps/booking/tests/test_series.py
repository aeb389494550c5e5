"""Treatment in a steady pattern after the evaluation, all of it booked or nothing, or until when it is full."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from firstvisit.kernel.audit import SYSTEM
from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import Resource
from firstvisit.steps.booking import claims, series, supply, supplying
from firstvisit.steps.booking.claims import AlreadyBooked, Taken
from firstvisit.steps.booking.models import Appointment, Change, Claim
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.series import Series, Steady
from firstvisit.steps.booking.shapes import Place, Slot, Want
from firstvisit.steps.booking.spans import moment
from firstvisit.steps.booking.tests.slots import NOW, WANT, new_lead, resource, slot

pytestmark = pytest.mark.django_db
MADISON = ZoneInfo("America/Chicago")
TREATMENT = WANT._replace(
    service="treatment", kind="treatment", minutes=45, after=0, skills=frozenset({"orthopedic"}), assistants=True,
    new_patient=False, half_days=frozenset({"mon_pm", "wed_pm", "fri_pm"}),
)  # fmt: skip


@pytest.fixture
def priya(db: None) -> int:
    queries.forget()
    supply.forget()
    services.load(read_folder(SAMPLE), by="test")
    return resource("priya_raman")


@pytest.fixture
def evaluation(priya: int) -> Slot:
    """Wednesday the 2nd of December, at 10:00 in Madison."""
    return slot(datetime(2026, 12, 2, 16, tzinfo=UTC), priya)


def looked(evaluation: Slot, visits: int = 2, weeks: int = 4, want: Want = TREATMENT, only: str = "") -> Steady:
    return series.steady(
        evaluation, want, visits_a_week=visits, weeks=weeks, shape=queries.practice(), booking=Booking(), now=NOW,
        only=only,
    )  # fmt: skip


def found(evaluation: Slot, visits: int = 2, weeks: int = 4) -> Series:
    got = looked(evaluation, visits, weeks)
    assert not got.why
    return got.patterns[0]


def away(who: int, first: date, days: int) -> None:
    begins = datetime(first.year, first.month, first.day, tzinfo=MADISON)
    Change.objects.create(
        resource_id=who, what="away", why="vacation", during=(begins, begins + timedelta(days=days)), made_at=NOW
    )
    supply.raise_revision()


def test_the_same_weekdays_and_hour_with_who_evaluated(evaluation: Slot, priya: int) -> None:
    got = found(evaluation)
    times = [moment(visit.start).astimezone(MADISON) for visit in got.visits]
    assert len(times) == 8 and {visit.clinician for visit in got.visits} == {priya}
    assert {(each.weekday(), each.hour, each.minute) for each in times[:2]} == {
        (each.weekday(), each.hour, each.minute) for each in times
    }
    assert got.same_hour and times[0].hour >= 12, "the afternoons that they stated"
    assert (times[1] - times[0]).days in (2, 3, 4) and times[0] > datetime(2026, 12, 3, tzinfo=MADISON)
    assert sorted(times) == times


def test_a_closed_day_breaks_no_pattern(evaluation: Slot) -> None:
    shape = queries.practice()
    closed = [day for day in (date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 1)) if
              not shape.sites["madison"].openings(day)]  # fmt: skip
    assert closed, "the sample is closed around Christmas"
    assert len(found(evaluation).visits) == 8, "a pattern that loses nothing goes before"
    got = found(evaluation, visits=5, weeks=4)
    assert len(got.visits) == 20 - sum(day.weekday() < 5 and day < date(2026, 12, 31) for day in closed)


def test_while_who_evaluates_is_away_another_treats(evaluation: Slot, priya: int) -> None:
    away(priya, date(2026, 12, 14), 7)
    got = found(evaluation)
    slug = Resource.objects.get(id=got.clinician).slug
    assert slug != "priya_raman" and len(got.visits) == 8


def test_treatment_is_full_until_a_day(evaluation: Slot, priya: int) -> None:
    for who in Resource.objects.all():
        if who.data.get("kind") == "clinician":
            away(who.id, date(2026, 12, 14), 7)
    got = looked(evaluation)
    until = got.patterns[0]
    assert got.why == "full" and until.since == date(2026, 12, 17) and until.clinician == priya
    assert moment(until.visits[0].start).date() == date(2026, 12, 21)


def places(pattern: Series) -> set[tuple[int, int]]:
    times = [moment(visit.start).astimezone(MADISON) for visit in pattern.visits]
    return {(each.weekday(), each.hour * 60 + each.minute) for each in times}


def test_there_are_three_to_choose_from_at_another_hour_and_on_other_days(evaluation: Slot) -> None:
    best, later, other = looked(evaluation).patterns
    (hour,), (another,) = ({minute for _, minute in places(each)} for each in (best, later))
    assert abs(another - hour) >= 120
    assert {day for day, _ in places(other)} != {day for day, _ in places(best)}
    assert [len(each.visits) for each in (best, later, other)] == [8, 8, 8]
    for each in (best, later, other):
        days = sorted({day for day, _ in places(each)})
        assert days[1] - days[0] >= 2, "nobody two days running"


def test_another_therapist_or_a_later_day_can_be_asked_for(evaluation: Slot, priya: int) -> None:
    everybody = looked(evaluation).therapists
    assert everybody[0] == "priya_raman" and len(everybody) > 1
    other = looked(evaluation, only=everybody[1]).patterns
    assert {Resource.objects.get(id=each.clinician).slug for each in other} == {everybody[1]}
    after = looked(evaluation, want=TREATMENT._replace(not_before=date(2026, 12, 9))).patterns
    assert min(moment(each.visits[0].start).date() for each in after) >= date(2026, 12, 9)


def test_what_was_shown_is_still_there_until_somebody_takes_one_of_its_times(evaluation: Slot, priya: int) -> None:
    chosen = looked(evaluation).patterns[1]
    starts = [visit.start for visit in chosen.visits]
    known = {"shape": queries.practice(), "booking": Booking(), "now": NOW}
    again = series.still_there(evaluation, TREATMENT, starts, "priya_raman", **known)  # type: ignore[arg-type]
    assert again is not None and again.visits == chosen.visits
    claims.book(slot(moment(starts[3]), priya), new_lead(1), WANT, made_by="desk", now=NOW)
    assert series.still_there(evaluation, TREATMENT, starts, "priya_raman", **known) is None  # type: ignore[arg-type]


def test_where_the_hours_allow_one_day_a_week_it_says_so_and_when_once_a_week_would_begin(evaluation: Slot) -> None:
    drives = Resource.objects.get(slug="marcus_bell")
    supplying.add_block(
        drives, what="home", site="madison", begins=time(13), ends=time(17), weekdays=(2,), first_day=date(2026, 11, 1),
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    marcus = slot(moment(evaluation.start), drives.id)
    home = TREATMENT._replace(
        discipline="OT", skills=frozenset(), setting="home", home=Place(43.0748, -89.3844), zip="53703", half_days=None,
        program="home_safety",
    )  # fmt: skip
    got = looked(marcus, want=home)
    assert (got.patterns, got.why, got.days) == ((), "hours", 1) and got.fewer is not None
    count, once = got.fewer
    assert count == 1 and len(once.visits) == 4 and {visit.setting for visit in once.visits} == {"home"}
    assert looked(marcus, visits=1, want=home).why == ""


def test_more_weeks_than_are_booked_ahead_are_not_called_full(evaluation: Slot) -> None:
    got = looked(evaluation, visits=1, weeks=12, want=TREATMENT._replace(not_before=date(2027, 1, 4)))
    assert (got.patterns, got.why) == ((), "beyond")


def test_all_is_booked_together_or_nothing(evaluation: Slot, priya: int) -> None:
    got, ana, ben = found(evaluation), new_lead(1), new_lead(2)
    visits = [(evaluation, WANT), *((each, TREATMENT) for each in got.visits)]
    last = got.visits[-1]
    taken = claims.book(slot(moment(last.start), priya), ben, WANT, made_by="desk", now=NOW)
    with pytest.raises(Taken):
        claims.book_series(visits, ana, made_by="desk", now=NOW)
    assert not Appointment.objects.filter(lead=ana).exists() and Claim.objects.count() == 1
    claims.cancel(taken, why="ill", now=NOW)
    rows = claims.book_series(visits, ana, made_by="desk", now=NOW)
    assert len(rows) == 9 and len({row.series for row in rows}) == 1 and Claim.objects.count() == 9
    assert [row.service for row in rows] == ["evaluation"] + ["treatment"] * 8
    again = claims.book_series(visits, ana, made_by="desk", now=NOW)
    assert [row.id for row in again] == [row.id for row in rows] and Claim.objects.count() == 9
    other = slot(moment(evaluation.start) + timedelta(hours=1), priya)
    with pytest.raises(AlreadyBooked):
        claims.book_series([(other, WANT)], ana, made_by="desk", now=NOW)


def test_treatment_joins_an_evaluation_that_stands(evaluation: Slot) -> None:
    ana = new_lead(1)
    first = claims.book(evaluation, ana, WANT, made_by="family", now=NOW)
    visits = [(evaluation, WANT), *((each, TREATMENT) for each in found(evaluation, visits=1).visits)]
    rows = claims.book_series(visits, ana, made_by="desk", now=NOW)
    assert rows[0].id == first.id and rows[0].series == rows[1].series is not None
    assert claims.cancel(rows[2], why="ill", now=NOW).status == "cancelled"
    assert Appointment.objects.filter(series=rows[0].series, status="booked").count() == 4
