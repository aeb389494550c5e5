"""Coverage on screens, at a desk and on a phone: the panel of the Lead, the queue, a call noted, a reply, a payer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.people import FAMILY, but, surgeon

from firstvisit.web.tests.payers_say import CLEAN, PLAN

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SEEN = os.environ.get("FIRSTVISIT_PICTURES", "")
"""A folder for pictures of the screens, for whoever looks at them."""


@pytest.fixture(autouse=True)
def connected(settings: Any) -> None:
    """The sandbox payer is set up; nobody listens there."""
    from firstvisit.steps.coverage.connectors.sandbox import URL

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, connectors={URL: "http://127.0.0.1:9"})


@pytest.fixture
def says(django_db_blocker: Any) -> Iterator[Callable[..., None]]:
    """The payer of the lead at an address answers with these lines."""
    from firstvisit.leads.queries import by_code
    from firstvisit.web.tests.payers_say import answered, down

    def settle(address: str, *lines: str, silent: bool = False) -> None:
        with django_db_blocker.unblock():
            lead = by_code(address.rpartition("/")[2])
            assert lead is not None
            down(lead) if silent else answered(lead, *lines)

    yield settle


@pytest.fixture
def sound(dana: Page, axe: Callable[[Page], list[str]]) -> Callable[[str], None]:
    """Nothing is wider than the window, and axe finds nothing; a picture is kept where one is wanted."""

    def look(name: str) -> None:
        if SEEN:
            size = dana.viewport_size
            dana.screenshot(path=str(Path(SEEN) / f"{name}-{size['width'] if size else 0}.png"), full_page=True)
        assert axe(dana) == []
        assert dana.evaluate(WIDE) <= 0

    return look


@pytest.fixture
def family(asks: Callable[..., str]) -> str:
    """The address of a lead whose payer a machine asks."""
    return asks(FAMILY)


def test_a_clean_answer_is_read_out_and_its_reply_is_one_click_away(
    dana: Page, family: str, says: Callable[..., None], sound: Callable[[str], None]
) -> None:
    says(family, *CLEAN, "MSG*CALL 800 555 0199 FOR LIMITS THAT HOLD FOR YOUR GROUP", "ZZZ*ODD")
    dana.goto(family)
    panel = dana.locator("#benefits")
    expect(panel).to_contain_text("Plan active. Speech therapy covered, in network. Copay $25 a visit.")
    expect(panel).to_contain_text("18 of 30 left, calendar year")
    panel.get_by_text("In Spanish").click()
    expect(panel.locator("[lang=es]")).to_be_visible()
    sound("panel-clean")
    panel.get_by_role("button", name="Ask again").click()
    expect(dana.locator("#benefits")).to_contain_text("Is being asked.")
    dana.locator("#benefits").get_by_role("link", name="See what was sent and answered").click()
    expect(dana.get_by_label("The reply")).to_contain_text("NM1*IL*1*DOE*ROBIN")
    expect(dana.get_by_text("ZZZ*ODD").first).to_be_visible()
    sound("reply")


def test_one_corrected_field_is_the_whole_effort_of_a_refusal(
    dana: Page, family: str, says: Callable[..., None], sound: Callable[[str], None]
) -> None:
    says(family, "AAA*N**72*C")
    dana.goto("/verification")
    sound("queue-refused")
    dana.get_by_role("link", name="Mirabelle Quisenberry").click()
    panel = dana.locator("#benefits")
    expect(panel).to_contain_text("Ask for a photo of the card, both sides.")
    sound("panel-refused")
    panel.get_by_role("link", name="Correct: member number").click()
    field = dana.get_by_label("Member number", exact=True)
    expect(field).to_be_focused()
    sound("field")
    field.fill("NHQ-7731-56")
    dana.get_by_role("button", name="Save").click()
    says(family, *CLEAN)
    dana.goto(family)
    expect(dana.locator("#benefits")).to_contain_text("Plan active.")
    dana.goto("/verification")
    expect(dana.get_by_text("Nothing waits.")).to_be_visible()
    sound("queue-empty")


def test_a_refused_birth_date_is_put_right_on_the_form_and_can_be_undone(
    dana: Page, family: str, says: Callable[..., None], sound: Callable[[str], None]
) -> None:
    says(family, "AAA*N**71*C")
    dana.goto(family)
    dana.locator("#benefits").get_by_role("link", name="Correct: date of birth").click()
    field = dana.get_by_label("Date of birth", exact=True)
    expect(field).to_be_focused()
    sound("who")
    field.fill("09/15/2023")
    dana.get_by_role("button", name="Save").click()
    expect(dana.get_by_text("Sep 15, 2023").first).to_be_visible()
    expect(dana.locator("#benefits")).to_contain_text("Is being asked.")
    sound("who-put-right")
    dana.get_by_role("button", name="Undo").click()
    expect(dana.get_by_text("Sep 14, 2023").first).to_be_visible()


def test_a_call_is_noted_question_by_question_and_undone(
    dana: Page, family: str, says: Callable[..., None], sound: Callable[[str], None]
) -> None:
    says(family, PLAN)
    dana.goto("/verification")
    dana.get_by_role("link", name="Verify by phone or portal").click()
    form = dana.locator("form.questions")
    expect(form.get_by_label("By phone")).to_be_focused()
    sound("told")
    form.get_by_label("By phone").check()
    form.locator("#active").get_by_label("Yes").check()
    form.locator("#covered").get_by_label("Yes").check()
    form.get_by_label("Copay a visit, $").fill("thirty")
    form.get_by_label("Who answered").fill("Kim")
    form.get_by_role("button").click()
    expect(dana.get_by_text("Nothing was kept yet.")).to_be_visible()
    expect(dana.get_by_label("Who answered")).to_have_value("Kim")
    sound("told-wrong")
    dana.get_by_label("Copay a visit, $").fill("30")
    dana.locator("form.questions").get_by_role("button").click()
    expect(dana.locator("#benefits")).to_contain_text("Copay $30 a visit.")
    expect(dana.locator("#benefits")).to_contain_text("From Kim, by phone")
    sound("panel-told")
    dana.get_by_role("button", name="Undo").click()
    expect(dana.locator("#benefits")).not_to_contain_text("Copay $30")


def test_the_queue_and_the_payers_hold_many_things(
    dana: Page, asks: Callable[..., str], says: Callable[..., None], sound: Callable[[str], None]
) -> None:
    surgery = surgeon(date(2026, 11, 20))
    plan = [{"name": "Northfield Health", "member_id": "NH-1"}]
    inactive, missing = asks(FAMILY), asks(but(surgery, payers=[{"name": "Northfield Health"}]))
    says(inactive, "EB*6**30")
    silent = asks(but(surgery, patient={"first_name": "Ottilie", "last_name": "Fairweather",
                                        "date_of_birth": "1961-02-03"}, payers=plan))  # fmt: skip
    says(silent, silent=True)
    dana.goto("/verification")
    assert missing and dana.locator("tr.row").count() >= 2
    sound("queue")
    dana.keyboard.press("j")
    expect(dana.locator("tr.row.on a").first).to_be_focused()
    dana.goto("/payers")
    sound("payers")
    dana.get_by_role("link", name="Northfield Health").first.click()
    expect(dana.get_by_text("Invented for the sample")).to_be_visible()
    sound("payer")
