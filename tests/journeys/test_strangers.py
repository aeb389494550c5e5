"""Somebody whom nobody here knows states a patient whose lead is open: nothing that was stated changes by it."""

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
from tests.people import FAMILY, but

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, LeadReferral, Task
from firstvisit.leads.services import read
from firstvisit.people.models import Guardian
from firstvisit.people.queries import identities

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
ASKED: Any = but(FAMILY, documents=[], order_signed=None, timing="asap")
OLGA: Any = {
    "contact__name": "Olga Pest", "contact__phone": "+19205550148", "contact__email": "olga@example.org",
    "contact__relationship": "mother",
}  # fmt: skip
OTHERWISE: Any = {
    **OLGA, "patient__postal_code": "54302", "program": "feeding", "timing": "later",
    "availability": ["fri_pm"], "concern": "We moved away and do not need it any more",
}  # fmt: skip
OFFICE: Any = {
    "lead_kind": "referral_partner", "contact": {}, "concern": "Expressive speech delay",
    "referrer": {"name": "Hanna Voss", "organization": "Shoreline Pediatrics", "phone": "+19065550155"},
    "ordering": {"name": "Hanna Voss", "npi": "1234567893"},
    "diagnoses": [{"code": "F80.1"}],
}  # fmt: skip


@pytest.fixture
def lead(arrive: Arrive, tuesday: datetime) -> Lead:
    return arrive(but(ASKED))


def stated(lead: Lead) -> Any:
    return read(LeadReferral.objects.select_related("key").get(lead=lead))


def stands(lead: Lead) -> tuple[Any, ...]:
    lead.refresh_from_db()
    tasks = Task.objects.filter(lead=lead, status="open").exclude(kind="states_otherwise")
    home = identities([lead.patient_id])[lead.patient_id][0].home if lead.patient_id else None
    return lead.outcome, lead.site, lead.judged, home, sorted(tasks.values_list("kind", "due_at"))


def page_of(dana: Client, lead: Lead) -> str:
    return unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def test_what_a_stranger_states_otherwise_changes_nothing_and_is_asked_about_once(
    lead: Lead, dana: Client, arrive: Arrive
) -> None:
    before, said = stands(lead), stated(lead)
    for _ in range(2):
        assert arrive(but(ASKED, **OTHERWISE)) == lead
    assert stands(lead) == before
    assert stated(lead) == said
    task = Task.objects.get(lead=lead, kind="states_otherwise")
    page = page_of(dana, lead)
    assert "Say whether what somebody unknown states holds" in page and task.reason in page
    assert "54302, says Olga Pest; stands: 53713, stated by Odalys Quisenberry" in page
    assert "Olga Pest, whom nobody here knows:" in page and "“We moved away and do not need it any more”" in page
    packet = unescape(dana.get(f"/leads/L-{lead.number}/packet").content.decode())
    assert "Olga Pest, unknown to us" in packet
    assert faults() == []


def test_taken_over_it_holds_and_left_it_stays(lead: Lead, dana: Client, arrive: Arrive) -> None:
    for result, code in (("left_as_stated", "53713"), ("taken_over", "54302")):
        arrive(but(ASKED, **OTHERWISE))
        task = Task.objects.get(lead=lead, kind="states_otherwise", status="open")
        assert dana.post(f"/tasks/{task.id}/done", {"result": "done"}).status_code == 422
        assert dana.post(f"/tasks/{task.id}/done", {"result": result}).status_code == 303
        assert stated(lead).patient.postal_code == code
        assert lead.patient_id and identities([lead.patient_id])[lead.patient_id][0].postal_code == code
        assert "says Olga Pest" not in page_of(dana, lead)
    assert stated(lead).contact.name == "Odalys Quisenberry" and faults() == []


