"""The top line of every staff page: one line at a desk, whoever is signed in, in the demo too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
SEEN = os.environ.get("FIRSTVISIT_PICTURES", "")
TOP = "document.querySelector('nav.top').getBoundingClientRect().height"
ROWS = "new Set([...document.querySelectorAll('nav.top > ul > li')].map((li) => li.getBoundingClientRect().top)).size"


@pytest.mark.parametrize("who", ["dana", "ruth"])
@pytest.mark.parametrize("path", ["/today", "/practice", "/calendar"])
def test_it_is_one_line_in_the_demo(
    who: str, path: str, machine: Callable[..., Page], settings: Any, axe: Callable[[Page], list[str]]
) -> None:
    settings.DEMO = True
    page = machine(who)
    page.goto(path)
    assert page.evaluate(ROWS) == 1 and page.evaluate(TOP) <= 48
    assert axe(page) == []
    more = page.locator(".further summary")
    more.click()
    expect(page.get_by_role("link", name="Received mail")).to_be_visible()
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"top-{who}-{path[1:]}.png"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Received mail")).to_be_hidden()
    more.click()
    page.get_by_role("link", name="Events").click()
    expect(page.locator("nav.top > ul > li > a[aria-current]")).to_have_text("Events")
