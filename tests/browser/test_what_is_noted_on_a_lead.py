"""What the desk notes on a lead, at a desk and on a phone: the payer's answer, another setting, how a call ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from tests.people import but, surgeon

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
COMP = [{"name": "Great Lakes Compensation Mutual", "kind": "workers_comp", "claim_number": "WC-1"}]
WAITS = but(surgeon(date(2026, 11, 20)), program="orthopedic", diagnoses=["M54.50"], events=[], payers=COMP)
WEIGHED = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"


@pytest.fixture
def lead(asks: Callable[..., str]) -> str:
    """The address of a lead that waits for its payer."""
    return asks(WAITS)


def test_the_payer_s_answer_is_noted_and_what_is_wrong_is_said(
    dana: Page, lead: str, axe: Callable[[Page], list[str]]
) -> None:
    def sound() -> None:
        assert axe(dana) == []
        assert dana.evaluate(WIDE) <= 0

    dana.goto(lead)
    dana.get_by_text("The payer has answered", exact=True).click()
    form = dana.locator("form[action$='/authorization']")
    radio = form.get_by_label("It has come").bounding_box()
    assert radio is not None and radio["width"] < 40, "a choice is no field as wide as the form"
    sound()
    form.get_by_label("It has come").check()
    form.get_by_label("Who said so").fill("Kim Adler, by phone")
    form.get_by_label("Visits or units").fill("many")
    form.get_by_role("button").click()
    expect(dana.get_by_text("Enter a whole number from 1 to 1,000").first).to_be_visible()
    expect(form.get_by_label("Who said so")).to_have_value("Kim Adler, by phone")
    sound()
    form.get_by_label("Visits or units").fill("12")
    form.get_by_role("button").click()
    expect(dana.locator(".line")).to_contain_text("The authorization has come")
    expect(dana.get_by_text("12 units")).to_be_visible()
    sound()


def test_another_setting_is_chosen_with_what_it_would_be(
    dana: Page, lead: str, axe: Callable[[Page], list[str]]
) -> None:
    dana.goto(lead)
    dana.get_by_text("Change the setting", exact=True).first.click()
    form = dana.locator("form[action$='/setting']")
    form.get_by_label("At home").check()
    assert axe(dana) == [] and dana.evaluate(WIDE) <= 0
    form.get_by_label("Why, in a few words").fill("Cannot leave the house")
    form.get_by_role("button").click()
    expect(dana.locator(".line")).to_contain_text("Setting changed: at home")
    expect(dana.get_by_text("Setting changed", exact=False).first).to_be_visible()
    dana.get_by_role("button", name="Undo").click()
    expect(dana.locator(".line")).to_contain_text("Undone: setting changed")


def test_an_agreed_visit_is_noted_with_where_and_with_whom(
    dana: Page, lead: str, axe: Callable[[Page], list[str]]
) -> None:
    dana.goto(lead)
    dana.locator(".bar summary", has_text="Done").first.click()
    form = dana.locator("form[action$='/done']").first
    form.get_by_label("Arranged").check()
    form.get_by_label("With whom").select_option("priya_raman")
    form.get_by_label("Where the visit is").select_option("marquette")
    assert axe(dana) == [] and dana.evaluate(WIDE) <= 0
    form.get_by_label("Reached, visit agreed").check()
    form.get_by_role("button").click()
    expect(dana.get_by_text("Priya Raman does not work at Cedar Street Therapy Marquette").first).to_be_visible()
    form = dana.locator("form[action$='/done']").first
    expect(form.get_by_label("With whom")).to_have_value("priya_raman")
    assert axe(dana) == [] and dana.evaluate(WIDE) <= 0
    form.get_by_label("Where the visit is").select_option("madison")
    form.get_by_role("button").click()
    dana.wait_for_url("**/today*")
    dana.goto(lead)
    expect(dana.get_by_text("at Cedar Street Therapy Madison, with Priya Raman").first).to_be_visible()
    assert axe(dana) == [] and dana.evaluate(WIDE) <= 0


def test_an_open_button_of_the_bar_can_be_read(dana: Page, lead: str) -> None:
    dana.goto(lead)
    dana.get_by_role("button", name="Take").click()
    expect(dana.get_by_role("button", name="Take")).to_have_count(0)
    done = dana.locator(".bar summary", has_text="Done").first
    done.click()
    ink, ground = done.evaluate(WEIGHED)
    assert ink != "rgb(255, 255, 255)" and ground != "rgb(10, 88, 114)"


def test_a_call_that_came_in_ends_as_such_a_call_can(dana: Page, server: str, axe: Callable[[Page], list[str]]) -> None:
    dana.goto("/today")
    dana.get_by_role("button", name="Call").click()
    dana.wait_for_url("**/call/*")
    dana.goto(f"{dana.url.partition('?')[0]}?end")
    expect(dana.get_by_text("They called us.")).to_be_visible()
    expect(dana.get_by_label("Voicemail full")).to_have_count(0)
    assert axe(dana) == [] and dana.evaluate(WIDE) <= 0
    dana.get_by_role("button", name="No, we called them").click()
    expect(dana.get_by_label("Voicemail full")).to_have_count(1)


def test_what_was_stated_is_added_to_and_what_is_wrong_is_said(
    dana: Page, lead: str, axe: Callable[[Page], list[str]]
) -> None:
    dana.goto(lead)
    dana.get_by_role("link", name="Add or correct").click()
    expect(dana.get_by_label("Preferred name")).to_be_visible()
    assert axe(dana) == []
    assert dana.evaluate(WIDE) <= 0
    dana.get_by_label("Preferred name").fill("Lulu")
    dana.get_by_label("Payer 2", exact=True).fill("Northfield Health")
    dana.get_by_label("When", exact=True).fill("some day")
    dana.get_by_role("button", name="Save").click()
    expect(dana.get_by_text("Nothing was changed.")).to_be_visible()
    expect(dana.get_by_label("Preferred name")).to_have_value("Lulu")
    assert axe(dana) == []
    dana.get_by_label("When", exact=True).fill("")
    dana.get_by_role("button", name="Save").click()
    expect(dana.get_by_text("Lulu").first).to_be_visible()
    expect(dana.get_by_text("Northfield Health").first).to_be_visible()
