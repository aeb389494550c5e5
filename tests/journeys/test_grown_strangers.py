"""Somebody takes themselves for a grown patient whom we know, again and again, by whichever door: they redirect nothing
of hers, learn nothing of her, and whoever is honest is answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.checks import faults
from tests.conftest import ClientPost
from tests.mail import Mailbox
from tests.people import but

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.people.queries import identities

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
OWN, OTHER = ("608-555-0126", "greta@example.org"), ("608-555-0127", "evil@example.org")
OFFICE = {"name": "Hanna Voss", "organization": "Shoreline Medicine", "phone": "+19065550155", "role": "physician"}
GRETA: dict[str, Any] = {
    "lead_kind": "patient", "discipline": ["PT"], "program": "orthopedic",
    "patient": {"first_name": "Greta", "last_name": "Hallstrom", "date_of_birth": "1966-09-09", "postal_code": "53703"},
    "contact": {"name": "Greta Hallstrom", "relationship": "self"},
    "concern": "My knee gives way on the stairs",
    "consents": [{"channel": "email", "given": True, "wording": "email-receipt:1"}],
}  # fmt: skip


def by_form(name: str, ways: tuple[str, str], *, steps: int = 2) -> str:
    """She, or whoever says so, fills in the public form for herself; the page she ends on."""
    visitor, mark = Client(), f"{clock.now().timestamp():031.0f}"
    who = {"who": "me", "name": name, "phone": ways[0], "email": ways[1], "may_email": "1", "token": f"a{mark}"}
    answer = visitor.post("/request", who)
    if steps == 2:
        said = {"birth_date": "1966-09-09", "concern": "My knee gives way on the stairs", "event_kind": "none",
                "zip": "53703", "token": f"b{mark}"}  # fmt: skip
        answer = visitor.post(answer["Location"], said)
    assert answer.status_code == 303, answer.content.decode()
    return unescape(visitor.get(answer["Location"]).content.decode())


def by_api(post: ClientPost, name: str, ways: tuple[str, str], turn: int = 0) -> Any:
    phone = f"+1{ways[0].replace('-', '')}"
    first, last = name.split()
    said = but(GRETA, patient__first_name=first, patient__last_name=last, contact__name=name, contact__phone=phone,
               contact__email=ways[1], asks=f"Please, {turn}")  # fmt: skip
    return post(said).json()


def sweep() -> None:
    while jobs.sweep():
        pass


def ways_of(lead: Lead) -> tuple[str | None, str | None]:
    lead.refresh_from_db()
    assert lead.patient_id is not None
    who = identities([lead.patient_id])[lead.patient_id][0]
    return who.phone, who.email


def without_moments(text: str) -> str:
    return re.sub(r"\d+:\d\d [ap]m|L-\d+|https?://\S+|/[\w:.=-]{20,}", "", text)


def letters(mailbox: Mailbox, to: str) -> list[str]:
    return [str(mail.get_payload(decode=True), "utf-8") for mail in mailbox.to(to)]  # type: ignore[arg-type]


def names(number: int, texts: list[str]) -> bool:
    """Whether any of these texts names a lead."""
    return any(re.search(rf"\bL-{number}\b", text) for text in texts)


def begun(post: ClientPost, how: str, **known: str) -> Lead:
    """The lead that she, or her doctor's office, opened."""
    if how == "form":
        by_form("Greta Hallstrom", OWN)
    elif how == "api":
        by_api(post, "Greta Hallstrom", OWN)
    else:
        ways = {f"patient__{name}": way for name, way in known.items()}
        post(but(GRETA, lead_kind="referral_partner", contact={}, consents=[], referrer=OFFICE, **ways))
    return Lead.objects.get(closed_at=None)


@pytest.mark.parametrize("begins", ["form", "api", "office"])
@pytest.mark.parametrize("comes", ["form", "api", "mixed", "step"])
def test_however_often_somebody_asks_in_her_name_she_stays_the_one_we_reach(
    tuesday: datetime, client_post: ClientPost, mailbox: Mailbox, dana: Client, begins: str, comes: str
) -> None:
    lead = begun(client_post, begins, phone="+16085550126", email="greta@example.org")
    before = ways_of(lead)
    assert before == ("+16085550126", "greta@example.org")
    for turn in range(3):
        clock.move(timedelta(minutes=2))
        if comes == "api" or (comes == "mixed" and turn == 1):
            assert by_api(client_post, "Greta Hallstrom", OTHER, turn)["reference"] != f"L-{lead.number}"
        else:
            assert not names(lead.number, [by_form("Greta Hallstrom", OTHER, steps=1 if comes == "step" else 2)])
        sweep()
        assert ways_of(lead) == before
    clock.move(timedelta(days=1))
    sweep()
    assert letters(mailbox, OTHER[1]) and not names(lead.number, letters(mailbox, OTHER[1]))
    page = unescape(dana.get(f"/leads/L-{lead.number}").content.decode())
    assert re.search(r"Phone</dt>\s*<dd[^>]*>\s*\(608\) 555-0126", page)
    assert faults() == []


@pytest.mark.parametrize("on_file", [{"phone": "+16085550126", "email": OWN[1]}, {"phone": "+16085550126"}, {}])
@pytest.mark.parametrize("comes", ["form", "api", "step"])
def test_whoever_asks_in_her_name_reads_and_is_mailed_what_they_would_be_of_a_name_nobody_knows(
    tuesday: datetime, client_post: ClientPost, mailbox: Mailbox, comes: str, on_file: dict[str, str]
) -> None:
    lead = begun(client_post, "office", **on_file)
    told: list[list[Any]] = []
    for number, name in enumerate(("Greta Hallstrom", "Wilhelma Ostrander")):
        clock.move(timedelta(minutes=50))
        read, ways = [], (f"608-555-013{number}", f"box{number}@example.org")
        for turn in range(3):
            clock.move(timedelta(minutes=2))
            if comes == "api":
                answer = by_api(client_post, name, ways, turn)
                assert answer["reference"] != f"L-{lead.number}"
                read.append({**answer, **dict.fromkeys(("item", "reference", "status", "answer_by"))})
            else:
                page = by_form(name, ways, steps=1 if comes == "step" else 2)
                read.append(re.sub(r"[\w-]{32,}", "", without_moments(page)))
            sweep()
            read.append(len(letters(mailbox, ways[1])))
        clock.move(timedelta(minutes=40))
        sweep()
        assert not names(lead.number, letters(mailbox, ways[1]))
        told.append([*read, *(without_moments(letter) for letter in letters(mailbox, ways[1]))])
    known, invented = told
    assert len(known) == 7
    for one, other in zip(known, invented, strict=True):
        assert one == other
    assert faults() == []
