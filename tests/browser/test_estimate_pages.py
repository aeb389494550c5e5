"""What the first visit costs, in Chromium: the desk's page at both widths, the family's own without any script."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import PHONE
from tests.people import FAMILY, but

from firstvisit.web.tests.payers_say import CLEAN, PLAN, SPEECH

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SEEN = os.environ.get("FIRSTVISIT_PICTURES", "")
"""A folder for pictures of the screens, for whoever looks at them."""
SELF_PAY = but(FAMILY, payers=[{"kind": "private_pay"}])


@pytest.fixture
def sound(axe: Callable[[Page], list[str]]) -> Callable[[Page, str], None]:
    """Nothing is wider than the window, and axe finds nothing; a picture is kept where one is wanted."""

    def look(page: Page, name: str, *, by_axe: bool = True) -> None:
        if SEEN:
            size = page.viewport_size
            page.screenshot(path=str(Path(SEEN) / f"{name}-{size['width'] if size else 0}.png"), full_page=True)
        if by_axe:
            assert axe(page) == []
        assert page.evaluate(WIDE) <= 0

    return look


@pytest.fixture
def link(django_db_blocker: Any) -> Callable[[], str]:
    """The address of the newest estimate's own page."""

    def of() -> str:
        from firstvisit.kernel import clock
        from firstvisit.steps.coverage.estimate_links import estimate_mark
        from firstvisit.steps.coverage.models import Estimate

        with django_db_blocker.unblock():
            return f"/estimate/{estimate_mark(Estimate.objects.latest('made_at').id, at=clock.now())}"

    return of


def test_the_desk_makes_gives_and_notes_it(
    dana: Page, asks: Callable[..., str], sound: Callable[..., None]
) -> None:
    dana.goto(asks(SELF_PAY))
    dana.get_by_role("link", name="What the first visit costs").click()
    expect(dana.get_by_text("We expect the first visit to cost you $160 to $230.")).to_be_visible()
    sound(dana, "estimate-none")
    dana.get_by_text("They asked what it costs").click()
    dana.get_by_label("Who asked, and how").fill("The mother, by phone")
    dana.get_by_role("button", name="Note it").click()
    expect(dana.get_by_text("They asked what it costs: a good faith estimate")).to_be_visible()
    dana.get_by_role("link", name="Back to").click()
    expect(dana.get_by_role("link", name="Make it and give it")).to_be_visible()
    sound(dana, "lead-owes-estimate")
    dana.get_by_role("link", name="Make it and give it").click()
    dana.get_by_role("button", name="Make the estimate").click()
    dana.get_by_role("radio", name="On paper", exact=True).check()
    dana.get_by_role("button", name="Give it, or note that you did").click()
    expect(dana.get_by_text("Given on paper")).to_be_visible()
    dana.get_by_role("radio", name="Signed on paper").check()
    dana.get_by_label("Who accepted it").fill("Odalys Quisenberry")
    dana.get_by_role("button", name="Note that they accepted").click()
    expect(dana.get_by_text("Accepted signed on paper")).to_be_visible()
    dana.get_by_role("button", name="Make a new estimate").click()
    dana.get_by_text("Good faith estimate. Speech therapy").click()
    sound(dana, "estimate-made")


def test_an_insured_family_s_arithmetic_stands_step_by_step(
    dana: Page, asks: Callable[..., str], sound: Callable[..., None], django_db_blocker: Any
) -> None:
    address = asks(FAMILY)
    with django_db_blocker.unblock():
        from firstvisit.leads.queries import by_code
        from firstvisit.web.tests.payers_say import answered

        lead = by_code(address.rpartition("/")[2])
        assert lead is not None
        answered(lead, *CLEAN)
    dana.goto(f"{address}/estimate")
    expect(dana.get_by_text("Copay of $25")).to_be_visible()
    sound(dana, "estimate-insured")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_family_opens_reads_and_accepts_it_without_a_script(
    width: int, dana: Page, asks: Callable[..., str], link: Callable[[], str], sound: Callable[..., None],
    chromium: Browser, server: str,
) -> None:  # fmt: skip
    dana.goto(f"{asks(SELF_PAY)}/estimate")
    dana.get_by_role("button", name="Make the estimate").click()
    expect(dana.get_by_text("Not given yet")).to_be_visible()
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=False, base_url=server, accept_downloads=True
    )
    family = context.new_page()
    family.goto(link())
    assert "Quisenberry" not in family.content() and "$" not in family.content()
    sound(family, "family-closed", by_axe=False)
    family.get_by_label("Birth date").fill("2020-01-01")
    family.get_by_role("button", name="Open").click()
    expect(family.get_by_text("This is not the birth date that we have").first).to_be_visible()
    family.get_by_label("Birth date").fill("2023-09-14")
    family.get_by_role("button", name="Open").click()
    expect(family.get_by_text("We expect the first visit to cost you $160 to $230.")).to_be_visible()
    sound(family, "family-open", by_axe=False)
    with family.expect_download() as paper:
        family.get_by_role("button", name="Keep it as a PDF").click()
    assert paper.value.suggested_filename.startswith("estimate-L-")
    if SEEN:
        paper.value.save_as(Path(SEEN) / "estimate.pdf")
    family.get_by_role("button", name="Español").click()
    expect(family.get_by_text("Calculamos que la primera visita le costará $160 a $230.")).to_be_visible()
    sound(family, "family-spanish", by_axe=False)
    family.get_by_role("button", name="English").click()
    family.get_by_label("Your first and last name").fill("Odalys Quisenberry")
    family.get_by_role("button", name="I have read and accept it").click()
    expect(family.get_by_text("Accepted ")).to_be_visible()
    context.close()


def test_axe_finds_nothing_on_the_family_s_page(
    dana: Page, asks: Callable[..., str], link: Callable[[], str], sound: Callable[..., None]
) -> None:
    dana.goto(f"{asks(SELF_PAY)}/estimate")
    dana.get_by_role("button", name="Make the estimate").click()
    expect(dana.get_by_text("Not given yet")).to_be_visible()
    dana.goto(link())
    sound(dana, "axe-closed")
    dana.get_by_label("Birth date").fill("2023-09-14")
    dana.get_by_role("button", name="Open").click()
    expect(dana.get_by_text("We expect the first visit to cost you")).to_be_visible()
    sound(dana, "axe-open")


def test_the_biller_reads_an_insured_arithmetic_on_a_phone(
    machine: Callable[..., Page], asks: Callable[..., str], sound: Callable[..., None], django_db_blocker: Any
) -> None:
    walt = machine("walt", PHONE)
    address = asks(FAMILY)
    with django_db_blocker.unblock():
        from firstvisit.leads.queries import by_code
        from firstvisit.web.tests.payers_say import answered

        lead = by_code(address.rpartition("/")[2])
        assert lead is not None
        answered(lead, PLAN, SPEECH, "EB*B**AF***27*30*****Y", "EB*C*IND*30***29*900*****Y")
    walt.goto(f"{address}/estimate")
    expect(walt.get_by_text("the deductible takes more of the visit first")).to_be_visible()
    sound(walt, "walt")
