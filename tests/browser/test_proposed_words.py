"""A message that waits for a press, in Chromium: read, changed, refused when empty, undone by key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_staff_screens import SMALL, WIDE, arrived, signed_in, size  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture
def lead(server: str) -> str:
    """The address of a lead whose receipt is proposed."""
    from firstvisit.practice.models import User
    from firstvisit.practice.queries import forget, live_policy
    from firstvisit.practice.services import publish_policy

    sections = live_policy().as_json()
    sections["switches"]["receipt"] = "propose"
    mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
    publish_policy(sections, note="ask first", drafted_by=mei, signed_by=ruth)
    forget()
    return arrived(may_email="yes").path


def test_it_is_read_changed_and_taken_back(
    lead: str, signed_in: Callable[..., Page], axe: Callable[[Page], list[str]]  # noqa: F811
) -> None:
    page = signed_in("dana")
    page.goto(lead)
    page.get_by_text("Read or change the words").click()
    assert (axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL)) == ([], 0, [])
    page.get_by_label("Message", exact=True).fill(" ")
    page.get_by_role("button", name="Send in these words").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the message")
    page.get_by_label("Message", exact=True).fill("Hello Rosa, we call at six.")
    page.get_by_role("button", name="Send in these words").click()
    expect(page.locator(".undo")).to_contain_text("Proposal answered")
    expect(page.get_by_text("Done in changed words")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_text("Read or change the words")).to_be_visible()
