"""The copy-card of somebody of whom everything is stated: each field has a key that copies it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.people import FAMILY, TUESDAY, but

from .conftest import DESK, PHONE

pytestmark = pytest.mark.browser
SEEN = os.environ.get("FIRSTVISIT_PICTURES", "")
"""A folder for pictures of the screens, for whoever looks at them."""
FULL = but(
    FAMILY,
    patient={
        **FAMILY["patient"], "middle_name": "Ann", "suffix": "Jr", "sex": "female", "phone": "+16085550101",
        "street": "3 Elm Street", "city": "Madison", "state": "WI", "language": "Spanish", "interpreter": True,
        "preferred_name": "Mira", "email": "mirabelle.quisenberry@example.org",
    },
    contact={**FAMILY["contact"], "authority": "parent", "extension": "12"},
    access_needs="Ramp",
    payers=[
        {"name": "Northfield Health", "member_id": "NHQ-7731-55", "group_number": "G-12", "claim_number": "C-1",
         "subscriber_name": "Odalys Quisenberry", "subscriber_date_of_birth": "1990-02-03",
         "authorization_number": "AU-88"},
        {"name": "Medicare", "member_id": "1EG4-TE5-MK73", "group_number": "G-13", "claim_number": "C-2",
         "adjuster_name": "Ann Poe", "adjuster_phone": "+16085550177"},
    ],
    referrer={"name": "Elke Brandt", "credential": "MD", "organization": "Lakeside Pediatrics", "npi": "1234567893",
              "phone": "+16085550150", "fax": "+16085550151", "role": "physician"},
    ordering={"name": "Ngozi Okafor", "credential": "MD", "organization": "Mendota Clinic", "npi": "1780000133",
              "phone": "+16085550152", "fax": "+16085550153"},
    diagnoses=["F80.1", "F80.2"],
    frequencies=[{"discipline": "SLP", "visits_per_week": 2, "weeks": 8}],
    events=[{"kind": "injury", "date": "2026-10-02"}],
)  # fmt: skip


@pytest.fixture
def card(server: str, asks: Callable[..., str], django_db_blocker: Any) -> str:
    """The address of the card of a booked child."""
    from firstvisit.journey.advancing import advance
    from firstvisit.kernel import clock
    from firstvisit.leads.queries import by_code
    from firstvisit.steps.booking import claims
    from firstvisit.steps.booking.tests.slots import WANT, resource, slot

    with django_db_blocker.unblock():
        clock.move(TUESDAY - clock.now())
    address = asks(FULL)
    with django_db_blocker.unblock():
        lead = by_code(address.rpartition("/")[2])
        assert lead is not None
        where = slot(TUESDAY + timedelta(hours=3), resource("anna_lindqvist"))
        claims.book(where, lead, WANT, made_by="desk", now=clock.now())
        advance([lead.id])
    return f"{address}/emr-card"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_field_has_a_key_that_copies_it(
    card: str, machine: Callable[..., Page], axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = machine("dana", size)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(card)
    assert not axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"copy-card-{size['width']}.png"), full_page=True)
    fields = [
        (button.get_attribute("data-key") or "", button.get_attribute("data-copy"), button.get_attribute("data-label"))
        for button in page.locator("button[data-copy]").all()
    ]
    keys = [key for key, _, _ in fields]
    assert len(keys) > 45 and all(keys) and len(set(keys)) == len(keys)
    assert ("Last name", "Quisenberry") in [(label, value) for _, value, label in fields]
    assert ("Suffix", "Jr") in [(label, value) for _, value, label in fields]
    for key, value, label in fields:
        for each in key:
            page.keyboard.press(each)
        expect(page.locator("#copied")).to_have_text(f"{label} is copied.")
        assert page.evaluate("navigator.clipboard.readText()") == value, key
    page.keyboard.press("x")
    expect(page.locator("#copied")).to_have_text("X, and now the second key.")
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    assert page.evaluate("navigator.clipboard.readText()") == next(value for key, value, _ in fields if key == "0")
