"""Somebody who never wrote is named for a restriction: it stands wherever a call begins, and they are known later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.mail import Mailbox
from tests.people import COURT_ORDER, FAMILY, but

from firstvisit.journey import day_sheet, invariants, jobs
from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Event, Lead
from firstvisit.people import privacy
from firstvisit.people.models import Guardian, Person, Restriction
from firstvisit.people.queries import identities
from firstvisit.practice.queries import practice

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]

WHY = "The order of May 2: no contact with the child"
FATHER = {**COURT_ORDER, "phone": "(608) 555-0173", "since": "2026-05-02", "paper": "seen", "reason": WHY}
SAID = f"Court order: Bertram Quisenberry, father. {WHY} (since May 2, 2026, paper seen, Dana Whitlock)."
CALLS = {
    "contact__name": "Bertram Quisenberry", "contact__relationship": "father",
    "contact__email": "bertram@example.org", "documents": [], "order_signed": False,
}  # fmt: skip


@pytest.fixture
def lead(arrive: Arrive, tuesday: datetime) -> Lead:
    return arrive(FAMILY)


def named(dana: Client, lead: Lead, **changes: str) -> Any:
    return dana.post(f"/leads/L-{lead.number}/people", {"do": "restrict", **FATHER, **changes})


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_it_stands_on_the_lead_the_call_card_the_packet_and_the_day_sheet(dana: Client, lead: Lead) -> None:
    assert named(dana, lead).status_code == 303
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    for place in (f"/leads/L-{lead.number}", card, f"/leads/L-{lead.number}/packet", "/day-sheet"):
        assert SAID in text(dana.get(place)), place
    kept = day_sheet.sheet(practice().sites[lead.site], now=clock.now()).as_json()
    assert [row["restrictions"] for row in kept["rows"]] == [(SAID,)]
    assert "Court order" in text(dana.get("/today"))
    assert "Bertram Quisenberry, father" in text(dana.get(f"/leads/L-{lead.number}/people"))


def test_he_speaks_for_nobody_and_his_name_lies_sealed(dana: Client, lead: Lead) -> None:
    named(dana, lead)
    row = Restriction.objects.select_related("person").get()
    assert row.person is not None and b"Bertram" not in bytes(row.person.sealed)
    assert not Guardian.objects.filter(guardian=row.person).exists()
    scope = invariants.Scope(clock.now(), settings.AUDIT_HEADS, everything=True)
    assert list(invariants.sealed_opens(scope)) == []


def test_pressed_twice_he_is_named_once(dana: Client, lead: Lead) -> None:
    people = Person.objects.count()
    assert [named(dana, lead).status_code for _ in range(2)] == [303, 303]
    assert (Restriction.objects.count(), Person.objects.count()) == (1, people + 1)
    assert Event.objects.filter(name="restricted").count() == 1


@pytest.mark.parametrize("number", ["+16085550173", "+16085550199"])
def test_when_he_asks_about_the_child_he_is_known_whatever_his_number(
    dana: Client, lead: Lead, arrive: Arrive, mailbox: Mailbox, number: str
) -> None:
    named(dana, lead)
    barred = Restriction.objects.get().person_id
    assert arrive(but(FAMILY, **CALLS, contact__phone=number)) == lead
    assert Guardian.objects.exclude(guardian=lead.contact_id).get().guardian_id == barred
    while jobs.sweep():
        pass
    [mail] = mailbox.to("bertram@example.org")
    assert f"L-{lead.number}" not in f"{mail['Subject']} {mail.get_payload(decode=True)!r}", "of his request by itself"


def test_when_he_calls_the_card_says_so_before_anything_is_told(dana: Client, lead: Lead) -> None:
    named(dana, lead)
    for typed, head in (
        ({"phone": "608-555-0173"}, "Bertram Quisenberry is named"),
        ({"caller": "Bertram Quisenberry"}, "Somebody called Bertram Quisenberry, perhaps the same, is named"),
        ({"caller": "B. Quisenberry"}, "Somebody called Bertram Quisenberry, perhaps the same, is named"),
    ):
        card = dana.post("/call/start", {})["Location"]
        dana.post(f"{card}/save", {"who": "child", **typed})
        page = text(dana.get(card))
        said = page.partition(f"{head} in a restriction (court order) about Mirabelle Quisenberry.")[2]
        assert f'href="/leads/L-{lead.number}"' in said.partition("</p>")[0], "there one looks"


def test_he_is_found_by_his_name_and_leads_to_the_child(dana: Client, lead: Lead) -> None:
    named(dana, lead)
    found = dana.post("/find", {"q": "Bertram"}, headers={"X-While-Typing": "1"})
    assert "Mirabelle Quisenberry" in text(found) and "Bertram Quisenberry is named in a restriction" in text(found)


def test_where_he_asks_for_somebody_else_the_lead_names_it(dana: Client, lead: Lead, arrive: Arrive) -> None:
    named(dana, lead)
    brother = {"patient__first_name": "Thaddeus", "patient__date_of_birth": "2019-02-01", "payers": None}
    other = arrive(but(FAMILY, **CALLS, **brother, contact__phone="+16085550173"))
    assert other != lead
    said = "is named in a restriction (court order) about Mirabelle Quisenberry"
    there = f'href="/leads/L-{lead.number}"'
    page = text(dana.get(f"/leads/L-{other.number}"))
    assert there in page.partition(said)[2].partition("</p>")[0]
    assert said in text(dana.get(f"/leads/L-{other.number}/packet"))
    typed = {"caller": "Bertram Quisenberry", "phone": "608-555-0173", "first_name": "Thaddeus"}
    page = text(dana.post("/add/save", {"how": "phone", **typed}))
    assert there in page.partition(said)[2].partition("</p>")[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"last_name": ""}, "Enter first and last name"),
        ({"first_name": " "}, "Enter first and last name"),
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "e-mail address"),
        ({"since": "May"}, "Enter the day from which it holds"),
        ({"since": "2031-01-01"}, "Enter the day from which it holds"),
        ({"paper": "eaten"}, "Choose whether somebody saw the paper"),
        ({"reason": " "}, "Say why"),
    ],
)
def test_what_cannot_be_read_is_named_and_what_was_typed_stays(
    dana: Client, lead: Lead, changes: dict[str, str], says: str
) -> None:
    people = Person.objects.count()
    refused = named(dana, lead, **changes)
    assert refused.status_code == 422 and says in text(refused) and 'value="father"' in text(refused)
    assert (Restriction.objects.count(), Person.objects.count()) == (0, people)


def test_named_below_and_not_chosen_above_he_is_named_all_the_same(dana: Client, lead: Lead) -> None:
    named(dana, lead, person="")
    assert SAID in text(dana.get(f"/leads/L-{lead.number}"))


def test_whoever_speaks_already_is_named_as_themselves(dana: Client, lead: Lead) -> None:
    people = Person.objects.count()
    named(dana, lead, first_name="Odalys", relation="mother", phone="")
    assert Restriction.objects.get().person_id == lead.contact_id and Person.objects.count() == people


def test_lifted_nobody_is_named_any_more(dana: Client, lead: Lead) -> None:
    named(dana, lead)
    row = Restriction.objects.get()
    said = {"do": "lift", "restriction": str(row.id), "reason": "The order ended"}
    dana.post(f"/leads/L-{lead.number}/people", said)
    assert SAID not in text(dana.get(f"/leads/L-{lead.number}"))
    assert "Nobody found" in text(dana.post("/find", {"q": "Bertram"}, headers={"X-While-Typing": "1"}))


def test_whoever_may_not_read_families_words_names_nobody(lead: Lead, browser: Callable[[str], Client]) -> None:
    for name in ("walt", "auditor", "reggie"):
        assert named(browser(name), lead).status_code == 404
    assert not Restriction.objects.exists()


def test_with_the_child_who_was_named_for_them_alone_is_erased_too(dana: Client, lead: Lead) -> None:
    named(dana, lead)
    father = Restriction.objects.get().person_id
    assert father is not None and lead.patient is not None
    privacy.erase(privacy.records_of(lead.patient), at=clock.now())
    assert identities([father]) == {} and Person.objects.get(id=father).erased_at is not None
    assert Person.objects.get(id=lead.contact_id).erased_at is None


@pytest.mark.parametrize("how", ["phone", "window"])
def test_at_the_window_and_while_adding_a_lead_it_is_said_before_anything_is_told(
    dana: Client, lead: Lead, how: str
) -> None:
    named(dana, lead)
    said = "named in a restriction (court order) about Mirabelle Quisenberry. Look there before you say anything."
    for typed in ({"phone": "608-555-0173"}, {"phone": "", "caller": "Bertram Quisenberry"}):
        assert said in text(dana.post("/add/save", {"how": how, **typed}))
        assert said in text(dana.get(f"/add?how={how}"))
    assert AuditRow.objects.filter(subjects__contains=[str(lead.patient_id)], subject_kind="call matches").count() == 1
    assert "named in a restriction" not in text(dana.post("/add/save", {"how": how, "caller": "Bertha Quill"}))
