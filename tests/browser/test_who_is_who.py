"""Who is who, in Chromium at both widths: "not this person", somebody named in a restriction, a tablet at a stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_staff_screens import SMALL, WIDE, signed_in, size  # noqa: F401
from tests.journeys.test_named_in_a_restriction import WHY
from tests.journeys.test_not_this_person import COUSIN, HALE
from tests.people import FAMILY

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
SOUND = ([], 0, [])


def arrive(*bodies: Any) -> str:
    """The address of the lead to which the last of these requests came."""
    from firstvisit.journey.receiving import receive
    from firstvisit.kernel import clock
    from firstvisit.kernel.audit import Actor
    from firstvisit.practice.queries import practice
    from firstvisit.steps.intake.services import Arrival
    from firstvisit.steps.intake.sources import parse

    code: str | None = None
    for said in bodies:
        body = json.dumps(said).encode()
        reading = parse("api", body, today=clock.now().date(), programs=practice().program_words)
        code = receive(Arrival("api", Actor("api", "key"), body, "application/json"), reading).code
    return f"/leads/{code}"


def seen(page: Page, axe: Axe) -> tuple[list[str], int, list[str]]:
    return axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL)


def test_not_this_person_is_said_on_the_timeline_and_taken_back(
    server: str, signed_in: Callable[..., Page], axe: Axe  # noqa: F811
) -> None:
    lead = arrive(HALE, COUSIN)
    page = signed_in("dana")
    page.goto(lead)
    page.get_by_text("Not this person", exact=True).click()
    page.get_by_label("Why, in a few words").locator("visible=true").fill("He is the cousin")
    found = {"asked": seen(page, axe)}
    page.get_by_role("button", name="Part them").click()
    expect(page.get_by_text("Not this person: what came here goes on in")).to_be_visible()
    found["parted"] = seen(page, axe)
    page.get_by_text("Not this person: what came here goes on in").get_by_role("link", name="L-").click()
    expect(page.get_by_text("Not the person it was taken for; parted from")).to_be_visible()
    page.get_by_role("link", name="See both, or take it back").click()
    page.wait_for_url("**/matches/**")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_label("Why")).to_be_focused()
    found["taken back"] = seen(page, axe)
    page.keyboard.type("Two spellings of one man")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is continued in")).to_be_visible()
    assert found == dict.fromkeys(("asked", "parted", "taken back"), SOUND)


def test_somebody_who_never_wrote_is_named_and_known_when_they_call(
    server: str, signed_in: Callable[..., Page], axe: Axe  # noqa: F811
) -> None:
    lead = arrive(FAMILY)
    page = signed_in("dana")
    page.goto(f"{lead}/people")
    page.get_by_label("Who, if somebody").select_option("another")
    page.get_by_text("Somebody else: who they are").click()
    for label, text in (
        ("First name", "Bertram"), ("Last name", "Quisenberry"), ("Related how", "father"),
        ("Their phone", "608-555-0173"), ("Since when", "2026-05-02"),
    ):  # fmt: skip
        page.get_by_label(label).fill(text)
    page.get_by_label("Has somebody of us seen the paper?").select_option("seen")
    page.locator("#reason").fill(WHY)
    found = {"typed": seen(page, axe)}
    page.get_by_role("button", name="Add the restriction").click()
    expect(page.get_by_text("Bertram Quisenberry, father")).to_be_visible()
    found["named"] = seen(page, axe)
    page.goto(lead)
    expect(page.get_by_text("since May 2, 2026, paper seen")).to_be_visible()
    found["lead"] = seen(page, axe)
    assert found == dict.fromkeys(("typed", "named", "lead"), SOUND)


def test_a_tablet_begins_anew_for_each_person(
    server: str, signed_in: Callable[..., Page], axe: Axe  # noqa: F811
) -> None:
    from firstvisit.kernel import clock
    from firstvisit.practice.models import User
    from firstvisit.steps.intake.models import CommunityEvent

    CommunityEvent.objects.create(
        slug="fair26", name="Balance fair", on=date(2026, 11, 28), site="madison", made_at=clock.now(),
        made_by=User.objects.get(email="dana@cedarstreet.example.org"),
    )  # fmt: skip
    page = signed_in()
    page.goto("/events/fair26")
    found = {"set up": seen(page, axe)}
    page.context.clear_cookies()
    page.goto("/event/fair26?tablet=1")
    found["form"] = seen(page, axe)
    page.get_by_role("radio", name="Me", exact=True).check()
    page.get_by_role("textbox", name="Your first and last name").fill("Ada Winterbourne")
    page.get_by_role("textbox", name="Your mobile phone").fill("608-555-0110")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("makes way for the next person")).to_be_visible()
    found["done"] = seen(page, axe)
    page.get_by_role("link", name="Begin anew").click()
    expect(page.get_by_role("button", name="Sign up")).to_be_visible()
    assert "Winterbourne" not in page.content()
    assert found == dict.fromkeys(("set up", "form", "done"), SOUND)
