"""The Inbox in a browser without a script: what it shows, what its forms do, and what it keeps from whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.journeys.documents import WALTER, arrived, found, record_of

from firstvisit.journey import arriving
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead, Task
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import FieldAnswer, Part
from firstvisit.steps.intake.sources.delivery import Received

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Browser = Callable[[str], Client]


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_the_list_names_senders_and_the_top_line_counts(browser: Browser) -> None:
    arrived()
    page = text_of(browser("dana"), "/inbox")
    assert "Capitol Hand Surgery" in page
    assert "1 doubtful" in page
    assert "Inbox <small>1</small>" in page


def test_today_names_who_sent_what_is_to_be_confirmed(browser: Browser) -> None:
    item = arrived()
    page = text_of(browser("dana"), "/today")
    assert "Capitol Hand Surgery" in page
    assert f"/inbox/{item.id}" in page


def test_a_document_shows_its_doubt_first_with_its_cut_out(browser: Browser) -> None:
    item = arrived()
    page = text_of(browser("dana"), f"/inbox/{item.id}")
    assert "Fax from Capitol Hand Surgery" in page
    assert page.index("Date of birth") < page.index("Likely, a glance")
    assert f"/inbox/{item.id}/page/1.png" in page
    assert 'value="04/11/1968"' in page
    assert "1 doubt left" in page
    assert "style=" not in page
    assert "<script>" not in page


def test_it_is_confirmed_by_plain_forms_and_filed(browser: Browser) -> None:
    item, dana = arrived(), browser("dana")
    at = f"/inbox/{item.id}"
    sent = {"key": "0.patient.date_of_birth", "was": "04/11/1968", "text": "04/17/1968", "verb": "confirmed"}
    assert dana.post(f"{at}/answer", sent).status_code == 303
    assert FieldAnswer.objects.get().verb == "corrected"
    assert dana.post(f"{at}/clear", {"part": "0"}).status_code == 303
    assert dana.post(f"{at}/file").status_code == 303
    assert Lead.objects.count() == 1
    assert Part.objects.get().end == "opened"
    page = text_of(dana, at)
    assert "It has found its end" in page
    assert "data-key" not in page
    lead = text_of(dana, f"/leads/L-{Lead.objects.get().number}")
    assert f'href="{at}"' in lead
    assert "Document confirmed" in lead
    assert dana.post(f"{at}/clear", {"part": "0"}).status_code == 409


def test_what_was_typed_stays_beside_what_is_wrong_with_it(browser: Browser) -> None:
    item = arrived()
    sent = {"key": "0.patient.phone", "was": "", "text": "six oh eight", "verb": "confirmed"}
    answer = browser("dana").post(f"/inbox/{item.id}/answer", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "six oh eight" in page
    assert 'aria-invalid="true"' in page


def test_filing_too_early_says_what_is_left(browser: Browser) -> None:
    item = arrived()
    answer = browser("dana").post(f"/inbox/{item.id}/file")
    assert answer.status_code == 409
    assert "1 doubt left" in answer.content.decode()
    assert not Lead.objects.exists()


def test_a_page_is_shown_to_whoever_may_see_it_with_one_row_in_the_log(browser: Browser) -> None:
    item = arrived()
    answer = browser("dana").get(f"/inbox/{item.id}/page/1.png")
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "image/png", "no-store")
    assert answer.content.startswith(b"\x89PNG")
    row = AuditRow.objects.get(subject_kind="item page")
    assert row.subjects == [str(item.id), "1"]
    for name in ("joan", "auditor", "anna"):
        assert browser(name).get(f"/inbox/{item.id}/page/1.png").status_code == 404
        assert browser(name).get(f"/inbox/{item.id}").status_code == 404
    assert AuditRow.objects.filter(verb="refused").count() >= 6


def test_the_original_is_saved_and_never_shown(browser: Browser) -> None:
    item = arrived()
    answer = browser("dana").get(f"/inbox/{item.id}/original")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_while_a_colleague_has_it_open_it_can_be_read_and_not_answered(browser: Browser) -> None:
    item = arrived()
    browser("dana").get(f"/inbox/{item.id}")
    mei = browser("mei")
    assert "has this document open until" in text_of(mei, f"/inbox/{item.id}")
    assert mei.post(f"/inbox/{item.id}/clear", {"part": "0"}).status_code == 409


def test_what_was_not_read_is_typed_and_pages_are_moved(browser: Browser) -> None:
    item, dana = arrived(found("concern", "falls", 0.9), pages=2), browser("dana")
    at = f"/inbox/{item.id}"
    assert "Not read: " in text_of(dana, at)
    sent = {"part": "0", "path": ["patient.last_name", "patient.phone"], "text": ["Brandt", "608 555 0147"]}
    assert dana.post(f"{at}/add", sent).status_code == 303
    assert FieldAnswer.objects.count() == 2
    assert dana.post(f"{at}/arrange", {"how": "cut", "page": "2"}).status_code == 303
    assert "Same person as above" in text_of(dana, at)
    assert dana.post(f"{at}/turn", {"page": "1", "degrees": "90"}).status_code == 303
    assert "rotate(90)" in text_of(dana, f"{at}?page=1")
    assert dana.post(f"{at}/undo").status_code == 303
    assert "Same person as above" not in text_of(dana, at)
    assert dana.post(f"{at}/nonsense").status_code == 404
    assert dana.post(f"{at}/arrange", {"how": "cut", "page": "no"}).status_code == 422


def test_a_clinician_finds_the_red_flag_on_today_and_says_what_they_did(browser: Browser) -> None:
    item = arrived(*WALTER, found("escalate", True), found("escalate_reason", "chest pain since this morning"))
    anna = browser("anna")
    assert f"/inbox/{item.id}" in text_of(anna, "/today")
    assert "chest pain since this morning" in text_of(anna, f"/inbox/{item.id}")
    assert anna.post(f"/inbox/{item.id}/looked", {"words": "On his way to hospital"}).status_code == 303
    assert Task.objects.get(kind="review_item").status == "done"
    assert "On his way to hospital" in text_of(browser("dana"), f"/inbox/{item.id}")


def test_pages_ask_the_database_the_same_however_much_waits(browser: Browser) -> None:
    dana = browser("dana")

    def asked(address: str) -> int:
        counts = []
        for _ in range(4):  # now and then a page also asks for the clock and the practice anew
            with CaptureQueriesContext(connection) as queries:
                dana.get(address)
            counts.append(len(queries))
        return min(counts)

    item, _ = arrived(), arrived()  # with one alone nothing stands beside it, and nothing is asked for that
    before = asked("/inbox"), asked(f"/inbox/{item.id}")
    for _ in range(5):
        arrived()
    assert (asked("/inbox"), asked(f"/inbox/{item.id}")) == before


def test_how_well_it_reads_is_counted_by_field_and_sender(browser: Browser) -> None:
    dana = browser("dana")
    for n in range(2):
        at = f"/inbox/{arrived().id}"
        said = "04/17/1968" if n else "04/11/1968"
        sent = {"key": "0.patient.date_of_birth", "was": "04/11/1968", "text": said, "verb": "confirmed"}
        dana.post(f"{at}/answer", sent)
        dana.post(f"{at}/clear", {"part": "0"})
    page = text_of(dana, "/inbox/accuracy")
    assert "Capitol Hand Surgery" in page
    assert "50%" in page
    rows = [line.split(",") for line in text_of(dana, "/inbox/accuracy.csv").splitlines()]
    born: dict[str, Any] = dict(zip(rows[0], next(r for r in rows if "patient.date_of_birth" in r), strict=True))
    assert (born["read"], born["right"], born["corrected"], born["stated"]) == ("2", "1", "1", "0.600")
    assert browser("auditor").get("/inbox/accuracy").status_code == 404


def test_a_recording_is_played_and_typed_and_becomes_a_lead(browser: Browser) -> None:
    way = ways_in.make(slug="voice", kind="folder", name="Voicemail", actor=SYSTEM)
    body, about = b"RIFF$\0\0\0WAVEfmt ", {"from": "+16085550133"}
    sent = Received("document", "v-1", "folder", body, "audio/wav", name="voicemail.wav", about=about)
    item = arriving.take(way, sent).item
    assert item is not None
    arriving.read_one(item)
    dana, at = browser("dana"), f"/inbox/{item}"
    page = text_of(dana, at)
    assert "<audio" in page
    assert 'value="(608) 555-0133"' in page
    played = dana.get(f"{at}/original")
    assert (played["Content-Type"], played.content) == ("audio/wav", body)
    typed = {"part": "0", "path": ["patient.last_name", "patient.phone"], "text": ["Brandt", "(608) 555-0133"]}
    dana.post(f"{at}/add", typed)
    assert dana.post(f"{at}/file").status_code == 303
    assert record_of(Lead.objects.get()).channel == "phone"
    assert Part.objects.get().end == "opened"


@pytest.mark.parametrize(
    ("sort", "says", "reason"),
    [
        ("vendor", "sign it as no referral (D)", "vendor"),
        ("records_request", "sign it as no referral (D)", "records_request"),
        ("job_seeker", "sign it as no referral (D)", "job_seeker"),
        ("status_question", "say under “Answered” (W) what you did", ""),
    ],
)
def test_what_reads_like_no_referral_is_filed_by_no_single_key(
    browser: Browser, sort: str, says: str, reason: str
) -> None:
    page = text_of(browser("dana"), f"/inbox/{arrived(sort=sort).id}")
    assert says in page
    assert "Filed all the same, it opens a lead" in page
    assert 'data-key="f"' not in page
    assert "File all the same" in page
    assert (f'value="{reason}" checked' in page) is bool(reason)


def test_the_list_of_keys_names_each_key_once_and_all_of_them(browser: Browser) -> None:
    page = text_of(browser("dana"), f"/inbox/{arrived().id}")
    listed = re.findall(r"<dt><kbd>(.*?)</kbd></dt>", page)
    assert len(listed) == len(set(listed))
    pressed = {key.upper() for key in re.findall(r'data-key="(\w)"', page)}
    assert pressed <= set(listed)
