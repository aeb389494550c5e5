"""Who may decide and be told, and what must not happen: written at the lead, kept by every message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.mail import Mailbox, always
from tests.people import FAMILY, MAY_EMAIL, TUESDAY, but, surgeon

from firstvisit.journey import day_sheet, jobs, merging
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.people.forbidding import forbidden
from firstvisit.people.models import ContactPoint, Guardian, PossibleMatch, Restriction
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy, practice
from firstvisit.practice.services import publish_policy
from firstvisit.web.tests.conftest import questions

pytestmark = pytest.mark.django_db
WHY = "Court order of May 2, no contact with the mother"
HALE: Any = {
    "lead_kind": "patient",
    "discipline": ["PT"],
    "patient": {"first_name": "Robert", "last_name": "Halvorsgaard", "date_of_birth": "1958-03-14",
                "street": "12 Birch Lane", "city": "Madison", "state": "WI", "postal_code": "53713"},
    "contact": {"name": "Robert Halvorsgaard", "relationship": "self", "phone": "+16085550131"},
    "concern": "The shoulder catches when I reach up",
    "consents": MAY_EMAIL,
}  # fmt: skip
"""A man of whom a second record comes with another birth date and an address."""


@pytest.fixture
def lead(arrive: Callable[[Any], Lead], tuesday: datetime) -> Lead:
    return arrive(FAMILY)


def restricted(dana: Client, lead: Lead, **said: str) -> Any:
    values = {"do": "restrict", "kind": "court_order", "reason": WHY, **said}
    return dana.post(f"/leads/L-{lead.number}/people", values)


def test_whoever_may_not_be_told_gets_no_message(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    assert restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id)).status_code == 303
    jobs.send_wanted()
    assert mailbox.mails == []
    assert set(Message.objects.values_list("status", "why")) == {("refused", "restricted")}
    page = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert "Message could not be sent: a restriction forbids this person or address" in page


def test_nothing_goes_to_an_address_to_avoid(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    answer = restricted(dana, lead, kind="avoid_address", address="Odalys.Quisenberry@example.org")
    assert answer.status_code == 303
    jobs.send_wanted()
    assert mailbox.mails == []


def test_a_restricted_person_is_not_reached_through_whoever_gives_the_same_address(
    dana: Client, lead: Lead, arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id))
    father = {"contact__name": "Bertram Quisenberry", "contact__relationship": "father"}
    arrive(but(FAMILY, **father, contact__email="ODALYS.quisenberry@example.org"))
    jobs.sweep()
    [(_, receipt)] = mailbox.mails  # of that request by itself, which says nothing of anybody
    told = str(receipt.get_payload(decode=True), "utf-8")  # type: ignore[arg-type]
    assert f"L-{lead.number}" not in told and "Mirabelle" not in told
    arrive(but(FAMILY, **father, contact__email="bertram.quisenberry@example.org", documents=[], order_signed=False))
    jobs.sweep()
    assert len([to for to, *_ in mailbox.mails if "odalys" in to.casefold()]) == 1


def test_a_restriction_written_while_the_mail_server_is_away_holds(
    dana: Client, lead: Lead, mailbox: Mailbox
) -> None:
    mailbox.at_recipient = always("451 try later")
    jobs.send_wanted()
    assert Message.objects.get().status == "wanted"
    restricted(dana, lead, kind="avoid_address", address="odalys.quisenberry@example.org")
    mailbox.at_recipient = always("250 OK")
    clock.move(timedelta(minutes=10))
    jobs.sweep()
    assert mailbox.mails == []
    assert Message.objects.get().why == "restricted"


def test_whoever_referred_gets_nothing_at_an_address_to_avoid(
    dana: Client,
    staff: Callable[[str], User],
    arrive: Callable[[Any], Lead],
    mailbox: Mailbox,
    tuesday: datetime,
) -> None:
    sections = live_policy().as_json()
    sections["switches"].update(partner_status="do", papers_request="do")
    publish_policy(sections, note="ask", drafted_by=staff("mei"), signed_by=staff("ruth"))
    forget()
    asks = but(surgeon(TUESDAY.date()), referrer__email="office@example.org", documents=[], order_signed=None)
    restricted(dana, arrive(asks), kind="avoid_address", address="office@example.org")
    for _ in range(3):
        jobs.sweep()
        clock.move(timedelta(days=2))
    assert mailbox.to("office@example.org") == []
    assert Message.objects.filter(referrer__isnull=False, why="restricted").exists()
    assert not Message.objects.filter(referrer__isnull=False, status="sent").exists()


@pytest.mark.parametrize("told_apart", [False, True])
def test_it_holds_for_a_record_that_may_be_the_same_person_until_somebody_decides(
    dana: Client,
    staff: Callable[[str], User],
    arrive: Callable[[Any], Lead],
    mailbox: Mailbox,
    tuesday: datetime,
    told_apart: bool,
) -> None:
    restricted(dana, arrive(HALE), kind="avoid_address", address="hale.house@example.org")
    arrive(but(HALE, patient__date_of_birth="1961-07-02", contact__email="hale.house@example.org"))
    pair = PossibleMatch.objects.get()
    if told_apart:
        merging.different_people(pair, staff("dana"), actor=SYSTEM)
    jobs.sweep()
    assert [to for to, _ in mailbox.mails] == (["hale.house@example.org"] if told_apart else [])


def test_a_lifted_restriction_forbids_nothing(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id))
    found = Restriction.objects.get()
    said = {"do": "lift", "restriction": str(found.id), "reason": "The order ended"}
    assert dana.post(f"/leads/L-{lead.number}/people", said).status_code == 303
    jobs.send_wanted()
    assert len(mailbox.mails) == 1


def test_the_lead_shows_it_inside_out(dana: Client, lead: Lead) -> None:
    restricted(dana, lead)
    page = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert WHY in page
    assert "Court order" in page
    assert WHY.encode() not in bytes(Restriction.objects.get().sealed)


def test_it_stands_on_the_call_card_the_packet_and_the_day_sheet(dana: Client, lead: Lead) -> None:
    restricted(dana, lead, kind="avoid_address", address="(608) 555-0177")
    avoid = f"Address to avoid: (608) 555-0177. {WHY} (Dana Whitlock)."
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    assert avoid in dana.get(card).content.decode()
    assert avoid in dana.get(f"/leads/L-{lead.number}/packet").content.decode()
    assert avoid in dana.get("/day-sheet").content.decode()
    kept = day_sheet.sheet(practice().sites[lead.site], now=clock.now()).as_json()
    assert [row["restrictions"] for row in kept["rows"]] == [(avoid,)]
    for paper in (f"/leads/L-{lead.number}/packet.pdf", "/day-sheet.pdf"):
        assert dana.get(paper).content.startswith(b"%PDF-")


def test_somebody_off_the_talk_to_list_is_named_wherever_a_call_begins(dana: Client, lead: Lead) -> None:
    dana.post(f"/leads/L-{lead.number}/people",
              {"do": "authority", "guardian": str(lead.contact_id), "authority": "", "told": "no"})  # fmt: skip
    said = "Not on the talk-to list: Odalys Quisenberry."
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    for place in (card, f"/leads/L-{lead.number}", "/day-sheet"):
        assert said in dana.get(place).content.decode(), place


FATHER: Any = {
    "contact__name": "Bertram Quisenberry",
    "contact__relationship": "father",
    "contact__phone": "+16085550173",
    "contact__email": "bertram@example.org",
}


def test_a_call_goes_to_whom_the_lead_writes_whoever_wrote_last(
    dana: Client, lead: Lead, arrive: Callable[[Any], Lead]
) -> None:
    assert arrive(but(FAMILY, **FATHER, documents=[], order_signed=False)).id == lead.id
    father = Guardian.objects.exclude(guardian=lead.contact_id).get().guardian_id
    restricted(dana, lead, person=str(father))
    card = dana.get(dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]).content.decode()
    assert "Odalys Quisenberry" in card and "Call back on (608) 555-0101" in card
    assert "On the phone" in card and "with Bertram" not in card and "Call back on (608) 555-0173" not in card


def test_today_says_that_there_is_a_restriction_and_that_the_number_is_not_to_be_used(dana: Client, lead: Lead) -> None:
    assert "Court order" not in dana.get("/today").content.decode()
    restricted(dana, lead)
    restricted(dana, lead, kind="avoid_address", address="(608) 555-0101")
    page = dana.get("/today").content.decode()
    assert "Court order" in page and "(608) 555-0101 (not to be used)" in page
    assert WHY not in page


def test_a_kind_of_restriction_that_stands_twice_is_said_once_on_today(dana: Client, lead: Lead) -> None:
    restricted(dana, lead)
    restricted(dana, lead, reason="A second order, of June 9")
    page = dana.get("/today").content.decode()
    assert page.count("Court order</span>") == 1
    told = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert "Court order of May 2" in told and "A second order, of June 9" in told


def test_with_every_known_way_forbidden_another_one_is_looked_for(
    dana: Client, lead: Lead, twin: Lead, arrive: Callable[[Any], Lead]
) -> None:
    for way in ("(608) 555-0101", MAILBOX):
        restricted(dana, lead, kind="avoid_address", address=way)
    for each in (lead, twin):
        each.refresh_from_db()
        assert each.unreachable and [what for what, *_ in each.blockers if what == "way_to_reach"] == ["way_to_reach"]
        assert Task.objects.filter(lead=each, status="open", kind="find_number").count() == 1
        assert not Task.objects.filter(lead=each, status="open", kind="call_to_book").exists()
    arrive(but(FAMILY, contact__phone="+16085550178", documents=[], order_signed=False))
    lead.refresh_from_db()
    assert not lead.unreachable and "way_to_reach" not in [what for what, *_ in lead.blockers]
    assert not Task.objects.filter(lead=lead, status="open", kind="find_number").exists()
    dana.post(f"/leads/L-{lead.number}/people", {"do": "lift", "reason": "The father moved out",
              "restriction": str(Restriction.objects.filter(lifted_at=None).first().id)})  # type: ignore[union-attr]
    twin.refresh_from_db()
    assert not twin.unreachable


def test_after_a_first_try_another_way_is_looked_for_again_and_again(dana: Client, lead: Lead) -> None:
    call = Task.objects.get(lead=lead, kind="call_to_book")
    assert dana.post(f"/tasks/{call.id}/done", {"result": "left_vm"}).status_code == 303
    assert Task.objects.filter(lead=lead, status="open", kind="follow_up").exists()
    for way in ("(608) 555-0101", MAILBOX):
        restricted(dana, lead, kind="avoid_address", address=way)
    for _ in range(2):
        task = Task.objects.get(lead=lead, status="open", kind="find_number")
        assert not Task.objects.filter(lead=lead, status="open", kind="follow_up").exists()
        assert dana.post(f"/tasks/{task.id}/done", {"result": "number_found"}).status_code == 303


def test_a_lead_turns_to_whoever_else_speaks_for_the_patient(
    dana: Client, lead: Lead, arrive: Callable[[Any], Lead]
) -> None:
    arrive(but(FAMILY, **FATHER, documents=[], order_signed=False))
    mother = lead.contact_id
    restricted(dana, lead, person=str(mother), kind="may_not_be_told")
    lead.refresh_from_db()
    assert lead.contact_id == Guardian.objects.exclude(guardian=mother).get().guardian_id
    assert not lead.unreachable
    card = dana.get(dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]).content.decode()
    assert "Call back on (608) 555-0173" in card and "Bertram Quisenberry" in card


def test_a_call_with_a_known_parent_makes_no_second_parent(dana: Client, lead: Lead) -> None:
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    dana.post(f"{card}/save", {"reason": "He also says no words yet", "settled": "1"})
    assert dana.post(f"{card}/end", {"result": "reached_answered"}).status_code == 303
    assert list(Guardian.objects.values_list("guardian", flat=True)) == [lead.contact_id]


def test_whoever_may_not_read_the_familys_story_does_not_read_why(
    browser: Callable[[str], Client], dana: Client, lead: Lead
) -> None:
    restricted(dana, lead, kind="avoid_address", address="(608) 555-0177")
    page = browser("walt").get(f"/leads/L-{lead.number}").content.decode()
    assert "Address to avoid: (608) 555-0177." in page and WHY not in page
    assert "Who may decide, be told; restrictions" not in page


def test_who_has_no_authority_to_consent_is_named_wherever_a_call_begins(dana: Client, lead: Lead) -> None:
    said = {"do": "authority", "guardian": str(lead.contact_id), "authority": "no_authority", "told": ""}
    assert dana.post(f"/leads/L-{lead.number}/people", said).status_code == 303
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    for place in (card, f"/leads/L-{lead.number}", f"/leads/L-{lead.number}/packet", "/day-sheet"):
        assert "No authority to consent: Odalys Quisenberry." in dana.get(place).content.decode(), place


def test_whoever_may_not_be_told_is_known_by_name_under_a_new_number(
    dana: Client, lead: Lead, arrive: Callable[[Any], Lead]
) -> None:
    arrive(but(FAMILY, **FATHER, documents=[], order_signed=False))
    father = Guardian.objects.exclude(guardian=lead.contact_id).get().guardian_id
    restricted(dana, lead, kind="may_not_be_told", person=str(father))
    again = {**FATHER, "contact__name": "BERTRAM Quisenberry", "contact__phone": "+16085550179"}
    arrive(but(FAMILY, **{**again, "contact__email": "new.bertram@example.org"}, documents=[], order_signed=False))
    assert set(Guardian.objects.values_list("guardian", flat=True)) == {father, lead.contact_id}
    assert lead.patient_id is not None
    ways = [(lead.patient_id, father, "+16085550179"), (lead.patient_id, lead.contact_id, "+16085550101")]
    assert forbidden(ways) == {ways[0]}
    page = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert "(608) 555-0179 (not to be used)" in page


def test_whoever_may_not_read_the_familys_story_neither_sets_nor_lifts_one(
    browser: Callable[[str], Client], dana: Client, lead: Lead
) -> None:
    restricted(dana, lead)
    walt, people = browser("walt"), f"/leads/L-{lead.number}/people"
    lift = {"do": "lift", "restriction": str(Restriction.objects.get().id), "reason": "Paid by now"}
    assert walt.get(people).status_code == walt.post(people, lift).status_code == 404
    assert restricted(walt, lead).status_code == 404
    assert Restriction.objects.get().lifted_at is None


def test_a_call_found_to_be_about_them_says_so_at_once(dana: Client, lead: Lead) -> None:
    restricted(dana, lead)
    card = dana.post("/call/start")["Location"]
    assert WHY not in dana.get(card).content.decode()
    dana.post(f"{card}/about", {"lead": f"L-{lead.number}"})
    assert WHY in dana.get(card).content.decode()


def test_who_may_not_see_names_sees_that_there_is_one(
    browser: Callable[[str], Client], dana: Client, lead: Lead
) -> None:
    restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id))
    masked = browser("auditor").get(f"/leads/L-{lead.number}").content.decode()
    assert "May not be told." in masked
    assert WHY not in masked and "Odalys" not in masked


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "hex"}, "Choose what it is."),
        ({"reason": " "}, "Say why"),
        ({"kind": "avoid_address"}, "Enter the phone, e-mail"),
        ({"kind": "may_not_be_told"}, "Choose who may not be told."),
        ({"person": "nobody"}, "Choose somebody who speaks"),
        ({"kind": "avoid_address", "address": "12"}, "Nothing was changed."),
    ],
)
def test_what_is_wrong_is_named_and_stays(dana: Client, lead: Lead, said: dict[str, str], words: str) -> None:
    answer = restricted(dana, lead, **said)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Restriction.objects.exists()


def test_authority_and_the_talk_to_list(dana: Client, lead: Lead, mailbox: Mailbox) -> None:
    said = {"do": "authority", "guardian": str(lead.contact_id), "authority": "foster", "told": "no"}
    assert dana.post(f"/leads/L-{lead.number}/people", said).status_code == 303
    pair = Guardian.objects.get()
    assert (pair.authority, pair.may_be_told) == ("foster", False)
    jobs.send_wanted()
    assert mailbox.mails == []


TWIN = {"patient__first_name": "Ottokar", "payers": []}
"""Mirabelle's twin: the same mother, phone and e-mail address."""
MAILBOX = "odalys.quisenberry@example.org"
MISREAD = "The father reads this mailbox"


