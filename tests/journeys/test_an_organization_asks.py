"""An organization that asks for services is answered in words of its own: it referred nobody and named no patient."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import ORGANIZATION

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, Task

pytestmark = pytest.mark.django_db
ENQUIRY = {
    "referrer_name": "Ida Holm", "organization": "Oak Manor", "role": "other", "referrer_phone": "262-555-0144",
    "referrer_email": "ida@example.org", "updates_by": "email", "needs": "PT and OT on site", "size": "40",
    "token": "o" * 32,
}  # fmt: skip
OF_A_PATIENT = re.compile(r"referral|referred|\bpatient|envío|paciente", re.I)


def sent(mailbox: Mailbox) -> str:
    clock.move(timedelta(minutes=1))
    while jobs.sweep():
        pass
    mail = mailbox.to("ida@example.org")[-1]
    return f"{mail['Subject']}\n{str(mail.get_payload(decode=True), 'utf-8')}"  # type: ignore[arg-type]


def page(path: str) -> str:
    """What stands between head and foot links of a page, and its foot line, without addresses of other pages."""
    return re.sub(r"<[^>]*>", " ", unescape(Client().get(path).content.decode()))


@pytest.mark.parametrize("language", ["en", "es"])
def test_page_letters_and_status_page_speak_of_an_enquiry(
    tuesday: datetime, dana: Client, mailbox: Mailbox, switched: Callable[..., None], language: str
) -> None:
    switched(partner_receipt="do", partner_status="do")
    done = Client().post("/refer/organization", ENQUIRY)["Location"]
    link = re.findall(r'"(/status/[^"]+)"', Client().get(done).content.decode())[0]
    lead = Lead.objects.get()
    arrival = sent(mailbox)
    assert f"your enquiry arrived (L-{lead.number})" in arrival and "what your organization needs" in arrival
    asked = {"code": f"L-{lead.number}", "email": "ida@example.org"}
    assert Client().post("/status", asked).status_code == 200
    again = sent(mailbox)
    assert "a new link to your enquiry" in again
    behind = page(f"{link}?lang={language}")
    assert {"en": f"Enquiry L-{lead.number}", "es": f"Consulta L-{lead.number}"}[language] in behind
    said = {"how": "out_of_area", "reason": "Too far"}
    assert dana.post(f"/leads/L-{lead.number}/close", said).status_code == 303
    for proposal in Task.objects.filter(lead=lead, status="open", kind="propose_partner_status"):
        dana.post(f"/tasks/{proposal.id}/answer", {"answer": "accepted", "task": str(proposal.id)})
    ended = sent(mailbox)
    assert "the enquiry you sent on" in ended and "closed, because it is outside our area" in ended
    for text in (page(f"{done}?lang={language}"), behind, page(f"{link}?lang={language}"), arrival, again, ended):
        assert OF_A_PATIENT.findall(text) == [], text


def test_a_liaison_reads_what_is_asked_for(arrive: Callable[[Any], Lead], browser: Callable[[str], Client]) -> None:
    lead = arrive(ORGANIZATION)
    shown = unescape(browser("imani").get(f"/leads/L-{lead.number}").content.decode())
    assert f"“{ORGANIZATION['asks']}”" in shown and "hidden from your role" not in shown
