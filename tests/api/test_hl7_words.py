"""What HL7 messages say in words: therapies, why somebody is sent, what came of an accident, and danger."""

from __future__ import annotations

import pytest
from tests.api.test_mllp import PID, TODAY, ask, line_to, message, port

from firstvisit.leads.models import FactsRow, Lead
from firstvisit.leads.services import read as read_lead
from firstvisit.referral.record import Referral
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources.hl7v2 import decode, reading_of


def read(*segments: str, kind: str = "REF^I12") -> Referral:
    return reading_of(decode(message(kind, PID, *segments)), TODAY, ())[0].referral


@pytest.mark.parametrize(
    ("notes", "wanted"),
    [
        ("Pt fell at home, seen at St. Mary's. OT hand therapy", ("OT",)),
        ("PT FELL AT HOME, SEEN AT ST MARYS. OT HAND THERAPY", ("OT",)),
        ("REFER PT TO OCCUPATIONAL THERAPY", ("OT",)),
        ("Pt. referred for OT. Pt. has a St. Jude valve", ("OT",)),
        ("Had physical therapy in May. Now needs OT evaluation", ("OT",)),
        ("PT not indicated. OT eval", ("OT",)),
        ("Please eval, PT 2x/week", ("PT",)),
        ("PT/OT eval and treat", ("OT", "PT")),
        ("ST eval and treat", ("SLP",)),
        ("PT, 68 y/o, fell; PT states pain", None),
        ("Physical exam normal. Lives at 5 St. Clair St", None),
    ],
)
def test_a_note_names_a_therapy_by_its_words_and_not_by_two_letters(
    notes: str, wanted: tuple[str, ...] | None
) -> None:
    assert read(f"NTE|1||{notes}").disciplines == wanted


@pytest.mark.parametrize(
    ("service", "wanted"),
    [
        ("RF1|P|R|PT^Physical therapy", ("PT",)),
        ("OBR|1|||OT^Occupational therapy", ("OT",)),
        ("OBR|1|||97161^AMB REFERRAL TO PHYSICAL THERAPY", ("PT",)),
        ("OBR|1|||ST", ("SLP",)),
        ("OBR|1|||EXAM^Physical exam, St. Mary's", None),
    ],
)
def test_the_field_for_the_service_goes_before_what_notes_tell(service: str, wanted: tuple[str, ...] | None) -> None:
    notes = () if wanted is None else ("NTE|1||OT and speech therapy at school, please evaluate",)
    assert read(service, *notes).disciplines == wanted


@pytest.mark.parametrize(
    ("accident", "cause"),
    [
        ("ACC|20260901||||Y|N", "work"),
        ("ACC|20260901||||N|Y", None),
        ("ACC|20260901||||N|Y||fell at work", None),
        ("ACC|20260901|||WI|N|N", "auto"),
        ("ACC|20260901|MVA^Motor vehicle accident", "auto"),
        ("ACC|20260901|OT^Other||||||hurt on the job", "work"),
        ("ACC|20260901|||||||slipped, not a motor vehicle accident", None),
    ],
)
def test_an_accident_is_of_work_where_the_standard_says_so(accident: str, cause: str | None) -> None:
    found = read(accident)
    assert found.cause == cause
    assert found.events and str(found.events[0].date) == "2026-09-01"


def test_notes_are_read_whole_whatever_the_sender_did_not_escape() -> None:
    found = read("NTE|1||Worse at night~cannot sleep ^ since May", "NTE|2||and cannot lift", "NTE|3||Second: no")
    assert found.concern == "Worse at night\ncannot sleep since May\nand cannot lift\nSecond: no"


