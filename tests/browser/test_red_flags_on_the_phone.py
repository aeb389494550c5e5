"""A red flag typed on a call card in Chromium: hands off the keyboard, a tab that dies, and what the card says."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
PAIN = "I have crushing chest pain right now and my arm is numb"
Machine = Callable[..., Page]


def looked_at(page: Page, name: str) -> None:
    """A picture of the page, where somebody asks for them."""
    if folder := os.environ.get("FIRSTVISIT_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def reason(page: Page) -> None:
    """By keyboard from a new call to what they say."""
    page.goto("/call")
    page.get_by_role("button", name="Start a call").click()
    expect(page.locator("#ask")).to_contain_text("what number do I call you back on")
    expect(page.get_by_label("Number to call back")).to_be_focused()
    page.keyboard.type("6085550191")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Who is calling")).to_be_focused()
    page.keyboard.type("Walter Leaves")
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_contain_text("Who needs care")
    page.keyboard.press("1")
    expect(page.locator("#ask")).to_contain_text("name and birth date")
    page.goto(f"{page.url.partition('?')[0]}?q=reason")
    expect(page.locator("#concern")).to_be_focused()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_hands_off_the_keyboard_and_a_clinician_has_it(
    machine: Machine, size: dict[str, int], axe: Callable[[Page], list[str]]
) -> None:
    page = machine(size=size)
    reason(page)
    page.keyboard.type(PAIN)
    flags = page.locator("#call-flags")
    expect(flags).to_contain_text("A clinician is alerted as soon as you pause")
    looked_at(page, f"call-waiting-{size['width']}")
    expect(flags).to_contain_text("a clinician was alerted at")
    expect(page.locator("#concern")).to_be_focused()
    assert page.locator("#concern").input_value() == PAIN
    looked_at(page, f"call-alerted-{size['width']}")
    assert axe(page) == []
    anna = machine("anna", size=size)
    anna.goto("/today")
    expect(anna.locator("main")).to_contain_text("Walter Leaves")
    page.fill("#concern", "The knee hurts, no chest pain")
    expect(flags).to_contain_text("is not said any more")
    looked_at(page, f"call-taken-back-{size['width']}")
    assert axe(page) == []


def test_a_tab_that_dies_keeps_nothing_from_the_clinician(machine: Machine, django_db_blocker: object) -> None:
    from firstvisit.journey.jobs import sweep
    from firstvisit.kernel import clock

    page = machine()
    reason(page)
    page.keyboard.type(PAIN)
    expect(page.locator("#call-flags")).to_contain_text("Stop the script")
    page.context.close()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        clock.move(timedelta(seconds=7))
        sweep()
    anna = machine("anna")
    anna.goto("/today")
    expect(anna.locator("main")).to_contain_text("Walter Leaves")
    again = machine()
    again.goto("/call")
    again.get_by_role("link", name="Walter Leaves").first.click()
    expect(again.locator("#call-flags")).to_contain_text("a clinician was alerted at")
