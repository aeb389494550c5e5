"""A family chooses, moves and cancels its visit in Chromium: on a phone without any script, at a desk, in Spanish."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.people import FAMILY

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTROLS = "main button, main a, header a, footer button, main input, main select"
SMALL = f"""[...document.querySelectorAll("{CONTROLS}")]
    .filter((one) => one.offsetParent && !one.closest(".vh, .skip, .trap, .talk, .problems, aside > p:not(.stack)"))
    .map((one) => [one.textContent.trim() || one.name, (one.closest("label") || one).getBoundingClientRect()])
    .filter(([, box]) => box.height < 43.5).map(([name, box]) => name + ": " + Math.round(box.height))"""
SEEN = os.environ.get("FIRSTVISIT_PICTURES", "")


@pytest.fixture
def sound(axe: Callable[[Page], list[str]]) -> Callable[..., None]:
    """Nothing is wider than the window or too small for a thumb, axe finds nothing; a picture where one is wanted."""

    def look(page: Page, name: str, *, by_axe: bool = True) -> None:
        size = page.viewport_size
        page.wait_for_load_state()
        if SEEN:
            page.screenshot(path=str(Path(SEEN) / f"{name}-{size['width'] if size else 0}.png"), full_page=True)
        assert page.evaluate(WIDE) <= 0
        assert page.evaluate(SMALL) == []
        if by_axe:
            assert axe(page) == []

    return look


@pytest.fixture
def link(asks: Callable[..., str], django_db_blocker: Any) -> str:
    """The address of a family's own page, as their letters carry it."""
    code = asks(FAMILY).rpartition("/")[2]
    with django_db_blocker.unblock():
        from firstvisit.journey import own_visit
        from firstvisit.kernel import clock
        from firstvisit.leads.queries import by_code

        lead = by_code(code)
        assert lead is not None
        return f"/book/{own_visit.mark_of(lead, at=clock.now())}"


@pytest.fixture(params=[(390, False), (390, True), (1280, True)], ids=["phone-without-script", "phone", "desk"])
def family(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Page]:
    """A family's browser."""
    width, script = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=script, base_url=server, accept_downloads=True
    )
    yield context.new_page()
    context.close()


def test_a_family_chooses_keeps_moves_and_cancels(
    family: Page, link: str, sound: Callable[..., None], request: pytest.FixtureRequest
) -> None:
    script = "without-script" not in request.node.name
    look = lambda name: sound(family, name, by_axe=script)  # noqa: E731
    family.goto(link)
    assert "Quisenberry" not in family.content() and "slot" not in family.content()
    look("visit-ask")
    family.get_by_label("The patient's birth date").fill("01/01/2020")
    family.get_by_role("button", name="Open").click()
    expect(family.get_by_text("This is not the birth date that we have").first).to_be_visible()
    look("visit-asked-again")
    family.get_by_label("The patient's birth date").fill("09/14/2023")
    family.get_by_role("button", name="Open").click()
    expect(family.locator(".slots button")).to_have_count(3)
    look("visit-times")
    family.get_by_role("link", name="Show more times").click()
    family.wait_for_url(re.compile("more=1"))
    look("visit-more")
    family.get_by_role("link", name="None fits: tell us when").click()
    expect(family.get_by_label("Not before")).to_be_visible()
    look("visit-when")
    for box in family.locator("input[name=times]").all():
        box.check()
    family.get_by_label("Not before").select_option("8:00 am")
    family.get_by_role("button", name="Look again").click()
    expect(family.get_by_text("looked again")).to_be_visible()
    family.locator(".slots button").first.click()
    expect(family.get_by_text("Thank you: it is booked.")).to_be_visible()
    look("visit-booked")
    with family.expect_download() as file:
        family.get_by_role("link", name="Put it in my calendar").click()
    assert file.value.suggested_filename == "visit.ics"
    family.goto(link)
    family.get_by_role("button", name="We come").click()
    expect(family.get_by_text("You said that you come.")).to_be_visible()
    family.get_by_role("link", name="Move it").click()
    expect(family.locator(".slots button")).not_to_have_count(0)
    look("visit-move")
    family.locator(".slots button").nth(1).click()
    expect(family.get_by_text("It is moved.")).to_be_visible()
    family.get_by_role("link", name="Cancel it").click()
    expect(family.get_by_role("button", name="Cancel the visit")).to_be_visible()
    look("visit-cancel")
    family.get_by_role("button", name="Cancel the visit").click()
    expect(family.get_by_text("Choose why you cancel.").first).to_be_visible()
    family.get_by_label("The time does not fit any more").check()
    family.get_by_role("button", name="Cancel the visit").click()
    expect(family.get_by_text("The visit is cancelled.")).to_be_visible()
    look("visit-cancelled")
    family.get_by_role("link", name="Español").click()
    expect(family.get_by_role("heading", level=1)).to_contain_text("Elija la primera visita")
    look("visit-spanish")
    family.get_by_role("button", name="Cerrarla en este aparato").click()
    expect(family.get_by_text("La página está cerrada en este aparato.")).to_be_visible()