def test_a_red_flag_in_a_strangers_words_goes_to_a_clinician_at_once(lead: Lead, arrive: Arrive) -> None:
    arrive(but(ASKED, **{**OTHERWISE, "concern": "Since this morning she has chest pain and cannot breathe"}))
    lead.refresh_from_db()
    assert lead.outcome == "clinician_review"


@pytest.mark.parametrize("said", [
    {"not_before": "2027-06-01"}, {"setting": "home"}, {"availability": ["fri_pm"]}, {"timing": "later"},
    {"events": [{"kind": "surgery", "date": "2026-11-20"}]},
])  # fmt: skip
def test_when_and_where_care_is_wanted_is_the_familys_to_say(
    tuesday: datetime, dana: Client, arrive: Arrive, said: dict[str, Any]
) -> None:
    unsaid: Any = but(ASKED, timing=None, availability=None, setting=None, events=None)
    lead = arrive(unsaid)
    before, was = stands(lead), stated(lead)
    assert arrive(but(unsaid, **OLGA, **said)) == lead
    assert stands(lead) == before and stated(lead) == was
    assert Task.objects.filter(lead=lead, kind="states_otherwise", status="open").count() == 1
    assert "says Olga Pest; stands: not stated" in page_of(dana, lead)


def test_what_a_stranger_was_promised_binds_the_desk_and_the_family_was_not_told_it(
    tuesday: datetime, dana: Client, arrive: Arrive
) -> None:
    lead = arrive(but(ASKED, patient__date_of_birth="2020-06-07", program="early_language", timing="within_month"))
    due = Task.objects.filter(lead=lead, status="open").order_by("due_at")[0].due_at
    visitor = Client()
    who = {"who": "child", "name": "Olga Pest", "phone": "906-555-0177", "token": "a" * 32}
    step = visitor.post("/request", who)
    child = {"patient_first_name": "Mirabelle", "patient_last_name": "Quisenberry", "birth_date": "06/07/2020"}
    page = visitor.post(step["Location"], {**child, "concern": "Speech", "event_kind": "none", "token": "b" * 32})
    assert "by Tue Nov 24, 10:30" in visitor.get(page["Location"]).content.decode()
    jobs.sweep()
    sooner = Task.objects.filter(lead=lead, status="open").order_by("due_at")[0]
    assert sooner.due_at < due and sooner.due_at <= clock.now() + timedelta(minutes=30)
    assert "They were told" not in page_of(dana, lead)


def test_whoever_of_the_family_asks_after_a_stranger_is_the_one_we_talk_to(
    tuesday: datetime, dana: Client, arrive: Arrive, mailbox: Mailbox
) -> None:
    closed = arrive(but(ASKED))
    said = {"how": "patient_declined", "reason": "Later"}
    assert dana.post(f"/leads/L-{closed.number}/close", said).status_code == 303
    clock.move(timedelta(days=40))
    opened = arrive(but(ASKED, **OLGA))
    assert opened != closed and opened.contact_id != closed.contact_id
    jobs.sweep()
    assert len(mailbox.to("olga@example.org")) == 1
    clock.move(timedelta(minutes=1))
    assert arrive(but(ASKED, concern="Once more")) == opened
    opened.refresh_from_db()
    assert opened.contact_id == closed.contact_id
    jobs.sweep()
    assert "Odalys Quisenberry" in page_of(dana, opened).partition("Olga Pest")[0]
    assert len(mailbox.to("odalys.quisenberry@example.org")) == 1
    assert len(mailbox.to("olga@example.org")) == 1 and faults() == []


def test_an_office_fills_what_the_family_has_not_said(lead: Lead, arrive: Arrive) -> None:
    assert arrive(but(ASKED, **OFFICE, documents=["order"], order_signed=True)) == lead
    said = stated(lead)
    assert said.diagnoses[0].code == "F80.1" and said.ordering.npi == "1234567893"
    assert "order" in said.documents and said.order_signed and said.referrer.name == "Hanna Voss"
    assert said.concern == ASKED["concern"] and said.contact.name == "Odalys Quisenberry"
    assert not Task.objects.filter(lead=lead, kind="states_otherwise").exists()


