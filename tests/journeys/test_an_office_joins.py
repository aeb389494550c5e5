"""An office that joined a family's request is told that its referral arrived, and more only by a person's word."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.checks import faults
from tests.mail import Mailbox
from tests.people import COURT_ORDER, FAMILY, but

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, Task
from firstvisit.messages.models import Message
from firstvisit.people.models import PossibleMatch
from firstvisit.steps.intake.models import Part

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
OFFICE = {
    "referrer_name": "Hans Vogt", "organization": "Northside Kids Clinic", "role": "physician",
    "referrer_phone": "262-555-0141", "referrer_email": "vogt@example.org", "authority": "", "updates_by": "email",
    "patient_first_name": "Mirabelle", "patient_last_name": "Quisenberry", "birth_date": "2023-09-14",
    "concern": "Speech delay", "event_kind": "none", "order": "none", "token": "a" * 32,
}  # fmt: skip


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def refers(**changes: str) -> str:
    """The office refers on our page; the link to how it stands that it is given."""
    visitor = Client()
    page = text(visitor.get(visitor.post("/refer", {**OFFICE, **changes})["Location"]))
    return next(path for path in page.split('"') if path.startswith("/status/"))


def agreed(dana: Client, lead: Lead) -> None:
    dana.post(f"/leads/L-{lead.number}/take")
    tasks = Task.objects.filter(lead=lead, status="open", key__isnull=False).exclude(kind="tell_partner")
    said = {
        "result": "reached_booked", "visit_site": "madison", "again_at": "2026-11-30T10:00", "words": "Agreed",
    }  # fmt: skip
    assert dana.post(f"/tasks/{tasks.order_by('due_at')[0].id}/done", said).status_code == 303
    sent()


def sent() -> None:
    clock.move(timedelta(minutes=1))
    while jobs.sweep():
        pass


def proposed(lead: Lead) -> Task:
    return Task.objects.get(lead=lead, status="open", kind="propose_partner_status")


def told(mailbox: Mailbox) -> list[str]:
    mails = mailbox.to("vogt@example.org")
    return [str(mail.get_payload(decode=True), "utf-8") for mail in mails]  # type: ignore[arg-type]


@pytest.mark.parametrize("restricted", [True, False])
def test_it_hears_that_it_arrived_and_more_only_with_a_tick(
    tuesday: datetime, dana: Client, arrive: Arrive, mailbox: Mailbox, switched: Callable[..., None], restricted: bool
) -> None:
    switched(partner_status="do", partner_receipt="do")
    lead = arrive(FAMILY)
    if restricted:
        assert dana.post(f"/leads/L-{lead.number}/people", COURT_ORDER).status_code == 303
    clock.move(timedelta(days=1))
    link = refers()
    agreed(dana, lead)
    [arrival] = told(mailbox)
    assert "arrived" in arrival and "as far as we may" in arrival and f"L-{lead.number}" not in arrival
    assert "November 25" in arrival, "the day on which it referred, and no word of when the family asked"
    page = text(dana.get(f"/leads/L-{lead.number}"))
    assert "says itself that it treats the patient; joined a request of the family" in page
    assert "only once it confirmed them, or with the patient's authorization" in page
    assert ("A restriction stands on this lead" in page) is restricted
    proposal = proposed(lead)
    said = {"answer": "accepted", "task": str(proposal.id)}
    assert dana.post(f"/tasks/{proposal.id}/answer", said).status_code == 422
    behind = text(Client().get(link))
    assert behind.count("no word yet") == 3 and "not yet" not in behind and "November 30" not in behind
    assert dana.post(f"/tasks/{proposal.id}/answer", {**said, "authorization_read": "yes"}).status_code == 303
    sent()
    letter = told(mailbox)[-1]
    assert "the first visit is agreed, for Monday, November 30" in letter
    assert "at Cedar Street Therapy Madison" not in letter
    behind = text(Client().get(next(re.finditer(r"/status/\S+", letter))[0]))
    assert re.findall(r"our reference (L-\d+)", letter) == re.findall(r"<h1>Referral (L-\d+)", behind)
    assert behind.count("no word yet") == 1, "what the letter says stands on the page: reached and agreed"
    assert faults() == []


def test_a_school_that_was_told_with_the_authorization_reads_the_same_on_its_page(
    tuesday: datetime, dana: Client, mailbox: Mailbox, switched: Callable[..., None]
) -> None:
    switched(partner_status="do", partner_receipt="do")
    link = refers(role="school", authority="received_only", contact_phone="608-555-0101")
    lead = Lead.objects.get()
    agreed(dana, lead)
    assert "written authorization" in text(Client().get(link))
    proposal = proposed(lead)
    said = {"answer": "accepted", "task": str(proposal.id), "authorization_read": "yes"}
    assert dana.post(f"/tasks/{proposal.id}/answer", said).status_code == 303
    behind = text(Client().get(link))
    assert "written authorization" not in behind and behind.count("no word yet") == 1


@pytest.mark.parametrize("updates", ["phone", "fax"])
def test_on_the_phone_nothing_of_the_visit_is_said_before_somebody_confirmed_it(
    tuesday: datetime, dana: Client, arrive: Arrive, updates: str
) -> None:
    lead = arrive(FAMILY)
    link = refers(updates_by=updates, fax="262-555-0142", referrer_email="")
    agreed(dana, lead)
    assert Task.objects.filter(lead=lead, kind="tell_partner", status="open").exists()
    page = text(dana.get(f"/leads/L-{lead.number}"))
    assert "Say only: what they sent has arrived." in page and "the first visit is agreed, for" not in page
    confirm = f"/leads/L-{lead.number}/confirm-office"
    assert dana.post(confirm, {"reason": "The mother named them"}).status_code == 422
    assert dana.post(confirm, {"reason": "", "office_sure": "yes"}).status_code == 422
    assert Client().get(link).content.decode().count("no word yet") == 3
    said = {"reason": "The mother named them", "office_sure": "yes"}
    assert dana.post(confirm, said).status_code == 303
    page = text(dana.get(f"/leads/L-{lead.number}"))
    assert "the first visit is agreed, for" in page and "Whoever refers, confirmed" in page
    assert "says itself" not in page and "what became of it: they treat the patient" in page
    assert Client().get(link).content.decode().count("no word yet") == 1
    assert dana.post(confirm, said).status_code == 422, "nobody waits for it any more"
    assert faults() == []


def test_confirmed_it_is_written_to_as_any_office_and_asks_as_one_that_is_known(
    tuesday: datetime, dana: Client, arrive: Arrive, mailbox: Mailbox, switched: Callable[..., None]
) -> None:
    switched(partner_status="do", partner_receipt="do")
    lead = arrive(FAMILY)
    refers()
    said = {"reason": "The mother named them", "office_sure": "yes"}
    assert dana.post(f"/leads/L-{lead.number}/confirm-office", said).status_code == 303
    refers(token="b" * 32, concern="Once more")
    agreed(dana, lead)
    assert "Madison" in told(mailbox)[-1] and "first visit is agreed" in told(mailbox)[-1]


NAMED = {"ordering": {"name": "Dr. Hans Vogt", "organization": "Northside Kids Clinic"}}
ELSEWHERE = {"patient_first_name": "Oda", "patient_last_name": "Elsner", "birth_date": "2019-02-01", "token": "c" * 32}


@pytest.mark.parametrize(
    ("named", "before", "mail"),
    [(True, {}, "treating"), (False, {}, "joins"), (True, {"referrer_email": "else@example.org"}, "joins"),
     (True, None, "joins")],
)  # fmt: skip
def test_an_office_that_the_family_named_and_that_we_have_on_file_is_no_stranger(
    tuesday: datetime, arrive: Arrive, named: bool, before: dict[str, str] | None, mail: str
) -> None:
    if before is not None:
        refers(**{**ELSEWHERE, **before})
        clock.move(timedelta(hours=1))
    lead = arrive(but(FAMILY, **(NAMED if named else {})))
    if before is None:  # what a stranger puts on file after the family asked makes nobody known
        clock.move(timedelta(hours=1))
        refers(**ELSEWHERE)
    link = refers()
    lead.refresh_from_db()
    assert lead.referrer_mail == mail
    assert (f"L-{lead.number}" in text(Client().get(link))) is (mail == "treating")


def test_whoever_joins_is_told_the_same_as_of_a_child_whom_nobody_knows(
    tuesday: datetime, arrive: Arrive, mailbox: Mailbox, switched: Callable[..., None]
) -> None:
    switched(partner_receipt="do")
    arrive(FAMILY)
    pages = [text(Client().get(refers())), text(Client().get(refers(**ELSEWHERE)))]
    sent()
    same = [re.sub(r"L-\d+|[MO]\. [QE]\.|20\d\d", "", page.split("<aside")[0]) for page in pages]
    assert same[0] == same[1]
    letters = [re.sub(r"L-\d+|/\S+", "", letter) for letter in told(mailbox)]
    assert len(letters) == 2 and letters[0] == letters[1]
    assert Message.objects.filter(template="partner_receipt").count() == 2


def test_an_office_whose_slip_of_the_birth_date_was_merged_away_is_no_better_known(
    tuesday: datetime, dana: Client, arrive: Arrive
) -> None:
    lead = arrive(FAMILY)
    clock.move(timedelta(hours=1))
    refers(birth_date="2023-09-15")
    pair = PossibleMatch.objects.get()
    assert dana.post(f"/matches/{pair.id}/same").status_code == 303
    again = arrive(but(FAMILY, concern="Once more"))
    assert again.id == lead.id and again.referrer is not None
    assert again.referrer_mail == "joins"
    assert "joined a request of the family" in text(dana.get(f"/leads/L-{lead.number}"))


def test_an_office_is_its_own_again_once_the_request_that_it_joined_was_about_somebody_else(
    tuesday: datetime, dana: Client, arrive: Arrive
) -> None:
    lead = arrive(FAMILY)
    refers()
    familys, offices = Part.objects.filter(lead=lead).order_by("id")
    said = {"item": str(offices.item_id), "reason": "Another child"}
    assert dana.post(f"/leads/L-{lead.number}/not-this-person", said).status_code == 303
    offices = Part.objects.get(item=offices.item_id)
    assert offices.lead is not None and offices.lead_id != lead.id
    lead.refresh_from_db()
    assert (offices.lead.referrer_mail, lead.referrer, familys.lead_id) == ("treating", None, lead.id)


def test_an_office_stays_with_its_own_request_where_the_familys_was_about_somebody_else(
    tuesday: datetime, dana: Client, arrive: Arrive
) -> None:
    closed = arrive(FAMILY)
    dana.post(f"/leads/L-{closed.number}/close", {"how": "patient_declined", "reason": "Later"})
    lead = arrive(but(FAMILY, concern="Again"))
    refers()
    lead.refresh_from_db()
    assert lead.id != closed.id and lead.referrer_mail == "joins"
    familys, _ = Part.objects.filter(lead=lead).order_by("id")
    said = {"item": str(familys.item_id), "reason": "Another child"}
    assert dana.post(f"/leads/L-{lead.number}/not-this-person", said).status_code == 303
    lead.refresh_from_db()
    assert Part.objects.filter(lead=lead).count() == 1
    assert lead.referrer_mail == "treating"
