"""Layouts that no sender of the corpus uses: all of them as words with boxes, six of them through the eyes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from firstvisit.referral.projection import project
from firstvisit.steps.intake.pages.engines import tesseract
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.pages.reading import PageReader
from firstvisit.steps.intake.understanding import paper
from firstvisit.steps.intake.understanding.settle import sure
from firstvisit.steps.intake.understanding.tests.faxed import faxed
from firstvisit.steps.intake.understanding.tests.harder import HARDER
from firstvisit.steps.intake.understanding.tests.invented import INVENTED, Record, flat
from firstvisit.steps.intake.understanding.tests.layouts import LAYOUTS

FORMS = INVENTED | LAYOUTS | HARDER
FAXED = ("grid", "corrected_by_hand", "printed_by_a_program", "case_manager", "boxes_behind", "pad")
"""A grid with edges, struck words, a coarse page, a specked one, a turned one with boxes, and a pad."""
PLANS = ["rapidocr", *(["usual"] if tesseract.program() else [])]


def read(pages: Sequence[Page]) -> list[Record]:
    understood = paper.understand(pages, dt.date(2026, 6, 1))
    return [flat(project(sure(each.referral))) for each in understood.patients]


def expected(records: Sequence[Record]) -> list[Record]:
    return [
        {path: sorted(value) if isinstance(value, list) else value for path, value in each.items()}
        for each in records
    ]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_without_a_slip_of_the_eye_is_read_whole(name: str) -> None:
    made = FORMS[name]()
    assert read([form.page() for form in made.pages]) == expected(made.records)


@pytest.mark.parametrize("plan", PLANS)
def test_faxed_nine_in_ten_values_are_read_and_hardly_any_wrongly(plan: str) -> None:
    right = wrong = missed = 0
    with PageReader(plan) as reader:
        for name in FAXED:
            made = FORMS[name]()
            records = read(list(reader.pages(faxed(made))))
            assert len(records) == len(made.records), name
            for wanted, got in zip(expected(made.records), records, strict=True):
                for path in wanted.keys() | got.keys():
                    right += wanted.get(path) == got.get(path)
                    wrong += path in got and wanted.get(path) != got[path]
                    missed += path in wanted and path not in got
    assert 2 * right / (2 * right + 2 * wrong + missed) >= 0.93
    assert wrong <= 0.02 * (right + wrong)