def test_whoever_gives_a_phone_of_the_family_is_heard(lead: Lead, arrive: Arrive) -> None:
    arrive(but(ASKED, **{**OTHERWISE, "contact__name": "Ansel Quisenberry", "contact__phone": "+16085550101"}))
    assert stated(lead).patient.postal_code == "54302"


def asked_by_form(child: str) -> tuple[str, str]:
    """Olga Pest fills in both steps of the public form; the reference and the rest of the page she ends on."""
    visitor = Client()
    who = {"who": "child", "name": "Olga Pest", "phone": "920-555-0148", "email": "olga@example.org"}
    step2 = visitor.post("/request", {**who, "token": f"{clock.now().timestamp():032.0f}"})["Location"]
    whom = {"patient_first_name": child, "patient_last_name": "Quisenberry", "birth_date": "2023-09-14"}
    said = {**whom, "concern": "Few words", "event_kind": "none", "zip": "53703", "token": "b" * 32}
    page = unescape(visitor.get(visitor.post(step2, said)["Location"]).content.decode())
    found = re.findall(r"L-\d+", page)
    return found[0], re.sub(r"L-\d+|/[\w:.=-]{20,}", "", page)


def test_by_form_a_stranger_who_asks_again_reads_what_they_would_of_a_child_nobody_knows(lead: Lead) -> None:
    known, invented = [], []
    for _ in range(3):
        known.append(asked_by_form("Mirabelle"))
        invented.append(asked_by_form("Wilhelmina"))
        clock.move(timedelta(minutes=2))
    assert f"L-{lead.number}" not in dict(known)
    assert len(dict(known)) == len(dict(invented)) == 1
    assert [page for _, page in known] == [page for _, page in invented]
    assert faults() == []


@pytest.mark.parametrize("who", ["mother", "office", "self"])
def test_by_the_api_a_stranger_who_asks_again_reads_what_they_would_of_a_patient_nobody_knows(
    lead: Lead, arrive: Arrive, client_post: ClientPost, who: str
) -> None:
    grown = {
        "lead_kind": "patient", "patient__date_of_birth": "1975-09-14", "contact__relationship": "self",
        "contact__name": "Mirabelle Quisenberry",
    }  # fmt: skip
    if who == "self":
        lead = arrive(but(ASKED, **grown, patient__last_name="Quisenberry-Lowe"))
    asks = {"mother": OLGA, "office": OFFICE, "self": {**grown, **OLGA, **grown}}[who]

    def answer(first: str, turn: int) -> tuple[str, Any]:
        named = {"patient__last_name": "Quisenberry-Lowe", "contact__name": f"{first} Quisenberry-Lowe"}
        said = but(ASKED, **{**asks, **(named if who == "self" else {}), "patient__first_name": first})
        said = but(said, asks=f"Please, time {turn}")
        told = client_post(said).json()
        return told["reference"], {**told, "item": "", "reference": "", "status": ""}

    known = [answer("Mirabelle", turn) for turn in range(3)]
    invented = [answer("Wilhelmina", turn) for turn in range(3)]
    assert {reference for reference, _ in known} != {f"L-{lead.number}"}
    assert len({reference for reference, _ in known}) == len({reference for reference, _ in invented}) == 1
    assert [told for _, told in known] == [told for _, told in invented]


def test_a_stranger_put_on_the_talk_to_list_is_known(lead: Lead, dana: Client, client_post: ClientPost) -> None:
    own = client_post(but(ASKED, **OLGA)).json()["reference"]
    olga = Guardian.objects.get(stranger=True)
    said = {"do": "authority", "guardian": str(olga.guardian_id), "authority": "", "told": "yes"}
    assert dana.post(f"/leads/L-{lead.number}/people", said).status_code == 303
    told = client_post(but(ASKED, **OLGA, asks="Is there a time?")).json()
    assert told["reference"] == f"L-{lead.number}" != own and told["joined"] is True


