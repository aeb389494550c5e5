"""On which line of a practice file something stands."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from firstvisit.practice.files import SAMPLE
from firstvisit.practice.lines import Path as Steps
from firstvisit.practice.lines import lines_of, placed

TEXT = """\
# What follows has every way to write a list.
title = "a [ in a text, and # no comment" # a comment with ] and = and {
words = '''
[[not_a_table]]
key = 1
'''

[[site]]
slug = "one"
hours.mon = [{opens = "08:00"}, {opens = "13:00"}]
holidays = [
    # none before summer
    {on = 2026-07-03, name = "Day, observed"},
    {on = 2026-09-07}, {on = 2026-11-26},
]

  [[site]]
"slug" = "two"
  [[site.windows]]
  days = 3
  [[site.windows]]
  days = 4
[site.point]
latitude = 43.0
"""


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        (("title",), 2), (("words",), 3), (("site", 0), 8), (("site", 0, "hours", "mon"), 10),
        (("site", 0, "hours", "mon", 1), 10), (("site", 0, "holidays"), 11), (("site", 0, "holidays", 0), 13),
        (("site", 0, "holidays", 1), 14), (("site", 0, "holidays", 2), 14), (("site", 1, "slug"), 18),
        (("site", 1, "windows", 0, "days"), 20), (("site", 1, "windows", 1, "days"), 22),
        (("site", 1, "point", "latitude"), 24),
    ],
)  # fmt: skip
def test_every_way_to_write_it(steps: Steps, line: int) -> None:
    tomllib.loads(TEXT)
    assert lines_of(TEXT)[steps] == line
    assert ("not_a_table", 0) not in lines_of(TEXT)


@pytest.mark.parametrize("file", sorted(SAMPLE.rglob("*.toml")), ids=lambda file: file.name)
def test_each_field_of_the_sample_is_found_on_a_line_that_says_it(file: Path) -> None:
    text = file.read_text("utf-8")
    lines, rows = lines_of(text), text.splitlines()
    for collection, entries in tomllib.loads(text).items():
        assert collection in rows[lines.get((collection,), lines.get((collection, 0), 0)) - 1]
        headed = file.parent == SAMPLE and isinstance(entries, list)
        for number, entry in enumerate(entries if headed else ()):
            for field in entry:
                assert rows[lines[(collection, number, field)] - 1].startswith(field), (number, field)


@pytest.mark.parametrize(
    ("sentence", "becomes"),
    [
        ("sites.toml, two, slug: is odd", "sites.toml, line 18, two, slug: is odd"),
        ("sites.toml, one, holidays 2, on: is odd", "sites.toml, line 14, one, holidays 2, on: is odd"),
        ("sites.toml, entry 2, zone: is missing", "sites.toml, line 17, entry 2, zone: is missing"),
        ("rules, clocks, urgent: is odd", "rules/clocks.toml, line 1, urgent: is odd"),
        ("rules, other, urgent: is odd", "rules, other, urgent: is odd"),
        ("sites.toml, line 4: is odd", "sites.toml, line 4: is odd"),
        ("sites.toml, three, slug: is odd", "sites.toml, three, slug: is odd"),
        ("nothing of a file", "nothing of a file"),
    ],
)
def test_a_sentence_gets_its_line_where_there_is_one(sentence: str, becomes: str) -> None:
    assert placed(sentence, {"sites.toml": TEXT, "rules/clocks.toml": "urgent = 0\n"}) == becomes
