"""A talk is known as one, and its turns are told apart, however a phone system writes it down."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.kind import kind_of
from firstvisit.steps.intake.readers.transcript import read, turns_of

_SAYS = "I'd like to start physical therapy for my knee. It has been stiff since the spring."


def kind(text: str) -> str:
    return kind_of(Document("a.txt", "text/plain", text.encode(), dt.date(2026, 6, 1)))


@pytest.mark.parametrize(
    "text",
    [
        f"VM 3 06/01 9:02a (610) 555-0136\n\n{_SAYS}",
        f"Mailbox 2   0:41   610-555-0136\n{_SAYS}",
        f"Buzón de voz, 1 jun 2026\n\n{_SAYS}",
        f"From: 610-555-0136  Duration: 0:44\n\n{_SAYS}",
        f"2026-06-01 09:02 inbound\n\n{_SAYS}",
        f"[06/01/2026 09:02] *music 0:10*\nDESK> Therapy.\nMAN> {_SAYS}",
        f"Transcribed by Foo. Caller: MR VOIGT\n\n{_SAYS}",
        "Speaker 1  0:00\nTherapy, good morning.\n\nSpeaker 2  0:03\nHi.\n\nSpeaker 1  0:05\nHow can I help?\n\nSpeaker 2  0:07\n" + _SAYS,
        "(00:01) Therapy, how can I help\n(00:04) hi\n(00:06) I need an appointment\n(00:09) for yourself\n(00:11) for my knee",
        f"Llamada entrante - 1 junio 2026\n\n{_SAYS}",
    ],
)
def test_a_talk_is_known(text: str) -> None:
    assert kind(text) == "transcript"


@pytest.mark.parametrize(
    "text",
    [
        "Name: Ida Roth\nPhone: 610-555-0136\nMessage: Please call me back, hi",
        "New submission: Call me\n\nName: Ida Roth\nCall time: mornings",
        "Request an appointment\nFirst name: Ida\nVoicemail ok: yes\nReason: knee",
        '{"name": "Ida Roth", "message": "hi"}',
        "Form: Contact us\nName = Ida Roth\nDuration of symptoms = 3 weeks",
        "Lead #4 inquiry\nName: Ida\nPhone: 610-555-0136",
        "Field | Value\nName | Ida Roth\nPhone | 610-555-0136",
        "Patient portal e-referral\nPatient: Ida Roth\nDOB: 1/1/1950",
        "Questionnaire\n1. Name: Ida Roth\n2. Recording of visits ok: no",
        "first_name=Ida&last_name=Roth",
    ],
)
def test_a_form_is_no_talk(text: str) -> None:
    assert kind(text) == "note"


@pytest.mark.parametrize(
    "text",
    [
        "DESK> Therapy.\nMAN> My knee.\nDESK> Name?\nMAN> Otto Voigt.",
        "Speaker 1  0:00\nTherapy.\n\nSpeaker 2  0:03\nMy knee.\n\nSpeaker 1  0:05\nName?\n\nSpeaker 2  0:07\nOtto Voigt.",
        "PT DESK  Therapy.\nCALLER   My knee.\nPT DESK  Name?\nCALLER   Otto Voigt.",
        "(00:01) Therapy, how can I help?\n(00:04) My knee.\n(00:06) Name?\n(00:09) Otto Voigt.",
        "[IN] Therapy, good morning.\n[OUT] My knee.\n[IN] Name?\n[OUT] Otto Voigt.",
        "Agent (0:01)\nTherapy.\nCaller (0:02)\nMy knee.\nAgent (0:03)\nName?\nCaller (0:05)\nOtto Voigt.",
        "Recepcionista: Terapia.\nSeñora: My knee.\nRecepcionista: Name?\nSeñora: Otto Voigt.",
        "CSR 2: Therapy.\nMR. VOIGT: My knee.\nCSR 2: Name?\nMR. VOIGT: Otto Voigt.",
        "<host> Therapy\n<guest> My knee.\n<host> Name?\n<guest> Otto Voigt.",
        "-Therapy, this is Lou.\n-My knee.\n-Name?\n-Otto Voigt.",
        "9:01 Front: Therapy.\n9:02 Man: My knee.\n9:03 Front: Name?\n9:04 Man: Otto Voigt.",
    ],
)
def test_turns_are_told_apart(text: str) -> None:
    turns = turns_of(text)
    assert [turn.caller for turn in turns] == [False, True, False, True]
    assert turns[-1].text.strip() == "Otto Voigt."


@pytest.mark.parametrize(
    "header",
    ["9/30/2026 (Wed) 11:20 a / caller ID 503-555-0184", "4/7/2026 2:10 PM", "July 8 2026, 12:15. Inbound.", "12.02.2025 (Dec 2) 3:05 PM AKST - outpatient front desk", "INTAKE LINE / 04 AUG 2026 / 10:10 AM"],
)
def test_a_line_with_a_date_over_a_talk_says_nothing_of_anybody(header: str) -> None:
    text = f"{header}\n\n-Therapy, this is Lou.\n-My knee.\n-Name?\n-Otto Voigt.\n"
    found = read(Document("a.txt", "text/plain", text.encode(), dt.date(2026, 12, 31))).understood.found
    assert not [each for each in found if each.place.span is not None and each.place.span[1] <= len(header) and each.quote.strip()]


def test_what_somebody_stutters_is_read_as_they_mean_it() -> None:
    text = "AGENT: What days?\nCALLER: Tuesday and Th-Thursday, after f-five.\nAGENT: For whom?\nCALLER: For m- m- me."
    found = read(Document("a.txt", "text/plain", text.encode(), dt.date(2026, 12, 31))).understood.found
    assert {each.value for each in found if each.path == "availability"} == {"tue_pm", "thu_pm"}
