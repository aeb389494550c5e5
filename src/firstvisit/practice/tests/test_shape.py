"""The practice's values."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import Opening, Practice


@pytest.fixture(scope="module")
def practice() -> Practice:
    return read_folder(SAMPLE).practice(version=3)


def test_every_value_is_its_own_json(practice: Practice) -> None:
    assert Practice.model_validate(practice.model_dump(mode="json")) == practice
    assert Practice.model_validate_json(practice.model_dump_json()) == practice


def test_a_programs_own_slug_comes_before_the_names_senders_use(practice: Practice) -> None:
    assert practice.program_by_any_slug["pediatric"].slug == "pediatric"
    assert practice.program_by_any_slug["articulation"].slug == "speech_language"
    assert practice.program_by_any_slug["geriatric"].slug == "fall_prevention"


def test_payers_are_found_by_every_name(practice: Practice) -> None:
    assert practice.payer_by_name["wisconsin badgercare plus"].slug == "badgercare_plus"
    assert practice.payer_by_name["medicare part b"].slug == "medicare"


def test_values_cannot_be_changed(practice: Practice) -> None:
    with pytest.raises(ValidationError):
        practice.identity.name = "Elm Street"  # type: ignore[misc]


def test_an_opening_runs_forward_in_the_sites_own_time() -> None:
    with pytest.raises(ValidationError, match="is not before"):
        Opening.model_validate({"opens": "12:00", "closes": "12:00"})
    with pytest.raises(ValidationError, match="without an offset"):
        Opening.model_validate({"opens": "08:00+01:00", "closes": "12:00"})
