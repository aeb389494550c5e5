"""The first visit and its treatment in one press: at a desk and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.people import FAMILY, TUESDAY

from .conftest import DESK, PHONE

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SEEN = os.environ.get("FIRSTVISIT_PICTURES", "")


def seen(page: Page, name: str, size: dict[str, int]) -> None:
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"{name}-{size['width']}.png"), full_page=True)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_time_is_booked_with_its_treatment(
    server: str,
    asks: Callable[..., str],
    machine: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    django_db_blocker: Any,
    size: dict[str, int],
) -> None:
    from firstvisit.kernel import clock

    with django_db_blocker.unblock():
        clock.move(TUESDAY - clock.now())
    address = asks(FAMILY)
    page = machine("dana", size)
    page.goto(f"{address}/visit")
    seen(page, "first-visit", size)
    page.get_by_role("link", name="With treatment").first.click()
    page.get_by_label("Visits a week").fill("1")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("4 visits from").first).to_be_visible()
    assert (axe(page), page.evaluate(WIDE)) == ([], 0)
    seen(page, "treatment", size)
    page.get_by_role("button", name="Book the first visit and all of it").first.click()
    expect(page.locator("ul.two li")).to_have_count(4)
    assert (axe(page), page.evaluate(WIDE)) == ([], 0)
    seen(page, "treatment-booked", size)
