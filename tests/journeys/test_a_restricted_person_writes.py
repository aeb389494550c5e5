"""Somebody whom a restriction names writes about the child: nothing of the family's is told to them or replaced."""

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
from tests.journeys.documents import arrived, found
from tests.mail import Mailbox
from tests.people import COURT_ORDER, FAMILY, TUESDAY, but, surgeon

from firstvisit.api.services import make_key
from firstvisit.journey import jobs
from firstvisit.journey.inbox import seeing, verbs
from firstvisit.journey.inbox.filing import file
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, LeadReferral, Task
from firstvisit.leads.services import read
from firstvisit.people.models import Guardian, Restriction
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Part

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
FATHER = {**COURT_ORDER, "phone": "(608) 555-0173", "since": "2026-05-02", "paper": "seen"}
TASK = "A restricted person wrote"
HIM = {
    "contact__name": "Bertram Quisenberry", "contact__phone": "+16085550173", "contact__email": None,
    "contact__relationship": "father", "concern": "I want him seen",
}  # fmt: skip
AS_REFERRER = {
    "lead_kind": "referral_partner", "concern": "I want him seen",
    "referrer": {"name": "Bertram Quisenberry", "organization": "Family Advocates", "phone": "+16085550199"},
}  # fmt: skip


@pytest.fixture
def lead(arrive: Arrive, tuesday: datetime) -> Lead:
    return arrive(FAMILY)


@pytest.fixture
def barred(dana: Client, lead: Lead) -> Lead:
    assert dana.post(f"/leads/L-{lead.number}/people", FATHER).status_code == 303
    return lead


def asks(
    name: str = "Bertram Quisenberry",
    phone: str = "608-555-0173",
    concern: str = "I want him seen",
    child: str = "Mirabelle",
    email: str = "bertram@example.org",
) -> str:
    """He fills in both steps of the public form for the child; the page he ends on."""
    visitor = Client()
    who = {"who": "child", "name": name, "phone": phone, "email": email, "may_email": "1"}
    step2 = visitor.post("/request", {**who, "token": "a" * 32})["Location"]
    whom = {"patient_first_name": child, "patient_last_name": "Quisenberry", "birth_date": "2023-09-14"}
    said = {**whom, "concern": concern, "event_kind": "none", "zip": "49855", "token": "b" * 32}
    return shown(visitor, visitor.post(step2, said)["Location"])


def shown(client: Client, path: str) -> str:
    return unescape(client.get(path).content.decode())


def swept() -> None:
    while jobs.sweep():
        pass


def mails(mailbox: Mailbox, to: str) -> list[str]:
    """What was mailed to an address, without what differs from one request to the next."""
    swept()
    texts = [str(mail.get_payload(decode=True), "utf-8") for mail in mailbox.to(to)]  # type: ignore[arg-type]
    return [re.sub(r"L-\d+|https?://\S+", "", text) for text in texts]


@pytest.mark.parametrize("phone", ["608-555-0173", "608-555-0199"])
def test_the_page_tells_him_nothing_and_nothing_of_the_familys_is_replaced(
    dana: Client, barred: Lead, mailbox: Mailbox, phone: str
) -> None:
    assert barred.patient_id is not None
    before, site = identities([barred.patient_id])[barred.patient_id][0], barred.site
    told = read(LeadReferral.objects.select_related("key").get(lead=barred))
    page = asks(phone=phone)
    assert "We have your request" in page and f"L-{barred.number}" not in page
    barred.refresh_from_db()
    assert read(LeadReferral.objects.select_related("key").get(lead=barred)) == told
    assert identities([barred.patient_id])[barred.patient_id][0] == before and barred.site == site
    assert Part.objects.filter(lead=barred).count() == 2
    [mail] = mails(mailbox, "bertram@example.org")
    assert "Mirabelle" not in mail
    [whole] = mailbox.to("bertram@example.org")
    assert f"L-{barred.number}" not in f"{whole['Subject']} {whole.get_payload(decode=True)!r}"
    assert faults() == []


@pytest.mark.parametrize("first_try", ["Mirabelle", "Zebulon"])
def test_the_page_does_not_tell_him_of_which_child_we_know(barred: Lead, mailbox: Mailbox, first_try: str) -> None:
    pages = []
    for child in (first_try, "Zebulon" if first_try == "Mirabelle" else "Mirabelle"):
        page = asks(child=child)
        assert re.search(r"L-\d+", page) and f"L-{barred.number}" not in page
        pages.append(re.sub(r"L-\d+", "L-n", page))
    assert pages[0] == pages[1]
    first, second = mails(mailbox, "bertram@example.org")
    assert first == second, "a receipt of each request by itself"
    assert faults() == []


