"""A red flag of a document goes with the person whose words it is, and only a clinician ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.journeys.documents import WALTER, arrived, found, page, picture

from firstvisit.journey import arriving
from firstvisit.journey.inbox import ending, holding, seeing, verbs
from firstvisit.journey.inbox.filing import file
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.readers import Read
from firstvisit.steps.intake.sources.delivery import Received
from firstvisit.steps.intake.understanding.settle import settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Staff = Callable[[str], User]
Browser = Callable[[str], Client]

CAUDA = RED_FLAGS["cauda_equina"]
INGRID = (
    found("patient.first_name", "Ingrid", page=2, patient=1),
    found("patient.last_name", "Solheim", page=2, patient=1),
    found("patient.phone", "(608) 555-0171", page=2, patient=1),
    found("disciplines", "PT", page=2, patient=1),
)


def flag(*, page: int = 1, patient: int = 0, words: str = CAUDA) -> tuple[Any, ...]:
    return (
        found("escalate", True, page=page, patient=patient),
        found("escalate_reason", words, page=page, patient=patient),
    )


def review(item: Item) -> str:
    return str(Task.objects.get(about_id=item.id, kind="review_item").status)


def filed(item: Item, by: User) -> dict[str, Lead]:
    """Everything as it was read, filed; each lead by the first name of its patient."""
    seen = seeing.opened(item, by, now=clock.now())
    for part in seen.kept_parts:
        for each in part.left:
            if each.level == "doubtful":
                verbs.answer(item, by, actor=SYSTEM, part=part.number, path=each.path, verb="confirmed")
    verbs.confirm_clear(item, by, actor=SYSTEM)
    names = [str(part.value("patient.first_name")) for part in seen.kept_parts]
    file(item, by, actor=SYSTEM)
    ends = Part.objects.filter(item=item, lead__isnull=False).select_related("lead__facts").order_by("number")
    return {name: end.lead for name, end in zip(names, ends, strict=True) if end.lead is not None}


def flags_on(lead: Lead) -> tuple[str, ...]:
    return tuple(Lead.objects.select_related("facts").get(id=lead.id).facts.red_flags)


def test_filing_leaves_the_flag_with_the_clinicians_and_puts_it_on_the_lead(staff: Staff) -> None:
    dana, anna, item = staff("dana"), staff("anna"), arrived(*WALTER, *flag())
    lead = filed(item, dana)["Walter"]
    assert review(item) == "open"
    assert flags_on(lead) == ("cauda_equina",)
    assert Lead.objects.get(id=lead.id).outcome == "clinician_review"
    assert [row.item.id for row in seeing.listed(anna)] == [item.id]
    assert seeing.item_for(item.id, anna, now=clock.now()).id == item.id
    ending.looked(item, anna, actor=SYSTEM, words="Called him; he is in the emergency department")
    assert review(item) == "done"
    assert seeing.listed(anna) == []


def test_the_flag_of_a_packet_is_theirs_on_whose_page_it_stands(staff: Staff) -> None:
    item = arrived(*WALTER, *INGRID, *flag(page=2), pages=2)
    leads = filed(item, staff("dana"))
    assert (flags_on(leads["Walter"]), flags_on(leads["Ingrid"])) == ((), ("cauda_equina",))


def test_a_flag_follows_its_page_when_that_is_cut_joined_or_moved(staff: Staff) -> None:
    dana = staff("dana")
    one = (*WALTER, found("patient.email", "ingrid@example.org", page=2), *flag(page=2))
    item = arrived(*one, pages=2)
    verbs.arrange(item, dana, actor=SYSTEM, how="cut", page=2)
    assert set(seeing.opened(item, dana, now=clock.now()).flags) == {1}
    verbs.arrange(item, dana, actor=SYSTEM, how="merge", part=1)
    assert set(seeing.opened(item, dana, now=clock.now()).flags) == {0}
    other = arrived(*WALTER, *INGRID, *flag(page=2, patient=1), pages=2)
    verbs.arrange(other, dana, actor=SYSTEM, how="merge", part=1)
    assert set(seeing.opened(other, dana, now=clock.now()).flags) == {0}
    for each in (item, other):
        assert review(each) == "open"


def test_a_flag_on_a_page_of_two_people_is_both_of_theirs(staff: Staff) -> None:
    both = (*WALTER, *(found(each.path, each.value, page=1, patient=1) for each in INGRID))
    leads = filed(arrived(*both, *flag()), staff("dana"))
    assert {name: flags_on(lead) for name, lead in leads.items()} == {
        "Walter": ("cauda_equina",), "Ingrid": ("cauda_equina",),
    }  # fmt: skip


def test_no_door_ends_a_flagged_person_before_a_clinician_has_looked(staff: Staff, browser: Browser) -> None:
    dana, item = staff("dana"), arrived(*WALTER, *INGRID, *flag(page=2, patient=1), pages=2)
    client = browser("dana")
    for address, posted in (
        (f"/inbox/{item.id}/not-a-referral", {"reason": "vendor"}),
        (f"/inbox/{item.id}/drop", {"part": "1", "reason": "vendor"}),
        (f"/items/{item.id}/not-a-lead", {"reason": "vendor"}),
    ):
        answer = client.post(address, posted)
        assert answer.status_code == 409, address
        assert "A clinician looks at the red flag first" in answer.content.decode()
    assert not Part.objects.exists()
    verbs.drop(item, dana, actor=SYSTEM, part=0, reason="vendor")  # whose flag it is not
    with pytest.raises(Conflict):
        verbs.drop(item, dana, actor=SYSTEM, part=1, reason="vendor")
    verbs.undo(item, dana, actor=SYSTEM)
    holding.hold(item, dana, now=clock.now())
    ending.looked(item, staff("anna"), actor=SYSTEM, words="It is a form letter; nothing to do")
    verbs.drop(item, dana, actor=SYSTEM, part=1, reason="vendor")
    assert list(filed(item, dana)) == ["Walter"]


def test_a_page_moved_to_somebody_dropped_does_not_take_its_flag_out_of_the_house(staff: Staff) -> None:
    dana, item = staff("dana"), arrived(*WALTER, *INGRID, *flag(page=3), found("concern", "x", page=3), pages=3)
    verbs.drop(item, dana, actor=SYSTEM, part=1, reason="vendor")
    verbs.arrange(item, dana, actor=SYSTEM, how="move", page=3, part=1)
    with pytest.raises(Conflict, match="clinician"):
        filed(item, dana)
    assert review(item) == "open"
    verbs.arrange(item, dana, actor=SYSTEM, how="move", page=1, part=1)
    with pytest.raises(Conflict, match="nobody"):
        file(item, dana, actor=SYSTEM)


def test_a_flag_that_is_not_read_any_more_stays_and_another_one_asks_again(staff: Staff) -> None:
    dana, anna, item = staff("dana"), staff("anna"), arrived(*WALTER, *flag())

    def read_as(*more: Any) -> None:
        understood = settle([*WALTER, *more], channel="fax", received_on=clock.now().date(), item=str(item.id))
        done = Read(understood, pages=(page(1),), pictures=(picture(),))
        arriving.keep_read_again(Item.objects.select_related("key", "document").get(id=item.id), done)

    read_as()
    assert seeing.opened(item, dana, now=clock.now()).flags == {0: CAUDA}
    ending.looked(item, anna, actor=SYSTEM, words="Sent to the emergency department")
    read_as(*flag())
    assert not Task.objects.filter(kind="review_item", status="open").exists()
    read_as(*flag(words=RED_FLAGS["suicidal"]))
    assert Task.objects.filter(kind="review_item", status="open").count() == 1


def test_of_a_mail_about_two_the_flag_of_one_does_not_end_with_the_other(browser: Browser, staff: Staff) -> None:
    words = (
        "Hello, I write about two patients.\n\nPatient: Hanna Engel\nDOB: 03/02/1961\nPhone: 608-555-0131\n"
        "Reason: low back pain, now numb in the saddle area and cannot hold her urine since today. PT please.\n\n"
        "Patient: Otto Marsh\nDOB: 07/19/1975\nPhone: 608-555-0132\nReason: stiff shoulder, PT please.\n"
    )
    mail = f"From: Front desk <desk@example.org>\r\nSubject: two referrals\r\nContent-Type: text/plain\r\n\r\n{words}"
    way = ways_in.make(slug="post", kind="folder", name="Mail", actor=SYSTEM)
    came = arriving.take(way, Received("document", "m-1", "folder", mail.encode(), "message/rfc822", name="a.eml"))
    assert came.item is not None
    arriving.read_one(came.item)
    item = Item.objects.select_related("key", "document").get(id=came.item)
    dana = staff("dana")
    seen = seeing.opened(item, dana, now=clock.now())
    assert len(seen.parts) == 2
    [flagged] = seen.flags
    assert seen.parts[flagged].value("patient.last_name") == "Engel"
    answer = browser("dana").post(f"/inbox/{item.id}/drop", {"part": str(flagged), "reason": "vendor"})
    assert answer.status_code == 409
    leads = filed(item, dana)
    assert flags_on(leads["Hanna"]) == ("cauda_equina",)
    assert flags_on(leads["Otto"]) == ()
    assert review(item) == "open"
