"""A request that names nobody changes nothing of a patient whom it may not be about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, but

from firstvisit.journey.jobs import sweep
from firstvisit.journey.lead_file import lead_file
from firstvisit.journey.verbs import finish
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput
from firstvisit.leads.models import Event, Lead, LeadReferral, Task
from firstvisit.leads.services import read
from firstvisit.messages.models import Message
from firstvisit.people.models import Insurance, Person
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.models import Part

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]

ARON = but(FAMILY, patient__first_name="Aron", payers=[{"name": "Northfield Health", "member_id": "A1"}])
ZENO = but(
    FAMILY, patient__first_name="Zeno", patient__date_of_birth="2021-05-02",
    payers=[{"name": "Northfield Health", "member_id": "Z1"}],
)  # fmt: skip
NOBODY = {
    "lead_kind": "caregiver",
    "contact": FAMILY["contact"],
    "concern": "We have a new card",
    "payers": [{"name": "Northfield Health", "member_id": "N9"}],
}
CHOKES = {**NOBODY, "concern": "My son also chokes and turned blue at dinner"}


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def reading(lead: Lead) -> Referral:
    return read(LeadReferral.objects.select_related("key").get(lead=lead))


def asked(lead: Lead) -> Task:
    clock.move(timedelta(minutes=11))
    while sweep():
        pass
    return Task.objects.get(lead=lead, kind="ask_whom", status="open")


def done(task: Task, by: User, result: str) -> None:
    finish(task, by, actor=Actor(f"user:{by.id}"), result=result)


def test_a_card_that_names_nobody_is_kept_aside_from_the_child_asked_for_last(arrive: Arrive) -> None:
    arrive(ARON)
    zeno = arrive(ZENO)
    before, people, cards = reading(zeno), Person.objects.count(), Insurance.objects.count()
    assert arrive(NOBODY) == zeno
    assert reading(zeno) == before
    assert (Person.objects.count(), Insurance.objects.count()) == (people, cards)
    assert asked(zeno).kind == "ask_whom"


def by_form(**second: Any) -> Lead:
    """Both steps of the public form by the same mother, naming no child; the lead it became part of."""
    who = {"who": "child", "name": "Odalys Quisenberry", "phone": "608-555-0101", "token": "0" * 32}
    visitor = Client()
    step2 = visitor.post("/request", who)["Location"]
    done = visitor.post(step2, {"concern": "He falls a lot", "event_kind": "none", "token": "1" * 32, **second})
    assert done.status_code == 303, done.content
    return Lead.objects.order_by("-number")[0]


@pytest.mark.parametrize(
    "second", [{"zip": "54901"}, {"therapy": "occupational", "zip": "54901", "insurance": "Other Plan"}]
)
def test_a_form_that_names_no_child_changes_and_opens_nothing_in_a_named_childs_name(
    arrive: Arrive, pages: None, second: dict[str, str]
) -> None:
    zeno = arrive(ZENO)
    before, people = reading(zeno), Person.objects.count()
    homes = [identities([zeno.patient_id])[zeno.patient_id][0]]
    assert by_form(**second) == zeno
    assert reading(zeno) == before
    assert [identities([zeno.patient_id])[zeno.patient_id][0]] == homes
    assert (Lead.objects.count(), Person.objects.count()) == (1, people)
    assert asked(zeno).kind == "ask_whom"


def test_what_was_kept_aside_can_be_read_by_those_who_may(arrive: Arrive, browser: Any) -> None:
    zeno = arrive(ZENO)
    arrive(CHOKES)
    page = browser("anna").get(f"/leads/L-{zeno.number}").content.decode()
    assert "turned blue at dinner" in page and "Coverage: Northfield Health, N9" in page
    assert "turned blue" not in browser("walt").get(f"/leads/L-{zeno.number}").content.decode()


def test_somebody_who_asks_for_themselves_is_named_by_that(arrive: Arrive, pages: None) -> None:
    grown = but(
        FAMILY, lead_kind="patient", patient__first_name="Odalys", patient__date_of_birth="1980-01-02",
        contact__relationship="self",
    )  # fmt: skip
    lead = arrive(grown)
    arrive({**grown, "patient": {}, "concern": "It is worse now"})
    assert (reading(lead).concern or "").endswith("It is worse now")


def test_once_somebody_has_asked_it_is_taken_in(arrive: Arrive, staff: Staff) -> None:
    zeno = arrive(ZENO)
    arrive(NOBODY)
    task = asked(zeno)
    done(task, staff("dana"), "for_this_patient")
    stated = reading(zeno)
    assert [payer.member_id for payer in stated.payers or ()] == ["N9", "Z1"]
    assert (stated.concern or "").endswith("We have a new card")
    assert Event.objects.filter(lead=zeno, name="taken_in").count() == 1
    assert Insurance.objects.count() == 2


def test_what_was_about_somebody_else_is_never_taken_in(arrive: Arrive, staff: Staff) -> None:
    zeno = arrive(ZENO)
    before = reading(zeno)
    arrive(NOBODY)
    done(asked(zeno), staff("dana"), "for_another")
    assert reading(zeno) == before
    arrive(but(NOBODY, payers=[], concern="We moved nearer"))
    done(asked(zeno), staff("dana"), "for_this_patient")
    assert reading(zeno).payers == before.payers
    assert (reading(zeno).concern or "").endswith("We moved nearer")


def test_a_red_flag_reaches_a_clinician_whomever_it_is_about(arrive: Arrive) -> None:
    zeno = arrive(ZENO)
    arrive(CHOKES)
    zeno.refresh_from_db()
    assert zeno.outcome == "clinician_review"
    assert "chokes" not in (reading(zeno).concern or "")


def test_whom_it_was_about_ends_no_other_task(arrive: Arrive, staff: Staff) -> None:
    zeno = arrive(ZENO)
    task = Task.objects.get(lead=zeno, status="open", kind="call_to_book")
    with pytest.raises(BadInput):
        done(task, staff("dana"), "for_this_patient")


def test_the_first_step_for_the_second_twin_stands_with_the_second_twin(arrive: Arrive, browser: Any) -> None:
    """Their mother fills in the form for the second twin: its first step names nobody yet."""
    first = arrive(ARON)
    twin = {"patient_first_name": "Noam", "patient_last_name": "Quisenberry", "birth_date": "2023-09-14"}
    second = by_form(**twin, therapy="speech")
    assert second.id != first.id
    assert [Part.objects.filter(lead=lead).count() for lead in (first, second)] == [1, 2]
    shown = browser("dana").get(f"/leads/L-{first.number}").content.decode()
    assert "More arrived that names nobody" not in shown
    assert "The first step of a form for somebody else came here; it stands with" in shown
    assert f"L-{second.number}</a>" in shown
    theirs = browser("dana").get(f"/leads/L-{second.number}").content.decode()
    assert "The first step of this form" in theirs and "Received by web form" in theirs
    clock.move(timedelta(minutes=11))
    while sweep():
        pass
    assert not Task.objects.filter(lead=first, kind="ask_whom", status="open").exists()
    letters = Message.objects.filter(lead=second, template="receipt").count()
    assert letters <= 1


def test_a_form_given_up_and_begun_anew_for_the_second_twin_takes_every_step_along(arrive: Arrive, pages: None) -> None:
    first = arrive(ARON)
    visitor = Client()
    who = {"who": "child", "name": "Odalys Quisenberry", "phone": "608-555-0101", "token": "4" * 32}
    step2 = visitor.post("/request", who)["Location"]
    said = {"concern": "He falls a lot", "event_kind": "none", "token": "5" * 32}
    assert visitor.post(step2, said).status_code == 303
    assert Part.objects.filter(lead=first).count() == 3
    twin = {"patient_first_name": "Noam", "patient_last_name": "Quisenberry", "birth_date": "2023-09-14"}
    assert visitor.post(step2, {**said, **twin}).status_code == 303
    assert Part.objects.filter(lead=first).count() == 1
    second = Lead.objects.exclude(id=first.id).get()
    assert Part.objects.filter(lead=second).count() == 3
    assert list(Event.objects.filter(lead=first, name="went_on_elsewhere").values_list("data__in", flat=True)) == [
        f"L-{second.number}", f"L-{second.number}",
    ]  # fmt: skip


def test_whoever_is_named_again_without_a_number_does_not_also_speak(arrive: Arrive, staff: Staff) -> None:
    arrive(FAMILY)
    lead = arrive(but(FAMILY, contact__phone=None, contact__email=None, patient__phone="+16085550101"))
    shown = lead_file(lead, now=clock.now(), narrative=True, user=staff("dana"))
    assert shown.contact is not None and shown.contact.phone == "+16085550101"
    assert [who.name for who, _ in shown.others] == []
    lead = arrive(but(FAMILY, contact__name="Luis Quisenberry", contact__phone="+16085550199", contact__email=None))
    shown = lead_file(lead, now=clock.now(), narrative=True, user=staff("dana"))
    assert "Luis Quisenberry" in {who.name for who, _ in shown.others} | {shown.contact.name if shown.contact else ""}
