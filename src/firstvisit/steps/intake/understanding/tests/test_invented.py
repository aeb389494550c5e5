"""Ten layouts that no sender of the corpus uses."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.referral.projection import project
from firstvisit.steps.intake.understanding import paper
from firstvisit.steps.intake.understanding.settle import sure
from firstvisit.steps.intake.understanding.tests.invented import INVENTED, flat


@pytest.mark.parametrize("name", INVENTED)
def test_a_form_without_a_slip_of_the_eye_is_read_whole(name: str) -> None:
    made = INVENTED[name]()
    understood = paper.understand([form.page() for form in made.pages], dt.date(2026, 6, 1))
    read = [flat(project(sure(each.referral))) for each in understood.patients]
    expected = [{path: sorted(value) if isinstance(value, list) else value for path, value in each.items()} for each in made.records]
    assert read == expected
