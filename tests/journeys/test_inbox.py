"""A document is confirmed value by value, by one person at a time, and filed as leads; nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.journeys.documents import WALTER, arrived, found, page, picture, record_of

from firstvisit.config.asked import Asked
from firstvisit.documents.models import Document
from firstvisit.journey import invariants, privacy, sealed
from firstvisit.journey.inbox import ending, holding, seeing, verbs
from firstvisit.journey.inbox.filing import file, what_is_left
from firstvisit.journey.inbox.keeping import rows_of
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed
from firstvisit.kernel.models import DataKey
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services as leads
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.practice.models import User
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import FieldAnswer, Item, ItemPage, ItemReading, Part
from firstvisit.steps.intake.readers import Read
from firstvisit.steps.intake.understanding.settle import settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Staff = Callable[[str], User]


def seen(item: Item, by: User) -> seeing.Opened:
    return seeing.opened(Item.objects.select_related("key", "document").get(id=item.id), by, now=clock.now())


def say(item: Item, by: User, path: str, verb: str, text: str = "", part: int = 0) -> None:
    verbs.answer(item, by, actor=SYSTEM, part=part, path=path, verb=verb, text=text)


def field(item: Item, by: User, path: str, part: int = 0) -> Any:
    return next(f for p in seen(item, by).parts if p.number == part for f in p.fields if f.path == path)


def test_it_is_confirmed_and_becomes_a_lead_that_says_who_confirmed_what(staff: Staff) -> None:
    dana, item = staff("dana"), arrived()
    assert what_is_left(seen(item, dana)) == "1 doubt left"
    with pytest.raises(Conflict):
        file(item, dana, actor=SYSTEM)
    say(item, dana, "patient.date_of_birth", "confirmed")
    assert what_is_left(seen(item, dana)) == "7 to confirm together"
    assert verbs.confirm_clear(item, dana, actor=SYSTEM) == 7
    receipt = file(item, dana, actor=SYSTEM)
    lead = Lead.objects.get()
    assert receipt.code == f"L-{lead.number}"
    assert lead.outcome
    made = record_of(lead)
    assert (made.patient.phone, str(made.patient.date_of_birth)) == ("+16085550147", "1968-04-11")
    sure = made.evidence["patient.date_of_birth"]
    assert (sure.confirmed_by, sure.confidence) == (str(dana.id), 0.6)
    assert sure.place.startswith("page 1 box")
    assert Part.objects.get().end == "opened"
    assert not Task.objects.filter(about_kind="item", status="open").exists()


def test_a_correction_stands_beside_what_was_read_and_can_be_taken_back(staff: Staff) -> None:
    dana, item = staff("dana"), arrived()
    say(item, dana, "patient.phone", "corrected", "608 555 0141")
    assert field(item, dana, "patient.phone").value == "+16085550141"
    kept = FieldAnswer.objects.get()
    assert (kept.verb, kept.confidence, kept.rule) == ("corrected", 0.97, "label")
    assert kept.sender is not None
    assert b"0141" not in bytes(kept.sealed)
    verbs.undo(item, dana, actor=SYSTEM)
    assert field(item, dana, "patient.phone").value == "+16085550147"
    assert FieldAnswer.objects.get().undone_at is not None
    with pytest.raises(Conflict):
        verbs.undo(item, dana, actor=SYSTEM)


def test_what_one_key_confirmed_is_taken_back_together(staff: Staff) -> None:
    dana, item = staff("dana"), arrived()
    verbs.confirm_clear(item, dana, actor=SYSTEM)
    verbs.undo(item, dana, actor=SYSTEM)
    assert all(f.open for f in seen(item, dana).parts[0].fields)


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("patient.phone", "12", "phone"),
        ("patient.date_of_birth", "2099-01-01", "date"),
        ("patient.shoe_size", "44", "no such field"),
        ("patient.phone", " ", "Enter a value"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(staff: Staff, path: str, text: str, words: str) -> None:
    dana, item = staff("dana"), arrived()
    with pytest.raises(BadInput) as refused:
        say(item, dana, path, "corrected", text)
    assert refused.value.problems[0].field == f"0.{path}"
    assert words.lower() in refused.value.problems[0].message.lower()
    assert not FieldAnswer.objects.exists()


def test_what_is_not_stated_is_left_out_and_what_is_unreadable_is_asked_of_the_sender(staff: Staff) -> None:
    dana, item = staff("dana"), arrived()
    say(item, dana, "patient.date_of_birth", "unreadable")
    say(item, dana, "concern", "not_stated")
    verbs.confirm_clear(item, dana, actor=SYSTEM)
    file(item, dana, actor=SYSTEM)
    made = record_of(Lead.objects.get())
    assert (made.patient.date_of_birth, made.concern) == (None, None)
    task = Task.objects.get(kind="ask_sender")
    assert "date of birth" in task.reason
    assert task.status == "open"


def test_one_person_works_on_it_and_an_abandoned_one_returns(staff: Staff) -> None:
    dana, mei, item = staff("dana"), staff("mei"), arrived()
    holding.hold(item, dana, now=clock.now())
    with pytest.raises(Conflict):
        say(item, mei, "concern", "confirmed")
    clock.move(timedelta(minutes=11))
    say(item, mei, "concern", "confirmed")
    with pytest.raises(Conflict):
        file(item, dana, actor=SYSTEM)


TWO = (
    *WALTER,
    found("patient.first_name", "Ingrid", page=2, patient=1),
    found("patient.last_name", "Solheim", page=2, patient=1),
    found("patient.phone", "(608) 555-0171", page=2, patient=1),
    found("disciplines", "PT", page=2, patient=1),
)


def test_a_packet_of_two_people_becomes_two_leads_that_cover_its_pages(staff: Staff, tmp_path: Path) -> None:
    dana, item = staff("dana"), arrived(*TWO, pages=3)
    assert [part.pages for part in seen(item, dana).parts] == [(1,), (2, 3)]
    say(item, dana, "patient.date_of_birth", "confirmed")
    verbs.confirm_clear(item, dana, actor=SYSTEM)
    receipt = file(item, dana, actor=SYSTEM)
    assert len(receipt.others) == 1
    assert sorted(Part.objects.values_list("pages", flat=True)) == [1, 2]
    assert {record_of(lead).patient.first_name for lead in Lead.objects.all()} == {"Walter", "Ingrid"}
    assert list(invariants.items_end(invariants.Scope(clock.now(), tmp_path / "heads"))) == []


def test_one_key_confirms_what_is_shown_of_one_person(staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*TWO, pages=3)
    assert verbs.confirm_clear(item, dana, actor=SYSTEM, only=1) == 4
    first, second = seen(item, dana).parts
    assert (len(first.left), len(second.left)) == (8, 0)


def test_pages_are_cut_merged_and_moved_and_each_can_be_undone(staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*TWO, pages=3)
    verbs.arrange(item, dana, actor=SYSTEM, how="merge", part=1)
    [one] = [part for part in seen(item, dana).parts if part.pages]
    assert one.pages == (1, 2, 3)
    assert field(item, dana, "patient.first_name").doubt == "Two places say different things."
    verbs.undo(item, dana, actor=SYSTEM)
    assert [part.pages for part in seen(item, dana).parts] == [(1,), (2, 3)]
    verbs.arrange(item, dana, actor=SYSTEM, how="cut", page=3)
    assert [part.pages for part in seen(item, dana).parts] == [(1,), (2,), (3,)]
    verbs.arrange(item, dana, actor=SYSTEM, how="move", page=3, part=0)
    assert [part.pages for part in seen(item, dana).parts] == [(1, 3), (2,)]
    with pytest.raises(BadInput):
        verbs.arrange(item, dana, actor=SYSTEM, how="move", page=9, part=0)


def test_one_person_of_a_packet_may_be_no_referral(staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*TWO, pages=3)
    verbs.drop(item, dana, actor=SYSTEM, part=1, reason="wrong_recipient")
    say(item, dana, "patient.date_of_birth", "confirmed")
    verbs.confirm_clear(item, dana, actor=SYSTEM)
    file(item, dana, actor=SYSTEM)
    assert Lead.objects.count() == 1
    ends = {part.end: (part.pages, part.reason) for part in Part.objects.all()}
    assert ends == {"opened": (1, ""), "not_a_lead": (2, "wrong_recipient")}


def confirmed(item: Item, by: User) -> Lead:
    """Everything as it was read, filed."""
    for part in seen(item, by).kept_parts:
        for each in part.left:
            if each.level == "doubtful":
                say(item, by, each.path, "confirmed", part=part.number)
    verbs.confirm_clear(item, by, actor=SYSTEM)
    receipt = file(item, by, actor=SYSTEM)
    return Lead.objects.get(number=int(str(receipt.code)[2:]))


def test_a_late_page_joins_its_lead_and_what_differs_from_ours_is_doubted(staff: Staff) -> None:
    dana = staff("dana")
    lead = confirmed(arrived(), dana)
    late = arrived(
        found("patient.first_name", "Walter"),
        found("patient.last_name", "Brandt"),
        found("patient.date_of_birth", "1968-04-11"),
        found("patient.phone", "(608) 555-0199"),
        found("order_signed", True),
        found("documents", "order"),
        sort="addendum",
    )
    where = seen(late, dana).goes[0]
    assert where.lead == lead
    assert "birth date" in where.why
    doubt = field(late, dana, "patient.phone")
    assert (doubt.level, doubt.ours) == ("doubtful", "+16085550147")
    assert confirmed(late, dana) == lead
    assert Part.objects.filter(lead=lead, end="joined").count() == 1
    assert record_of(lead).order_signed is True
    lead.facts.refresh_from_db()
    assert lead.facts.order_here  # seen on a page of the document itself, not only stated


def test_a_number_that_differs_from_the_card_or_the_partner_on_file_is_doubted_and_names_ours(staff: Staff) -> None:
    dana = staff("dana")
    office = (found("referrer.name", "Priya Raman"), found("referrer.npi", "1366712762"))
    card = (found("payers.0.name", "Northfield Health"), found("payers.0.member_id", "NHP40081772"))
    confirmed(arrived(*WALTER, *office, *card), dana)
    again = arrived(
        *(each for each in WALTER if each.path != "patient.date_of_birth"),
        found("patient.date_of_birth", "1968-04-11"),
        found("referrer.name", "Priya Raman"), found("referrer.npi", "1720364854"),
        found("payers.0.name", "Northfield Health"), found("payers.0.member_id", "NHP40081712"),
    )  # fmt: skip
    assert field(again, dana, "referrer.npi").ours == "1366712762"
    member = field(again, dana, "payers.0.member_id")
    assert (member.level, member.ours) == ("doubtful", "NHP40081772")
    say(again, dana, "payers.0.member_id", "corrected", member.ours)
    assert field(again, dana, "payers.0.member_id").value == "NHP40081772"


def test_a_person_says_which_lead_it_joins_unless_it_is_about_somebody_else(staff: Staff) -> None:
    dana = staff("dana")
    lead = confirmed(arrived(), dana)
    notes = arrived(found("concern", "progress note of last week", 0.6), found("documents", "clinical_notes"))
    verbs.goes_to(notes, dana, actor=SYSTEM, part=0, lead=f"l-{lead.number}")
    assert confirmed(notes, dana) == lead
    other = arrived(
        found("patient.first_name", "Ingrid"), found("patient.last_name", "Solheim"),
        found("patient.date_of_birth", "1950-01-02"), found("patient.phone", "(608) 555-0171"),
    )  # fmt: skip
    verbs.goes_to(other, dana, actor=SYSTEM, part=0, lead=f"L-{lead.number}")
    with pytest.raises(Conflict, match="somebody else"):
        confirmed(other, dana)
    verbs.goes_to(other, dana, actor=SYSTEM, part=0, lead="")
    assert confirmed(other, dana) != lead


def test_erasing_the_patient_leaves_nothing_of_their_document(staff: Staff) -> None:
    dana, item = staff("dana"), arrived()
    lead = confirmed(item, dana)
    leads.close(lead, how="patient_declined", words="", by=dana, actor=SYSTEM, at=clock.now() - timedelta(days=4020))
    tables = ("intake_item", "intake_field", "documents")
    columns = [column for column in sealed.COLUMNS if column.table.startswith(tables)]
    assert all(any(_opens(column)) for column in columns)
    privacy.erase(Lead.objects.get(id=lead.id), "patient", reason="asked", actor=SYSTEM)
    assert not any(any(_opens(column)) for column in columns)
    assert not FieldAnswer.objects.filter(sender__isnull=False).exists()
    assert not ItemReading.objects.filter(sender__isnull=False).exists()
    assert FieldAnswer.objects.count() == 8


def _opens(column: sealed.Column) -> Iterator[bool]:
    for row_id, value, key in column.values():
        kept = DataKey.objects.get(id=key)
        yield kept.wrapped is not None and sealed.opens(open_key(kept), column, row_id, value)


def test_no_referral_is_signed_and_ends_its_tasks(staff: Staff) -> None:
    dana, item = staff("dana"), arrived()
    ending.not_a_referral(item, dana, actor=SYSTEM, reason="vendor")
    assert Part.objects.get().end == "not_a_lead"
    assert not Task.objects.filter(status="open").exists()
    with pytest.raises(Conflict):
        say(item, dana, "concern", "confirmed")


def test_a_question_about_somebody_known_ends_as_answered(staff: Staff) -> None:
    dana = staff("dana")
    lead = confirmed(arrived(), dana)
    asks = arrived(found("asks", "any news of Walter Brandt?"), sort="status_question", pages=2)
    with pytest.raises(BadInput):
        ending.answered(asks, dana, actor=SYSTEM, lead="L-999", words="told them")
    ending.answered(asks, dana, actor=SYSTEM, lead=f"L-{lead.number}", words="Called the office: he comes on Tuesday")
    end = Part.objects.get(item=asks)
    assert (end.end, end.lead, end.signed_by, end.pages) == ("answered", lead, dana, 2)
    assert Event.objects.filter(lead=lead, name="asked_about").exists()
    assert not Task.objects.filter(about_id=asks.id, status="open").exists()


FLAGGED = (*WALTER, found("escalate", True), found("escalate_reason", "chest pain since this morning"))


def test_danger_stands_first_and_reaches_a_clinician_before_it_is_confirmed(staff: Staff) -> None:
    dana, anna = staff("dana"), staff("anna")
    first, urgent = arrived(), arrived(*FLAGGED)
    assert [row.item.id for row in seeing.listed(dana)] == [urgent.id, first.id]
    task = Task.objects.get(kind="review_item")
    assert task.safety
    assert [row.item.id for row in seeing.listed(anna)] == [urgent.id]
    with pytest.raises(NotAllowed):
        seeing.item_for(first.id, anna, now=clock.now())
    with pytest.raises(Conflict, match="clinician"):
        ending.not_a_referral(urgent, dana, actor=SYSTEM, reason="vendor")
    ending.looked(urgent, anna, actor=SYSTEM, words="Called him: he is on his way to the hospital")
    task.refresh_from_db()
    assert (task.status, task.ended_by) == ("done", anna)
    assert seen(urgent, dana).notes[0][0] == anna.name


def test_a_note_and_handing_over_stay_with_it(staff: Staff) -> None:
    dana, mei, item = staff("dana"), staff("mei"), arrived()
    verbs.note(item, dana, actor=SYSTEM, words="Their fax line was engaged")
    verbs.hand_over(item, dana, actor=SYSTEM, to=mei, words="You know this office")
    assert Task.objects.get(kind="confirm_item").owner_user == mei
    say(item, mei, "concern", "confirmed")
    assert [words for _, words, _ in seen(item, mei).notes] == [
        "Their fax line was engaged", f"To {mei.name}: You know this office",
    ]  # fmt: skip
    for name in ("auditor", "reggie"):
        with pytest.raises(BadInput):
            verbs.hand_over(item, mei, actor=SYSTEM, to=staff(name), words="look")


def test_a_page_is_turned_and_stays_turned(staff: Staff) -> None:
    dana, item = staff("dana"), arrived()
    for _ in range(3):
        verbs.turn(item, dana, actor=SYSTEM, page=1, degrees=90)
    assert ItemPage.objects.get().turn_wanted == 270


def test_read_again_it_says_what_it_says_now_and_answers_stay(staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*TWO, pages=3)
    say(item, dana, "patient.date_of_birth", "corrected", "04/17/1968")
    verbs.arrange(item, dana, actor=SYSTEM, how="cut", page=3)
    verbs.turn(item, dana, actor=SYSTEM, page=2, degrees=180)
    turned = deliveries.turns_of(ItemPage.objects.filter(item=item))
    assert turned == {2: 180}
    better = settle([*TWO, found("concern", "tendon repair", 0.99)], channel="fax", received_on=clock.now().date())
    sheets = tuple(replace(page(n), turned=turned.get(n, 0)) for n in (1, 2, 3))
    _, rows = rows_of(item, Read(better, pages=sheets, pictures=(picture(),) * 3), now=clock.now())
    verbs.turn(item, dana, actor=SYSTEM, page=2, degrees=90)
    assert not deliveries.keep_again(item, rows, turned), "turned on while it was read"
    verbs.turn(item, dana, actor=SYSTEM, page=2, degrees=270)
    assert deliveries.keep_again(item, rows, turned)
    assert field(item, dana, "patient.date_of_birth").value == "1968-04-17"
    assert [part.pages for part in seen(item, dana).parts] == [(1,), (2,), (3,)]
    assert deliveries.turns_of(ItemPage.objects.filter(item=item)) == {2: 180}, "it stays as the person turned it"
    assert Document.objects.count() == 4
    ending.not_a_referral(item, dana, actor=SYSTEM, reason="test")
    assert not deliveries.keep_again(item, rows)


def test_whoever_may_not_read_all_of_it_settles_nothing(staff: Staff) -> None:
    item = arrived()
    for name in ("joan", "auditor", "anna"):
        who = staff(name)
        with pytest.raises(NotAllowed):
            seeing.item_for(item.id, who, now=clock.now())
        with pytest.raises(NotAllowed):
            say(item, who, "concern", "confirmed")


def test_the_list_asks_the_same_however_long_it_is(staff: Staff) -> None:
    dana = staff("dana")
    arrived()
    dana.may("items.resolve")
    seeing.listed(dana)
    with Asked(connection) as one:
        seeing.listed(dana)
    for _ in range(4):
        arrived()
    with Asked(connection) as many:
        assert len(seeing.listed(dana)) == 5
    assert len(many) == len(one)