@pytest.fixture
def twin(lead: Lead, arrive: Callable[[Any], Lead]) -> Lead:
    found = arrive(but(FAMILY, **TWIN))
    assert found.patient_id != lead.patient_id and found.contact_id == lead.contact_id
    return found


def allowed(page: str, channel: str) -> str:
    """What stands beside a channel under "Allowed" on a lead."""
    under = page.partition("<dt>Allowed</dt>")[2].partition("</dd>")[0]
    return next(sign for sign in under.split("</span>") if channel in sign.lower())


def test_an_address_to_avoid_is_avoided_for_the_whole_household(
    dana: Client, lead: Lead, twin: Lead, arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    restricted(dana, lead, kind="avoid_address", address=MAILBOX, reason=MISREAD)
    arrive(HALE | {"contact": HALE["contact"] | {"email": "hale@example.org"}})
    later = arrive(but(FAMILY, **TWIN, patient__date_of_birth="2019-02-03"))
    for _ in range(3):
        jobs.sweep()
        clock.move(timedelta(hours=5))
    assert {to for to, _ in mailbox.mails} == {"hale@example.org"}
    ended = Message.objects.filter(lead__in=[lead, twin, later]).values_list("lead", "why").distinct()
    assert sorted(ended) == sorted((each.id, "restricted") for each in (lead, twin, later))


def test_strangers_who_have_the_address_are_still_written_to(
    dana: Client, lead: Lead, arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    arrive(HALE | {"contact": HALE["contact"] | {"email": MAILBOX}})
    restricted(dana, lead, kind="avoid_address", address=MAILBOX, reason=MISREAD)
    jobs.send_wanted()
    assert [to for to, _ in mailbox.mails] == [MAILBOX]
    assert set(Message.objects.filter(lead=lead).values_list("status", flat=True)) == {"refused"}


def test_a_case_manager_of_two_families_makes_no_household_of_them(
    dana: Client, arrive: Callable[[Any], Lead], mailbox: Mailbox, tuesday: datetime
) -> None:
    manager = {"contact__name": "Berenike Oduya", "contact__relationship": "case_manager"}
    one = arrive(but(FAMILY, **manager))
    arrive(but(FAMILY, **manager, patient={"first_name": "Wendeline", "last_name": "Abernathy-Roux",
                                           "date_of_birth": "2022-02-02"}, payers=[]))  # fmt: skip
    restricted(dana, one, kind="avoid_address", address=MAILBOX, reason=MISREAD)
    jobs.send_wanted()
    assert [to for to, _ in mailbox.mails] == [MAILBOX]


def test_lifted_for_one_it_is_lifted_for_all(dana: Client, lead: Lead, twin: Lead, mailbox: Mailbox) -> None:
    restricted(dana, lead, kind="avoid_address", address=MAILBOX, reason=MISREAD)
    said = {"do": "lift", "restriction": str(Restriction.objects.get().id), "reason": "A new password"}
    assert dana.post(f"/leads/L-{lead.number}/people", said).status_code == 303
    jobs.send_wanted()
    assert {to for to, _ in mailbox.mails} == {MAILBOX}
    assert "not to be used" not in dana.get(f"/leads/L-{twin.number}").content.decode()


def test_every_page_says_for_whom_it_was_set_and_what_may_not_be_used(
    dana: Client, lead: Lead, twin: Lead
) -> None:
    for way in (MAILBOX, "(608) 555-0101"):
        restricted(dana, lead, kind="avoid_address", address=way, reason=MISREAD)
    for each, whose in ((lead, ""), (twin, ", set for Mirabelle")):
        mail = f"Address to avoid: {MAILBOX}{whose}. {MISREAD} (Dana Whitlock)."
        call = f"Address to avoid: (608) 555-0101{whose}. {MISREAD} (Dana Whitlock)."
        page = dana.get(f"/leads/L-{each.number}").content.decode()
        packet = dana.get(f"/leads/L-{each.number}/packet").content.decode()
        card = dana.get(dana.post("/call/start", {"lead": f"L-{each.number}"})["Location"]).content.decode()
        sheet = dana.get("/day-sheet").content.decode()
        people = dana.get(f"/leads/L-{each.number}/people").content.decode()
        for told in (page, packet, card, sheet):
            assert mail in told and call in told
        assert MISREAD in people and MAILBOX in people and whose in people
        assert all("not to be used" in allowed(page, channel) for channel in ("call", "text", "voicemail", "e-mail"))
        assert "e-mail: not to be used" in packet
        assert f"{MAILBOX} (not to be used)" in card and "Call back on (608) 555-0101 (not to be used)" in card
        assert "(608) 555-0101, not to be used" in sheet


def test_who_may_not_be_told_stays_not_told_by_way_of_allowed(dana: Client, lead: Lead, twin: Lead) -> None:
    restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id))
    assert "not to be used" in allowed(dana.get(f"/leads/L-{lead.number}").content.decode(), "e-mail")
    assert "not to be used" not in allowed(dana.get(f"/leads/L-{twin.number}").content.decode(), "e-mail")


