"""Invented calls, mails and notes, each with what a careful reader would enter: nothing else is printed.

After a change on purpose: `firstvisit read FOLDER --json` shows the new lines; read them before you take them over.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from firstvisit.referral.projection import project
from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.understanding.settle import sure

SAMPLES = Path(__file__).with_name("samples")
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
IN_THEIR_WORDS = {"concern", "asks", "escalate_reason"}


def printed(name: str) -> dict[str, Any]:
    document = Document(name, "", (SAMPLES / name).read_bytes(), dt.date(2026, 8, 20))
    record = project(sure(readers.read_whole(document).patients[0].referral))
    return {key: value for key, value in record.items() if key not in IN_THEIR_WORDS}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_is_printed_is_what_a_careful_reader_would_enter(name: str) -> None:
    assert printed(name) == EXPECTED[name]


def test_every_sample_has_its_truth() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {*EXPECTED, "expected.json"}


def test_reading_is_deterministic() -> None:
    assert printed("call-stroke.txt") == printed("call-stroke.txt")