def test_a_strangers_other_children_are_not_of_the_household(lead: Lead, dana: Client, arrive: Arrive) -> None:
    arrive(but(ASKED, **OLGA))
    theirs = {"patient__first_name": "Ole", "patient__last_name": "Pest", "patient__date_of_birth": "2022-03-03"}
    other = arrive(but(ASKED, **OLGA, **theirs))
    assert other != lead
    assert "Household</dt>" not in page_of(dana, lead) and "Ole Pest" not in page_of(dana, lead)
    assert "Mirabelle" not in page_of(dana, other)
    olga = Guardian.objects.get(stranger=True)
    said = {"do": "authority", "guardian": str(olga.guardian_id), "authority": "", "told": "yes"}
    dana.post(f"/leads/L-{lead.number}/people", said)
    assert "Ole Pest" in page_of(dana, lead)


def test_every_quotation_says_whose_it_is(lead: Lead, dana: Client, arrive: Arrive) -> None:
    arrive(but(ASKED, asks="A morning would be best"))
    arrive(but(ASKED, **OLGA, concern="She falls often"))
    arrive(but(ASKED, **OFFICE))
    page = page_of(dana, lead)
    own, others = page.partition("<p class=\"q gap\">Olga Pest, whom nobody here knows:")[::2]
    assert "Those who asked before:" in own and ASKED["concern"] in own and "She falls" not in own
    assert "“She falls often”" in others.partition("Hanna Voss, whom nobody here knows:")[0]
    assert "What Odalys Quisenberry agreed to, in which words" in page and "2 times, last" in page


def test_a_mother_of_whom_the_office_said_nothing_is_mailed_what_she_would_be_of_a_child_nobody_knows(
    tuesday: datetime, client_post: ClientPost, mailbox: Mailbox
) -> None:
    client_post(but(ASKED, **OFFICE))
    lead = Lead.objects.get()
    found = []
    for first, box in (("Mirabelle", "olga@example.org"), ("Wilhelmina", "olga.two@example.org")):
        mother = {**OLGA, "contact__email": box, "contact__phone": f"+192055501{len(found) + 60}"}
        told = client_post(but(ASKED, **mother, patient__first_name=first)).json()
        while jobs.sweep():
            pass
        [mail] = [str(mail.get_payload(decode=True), "utf-8") for mail in mailbox.to(box)]  # type: ignore[arg-type]
        assert told["reference"] in mail and told["reference"] != f"L-{lead.number}"
        found.append(re.sub(r"L-\d+|https?://\S+", "", mail))
    assert found[0] == found[1]
    assert faults() == []


@pytest.mark.parametrize("who", [OLGA, OFFICE])
def test_the_phone_and_mailbox_that_a_stranger_gives_a_child_stay_beside(
    tuesday: datetime, dana: Client, arrive: Arrive, who: dict[str, Any]
) -> None:
    lead = arrive(but(ASKED, contact__email=None))
    for turn in range(2):
        own = {"patient__phone": "+19205550148", "patient__email": "olga@example.org", "asks": f"{turn}"}
        assert arrive(but(ASKED, **who, **own)) == lead
    assert lead.patient_id and lead.contact_id
    child = identities([lead.patient_id])[lead.patient_id][0]
    assert (child.phone, child.email) == (None, None)
    assert (stated(lead).patient.phone, stated(lead).patient.email) == (None, None)
    page = page_of(dana, lead)
    assert not re.search(r"E-mail</dt>\s*<dd[^>]*>\s*olga@example.org", page)
    assert re.search(r"Also stated</dt>\s*<dd[^>]*>[^<]*olga@example.org", page)
    assert Task.objects.filter(lead=lead, kind="other_ways", status="open").exists()
    assert faults() == []
