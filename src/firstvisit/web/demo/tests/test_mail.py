"""The page of received mail: staff of the demo read it, nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from firstvisit.config.demo.smtp import keep
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import User
from firstvisit.practice.services import load

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


@pytest.fixture
def dana() -> Client:
    """Dana of the front desk, signed in."""
    client = Client()
    client.force_login(
        User.objects.get(email="dana@cedarstreet.example.org"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def arrived(settings: Settings, subject: str, body: str = "Hello") -> str:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "rosa@example.org", subject
    mail.set_content(body)
    return keep(settings.HOME / "mail", mail.as_bytes()).stem


def test_mail_is_listed_newest_first(dana: Client, settings: Settings) -> None:
    for subject in ("Older letter", "Newer letter"):
        arrived(settings, subject)
    shown = dana.get("/demo/mail").content.decode()
    assert shown.index("Newer letter") < shown.index("Older letter")


def test_a_mail_is_readable_and_is_text_only(dana: Client, settings: Settings) -> None:
    name = arrived(settings, "receipt", "Hola, señora\n\n<script>alert(1)</script>")
    shown = dana.get(f"/demo/mail/{name}").content.decode()
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
