"""Whoever sends or asks is written to where they say, and takes nobody else's place; what was stated stays."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.mail import Mailbox
from tests.people import FAMILY, TUESDAY, but, surgeon

from firstvisit.journey import jobs
from firstvisit.leads.models import Lead, LeadReferral, Task
from firstvisit.leads.services import read
from firstvisit.messages import recipients
from firstvisit.messages.models import BY_ITSELF, Message
from firstvisit.people.models import ConsentEntry
from firstvisit.people.queries import identities

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]

REFERS = {
    "role": "physician", "referrer_name": "Wilma Other", "organization": "Quite Another Clinic",
    "npi": "1780000133", "referrer_phone": "(262) 555-0141", "fax": "262-555-0151",
    "referrer_email": "wilma@example.org", "updates_by": "email", "patient_first_name": "Ivo",
    "patient_last_name": "Sandqvist", "birth_date": "03/04/1961", "patient_phone": "608 555 0150", "zip": "53703",
    "concern": "Stiff wrist", "order": "ask", "therapies": ["occupational"], "insurance": "Medicare", "token": "w" * 32,
}  # fmt: skip
"""What somebody types who refers a patient by the public form."""

PETRA: dict[str, Any] = {
    "lead_kind": "patient", "discipline": ["OT"], "program": "hand_therapy",
    "patient": {"first_name": "Petra", "last_name": "Swapmail", "date_of_birth": "1963-03-03", "postal_code": "53703",
                "phone": "+16085550161", "email": "petra.true@example.org"},
    "concern": "Tendon repair",
    "consents": [{"channel": "email", "given": True, "wording": "email-receipt:1"}],
}  # fmt: skip


@pytest.fixture
def dana(browser: Callable[[str], Client], tuesday: datetime, pages: None) -> Client:
    return browser("dana")


def refer(**changes: Any) -> Lead:
    before = set(Lead.objects.values_list("id", flat=True))
    answer = Client().post("/refer", {**REFERS, **changes})
    assert answer.status_code == 303, answer.content.decode()
    return Lead.objects.exclude(id__in=before).get()


def shown(dana: Client, lead: Lead) -> str:
    return html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def partner_mail(lead: Lead) -> set[str]:
    messages = list(Message.objects.filter(lead=lead, purpose="partner").select_related("lead"))
    return {each.email for each in recipients.of(messages).values()}


def asked(lead: Lead, kind: str) -> bool:
    return Task.objects.filter(lead=lead, kind=kind, status="open").exists()


def test_an_npi_that_somebody_else_stated_sends_nothing_to_them(dana: Client, arrive: Arrive) -> None:
    base = surgeon(TUESDAY.date())
    arrive(but(base, referrer={**base["referrer"], "email": "lenore@example.org"}))
    lead = refer()
    assert partner_mail(lead) == {"wilma@example.org"}
    page = shown(dana, lead)
    for stated in ("Wilma Other", "Quite Another Clinic", "(262) 555-0141", "(262) 555-0151", "wilma@example.org"):
        assert stated in page
    assert "lenore@example.org" not in page
    assert "NPI before of" in page and "Lenore Castellanos" in page
    assert asked(lead, "npi_of_another")
    assert "Find out who sent this" in page and "npi of another" not in page


def test_a_known_partners_new_fax_and_address_hold_for_what_comes_with_them(dana: Client) -> None:
    first = refer()
    again = refer(
        patient_first_name="Ada", patient_phone="608 555 0151", fax="262-555-0152", referrer_email="new@example.org",
        token="v" * 32,
    )  # fmt: skip
    assert (partner_mail(first), partner_mail(again)) == ({"wilma@example.org"}, {"new@example.org"})
    page = shown(dana, again)
    assert "(262) 555-0152" in page and "(262) 555-0151" not in page
    assert not asked(again, "npi_of_another"), "the same name"


def test_what_a_second_office_sends_adds_to_the_lead_and_takes_nothing_away(dana: Client, arrive: Arrive) -> None:
    base = surgeon(TUESDAY.date())
    lead = arrive(but(base, frequencies=[{"discipline": "PT", "visits_per_week": 2, "weeks": 6}]))
    was = Lead.objects.get(id=lead.id).outcome
    beta = {"name": "Ben Vang", "organization": "Beta Family", "fax": "+12625550161", "updates_by": "fax"}
    later = but(
        base, referrer=beta, diagnoses=["M54.50"], events=[{"kind": "onset", "date": "2026-08-01"}],
        frequencies=[{"discipline": "OT", "visits_per_week": 1, "weeks": 3}], documents=None, order_signed=None,
    )  # fmt: skip
    assert arrive(later) == lead
    task = Task.objects.get(lead=lead, kind="states_otherwise")
    for result, both in (("", 1), ("taken_over", 2)):
        if result:
            assert dana.post(f"/tasks/{task.id}/done", {"result": result}).status_code == 303
        whole = read(LeadReferral.objects.select_related("key").get(lead=lead))
        assert [each.kind for each in whole.events or ()] == ["surgery", "onset"][:both]
        assert [each.code for each in whole.diagnoses or ()] == ["Z96.651", "M54.50"][:both]
        assert [each.discipline for each in whole.frequencies or ()] == ["PT", "OT"][:both]
    assert (whole.referrer.name, whole.referrer.updates_by) == ("Lenore Castellanos", None)
    assert Lead.objects.get(id=lead.id).outcome == was
    page = shown(dana, lead)
    assert "Lenore Castellanos" in page and "(608) 555-0109" in page
    assert "Ben Vang, Beta Family, fax (262) 555-0161" in page


def test_a_stranger_with_name_and_birth_date_is_not_the_address_we_write_to(dana: Client, arrive: Arrive) -> None:
    lead = arrive(PETRA)
    stranger = but(PETRA, patient__email="stranger@example.org", patient__phone=None)
    assert arrive(stranger) == lead
    who, _ = identities([lead.patient_id])[lead.patient_id]  # type: ignore[index, list-item]
    assert (who.email, who.phone) == ("petra.true@example.org", "+16085550161")
    letters = Message.objects.filter(lead=lead).select_related("lead")
    mail = recipients.of(list(letters.exclude(cause_kind=BY_ITSELF)))
    assert {each.email for each in mail.values()} == {"petra.true@example.org"}
    own = recipients.of(list(letters.filter(cause_kind=BY_ITSELF)))
    assert {(each.email, each.first_name) for each in own.values()} == {("stranger@example.org", None)}
    assert ConsentEntry.objects.filter(person=lead.patient).count() == 1, "nothing is allowed at the other address"
    page = shown(dana, lead)
    assert "Also stated" in page and "stranger@example.org" in page
    assert asked(lead, "other_ways")
    assert "Ask which phone or e-mail holds" in page and "other ways" not in page


def test_who_states_what_we_have_and_a_new_address_is_written_to_there(arrive: Arrive, tuesday: datetime) -> None:
    lead = arrive(PETRA)
    assert arrive(but(PETRA, patient__email="petra.new@example.org")) == lead
    who, _ = identities([lead.patient_id])[lead.patient_id]  # type: ignore[index, list-item]
    assert who.email == "petra.new@example.org"
    assert not asked(lead, "other_ways")


def test_a_stranger_has_the_same_mail_of_a_child_we_know_and_of_one_we_do_not(
    dana: Client, arrive: Arrive, mailbox: Mailbox
) -> None:
    arrive(FAMILY)
    while jobs.sweep():
        pass
    mails = []
    for n, child in enumerate(("Mirabelle", "Zebulon")):
        visitor, to = Client(), f"stranger{n}@example.org"
        who = {"who": "child", "name": f"Wanda Stran{'xy'[n]}e", "phone": f"608-555-012{n}", "email": to,
               "may_email": "1", "token": str(n) * 32}  # fmt: skip
        step2 = visitor.post("/request", who)["Location"]
        whom = {"patient_first_name": child, "patient_last_name": "Quisenberry", "birth_date": "2023-09-14"}
        said = {**whom, "concern": "Speech", "event_kind": "none", "zip": "53703", "token": f"b{n}" * 16}
        page = html.unescape(visitor.get(visitor.post(step2, said)["Location"]).content.decode())
        while jobs.sweep():
            pass
        [mail] = mailbox.to(to)
        code = re.findall(r"L-\d+", page)[0]
        body = str(mail.get_payload(decode=True), "utf-8")  # type: ignore[arg-type]
        assert code in body
        mails.append(re.sub(r"https?://\S+", "", body).replace(code, "L-n"))
    assert mails[0] == mails[1]


def test_what_an_office_allows_for_itself_is_not_its_patients_consent(dana: Client) -> None:
    call = dana.post("/call/start")["Location"]
    said = {
        "who": "office", "caller": "Nurse Wren Abbot", "phone": "6085550171", "referrer_office": "Abbot Clinic",
        "first_name": "Zed", "last_name": "Consentsen", "birth_date": "01/01/1962", "therapy": "PT",
        "may_email": "yes", "may_text": "yes",
    }  # fmt: skip
    assert dana.post(f"{call}/answer", said).status_code == 303
    ended = dana.post(f"{call}/end", {"result": "reached_answered", "words": "Sends the order"})
    assert ended.status_code == 303, ended.content.decode()
    lead = Lead.objects.get()
    assert not ConsentEntry.objects.exists()
    assert (lead.facts.may_email, lead.facts.may_text) == (False, False)
    assert "We may e-mail the office that called: yes" in shown(dana, lead)
