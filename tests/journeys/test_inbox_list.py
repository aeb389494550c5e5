"""The list of the Inbox says all that waits, what is doubtful of it, and what was signed away by mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.journeys.documents import WALTER, arrived, found

from firstvisit.journey import arriving, invariants, privacy
from firstvisit.journey.inbox import seeing, verbs
from firstvisit.journey.inbox.filing import file
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.sources.delivery import Received

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Staff = Callable[[str], User]
Browser = Callable[[str], Client]
INGRID = (
    found("patient.first_name", "Ingrid", page=2, patient=1),
    found("patient.last_name", "Solheim", page=2, patient=1),
    found("patient.phone", "(608) 555-0171", page=2, patient=1),
)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer)
    return str(answer.content.decode())


def confirm(item: Item, by: User) -> None:
    for part in seeing.opened(item, by, now=clock.now()).kept_parts:
        for each in part.left:
            if each.level == "doubtful":
                verbs.answer(item, by, actor=SYSTEM, part=part.number, path=each.path, verb="confirmed")
    verbs.confirm_clear(item, by, actor=SYSTEM)


def mailed(words: str, kind: str = 'Content-Type: text/plain') -> Item:
    way = ways_in.make(slug="post", kind="folder", name="Mail", actor=SYSTEM)
    mail = f"From: desk@example.org\r\nSubject: a referral\r\nMIME-Version: 1.0\r\n{kind}\r\n\r\n{words}"
    came = arriving.take(way, Received("document", "m-1", "folder", mail.encode(), "message/rfc822", name="a.eml"))
    assert came.item is not None
    arriving.read_one(came.item)
    return Item.objects.select_related("key", "document").get(id=came.item)


def test_the_last_that_came_with_a_red_flag_stands_first_of_sixty_and_all_can_be_reached(browser: Browser) -> None:
    for _ in range(54):
        arrived(found("patient.last_name", "Brandt"))
        clock.move(timedelta(seconds=1))
    urgent = arrived(*WALTER, found("escalate", True), found("escalate_reason", "chest pain"))
    dana = browser("dana")
    page = text_of(dana, "/inbox")
    assert "55 documents wait" in page
    assert "Inbox <small>55</small>" in page
    rows = re.findall(r'class="name" href="/inbox/([0-9a-f-]{36})"', page)
    assert (len(rows), rows[0]) == (50, str(urgent.id))
    assert "1 to 50 of 55" in page
    more = text_of(dana, "/inbox?from=50")
    rows += re.findall(r'class="name" href="/inbox/([0-9a-f-]{36})"', more)
    assert len(set(rows)) == 55
    last = text_of(dana, f"/inbox/{rows[-1]}")
    assert "Document 55 of 55" in last
    assert 'id="inbox-h">Inbox <small>55</small>' in last and ">All 55<" in last
    assert f'href="/inbox/{rows[0]}" data-key="s"' in last


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ("patient.last_name", "not read: last name"),
        ("patient.date_of_birth", "not read: date of birth"),
        ("patient.phone", "not read: phone"),
    ],
)
def test_what_was_not_read_is_not_nothing_doubtful(browser: Browser, left_out: str, says: str) -> None:
    sure = {each.path: each for each in WALTER} | {
        each.path: each for each in (found("patient.date_of_birth", "1968-04-11"), found("concern", "tendon repair"))
    }
    item = arrived(*(each for path, each in sure.items() if path != left_out))
    page = text_of(browser("dana"), "/inbox")
    assert says in page
    assert "nothing doubtful" not in page
    document = text_of(browser("dana"), f"/inbox/{item.id}")
    assert "no doubt left" not in document
    assert ("1 not read" in document) is (left_out != "patient.last_name")  # half a name is asked about


def test_what_is_read_whole_is_nothing_doubtful_and_a_parents_number_reaches_them(browser: Browser) -> None:
    sure = [each for each in WALTER if each.path not in ("patient.phone", "patient.date_of_birth", "concern")]
    arrived(*sure, found("patient.date_of_birth", "1968-04-11"), found("contact.phone", "608-555-0147"))
    assert "nothing doubtful" in text_of(browser("dana"), "/inbox")


def test_an_attachment_nobody_could_read_is_looked_at_before_anything_is_filed(browser: Browser, staff: Staff) -> None:
    words = (
        "--b\r\nContent-Type: text/plain\r\n\r\nPatient: Hanna Engel\nDOB: 03/02/1961\nPhone: 608-555-0131\n"
        "Please see her for PT, low back pain.\r\n--b\r\n"
        'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="order.pdf"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQgdG9ybg==\r\n--b--\r\n"
    )
    item, dana = mailed(words, 'Content-Type: multipart/mixed; boundary="b"'), browser("dana")
    page = text_of(dana, "/inbox")
    assert "1 file could not be read" in page
    assert "nothing doubtful" not in page
    confirm(item, staff("dana"))
    refused = dana.post(f"/inbox/{item.id}/file")
    assert refused.status_code == 409
    assert "could not be read" in refused.content.decode()
    assert dana.post(f"/inbox/{item.id}/looked-at-unread").status_code == 303
    assert dana.post(f"/inbox/{item.id}/file").status_code == 303
    assert Lead.objects.count() == 1


def test_what_was_signed_by_mistake_is_found_with_its_page_and_taken_back(
    browser: Browser, staff: Staff, tmp_path: Path
) -> None:
    item, dana = arrived(), browser("dana")
    after = dana.post(f"/inbox/{item.id}/not-a-referral", {"reason": "vendor"})
    assert f"/inbox/{item.id}" in text_of(dana, after["Location"])
    listed = text_of(dana, "/inbox/signed")
    assert "Capitol Hand Surgery" in listed
    assert "An offer to sell something" in listed
    assert staff("dana").name in listed
    page = text_of(dana, f"/inbox/{item.id}")
    assert f"/inbox/{item.id}/page/1.png" in page
    assert "signed as no referral by" in page
    assert dana.get(f"/inbox/{item.id}/page/1.png").status_code == 200
    assert dana.post(f"/inbox/{item.id}/take-back").status_code == 303
    assert not Part.objects.exists()
    assert Task.objects.filter(about_id=item.id, kind="confirm_item", status="open").exists()
    assert "Taken back" in text_of(dana, f"/inbox/{item.id}")
    assert dana.post(f"/inbox/{item.id}/take-back").status_code == 409
    confirm(item, staff("dana"))
    file(item, staff("dana"), actor=SYSTEM)
    assert list(invariants.items_end(invariants.Scope(clock.now(), tmp_path / "heads"))) == []
    assert "Capitol Hand Surgery" not in text_of(dana, "/inbox/signed")


def test_one_person_signed_by_mistake_comes_back_though_the_others_are_leads(browser: Browser, staff: Staff) -> None:
    item, dana = arrived(*WALTER, *INGRID, pages=2), staff("dana")
    verbs.drop(item, dana, actor=SYSTEM, part=1, reason="vendor")
    confirm(item, dana)
    file(item, dana, actor=SYSTEM)
    client = browser("dana")
    assert "of one person in it" in text_of(client, "/inbox/signed")
    assert client.post(f"/inbox/{item.id}/take-back").status_code == 303
    copy = Item.objects.get(status="received")
    assert copy.document_id != item.document_id
    assert client.post(f"/inbox/{item.id}/take-back").status_code == 409
    assert Item.objects.count() == 2


def test_what_was_erased_is_listed_nowhere_and_breaks_no_list(browser: Browser, staff: Staff) -> None:
    flagged = (*WALTER, found("escalate", True), found("escalate_reason", "chest pain"))
    item, dana = arrived(*flagged), staff("dana")
    confirm(item, dana)
    file(item, dana, actor=SYSTEM)
    lead = Lead.objects.get()
    long_ago = clock.now() - timedelta(days=4020)
    leads.close(lead, how="patient_declined", words="", by=dana, actor=SYSTEM, at=long_ago)
    privacy.erase(Lead.objects.get(id=lead.id), "patient", reason="asked", actor=SYSTEM)
    assert Task.objects.filter(about_id=item.id, kind="review_item", status="open").exists()
    assert str(item.id) not in text_of(browser("anna"), "/inbox")
    for name in ("dana", "anna"):
        assert browser(name).get(f"/inbox/{item.id}").status_code == 404
        assert browser(name).post(f"/inbox/{item.id}/take-back").status_code == 404


def test_what_was_signed_is_shown_to_whoever_works_in_the_inbox_alone(browser: Browser) -> None:
    item = arrived()
    browser("dana").post(f"/inbox/{item.id}/not-a-referral", {"reason": "vendor"})
    for name in ("anna", "auditor", "joan"):
        client = browser(name)
        assert client.get("/inbox/signed").status_code == 404, name
        assert client.get(f"/inbox/{item.id}").status_code == 404, name
        assert client.post(f"/inbox/{item.id}/take-back").status_code == 404, name


def test_filing_names_every_lead_it_opened(browser: Browser, staff: Staff) -> None:
    item, dana = arrived(*WALTER, *INGRID, pages=2), browser("dana")
    confirm(item, staff("dana"))
    page = text_of(dana, dana.post(f"/inbox/{item.id}/file")["Location"])
    codes = [f"L-{number}" for number in Lead.objects.order_by("id").values_list("number", flat=True)]
    assert len(codes) == 2
    for code in codes:
        assert f'<a href="/leads/{code}">{code}</a>' in page


@pytest.mark.parametrize("address", ["/inbox", "/today", "/inbox/{item}"])
def test_a_page_that_stands_open_hears_of_what_comes_and_of_danger(browser: Browser, address: str) -> None:
    item, dana = arrived(), browser("dana")
    asks = re.search(r'data-changes="([^"]+)"', text_of(dana, address.format(item=item.id)))
    assert asks is not None
    asked = asks[1].replace("&amp;", "&")
    assert dana.get(asked).json() == {"changed": False}
    clock.move(timedelta(seconds=1))
    urgent = arrived(*WALTER, found("escalate", True), found("escalate_reason", "chest pain"))
    assert dana.get(asked).json() == {"changed": True}
    asks = re.search(r'data-changes="([^"]+)"', text_of(dana, address.format(item=urgent.id)))
    assert asks is not None
    assert dana.get(asks[1].replace("&amp;", "&")).json() == {"changed": False}


def test_what_cannot_be_a_birth_date_is_not_confirmed_but_typed_or_asked_for(browser: Browser, staff: Staff) -> None:
    smudged = [each for each in WALTER if each.path != "patient.date_of_birth"]
    item = arrived(*smudged, found("patient.date_of_birth", "07/1~/19€1", 0.28))
    dana = browser("dana")
    confirmed = dana.post(f"/inbox/{item.id}/answer", {"key": "0.patient.date_of_birth", "verb": "confirmed"})
    assert confirmed.status_code == 422
    assert "This date cannot be read; enter it as MM/DD/YYYY" in confirmed.content.decode()
    typed = {"key": "0.patient.date_of_birth", "verb": "corrected", "text": "07/19/1961"}
    assert dana.post(f"/inbox/{item.id}/answer", typed).status_code == 303
    left = seeing.opened(item, staff("dana"), now=clock.now()).kept_parts[0]
    assert left.value("patient.date_of_birth") == "1961-07-19"


@pytest.mark.parametrize("unread", ["patient.last_name", "patient.first_name"])
def test_nobody_is_filed_by_half_a_name_unless_somebody_says_so(browser: Browser, staff: Staff, unread: str) -> None:
    item, dana = arrived(*(each for each in WALTER if each.path != unread)), browser("dana")
    assert "Only half of the name was read" in text_of(dana, f"/inbox/{item.id}?at=0.{unread}")
    answer = {"key": "0.patient.date_of_birth", "verb": "confirmed", "was": "04/11/1968", "text": "04/11/1968"}
    dana.post(f"/inbox/{item.id}/answer", answer)
    dana.post(f"/inbox/{item.id}/clear", {"part": 0})
    early = dana.post(f"/inbox/{item.id}/file")
    assert early.status_code == 409
    assert "1 doubt left" in early.content.decode()
    empty = {"key": f"0.{unread}", "verb": "confirmed", "was": "", "text": ""}
    assert dana.post(f"/inbox/{item.id}/answer", empty).status_code == 422
    assert dana.post(f"/inbox/{item.id}/answer", {**empty, "verb": "not_stated"}).status_code == 303
    assert dana.post(f"/inbox/{item.id}/file").status_code == 303
    assert Lead.objects.count() == 1


def test_the_other_half_of_a_name_is_typed(browser: Browser) -> None:
    item, dana = arrived(*(each for each in WALTER if each.path != "patient.last_name")), browser("dana")
    said = {"key": "0.patient.last_name", "verb": "confirmed", "was": "", "text": "Brandt"}
    assert dana.post(f"/inbox/{item.id}/answer", said).status_code == 303
    assert "Only half of the name" not in text_of(dana, f"/inbox/{item.id}")
