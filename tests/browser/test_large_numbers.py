"""A large practice: counts of four digits and full tables stay inside the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.browser.test_rules import draft  # noqa: F401
from tests.browser.test_staff_screens import WIDE, signed_in, size  # noqa: F401

pytestmark = pytest.mark.browser
MANY = "document.querySelectorAll('.counts b').forEach(each => { each.textContent = '2,098'; })"
FULL = """document.querySelectorAll('.scroll tbody').forEach(each => {
  each.innerHTML = '<tr><th scope="row">Language</th><td>American Sign Language'
    + ' <b>below four fifths of the best</b></td>'
    + '<td class="num">12,098</td><td class="num">1,207</td><td class="num">100</td><td class="num"><b>100</b></td>'
    + '<td class="num">0.79</td></tr>'; })"""


@pytest.mark.parametrize(("address", "change"), [("/today", MANY), ("/rules/2/preview", FULL)])
def test_nothing_runs_out_of_the_page(
    draft: None,  # noqa: F811
    signed_in: Callable[..., Page],  # noqa: F811
    axe: Callable[[Page], list[str]],
    address: str,
    change: str,
) -> None:
    page = signed_in()
    page.goto(address)
    page.evaluate(change)
    assert page.evaluate(WIDE) <= 0
    assert axe(page) == []


def test_a_word_box_of_a_call_goes_on_with_enter(draft: None, signed_in: Callable[..., Page]) -> None:  # noqa: F811
    page = signed_in("dana")
    page.goto("/call")
    page.click("main button:has-text('Start a call')")
    page.wait_for_selector("#ask")
    page.goto(f"{page.url}?q=reason")
    page.fill("#concern", "The knee hurts")
    page.press("#concern", "Shift+Enter")
    page.keyboard.type("on stairs")
    page.press("#concern", "Enter")
    page.wait_for_selector("#concern", state="detached")
    assert "The knee hurts\non stairs" in page.inner_text("#call-side")


def test_adding_a_lead_shows_who_is_known_and_keeps_what_was_typed(
    draft: None, signed_in: Callable[..., Page], axe: Callable[[Page], list[str]]  # noqa: F811
) -> None:
    page = signed_in("dana")
    page.goto("/add")
    page.fill("#caller", "Rosa Delgado")
    page.wait_for_selector("#add-known .call-match")
    page.wait_for_selector("#saved:has-text('Saved')")
    assert axe(page) == [] and page.evaluate(WIDE) <= 0
    page.goto("/today")
    page.click("text=Go on adding")
    assert page.input_value("#caller") == "Rosa Delgado"
