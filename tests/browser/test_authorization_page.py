"""A request for authorization at a desk and on a phone, from what is asked for to the count of its visits."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.people import but, surgeon

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PLAN = [{"name": "Michigan Medicaid", "member_id": "MM-5530", "authorization_status": "required"}]
WAITS = but(surgeon(date(2026, 11, 20)), program="orthopedic", diagnoses=["M54.50"], events=[], payers=PLAN)


def test_a_request_goes_its_way(dana: Page, asks: Callable[..., str], axe: Callable[[Page], list[str]]) -> None:
    def sound(name: str) -> None:
        if (folder := os.environ.get("PICTURES")) is not None:
            width = dana.evaluate("innerWidth")
            dana.screenshot(path=str(Path(folder) / f"authorization-{name}-{width}.png"), full_page=True)
        assert axe(dana) == []
        assert dana.evaluate(WIDE) <= 0

    dana.goto(asks(WAITS))
    sound("lead")
    dana.locator("#authorizations").get_by_role("link", name="First evaluation, PT").click()
    expect(dana.get_by_role("heading", level=1)).to_contain_text("First evaluation, PT")
    sound("needed")
    dana.get_by_label("Why it is needed").fill("Cannot climb stairs after the knee replacement")
    dana.get_by_label("Visits", exact=True).fill("many")
    dana.get_by_role("button", name="Keep what is asked for").click()
    expect(dana.get_by_role("alert")).to_contain_text("Enter a whole number from 1 to 999")
    expect(dana.get_by_label("Why it is needed")).to_have_value("Cannot climb stairs after the knee replacement")
    sound("wrong")
    dana.get_by_label("Visits", exact=True).fill("12")
    dana.get_by_role("button", name="Keep what is asked for").click()
    expect(dana.get_by_text("Prepared, not sent yet")).to_be_visible()
    dana.get_by_label("By fax").check()
    dana.get_by_label("To whom").fill("517 555 0133")
    dana.get_by_role("button", name="It was sent").click()
    expect(dana.get_by_text("Sent, no answer yet")).to_be_visible()
    expect(dana.get_by_text("by law").first).to_be_visible()
    sound("sent")
    dana.get_by_label("I asked: what they said, and who").fill("Kim: still with a nurse")
    dana.get_by_role("button", name="Asked, no answer yet").click()
    expect(dana.get_by_text("Kim: still with a nurse")).to_be_visible()
    dana.get_by_label("Authorized in part").check()
    dana.get_by_label("Who said so").fill("Portal")
    dana.get_by_label("Visits or units").fill("10")
    dana.get_by_role("button", name="Note the decision").click()
    expect(dana.get_by_text("Authorized in part", exact=True).first).to_be_visible()
    dana.get_by_label("Used so far, in all").fill("8")
    dana.get_by_role("button", name="Keep the count").click()
    expect(dana.get_by_text("8 of 10 used")).to_be_visible()
    sound("granted")
    dana.get_by_role("button", name="Ask for more visits").click()
    expect(dana.get_by_role("heading", level=1)).to_contain_text("More treatment, PT")
    sound("more")