@pytest.mark.parametrize("left_out", [False, True])
@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("name", ["Bertram Quisenberry", "Bert Quisenberry", "B. Quisenberry", "Quisenberry"])
def test_named_by_name_alone_his_new_mailbox_does_not_tell_which_child_we_know(
    dana: Client, lead: Lead, arrive: Arrive, mailbox: Mailbox, name: str, left_out: bool, closed: bool
) -> None:
    if left_out:
        arrive(but(FAMILY, **HIM))
        him = Guardian.objects.exclude(guardian=lead.contact_id).get().guardian_id
        people = {"do": "authority", "guardian": str(him), "authority": "", "told": "no"}
    else:
        people = {**FATHER, "phone": ""}
    assert dana.post(f"/leads/L-{lead.number}/people", people).status_code == 303
    if closed:
        Lead.objects.filter(id=lead.id).update(closed_at=clock.now(), closed_how="patient_declined")
    known, invented = (
        (asks(name=name, phone=phone, child=child, email=email), email)
        for child, phone, email in (
            ("Mirabelle", "608-555-0141", "one@example.org"), ("Zebulon", "608-555-0142", "two@example.org"),
        )
    )  # fmt: skip
    said = [[re.sub(r"L-\d+|https?://\S+", "", page), *mails(mailbox, email)] for page, email in (known, invented)]
    assert said[0] == said[1]
    assert faults() == []


def test_a_nickname_and_a_child_without_a_birth_date_are_his_writing(
    dana: Client, lead: Lead, arrive: Arrive, mailbox: Mailbox
) -> None:
    assert dana.post(f"/leads/L-{lead.number}/people", {**FATHER, "phone": ""}).status_code == 303
    ways = {"contact__phone": "+16085550111", "contact__email": "gone2@example.org"}
    his = arrive(but(FAMILY, **{**HIM, "contact__name": "Bert Quisenberry", **ways}, patient__date_of_birth=None))
    assert len(mails(mailbox, "gone2@example.org")) == 1
    assert Task.objects.filter(lead=his, kind="restricted_wrote", status="open").count() == 1
    assert not Task.objects.filter(lead=his, kind="call_to_book", status="open").exists()
    assert "Received from somebody whom a restriction names" in shown(dana, f"/leads/L-{his.number}")


@pytest.mark.parametrize("before", [True, False])
def test_an_office_that_had_referred_before_is_a_namesake(
    dana: Client, lead: Lead, arrive: Arrive, before: bool
) -> None:
    base = surgeon(TUESDAY.date())
    if before:
        arrive(base)
        clock.move(timedelta(minutes=1))
    named = {**FATHER, "first_name": "Lenore", "last_name": "Castellanos", "phone": ""}
    assert dana.post(f"/leads/L-{lead.number}/people", named).status_code == 303
    other = arrive(but(base, patient__first_name="Wilhelmina", patient__date_of_birth="1961-01-02"))
    assert Task.objects.filter(lead=other, kind="restricted_wrote").exists() is not before


def test_a_person_looks_and_the_timeline_says_who_wrote_what(dana: Client, barred: Lead) -> None:
    asks()
    task = Task.objects.get(lead=barred, kind="restricted_wrote", status="open")
    assert TASK in task.reason
    page = shown(dana, f"/leads/L-{barred.number}")
    assert "Somebody whom a restriction names wrote; kept aside, and they were told nothing" in page
    assert "Bertram Quisenberry" in page and "I want him seen" in page
    assert page.count("I want him seen") == 1, "under his name on the timeline, and not among what the family wants"
    asks(concern="And at once")
    assert Task.objects.filter(lead=barred, kind="restricted_wrote", status="open").count() == 1


def test_danger_in_what_he_says_still_goes_to_a_clinician(barred: Lead) -> None:
    assert "911" in asks(concern="She choked this morning and turned blue, and she has lost weight")
    barred.refresh_from_db()
    assert barred.outcome == "clinician_review"


