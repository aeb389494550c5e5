"""What stands over a talk is told from what somebody says, and words of danger are heard wherever they stand."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.heading import heading
from firstvisit.steps.intake.readers.transcript import read


def found(text: str) -> dict[str, object]:
    """The surest value of each field that a transcript says."""
    read_of = read(Document("a.txt", "text/plain", text.encode(), dt.date(2026, 11, 22))).understood.found
    return {each.path: each.value for each in sorted(read_of, key=lambda each: each.confidence)}


@pytest.mark.parametrize(
    "line",
    [
        "Voicemail. This is Karen Ostby, 608 555 0177, birthday two nine nineteen seventy. I have crushing chest pain right now.",
        "voicemail this is karen ostby 608 555 0177 birthday two nine nineteen seventy i have crushing chest pain right now",
        "Message: this is Karen Ostby, 608-555-0177, born February 9 1970, and I have crushing chest pain right now",
        "VM 1 of 1 - 608-555-0177 - hi this is Karen Ostby, born 2/9/1970. I've had crushing chest pain since this morning.",
        "Voicemail (608) 555-0177 11/22/2026 7:40 AM Hi this is Karen Ostby I was born February 9 1970 I have crushing chest pain right now",
        "Recording 4. Karen Ostby here. Number is 608 555 0177, born two nine nineteen seventy. I have crushing chest pain right now.",
        "Call from 608 555 0177: Karen Ostby here, my birthday is 2/9/1970 and I have crushing chest pain right now",
        '{"transcript": "This is Karen Ostby, 608 555 0177, born 2/9/1970. I have crushing chest pain right now."}',
        "[This is Karen Ostby, 608 555 0177, born 2/9/1970. I have crushing chest pain right now.]",
    ],
)
def test_a_message_of_one_line_is_heard_whole(line: str) -> None:
    said = found(line)
    assert said["escalate"] is True
    assert (said["patient.first_name"], said["patient.last_name"]) == ("Karen", "Ostby")
    assert (said["patient.phone"], said["patient.date_of_birth"]) == ("+16085550177", "1970-02-09")


@pytest.mark.parametrize(
    "line",
    [
        "Voicemail. This is Karen Ostby, 608 555 0177. I want PT for my shoulder.",
        "Message for the front desk: Karen Ostby, 608 555 0177. I'd like physical therapy for my shoulder.",
        "Received call: my name is Karen Ostby, 608 555 0177, I need PT for my shoulder",
    ],
)
def test_so_is_one_that_only_asks_for_care(line: str) -> None:
    said = found(line)
    assert (said["patient.last_name"], said["patient.phone"], said["disciplines"]) == ("Ostby", "+16085550177", "PT")
    assert said["escalate"] is False


def test_an_office_that_refers_in_one_line_is_heard_and_no_birthday_is_the_day_of_the_call() -> None:
    text = "Recording 4 Dr. Kim's office refers Bo Lind, date of birth 4/4/2014, for speech therapy. He fell yesterday. 608-555-0177"
    read_of = read(Document("a.txt", "text/plain", text.encode(), dt.date(2026, 11, 22))).understood.found
    values = {(each.path, str(each.value)) for each in read_of}
    assert {("patient.last_name", "Lind"), ("patient.date_of_birth", "2014-04-04"), ("disciplines", "SLP")} <= values
    assert not any(each.path.startswith("events") and "2014" in str(each.value) for each in read_of)


@pytest.mark.parametrize(
    ("over", "below"),
    [
        ("Voicemail 608-555-0177 11/22/2026 crushing chest pain", "Karen Ostby, 608-555-0177, about PT for my shoulder."),
        ("Mailbox 2 / 11/22/2026 07:40 / wants to die", "This is Karen Ostby. Call me back at 608-555-0177."),
        ("(11/22/2026 - 7:40 AM - suicidal caller)", "This is Karen Ostby. Call me back at 608-555-0177."),
    ],
)
def test_words_of_danger_over_a_talk_count(over: str, below: str) -> None:
    assert found(f"{over}\n\n{below}")["escalate"] is True


@pytest.mark.parametrize(
    "over",
    [
        "Voicemail transcript: 2026-12-01 11:02:18 / To: Neuro Intake / From: WAKEFIELD HOSP / 1:34",
        "VOICEMAIL 4 of 9 | Received Wed Jun 24 2026 7:41 AM | Duration 1:37\n---",
        "From: +1 541 555 0103   Received: Sun 08 Nov 2026, 11:47 PM   Duration: 1:02",
        '{"call_id": "c-88120", "direction": "in", "started": "2026-04-08T13:37:00", "engine": "v3"}',
        "[inbound call, 2026-08-27 08:07, 3 min 02 s, recorded with consent]",
        "INTAKE LINE / 04 AUG 2026 / 10:10 AM",
    ],
)
def test_what_a_phone_system_writes_is_a_heading(over: str) -> None:
    assert heading(f"{over}\nThis is Karen Ostby. Call me back.").strip() == over


def test_a_text_that_would_be_all_heading_is_what_was_said() -> None:
    assert heading("VM 555-0167: Buck, hip replaced Monday, PT soon\n") == ""
    assert found("VM 608-555-0167: Buck Ames, hip replaced Monday, crushing chest tightness\n")["escalate"] is True
