"""Who speaks in a transcript, however the system that wrote it marks it."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.readers import Document, read
from firstvisit.steps.intake.readers.kind import text_kind
from firstvisit.steps.intake.readers.transcript import turns_of

SAID = ("Harbor Rehab, who am I speaking with?", "Priya Nand.", "And your phone number?", "503 555 0147, mornings are best.")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Me: ", "Her: "),
        ("Speaker A: ", "Speaker B: "),
        ("[Desk] ", "[Customer] "),
        ("<staff> ", "<guest> "),
        ("00:01:04 Speaker 1  ", "00:01:09 Speaker 2  "),
        ("[2026-02-03 10:11:12] AGENT ", "[2026-02-03 10:11:12] CALLER "),
        ("[2026-02-03 10:11:12] BOT: ", "[2026-02-03 10:11:12] USER: "),
        ("Luz (front desk): ", "Mr. Nand: "),
        ("Receptionist: ", "Grandmother: "),
        ("[9:02 AM] Luz (front desk): ", "[9:03 AM] Visitor: "),
        ("bot      11:38p  ", "visitor  11:39p  "),
        ("Agent | 4:10 PM | ", "Guest | 4:11 PM | "),
        ("Luz (9:02 a.m.): ", "Visitor (9:03 a.m.): "),
    ],
)
def test_turns_are_told_apart(ours: str, theirs: str) -> None:
    text = "\n".join((ours, theirs)[n % 2] + said for n, said in enumerate(SAID))
    assert text_kind(text) == "transcript"
    assert [(turn.text.strip(), turn.caller) for turn in turns_of(text)] == [(said, n % 2 == 1) for n, said in enumerate(SAID)]


def test_lines_without_speakers_that_answer_each_other_take_turns() -> None:
    text = "\n".join((*SAID, "What insurance?", "Cascade Mutual.", "Can I get a birth date?", "May 4 1970"))
    assert [turn.caller for turn in turns_of(text)] == [False, True] * 4


def test_lines_of_one_voice_stay_one_turn() -> None:
    text = "\n".join(f"My number is 503 555 010{n}" for n in range(9))
    assert len(turns_of(text)) == 1


def test_a_form_is_no_conversation() -> None:
    assert text_kind("Name: Ada Quill\nPhone: 503-555-0101\nEmail: ada@example.org\nReason: knee pain\nPlan: Aspen\n") == "note"
    assert text_kind('{"Name": "Ada Quill", "Phone": "503-555-0101"}') == "note"


def test_whoever_writes_without_capitals_has_a_name_all_the_same() -> None:
    chat = "bot  9:01p  What is your name?\nvisitor  9:02p  priya nand\nbot  9:02p  And which service do you need?\nvisitor  9:03p  hand therapy\n"
    said = read(Document("c.txt", "text/plain", chat.encode(), dt.date(2026, 6, 1))).understood
    assert (said.patients[0].referral.patient.first_name, said.patients[0].referral.patient.last_name) == ("Priya", "Nand")