def test_whoever_else_asks_for_the_child_is_heard_as_ever(barred: Lead) -> None:
    page = asks(name="Odalys Quisenberry", phone="608-555-0101")
    assert f"L-{barred.number}" in page
    assert not Task.objects.filter(kind="restricted_wrote").exists()


def test_an_office_that_names_him_as_the_contact_is_no_restricted_person(barred: Lead, arrive: Arrive) -> None:
    office = {"lead_kind": "referral_partner", "referrer": {"name": "Dr. Ida Wren", "organization": "Lakeside Peds"}}
    him = {"contact__name": "Bertram Quisenberry", "contact__phone": "+16085550173", "contact__email": None}
    assert arrive(but(FAMILY, **office, **him, concern="Speech delay, see chart")) == barred
    assert not Task.objects.filter(kind="restricted_wrote").exists()


@pytest.mark.parametrize("phone", ["608-555-0173", "608-555-0199"])
def test_parted_nobody_writes_to_him_or_calls_before_a_person_decides(
    dana: Client, barred: Lead, mailbox: Mailbox, phone: str
) -> None:
    asks(phone=phone)
    swept()
    sent = len(mailbox.mails)
    part = Part.objects.filter(lead=barred).order_by("-id")[0]
    said = {"item": str(part.item_id), "reason": "He asks about another child"}
    assert dana.post(f"/leads/L-{barred.number}/not-this-person", said).status_code == 303
    part = Part.objects.get(item=part.item)
    other = part.lead
    assert other is not None and other.id != barred.id
    swept()
    assert len(mailbox.mails) == sent
    kinds = set(Task.objects.filter(lead=other, status="open").values_list("kind", flat=True))
    assert "decide" in kinds and not kinds & {"call_to_book", "ask_question", "find_number", "message_refused"}
    assert Restriction.objects.filter(patient=other.patient_id, lifted_at=None).exists()
    assert list(Guardian.objects.filter(patient=barred.patient_id).values_list("guardian", flat=True)) == [
        barred.contact_id
    ]
    assert "Bertram" not in shown(dana, f"/leads/L-{barred.number}").split("Also speaks")[-1][:80]
    assert not Task.objects.filter(lead=barred, kind="restricted_wrote", status="open").exists()
    assert faults() == []


def test_also_a_parent_who_may_not_be_told_any_more_and_names_nobody_is_told_nothing(dana: Client, lead: Lead) -> None:
    said = {"do": "restrict", "kind": "may_not_be_told", "person": str(lead.contact_id), "reason": "The order"}
    assert dana.post(f"/leads/L-{lead.number}/people", said).status_code == 303
    visitor = Client()
    who = {"who": "child", "name": "Odalys Quisenberry", "phone": "608-555-0101", "token": "a" * 32}
    step2 = visitor.post("/request", who)["Location"]
    words = {"concern": "And he falls a lot", "event_kind": "none", "zip": "49855", "token": "b" * 32}
    page = shown(visitor, visitor.post(step2, words)["Location"])
    assert "We have your request" in page and f"L-{lead.number}" not in page
    assert Part.objects.filter(lead=lead).count() == 3
    assert Task.objects.filter(lead=lead, kind="restricted_wrote", status="open").count() == 1
    assert faults() == []


@pytest.mark.parametrize("sent", [HIM, AS_REFERRER])
def test_a_machine_that_sends_for_him_learns_no_more_than_the_page_says(
    dana: Client, barred: Lead, client_post: ClientPost, sent: dict[str, Any]
) -> None:
    body = but(FAMILY, **sent)
    for _ in range(2):
        answer = client_post(body, repeat="his")
        told = answer.json()
        assert (answer.status_code, told["joined"]) == (201, False) and told["reference"] != f"L-{barred.number}"
    part = Part.objects.get(item=told["item"])
    assert part.lead == barred, "what he says is kept with the family's lead, for a person to read"
    assert Task.objects.filter(lead=barred, kind="restricted_wrote", status="open").count() == 1
    page = shown(dana, f"/leads/L-{barred.number}")
    assert "kept aside, and they were told nothing" in page and "Bertram Quisenberry: I want him seen" in page


