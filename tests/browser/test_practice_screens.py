"""Practice in Chromium at a desk and on a phone: before axe, by keyboard, and with what was typed kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

pytestmark = pytest.mark.browser

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WIDE = "document.documentElement.scrollWidth - window.innerWidth"
SMALL = """['a', 'button', 'input:not([type=hidden])', 'select', 'textarea']
  .flatMap(what => [...document.querySelectorAll(`main ${what}`)])
  .filter(e => e.checkVisibility() && !(e.matches('a') && e.closest('p, dd, .head, h2, li')))
  .map(e => e.closest('label') && e.matches('[type=checkbox]') ? e.closest('label') : e)
  .filter(e => { const r = e.getBoundingClientRect(); return r.height < 24 || r.width < 24; })
  .filter(e => !e.matches('.fieldrows td > input[type=checkbox]'))
  .map(e => e.outerHTML.slice(0, 120))"""
"""Targets under 24 pixels; a tick in a row of a table has that much room around it (WCAG 2.5.8)."""
HAND = "/practice/programs/of/hand_therapy"


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Page]:
    """A window in which the owner is signed in."""
    from django.conf import settings
    from django.test import Client

    from firstvisit.practice.models import User

    client = Client()
    client.force_login(User.objects.get(email="ruth@cedarstreet.example.org"), backend=BACKEND)
    width, height = request.param
    size: ViewportSize = {"width": width, "height": height}
    context = chromium.new_context(viewport=size, base_url=server)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}])
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_on_any_collection_or_entry(page: Page, axe: Callable[[Page], list[str]]) -> None:
    from firstvisit.practice import queries
    from firstvisit.practice.models import User
    from firstvisit.web.staff.practice.register import COLLECTIONS

    practice = queries.practice_now()
    dana = User.objects.get(email="dana@cedarstreet.example.org")
    first = {
        name: str(dana.id) if name == "staff" else next(iter(getattr(practice, name)))
        for name, one in COLLECTIONS.items()
        if not one.single
    }
    paths = [
        "/practice",
        "/practice/history",
        "/practice/identity/of/identity",
        "/practice/queues/of/partners/retire",
        f"/practice/staff/of/{dana.id}/retire",
        *(f"/practice/{name}" for name in ("programs", "sites", "staff")),
        *(f"/practice/{name}/of/{slug}" for name, slug in first.items()),
        *(f"/practice/{name}/new" for name in ("programs", "staff")),
    ]
    found: dict[str, list[str]] = {}
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in paths:
        page.goto(path)
        found[path] = axe(page) + [f"small: {each}" for each in page.evaluate(SMALL)]
        if (wide := page.evaluate(WIDE)) > 0:
            found[path].append(f"{wide} px wider than the window")
    assert {path: what for path, what in found.items() if what} == {}
    assert said == []


def test_a_refused_form_leads_to_its_fields_and_keeps_what_was_typed(
    page: Page, axe: Callable[[Page], list[str]]
) -> None:
    page.goto(HAND)
    page.get_by_label("Minutes of a first visit").fill("0")
    page.get_by_label("Name for families", exact=True).fill("Hands")
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Nothing was saved yet.")
    expect(page.get_by_label("Name for families", exact=True)).to_have_value("Hands")
    assert axe(page) == []
    alert.get_by_role("link").first.click()
    expect(page.get_by_label("Minutes of a first visit")).to_be_in_viewport()
    expect(page.get_by_label("Minutes of a first visit")).to_have_attribute("aria-invalid", "true")


def test_two_managers_at_one_entry(page: Page, axe: Callable[[Page], list[str]]) -> None:
    page.goto(HAND)
    other = page.context.new_page()
    other.goto(HAND)
    other.get_by_label("Minutes of a first visit").fill("45")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    page.get_by_label("Minutes of a first visit").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Ruth Adler saved this entry")
    expect(page.get_by_text("Stands there now: 45")).to_be_visible()
    expect(page.get_by_label("Minutes of a first visit")).to_have_value("30")
    assert axe(page) == []


def test_an_entry_is_saved_and_returned_to_by_keyboard(page: Page) -> None:
    page.goto("/practice/programs")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("New program")
    page.goto(HAND)
    page.get_by_label("Status").select_option("waitlist")
    page.locator("h1").click()
    page.keyboard.press("s")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    back = page.get_by_role("button", name="Return to this")
    back.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Status")).to_have_value("open")
