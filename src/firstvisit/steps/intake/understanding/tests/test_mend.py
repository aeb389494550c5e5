"""Slips of the eye in names."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding import mend


@pytest.mark.parametrize(
    ("read", "name"),
    [("Pefia", "Peña"), ("Villasefior-Cano", "Villaseñor-Cano"), ("Fiona Murfin", "Fiona Murfin"), ("Griffith", "Griffith")],
)
def test_a_tilde_is_put_back_where_only_that_makes_a_known_last_name(read: str, name: str) -> None:
    assert mend.tilde(read) == name
