"""The desk's screens in Chromium: a call that survives a lost network, a killed server and another machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
WIDE = "document.documentElement.scrollWidth - window.innerWidth"


def begin(page: Page) -> None:
    page.goto("/call")
    page.get_by_role("button", name="Start a call").click()
    expect(page.locator("#ask")).to_contain_text("what number do I call you back on")
    expect(page.get_by_label("Number to call back")).to_be_focused()


def test_a_call_from_the_first_ring_to_the_lead_by_keyboard(machine: Callable[..., Page]) -> None:
    page = machine()
    begin(page)
    page.keyboard.type("(608) 555-0163")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Who is calling")).to_be_focused()
    page.keyboard.type("Karen Nyberg")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_contain_text("Who needs care")
    page.keyboard.press("1")
    expect(page.locator("#ask")).to_contain_text("name and birth date")
    expect(page.locator("main input:focus")).to_have_count(1)
    page.keyboard.type("Karen")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="How did the call end?")).to_be_visible()
    page.get_by_label("Is thinking it over").check()
    page.get_by_role("button", name="End the call").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Karen")


def test_with_the_network_away_it_says_so_and_saves_once_it_is_back(machine: Callable[..., Page]) -> None:
    page = machine()
    begin(page)
    page.context.set_offline(True)
    page.get_by_label("Who is calling").fill("Karen Nyberg")
    expect(page.locator("#saved")).to_contain_text("Not saved: we cannot be reached.")
    expect(page.get_by_label("Who is calling")).to_have_value("Karen Nyberg")
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("Who is calling")).to_have_value("Karen Nyberg")


def test_an_answer_given_while_the_network_is_away_is_not_lost(machine: Callable[..., Page]) -> None:
    page = machine()
    begin(page)
    page.get_by_label("Who is calling").fill("Karen Nyberg")
    page.get_by_label("Who is calling").press("Enter")
    expect(page.locator("#ask")).to_contain_text("Who needs care")
    page.context.set_offline(True)
    page.keyboard.press("1")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    page.context.set_offline(False)
    expect(page.locator("#ask")).to_contain_text("name and birth date")


def test_an_answer_given_after_the_session_ended_waits_for_the_next_sign_in(machine: Callable[..., Page]) -> None:
    page = machine()
    begin(page)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("Who is calling").fill("Karen Nyberg")
    expect(page.locator("#saved")).to_contain_text("Not saved: you were signed off.")
    page.get_by_label("Who is calling").press("Enter")
    expect(page.get_by_label("Who is calling")).to_have_value("Karen Nyberg")
    expect(page.locator("#saved")).to_contain_text("what you typed stays here")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    expect(page.locator("#ask")).to_contain_text("Who needs care")
    expect(page.locator("main")).to_contain_text("Karen Nyberg")


def test_another_machine_goes_on_where_the_first_was_left(machine: Callable[..., Page]) -> None:
    first = machine()
    begin(first)
    first.get_by_label("Who is calling").fill("Karen Nyberg")
    expect(first.locator("#saved")).to_contain_text("Saved")
    second = machine()
    second.goto("/today")
    expect(second.get_by_text("You were interrupted.")).to_be_visible()
    second.keyboard.press("r")
    expect(second.get_by_label("Who is calling")).to_have_value("Karen Nyberg")


def test_a_red_flag_raises_its_line_while_it_is_typed(machine: Callable[..., Page]) -> None:
    page = machine()
    begin(page)
    page.goto(f"{page.url}?q=reason")
    page.get_by_label("In their own words").press_sequentially("since this morning I have chest pain")
    expect(page.locator("#call-flags")).to_contain_text("Please call 911 now")
    expect(page.get_by_label("In their own words")).to_be_focused()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    machine: Callable[..., Page], axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = machine(size=size)
    begin(page)
    card = page.url
    page.get_by_label("Number to call back").fill("555")
    expect(page.locator("#call-wrong")).to_contain_text("not a phone number")
    places = ["/add", "/add?how=window", "/call", card, f"{card}?q=who", f"{card}?q=times", f"{card}?q=reason",
              f"{card}?q=date", f"{card}?end", "/find", "/day-sheet"]  # fmt: skip
    for place in places:
        page.goto(place)
        assert axe(page) == [], place
        assert page.evaluate(WIDE) <= 0, place
    page.goto(card)
    page.locator(".call-alarm summary").click()
    assert axe(page) == []


def test_finding_while_typing_by_keyboard(machine: Callable[..., Page]) -> None:
    page = machine()
    page.goto("/add")
    page.get_by_label("Who first and last name").fill("Rosalinde Quisenberry")
    page.get_by_label("Number to call back").fill("6085550142")
    page.get_by_label("Themselves").check()
    page.get_by_role("button", name="Add the lead").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Quisenberry")
    page.goto("/today")
    page.keyboard.press("/")
    page.keyboard.type("qui")
    expect(page.locator("#found a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Quisenberry")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_who_is_known_already_stands_in_sight_of_whoever_types(
    machine: Callable[..., Page], axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = machine(size=size)
    page.goto("/add")
    page.get_by_label("Who first and last name").fill("Rosalinde Quisenberry")
    page.get_by_label("Number to call back").fill("6085550142")
    page.get_by_label("Themselves").check()
    page.get_by_role("button", name="Add the lead").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Quisenberry")
    page.goto("/add")
    page.get_by_label("Number to call back").press_sequentially("6085550142")
    known = page.locator(".call-match")
    expect(known).to_contain_text("Quisenberry")
    expect(known).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Number to call back")).to_be_in_viewport(ratio=1)
    assert axe(page) == [] and page.evaluate(WIDE) <= 0


def test_undo_counts_down_and_takes_back(machine: Callable[..., Page], axe: Callable[[Page], list[str]]) -> None:
    page = machine()
    page.goto("/add")
    page.get_by_label("Who first and last name").fill("Rosalinde Quisenberry")
    page.get_by_label("Number to call back").fill("6085550142")
    page.get_by_role("button", name="Add the lead").click()
    page.get_by_role("button", name="Take").click()
    expect(page.locator(".undo")).to_contain_text("Taken: L-")
    assert axe(page) == []
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: taken")).to_be_visible()
    expect(page.get_by_role("button", name="Take")).to_be_visible()
