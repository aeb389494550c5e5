"""What cannot wait in letters and forms, and what only sounds so."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.understanding.settle import sure

HEAD = "From: Pat Quell <pq@example.org>\nTo: intake@example.org\nDate: Thu, 6 Aug 2026 13:00:00 -0400\nSubject: question\n"
LETTER = (
    HEAD
    + "Content-Type: text/plain; charset=utf-8\n\nHello, I am on your list for therapy.\n\n{}\n\nThank you,\nPat Quell\n"
)
FORM = "Name: Pat Quell\nPhone: 608-555-0177\nLooking for: PT\nProblem: neck pain\n{}\n"

CANNOT_WAIT = [
    (
        "Last night I parked by the river and thought I could just be done with it all, and tonight I'm "
        "thinking it again."
    ),
    "I have my pills lined up and I don't see why I should wake up tomorrow.",
    ("Some days I think everyone would have it easier without me around, and lately I've been planning how."),
    "My husband says he doesn't want to be here anymore and gave away his fishing gear.",
    "She told her teacher she wants to disappear for good and has been cutting her arms.",
    "I keep thinking about driving my car into the bridge.",
    "Since this morning the left side of his mouth hangs down and his words come out wrong.",
    ("Mom woke up today and could not lift her right arm, and she talks like she has marbles in her mouth."),
    "My chest feels squeezed and I get winded walking to the mailbox since yesterday.",
    "I can't catch my breath at night and there is a weight on my chest.",
    "Since Tuesday I can't feel when I have to go and I wet the bed twice, and my back is killing me.",
    "My groin and inner thighs went numb after I lifted the dryer yesterday and I can't pee.",
    ("My calf is tight, hot and twice its size since the flight, three weeks after the knee replacement."),
    "Ten days after the hip surgery the cut is red, weeping yellow stuff and I have 102.",
    (
        "He fell off the trampoline an hour ago, landed on his head, and now he keeps falling asleep and "
        "threw up."
    ),
    "She hit her head on the tub today and has been confused ever since.",
    "My boyfriend choked me on Saturday, that is why my neck hurts. He reads my mail.",
    (
        "The aide grabs my mother so hard that she has finger marks on both arms, and Mom is scared to "
        "say anything."
    ),
    "My son comes back from his dad's with bruises and says daddy hits him with the belt.",
    (
        "My wife throws things at me and last week she pushed me down the stairs, so my shoulder needs "
        "therapy."
    ),
]

CAN_WAIT = [
    "I had chest pain in May, they ran all tests and it was only reflux.",
    "No chest pain, no shortness of breath, no fever.",
    "He denies suicidal thoughts, chest pain and bowel or bladder changes.",
    "My father died of a stroke, so I want to keep my balance good.",
    "If you are in a life-threatening emergency call 911. Do not send urgent matters by e-mail.",
    "The handout says to go to the ER if my calf swells or I have chest pain. I have none of that.",
    "She had a stroke in 2019 and her left arm is still weak.",
    "This commute is killing me and my back hurts by Friday.",
    "I could die laughing when he tries to do his exercises, but his knee does hurt.",
    "My son hit his head last spring, the doctor cleared him, now his neck is stiff.",
    "I'm done with my old clinic and want to try yours.",
    "I just want to be done with this boot and this pain in my ankle.",
    "My toddler hits and bites when he can't find words.",
    "I leak when I laugh or cough since the second baby.",
    "He has numbness in his hand from carpal tunnel for a year.",
    "The wound healed well, no fever, stitches came out Monday.",
    "My mom fell in March and broke her hip; she is home now and needs PT.",
    "He bumped his head on the cabinet last week, no symptoms since. We come for handwriting.",
    "What if I had a heart attack during exercise, is somebody trained?",
    "Do you also treat people who were abused? I am a social worker and ask for our brochure.",
    ("She gags on lumpy food and has lost two pounds since spring; her doctor wants a feeding evaluation."),
]

ANSWERED_WITH_NO = [
    (
        "Q07 Chest pain or pressure? ........ No\nQ08 Fainting or sudden weakness? ... No\nQ09 Thoughts of "
        "harming yourself? .. No\nQ10 Do you feel safe at home? ...... Yes"
    ),
    "Chest pain: no\nSuicidal thoughts: no\nLoss of bladder control: none",
    "Any chest pain? N\nAny thoughts of suicide? N\nNumbness in saddle area? N",
    "Chest pain [ ] yes [x] no\nShortness of breath [ ] yes [x] no",
    "chest_pain=false\nsuicidal_thoughts=no\nloss_of_bladder_control=0",
    "Do you have chest pain? - No\nHave you lost control of your bladder? - No",
    "RED FLAGS | answer\nchest pain | no\nloss of bladder control | no",
    "( ) chest pain ( ) fainting (x) none of the above",
    "Shortness of breath >> no\nFever with a draining wound >> no",
    "Chest pain? No. Shortness of breath? No. Thoughts of suicide? No.",
]


def escalated(text: str, name: str) -> bool | None:
    document = Document(name, "", text.encode(), dt.date(2026, 8, 20))
    return sure(readers.read_whole(document).patients[0].referral).escalate


@pytest.mark.parametrize("words", CANNOT_WAIT)
def test_what_cannot_wait_is_escalated(words: str) -> None:
    assert escalated(LETTER.format(words), "mail.eml") is True


@pytest.mark.parametrize("words", CAN_WAIT)
def test_what_was_or_is_only_spoken_of_is_not(words: str) -> None:
    assert escalated(LETTER.format(words), "mail.eml") is not True


@pytest.mark.parametrize("words", ANSWERED_WITH_NO)
def test_questions_of_a_form_answered_with_no_are_not(words: str) -> None:
    assert escalated(FORM.format(words), "note.txt") is not True
