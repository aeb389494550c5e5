"""Refer a patient, an organization's enquiry, and the link to how it stands."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from firstvisit.journey import stages
from firstvisit.journey.jobs import sweep
from firstvisit.journey.papers import asked_for, may_arrive
from firstvisit.journey.status_mail import links_for
from firstvisit.journey.verbs import do_not_contact, hand_over, overrule
from firstvisit.journey.verify import verify
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import DecisionRow, FactsRow, Lead
from firstvisit.leads.services import read
from firstvisit.messages.models import Message
from firstvisit.people.models import Organization, OrganizationPerson
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.status_links import GOOD_FOR, status_mark
from firstvisit.web.public.status.ask import ASKS
from firstvisit.web.public.status.standing import ASKED_OF_THEM
from firstvisit.web.public.tests.pages import links, page
from firstvisit.web.public.texts import words

pytestmark = pytest.mark.django_db

OFFICE = {
    "role": "physician", "referrer_name": "Dr. Ines Okafor", "organization": "Lakeshore Orthopedics",
    "npi": "1234567893", "referrer_phone": "(608) 555-0104", "fax": "608-555-0105",
    "referrer_email": "ines@example.org", "updates_by": "email",
}
LEO = {
    **OFFICE, "patient_first_name": "Leo", "patient_last_name": "Dahl", "birth_date": "03/04/1961",
    "patient_phone": "608 555 0150", "zip": "53703", "concern": "Stiff after a wrist fracture",
    "diagnosis": "S52.501A", "side": "right", "diagnosis_words": "Distal radius fracture", "order": "ask",
    "therapies": ["occupational"], "insurance": "BadgerCare Plus",
    "event_kind": "injury", "event_date": "11/02/2026", "token": "r" * 32,
}
SCHOOL = {
    **LEO, "role": "school", "organization": "Elm Elementary", "npi": "", "referrer_name": "Joy Park",
    "authority": "received_only", "referrer_email": "joy@example.org",
}
ENQUIRY = {
    **OFFICE, "role": "other", "organization": "Maple Grove Living", "needs": "PT two days a week for residents",
    "size": "80", "timeline": "next quarter", "start_on": "01/04/2027", "budget": "to be agreed",
    "decision_maker": "The administrator", "decision_path": "The board in December", "token": "o" * 32,
}


REPLACED = {
    **LEO, "therapies": ["physical"], "program": "joint_replacement", "diagnosis": "Z96.651", "order": "none",
    "concern": "New knee", "diagnosis_words": "", "event_kind": "", "event_date": "",
}


def sent(visitor: Client, typed: dict[str, Any], at: str = "/refer") -> Any:
    """The answer page of a form that was taken."""
    response = visitor.post(at, typed)
    assert response.status_code == 303, page(response)
    return visitor.get(response["Location"])


def test_programs_are_called_as_families_call_them_in_their_language(visitor: Client) -> None:
    spanish, english = (page(visitor.get(f"/refer?lang={lang}")) for lang in ("es", "en"))
    assert "Recuperación tras una conmoción cerebral" in spanish and "Recovery after a concussion" not in spanish
    assert "Recovery after a concussion" in english


def test_who_ordered_beside_who_refers_is_asked_and_kept(visitor: Client) -> None:
    assert "Who ordered it" in page(visitor.get("/refer"))
    sent(visitor, {**SCHOOL, "ordering_name": "Dr. Ansel Roth", "ordering_office": "Mendota Joint"})
    said = read(Lead.objects.get().reading)
    assert (said.ordering.name, said.ordering.organization) == ("Dr. Ansel Roth", "Mendota Joint")
    assert said.referrer.name == "Joy Park"


def test_the_extension_of_the_office_is_kept(visitor: Client) -> None:
    sent(visitor, {**LEO, "referrer_phone": "262-555-0124 ext 317", "patient_phone": "608-555-0150 x9"})
    said = read(Lead.objects.get().reading)
    assert (said.referrer.phone, said.referrer.extension) == ("+12625550124", "317")
    assert (said.patient.phone, said.patient.extension) == ("+16085550150", "9")


@pytest.mark.parametrize(("said", "state"), [("none", "none"), ("ask", "announced"), ("sent", "announced")])
def test_what_the_office_says_of_the_order_is_kept_as_it_is(visitor: Client, said: str, state: str) -> None:
    sent(visitor, {**LEO, "order": said})
    assert FactsRow.objects.get().order_state == state


def standing(visitor: Client, done: Any) -> Any:
    [address] = links(done, "/status/")
    return visitor.get(address)


def test_a_referral_opens_a_lead_with_who_sent_it_and_why(visitor: Client) -> None:
    done = sent(visitor, LEO)
    lead = Lead.objects.select_related("reading__key").get()
    shown = page(done)
    assert f"L-{lead.number}" in shown and "we will ask your office for it" in shown
    referral = read(lead.reading)
    assert referral.lead_kind == "referral_partner"
    assert referral.referrer.npi == "1234567893" and referral.referrer.may_be_told == "treats"
    [diagnosis] = referral.diagnoses or ()
    assert (diagnosis.code, diagnosis.side, diagnosis.words) == ("S52.501A", "right", "Distal radius fracture")
    assert identities([lead.patient_id])[lead.patient_id][0].name == "Leo Dahl"
    assert FactsRow.objects.get(lead=lead).source_kind == "partner"
    assert Organization.objects.count() == OrganizationPerson.objects.count() == 1


NO_ORDER = {"therapies": ["occupational"], "program": "cognition", "insurance": "", "event_kind": "", "event_date": "",
            "concern": "Forgets what was said", "diagnosis": "", "side": "", "diagnosis_words": ""}  # fmt: skip


@pytest.mark.parametrize("said", ["ask", "sent"])
def test_an_order_that_nobody_needs_is_not_promised_to_be_asked_for(visitor: Client, said: str) -> None:
    done = sent(visitor, {**LEO, **NO_ORDER, "order": said})
    lead = Lead.objects.get()
    assert not any(what.startswith("order") for what, *_ in lead.blockers)
    assert not asked_for(lead)
    for shown in (page(done), page(standing(visitor, done))):
        assert "No order is known to be needed, so we do not ask for it." in shown
        assert "we will ask your office" not in shown and "We need" not in shown


def test_an_announced_order_is_noted_when_it_comes_also_where_none_is_needed(visitor: Client) -> None:
    done = sent(visitor, {**LEO, **NO_ORDER, "order": "sent"})
    lead, dana = Lead.objects.select_related("facts").get(), User.objects.get(email__startswith="dana@")
    assert "order_signed" in may_arrive(lead)
    desk = Client()
    desk.force_login(dana, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "The order has arrived" in page(desk.get(f"/leads/L-{lead.number}"))
    assert desk.post(f"/leads/L-{lead.number}/papers", {"paper": "order_signed"}).status_code == 303
    assert FactsRow.objects.get(lead=lead).order_state == "signed"
    assert "The order has arrived" not in page(desk.get(f"/leads/L-{lead.number}"))
    assert "No order is known to be needed" not in page(standing(visitor, done))


@pytest.mark.parametrize("said", ["ask", "sent"])
def test_what_the_lead_says_of_an_order_follows_the_programs_rule(visitor: Client, said: str) -> None:
    """The program needs none: nothing waits for what was announced, nor for the signature of what came."""
    sent(visitor, {**LEO, **NO_ORDER, "order": said})
    lead, dana = Lead.objects.get(), User.objects.get(email__startswith="dana@")
    desk = Client()
    desk.force_login(dana, backend="allauth.account.auth_backends.AuthenticationBackend")
    before = page(desk.get(f"/leads/L-{lead.number}"))
    assert "announced; nothing waits for it" in before and "announced, not here yet" not in before
    assert "Order announced, not asked for; none known to be needed" in before and "ask for it" not in before
    assert desk.post(f"/leads/L-{lead.number}/papers", {"paper": "order_unsigned"}).status_code == 303
    after = page(desk.get(f"/leads/L-{lead.number}"))
    assert "Order not signed; none known to be needed" in after and "unsigned; nothing waits for it" in after
    assert "announced" not in after and "The order has arrived" not in after
    lead.refresh_from_db()
    assert lead.blockers == [] and not asked_for(lead)
    assert not any(verify(row) for row in DecisionRow.objects.filter(lead=lead))


@pytest.mark.parametrize("said", ["ask", "sent"])
def test_an_order_that_is_needed_is_asked_for_as_the_page_says(visitor: Client, said: str) -> None:
    done = sent(visitor, {**LEO, "order": said})
    assert asked_for(Lead.objects.get())
    assert ("we will ask your office for it" if said == "ask" else "The signed order by fax to") in page(done)
    assert "The order for therapy, signed and dated." in page(standing(visitor, done))


def test_of_whom_we_refer_elsewhere_no_order_is_wanted(visitor: Client) -> None:
    done = sent(visitor, LEO)
    lead, mei = Lead.objects.get(), User.objects.get(email__startswith="mei@")
    overrule(lead, mei, actor=Actor(f"user:{mei.id}"), outcome="refer_out", reason="too far for him")
    lead.refresh_from_db()
    assert lead.blockers == []
    assert "We need" not in page(standing(visitor, done))


def test_the_next_patient_keeps_whoever_refers_and_nothing_of_the_patient(visitor: Client) -> None:
    [again] = links(sent(visitor, LEO), "/refer/again/")
    shown = page(visitor.get(again))
    assert 'value="Dr. Ines Okafor"' in shown and 'value="1234567893"' in shown
    assert '<option value="physician" selected>' in shown
    for secret in ("Leo", "Dahl", "555 0150", "Stiff after"):
        assert secret not in shown
    ada = {"patient_first_name": "Ada", "patient_phone": "608 555 0151", "birth_date": "05/06/1970"}
    sent(visitor, {**LEO, **ada, "token": "s" * 32}, again)
    assert Lead.objects.count() == 2 and OrganizationPerson.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("npi", "1234567890", "fails its check digit"),
        ("npi", "12345", "ten digits"),
        ("diagnosis", "broken wrist", "not an ICD-10-CM code"),
        ("event_date", "13/45/2026", "no such day"),
        ("fax", "not a number", "not a phone number"),
        ("role", "", "Choose who you are."),
        ("updates_by", "fly", "one of"),
        ("patient_phone", "\u202e555", "not a phone number"),
        ("side", "up", "one of"),
    ],
)
def test_what_cannot_be_used_is_named_at_its_field(
    visitor: Client, field: str, typed: str, said: str
) -> None:
    response = visitor.post("/refer", {**LEO, field: typed})
    shown = page(response)
    assert response.status_code == 422 and said in shown
    assert f'id="{field}-problem"' in shown
    assert 'value="Dahl"' in shown and Item.objects.count() == 0


def test_somebody_who_does_not_treat_says_what_the_patient_agreed_to(visitor: Client) -> None:
    response = visitor.post("/refer", {**SCHOOL, "authority": ""})
    assert response.status_code == 422 and "Choose what the patient has agreed to." in page(response)


def test_the_treating_office_sees_status_and_nothing_more(visitor: Client) -> None:
    shown = page(standing(visitor, sent(visitor, LEO)))
    assert "Patient L. D., born 1961." in shown and "Sent by Lakeshore Orthopedics" in shown
    assert "One thing is missing from what you sent." in shown and "signed and dated" in shown
    assert shown.index("One thing is missing") < shown.index("Where it stands")
    for word in ("Received", "Patient or family reached", "First visit agreed", "By e-mail, at every step"):
        assert word in shown
    for secret in ("Leo", "Dahl", "wrist", "S52", "0150", "53703", "ines@"):
        assert secret not in shown
    assert AuditRow.objects.filter(verb="viewed", why="status").count() == 1


def test_a_school_without_authorization_sees_that_it_arrived(visitor: Client) -> None:
    shown = page(standing(visitor, sent(visitor, SCHOOL)))
    assert "Received" in shown and "written authorization" in shown
    assert "reached" not in shown and "First visit" not in shown


def test_a_school_with_authorization_sees_the_steps(visitor: Client) -> None:
    shown = page(standing(visitor, sent(visitor, {**SCHOOL, "authority": "authorized"})))
    assert "Patient or family reached" in shown


def test_a_closed_referral_says_why_in_a_word(visitor: Client) -> None:
    done = sent(visitor, LEO)
    Lead.objects.update(closed_at=clock.now(), closed_how="out_of_area")
    shown = page(standing(visitor, done))
    assert "the home is outside our area" in shown and "We need" not in shown


def test_where_we_are_not_the_right_place_the_other_one_is_named(visitor: Client) -> None:
    done = sent(visitor, {**LEO, "zip": "55802", "birth_date": "03/04/2018", "therapies": ["speech"]})
    lead = Lead.objects.get()
    assert lead.outcome == "refer_out"
    assert "Another place" not in page(standing(visitor, done)), "as long as it is open we tell them ourselves"
    Lead.objects.update(closed_at=clock.now(), closed_how="out_of_area")
    place = next(r["text"] for r in DecisionRow.objects.get(lead=lead).reasons if r["code"] == "place")
    assert f"Another place that may fit: {place}." in page(standing(visitor, done))
    Lead.objects.update(closed_how="patient_declined")
    assert "Another place" not in page(standing(visitor, done))


def test_the_link_ends_and_can_be_asked_anew(visitor: Client, settings: Settings) -> None:
    [address] = links(sent(visitor, LEO), "/status/")
    clock.move(GOOD_FOR + timedelta(minutes=5))
    old = visitor.get(address)
    assert old.status_code == 410 and "Ask for a new one here" in page(old)
    ours = f"L-{Lead.objects.get().number}"
    asked = ((ours, "ines@example.org"), (ours, "else@example.org"), ("L-999999", "ines@example.org"))
    answers = {page(visitor.post("/status", {"code": code, "email": email})) for code, email in asked}
    assert len(answers) == 1 and "a new link is on its way" in answers.pop()
    message = Message.objects.get(template="status_link")
    link = links_for([message], now=clock.now())[message.key]["link"]
    assert visitor.get(link.removeprefix(settings.ENVIRONMENT.address)).status_code == 200


def test_a_link_asked_anew_is_sent_although_no_plan_wants_it(visitor: Client) -> None:
    sent(visitor, LEO)
    lead = Lead.objects.get()
    visitor.post("/status", {"code": f"L-{lead.number}", "email": "INES@example.org"})
    visitor.post("/status", {"code": f"L-{lead.number}", "email": "ines@example.org"})
    lead.refresh_from_db()
    sweep()
    assert Message.objects.get(template="status_link").status in ("wanted", "sent")


def test_asking_too_often_is_refused(visitor: Client, settings: Settings) -> None:
    asked = {"code": "L-1", "email": "ines@example.org"}
    statuses = [visitor.post("/status", asked).status_code for _ in range(ASKS + 1)]
    assert statuses == [200] * ASKS + [429]


@pytest.mark.parametrize("mark", ["x", "a:b", "é", "0" * 40])
def test_a_made_up_link_shows_nothing(visitor: Client, mark: str) -> None:
    response = visitor.get(f"/status/{mark}")
    assert response.status_code == 404 and "leads nowhere" in page(response)


def test_a_signed_link_with_another_item_shows_nothing(visitor: Client) -> None:
    sent(visitor, LEO)
    mark = status_mark(Item.objects.get().id, at=clock.now())
    other = ("0" if mark[0] != "0" else "1") + mark[1:]
    assert visitor.get(f"/status/{other}").status_code == 404


def test_a_double_tap_is_one_referral(visitor: Client) -> None:
    for _ in range(2):
        sent(visitor, LEO)
    assert Item.objects.count() == Lead.objects.count() == 1


def test_a_red_flag_is_told_at_once(visitor: Client) -> None:
    shown = page(sent(visitor, {**LEO, "concern": "Chest pain since this morning"}))
    assert "If this is an emergency call 911" in shown
    assert Lead.objects.get().outcome == "clinician_review"


def test_an_organization_asks_for_a_service(visitor: Client) -> None:
    done = sent(visitor, ENQUIRY, "/refer/organization")
    lead = Lead.objects.select_related("reading__key").get()
    need = read(lead.reading).organization
    assert lead.referrer_mail == "treating", "about no patient: nobody's authorization is needed"
    assert lead.kind == "organization" and lead.outcome == "discovery" and lead.patient is None
    assert (need.size, need.timeline, need.decision_path) == (80, "next quarter", "The board in December")
    assert "We have your enquiry" in page(done)
    assert "Talked with you" in page(standing(visitor, done))


def test_an_organization_that_names_only_who_decides_is_asked_how(visitor: Client) -> None:
    sent(visitor, {**ENQUIRY, "decision_path": ""}, "/refer/organization")
    lead = Lead.objects.select_related("facts").get()
    assert "decision_maker" in lead.facts.organization_states
    imani = User.objects.get(email="imani@cedarstreet.example.org")
    stages.move(lead, imani, actor=SYSTEM, to="discovery", reason="They called back")
    staff = Client()
    staff.force_login(imani, backend="allauth.account.auth_backends.AuthenticationBackend")
    move = {"stage": "proposal", "reason": "They want one"}
    refused = staff.post(f"/leads/L-{lead.number}/stage", move)
    assert refused.status_code == 422 and "Confirm first: who decides, and by which steps" in page(refused)


def test_of_an_enquiry_a_liaison_reads_what_was_said_and_the_budget_stands_before_an_agreement(visitor: Client) -> None:
    sent(visitor, {**ENQUIRY, "budget": ""}, "/refer/organization")
    lead = Lead.objects.get()
    imani, mei = (User.objects.get(email=f"{who}@cedarstreet.example.org") for who in ("imani", "mei"))
    stages.move(lead, imani, actor=Actor("user", str(imani.id)), to="discovery", reason="They called back")
    stages.move(lead, mei, actor=Actor("user", str(mei.id)), to="proposal", reason="They want a written one")
    staff = Client()
    staff.force_login(imani, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = page(staff.get(f"/leads/L-{lead.number}"))
    assert "“They called back”" in shown and "“They want a written one”" in shown
    assert "hidden from your role" not in shown.lower() and "<h2>Coverage" not in shown
    assert "Nothing is agreed before this is confirmed." in shown and "Nothing is proposed" not in shown


def test_of_a_patient_a_liaison_reads_their_own_words_alone(visitor: Client) -> None:
    sent(visitor, LEO)
    lead = Lead.objects.get()
    imani, mei = (User.objects.get(email=f"{who}@cedarstreet.example.org") for who in ("imani", "mei"))
    hand_over(lead, mei, actor=Actor("user", str(mei.id)), user=imani, reason="His wife is worried")
    do_not_contact(lead, imani, actor=Actor("user", str(imani.id)), reason="The office asks us to wait")
    staff = Client()
    staff.force_login(imani, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = page(staff.get(f"/leads/L-{lead.number}"))
    assert "“The office asks us to wait”" in shown and "His wife is worried" not in shown
    assert "words hidden from your role" in shown


@pytest.mark.parametrize(
    ("size", "number"),
    [("40 residents", 40), ("about 80", 80), ("1,200", 1200), ("~35 people", 35), ("80.", 80)],
)
def test_a_size_with_a_word_beside_it_is_its_number(visitor: Client, size: str, number: int) -> None:
    sent(visitor, {**ENQUIRY, "size": size}, "/refer/organization")
    assert read(Lead.objects.get().reading).organization.size == number


@pytest.mark.parametrize("size", ["many", "-1", "9" * 30, "\u0661", "40 to 60", "40 or 50 residents", "3.5"])
def test_a_size_that_is_no_number_is_named(visitor: Client, size: str) -> None:
    response = visitor.post("/refer/organization", {**ENQUIRY, "size": size})
    assert response.status_code == 422 and 'id="size-problem"' in page(response)
    assert "Enter one number: how many people it is for (40), or leave it empty." in page(response)
    assert "quotes" not in page(response)


def test_scripts_and_marks_stay_text(visitor: Client) -> None:
    typed = {**LEO, "concern": '<script>alert("x")</script>', "npi": "1", "organization": "A\u202eB"}
    raw = visitor.post("/refer", typed).content.decode()
    assert "<script" not in raw and "&lt;script&gt;" in raw


def test_what_was_sent_can_be_read_again(visitor: Client) -> None:
    from firstvisit.steps.intake.services import original

    sent(visitor, LEO)
    said = json.loads(original(Item.objects.get()))
    assert said["about"] == "patient" and said["answers"]["patient_last_name"] == "Dahl"


@pytest.mark.parametrize(
    ("changes", "mail"),
    [
        ({}, "treating"),
        ({"updates_by": "fax"}, "by_hand"),
        ({"updates_by": "phone", "role": "school", "authority": "received_only"}, "hand_out"),
        ({"updates_by": "none"}, ""),
        ({"role": "school", "authority": "received_only"}, "outside"),
        ({"role": "school", "authority": "authorized"}, "treating"),
    ],
)
def test_whoever_refers_is_written_to_as_they_wish_and_may(
    visitor: Client, changes: dict[str, str], mail: str
) -> None:
    sent(visitor, {**LEO, **changes})
    assert Lead.objects.get().referrer_mail == mail


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"updates_by": ""}, "By e-mail, at every step"),
        ({"updates_by": "", "referrer_email": "", "referrer_phone": "608-555-0166"}, "By phone, at every step"),
        ({"updates_by": "none"}, "You asked us not to write"),
    ],
)
def test_the_page_says_how_we_tell_them_and_never_that_they_asked_for_silence_unless_they_did(
    visitor: Client, changes: dict[str, str], told: str
) -> None:
    [address] = links(sent(visitor, {**LEO, **changes}), "/status/")
    seen = page(visitor.get(address))
    assert told in seen
    assert ("asked us not to write" in seen) == (changes["updates_by"] == "none")


def test_an_office_is_told_on_its_page_that_the_date_of_a_surgery_is_missing(visitor: Client) -> None:
    [address] = links(sent(visitor, REPLACED), "/status/")
    assert ["event_date", "referrer"] in [blocker[:2] for blocker in Lead.objects.get().blockers]
    assert "The date of the surgery or of the discharge." in page(visitor.get(address))
    assert {f"need_{what}" for what in ASKED_OF_THEM} <= words("status", "en").keys()
