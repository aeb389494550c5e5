"""The Inbox in Chromium: by keys alone, without a script, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def unblocked(server: str, django_db_blocker: object) -> Iterator[None]:
    """The test may write to the server's database itself."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


@pytest.fixture
def machine(chromium: Browser, server: str, unblocked: None) -> Iterator[Callable[..., Page]]:
    """A machine at which somebody is signed in; as many as wanted."""
    from django.test import Client

    from firstvisit.practice.models import User

    contexts: list[BrowserContext] = []

    def make(name: str = "dana", size: dict[str, int] = DESK, script: bool = True) -> Page:
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(User.objects.get(email=f"{name}@cedarstreet.example.org"), backend=BACKEND)
        cookie = next(iter(client.cookies.values()))
        context = chromium.new_context(viewport=size, base_url=server, java_script_enabled=script)  # type: ignore[arg-type]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def packet() -> str:
    """A fax of two people with three doubts, to be confirmed; its address."""
    from tests.journeys.documents import WALTER, arrived, found

    item = arrived(
        *WALTER,
        found("payers.0.member_id", "NHP40081772", 0.5, line=9),
        found("payers.0.name", "Northfield Health", line=10),
        found("patient.first_name", "Ingrid", page=2, patient=1),
        found("patient.last_name", "Solheim", page=2, patient=1),
        found("patient.phone", "(608) 555-0171", 0.5, page=2, line=3, patient=1),
        found("disciplines", "PT", page=2, line=4, patient=1),
        pages=3,
    )
    return f"/inbox/{item.id}"


def test_a_packet_of_two_is_confirmed_and_filed_by_keys_alone(machine: Callable[..., Page]) -> None:
    at, page = packet(), machine()
    page.goto(at)
    expect(page.locator(".field.on")).to_contain_text("Date of birth")
    page.keyboard.press("Enter")
    expect(page.locator(".field.on")).to_contain_text("Member number")
    page.keyboard.press("e")
    page.keyboard.type("NHP 40081 773")
    page.keyboard.press("Enter")
    expect(page.locator(".field.on")).to_contain_text("Phone")
    expect(page.locator("#sheet")).to_have_attribute("data-page", "2")
    page.keyboard.press("z")
    expect(page.locator(".field.on")).to_contain_text("Member number")
    page.keyboard.press("n")
    expect(page.locator(".field.on")).to_contain_text("Phone")
    page.keyboard.press("u")
    page.keyboard.press("a")
    expect(page.locator("#left")).to_contain_text("3 to confirm together")
    page.keyboard.press("a")
    expect(page.locator("#left")).to_contain_text("Nothing is left")
    page.keyboard.press("f")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    from firstvisit.leads.models import Lead, Task

    assert Lead.objects.count() == 2
    assert Task.objects.filter(kind="ask_sender", status="open").count() == 1


def test_moving_to_a_field_lights_its_place(machine: Callable[..., Page]) -> None:
    at, page = packet(), machine()
    page.goto(at)
    expect(page.locator(".mark.on")).to_have_attribute("id", "m-0-patient-date_of_birth")
    page.keyboard.press("Tab")
    expect(page.locator(".mark.on")).to_have_attribute("id", "m-0-payers-0-member_id")
    page.locator("#m-0-patient-date_of_birth rect").click()
    expect(page.locator(".field.on")).to_have_attribute("id", "f-0-patient-date_of_birth")
    page.keyboard.press("+")
    expect(page.locator("#sheet")).to_have_class("sheet zoom-1")
    page.keyboard.press("Enter")
    expect(page.locator(".field.on")).to_contain_text("Member number")
    expect(page.locator("#sheet")).to_have_class("sheet zoom-1")


def test_what_cannot_be_used_is_said_at_the_field_and_stays(machine: Callable[..., Page]) -> None:
    at, page = packet(), machine()
    page.goto(at)
    page.keyboard.press("e")
    page.keyboard.type("13/45/1968")
    page.keyboard.press("Enter")
    expect(page.locator(".problems")).to_be_visible()
    expect(page.locator("[aria-invalid=true]")).to_have_value("13/45/1968")


def test_it_works_without_a_script(machine: Callable[..., Page]) -> None:
    at, page = packet(), machine(script=False)
    page.goto(at)
    for label in ("Date of birth", "Member number", "Phone"):
        field = page.locator("form.field.on")
        expect(field).to_contain_text(label)
        field.get_by_role("button", name="Confirm").click()
    for _ in range(2):
        page.get_by_role("button", name="together").click()
    page.get_by_role("button", name="File both people").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_breaks_wcag_and_nothing_is_wider_than_the_page(
    machine: Callable[..., Page], axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    from tests.journeys.documents import WALTER, arrived, found

    at = packet()
    flagged = arrived(*WALTER, found("escalate", True), found("escalate_reason", "chest pain since this morning"))
    page = machine(size=size)
    for address in ("/inbox", at, f"/inbox/{flagged.id}", "/inbox/accuracy", "/inbox/signed"):
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate(WIDE) <= 0, address


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_whatever_the_bar_opens_stands_on_the_page(machine: Callable[..., Page], size: dict[str, int]) -> None:
    page = machine(size=size)
    page.goto(packet())
    for key in "gwdht":
        page.evaluate("key => { document.querySelector(`.bar details[data-key=${key}]`).open = true; }", key)
        sheet = page.locator(f".bar details[data-key={key}] > .sheet")
        box = sheet.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"], (key, box)
        page.evaluate("key => { document.querySelector(`.bar details[data-key=${key}]`).open = false; }", key)


def test_on_a_phone_no_label_of_the_list_lies_over_a_value(machine: Callable[..., Page]) -> None:
    packet()
    page = machine(size=PHONE)
    page.goto("/inbox")
    cells = page.locator(".inbox-list tbody tr:first-child td[data-label]")
    for n in range(cells.count()):
        room = cells.nth(n).evaluate(
            "cell => parseFloat(getComputedStyle(cell).paddingLeft)"
            " - parseFloat(getComputedStyle(cell, '::before').width)"
        )
        assert room >= 0, n
    assert page.evaluate(WIDE) <= 0
