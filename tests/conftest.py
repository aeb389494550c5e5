"""What the stories stand on: the sample practice, a partner's key, doors, a mail server, and the clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest
from django.db import connections
from django.test import Client

ROOT = str(Path(__file__).parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from tests.mail import Mailbox  # noqa: E402
from tests.people import TUESDAY  # noqa: E402

from firstvisit.api.models import ApiKey  # noqa: E402
from firstvisit.api.services import make_key  # noqa: E402
from firstvisit.config.committed import committed, in_threads  # noqa: E402
from firstvisit.kernel import clock  # noqa: E402
from firstvisit.kernel.audit import SYSTEM  # noqa: E402
from firstvisit.leads.models import Event, Lead  # noqa: E402
from firstvisit.practice import queries, services  # noqa: E402
from firstvisit.practice.files import SAMPLE, read_folder  # noqa: E402
from firstvisit.practice.models import User  # noqa: E402
from firstvisit.practice.shape import Practice  # noqa: E402
from firstvisit.steps.intake.models import Part  # noqa: E402

__all__ = ["committed"]
REFERRALS = "/api/v1/referrals"


class ClientPost(Protocol):
    """Posts one referral; the answer of the REST door. `raw` replaces the JSON body byte for byte."""

    def __call__(
        self,
        body: Any = None,
        *,
        key: str | None = None,
        repeat: str | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
    ) -> Any: ...


@pytest.fixture
def practice(db: None) -> Practice:
    """Cedar Street Therapy, loaded into the test's transaction."""
    services.load(read_folder(SAMPLE), by="tests")
    return queries.practice()


@pytest.fixture
def set_clock(practice: Practice) -> Callable[[datetime], None]:
    """Moves the installation's clock to a moment."""
    return lambda moment: clock.move(moment - clock.now())


@pytest.fixture
def tuesday(set_clock: Callable[[datetime], None]) -> datetime:
    """It is Tuesday morning and both sites are open."""
    set_clock(TUESDAY)
    return TUESDAY


@pytest.fixture
def api_key(practice: Practice) -> str:
    """The text of a partner's key."""
    return make_key(name="Mendota Joint Surgeons", scopes=["referrals:write"], actor=SYSTEM)[1]


@pytest.fixture
def client_post(api_key: str) -> ClientPost:
    """The REST door, with the partner's key unless another is given ("" for none)."""
    return poster(api_key)


def poster(api_key: str) -> ClientPost:
    """The REST door for one key; usable from any thread."""

    def post(
        body: Any = None,
        *,
        key: str | None = None,
        repeat: str | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
    ) -> Any:
        headers = {}
        if text := api_key if key is None else key:
            headers["Authorization"] = f"Bearer {text}"
        if repeat is not None:
            headers["Idempotency-Key"] = repeat
        data = json.dumps(body).encode() if raw is None else raw
        # Named once more, because the test client forgets the content type of an empty body.
        return Client().post(
            REFERRALS, data, content_type=content_type, headers=headers, CONTENT_TYPE=content_type
        )

    return post


@pytest.fixture
def arrive(client_post: ClientPost) -> Callable[[Any], Lead]:
    """Sends a referral through the REST door; the lead it became part of, also where its sender is not told which."""

    def send(body: Any) -> Lead:
        answer = client_post(body)
        assert answer.status_code in (201, 202), answer.content
        part = Part.objects.filter(item=answer.json()["item"]).order_by("number").first()
        assert part is not None and part.lead is not None
        told = answer.json()["reference"]
        own = Event.objects.filter(lead=part.lead, data__told=told, data__item=answer.json()["item"])
        assert told in (None, f"L-{part.lead.number}") or own.exists()
        return part.lead

    return send


@pytest.fixture
def staff(practice: Practice) -> Callable[[str], User]:
    """An account of the sample by first name."""
    return lambda name: User.objects.get(email=f"{name}@cedarstreet.example.org")


@pytest.fixture
def pages(settings: Any) -> None:
    """Pages name their style sheets as they lie in the sources."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def browser(pages: None, practice: Practice) -> Callable[[str], Client]:
    """A browser in which somebody of the sample's staff has signed in."""

    def signed_in(name: str) -> Client:
        client = Client()
        user = User.objects.get(email=f"{name}@cedarstreet.example.org")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def switched(practice: Any, staff: Callable[[str], User]) -> Callable[..., None]:
    """Sets switches of the practice's rules."""

    def set_(**switches: str) -> None:
        sections = queries.live_policy().as_json()
        sections["switches"].update(switches)
        services.publish_policy(sections, note="switches", drafted_by=staff("mei"), signed_by=staff("ruth"))
        queries.forget()

    return set_


@pytest.fixture
def dana(browser: Callable[[str], Client]) -> Client:
    """A browser in which the front desk of Madison has signed in."""
    return browser("dana")


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A mail server of the test's own, to which the application sends."""
    with Mailbox() as box:
        settings.SMTP_URL = box.url
        yield box


@pytest.fixture
def open_doors(committed: psycopg.Connection[Any]) -> str:
    """The sample practice really committed, for tests with several connections; the text of an API key."""
    queries.forget()
    clock.forget()
    services.load(read_folder(SAMPLE), by="tests")
    return make_key(name="Mendota Joint Surgeons", scopes=["referrals:write"], actor=SYSTEM)[1]


def at_once(*functions: Callable[[], Any]) -> list[Any]:
    """Runs functions at the same moment, each with a connection of its own; results or errors in order."""
    return in_threads(len(functions), lambda number: functions[number]())


def counted(*without: str) -> dict[str, int]:
    """How many rows each table has, but for the named ones."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall() if name not in without]
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            found[name] = cursor.fetchone()[0]
    return found


def revoked(text: str) -> ApiKey:
    """The key behind a text, as a row."""
    from firstvisit.kernel.blind import token

    return ApiKey.objects.get(token=token("api_key", text))