def test_the_fhir_door_gives_him_no_task_of_the_familys_lead(barred: Lead) -> None:
    key = make_key(name="An office", scopes=["fhir:write"], actor=SYSTEM)[1]
    child = {"name": [{"family": "Quisenberry", "given": ["Mirabelle"]}], "birthDate": "2023-09-14"}
    doctor = {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Quisenberry", "given": ["Bertram"]}]}
    asked = {"resourceType": "ServiceRequest", "id": "s", "status": "active", "intent": "order",
             "code": {"text": "Speech therapy"}, "subject": {"reference": "Patient/p"},
             "requester": {"reference": "Practitioner/d"}}  # fmt: skip
    entries = [{"resource": {"resourceType": "Patient", "id": "p", **child}}, {"resource": doctor}, {"resource": asked}]
    body = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    bearer = {"Authorization": f"Bearer {key}"}
    answer = Client().post("/fhir", body, content_type="application/fhir+json", headers=bearer)
    assert Part.objects.filter(lead=barred).count() == 2
    assert (answer.status_code, answer.json()["status"], "Location" in answer.headers) == (202, "received", False)
    assert answer.json()["id"] == str(Part.objects.filter(lead=barred).order_by("id").last().item_id)  # type: ignore[union-attr]
    assert str(barred.id) not in answer.content.decode() and f"L-{barred.number}" not in answer.content.decode()


def test_referring_the_child_himself_he_sees_neither_needs_nor_how_it_stands(barred: Lead) -> None:
    visitor = Client()
    said = {
        "referrer_name": "Bertram Quisenberry", "organization": "Family Advocates", "role": "case_manager",
        "referrer_phone": "608-555-0199", "referrer_email": "bertram@example.org", "updates_by": "email",
        "authority": "authorized", "patient_first_name": "Mirabelle", "patient_last_name": "Quisenberry",
        "birth_date": "2023-09-14", "contact_phone": "608-555-0101", "concern": "I want him seen",
        "event_kind": "none", "order": "none", "token": "a" * 32,
    }  # fmt: skip
    done = visitor.post("/refer", said)["Location"]
    page = shown(visitor, done)
    assert f"L-{barred.number}" not in page
    for beginning in ("/status/", "/refer/again/"):
        behind = shown(visitor, next(path for path in page.split('"') if path.startswith(beginning)))
        assert f"L-{barred.number}" not in behind, beginning
        assert "at every step" not in behind or "no word yet" in behind
    guardians = Guardian.objects.filter(patient=barred.patient_id).values_list("guardian", flat=True)
    assert list(guardians) == [barred.contact_id], "whom he names to call speaks for nobody"


@pytest.mark.parametrize("names_the_child", [True, False])
def test_what_he_sends_through_the_inbox_is_warned_of_and_kept_aside(
    dana: Client, barred: Lead, mailbox: Mailbox, staff: Callable[[str], User], names_the_child: bool
) -> None:
    child = (
        found("patient.first_name", "Mirabelle"), found("patient.last_name", "Quisenberry"),
        found("patient.date_of_birth", "2023-09-14", 0.6),
    )  # fmt: skip
    said = (
        found("contact.name", "Bertram Quisenberry"), found("contact.phone", "(608) 555-0173"),
        found("contact.email", "bertram@example.org"), found("concern", "When is her appointment?", 0.6),
        found("disciplines", "OT"),
    )  # fmt: skip
    item, by = arrived(*(child if names_the_child else ()), *said), staff("dana")
    page = shown(dana, f"/inbox/{item.id}")
    assert "Bertram Quisenberry is named in a restriction (court order) about Mirabelle Quisenberry" in page
    assert f'href="/leads/L-{barred.number}"' in page and "kept aside when it is filed" in page
    verbs.goes_to(item, by, actor=SYSTEM, part=0, lead=f"L-{barred.number}")
    before = read(LeadReferral.objects.select_related("key").get(lead=barred))
    for each in seeing.opened(item, by, now=clock.now()).parts[0].left:
        if each.level == "doubtful":
            verb = "unreadable" if each.path == "concern" else "confirmed"
            verbs.answer(item, by, actor=SYSTEM, part=0, path=each.path, verb=verb)
    verbs.confirm_clear(item, by, actor=SYSTEM)
    assert file(item, by, actor=SYSTEM).code == f"L-{barred.number}"
    swept()
    assert read(LeadReferral.objects.select_related("key").get(lead=barred)) == before, "nothing of hers is replaced"
    timeline = shown(dana, f"/leads/L-{barred.number}")
    assert "Somebody whom a restriction names wrote; kept aside, and they were told nothing" in timeline
    assert Task.objects.filter(lead=barred, kind="restricted_wrote", status="open").count() == 1
    assert not Task.objects.filter(kind="ask_sender").exists(), "nobody asks him what could not be read"
    assert not mailbox.to("bertram@example.org")
    assert not faults()


@pytest.mark.parametrize(
    ("name", "phone", "warned"),
    [
        ("Bertram Quisenberry", "(608) 555-0173", "From a restricted person"),
        ("B. Quisenberry", "(608) 555-0144", "Perhaps from a restricted person"),
        ("Odalys Quisenberry", "(608) 555-0101", ""),
    ],
)
def test_the_inbox_list_says_who_sent_it_before_it_is_opened(
    dana: Client, barred: Lead, name: str, phone: str, warned: str
) -> None:
    arrived(found("patient.first_name", "Walter"), found("contact.name", name), found("contact.phone", phone))
    for n in range(3):
        first = found("patient.first_name", f"Wal{'abc'[n]}")
        arrived(first, found("contact.name", "Wanda Vang"), found("contact.phone", "(608) 555-0155"))
    said = re.findall(r"(?:From|Perhaps from) a restricted person", shown(dana, "/inbox"))
    assert said == ([warned] if warned else [])


@pytest.mark.parametrize(
    "name",
    ["Bert Quisenberry", "Bertrm Quisenberry", "B. Quisenberry", "Bertram J. Quisenberry Jr.", "Quisenberry, Bertram"],
)
def test_by_any_form_of_his_name_he_is_read_by_a_person_and_told_nothing_of_the_lead(
    barred: Lead, arrive: Arrive, mailbox: Mailbox, name: str
) -> None:
    reach = {"contact__phone": "+16085550111", "contact__email": "gone2@example.org"}
    assert arrive(but(FAMILY, **{**HIM, "contact__name": name, **reach})) == barred
    assert Task.objects.filter(lead=barred, kind="restricted_wrote", status="open").count() == 1
    assert len(mails(mailbox, "gone2@example.org")) == 1, "the receipt of his request by itself"
    assert f"L-{barred.number}" not in str(mailbox.to("gone2@example.org")[0]["Subject"])
    barred.refresh_from_db()
    assert identities([barred.contact_id])[barred.contact_id][0].first_name == "Odalys"  # type: ignore[index, list-item]
    assert faults() == []


def test_by_title_and_last_name_he_is_listed_with_a_phone_that_is_not_to_be_used(
    dana: Client, barred: Lead, arrive: Arrive
) -> None:
    him = {"contact__name": "Mr. Quisenberry", "contact__phone": "+16085550111"}
    assert arrive(but(FAMILY, **{**HIM, **him})) == barred
    page = shown(dana, f"/leads/L-{barred.number}")
    assert "(608) 555-0111 (not to be used)" in page.split("Also speaks", 1)[1][:200]
    assert "(608) 555-0101 (not to be used)" not in page, "the mother, whom the lead writes to"


def test_also_about_a_brother_of_the_household(barred: Lead, arrive: Arrive) -> None:
    brother = {"patient__first_name": "Thaddeus", "patient__date_of_birth": "2019-02-01", "payers": None}
    theirs = arrive(but(FAMILY, **brother))
    asked = but(FAMILY, **{**HIM, **brother, "contact__name": "Bert Quisenberry", "contact__phone": "+16085550111"})
    assert arrive(asked) == theirs != barred
    assert Task.objects.filter(lead=theirs, kind="restricted_wrote", status="open").count() == 1


def test_the_mother_who_writes_an_initial_from_her_own_phone_is_heard(barred: Lead, arrive: Arrive) -> None:
    assert arrive(but(FAMILY, contact__name="O. Quisenberry")) == barred
    assert not Task.objects.filter(kind="restricted_wrote").exists()


@pytest.mark.parametrize("child", [None, "Wilhelmina"])
def test_naming_another_child_or_none_from_his_phone_he_is_read_before_anybody_calls(
    barred: Lead, arrive: Arrive, mailbox: Mailbox, child: str | None
) -> None:
    names = {"patient__first_name": child, "patient__last_name": child and "Elsewhere"}
    patient = {**names, "patient__date_of_birth": "2016-01-02" if child else None}
    other = arrive(but(FAMILY, **{**HIM, **patient, "payers": None, "contact__email": "b@example.org"}))
    assert other != barred
    kinds = set(Task.objects.filter(lead=other, status="open").values_list("kind", flat=True))
    assert "restricted_wrote" in kinds and not kinds & {"call_to_book", "ask_question"}
    assert len(mails(mailbox, "b@example.org")) == 1
    for task in Task.objects.filter(lead=other, kind="restricted_wrote"):
        assert "another patient" in task.reason


def test_two_tries_tell_him_nothing(barred: Lead, client_post: ClientPost) -> None:
    def plain(page: str) -> str:
        return re.sub(r"L-\d+|/[\w:.=-]{20,}|\d+:\d\d", "", page)

    assert plain(asks(phone="608-555-0199")) == plain(asks(phone="608-555-0199", child="Wilhelmina"))
    him = {**HIM, "contact__phone": "+16085550199"}
    children = ("Mirabelle", "Wilhelmina")
    known, invented = (client_post(but(FAMILY, **him, patient__first_name=name)).json() for name in children)
    assert {**known, "item": "", "reference": ""} == {**invented, "item": "", "reference": ""}


def test_whoever_merely_states_name_and_birth_date_has_a_reference_of_their_own(
    lead: Lead, dana: Client, client_post: ClientPost
) -> None:
    page = asks(name="Gunnar Ashgrove", phone="906-555-0133")
    assert f"L-{lead.number}" not in page and re.search(r"L-\d+", page)
    told = client_post(but(FAMILY, contact__name="Gunnar Ashgrove", contact__phone="+19065550134", contact__email=None))
    reference = told.json()["reference"]
    assert reference != f"L-{lead.number}" and told.json()["joined"] is False
    assert f"L-{lead.number}" in shown(dana, f"/leads/L-{lead.number}")
    found = dana.post("/find", {"q": reference}, headers={"X-While-Typing": "1"})
    assert f"L-{lead.number}" in found.content.decode()


def test_not_this_person_keeps_the_restriction_of_a_nickname(dana: Client, barred: Lead, arrive: Arrive) -> None:
    arrive(but(FAMILY, **{**HIM, "contact__name": "Bert Quisenberry", "contact__phone": "+16085550111"}))
    part = Part.objects.filter(lead=barred).order_by("-id")[0]
    said = {"item": str(part.item_id), "reason": "It is the barred father"}
    assert dana.post(f"/leads/L-{barred.number}/not-this-person", said).status_code == 303
    other = Part.objects.get(item=part.item).lead
    assert other is not None and other != barred
    assert Restriction.objects.filter(patient=other.patient_id, lifted_at=None).exists()
    kinds = set(Task.objects.filter(lead=other, status="open").values_list("kind", flat=True))
    assert not kinds & {"call_to_book", "ask_question"}


@pytest.mark.parametrize("child", ["Mirabelle", "Zebulon"])
def test_by_mail_nobody_learns_that_a_restriction_names_them(
    dana: Client, lead: Lead, mailbox: Mailbox, child: str
) -> None:
    assert dana.post(f"/leads/L-{lead.number}/people", {**FATHER, "phone": ""}).status_code == 303
    asks(phone="608-555-0141", email="him@example.org", child=child)
    asks(name="Nico Quell", phone="608-555-0142", email="nobody@example.org", child=child)
    his, anybodys = (mails(mailbox, f"{who}@example.org") for who in ("him", "nobody"))
    assert len(his) == 1 and his == [text.replace("Nico", "Bertram") for text in anybodys]
    assert faults() == []


def test_after_the_first_step_alone_his_receipt_leaves_when_anybodys_does(
    barred: Lead, mailbox: Mailbox, set_clock: Callable[[datetime], None]
) -> None:
    for n, name in enumerate(("Bertram Quisenberry", "Nico Quell")):
        who = {"who": "child", "name": name, "phone": f"608-555-019{n}", "email": f"one{n}@example.org"}
        assert Client().post("/request", {**who, "may_email": "1", "token": str(n) * 32}).status_code == 303
    assert [mails(mailbox, f"one{n}@example.org") for n in (0, 1)] == [[], []]
    set_clock(clock.now() + timedelta(minutes=11))
    his, anybodys = (mails(mailbox, f"one{n}@example.org") for n in (0, 1))
    assert len(his) == 1 and his == [text.replace("Nico", "Bertram") for text in anybodys]
    assert faults() == []


def test_an_office_whom_a_restriction_names_has_the_letter_of_any_office(barred: Lead, mailbox: Mailbox) -> None:
    for n, (name, child) in enumerate((("Bertram Quisenberry", "Mirabelle"), ("Sven Orr", "Zebulon"))):
        said = {
            "referrer_name": name, "organization": f"Lind Consulting {n}", "role": "case_manager",
            "referrer_phone": f"608-555-018{n}", "referrer_email": f"office{n}@example.org", "updates_by": "email",
            "authority": "authorized", "patient_first_name": child, "patient_last_name": "Quisenberry",
            "birth_date": "2023-09-14", "contact_phone": f"608-555-017{n}", "concern": "I want her seen",
            "event_kind": "none", "order": "none", "token": str(n) * 32,
        }  # fmt: skip
        assert Client().post("/refer", said).status_code == 303
    his, anybodys = (mails(mailbox, f"office{n}@example.org") for n in (0, 1))
    assert len(his) == 1 and his == anybodys
    for mail in mailbox.to("office0@example.org"):
        text = str(mail.get_payload(decode=True), "utf-8")  # type: ignore[arg-type]
        page = shown(Client(), next(re.finditer(r"/status/\S+", text))[0])
        assert f"L-{barred.number}" not in text + page
    assert faults() == []


def test_a_namesake_is_looked_at_in_time_and_then_goes_on_as_anybody(
    dana: Client, barred: Lead, mailbox: Mailbox
) -> None:
    page = asks(phone="608-555-0141", email="same@example.org", child="Tove")
    own = Lead.objects.exclude(id=barred.id).get(closed_at=None)
    look = Task.objects.get(lead=own, kind="restricted_wrote", status="open")
    promised = Part.objects.filter(lead=own).order_by("-id")[0].item.answer["by"]
    by = datetime.fromisoformat(promised)
    assert look.due_at <= by and "by " in page
    shown_now = shown(dana, f"/leads/L-{own.number}")
    assert "Somebody else of that name: go on as with anybody" in shown_now
    assert dana.post(f"/tasks/{look.id}/done", {"result": "namesake", "words": "His uncle"}).status_code == 303
    [call] = Task.objects.filter(lead=own, status="open", kind__in=("call_to_book", "ask_question"))
    assert call.due_at <= by
    read_now = read(LeadReferral.objects.select_related("key").get(lead=own))
    assert (read_now.patient.first_name, read_now.concern) == ("Tove", "I want him seen")
    assert len(mails(mailbox, "same@example.org")) == 1, "no second receipt"
    assert not Task.objects.filter(lead=own, kind="propose_receipt").exists()
    assert faults() == []


def test_whoever_may_not_read_what_families_say_calls_nobody_a_namesake(
    barred: Lead, browser: Callable[[str], Client]
) -> None:
    asks(phone="608-555-0141", child="Tove")
    own = Lead.objects.exclude(id=barred.id).get(closed_at=None)
    look = Task.objects.get(lead=own, kind="restricted_wrote", status="open")
    assert browser("walt").post(f"/tasks/{look.id}/done", {"result": "namesake"}).status_code in (403, 404)
    look.refresh_from_db()
    assert look.status == "open"


@pytest.mark.parametrize("email", ["bertram@example.org", "b.q@example.org"])
def test_asking_for_himself_he_has_the_page_and_the_receipt_of_anybody(
    barred: Lead, mailbox: Mailbox, email: str
) -> None:
    found = []
    for name, box in (("Bertram Quisenberry", email), ("Anselm Vuillard", "anselm@example.org")):
        visitor = Client()
        who = {"who": "me", "name": name, "phone": f"608-555-019{len(found)}", "email": box, "may_email": "1"}
        for _ in range(2):
            mark = f"{clock.now().timestamp():031.0f}"
            step2 = visitor.post("/request", {**who, "token": f"a{mark}"})["Location"]
            said = {"birth_date": "1984-03-02", "concern": "A sore back", "event_kind": "none", "token": f"b{mark}"}
            page = shown(visitor, visitor.post(step2, {**said, "zip": "53703"})["Location"])
            clock.move(timedelta(minutes=1))
        found.append((re.sub(r"L-\d+|\d+:\d\d|/[\w:.=-]{20,}", "", page), mails(mailbox, box)))
        found[-1] = (found[-1][0], [re.sub(r"\d+:\d\d", "", mail) for mail in found[-1][1]])
    assert len(found[0][1]) == 1 and found[0] == found[1]
