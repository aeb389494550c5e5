"""What is taken back is not read, what is read back and confirmed is; and a number said in parts is one."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.understanding.corrections import without_taken_back
from firstvisit.steps.intake.understanding.dialogue import Turn, passages
from firstvisit.steps.intake.understanding.values import contact_points, dates
from firstvisit.steps.intake.understanding.values.spoken import view

TODAY = dt.date(2026, 6, 1)


def talk(*said: str) -> list[Turn]:
    """Turns that alternate, beginning with ours; each is one blank apart from the next."""
    at, turns = 0, []
    for n, text in enumerate(said):
        turns.append(Turn(text, at, n % 2 == 1))
        at += len(text) + 1
    return turns


def phones(*said: str) -> list[str]:
    made, _ = passages(talk(*said), TODAY)
    return [span.value for passage in made for span in contact_points.phones(passage.view.text)]


def births(*said: str) -> set[str]:
    made, _ = passages(talk(*said), TODAY)
    return {
        span.value.date.isoformat() for passage in made for span in dates.days(passage.view.text, TODAY, birth=True, in_a_row=True)
        if span.value.year_said
    }  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "610-555-0163. No, sorry, 0136.",
        "six one oh, five five five, zero one six three. I switched those, it's zero one three six.",
        "610 555 0163... wait, oh one three six.",
        "610-555-0199, no that's my work, 610-555-0136.",
        "six ten five five five oh one six three, scratch that, oh one thirty-six",
        "It's 610-555-0163. Actually, make that 0136.",
        "610-555-0191. That's my sister's. Mine is 610-555-0136.",
        "610-555-0163, I mean 0136.",
        "610 555 0163. Oops, 0136.",
        "six one oh, five five five, zero one six three. Sorry, I flipped those. It's zero one three six.",
        "610-555-0163. My mistake, the last four are 0136.",
    ],
)
def test_the_number_that_is_meant_is_read(said: str) -> None:
    assert set(phones("Phone?", said)) - {"+16105550191"} == {"+16105550136"}


@pytest.mark.parametrize(
    "said",
    [
        ("Phone?", "610-555-0163.", "Days?", "Mondays. Oh, did I say 0163? It's 0136."),
        ("Phone?", "six one oh... five five five, oh one six three.", "Thanks.", "Oh one three six, dear."),
        ("Number?", "610-555-0163", "0-1-6-3?", "No, zero one three six."),
        ("Number?", "Six one oh.", "Mm-hm.", "Five five five.", "Okay.", "Oh one three six."),
        ("Number?", "610. 555. 0136.", "Thanks.", "Sure."),
        ("Is it still 610-555-0136?", "Yes, same one."),
        ("Still the same number, 610-555-0136?", "That's the one."),
        ("And 610-555-0136 is good?", "Yep."),
        ("So 610-555-0136.", "Correct."),
        ("Number?", "610 555.", "Go ahead.", "0136."),
    ],
)
def test_a_number_in_parts_read_back_or_put_right_later(said: tuple[str, ...]) -> None:
    assert set(phones(*said)) == {"+16105550136"}


@pytest.mark.parametrize(
    "said",
    [
        "May 9th, 1971. No. Wait. The tenth. May 10th.",
        "May ninth, nineteen seventy-one, sorry, May tenth.",
        "May 10th, 1917. I mean 1971.",
        "5/9/1971, no, 5/10/1971.",
        "May 9, 1971... wait, the tenth.",
        "It's the ninth of May 1971, actually no, the tenth.",
        "May 10, 1972. Sorry, 1971.",
        "June 10, 1971, no, May 10, 1971.",
        "May tenth nineteen seventy, excuse me, seventy-one, May 10th 1971.",
        "March 9th 1971. Let me correct that, May 10th, 1971.",
    ],
)
def test_the_day_that_is_meant_is_read(said: str) -> None:
    assert "1971-05-10" in births("Date of birth?", said)
    assert len(births("Date of birth?", said)) == 1


@pytest.mark.parametrize(
    ("first", "answer", "again", "later", "topic"),
    [
        ("Date of birth?", "Why?", "It's for the chart.", "4/2/1970", "dob"),
        ("What's her name?", "Her what?", "Her NAME, ma'am.", "Ines Duarte", "patient name"),
        ("Phone number?", "Hmm.", "Take your time.", "610-555-0136", "phone"),
        ("And the insurance?", "Sorry?", "Which plan is it?", "Blue Peak", "insurance"),
        ("Your address?", "Mine?", "Yes please.", "12 Elm Street", "address"),
        ("And your e-mail?", "Do I need one?", "It helps.", "a@example.org", "email"),
        ("What's the member ID?", "One second.", "Take your time.", "HB 4471902", "member"),
        ("Who's the doctor?", "Say again?", "I said the doctor.", "Dr. Hsu", "referrer"),
        ("What days work?", "For me?", "Yes.", "Mondays", "availability"),
        ("Date of birth?", "Let me see.", "Go ahead.", "4/2/1970", "dob"),
    ],
)
def test_a_question_holds_until_it_is_answered(first: str, answer: str, again: str, later: str, topic: str) -> None:
    made, _ = passages(talk(first, answer, again, later), TODAY)
    assert made[-1].about(topic)


@pytest.mark.parametrize(
    "text",
    [
        "I had surgery, no complications.", "No, I don't drive.", "Actually it's my knee.", "Sorry, I'm driving.", "We live at 12 Elm Street, no elevator.",
        "Monday works. Wait, who is this?", "She's 74, no kids at home.", "I called 911, sorry about that.", "Call me at 610-555-0136, no texts.", "Dr. Cho said no heavy lifting.",
    ],
)  # fmt: skip
def test_not_every_no_takes_something_back(text: str) -> None:
    assert without_taken_back(text, TODAY) == text


@pytest.mark.parametrize(
    "said",
    [
        "Phone 610-555-0101, fax is the same but 0102.",
        "610-555-0101. The fax is the same except 0102.",
        "610 555 0101 and the fax is the same, just 0102 at the end",
        "six ten, five five five, oh one oh one. Fax is the same number but oh one oh two.",
        "610-555-0101, same for the fax except it's 0102",
        "610-555-0101. Fax same but oh one oh two",
        "Our line is 610-555-0101. The fax is the same with 0102.",
        "610-555-0101. Fax? Same but ending 0102.",
        "610-555-0101; fax the same only 0102",
        "It's 610-555-0101, and the fax number is the same but ends in 0102.",
    ],
)
def test_the_same_number_but_for_its_end(said: str) -> None:
    assert phones("Your number?", said) == ["+16105550101", "+16105550102"]


def test_places_stay_where_they_were() -> None:
    text = "six one oh, five five five, zero one six three. I switched those, it's zero one three six. Call Mondays."
    meant = without_taken_back(text, TODAY)
    assert len(meant) == len(text) and meant.endswith("Call Mondays.") and "6105550136" in view(meant).text
