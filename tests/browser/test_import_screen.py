"""The screen for a file of leads in Chromium, at a desk and on a phone: before axe, and from the file to the leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

pytestmark = pytest.mark.browser
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WIDE = "document.querySelector('main').scrollWidth - window.innerWidth"
FILE = (
    "First name,Last name,DOB,ZIP,Phone,Reason for referral,Referring practice with a very long name indeed,Received\n"
    "Mia,Delgado,2024-02-03,53713,608-555-0142,says twenty words,Lakeside,2026-11-02\n"
    "Leo,Haddad,2023-05-06,53713,608-555-0143,stutters,Lakeside,2026-11-03\n"
    "Ava,Okafor,2023-07-08,53713,12,stutters,Lakeside,2026-11-04\n"
)


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Page]:
    """A window in which a manager is signed in."""
    from django.conf import settings
    from django.test import Client

    from firstvisit.practice.models import User

    client = Client()
    client.force_login(User.objects.get(email="mei@cedarstreet.example.org"), backend=BACKEND)
    width, height = request.param
    context = chromium.new_context(viewport=ViewportSize(width=width, height=height), base_url=server)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}])
    yield context.new_page()
    context.close()


def run_jobs() -> None:
    """What the heavy worker would do now."""
    from firstvisit.journey.importing.jobs import import_step
    from firstvisit.steps.intake.models import ImportRun

    for run in ImportRun.objects.filter(status__in=["checking", "importing"]):
        import_step(run_id=str(run.id))


def test_a_file_comes_in_and_every_page_on_the_way_is_sound(
    page: Page, axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(FILE)

    def sound() -> None:
        assert axe(page) == []
        assert page.evaluate(WIDE) <= 0

    page.goto("/imports")
    sound()
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("heading", name="What the columns mean")).to_be_visible()
    sound()
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("heading", name="Checking")).to_be_visible()
    sound()
    run_jobs()
    expect(page.get_by_role("button", name="Bring the rows in")).to_be_visible()
    sound()
    page.get_by_role("button", name="Bring the rows in").click()
    expect(page.get_by_role("heading", name="Who are these people?")).to_be_visible()  # nothing begins unsaid
    page.get_by_label("They are older enquiries").check()
    page.get_by_role("button", name="Bring the rows in").click()
    expect(page.get_by_role("heading", name="Coming in")).to_be_visible()
    run_jobs()
    expect(page.get_by_text("2 opened a lead")).to_be_visible()
    sound()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report").click()
    assert "This is not a phone number" in download.value.path().read_text("utf-8-sig")
    page.goto("/imports")
    sound()
