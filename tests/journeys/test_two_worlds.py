"""Whoever merely knows a name and a birth date tries again and again to find out whether that child is here: every
answer reads as it would of a child whom nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.conftest import ClientPost
from tests.mail import Mailbox
from tests.people import COURT_ORDER, FAMILY, but

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
HERE, NOBODY = ("Mirabelle", "Quisenberry"), ("Bruna", "Wackernagel")
BORN = "2023-09-04"
A, B, MAIL = "phone A", "phone B", "a mailbox"
WAYS = (
    {A: "+19065550141", B: "+19065550142", MAIL: "one@example.org"},
    {A: "+19065550151", B: "+19065550152", MAIL: "two@example.org"},
)
"""What is meant by these in each world: nobody is known from the other one."""
DOCTORS = [
    {"name": f"Uwe {name}", "organization": f"{name} Clinic", "phone": phone, "role": "physician"}
    for name, phone in (("Almbach", "+19065550161"), ("Esching", "+19065550162"))
]


class World:
    """The doors as somebody uses them who asks about one child, and what they read there."""

    def __init__(self, post: ClientPost, child: tuple[str, str], mailbox: Mailbox) -> None:
        self.post, self.child, self.mailbox = post, child, mailbox
        self.ways, self.doctor = WAYS[child == NOBODY], DOCTORS[child == NOBODY]
        self.references: list[str] = []

    def nth(self, reference: str) -> int:
        """A reference as the how manieth that they were ever told."""
        if reference not in self.references:
            self.references.append(reference)
        return self.references.index(reference)

    def father(self, name: str = "Gregor Birk", phone: str = A, mail: str = "", **changes: Any) -> Any:
        """A father by the API."""
        said = {"name": name, "phone": self.ways.get(phone), "email": self.ways.get(mail), "relationship": "father"}
        return self.api(contact={key: each for key, each in said.items() if each}, **changes)

    def api(self, *, named: bool = True, born: str = BORN, own: str = "", **changes: Any) -> Any:
        clock.move(timedelta(minutes=1))
        first, last = self.child
        patient = {"first_name": first, "last_name": last, "date_of_birth": born} if named else {}
        patient |= {"phone": self.ways[own]} if own else {}
        body = {"lead_kind": "caregiver", "program": "early_language", "patient": patient, "contact": {}, **changes}
        told = self.post(body).json()
        return self.nth(told["reference"]), told["outcome"], told["score"], told["joined"]

    def office(self, *, own: str = "") -> Any:
        return self.api(own=own, lead_kind="referral_partner", referrer=self.doctor)

    def form(self, name: str = "Gregor Birk", phone: str = A, mail: str = "", **second: str) -> Any:
        """Both steps of the public form; what the page then says, its references by their order."""
        clock.move(timedelta(minutes=1))
        visitor, mark = Client(), f"{clock.now().timestamp():031.0f}"
        who = {"who": "child", "name": name, "phone": self.ways[phone], "token": f"a{mark}"}
        step = visitor.post("/request", {**who, **({"email": self.ways[mail], "may_email": "1"} if mail else {})})
        said = {
            "patient_first_name": self.child[0], "patient_last_name": self.child[1], "birth_date": "09/04/2023",
            "concern": "Speech", "program": "early_language", "event_kind": "none", "token": f"b{mark}", **second,
        }  # fmt: skip
        page = visitor.get(visitor.post(step["Location"], said)["Location"]).content.decode()
        return self.plain(unescape(re.sub(r"<[^>]*>|\s+", " ", page)))

    def plain(self, text: str) -> str:
        # First: a mark in a link may hold what reads like a reference.
        text = re.sub(r"https?://\S+|[\w:=-]{20,}", "", text)
        return re.sub(r"\bL-\d+\b", lambda found: f"reference {self.nth(found[0])}", text)

    def refers(self) -> Any:
        """An office, by our page for offices."""
        clock.move(timedelta(minutes=1))
        visitor, ways = Client(), self.doctor
        said = {
            "referrer_name": ways["name"], "organization": ways["organization"], "role": "physician",
            "referrer_phone": ways["phone"], "referrer_email": self.ways[MAIL], "updates_by": "email", "authority": "",
            "patient_first_name": self.child[0], "patient_last_name": self.child[1], "birth_date": BORN,
            "concern": "Speech", "event_kind": "none", "order": "none", "token": f"c{clock.now().timestamp():031.0f}",
        }  # fmt: skip
        page = visitor.get(visitor.post("/refer", said)["Location"]).content.decode()
        return self.plain(unescape(re.sub(r"<[^>]*>|\s+", " ", page)))

    def letters(self) -> list[str]:
        while jobs.sweep():
            pass
        return [self.plain(str(mail.get_payload(decode=True), "utf-8")) for mail in self.mailbox.to(self.ways[MAIL])]  # type: ignore[arg-type]


TRIES: dict[str, list[Callable[[World], Any]]] = {
    "without a name": [lambda w: w.father(name=""), lambda w: w.father(name="")],
    "another name by the same phone, by form": [lambda w: w.form(), lambda w: w.form(name="Hilde Dorn")],
    "the form, then the API": [lambda w: w.form(), lambda w: w.father()],
    "another name and phone, the same mailbox": [
        lambda w: w.father(mail=MAIL),
        lambda w: w.father("Hilde Dorn", B, MAIL),
    ],
    "an office states a phone of the patient, a family asks by it": [
        lambda w: w.office(own=B),
        lambda w: w.father(phone=B),
    ],
    "once with the child and once without": [lambda w: w.father(), lambda w: w.father(named=False)],
    "day and month turned round, then right": [lambda w: w.father(born="2023-04-09"), lambda w: w.father()],
    "an office, a family, the office again": [lambda w: w.office(), lambda w: w.father(), lambda w: w.office()],
    "two strangers, each again": [
        lambda w: w.father(),
        lambda w: w.father("Hilde Dorn", B),
        lambda w: w.father(),
        lambda w: w.father("Hilde Dorn", B),
    ],
    "no hurry": [lambda w: w.form(timing="later")],
    "within a month, another zone": [lambda w: w.form(timing="within_month", zip="49855"), lambda w: w.form()],
    "a receipt": [lambda w: w.form(mail=MAIL, timing="within_month"), lambda w: w.letters()],
    "an office by its page, and its letter": [lambda w: w.refers(), lambda w: w.letters()],
    "an office by its page, twice": [
        lambda w: w.refers(),
        lambda w: w.letters(),
        lambda w: w.refers(),
        lambda w: w.letters(),
    ],
    "a receipt, asked twice": [
        lambda w: w.form(mail=MAIL),
        lambda w: w.letters(),
        lambda w: w.form(mail=MAIL, timing="later"),
        lambda w: w.letters(),
    ],
}

OFFICE = {"name": "Hanna Voss", "organization": "Shoreline Medicine", "phone": "+19065550170", "role": "physician"}


@pytest.mark.parametrize("begun_by", ["family", "office", "closed"])
@pytest.mark.parametrize("tries", TRIES)
def test_no_answer_depends_on_whether_the_child_is_here(
    tuesday: datetime, arrive: Arrive, client_post: ClientPost, mailbox: Mailbox,
    browser: Callable[[str], Client], tries: str, begun_by: str,
) -> None:
    family: Any = but(FAMILY, patient__date_of_birth=BORN, patient__postal_code="49855")
    lead = arrive(but(family, lead_kind="referral_partner", referrer=OFFICE) if begun_by == "office" else family)
    if begun_by == "closed":
        said = {"how": "patient_declined", "reason": "Later"}
        assert browser("mei").post(f"/leads/L-{lead.number}/close", said).status_code == 303
    begun, told = clock.now(), []
    for child in (HERE, NOBODY):
        clock.move(begun - clock.now())
        mailbox.mails.clear()
        world = World(client_post, child, mailbox)
        told.append([each(world) for each in TRIES[tries]])
    assert told[0] == told[1]


def test_whoever_a_restriction_names_is_promised_the_same_as_anybody(
    tuesday: datetime, dana: Client, arrive: Arrive, client_post: ClientPost, mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    dana.post(f"/leads/L-{lead.number}/people", COURT_ORDER)
    begun, told = clock.now(), []
    for name in ("Bertram Quisenberry", "Oskar Quisenberry"):
        clock.move(begun - clock.now())
        child = NOBODY if told else ("Knuta", "Wackernagel")
        told.append(World(client_post, child, mailbox).form(name=name, phone=B if told else A, timing="later"))
    assert told[0] == told[1]
