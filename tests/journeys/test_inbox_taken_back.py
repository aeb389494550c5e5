"""What was filed by mistake is taken back: at once without a word, later with a reason; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.journeys.documents import WALTER, arrived, found, record_of
from tests.mail import Mailbox

from firstvisit.journey import invariants, jobs
from firstvisit.journey.inbox import seeing, verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.people.models import ContactPoint, Person, PersonKey
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Item, Part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Staff = Callable[[str], User]
Browser = Callable[[str], Client]
OFFICE = (found("referrer.name", "Priya Raman"), found("referrer.email", "front@capitolhand.example.org"))
LATE = (
    found("patient.first_name", "Walter"),
    found("patient.last_name", "Brandt"),
    found("patient.date_of_birth", "1968-04-11"),
    found("patient.email", "walter@example.org"),
    found("order_signed", True),
    found("documents", "order"),
)


def confirm(item: Item, by: User) -> None:
    for part in seeing.opened(item, by, now=clock.now()).kept_parts:
        for each in part.left:
            if each.level == "doubtful":
                verbs.answer(item, by, actor=SYSTEM, part=part.number, path=each.path, verb="confirmed")
    verbs.confirm_clear(item, by, actor=SYSTEM)


def filed(item: Item, client: Client, by: User) -> str:
    """File a document through its button; the address that follows."""
    confirm(item, by)
    answer = client.post(f"/inbox/{item.id}/file")
    assert answer.status_code == 303, answer.content
    return str(answer["Location"])


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer)
    return str(answer.content.decode())


def whole(tmp_path: Path) -> list[str]:
    """What is broken now."""
    scope = invariants.Scope(clock.now(), tmp_path / "heads", everything=True)
    checks = (invariants.items_end, invariants.leads_are_owned, invariants.decisions_verify, invariants.people_once)
    return [each for check in checks for each in check(scope)]


def test_the_page_after_filing_offers_undo_and_no_letter_leaves_until_it_is_too_late(
    browser: Browser, staff: Staff, tmp_path: Path
) -> None:
    item, dana = arrived(*WALTER, *OFFICE), browser("dana")
    after = text_of(dana, filed(item, dana, staff("dana")))
    lead = Lead.objects.get()
    assert f'href="/leads/L-{lead.number}">L-{lead.number}</a>' in after
    assert f'action="/inbox/{item.id}/undo-filing"' in after
    assert 'data-key="z"' in after
    assert Message.objects.filter(lead=lead, status="wanted").exists()
    assert jobs.send_wanted() == 0
    assert dana.post(f"/inbox/{item.id}/undo-filing")["Location"] == f"/inbox/{item.id}"
    lead.refresh_from_db()
    assert (lead.closed_how, Part.objects.count()) == ("filed_by_mistake", 0)
    assert not Message.objects.filter(lead=lead).exclude(status="withdrawn").exists()
    clock.move(timedelta(minutes=5))
    assert jobs.send_wanted() == 0
    page = text_of(dana, f"/inbox/{item.id}")
    assert "Taken back" in page
    assert "found its end" not in page
    assert dana.post(f"/inbox/{item.id}/undo-filing").status_code == 409
    assert whole(tmp_path) == []


def test_later_it_is_taken_back_with_a_reason_and_what_left_is_said(
    browser: Browser, staff: Staff, mailbox: Mailbox, tmp_path: Path
) -> None:
    item, dana = arrived(*WALTER, *OFFICE), browser("dana")
    filed(item, dana, staff("dana"))
    assert mailbox.mails == []
    clock.move(timedelta(minutes=5))
    jobs.send_wanted()
    lead = Lead.objects.get()
    assert len(mailbox.mails) == 1
    assert Message.objects.filter(lead=lead, status="sent").exists()
    assert "undo-filing" not in text_of(dana, f"/inbox?filed=L-{lead.number}&document={item.id}")
    assert dana.post(f"/inbox/{item.id}/undo-filing").status_code == 409
    assert "Filed by mistake" in text_of(dana, f"/inbox/{item.id}")
    assert dana.post(f"/inbox/{item.id}/filed-by-mistake", {"reason": " "}).status_code == 422
    why = "the name was read wrongly"
    assert dana.post(f"/inbox/{item.id}/filed-by-mistake", {"reason": why}).status_code == 303
    assert dana.post(f"/inbox/{item.id}/filed-by-mistake", {"reason": why}).status_code == 409
    page = text_of(dana, f"/inbox/{item.id}")
    assert f"it was filed as L-{lead.number} ({why}). 1 letter had left already" in page
    assert Task.objects.get(about_id=item.id, status="open").kind == "confirm_item"
    shown = text_of(dana, f"/leads/L-{lead.number}")
    assert "A document opened this lead by mistake" in shown
    assert why in shown
    assert "had left already: telling the partner that it arrived" in shown
    assert "Reopen the lead" not in shown
    assert dana.post(f"/leads/L-{lead.number}/reopen", {"reason": "again"}).status_code == 409
    assert not Task.objects.filter(lead=lead, status="open").exists()
    clock.move(timedelta(days=1))
    jobs.send_wanted()
    assert len(mailbox.mails) == 1, "nobody is written to about the closing"
    assert whole(tmp_path) == []


def test_nobody_of_a_wrong_name_stays_and_the_right_one_is_filed_anew(
    browser: Browser, staff: Staff, tmp_path: Path
) -> None:
    mother = (found("contact.name", "Lucia Brandt"), found("contact.phone", "608-555-0172"),
              found("contact.relationship", "parent"))  # fmt: skip
    item, client, dana = arrived(*WALTER, *mother), browser("dana"), staff("dana")
    filed(item, client, dana)
    wrong = Lead.objects.get()
    client.post(f"/inbox/{item.id}/filed-by-mistake", {"reason": "it says Walker"})
    names = [who.name for who, _ in identities(set(Person.objects.values_list("id", flat=True))).values()]
    assert set(names) == {"Name not stated"}
    assert not PersonKey.objects.exists()
    assert not ContactPoint.objects.exists()
    assert record_of(wrong).patient.last_name is None
    verbs.answer(item, dana, actor=SYSTEM, part=0, path="patient.first_name", verb="corrected", text="Walker")
    filed(item, client, dana)
    right = Lead.objects.exclude(id=wrong.id).get()
    assert record_of(right).patient.first_name == "Walker"
    assert record_of(right).contact.name == "Lucia Brandt"
    assert right.closed_at is None
    assert Part.objects.get().lead == right
    assert whole(tmp_path) == []


def test_what_joined_a_wrong_lead_goes_from_it_and_the_lead_stays_as_it_was(
    browser: Browser, staff: Staff, tmp_path: Path
) -> None:
    client, dana = browser("dana"), staff("dana")
    first = arrived(*WALTER)
    filed(first, client, dana)
    lead = Lead.objects.get()
    before = record_of(lead)
    late = arrived(*LATE, sort="addendum")
    filed(late, client, dana)
    assert Part.objects.get(item=late).lead == lead
    assert record_of(lead).order_signed is True
    assert client.post(f"/inbox/{late.id}/filed-by-mistake", {"reason": "another Walter"}).status_code == 303
    lead.refresh_from_db()
    after = record_of(lead)
    assert (lead.closed_at, after.order_signed, after.patient) == (None, before.order_signed, before.patient)
    assert not ContactPoint.objects.filter(kind="email").exists()
    assert not lead.facts.order_here
    assert Event.objects.filter(lead=lead, name="filing_taken_back", data__item=str(late.id)).exists()
    assert "the document waits in the Inbox again" in text_of(client, f"/leads/L-{lead.number}")
    assert Item.objects.get(id=late.id).status == "to_confirm"
    assert Item.objects.get(id=first.id).status == "settled"
    assert whole(tmp_path) == []


def test_the_first_can_be_taken_back_though_more_has_joined_since(
    browser: Browser, staff: Staff, tmp_path: Path
) -> None:
    client, dana = browser("dana"), staff("dana")
    first = arrived(*WALTER)
    filed(first, client, dana)
    filed(arrived(*LATE, sort="addendum"), client, dana)
    lead = Lead.objects.get()
    assert client.post(f"/inbox/{first.id}/filed-by-mistake", {"reason": "not his"}).status_code == 303
    lead.refresh_from_db()
    assert lead.closed_at is None
    assert record_of(lead).patient.phone is None
    assert record_of(lead).patient.last_name == "Brandt"
    assert whole(tmp_path) == []


def test_a_packet_comes_back_whole(browser: Browser, staff: Staff, tmp_path: Path) -> None:
    other = (
        found("patient.first_name", "Ingrid", page=2, patient=1),
        found("patient.last_name", "Solheim", page=2, patient=1),
        found("patient.phone", "(608) 555-0171", page=2, patient=1),
    )
    item, client, dana = arrived(*WALTER, *other, pages=2), browser("dana"), staff("dana")
    filed(item, client, dana)
    assert Lead.objects.filter(closed_at=None).count() == 2
    client.post(f"/inbox/{item.id}/undo-filing")
    assert Lead.objects.filter(closed_how="filed_by_mistake").count() == 2
    assert not Part.objects.exists()
    filed(item, client, dana)
    assert Lead.objects.filter(closed_at=None).count() == 2
    assert whole(tmp_path) == []


def test_only_whoever_filed_undoes_it_at_once_and_only_whoever_may_takes_it_back(
    browser: Browser, staff: Staff
) -> None:
    item, dana = arrived(*WALTER), browser("dana")
    filed(item, dana, staff("dana"))
    lead = Lead.objects.get()
    assert browser("reggie").post(f"/inbox/{item.id}/undo-filing").status_code in (404, 409)
    for name in ("reggie", "auditor", "joan"):
        answer = browser(name).post(f"/inbox/{item.id}/filed-by-mistake", {"reason": "x"})
        assert answer.status_code == 404, name
    lead.refresh_from_db()
    assert lead.closed_at is None


def test_a_red_flag_stays_before_the_clinicians_when_its_document_comes_back(browser: Browser, staff: Staff) -> None:
    flagged = (*WALTER, found("escalate", True), found("escalate_reason", "Red flag: chest pain or breathlessness"))
    item, client = arrived(*flagged), browser("dana")
    filed(item, client, staff("dana"))
    assert client.post(f"/inbox/{item.id}/undo-filing").status_code == 303
    assert Task.objects.filter(about_id=item.id, kind="review_item", status="open").exists()
    assert str(item.id) in text_of(browser("anna"), "/inbox")


def test_where_a_visit_is_agreed_nothing_is_taken_back_and_the_page_says_what_to_do(
    browser: Browser, staff: Staff, mailbox: Mailbox, tmp_path: Path
) -> None:
    item, dana = arrived(*WALTER, *OFFICE), browser("dana")
    filed(item, dana, staff("dana"))
    lead = Lead.objects.get()
    clock.move(timedelta(minutes=5))
    call = Task.objects.filter(lead=lead, status="open").earliest("due_at")
    agreed = {"result": "reached_booked", "again_at": "2026-12-01T09:30"}
    assert dana.post(f"/tasks/{call.id}/done", agreed).status_code == 303
    page = text_of(dana, f"/inbox/{item.id}")
    assert "a visit is agreed for Tue Dec 1, 9:30 am (Dana" in page
    assert f"Put right on L-{lead.number} what was read wrongly" in page
    assert "filed-by-mistake" not in page
    answer = dana.post(f"/inbox/{item.id}/filed-by-mistake", {"reason": "not ours"})
    assert (answer.status_code, "Nothing was taken back" in answer.content.decode()) == (409, True)
    lead.refresh_from_db()
    item.refresh_from_db()
    assert (lead.closed_at, item.status, record_of(lead).patient.last_name) == (None, "settled", "Brandt")
    assert Task.objects.filter(lead=lead, kind="await_visit", status="open").exists()
    assert not Event.objects.filter(lead=lead, name="filing_taken_back").exists()
    assert whole(tmp_path) == []


def test_whoever_was_tried_keeps_the_lead_and_what_joined_it_comes_back_all_the_same(
    browser: Browser, staff: Staff, tmp_path: Path
) -> None:
    client, dana = browser("dana"), staff("dana")
    first = arrived(*WALTER)
    filed(first, client, dana)
    lead = Lead.objects.get()
    call = Task.objects.filter(lead=lead, status="open").earliest("due_at")
    assert client.post(f"/tasks/{call.id}/done", {"result": "left_vm"}).status_code == 303
    assert client.post(f"/inbox/{first.id}/undo-filing").status_code == 409
    late = arrived(*LATE, sort="addendum")
    filed(late, client, dana)
    assert client.post(f"/inbox/{late.id}/filed-by-mistake", {"reason": "another Walter"}).status_code == 303
    assert "somebody was in touch, or tried (Dana" in text_of(client, f"/inbox/{first.id}")
    assert client.post(f"/inbox/{first.id}/filed-by-mistake", {"reason": "not his"}).status_code == 409
    lead.refresh_from_db()
    assert lead.closed_at is None
    assert whole(tmp_path) == []
