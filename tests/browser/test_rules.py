"""Rules in Chromium, at a desk and on a phone: before axe, and without a line that runs out of the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_staff_screens import SMALL, WIDE, arrived, signed_in, size  # noqa: F401

pytestmark = pytest.mark.browser

PAGES = (
    "/rules",
    "/rules/2",
    "/rules/2/preview",
    "/rules/2/qualify",
    "/rules/2/qualify?at=factors.0",
    "/rules/2/qualify?at=hard_rules.0",
    "/rules/2/questions?at=sets.0",
    "/rules/2/questions?at=questions.5",
    "/rules/2/matching",
    "/rules/2/routing",
    "/rules/2/switches",
    "/rules/2/tries",
    "/rules/1/journey",
)


@pytest.fixture
def draft(server: str) -> None:
    """A draft with a changed number, and a lead that it moves."""
    from firstvisit.practice import drafting, queries
    from firstvisit.practice.models import User

    arrived()
    mei = User.objects.get(email="mei@cedarstreet.example.org")
    routing = {**queries.live_policy().as_json()["routing"], "standard_minutes": 150, "high_intent_minutes": 45}
    drafting.change_draft(
        drafting.begin_draft(by=mei, note="Longer clocks").number, by=mei, edits=0, changes={"routing": routing}
    )


def test_every_page_holds_before_axe_and_fits(
    draft: None, signed_in: Callable[..., Page], axe: Callable[[Page], list[str]]  # noqa: F811
) -> None:
    page = signed_in("mei")
    found: dict[str, object] = {}
    for path in PAGES:
        page.goto(path)
        found[path] = (axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL))
    assert found == dict.fromkeys(PAGES, ([], 0, []))


def test_a_number_is_changed_refused_and_saved(draft: None, signed_in: Callable[..., Page]) -> None:  # noqa: F811
    page = signed_in("mei")
    page.goto("/rules/2/qualify")
    page.get_by_label("a person looks, below").fill("95")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("not below the high threshold")
    page.get_by_label("a person looks, below").fill("35")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved in the draft")
