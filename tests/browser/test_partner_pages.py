"""The pages for partners, events, guides and preferences in Chromium: both widths, both languages, before axe, and
without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
SMALL = """[...document.querySelectorAll(
    'button, select, input:not([type=hidden], [type=radio], [type=checkbox]), .pick label, .half label'
)].filter(e => e.offsetParent && !e.classList.contains('vh') && e.getBoundingClientRect().height < 44)
  .map(e => e.name || e.innerText)"""
WIDE = "document.documentElement.scrollWidth - window.innerWidth"
PASSWORD = "correct horse battery staple"


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def seen(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Page]:
    """A visitor with JavaScript, which axe needs."""
    context = chromium.new_context(viewport=request.param, base_url=server)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium: Browser, server: str) -> Iterator[Page]:
    """A phone whose browser runs no script."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, base_url=server)
    yield context.new_page()
    context.close()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def mei(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Page]:
    """A manager, signed in."""
    context = chromium.new_context(viewport=request.param, base_url=server)
    _sign_in(context, server)
    yield context.new_page()
    context.close()


def _sign_in(context: BrowserContext, server: str) -> None:
    from django.conf import settings
    from django.test import Client

    from firstvisit.practice.models import User

    client = Client()
    user = User.objects.get(email="mei@cedarstreet.example.org")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server}])


def fine(page: Page, axe: Callable[[Page], list[str]]) -> None:
    """Nothing that axe finds, nothing wider than the page, no target too small for a thumb."""
    assert axe(page) == []
    assert page.evaluate(WIDE) <= 0
    assert page.evaluate(SMALL) == []


def refer(page: Page) -> None:
    page.goto("/refer")
    page.get_by_label("Who are you?").select_option(label="Physician's office")
    page.get_by_label("Your first and last name").fill("Dr. Ines Okafor")
    page.get_by_label("Organization").fill("Lakeshore Orthopedics")
    page.get_by_label("NPI, if you have one").fill("1234567893")
    page.get_by_label("Your e-mail address").fill("ines@example.org")
    page.get_by_label("How shall we tell you what becomes of it?").select_option(label="By e-mail")
    page.get_by_label("Last name", exact=True).fill("Dahl")
    page.get_by_label("First name", exact=True).fill("Leo")
    page.get_by_label("Patient's phone").fill("608 555 0150")
    page.get_by_label("Reason for the referral").fill("Stiff after a fracture")
    page.get_by_label("Occupational").check()
    page.get_by_label("There is one: ask our office for it").check()
    page.get_by_role("button", name="Send the referral").click()


def test_a_partner_refers_and_sees_how_it_stands(seen: Page, axe: Callable[[Page], list[str]]) -> None:
    seen.goto("/refer")
    fine(seen, axe)
    seen.get_by_role("button", name="Send the referral").click()
    expect(seen.get_by_role("alert")).to_contain_text("things need mending.")
    fine(seen, axe)
    refer(seen)
    expect(seen.get_by_text("Your reference: L-")).to_be_visible()
    fine(seen, axe)
    seen.get_by_role("link", name="See how it stands").click()
    expect(seen.get_by_role("heading", level=1)).to_contain_text("Referral L-")
    fine(seen, axe)
    seen.go_back()
    seen.get_by_role("link", name="Refer another patient").click()
    expect(seen.get_by_label("NPI, if you have one")).to_have_value("1234567893")
    expect(seen.get_by_label("Last name", exact=True)).to_have_value("")
    for address in ("/refer/organization", "/status", "/privacy"):
        seen.goto(address)
        fine(seen, axe)


def test_spanish_pages_stand_before_axe_too(seen: Page, axe: Callable[[Page], list[str]]) -> None:
    for address in ("/request", "/refer", "/refer/organization", "/status", "/privacy"):
        seen.goto(f"{address}?lang=es")
        assert seen.evaluate("document.documentElement.lang") == "es"
        fine(seen, axe)


def test_without_javascript_the_language_changes_and_the_words_stay(plain: Page) -> None:
    plain.goto("/refer")
    plain.get_by_label("Organization").fill("Lakeshore")
    plain.get_by_role("button", name="Español").click()
    expect(plain.get_by_label("Organización")).to_have_value("Lakeshore")
    plain.get_by_role("button", name="English").click()
    expect(plain.get_by_label("Organization")).to_have_value("Lakeshore")
    refer(plain)
    expect(plain.get_by_text("Your reference: L-")).to_be_visible()


def test_enter_sends_the_form_and_not_the_language(seen: Page) -> None:
    seen.goto("/request")
    seen.get_by_label("Your first and last name").press("Enter")
    expect(seen.get_by_role("alert")).to_be_visible()
    assert seen.evaluate("document.documentElement.lang") == "en"


def test_an_event_from_setting_it_up_to_signing_up(
    mei: Page, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    mei.goto("/events")
    mei.get_by_text("Set up an event").click()
    assert axe(mei) == []
    mei.get_by_label("Name").fill("Balance day")
    mei.get_by_label("Day").fill("2026-12-01")
    mei.get_by_role("button", name="Set up the event").click()
    expect(mei.get_by_role("img", name="QR code of the sign-up form")).to_be_visible()
    assert axe(mei) == [] and mei.evaluate(WIDE) <= 0
    form = mei.get_by_role("link", name="/event/").get_attribute("href")
    mei.get_by_role("link", name="Type in the sheet").click()
    expect(mei.get_by_label("Name, row 1", exact=True)).to_be_visible()
    assert axe(mei) == [] and mei.evaluate(WIDE) <= 0
    mei.get_by_label("Name, row 1", exact=True).fill("Eva Lund")
    mei.get_by_label("Phone, row 1", exact=True).fill("608 555 0161")
    mei.get_by_role("button", name="Keep these rows").click()
    expect(mei.get_by_text("1 kept.")).to_be_visible()
    mei.go_back()
    mei.goto("/events")
    mei.get_by_text("Offer a guide").click()
    guide = tmp_path / "guide.pdf"
    guide.write_bytes(b"%PDF-1.7\n%%EOF\n")
    mei.get_by_label("Title").fill("Steady feet")
    mei.locator("#pdf").set_input_files(guide)
    mei.get_by_role("button", name="Offer the guide").click()
    expect(mei.get_by_text("Steady feet")).to_be_visible()
    assert axe(mei) == []
    assert form is not None
    address = mei.locator("td", has_text="/guide/").inner_text()
    for public in (form, address):
        mei.goto("/" + public.split("/", 3)[3])
        fine(mei, axe)


def test_the_reviewers_screens(mei: Page, axe: Callable[[Page], list[str]]) -> None:
    mei.goto("/texts")
    assert axe(mei) == [] and mei.evaluate(WIDE) <= 0
    mei.get_by_role("link", name="On every page").click()
    expect(mei.get_by_text("Nobody has signed")).to_be_visible()
    assert axe(mei) == [] and mei.evaluate(WIDE) <= 0
    mei.get_by_label("Reviewed by").fill("Lucia Romero")
    mei.get_by_label("Qualification").fill("Certified translator")
    mei.get_by_role("button", name="Sign this version").click()
    expect(mei.get_by_role("heading", level=1)).to_have_text("Texts")
