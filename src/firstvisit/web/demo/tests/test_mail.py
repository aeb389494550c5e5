"""The page of received mail: staff of the demo read it, nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from firstvisit.config.demo.smtp import keep
from firstvisit.journey.receiving import receive
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.messages.models import Message
from firstvisit.practice import queries
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import User
from firstvisit.practice.services import load
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import form, parse
from firstvisit.web.tests.conftest import questions
from firstvisit.web.ui.words import moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]
    settings.HOME = tmp_path
    (tmp_path / "mail").mkdir()
    load(read_folder(SAMPLE), by="test")
    yield


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(email=f"{name}@cedarstreet.example.org"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


@pytest.fixture
def dana() -> Client:
    """Dana of Madison's front desk, signed in."""
    return signed_in("dana")


@pytest.fixture
def ruth() -> Client:
    """The owner, who sees every site, signed in."""
    return signed_in("ruth")


@pytest.fixture
def receipt() -> Message:
    """The receipt of a request that came to Madison."""
    said = {"who": "me", "name": "Rosa Delgado", "email": "rosa@example.org", "may_email": "yes"}
    body = form.kept(2, {**said, "birth_date": "1961-02-08", "concern": "My back hurts"})
    reading = parse("form", body, today=clock.now().date(), programs={})
    receive(Arrival("form", Actor("public"), body, "application/json"), reading)
    return Message.objects.get(lead__site="madison")


def arrived(settings: Settings, subject: str, body: str = "Hello", about: Message | None = None) -> str:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "rosa@example.org", subject
    mail["Message-ID"] = f"<{about.id}@example.org>" if about else "<of-somebody@example.org>"
    mail.set_content(body)
    return keep(settings.HOME / "mail", mail.as_bytes()).stem


def test_a_letter_is_shown_to_those_who_see_its_lead(
    dana: Client, ruth: Client, receipt: Message, settings: Settings
) -> None:
    name = arrived(settings, "About a lead in Madison", about=receipt)
    for sees in (dana, ruth):
        assert "About a lead in Madison" in sees.get("/demo/mail").content.decode()
        assert sees.get(f"/demo/mail/{name}").status_code == 200
    reggie = signed_in("reggie")
    assert "About a lead in Madison" not in reggie.get("/demo/mail").content.decode()
    assert reggie.get(f"/demo/mail/{name}").status_code == 404


def test_a_letter_about_nobody_we_know_is_for_those_who_see_every_site(
    dana: Client, ruth: Client, settings: Settings
) -> None:
    gone = Message(id=uuid4())
    for name in (arrived(settings, "Stray"), arrived(settings, "Of an erased lead", about=gone)):
        assert ruth.get(f"/demo/mail/{name}").status_code == 200
        assert dana.get(f"/demo/mail/{name}").status_code == 404
    assert "No mail yet." in dana.get("/demo/mail").content.decode()


def test_a_hundred_letters_take_as_many_questions_as_one(
    dana: Client, receipt: Message, settings: Settings
) -> None:
    arrived(settings, "One", about=receipt)
    few = questions(dana, "/demo/mail")
    for _ in range(99):
        arrived(settings, "Many", about=receipt)
    assert questions(dana, "/demo/mail") == few


def test_a_letter_shows_when_it_left_by_the_clock_of_the_demo(
    dana: Client, receipt: Message, settings: Settings
) -> None:
    clock.move(timedelta(days=40))
    left = clock.now()
    Message.objects.filter(id=receipt.id).update(status="sending", sending_at=left)
    arrived(settings, "Left later", about=receipt)
    zone = queries.practice().sites["madison"].tz
    assert moment(left, zone, left) in dana.get("/demo/mail").content.decode()
    clock.move(timedelta(days=2))
    assert moment(left, zone, clock.now()) in dana.get("/demo/mail").content.decode()


def test_mail_is_listed_newest_first(ruth: Client, settings: Settings) -> None:
    for subject in ("Older letter", "Newer letter"):
        arrived(settings, subject)
    shown = ruth.get("/demo/mail").content.decode()
    assert shown.index("Newer letter") < shown.index("Older letter")


def test_a_mail_is_readable_and_is_text_only(ruth: Client, settings: Settings) -> None:
    name = arrived(settings, "receipt", "Hola, señora\n\n<script>alert(1)</script>")
    shown = ruth.get(f"/demo/mail/{name}").content.decode()
    assert "Hola, señora" in shown and "<script>alert" not in shown


def test_without_mail_the_page_says_what_comes(dana: Client) -> None:
    assert "No mail yet." in dana.get("/demo/mail").content.decode()


def test_a_mail_that_is_not_there_is_not_found(dana: Client) -> None:
    for name in ("x", "..", "%2e%2e%2fkeys"):
        assert dana.get(f"/demo/mail/{name}").status_code == 404


def test_a_visitor_is_sent_to_sign_in() -> None:
    response = Client().get("/demo/mail")
    assert response.status_code == 302 and "/account/" in response["Location"]


def test_there_is_no_such_page_outside_the_demo(dana: Client, settings: Settings) -> None:
    settings.DEMO = False
    assert dana.get("/demo/mail").status_code == 404


def test_who_may_not_see_leads_sees_no_mail() -> None:
    client = Client()
    client.force_login(
        User.objects.get(email="admin@cedarstreet.example.org"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert client.get("/demo/mail").status_code == 404
