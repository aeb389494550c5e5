"""Possible matches in Chromium: before axe at both widths, two records made one by keyboard, and two again."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_staff_screens import SMALL, WIDE, signed_in, size  # noqa: F401
from tests.journeys.test_possible_matches import HALE, MISTYPED

pytestmark = pytest.mark.browser


@pytest.fixture
def pair(server: str) -> str:
    """The address of a pair that nobody can be sure of: a man's name, phone and address with another birth date."""
    from firstvisit.journey.receiving import receive
    from firstvisit.kernel import clock
    from firstvisit.kernel.audit import Actor
    from firstvisit.people.models import PossibleMatch
    from firstvisit.practice.queries import practice
    from firstvisit.steps.intake.services import Arrival
    from firstvisit.steps.intake.sources import parse

    for said in (HALE, MISTYPED):
        body = json.dumps(said).encode()
        reading = parse("api", body, today=clock.now().date(), programs=practice().program_words)
        receive(Arrival("api", Actor("api", "key"), body, "application/json"), reading)
    return f"/matches/{PossibleMatch.objects.get().id}"


def test_list_and_pair_hold_before_axe_and_fit(
    pair: str, signed_in: Callable[..., Page], axe: Callable[[Page], list[str]]  # noqa: F811
) -> None:
    page = signed_in("dana")
    found: dict[str, object] = {}
    for path in ("/matches", pair):
        page.goto(path)
        found[path] = (axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL))
    page.keyboard.press("s")
    expect(page.get_by_text("One person, Dana Whitlock")).to_be_visible()
    page.wait_for_load_state()
    found["just decided"] = (axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL))
    expect(page.locator(".undo")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.get_by_label("Why")).to_be_focused()
    found["decided"] = (axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL))
    page.goto("/matches")
    found["list of decided"] = (axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL))
    assert found == dict.fromkeys(("/matches", pair, "just decided", "decided", "list of decided"), ([], 0, []))


def test_two_records_become_one_and_two_again_by_keyboard_alone(
    pair: str, signed_in: Callable[..., Page]  # noqa: F811
) -> None:
    from firstvisit.leads.models import Lead

    page = signed_in("dana")
    keys = page.keyboard
    page.goto("/matches")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(f"**{pair}")
    expect(page.get_by_role("row", name="Birth date")).to_contain_text("1961")
    keys.press("s")
    expect(page.get_by_text("is continued in")).to_be_visible()
    page.wait_for_load_state()
    assert Lead.objects.filter(closed_at__isnull=True).count() == 1
    keys.press("u")
    expect(page.get_by_role("button", name="Same person")).to_be_visible()
    assert Lead.objects.filter(closed_at__isnull=True).count() == 2
    keys.press("s")
    expect(page.get_by_text("is continued in")).to_be_visible()
    expect(page.locator(".undo")).to_have_count(0)
    keys.press("u")
    keys.type("They are cousins")
    keys.press("Enter")
    expect(page.get_by_text("is continued in")).to_have_count(0)
    assert Lead.objects.filter(closed_at__isnull=True).count() == 2


def test_different_people_are_not_asked_about_again(pair: str, signed_in: Callable[..., Page]) -> None:  # noqa: F811
    page = signed_in("dana")
    page.goto(pair)
    page.keyboard.press("d")
    expect(page.get_by_text("Two people, Dana Whitlock")).to_be_visible()
    page.goto("/matches")
    expect(page.get_by_text("No pair waits to be compared.")).to_be_visible()