def test_what_was_held_is_let_go_and_what_was_moved_in_another_window_is_asked_anew(
    family: Page, link: str, sound: Callable[..., None], request: pytest.FixtureRequest, django_db_blocker: Any
) -> None:
    script = "without-script" not in request.node.name
    look = lambda name: sound(family, name, by_axe=script)  # noqa: E731
    with django_db_blocker.unblock():
        from firstvisit.journey.booking import offering, visits
        from firstvisit.kernel import clock
        from firstvisit.kernel.audit import SYSTEM
        from firstvisit.leads.models import Lead
        from firstvisit.practice.models import User

        lead = Lead.objects.order_by("-number")[0]
        token = offering.offers(lead, now=clock.now()).offers[0].token
        visits.hold(lead, token, by=User.objects.get(email="dana@cedarstreet.example.org"), actor=SYSTEM)
    family.goto(link)
    family.get_by_label("The patient's birth date").fill("09/14/2023")
    family.get_by_role("button", name="Open").click()
    expect(family.get_by_role("button", name="Book it")).to_be_visible()
    look("visit-held")
    family.get_by_role("button", name="Other times instead").click()
    expect(family.get_by_text("We keep that time no longer.")).to_be_visible()
    look("visit-let-go")
    family.locator(".slots button").first.click()
    family.get_by_role("link", name="Cancel it").click()
    window = family.context.new_page()
    window.goto(f"{link}/move")
    window.locator(".slots button").first.click()
    expect(window.get_by_text("It is moved.")).to_be_visible()
    family.get_by_label("The time does not fit any more").check()
    family.get_by_role("button", name="Cancel the visit").click()
    expect(family.get_by_text("This has changed since you opened the page.")).to_be_visible()
    look("visit-changed")


@pytest.fixture
def offers_by_itself(server: str, django_db_blocker: Any) -> None:
    """The practice offers times without anybody's press."""
    from firstvisit.practice.models import User
    from firstvisit.practice.queries import forget, live_policy
    from firstvisit.practice.services import publish_policy

    with django_db_blocker.unblock():
        sections = live_policy().as_json()
        sections["switches"]["offer"] = "do"
        mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
        publish_policy(sections, note="offers", drafted_by=mei, signed_by=ruth)
        forget()


@pytest.mark.usefixtures("offers_by_itself")
def test_the_form_ends_with_three_times_and_a_tap_books_one(
    family: Page, sound: Callable[..., None], request: pytest.FixtureRequest
) -> None:
    script = "without-script" not in request.node.name
    family.goto("/request")
    family.get_by_label("My child").check()
    family.get_by_label("Your first and last name").fill("Ana Ruiz")
    family.get_by_label("Your mobile phone").fill("(608) 555-0177")
    family.get_by_role("button", name="Next: what you need").click()
    family.get_by_label("First name").fill("Leo")
    family.get_by_label("Last name").fill("Ruiz")
    family.get_by_label("Birth date").fill("02/08/2024")
    family.locator("#concern").fill("About twenty words")
    family.get_by_label("Speech", exact=True).check()
    family.locator("#program").select_option("early_language")
    family.locator("#zip").fill("53713")
    family.locator("#insurance").fill("Northfield Health")
    family.locator("button.main").click()
    expect(family.get_by_role("heading", name="Choose your first visit now")).to_be_visible()
    expect(family.locator(".slots button")).to_have_count(3)
    sound(family, "form-times", by_axe=script)
    family.get_by_role("link", name="Español").click()
    expect(family.get_by_role("heading", name="Elija ahora su primera visita")).to_be_visible()
    sound(family, "form-times-spanish", by_axe=script)
    family.get_by_role("link", name="English").click()
    family.locator(".slots button").nth(1).click()
    expect(family.get_by_text("Thank you: it is booked.")).to_be_visible()
    expect(family.get_by_role("heading", name="Leo’s first visit")).to_be_visible()
    sound(family, "form-booked", by_axe=script)
