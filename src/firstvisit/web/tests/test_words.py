"""Words on screen for what the record calls by a path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from firstvisit.referral.record import Referral
from firstvisit.web.ui import words

NEVER_CHANGED = ("channel", "evidence")
"""What a second request does not change: how the first one came, and the notes beside the values."""


def paths(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from paths(inner, f"{before}{name}.")
        elif before or name not in NEVER_CHANGED:
            yield f"{before}{name}"


@pytest.mark.parametrize("path", list(paths(Referral)))
def test_every_path_of_the_record_has_words(path: str) -> None:
    said = words.changed([path])
    assert said in words.CHANGED.values() and "_" not in said and "." not in said


def test_four_changes_are_named_and_the_rest_is_counted() -> None:
    several = ["patient.phone", "patient.email", "patient.postal_code", "disciplines"]
    assert words.changed(several) == "phone, e-mail, ZIP, therapy"
    assert words.changed([*several, "events", "payers"]) == "phone, e-mail, ZIP, therapy and 2 more"


def test_what_is_inside_a_known_part_is_called_by_that_part_once() -> None:
    assert words.changed(["ordering.name", "ordering.npi"]) == "who ordered it"


def test_a_path_that_nobody_knows_is_still_words() -> None:
    assert words.changed(["patient.shoe_size"]) == "patient shoe size"
