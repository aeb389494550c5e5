"""One person or two: what a machine must not decide is compared by a person, merged, and parted again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.journeys.documents import record_of
from tests.people import FAMILY, but

from firstvisit.journey import invariants, merging, verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.people.models import Person, PossibleMatch
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]

HALE: Any = {
    "lead_kind": "patient",
    "discipline": ["PT"],
    "patient": {
        "first_name": "Robert", "last_name": "Halvorsgaard", "date_of_birth": "1958-03-14",
        "street": "12 Birch Lane", "city": "Madison", "state": "WI", "postal_code": "53713",
    },
    "contact": {"name": "Robert Halvorsgaard", "relationship": "self", "phone": "+16085550131"},
    "concern": "The shoulder catches when I reach up",
}  # fmt: skip
"""A man of whom a second record comes with another birth date."""
MISTYPED = but(HALE, patient__date_of_birth="1961-07-02", concern="The shoulder again, and it wakes me at night")


@pytest.fixture
def dana(staff: Callable[[str], User]) -> User:
    return staff("dana")


def pair() -> PossibleMatch:
    return PossibleMatch.objects.get()


def open_tasks(lead: Lead) -> list[str]:
    return sorted(Task.objects.filter(lead=lead, status="open").values_list("kind", flat=True))


def test_twins_on_one_phone_are_two_and_nobody_is_asked(arrive: Arrive, tuesday: datetime) -> None:
    first = arrive(FAMILY)
    second = arrive(but(FAMILY, patient__first_name="Thaddeus"))
    assert first != second
    assert not PossibleMatch.objects.exists()


def test_father_and_son_of_one_name_are_two_and_the_suffix_settles_it(arrive: Arrive, tuesday: datetime) -> None:
    senior = arrive(but(HALE, patient__last_name="Halvorsgaard Sr"))
    junior = arrive(but(HALE, patient__last_name="Halvorsgaard Jr", patient__date_of_birth="1989-11-30"))
    assert senior != junior
    assert not PossibleMatch.objects.exists()


def test_a_slip_in_name_and_birth_date_with_the_same_phone_joins_the_open_lead(
    arrive: Arrive, tuesday: datetime
) -> None:
    first = arrive(HALE)
    assert arrive(but(HALE, patient__last_name="Halvorsgard", patient__date_of_birth="1958-03-15")) == first
    assert Person.objects.filter(leads=first).count() == 1


def test_another_birth_date_is_compared_by_a_person(arrive: Arrive, tuesday: datetime) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    assert first != second
    assert (pair().known_id, pair().newcomer_id, pair().status) == (first.patient_id, second.patient_id, "open")
    assert "compare_people" in open_tasks(second)
    assert "birth_date:differs" in pair().reasons


def test_two_people_are_never_asked_about_again(arrive: Arrive, tuesday: datetime, dana: User) -> None:
    arrive(HALE)
    second = arrive(MISTYPED)
    merging.different_people(pair(), dana, actor=SYSTEM)
    assert "compare_people" not in open_tasks(second)
    arrive(but(MISTYPED, concern="Once more"))
    assert PossibleMatch.objects.count() == 1
    with pytest.raises(Conflict):
        merging.same_person(pair(), dana, actor=SYSTEM)


def test_asking_first_leaves_the_pair_open(arrive: Arrive, tuesday: datetime, dana: User) -> None:
    arrive(HALE)
    second = arrive(MISTYPED)
    merging.ask_first(pair(), dana, actor=SYSTEM)
    assert (pair().status, pair().decided_by) == ("asking", dana)
    assert "compare_people" in open_tasks(second)
    merging.same_person(pair(), dana, actor=SYSTEM)
    assert pair().status == "same"


def test_one_person_has_one_open_lead_and_what_follows_joins_it(
    arrive: Arrive, tuesday: datetime, dana: User
) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    sealed = {person.id: bytes(person.sealed) for person in Person.objects.all()}
    merging.same_person(pair(), dana, actor=SYSTEM)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.closed_at, second.stage) == (None, "closed")
    assert not Task.objects.filter(lead=second, status="open").exists()
    assert Event.objects.get(name="merged_into").data == {"in": f"L-{first.number}"}
    assert {person.id: bytes(person.sealed) for person in Person.objects.all()} == sealed
    assert arrive(but(MISTYPED, concern="And a third time")) == first
    assert not list(invariants.people_once(invariants.Scope(clock.now(), settings.AUDIT_HEADS)))


def test_undoing_gives_both_leads_back_as_they_were(arrive: Arrive, tuesday: datetime, dana: User) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    before = {lead: (open_tasks(lead), lead.stage, lead.outcome) for lead in (first, second)}
    facts = list(Lead.objects.order_by("number").values("facts__says_why", "facts__age_months"))
    merging.same_person(pair(), dana, actor=SYSTEM)
    with pytest.raises(BadInput):
        merging.undo(pair(), dana, reason=" ", actor=SYSTEM)
    merging.undo(pair(), dana, reason="His father of the same name", actor=SYSTEM)
    for lead in (first, second):
        lead.refresh_from_db()
    assert {lead: (open_tasks(lead), lead.stage, lead.outcome) for lead in (first, second)} == before
    assert list(Lead.objects.order_by("number").values("facts__says_why", "facts__age_months")) == facts
    assert Event.objects.filter(name="merge_undone").count() == 2
    assert not Person.objects.filter(same_as__isnull=False).exists()
    assert (pair().status, pair().decided_by) == ("open", None), "the question is as it was"


def test_undone_and_told_apart_nobody_is_asked_again(arrive: Arrive, tuesday: datetime, dana: User) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    merging.same_person(pair(), dana, actor=SYSTEM)
    merging.undo(pair(), dana, reason="His father of the same name", actor=SYSTEM)
    merging.different_people(pair(), dana, actor=SYSTEM)
    assert (pair().status, "compare_people" in open_tasks(second)) == ("different", False)
    merging.same_after_all(pair(), dana, reason="It is one man", actor=SYSTEM)
    merging.undo(pair(), dana, reason="It is not", actor=SYSTEM)
    first.refresh_from_db()
    assert (pair().status, first.closed_at) == ("different", None), "as it stood before the last word"


def test_a_red_flag_stays_whichever_lead_goes(arrive: Arrive, tuesday: datetime, dana: User) -> None:
    arrive(HALE)
    flagged = arrive(but(MISTYPED, concern="Since this morning I have chest pain on the stairs"))
    merging.same_person(pair(), dana, actor=SYSTEM)
    flagged.refresh_from_db()
    assert (flagged.closed_at, flagged.outcome) == (None, "clinician_review")


def test_do_not_contact_holds_for_both_records(arrive: Arrive, tuesday: datetime, dana: User) -> None:
    first = arrive(HALE)
    verbs.do_not_contact(first, dana, actor=SYSTEM, reason="He asked us")
    other = arrive(but(MISTYPED, discipline=["OT"]))
    merging.same_person(pair(), dana, actor=SYSTEM)
    assert "close_do_not_contact" in open_tasks(other)


def test_whoever_may_not_merge_or_see_finds_nothing(
    arrive: Arrive, tuesday: datetime, staff: Callable[[str], User]
) -> None:
    arrive(HALE)
    arrive(MISTYPED)
    with pytest.raises(NotAllowed):
        merging.pair_for(staff("auditor"), pair().id)
    with pytest.raises(NotAllowed):
        merging.same_person(pair(), staff("anna"), actor=SYSTEM)


@pytest.mark.parametrize(
    ("one", "two", "asked"),
    [
        ({"first_name": "Katharina", "last_name": "Sonnenfeld", "date_of_birth": "1961-04-05"},
         {"first_name": "Catherine", "last_name": "Sonnenfeld", "date_of_birth": "1961-05-04"}, 1),
        ({"first_name": "Wilhelmina", "last_name": "Ostrander", "date_of_birth": "1961-05-04"},
         {"first_name": "Mina", "last_name": "Ostrander", "date_of_birth": "1961-04-05"}, 1),
        ({"first_name": "Wilhelmina", "last_name": "Ostrander", "date_of_birth": "1961-05-04"},
         {"first_name": "Dorothea", "last_name": "Ostrander", "date_of_birth": "1962-11-17"}, 0),
        ({"first_name": "Mina", "last_name": "Ostrander", "date_of_birth": "1961-05-04"},
         {"first_name": "Dorothea", "last_name": "Winkelried", "date_of_birth": "1961-05-04",
          "email": "dorothea@example.org"}, 0),
    ],
)  # fmt: skip
def test_whoever_may_have_been_typed_twice_is_asked_about_and_a_couple_or_a_stranger_is_not(
    arrive: Callable[[Any], Lead], tuesday: datetime, one: dict[str, Any], two: dict[str, Any], asked: int
) -> None:
    """Only an e-mail address and the ZIP are the same."""
    for phone, patient in (("+16085550177", one), ("+16085550178", two)):
        stated = {"email": "haus.am.see@example.org", "postal_code": "53703", **patient}
        name = f"{patient['first_name']} {patient['last_name']}"
        who = {"name": name, "relationship": "self", "phone": phone, "email": stated.pop("email")}
        arrive({"lead_kind": "patient", "discipline": ["PT"], "patient": stated, "contact": who, "concern": "My knee"})
    assert PossibleMatch.objects.count() == asked
    assert Lead.objects.values("patient").distinct().count() == 2


def test_undoing_gives_each_what_came_about_them_meanwhile(
    arrive: Arrive, tuesday: datetime, dana: User, browser: Callable[[str], Client]
) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    merging.same_person(pair(), dana, actor=SYSTEM)
    about_the_second = but(MISTYPED, concern="I also stutter", discipline=["SLP", "PT"])
    his = but(HALE, concern="When may I come?")
    assert arrive(about_the_second) == arrive(his) == first
    merging.undo(pair(), dana, reason="Two men", actor=SYSTEM)
    said = {lead: record_of(lead).concern or "" for lead in (first, second)}
    assert "stutter" in said[second] and "wakes me" in said[second] and "catches" not in said[second]
    assert "catches" in said[first] and "stutter" not in said[first] and "wakes me" not in said[first]
    assert (record_of(first).disciplines, record_of(second).disciplines) == (("PT",), ("PT", "SLP"))
    assert Event.objects.get(name="parted_off").data["to"] == f"L-{second.number}"
    assert pair().status == "open", "the question is as it was"
    for lead, where in ((first, "here"), (second, "there")):
        page = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
        assert f"does not clearly name the other stays {where}: read it" in page
    assert not list(invariants.people_once(invariants.Scope(clock.now(), settings.AUDIT_HEADS)))


def test_father_and_son_who_ask_by_form_are_told_apart_once_their_birth_dates_are_there(tuesday: datetime) -> None:
    for n, (suffix, born) in enumerate((("Sr", "03/02/1958"), ("Jr", "05/06/1988"))):
        visitor = Client()
        who = {"who": "me", "name": f"Robert Hayston {suffix}", "phone": "608-555-0166", "token": f"{n:032d}"}
        step2 = visitor.post("/request", who)["Location"]
        assert PossibleMatch.objects.count() == n, "by the first step he may be his father"
        said = {"birth_date": born, "concern": "A knee", "event_kind": "none", "zip": "53703", "token": f"b{n:031d}"}
        assert visitor.post(step2, said).status_code == 303
    assert Lead.objects.filter(closed_at=None).count() == 2
    assert not PossibleMatch.objects.exists()
    assert not Task.objects.filter(kind="compare_people", status="open").exists()
