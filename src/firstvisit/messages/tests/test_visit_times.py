"""Several visits in words: a pattern where there is one, else each by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from firstvisit.messages.moments import Spoken, visit_times
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import Site

MONDAY = datetime.fromisoformat("2026-12-21T11:00:00-06:00")


def madison() -> Site:
    return read_folder(SAMPLE).practice(1).sites["madison"]


def said(
    *days: int, hours: dict[int, int] | None = None, home: str | None = None, spoken: Spoken = "English"
) -> list[str]:
    visits = [MONDAY + timedelta(days=day, hours=(hours or {}).get(day, 0)) for day in days]
    return visit_times(visits, madison(), home, spoken)


def test_a_steady_pattern_is_one_line() -> None:
    assert said(9, 2, 7, 0) == [
        "Mondays and Wednesdays at 11:00 am Central time, from Mon Dec 21 to Wed Dec 30: 4 visits"
    ]
    assert said(0, 2, 7, 9, spoken="Spanish") == [
        "los lunes y los miércoles a las 11:00 am hora del Centro, del lun 21 dic al mié 30 dic: 4 visitas"
    ]


def test_each_weekday_may_have_an_hour_of_its_own() -> None:
    (line,) = said(0, 2, 7, 9, hours={2: 2, 9: 2}, spoken="Spanish")
    assert line.startswith("los lunes a las 11:00 am hora del Centro y los miércoles a la 1:00 pm hora del Centro, del")


def test_a_day_without_a_visit_is_named() -> None:
    assert said(0, 2, 9, 14, 16)[0].endswith("to Wed Jan 6: 5 visits, none on Mon Dec 28")


def test_without_a_pattern_each_is_said() -> None:
    assert said(0, 2) == ["Mon Dec 21, 11:00 am Central time", "Wed Dec 23, 11:00 am Central time"]
    assert len(said(0, 4, 7, 9, 14, 16)) == 6, "one of them was moved to a Friday"
    assert len(said(0, 7, 14, hours={7: 1})) == 3
    assert said(0, 7, 14, home="America/New_York")[0] == (
        "Mon Dec 21, 11:00 am Central time (12:00 pm Eastern time)"
    )


def test_the_clinics_hour_stays_through_a_change_of_the_clocks() -> None:
    march = [datetime.fromisoformat(f"2027-03-{day}T16:00:00+00:00") for day in ("01", "08")]
    march += [datetime.fromisoformat(f"2027-03-{day}T15:00:00+00:00") for day in ("15", "22")]
    (line,) = visit_times(march, madison(), None)
    assert line == "Mondays at 10:00 am Central time, from Mon Mar 1 to Mon Mar 22: 4 visits"
