"""The morning's list of visits, and the click that completes an evaluation: at a desk and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.people import FAMILY, RED_FLAG, TUESDAY, but

from .conftest import DESK, PHONE

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SEEN = os.environ.get("FIRSTVISIT_PICTURES", "")
"""A folder for pictures of the screens, for whoever looks at them."""
OTHER = but(RED_FLAG, concern="My shoulder hurts")


@pytest.fixture
def over(server: str, asks: Callable[..., str], django_db_blocker: Any) -> str:
    """Two visits of yesterday, one of somebody who arrived; the address of the first one's lead."""
    from firstvisit.journey.advancing import advance
    from firstvisit.journey.booking.unanswered import ask_each_morning
    from firstvisit.kernel import clock
    from firstvisit.leads.queries import by_code
    from firstvisit.steps.booking import claims
    from firstvisit.steps.booking.tests.slots import WANT, resource, slot

    with django_db_blocker.unblock():
        clock.move(TUESDAY - clock.now())
    addresses = [asks(FAMILY), asks(OTHER)]
    with django_db_blocker.unblock():
        for hours, address in enumerate(addresses, start=3):
            lead = by_code(address.rpartition("/")[2])
            assert lead is not None
            where = slot(TUESDAY + timedelta(hours=hours), resource("anna_lindqvist"))
            row = claims.book(where, lead, WANT, made_by="desk", now=clock.now())
            advance([lead.id])
        clock.move(timedelta(hours=22))
        claims.arrived(row, now=clock.now())
        ask_each_morning()
    return addresses[0]


def seen(page: Page, name: str, size: dict[str, int]) -> None:
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"{name}-{size['width']}.png"), full_page=True)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_list_is_reached_from_today_and_answered_with_one_press(
    over: str, machine: Callable[..., Page], axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = machine("dana", size)
    page.goto("/today")
    seen(page, "unanswered-today", size)
    page.get_by_role("link", name="Visits that are over").first.click()
    expect(page.get_by_role("heading", name="Visits that are over")).to_be_visible()
    seen(page, "unanswered", size)
    assert axe(page) == [] and page.evaluate(WIDE) <= 0
    page.get_by_role("button", name="Did not come").first.click()
    expect(page.get_by_role("button", name="Did not come")).to_have_count(0)
    page.get_by_role("button", name="Left before being seen").click()
    expect(page.get_by_text("Of every visit it is known what became of it.")).to_be_visible()
    seen(page, "unanswered-none", size)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_clinician_completes_the_evaluation_on_the_lead(
    over: str, machine: Callable[..., Page], axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = machine("anna", size)
    page.goto(over)
    page.get_by_text("Evaluation completed", exact=True).click()
    seen(page, "ended", size)
    assert axe(page) == [] and page.evaluate(WIDE) <= 0
    expect(page.get_by_label("On which day")).to_have_value("2026-11-24")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("First evaluation completed").first).to_be_visible()
    seen(page, "ended-closed", size)
    page.locator("summary", has_text="What has ended").click()
    expect(page.get_by_label("Plan of care sent")).to_be_visible()
