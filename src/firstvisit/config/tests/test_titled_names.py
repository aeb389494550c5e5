"""A title with one name: a last name, and nobody's first."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from firstvisit.config.cli import run
from firstvisit.steps.intake.understanding.forms.values.people import read_patient_name
from firstvisit.steps.intake.understanding.forms.values.said import Asked

CALLS = {
    "Hi this is Mr. Alvarez. I need physical therapy for my knee. My number is 608 555 0134. Thanks.": "Alvarez",
    "REFERRAL\nPatient: Mr. Devane\nPhone: (608) 555-0137\nTherapy: PT evaluate and treat\n": "Devane",
    "Hello, this is Mrs. Okafor calling for my husband. He had a knee replacement and needs physical therapy.": None,
}


@pytest.mark.parametrize("words", CALLS)
def test_a_title_with_one_name_is_no_first_name(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "call.txt").write_text(words)
    run(["read", "--json", "--evidence", str(tmp_path / "call.txt")])
    said = json.loads(capsys.readouterr().out)
    values = said["evidence"]["values"]
    assert "patient.first_name" not in values
    assert values.get("patient.last_name", {}).get("value") == CALLS[words]


@pytest.mark.parametrize(
    ("written", "named"),
    [("Mr. Devane", {"last_name": "Devane"}), ("Mr. Omar Devane", {"first_name": "Omar", "last_name": "Devane"})],
)
def test_a_form_that_names_a_patient_by_title_names_the_last_name(written: str, named: dict[str, str]) -> None:
    said = read_patient_name(Asked(written, "Patient", "patient", dt.date(2026, 11, 20)))
    assert {each.path.removeprefix("patient."): each.value for each in said} == named
