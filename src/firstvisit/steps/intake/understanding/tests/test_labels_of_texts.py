"""Labels that forms set apart by dots, bars and columns instead of colons."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding.letters import passages, with_colons
from firstvisit.steps.intake.understanding.topics import of_label

ROWS = (("Patient name", "Ines Duarte"), ("Date of birth", "04/05/1961"), ("Member ID", "QX 118 22"))


@pytest.mark.parametrize("between", [" ........ ", " ____ ", " ......: ", "   | ", "      "])
def test_values_stand_behind_their_labels(between: str) -> None:
    text = "\n".join(f"{label}{between}{value}" for label, value in ROWS)
    assert len(with_colons(text)) == len(text)
    made = passages(text)
    assert [(each.zone, each.text.strip()) for each in made] == [("label", value) for _, value in ROWS]
    assert all(text[each.start : each.start + len(each.text)] == each.text for each in made)


def test_prose_keeps_its_dots_and_bars() -> None:
    text = "Well..... I fell.\nHome | Contact | About\nPhone  rang twice."
    assert with_colons(text) == text


@pytest.mark.parametrize(
    ("label", "topic"),
    [("What's your daughter's name?", "patient name"), ("When was he born?", "dob"), ("Little one's birthday", "dob"), ("Worker phone", "patient phone")],
)
def test_labels_in_other_words(label: str, topic: str) -> None:
    assert of_label(label) == topic