def test_a_court_order_stays_with_one_child_and_the_other_child_says_that_there_is_one(
    dana: Client, browser: Callable[[str], Client], lead: Lead, twin: Lead, mailbox: Mailbox
) -> None:
    restricted(dana, lead, kind="court_order", address=MAILBOX)
    restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id))
    jobs.send_wanted()
    assert [str(message.lead_id) for message in Message.objects.filter(status="sent")] == [str(twin.id)]
    page = dana.get(f"/leads/L-{twin.number}").content.decode()
    for kind in ("Court order", "May not be told"):
        assert f"{kind}: there is one about Mirabelle, of the same household." in page
    assert WHY not in page
    masked = browser("auditor").get(f"/leads/L-{twin.number}").content.decode()
    assert "Court order, set for another of the household." in masked and "Mirabelle" not in masked


def test_reading_of_a_restriction_of_another_is_noted(dana: Client, lead: Lead, twin: Lead) -> None:
    restricted(dana, lead, kind="avoid_address", address=MAILBOX, reason=MISREAD)
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now())
    dana.get(f"/leads/L-{twin.number}")
    seen = AuditRow.objects.filter(verb="viewed").order_by("-id")[0]
    assert str(lead.patient_id) in [str(each) for each in seen.subjects]


def test_a_household_costs_a_page_no_more_questions(
    dana: Client, lead: Lead, twin: Lead, arrive: Callable[[Any], Lead]
) -> None:
    restricted(dana, lead, kind="avoid_address", address=MAILBOX, reason=MISREAD)
    paths = (f"/leads/L-{twin.number}", "/day-sheet", "/today", f"/leads/L-{twin.number}/people")
    few = [questions(dana, path) for path in paths]
    for first in ("Wendeline", "Isolde", "Cosima"):
        other = arrive(but(FAMILY, patient__first_name=first, patient__date_of_birth="2019-02-03", payers=[]))
        restricted(dana, other, kind="avoid_address", address=f"{first.lower()}@example.org", reason=MISREAD)
    assert [questions(dana, path) for path in paths] == few


