"""A red flag typed on a call card in Chromium: hands off the keyboard, a tab that dies, and what the card says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
PAIN = "I have crushing chest pain right now and my arm is numb"
Machine = Callable[..., Page]


@pytest.fixture
def machine(chromium: Browser, server: str, django_db_blocker: object) -> Iterator[Machine]:
    """A machine at which somebody is signed in; as many as wanted."""
    from django.test import Client

    from firstvisit.practice.models import User

    contexts: list[BrowserContext] = []

    def make(name: str = "dana", size: dict[str, int] = DESK) -> Page:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            client = Client(HTTP_HOST="127.0.0.1")
            client.force_login(User.objects.get(email=f"{name}@cedarstreet.example.org"), backend=BACKEND)
            cookie = next(iter(client.cookies.values()))
        context = chromium.new_context(viewport=size, base_url=server)  # type: ignore[arg-type]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def looked_at(page: Page, name: str) -> None:
    """A picture of the page, where somebody asks for them."""
    if folder := os.environ.get("FIRSTVISIT_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def reason(page: Page) -> None:
    """By keyboard from a new call to what they say."""
    page.goto("/call")
    page.get_by_role("button", name="Start a call").click()
    expect(page.locator("#ask")).to_contain_text("what number do I call you back on")
    page.keyboard.type("6085550191")
    page.keyboard.press("Tab")
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
    expect(flags).to_contain_text("a clinician was alerted at", timeout=15_000)
    expect(page.locator("#concern")).to_be_focused()
    assert page.locator("#concern").input_value() == PAIN
    looked_at(page, f"call-alerted-{size['width']}")
    assert axe(page) == []
    anna = machine("anna", size=size)
    anna.goto("/today")
    expect(anna.locator("main")).to_contain_text("Walter Leaves")
    page.fill("#concern", "The knee hurts, no chest pain")
    expect(flags).to_contain_text("is not said any more", timeout=15_000)
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
