"""Fields of the Practice screens: what is typed is the value again, and every field of a shape has one."""

from __future__ import annotations

from typing import Any

import pytest

from firstvisit.practice.content import KINDS
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import Identity, Shape
from firstvisit.web.staff.practice import forms
from firstvisit.web.staff.practice.fields import Field, age, said, typed_of, value_of
from firstvisit.web.staff.practice.register import COLLECTIONS

SHAPES: dict[str, type[Shape]] = {kind.collection: kind.shape for kind in KINDS} | {"identity": Identity}


@pytest.mark.parametrize("name", SHAPES)
def test_every_field_of_a_shape_can_be_edited(name: str) -> None:
    assert {field.name for field in COLLECTIONS[name].fields} == set(SHAPES[name].model_fields)


@pytest.mark.parametrize("name", SHAPES)
def test_what_stands_in_a_form_is_the_entry_again(name: str) -> None:
    files = read_folder(SAMPLE)
    entries = (files.identity,) if name == "identity" else getattr(files, name)
    assert entries
    for entry in entries:
        form = forms.standing(COLLECTIONS[name], entry.model_dump(mode="json"), 2026)
        assert SHAPES[name].model_validate(form.values()) == entry
        assert not form.problems


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [("8-12", "08:00", "12:00"), ("8:30 am – 1 pm", "08:30", "13:00"), ("12 am to 12 pm", "00:00", "12:00")],
)
def test_hours_are_read_as_people_write_them(text: str, opens: str, closes: str) -> None:
    typed = dict.fromkeys(("tue", "wed", "thu", "fri", "sat", "sun"), "") | {"mon": text}
    assert value_of(Field("hours", "Hours", "hours"), typed) == {"mon": [{"opens": opens, "closes": closes}]}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (Field("h", "Hours", "hours"), {"mon": "nine to five"}, "Monday: enter hours such as"),
        (Field("h", "Hours", "hours"), {"mon": "8-25"}, "is no time of day"),
        (Field("h", "Holidays", "holidays"), {2027: "02-30 Leap"}, "02-30 is no day of that year"),
        (Field("h", "Holidays", "holidays"), {2027: "2026-12-25 Christmas"}, "is a day of another year"),
        (Field("h", "Holidays", "holidays"), {2027: "Christmas"}, "enter a date and a name"),
        (Field("n", "Miles", "number"), "forty", "enter a number"),
        (Field("d", "Until", "date"), "4 December", "enter a date"),
        (Field("a", "From age", "age"), "child", "enter an age"),
    ],
)
def test_what_cannot_be_read_says_what_to_enter(field: Field, typed: Any, sentence: str) -> None:
    days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "")
    with pytest.raises(ValueError, match=sentence):
        value_of(field, days | typed if field.kind == "hours" else typed)


@pytest.mark.parametrize("months", range(0, 130 * 12, 7))
def test_an_age_said_is_the_age_read(months: int) -> None:
    assert value_of(Field("a", "Age", "age"), age(months)) == months


def test_holidays_stand_by_year_with_room_for_the_next() -> None:
    field = Field("h", "Holidays", "holidays")
    typed = typed_of(field, [{"on": "2026-12-25", "name": "Christmas Day"}], 2026)
    assert typed == {2026: "12-25 Christmas Day", 2027: ""}
    assert value_of(field, typed) == [{"on": "2026-12-25", "name": "Christmas Day"}]


def test_slugs_are_said_by_name() -> None:
    field = Field("sites", "Sites", "many", of="sites")
    assert said(field, ["madison", "gone"], {"madison": "Madison"}) == "Madison, gone"