DANGER = (
    ("OBX|1|TX|RSN^Reason||Saddle numbness since yesterday and cannot hold urine||||||F",),
    ("OBX|1|CWE|SN^Saddle numbness||Y^Yes||||||F",),
    ("OBX|1|ID|SN^Saddle numbness||Y||||||F",),
    ("OBX|1|FT|H^History||Back pain.\\.br\\New loss of bladder\\.br\\control today",),
    ("OBX|1|ST|H^History||Back pain~Since today she cannot hold her urine",),
    ("OBX|1|TX|H^History||Back pain for weeks, since today", "OBX|2|TX|H^History||numb between the legs"),
    ("OBR|1|||PT", "NTE|1||Says that she wants", "NTE|2||to kill herself"),
    ("NTE|1||" + "Stretching helps a little. " * 200, "NTE|2||She wants to kill herself."),
    ("RF1|P|R|PT|||1|20261123|||PAIN^Chest pain at rest today",),
    ("ZNT|1|X7|Nurse: since today she cannot hold her urine",),
)


NAMES = (
    "Ahlers^Nora", "Brandt^Otis", "Czerny^Pia", "Dorfman^Quinn", "Eklund^Rosa", "Fenner^Saul", "Gruber^Tess",
    "Hollis^Uma", "Ibarra^Vera", "Jessup^Wilma",
)  # fmt: skip


def test_danger_in_any_text_of_a_message_stops_at_a_clinician(open_doors: str) -> None:
    with port() as (number, _), line_to(number) as line:
        for n, segments in enumerate(DANGER):
            pid = PID.replace("Zwickelhuber^Theodora^Ann", NAMES[n]).replace("0142", f"01{n}2")
            pid = pid.replace("theodora.z", f"mail{n}").replace("19610415", f"19{n + 5}00{n + 1}11")
            assert ask(line, message("REF^I12^REF_I12", pid, *segments, control=f"7{n}"))[0] == "AA"
    found = {str(read_lead(lead.reading).patient.last_name): lead for lead in Lead.objects.all()}
    assert len(found) == len(DANGER)
    missed = [name for name, lead in found.items() if not FactsRow.objects.get(lead=lead).red_flags]
    assert missed == []


@pytest.mark.parametrize(
    "segments",
    [
        ("OBX|1|CWE|SN^Saddle numbness||N^No||||||F",),
        ("OBX|1|TX|H^History||Denies chest pain, no saddle numbness||||||F",),
        ("OBX|1|TX|H^History||Saddle numbness||||||W",),
        ("OBX|1|NM|PAIN^Chest pain||0||||||F",),
    ],
)
def test_what_is_denied_or_taken_back_is_no_danger(segments: tuple[str, ...]) -> None:
    found = read(*segments)
    assert "addle numbness: yes" not in (found.concern or "") and found.escalate_reason is None


def test_an_authorization_is_that_of_the_payer_who_gave_it() -> None:
    first = "IN1|1|NH^Northfield PPO|NH001|Northfield Health"
    second = "IN1|2|BB^Birch Blue|BB002|Birch Blue"
    given = "AUT|BB^Birch Blue|BB002|Birch Blue|||AUTH-77"
    assert [each.authorization_number for each in read(first, second, given).payers or ()] == [None, "AUTH-77"]
    assert [each.authorization_number for each in read(first, "AUT||||||AUTH-78").payers or ()] == ["AUTH-78"]
    assert [each.authorization_number for each in read(first, second, "AUT||||||X-1").payers or ()] == [None, None]


def test_a_file_of_a_strange_kind_or_a_damaged_one_is_kept_for_a_person(open_doors: str) -> None:
    sent = ("^application^msword^Base64^0M8R4KGx", "^application^PDF^Base64^not base64!", "^text^plain^A^See the MRI",
            "^application^PDF^Hex^255044462d")  # fmt: skip
    files = [f"OBX|{n}|ED|DOC^Letter||{each}" for n, each in enumerate(sent, 1)]
    with port() as (number, _), line_to(number) as line:
        assert ask(line, message("REF^I12^REF_I12", PID, "NTE|1||PT eval", *files))[0] == "AA"
    kept = Item.objects.select_related("document", "key").order_by("received_at", "id")[1:]
    assert [(each.document.media_type, original(each)) for each in kept] == [
        ("application/octet-stream", b"\xd0\xcf\x11\xe0\xa1\xb1"), ("application/octet-stream", b"not base64!"),
        ("text/plain", b"See the MRI"), ("application/pdf", b"%PDF-"),
    ]  # fmt: skip
    assert {deliveries.belongs_to(each) for each in kept} == {Lead.objects.get()}
