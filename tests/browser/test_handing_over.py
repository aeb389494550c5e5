"""Handing over in Chromium: whoever is handed a lead has it at once, and the giver reads it without holding it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.people import FAMILY

pytestmark = pytest.mark.browser

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Machine = Callable[..., Page]


@pytest.fixture
def machine(chromium: Browser, server: str, django_db_blocker: object) -> Iterator[Machine]:
    """A machine at which somebody is signed in; as many as wanted."""
    from django.test import Client

    from firstvisit.practice.models import User

    contexts: list[BrowserContext] = []

    def make(name: str = "dana") -> Page:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            client = Client(HTTP_HOST="127.0.0.1")
            client.force_login(User.objects.get(email=f"{name}@cedarstreet.example.org"), backend=BACKEND)
            cookie = next(iter(client.cookies.values()))
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=server)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def lead(server: str, django_db_blocker: object) -> str:
    """A family's lead, by its code."""
    from firstvisit.journey.receiving import receive
    from firstvisit.kernel import clock
    from firstvisit.kernel.audit import SYSTEM
    from firstvisit.practice.queries import practice
    from firstvisit.steps.intake.services import Arrival
    from firstvisit.steps.intake.sources import parse

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        body = json.dumps(FAMILY).encode()
        reading = parse("api", body, today=clock.now().date(), programs=practice().program_words)
        receipt = receive(Arrival("api", SYSTEM, body, "application/json"), reading)
    assert receipt.code
    return receipt.code


def test_whoever_is_handed_a_lead_can_work_on_it_at_once(machine: Machine, lead: str) -> None:
    dana, mei = machine("dana"), machine("mei")
    dana.goto(f"/leads/{lead}")
    dana.keyboard.press("h")
    dana.get_by_label("To whom").select_option(label="Mei Tanaka")
    dana.get_by_label("Why").locator("visible=true").fill("She knows the family")
    dana.keyboard.press("Enter")
    expect(dana.locator("main")).to_contain_text("Mei Tanaka")
    dana.goto("/today")
    dana.goto(f"/leads/{lead}")
    mei.goto(f"/leads/{lead}")
    expect(mei.locator("body")).not_to_contain_text("has this lead open")
    expect(mei.get_by_role("button", name="Call")).to_be_visible()
    dana.reload()
    expect(dana.locator("body")).to_contain_text("Mei Tanaka has this lead open")
