"""Whoever is known already stays one person with one lead, whichever way they come in again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.mail import Mailbox
from tests.people import FAMILY, FIRST_STEP, SECOND_STEP, but

from firstvisit.journey import invariants, jobs, verbs
from firstvisit.journey.queries import found_leads
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, Task
from firstvisit.people.models import Person, PossibleMatch
from firstvisit.people.queries import consents, identities
from firstvisit.people.stopping import stop_mail
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Part
from firstvisit.web.public.texts import words

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Form = Callable[..., Lead]

COSIMA = but(
    FAMILY,
    patient__first_name="Cosima",
    patient__last_name="Thistlewood",
    patient__date_of_birth="2024-02-08",
    contact__name="Edmund Thistlewood",
    contact__relationship="father",
    contact__phone="+16085550177",
    contact__email="edmund.thistlewood@example.org",
    payers=[],
)
"""The child of the form, sent by the father through a partner."""


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime, pages: None) -> None:
    """All of it happens on a Tuesday at ten."""


@pytest.fixture
def form() -> Form:
    """Fills in both steps of the public form; the lead it became part of. Values by field."""

    def fill(**changes: Any) -> Lead:
        visitor, mark = Client(), len(changes) + Lead.objects.count()
        first = {
            **FIRST_STEP,
            **{k: v for k, v in changes.items() if k in FIRST_STEP},
            "token": f"{mark:032d}",
        }
        answer = visitor.post("/request", first)
        assert answer.status_code == 303, answer.content
        second = {**SECOND_STEP, **{k: v for k, v in changes.items() if k not in FIRST_STEP}}
        if first["who"] == "me":
            second = {k: v for k, v in second.items() if not k.startswith("patient_")}
        answer = visitor.post(answer["Location"], {**second, "token": f"b{mark:031d}"})
        assert answer.status_code == 303, answer.content.decode()
        assert re.search(r"L-\d+", visitor.get(answer["Location"]).content.decode())
        lead = Part.objects.latest("id").lead
        assert lead is not None
        return lead

    return fill


def open_leads() -> list[int]:
    return list(
        Lead.objects.filter(closed_at__isnull=True).order_by("number").values_list("number", flat=True)
    )


def nobody_twice() -> bool:
    return not list(invariants.people_once(invariants.Scope(clock.now(), settings.AUDIT_HEADS)))


def test_a_partners_referral_and_then_the_mothers_form_are_one_lead(arrive: Arrive, form: Form) -> None:
    sent = arrive(COSIMA)
    came = form()
    assert came == sent
    assert open_leads() == [sent.number]
    assert nobody_twice()


def test_both_parents_by_form_are_one_lead(form: Form) -> None:
    mother = form()
    father = form(name="Edmund Thistlewood", phone="(608) 555-0177", email="edmund.thistlewood@example.org")
    assert father == mother
    assert open_leads() == [mother.number]
    assert nobody_twice()


def test_a_parent_with_a_new_phone_and_address_is_not_a_second_family(form: Form) -> None:
    before = form()
    again = form(phone="(608) 555-0178", email="rosalind.new@example.org")
    assert again == before
    assert nobody_twice()


def test_an_adult_with_another_phone_is_the_same_adult(form: Form) -> None:
    me = {"who": "me", "name": "Philippa Tweedsmuir", "birth_date": "04/05/1981", "therapy": "physical",
          "program": "orthopedic"}  # fmt: skip
    before = form(**me)
    again = form(**me, phone="(608) 555-0179", email="philippa.new@example.org")
    assert again == before
    assert open_leads() == [before.number]
    assert nobody_twice()


def test_a_pair_that_the_second_step_joined_waits_for_nobody(form: Form) -> None:
    me = {"who": "me", "birth_date": "04/05/1981", "therapy": "physical", "program": "orthopedic"}
    before = form(name="Elsa Kvam", **me)
    assert form(name="Elsa Kvamm", **me) == before
    assert not PossibleMatch.objects.exists(), "the first step asked whether they are one, the second says so"


def test_a_known_child_with_another_therapy_gets_one_new_lead_and_the_first_step_is_closed(
    arrive: Arrive, form: Form
) -> None:
    speech = arrive(COSIMA)
    hands = form(therapy="occupational", program="pediatric")
    assert hands != speech
    assert open_leads() == [speech.number, hands.number]
    assert hands.patient == speech.patient
    assert not Task.objects.filter(status="open", lead__closed_at__isnull=False).exists()
    assert nobody_twice()


def test_twins_whose_names_begin_alike_are_two(arrive: Arrive) -> None:
    sam = arrive(but(FAMILY, patient__first_name="Sam"))
    samantha = arrive(but(FAMILY, patient__first_name="Samantha"))
    assert sam != samantha
    unfinished = arrive(but(FAMILY, patient__first_name="Samanth"))
    asked = Task.objects.filter(lead=unfinished, kind="compare_people", status="open")
    assert unfinished not in (sam, samantha) and asked.exists(), "a letter less may be a slip or a third: a person asks"
    assert nobody_twice(), "same birth date, same member number, and still two people"


def test_a_red_flag_after_very_many_words_is_found(arrive: Arrive) -> None:
    lead = arrive(but(FAMILY, concern="a long story " * 300))
    arrive(but(FAMILY, concern="another one " * 320))
    arrive(but(FAMILY, concern="I want to kill myself"))
    lead.refresh_from_db()
    assert lead.outcome == "clinician_review"


def test_a_stop_is_lifted_by_ones_own_word_and_by_no_partners(
    arrive: Arrive, form: Form, mailbox: Mailbox
) -> None:
    lead = arrive(COSIMA)
    jobs.send_wanted()
    assert lead.contact is not None
    stop_mail(lead.contact, actor=SYSTEM)
    arrive(but(COSIMA, patient__first_name="Zenobia"))
    jobs.send_wanted()
    assert len(mailbox.mails) == 1
    form(name="Edmund Thistlewood", phone="(608) 555-0177", email="edmund.thistlewood@example.org",
         patient_first_name="Leander")  # fmt: skip
    jobs.send_wanted()
    assert len(mailbox.mails) == 2


def test_nobody_elses_word_lifts_a_stop(arrive: Arrive, form: Form, mailbox: Mailbox) -> None:
    lead = arrive(COSIMA)
    jobs.send_wanted()
    assert lead.contact is not None
    stop_mail(lead.contact, actor=SYSTEM)
    form(name="Gundula Prankster", email="edmund.thistlewood@example.org", patient_first_name="Nobody")
    jobs.send_wanted()
    assert len(mailbox.mails) == 1


def test_a_grown_patient_stays_the_one_we_talk_to(form: Form) -> None:
    me = {"who": "me", "name": "Philippa Tweedsmuir", "birth_date": "04/05/1981", "therapy": "physical",
          "program": "orthopedic"}  # fmt: skip
    lead = form(**me)
    again = form(who="other", name="Gundula Prankster", phone="(608) 555-0166", email="gundula@example.org",
                 patient_first_name="Philippa", patient_last_name="Tweedsmuir", birth_date="04/05/1981",
                 therapy="physical", program="orthopedic", concern="She wants to die")  # fmt: skip
    assert again == lead
    lead.refresh_from_db()
    assert lead.contact_id is None
    assert lead.writes_to_id == lead.patient_id


def test_what_others_said_of_the_same_person_is_not_told_on_the_done_page(arrive: Arrive) -> None:
    arrive(but(COSIMA, concern="he says he wants to die"))
    visitor = Client()
    answer = visitor.post("/request", {**FIRST_STEP, "token": "c" * 32})
    answer = visitor.post(answer["Location"], {**SECOND_STEP, "token": "d" * 32})
    assert words("everywhere", "en")["emergency"] not in visitor.get(answer["Location"]).content.decode()


def test_a_second_parent_is_found_by_their_phone(
    arrive: Arrive, form: Form, staff: Callable[[str], User]
) -> None:
    lead = arrive(COSIMA)
    form()
    found = found_leads(staff("dana"), "(608) 555-0110", now=clock.now())
    assert lead in [one for one, _ in found]
    assert found_leads(staff("auditor"), "(608) 555-0110", now=clock.now()) == []


def test_a_changed_phone_does_not_hide_the_one_before(arrive: Arrive) -> None:
    lead = arrive(COSIMA)
    arrive(but(COSIMA, contact__phone="+16085550199"))
    person = Person.objects.get(id=lead.contact_id)
    assert identities([person.id])[person.id][0].phone == "+16085550199"
    assert {p.kind for p in person.contact_points.all()} == {"phone", "email"}
    assert person.contact_points.filter(kind="phone").count() == 2


@pytest.mark.parametrize("closed", [False, True])
def test_names_that_came_the_other_way_round_are_said_on_the_lead(
    arrive: Arrive, browser: Callable[[str], Client], staff: Callable[[str], User], closed: bool
) -> None:
    """First and last name stay as they were known, whether the request joins a lead or opens another."""
    first = arrive(FAMILY)
    if closed:
        verbs.close(first, staff("dana"), actor=SYSTEM, how="patient_declined", reason="they found another day")
    turned = but(FAMILY, patient__first_name="Quisenberry", patient__last_name="Mirabelle")
    lead = arrive(turned)
    assert (lead.id == first.id) is not closed
    page = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert "first and last name stated the other way round" in page and "Mirabelle Quisenberry" in page


@pytest.mark.parametrize(
    ("born", "said"), [("2019-03-04", "nobody named who speaks for them"), ("1980-03-04", "calls for themselves")]
)
def test_no_child_calls_for_themselves(
    arrive: Arrive, browser: Callable[[str], Client], born: str, said: str
) -> None:
    alone = but(FAMILY, contact=None, lead_kind="patient", patient__date_of_birth=born, patient__phone="+16085550177")
    arrive(alone)
    page = browser("dana").get("/today").content.decode()
    assert said in page
    assert page.count("for themselves") == (said == "calls for themselves")


QUILL: Any = {
    "lead_kind": "patient", "discipline": ["PT"], "concern": "My knee gives way",
    "patient": {"first_name": "Arthur", "last_name": "Quillfeather", "date_of_birth": "1964-09-09",
                "street": "12 Birch Lane", "city": "Madison", "state": "WI", "postal_code": "53713"},
    "contact": {"name": "Arthur Quillfeather", "relationship": "self", "phone": "+16085550180",
                "email": "arthur.q@example.org"},
    "payers": [{"name": "Northfield Health", "member_id": "NHQ-1000-01"}],
    "consents": [{"channel": "email", "given": True, "wording": "email-receipt:1"}],
}  # fmt: skip
NAMESAKE = but(
    QUILL, patient__street="9 Cherokee Street", patient__city="Marquette", patient__state="MI",
    patient__postal_code="49855", contact__phone="+19065550181", contact__email="other.q@example.org",
    payers=[{"name": "Summit Mutual", "member_id": "SM-2000-02"}],
    consents=[{"channel": "email", "given": False, "wording": "email-receipt:1"}],
)  # fmt: skip


def test_where_all_but_name_and_birth_date_is_other_a_person_decides_and_nothing_is_replaced(arrive: Arrive) -> None:
    known = arrive(QUILL)
    assert known.patient_id is not None
    before = identities([known.patient_id])[known.patient_id][0]
    other = arrive(NAMESAKE)
    assert other != known and other.patient_id != known.patient_id
    pair = PossibleMatch.objects.get()
    assert {pair.known_id, pair.newcomer_id} == {known.patient_id, other.patient_id} and "doubt:ways" in pair.reasons
    assert Task.objects.filter(lead=other, kind="compare_people", status="open").exists()
    assert identities([known.patient_id])[known.patient_id][0] == before
    assert consents([known.patient_id], "email") == {known.patient_id: True}


@pytest.mark.parametrize(("first", "called"), [("Steven", "Steve"), ("Gregory", "Greg")])
def test_whoever_goes_by_a_form_of_the_name_at_the_same_phone_is_asked_about(
    arrive: Arrive, first: str, called: str
) -> None:
    said = {
        "lead_kind": "patient", "discipline": ["PT"], "patient": {"first_name": first, "last_name": "Morland"},
        "contact": {"name": f"{first} Morland", "relationship": "self", "phone": "+16085550151"},
        "concern": "My back hurts",
    }  # fmt: skip
    known = arrive(said)
    other = arrive(but(said, patient__first_name=called, contact__name=f"{called} Morland"))
    assert other.patient_id != known.patient_id
    assert PossibleMatch.objects.filter(newcomer=other.patient, known=known.patient, status="open").count() == 1
