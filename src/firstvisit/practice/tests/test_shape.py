"""The practice's values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from pydantic import ValidationError

from firstvisit.practice import policy, problems
from firstvisit.practice.content import KINDS
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import Identity, Opening, Practice, Program, VendorAgreement


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


def test_every_pattern_and_every_size_is_said_in_words(practice: Practice) -> None:
    shapes = [Identity, *(kind.shape for kind in KINDS), *policy.registered().values()]
    patterns = {found for shape in shapes for found in _patterns(shape.model_json_schema())}
    assert len(patterns) > 3 and patterns <= set(problems.WRITTEN)
    with pytest.raises(ValidationError) as raised:
        Program.model_validate({**practice.programs["pediatric"].model_dump(), "slug": "no spaces"})
    said = {problem.field: problem.message for problem in problems.of(raised.value)}
    assert said["slug"].startswith("must be a short name of small letters")
    with pytest.raises(ValidationError) as raised:
        policy.registered()["qualify"].model_validate({"factors": []})
    assert problems.of(raised.value)[0].message == "needs at least 1 entry"


def _patterns(schema: object) -> Iterator[str]:
    inner: list[object] = []
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        inner = list(schema.values())
    elif isinstance(schema, list):
        inner = schema
    for each in inner:
        yield from _patterns(each)


@pytest.mark.parametrize("miles", [0, 501, 1e9])
def test_an_area_is_at_most_five_hundred_miles_wide(practice: Practice, miles: float) -> None:
    with pytest.raises(ValidationError) as raised:
        type(practice.sites["madison"]).model_validate({**practice.sites["madison"].model_dump(), "area_miles": miles})
    assert "must be" in problems.of(raised.value)[0].message


def test_values_cannot_be_changed(practice: Practice) -> None:
    with pytest.raises(ValidationError):
        practice.identity.name = "Elm Street"  # type: ignore[misc]


def test_an_opening_runs_forward_in_the_sites_own_time() -> None:
    with pytest.raises(ValidationError, match="is not before"):
        Opening.model_validate({"opens": "12:00", "closes": "12:00"})
    with pytest.raises(ValidationError, match="without an offset"):
        Opening.model_validate({"opens": "08:00+01:00", "closes": "12:00"})


def test_a_status_holds_through_its_last_day(practice: Practice) -> None:
    full = practice.programs["hand_therapy"].model_copy(
        update={"status": "waitlist", "status_until": date(2026, 12, 4)}
    )
    assert full.status_on(date(2026, 12, 4)) == "waitlist"
    assert full.status_on(date(2026, 12, 5)) == "open"


def test_an_open_program_has_no_end(practice: Practice) -> None:
    values = practice.programs["hand_therapy"].model_dump() | {"status_until": date(2026, 12, 4)}
    with pytest.raises(ValidationError, match="an open program has no end"):
        Program.model_validate(values)


def test_what_is_not_offered_is_a_word_that_senders_may_use(practice: Practice) -> None:
    assert practice.not_offered_by_any_slug["seating"].slug == "wheelchair_seating"
    assert {"seating", "driving_evaluation"} <= practice.program_words


@pytest.mark.parametrize(
    ("signed", "until", "day", "holds"),
    [
        (None, None, date(2026, 11, 21), False),
        (date(2026, 11, 21), None, date(2026, 11, 21), True),
        (date(2026, 11, 22), None, date(2026, 11, 21), False),
        (date(2025, 1, 1), date(2026, 11, 21), date(2026, 11, 21), True),
        (date(2025, 1, 1), date(2026, 11, 20), date(2026, 11, 21), False),
    ],
)
def test_an_agreement_is_in_force_from_signing_through_its_last_day(
    signed: date | None, until: date | None, day: date, holds: bool
) -> None:
    agreement = VendorAgreement(
        slug="fax", vendor="Fax", purposes=("fax",), signed_on=signed, valid_until=until
    )
    assert agreement.in_force(day) is holds
