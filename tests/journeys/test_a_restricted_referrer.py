"""A restriction names whoever referred, or is reached another way: they are told nothing from then on, by anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.checks import faults
from tests.journeys.documents import arrived, found
from tests.mail import Mailbox
from tests.people import COURT_ORDER, FAMILY, but

from firstvisit.journey import jobs
from firstvisit.journey.inbox import verbs
from firstvisit.journey.inbox.filing import file
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, Task
from firstvisit.messages.models import Message
from firstvisit.people.models import Restriction
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Part

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
REFERS = {
    "referrer_name": "Bertram Quisenberry", "organization": "Lakeside Pediatrics", "role": "physician",
    "referrer_phone": "608-555-0115", "referrer_email": "jost@clinic.example.org", "authority": "treats",
    "patient_first_name": "Mirabelle", "patient_last_name": "Quisenberry", "birth_date": "2023-09-14",
    "contact_name": "Odalys Quisenberry", "contact_phone": "608-555-0101", "concern": "Speech delay",
    "event_kind": "none", "order": "none", "token": "a" * 32,
}  # fmt: skip


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def refers(**changes: str) -> tuple[Lead, str]:
    """He refers the child on our page; the lead, and the link to how it stands that he was given."""
    visitor = Client()
    page = text(visitor.get(visitor.post("/refer", {**REFERS, **changes})["Location"]))
    return Lead.objects.latest("number"), next(path for path in page.split('"') if path.startswith("/status/"))


def agreed(dana: Client, lead: Lead) -> None:
    dana.post(f"/leads/L-{lead.number}/take")
    task = Task.objects.filter(lead=lead, status="open", key__isnull=False).order_by("due_at")[0]
    said = {"result": "reached_booked", "visit_site": "madison", "words": "Agreed"}
    assert dana.post(f"/tasks/{task.id}/done", said).status_code == 303


@pytest.mark.parametrize("updates", ["phone", "email"])
def test_nobody_rings_or_writes_to_a_referrer_whom_a_restriction_names(
    tuesday: datetime, dana: Client, mailbox: Mailbox, updates: str
) -> None:
    lead, _ = refers(updates_by=updates)
    named = {**COURT_ORDER, "first_name": "Bert"} if updates == "phone" else COURT_ORDER
    assert dana.post(f"/leads/L-{lead.number}/people", named).status_code == 303
    agreed(dana, lead)
    kinds = set(Task.objects.filter(lead=lead, status="open").values_list("kind", flat=True))
    assert not kinds & {"tell_partner", "propose_partner_status", "message_refused", "call_office"}
    assert not Message.objects.filter(lead=lead, template="partner_status", status__in=("wanted", "sent")).exists()
    for place in ("", "/packet"):
        page = text(dana.get(f"/leads/L-{lead.number}{place}"))
        assert "nothing: a restriction names them" in page and "they treat the patient" not in page
    assert faults() == []


def test_lifted_they_are_told_again(tuesday: datetime, dana: Client) -> None:
    lead, link = refers(updates_by="phone")
    dana.post(f"/leads/L-{lead.number}/people", COURT_ORDER)
    said = {"do": "lift", "restriction": str(Restriction.objects.get().id), "reason": "It ended"}
    dana.post(f"/leads/L-{lead.number}/people", said)
    agreed(dana, lead)
    assert Task.objects.filter(lead=lead, status="open", kind="tell_partner").exists()
    assert Client().get(link).status_code == 200


def test_the_status_link_of_somebody_whom_a_restriction_names_tells_nothing_more(
    tuesday: datetime, dana: Client, mailbox: Mailbox
) -> None:
    lead, link = refers(updates_by="email")
    assert Client().get(link).status_code == 200
    dana.post(f"/leads/L-{lead.number}/people", COURT_ORDER)
    gone = Client().get(link)
    assert gone.status_code == 410 and "M. Q." not in text(gone) and f"L-{lead.number}" not in text(gone)
    asked = {"code": f"L-{lead.number}", "email": "jost@clinic.example.org"}
    assert Client().post("/status", asked).status_code in (200, 404)
    assert not Message.objects.filter(lead=lead, template="status_link").exists()


@pytest.mark.parametrize("agreed_before", [True, False])
def test_the_status_link_of_an_office_that_knows_name_and_birth_date_tells_of_its_own_referral_alone(
    tuesday: datetime, dana: Client, agreed_before: bool
) -> None:
    lead, own = refers()
    if agreed_before:
        agreed(dana, lead)
    stranger = {
        "referrer_name": "Wilma Other", "organization": "Quite Another Clinic", "referrer_phone": "262-555-0141",
        "referrer_email": "wilma@example.org", "contact_name": "", "contact_phone": "608-555-0188",
        "updates_by": "email", "token": "c" * 32,
    }  # fmt: skip
    visitor = Client()
    done = text(visitor.get(visitor.post("/refer", {**REFERS, **stranger})["Location"]))
    link = next(path for path in done.split('"') if path.startswith("/status/"))
    assert Part.objects.filter(lead=lead).count() == 2, "it joined the lead of the patient"
    if not agreed_before:
        agreed(dana, lead)
    theirs, familys = text(Client().get(link)), text(Client().get(own))
    assert f"L-{lead.number}" not in theirs and f"L-{lead.number}" in familys
    assert (theirs.count("no word yet"), familys.count("no word yet")) == (3, 1)


STRANGER = {
    "referrer_name": "Wilma Other", "organization": "Quite Another Clinic", "referrer_phone": "262-555-0141",
    "referrer_email": "wilma@example.org", "contact_name": "", "contact_phone": "608-555-0188", "updates_by": "email",
}  # fmt: skip
BY_FAX = (
    found("patient.first_name", "Mirabelle"), found("patient.last_name", "Quisenberry"),
    found("patient.date_of_birth", "2023-09-14"), found("referrer.name", "Wilma Other"),
    found("referrer.organization", "Quite Another Clinic"), found("referrer.email", "wilma@example.org"),
    found("referrer.role", "physician"), found("disciplines", "OT"), found("lead_kind", "referral_partner"),
)  # fmt: skip


@pytest.mark.parametrize("door", ["page", "page twice", "fax"])
def test_the_link_that_is_mailed_to_an_office_tells_of_its_own_referral_where_no_office_stood_before(
    tuesday: datetime, dana: Client, arrive: Arrive, mailbox: Mailbox, staff: Callable[[str], User], door: str
) -> None:
    lead, visitor = arrive(FAMILY), Client()
    if door == "fax":
        item, by = arrived(*BY_FAX), staff("dana")
        verbs.confirm_clear(item, by, actor=SYSTEM)
        assert file(item, by, actor=SYSTEM).code == f"L-{lead.number}"
        reference = f"L-{lead.number}"
    for n in range({"page": 1, "page twice": 2, "fax": 0}[door]):
        sent = visitor.post("/refer", {**REFERS, **STRANGER, "token": str(n) * 32, "concern": f"Speech {n}"})
        reference = re.findall(r"L-\d+", text(visitor.get(sent["Location"])))[0]
        assert reference != f"L-{lead.number}"
    lead.refresh_from_db()
    assert lead.referrer is not None, "nobody else has referred"
    agreed(dana, lead)
    while jobs.sweep():
        pass
    assert visitor.post("/status", {"code": reference, "email": "wilma@example.org"}).status_code == 200
    while jobs.sweep():
        pass
    mail = mailbox.to("wilma@example.org")[-1]
    body = str(mail.get_payload(decode=True), "utf-8")  # type: ignore[arg-type]
    assert door == "fax" or f"L-{lead.number}" not in body, "its own reference"
    page = text(visitor.get(next(re.finditer(r"/status/\S+", body))[0]))
    assert page.count("no word yet") == 3, "a visit was agreed with the family, and not because of this referral"
    assert "Quite Another Clinic" in page
    assert faults() == []


def test_staff_end_the_links_that_were_given_with_a_reason(tuesday: datetime, dana: Client) -> None:
    lead, link = refers(updates_by="email")
    assert "End the status links" in text(dana.get(f"/leads/L-{lead.number}"))
    end = f"/leads/L-{lead.number}/end-status-links"
    assert dana.post(end, {"reason": ""}).status_code == 422
    assert dana.post(end, {"reason": "The address is somebody else's now"}).status_code == 303
    assert Client().get(link).status_code == 410
    page = text(dana.get(f"/leads/L-{lead.number}"))
    assert "Links to how it stands, ended" in page and "Status link" in page


@pytest.mark.parametrize("form", ["family.inv+x@example.org", "Familyinv@example.org", "f.a.milyinv+a+b@example.org"])
def test_an_address_to_avoid_is_one_mailbox_however_it_is_written(
    tuesday: datetime, dana: Client, arrive: Arrive, mailbox: Mailbox, form: str
) -> None:
    lead = arrive(FAMILY)
    avoid = {"do": "restrict", "kind": "avoid_address", "address": "family.inv@example.org", "reason": "Read by him"}
    assert dana.post(f"/leads/L-{lead.number}/people", avoid).status_code == 303
    brother = {"patient__first_name": "Thaddeus", "patient__date_of_birth": "2019-02-01", "payers": None}
    for whom in ({}, brother):
        arrive(but(FAMILY, **whom, contact__email=form))
    while jobs.sweep():
        pass
    assert not [to for to, *_ in mailbox.mails if "inv" in to.casefold()]


@pytest.mark.parametrize("written", ["father+kids@example.org", "fa.ther@example.org"])
def test_by_another_spelling_of_the_mailbox_of_somebody_barred_they_are_known(
    tuesday: datetime, dana: Client, arrive: Arrive, written: str
) -> None:
    lead = arrive(FAMILY)
    dana.post(f"/leads/L-{lead.number}/people", {**COURT_ORDER, "email": "father@example.org"})
    him = {"contact__name": "Bertram Quill", "contact__phone": "+16085550199", "contact__email": written}
    named = {"patient__first_name": "Wanda", "patient__last_name": "Elsewhere", "patient__date_of_birth": "2016-01-02"}
    for whom in ({}, named):
        his = arrive(but(FAMILY, **him, **whom, payers=None))
        assert Task.objects.filter(lead=his, kind="restricted_wrote", status="open").exists()


@pytest.mark.parametrize(
    "changes",
    [{"first_name": "x" * 5000}, {"first_name": "\U0001f98a", "last_name": "\U0001f98a"}, {"last_name": "<b>Q</b>"}],
)
def test_what_can_be_no_name_names_nobody(
    tuesday: datetime, dana: Client, arrive: Arrive, changes: dict[str, str]
) -> None:
    lead = arrive(FAMILY)
    assert dana.post(f"/leads/L-{lead.number}/people", {**COURT_ORDER, **changes}).status_code == 422
    assert not Restriction.objects.exists()
