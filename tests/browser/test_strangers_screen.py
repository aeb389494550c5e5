"""What a stranger states otherwise, at a desk and on a phone: both values, whose words, and what to press."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.test_strangers import ASKED, OTHERWISE
from tests.people import but

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def lead(asks: Callable[..., str]) -> str:
    """The address of a family's lead that a stranger joined."""
    address = asks(ASKED)
    assert asks(but(ASKED, **OTHERWISE)) != address
    return address


def test_both_values_are_shown_and_one_press_says_what_holds(
    dana: Page, lead: str, axe: Callable[[Page], list[str]]
) -> None:
    dana.goto(lead)
    expect(dana.get_by_text("54302, says Olga Pest; stands: 53713")).to_be_visible()
    expect(dana.get_by_text("Olga Pest, whom nobody here knows:")).to_be_visible()
    assert axe(dana) == []
    assert dana.evaluate(WIDE) <= 0
    dana.locator("details[data-key=d] > summary").click()
    form = dana.locator("form", has=dana.get_by_text("It does not hold: leave all as it was stated"))
    form.get_by_label("It does not hold: leave all as it was stated").check()
    assert axe(dana) == []
    form.get_by_role("button", name="Done").click()
    dana.goto(lead)
    expect(dana.get_by_text("says Olga Pest")).to_have_count(0)