def test_out_of_scope_is_not_found(browser: Callable[[str], Client], lead: Lead) -> None:
    for name in ("auditor", "admin"):
        assert browser(name).get(f"/leads/L-{lead.number}/people").status_code == 404


def test_a_button_pressed_twice_writes_one_restriction_and_begins_one_call(dana: Client, lead: Lead) -> None:
    for _ in range(2):
        assert restricted(dana, lead).status_code == 303
    assert Restriction.objects.count() == Event.objects.filter(lead=lead, name="restricted").count() == 1
    assert dana.post("/call/start")["Location"] == dana.post("/call/start")["Location"]


@pytest.mark.parametrize("kind", ["avoid_address", "court_order"])
def test_a_house_where_no_letter_may_go_is_said_and_the_letter_goes_elsewhere(
    dana: Client, lead: Lead, staff: Callable[[str], User], kind: str
) -> None:
    assert restricted(dana, lead, kind=kind, address="81  Lake Rd, Madison").status_code == 303
    assert ": 81 Lake Rd, Madison" in dana.get(f"/leads/L-{lead.number}").content.decode()
    assert ": 81 Lake Rd, Madison" in dana.get(f"/leads/L-{lead.number}/people").content.decode()
    wrong = restricted(dana, lead, kind=kind, address="81")
    assert (wrong.status_code, "This is not a phone number" in wrong.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("12 Birch Lane, Madison", True),
        ("His house: 12 Birch Ln., Madison WI 53713", True),
        ("12 Brich Lane", True),
        ("14 Birch Lane, Madison", False),
        ("12 Lake Road, Madison", False),
        ("12 Birch Lane, 49855", False),
    ],
)
def test_a_house_to_avoid_is_marked_where_the_lead_shows_it_as_the_home(
    dana: Client, arrive: Callable[[Any], Lead], tuesday: datetime, typed: str, same: bool
) -> None:
    lead = arrive(HALE)
    assert restricted(dana, lead, kind="avoid_address", address=typed).status_code == 303
    for place in ("", "/packet"):
        home = dana.get(f"/leads/L-{lead.number}{place}").content.decode().partition("Home</dt>")[2]
        assert ("not to be used" in home.partition("</dd>")[0]) is same


def test_a_way_that_does_not_open_is_said_and_what_else_is_known_holds(
    dana: Client, lead: Lead, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    restricted(dana, lead, kind="may_not_be_told", person=str(lead.contact_id))
    restricted(dana, lead, kind="avoid_address", address="father@example.org")
    point = ContactPoint.objects.filter(person=lead.contact_id).first()
    row = Restriction.objects.get(kind="avoid_address")
    assert point is not None
    for broken in (point, row):
        *rest, last = bytes(broken.sealed)
        broken.sealed = bytes([*rest, last ^ 1])
        broken.save(update_fields=["sealed"])
    jobs.send_wanted()
    assert mailbox.mails == []
    assert "contact_point_does_not_open" in caplog.text and str(point.id) in caplog.text
    assert "restriction_does_not_open" in caplog.text and str(row.id) in caplog.text
