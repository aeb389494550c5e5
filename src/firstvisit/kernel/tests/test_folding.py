"""Texts as they are compared: the short way for plain letters says what the long way says."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firstvisit.kernel.folding import folded


@pytest.mark.parametrize(
    ("text", "said"),
    [("O'Brien-Smith", "obriensmith"), ("  MUÑOZ ", "munoz"), ("Straße 12b", "strasse12b"), ("#?", ""), ("", "")],
)
def test_case_accents_and_marks_are_nothing(text: str, said: str) -> None:
    assert folded(text) == said


@given(st.text(st.characters(max_codepoint=300)))
@example("".join(map(chr, range(128))))
def test_plain_letters_are_folded_as_all_others_are(text: str) -> None:
    letters = unicodedata.normalize("NFKD", text.casefold())
    assert folded(text) == "".join(letter for letter in letters if letter.isalnum())
