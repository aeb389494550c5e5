"""The sample practice, its people signed in, and leads that arrived by the form."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from firstvisit.config.asked import Asked
from firstvisit.journey.receiving import receive
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.leads.models import Lead
from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import supply
from firstvisit.steps.intake.models import Part
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import form, parse

PASSWORD = "correct horse battery staple"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

Arrive = Callable[..., Lead]
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def sample(db: None, settings: LazySettings) -> None:
    """Cedar Street Therapy; styles are served from the source."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    services.load(read_folder(SAMPLE), by="test")


@pytest.fixture
def account() -> Callable[[str], User]:
    """An account by its first name."""
    return lambda name: User.objects.get(email=f"{name}@cedarstreet.example.org")


@pytest.fixture
def signed_in(account: Callable[[str], User]) -> SignIn:
    """A browser in which somebody is signed in."""

    def make(name: str) -> Client:
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(account(name), backend=BACKEND)
        return client

    return make


def questions(browser: Client, path: str) -> int:
    """How often one page asks the database; what a process keeps of the practice and its supply is read again, each
    time."""
    browser.get(path)
    queries.forget()
    supply.forget()
    with Asked(connection) as asked:
        assert browser.get(path).status_code == 200
    return len(asked)


def surname(number: int) -> str:
    """A family name for every number, so unlike the others that nobody takes two families for one."""
    if number == 1:
        return "Delgado"
    digits = hashlib.sha256(str(number).encode()).digest()
    syllables = [f"{'bdfgklmnprstvz'[d % 14]}{'aeiou'[d // 14 % 5]}" for d in digits[:4]]
    return "".join(syllables).capitalize()


def born(day: date) -> date:
    """A birth date as old on the day of the test as `day` was when these tests were written."""
    return day + (clock.now().date() - date(2026, 11, 20))


@pytest.fixture
def arrive() -> Arrive:
    """A request that came by the form, judged: the lead it became part of, also where its sender is not told which."""
    count = 0

    def make(**answers: object) -> Lead:
        nonlocal count
        count += 1
        said = {
            "who": "child",
            "name": f"Rosa {surname(count)}",
            "phone": f"60855501{count % 100:02}",
            "patient_first_name": "Lucía" if count == 1 else surname(count + 900),
            "patient_last_name": surname(count),
            "birth_date": born(date(2021 + count % 4, count * 5 % 12 + 1, count * 11 % 28 + 1)).isoformat(),
            "zip": "53703",
            "therapy": "speech",
            "concern": "About twenty words, no two together.",
            "token": count,
            **answers,
        }
        said.pop("token")
        body = form.kept(2, said)
        reading = parse("form", body, today=clock.now().date(), programs=practice().program_by_any_slug)
        receipt = receive(Arrival("form", Actor("public"), body, "application/json"), reading)
        part = Part.objects.filter(item=receipt.item).order_by("number").first()
        assert part is not None and part.lead is not None
        return part.lead

    return make


@pytest.fixture
def dana(signed_in: SignIn) -> Client:
    """A browser in which the front desk of Madison has signed in."""
    return signed_in("dana")


@pytest.fixture
def call(dana: Client) -> str:
    """The address of a card that Dana has just begun."""
    return str(dana.post("/call/start")["Location"])
