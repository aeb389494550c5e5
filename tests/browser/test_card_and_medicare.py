"""In Chromium: a family's photos of its card without JavaScript, and Medicare's points on a lead, wide and narrow."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import PHONE
from tests.people import FAMILY, TUESDAY, surgeon

pytestmark = pytest.mark.browser
Machine = Callable[..., Page]


def fits(page: Page) -> bool:
    """Whether nothing of a page sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def seen(page: Page, name: str) -> None:
    """A picture for whoever wants to look (FIRSTVISIT_PICTURES names a folder)."""
    if folder := os.environ.get("FIRSTVISIT_PICTURES"):
        width = (page.viewport_size or PHONE)["width"]
        page.screenshot(path=f"{folder}/{name}_{width}.png", full_page=True)


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (1200, 760), "#dfe8ee").save(made, "JPEG")
    return made.getvalue()


def test_a_family_shows_its_card_without_javascript(
    dana: Page, chromium: Browser, server: str, asks: Callable[..., str], axe: Callable[[Page], list[str]]
) -> None:
    dana.goto(asks(FAMILY))
    seen(dana, "lead")
    dana.get_by_role("link", name="Ask for a photo of the card").click()
    dana.get_by_role("button", name="Make a link").click()
    expect(dana.get_by_role("img", name="QR code of the link")).to_be_visible()
    assert axe(dana) == [] and fits(dana)
    seen(dana, "staff_card")
    found = re.search(r"/card/[0-9A-Z-]+", dana.content())
    assert found is not None
    family = chromium.new_context(viewport=PHONE, base_url=server, java_script_enabled=False)  # type: ignore[arg-type]
    page = family.new_page()
    page.goto(found[0])
    page.get_by_label("The patient's birth date").fill("09/15/2023")
    page.get_by_role("button", name="Go on to the photos").click()
    expect(page.get_by_role("alert")).to_contain_text("This does not fit")
    seen(page, "card_birth")
    page.get_by_label("The patient's birth date").fill("09/14/2023")
    page.get_by_role("button", name="Go on to the photos").click()
    expect(page.get_by_role("heading", name="Photos of the card")).to_be_visible()
    heic = {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic" + b"x" * 100}
    page.get_by_label("Front of the card").set_input_files(heic)  # type: ignore[arg-type]
    page.get_by_role("button", name="Send the photos").click()
    expect(page.get_by_role("alert")).to_contain_text("HEIC")
    seen(page, "card_photos")
    picture = {"name": "front.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.get_by_label("Front of the card").set_input_files(picture)  # type: ignore[arg-type]
    page.get_by_role("button", name="Send the photos").click()
    expect(page.get_by_role("heading", name="Thank you, the photos are here")).to_be_visible()
    seen(page, "card_thanks")
    page.goto(found[0])
    expect(page.get_by_role("heading", name="This link does not open")).to_be_visible()
    family.close()


def test_the_pages_of_the_card_are_sound(
    machine: Machine, chromium: Browser, server: str, asks: Callable[..., str], axe: Callable[[Page], list[str]]
) -> None:
    desk = machine("dana")
    desk.goto(asks(FAMILY))
    desk.get_by_role("link", name="Ask for a photo of the card").click()
    desk.get_by_role("button", name="Make a link").click()
    expect(desk.get_by_text(re.compile(r"/card/[0-9A-Z-]+")).first).to_be_visible()
    found = re.search(r"/card/[0-9A-Z-]+", desk.content())
    assert found is not None
    context = chromium.new_context(viewport=PHONE, base_url=server)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{found[0]}?lang=es")
    assert axe(page) == [] and fits(page)
    page.locator("#birth_date").fill("09/14/2023")
    page.locator("button.main").click()
    page.wait_for_url("**/card/photos/**")
    assert axe(page) == [] and fits(page)
    seen(page, "card_photos_es")
    page.locator("button.main").click()
    expect(page.get_by_role("alert")).to_contain_text("Primero elija o tome una foto")
    assert axe(page) == []
    context.close()


def test_medicare_stands_on_the_lead_and_is_noted_on_its_page(
    dana: Page, asks: Callable[..., str], axe: Callable[[Page], list[str]]
) -> None:
    dana.goto(asks(surgeon(TUESDAY.date())))
    expect(dana.get_by_role("heading", name="Medicare Note or look closer")).to_be_visible()
    assert fits(dana)
    dana.get_by_role("link", name="Note or look closer").click()
    dana.wait_for_url("**/medicare")
    assert axe(dana) == [] and fits(dana)
    dana.get_by_label("The evaluation is completed", exact=True).first.check()
    dana.get_by_role("button", name="Note it").click()
    expect(dana.get_by_text("Send the plan of care for signature")).to_be_visible()
    assert axe(dana) == [] and fits(dana)
    seen(dana, "medicare")
    dana.get_by_role("link", name=re.compile("Back to L-")).click()
    expect(dana.get_by_role("link", name="Note or look closer")).to_be_visible()
    assert axe(dana) == [] and fits(dana)
    seen(dana, "lead_medicare")
