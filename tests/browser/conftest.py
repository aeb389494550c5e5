"""Chromium and a running server for the tests of this folder.

`chromium` is one browser for the whole run, `server` the address of a server with the sample practice in it,
`axe` finds what breaks WCAG 2.2 AA on a page. Where no Chromium is installed the tests are skipped; with
FIRSTVISIT_REQUIRE_BROWSER=1 they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.people import TUESDAY

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
expect.set_options(timeout=30_000)
"""Milliseconds until something has to be seen: what passes waits no longer than it must, and machines are slow."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _executable() -> str | None:
    usual = Path("/usr/bin/chromium")
    return str(usual) if usual.exists() else shutil.which("chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium, without a window."""
    found = _executable()
    if found is None:
        if os.environ.get("FIRSTVISIT_REQUIRE_BROWSER") == "1":
            pytest.fail("no chromium on this machine; install the system package chromium")
        pytest.skip("no chromium on this machine: browser tests are skipped")
    # Playwright keeps an event loop in this thread, which Django would take for an async view.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def server(chromium: Browser, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a running server with the sample practice; afterwards the tables are empty again.

    There it is Tuesday morning, whenever the tests run: what is open, and which times are free, is always the same.

    Not pytest-django's own `live_server`: that one empties the tables as the application's role, which may
    not empty the log.
    """
    from django.conf import settings
    from django.db import connections
    from django.test import override_settings
    from pytest_django.live_server_helper import LiveServer

    from firstvisit.config import database
    from firstvisit.config.committed import empty
    from firstvisit.kernel import clock
    from firstvisit.practice import queries
    from firstvisit.practice.files import SAMPLE, read_folder
    from firstvisit.practice.services import load

    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    plain = {**settings.STORAGES, "staticfiles": storage}
    with (
        django_db_blocker.unblock(),
        override_settings(STORAGES=plain, STATIC_ROOT=settings.STATICFILES_DIRS[0]),
    ):
        clock.move(TUESDAY - clock.now())
        load(read_folder(SAMPLE), by="test")
        queries.forget()
        running = LiveServer("127.0.0.1")
        try:
            yield running.url
        finally:
            running.stop()
            with database.as_owner(settings.ENVIRONMENT) as owner:
                empty(owner)
            for connection in connections.all():
                connection.close()


WHOLE = """Math.max(document.body.scrollHeight,
    ...[...document.querySelectorAll(".sheet")].map((sheet) => Math.ceil(sheet.scrollHeight / 0.7)))"""


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """What axe finds on a page: one line for each rule that is broken, with the places."""
    from axe_playwright_python.sync_playwright import Axe

    checker = Axe()

    def findings(page: Page) -> list[str]:
        # The whole page in view, and the whole of an open sheet, which is seven tenths of the window: what the bar at
        # the foot, or the sheet's own button, covers at one moment is no smaller for it.
        page.wait_for_load_state()
        size = page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": size["width"], "height": page.evaluate(WHOLE)})
        options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
        found = checker.run(page, options=options).response["violations"]
        page.set_viewport_size(size)
        return [
            f"{each['id']}: {each['help']} at {', '.join(str(node['target']) for node in each['nodes'])}"
            for each in found
        ]

    return findings


@pytest.fixture
def machine(chromium: Browser, server: str, django_db_blocker: object) -> Iterator[Callable[..., Page]]:
    """A machine at which somebody is signed in; as many as wanted."""
    from django.test import Client

    from firstvisit.practice.models import User

    contexts: list[BrowserContext] = []

    def make(name: str = "dana", size: dict[str, int] = DESK) -> Page:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            client = Client(HTTP_HOST="127.0.0.1")
            client.force_login(User.objects.get(email=f"{name}@cedarstreet.example.org"), backend=BACKEND)
            cookie = next(iter(client.cookies.values()))
        context = chromium.new_context(viewport=size, base_url=server)  # type: ignore[arg-type]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def dana(request: pytest.FixtureRequest, machine: Callable[..., Page]) -> Page:
    """The front desk, at a desk and on a phone."""
    return machine("dana", request.param)


@pytest.fixture
def asks(server: str, django_db_blocker: object) -> Callable[..., str]:
    """Sends requests through the API, one after the other; the address of the lead that the last one was told of."""
    from tests.conftest import poster

    from firstvisit.api.services import make_key
    from firstvisit.kernel.audit import SYSTEM

    def send(*bodies: Any) -> str:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            post = poster(make_key(name="A web form", scopes=["referrals:write"], actor=SYSTEM)[1])
            answers = [post(body) for body in bodies]
        assert {answer.status_code for answer in answers} == {201}, [answer.content for answer in answers]
        return f"/leads/{answers[-1].json()['reference']}"

    return send
