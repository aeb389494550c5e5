"""Days counted from the day somebody speaks, a Wednesday: November 18, 2026."""

import datetime as dt

import pytest

from firstvisit.steps.intake.understanding.values.near_days import near_days

SAID_ON = dt.date(2026, 11, 18)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("He is going home this Friday, the 20th", "2026-11-20"),
        ("they discharged him Friday", "2026-11-13"),
        ("she comes home from rehab on the 24th", "2026-11-24"),
        ("I had a discectomy on the 5th and they want therapy", "2026-11-05"),
        ("he came home on the 30th", "2026-10-30"),
        ("He leaves the hospital Monday", "2026-11-23"),
        ("I fell off a ladder last Tuesday", "2026-11-17"),
        ("they are sending her home Thursday", "2026-11-19"),
        ("surgery is scheduled for the 2nd", "2026-12-02"),
        ("Me caí el 9 y me duele la mano", "2026-11-09"),
        ("she was hurt Tuesday the 10th", "2026-11-10"),
        ("flexor tendon repair left index yesterday", "2026-11-17"),
        ("he hit his head at practice last night", "2026-11-17"),
        ("tendon surgery on my ring finger 10 days ago", "2026-11-08"),
        ("she broke it a week ago today", "2026-11-11"),
        ("me caí ayer de la escalera", "2026-11-17"),
        ("a knee replacement two weeks ago and since yesterday her calf is red", None),
        ("I had my knee scoped about 10 days ago", None),
        ("90 days ago I fell", None),
        ("she was hurt Monday the 10th", None),
        ("We live on the 9th floor and she fell", None),
        ("He is in the 3rd grade and had ear tubes", None),
        ("the 12th of May we had it done", None),
        ("next Friday he goes home", None),
        ("Fridays were hard for him", None),
        ("Friday", None),
    ],
)
def test_a_day_from_where_the_speaker_stands(text: str, day: str | None) -> None:
    assert [each.value.date.isoformat() for each in near_days(text, SAID_ON)] == ([day] if day else [])


def test_the_year_is_never_said() -> None:
    assert not any(each.value.year_said for each in near_days("they discharged him Friday", SAID_ON))
