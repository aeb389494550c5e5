"""How soon somebody would like to begin is shown as they said it, by whichever way it came."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from firstvisit.referral.record import Timing
from firstvisit.steps.intake.file import rows
from firstvisit.steps.intake.inbox.entering import typed
from firstvisit.steps.intake.understanding.values import care
from firstvisit.web.staff.inbox.saying import written
from firstvisit.web.ui import words

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("timing", get_args(Timing))
def test_the_inbox_shows_it_in_words_and_reads_them_back(timing: str) -> None:
    assert written("timing", timing) == words.TIMING[timing]
    assert typed("timing", written("timing", timing), TODAY) == timing
    assert typed("timing", written("timing", timing).capitalize(), TODAY) == timing


@pytest.mark.parametrize(
    "said",
    [
        "We would like to start within two weeks.", "in two weeks if you can", "In about 2 weeks", "within 14 days",
        "in the next two weeks", "within 1-2 weeks", "seen within 2 wks", "Quisiera empezar dentro de dos semanas",
        "en las próximas dos semanas",
    ],
)  # fmt: skip
def test_two_weeks_in_a_call_a_mail_or_a_letter_are_two_weeks(said: str) -> None:
    assert [span.value for span in care.timings(said)] == ["two_weeks"]


@pytest.mark.parametrize(
    ("said", "timing"),
    [
        ("within two to three weeks", "within_month"), ("in two or three weeks", "within_month"),
        ("in 2-3 weeks", "within_month"), ("within a month", "within_month"),
    ],
)  # fmt: skip
def test_more_than_two_weeks_are_not(said: str, timing: str) -> None:
    assert [span.value for span in care.timings(said)] == [timing]


@pytest.mark.parametrize("cell", ["Within two weeks", "within 2 weeks", "two weeks", "two_weeks"])
def test_a_file_or_a_program_may_say_it_as_our_pages_do(cell: str) -> None:
    stated = {"timing": cell, "patient": {"last_name": "Varga"}, "contact": {"phone": "608-555-0142"}}
    assert rows.record_of(stated, today=TODAY, programs=()).timing == "two_weeks"
