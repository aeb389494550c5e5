"""The public form in Chromium: on a phone, with and without JavaScript, by keyboard, and before axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
SMALL = """[...document.querySelectorAll(
    'button, select, input:not([type=hidden], [type=radio], [type=checkbox]), .pick label, .half label'
)].filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.name || e.innerText)"""
"""Controls lower than a thumb needs."""


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def phone(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Page]:
    """A phone at the form."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=request.param, base_url=server)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def seen(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Page]:
    """The form with JavaScript, which axe needs."""
    context = chromium.new_context(viewport=request.param, base_url=server)
    page = context.new_page()
    page.goto("/request")
    yield page
    context.close()


def fill_step1(page: Page) -> None:
    page.get_by_label("My child").check()
    page.get_by_label("Your first and last name").fill("Rosa Delgado")
    page.get_by_label("Your mobile phone").fill("(608) 555-0142")
    page.get_by_label("You may text me about this request.").check()
    page.get_by_role("button", name="Next: what you need").click()
    page.wait_for_url("**/request/2/**")


def test_back_leads_to_the_form_also_after_something_was_wrong_in_it(phone: Page) -> None:
    phone.get_by_label("My child").check()
    phone.get_by_label("Your first and last name").fill("Rosa Delgado")
    phone.get_by_role("button", name="Next: what you need").click()
    expect(phone.locator(".problems")).to_be_visible()
    phone.get_by_label("Your mobile phone").fill("(608) 555-0142")
    phone.get_by_role("button", name="Next: what you need").click()
    expect(phone.get_by_label("Birth date")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_label("Your first and last name")).to_have_value("Rosa Delgado")


def fill_step2(page: Page, concern: str = "About twenty words") -> None:
    page.get_by_label("First name").fill("Mia")
    page.get_by_label("Last name").fill("Delgado")
    page.get_by_label("Birth date").fill("02/08/2024")
    page.get_by_label("What would you like help with?").fill(concern)
    page.get_by_label("Speech", exact=True).check()
    page.get_by_label("What is it about?").select_option(label="Early talking")
    page.get_by_label("Tuesday morning").check()
    page.get_by_label("Thursday morning").check()
    page.get_by_label("Home ZIP").fill("53713")
    page.get_by_label("Insurance, if any").fill("Northfield Health")
    page.get_by_role("button", name="Send").click()


def test_a_family_asks_for_a_visit(phone: Page) -> None:
    expect(phone.get_by_role("heading", level=1)).to_have_text("Ask for a first visit")
    fill_step1(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("What you need")
    assert "Rosa" not in phone.content()
    fill_step2(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("We have your request")
    expect(phone.get_by_text("Your reference: L-")).to_be_visible()
    expect(phone.get_by_text("In danger now? Call 911.")).to_be_visible()


def test_mistakes_are_named_and_what_was_typed_stays(phone: Page) -> None:
    phone.get_by_label("Your mobile phone").fill("555")
    phone.get_by_role("button", name="Next: what you need").click()
    box = phone.get_by_role("alert")
    expect(box).to_contain_text("3 things need mending.")
    expect(phone.get_by_label("Your mobile phone")).to_have_value("555")
    expect(phone.get_by_label("Your mobile phone")).to_have_attribute("aria-invalid", "true")
    box.get_by_role("link", name="Choose who needs care.").click()
    fill_step1(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("What you need")


def test_a_red_flag_shows_the_emergency_line_first(phone: Page) -> None:
    fill_step1(phone)
    fill_step2(phone, concern="She has trouble breathing since this morning")
    alert = phone.get_by_role("alert")
    expect(alert).to_have_text("If this is an emergency call 911; thoughts of suicide: call or text 988.")
    box, heading = alert.bounding_box(), phone.get_by_role("heading", level=1).bounding_box()
    assert box is not None and heading is not None and box["y"] < heading["y"]


def test_nothing_is_wider_than_the_phone_and_every_target_is_large(seen: Page) -> None:
    for _ in range(2):
        wide, view = seen.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= view
        assert seen.evaluate(SMALL) == []
        if "/request/2/" not in seen.url:
            fill_step1(seen)


def test_axe_finds_nothing_and_the_browser_refuses_nothing(
    seen: Page, axe: Callable[[Page], list[str]]
) -> None:
    said: list[str] = []
    seen.on("console", lambda message: said.append(message.text))
    assert axe(seen) == []
    seen.locator("button.main").click()
    expect(seen.get_by_role("alert")).to_be_visible()
    assert axe(seen) == []
    fill_step1(seen)
    assert axe(seen) == []
    seen.get_by_label("Home ZIP").fill("5")
    seen.get_by_role("button", name="Send").click()
    expect(seen.get_by_role("alert")).to_be_visible()
    assert axe(seen) == []
    fill_step2(seen, concern="chest pain")
    expect(seen.get_by_text("Your reference")).to_be_visible()
    assert axe(seen) == []
    seen.goto("/privacy")
    assert axe(seen) == []
    assert [line for line in said if "Security Policy" in line] == []


def test_the_form_can_be_filled_in_by_keyboard_alone(seen: Page) -> None:
    keys = seen.keyboard
    seen.get_by_label("My child").focus()
    keys.press("Space")
    keys.press("Tab")
    keys.type("Rosa Delgado")
    keys.press("Tab")
    keys.type("608 555 0142")
    keys.press("Enter")
    expect(seen.get_by_role("heading", level=1)).to_have_text("What you need")
