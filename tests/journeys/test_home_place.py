"""A ZIP that the stated town contradicts is a question: asked in the call and by letter, until it is answered."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import FAMILY, TUESDAY, but, surgeon

from firstvisit.journey import jobs
from firstvisit.journey.verify import verify
from firstvisit.kernel import clock
from firstvisit.leads.models import DecisionRow, FactsRow, Lead, Task
from firstvisit.messages.models import Message

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
TORN = but(FAMILY, patient__city="Milwaukee", patient__state="WI", payers=None)
"""A family with a ZIP of Madison, eighty miles from the town that it states."""
ASKS = "The ZIP code and the town or state we have do not fit together."


@pytest.fixture
def dana(browser: Callable[[str], Client], tuesday: datetime) -> Client:
    return browser("dana")


def waits(lead: Lead) -> list[tuple[str, str]]:
    lead.refresh_from_db()
    return [(what, whom) for what, whom, *_ in lead.blockers]


def shown(dana: Client, lead: Lead) -> str:
    return html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def called(dana: Client, lead: Lead, **said: str) -> None:
    """A call about the lead in which this is answered."""
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    assert ASKS in html.unescape(dana.get(f"{card}?q=home_place").content.decode())
    for name, value in said.items():
        assert dana.post(f"{card}/answer", {name: value}).status_code in (200, 303)
    assert dana.post(f"{card}/end", {"result": "reached_answered"}).status_code == 303


def test_it_is_said_and_waited_for_and_asked_on_the_next_call(dana: Client, arrive: Arrive) -> None:
    lead = arrive(TORN)
    assert waits(lead) == [("home_place", "family")]
    page = shown(dana, lead)
    assert "Home: ZIP and town disagree" in page and "the ZIP and the city or state stated beside it disagree" in page
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    assert ASKS in html.unescape(dana.get(card).content.decode())
    assert not any(verify(row) for row in DecisionRow.objects.filter(lead=lead))


@pytest.mark.parametrize(
    ("said", "home", "in_area"),
    [
        ({"home_place": "zip"}, ("53713", "Madison", "WI"), True),
        ({"home_place": "town", "zip": "53202"}, ("53202", "Milwaukee", "WI"), False),
        ({"home_place": "town", "city": "Fitchburg", "zip": "53711"}, ("53711", "Fitchburg", "WI"), True),
    ],
)
def test_the_answer_mends_the_record_and_ends_the_wait(
    dana: Client, arrive: Arrive, said: dict[str, str], home: tuple[str, str, str], in_area: bool
) -> None:
    lead = arrive(TORN)
    called(dana, lead, **said)
    facts = FactsRow.objects.get(lead=lead)
    assert (facts.zip_disagrees, facts.in_area) == (None, in_area)
    assert "home_place" not in [what for what, _ in waits(lead)]
    assert f"{home[1]}, {home[2]} {home[0]}" in shown(dana, lead)


def test_what_nobody_knows_is_not_asked_again(dana: Client, arrive: Arrive) -> None:
    lead = arrive(TORN)
    called(dana, lead, home_place="unknown")
    assert FactsRow.objects.get(lead=lead).zip_disagrees and waits(lead) == []
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    assert ASKS not in html.unescape(dana.get(card).content.decode())


def test_the_one_request_to_the_family_asks_it_beside_what_else_is_missing(
    dana: Client, arrive: Arrive, mailbox: Mailbox
) -> None:
    lead = arrive(but(TORN, program="feeding", documents=[], order_signed=None, order="none"))
    assert set(waits(lead)) == {("order", "family"), ("home_place", "family")}
    proposed = Task.objects.get(lead=lead, kind="propose_papers_request", status="open")
    assert dana.post(f"/tasks/{proposed.id}/answer", {"answer": "accepted"}).status_code == 303
    clock.move(timedelta(minutes=1))
    jobs.sweep()
    [message] = Message.objects.filter(lead=lead, template="papers_family")
    assert message.status == "sent"
    text = mailbox.text()
    assert "the order for therapy, signed and dated" in text and "the home ZIP code and town" in text
    assert "tell us at (608) 555-0140 which doctor orders it, and we ask them" in text
    assert "tell us which is right" in text
    called(dana, lead, home_place="zip")
    clock.move(timedelta(hours=1))
    jobs.sweep()
    assert waits(lead) == [("order", "family")]
    assert Message.objects.filter(lead=lead, template="papers_family").count() == 1
    assert not Task.objects.filter(lead=lead, kind="propose_papers_request", status="open").exists()


def test_where_nobody_else_can_be_reached_the_office_is_asked(dana: Client, arrive: Arrive) -> None:
    sent = surgeon(TUESDAY.date())
    sent["patient"] |= {"city": "Milwaukee", "state": "WI", "postal_code": "53713", "phone": None, "email": None}
    lead = arrive({name: value for name, value in sent.items() if name != "contact"})
    assert ("home_place", "referrer") in waits(lead)
