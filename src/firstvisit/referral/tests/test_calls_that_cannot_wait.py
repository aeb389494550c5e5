"""What callers and those who answer them say when it cannot wait, and what sounds like it and is not."""

from __future__ import annotations

import pytest

from firstvisit.referral import red_flags


@pytest.mark.parametrize(
    "said",
    [
        "You need the emergency room right now.",
        "Have your neighbor call 911.",
        "Let somebody dial 911 for you.",
        "She needs an ambulance.",
        "That can be a blood clot.",
        "I am connecting you to 988.",
        "Lo comunico con la línea 988.",
        "Le doy el número de la línea de crisis.",
        "He needs the ER.",
        "Ask her to call 911.",
        "That can be a stroke.",
        "Let me bring in 988 with us.",
    ],
)
def test_whoever_answers_sends_them_for_help(said: str) -> None:
    assert red_flags.told_to_call(said)


@pytest.mark.parametrize(
    "said",
    [
        "Our number is 610-988-0136.",
        "If you need the emergency room, call them.",
        "Do you need the order?",
        "Have your doctor call us.",
        "That can be a long wait.",
        "She needs an evaluation.",
        "Ask her to call back.",
        "You need the front entrance.",
        "Room 9880.",
        "Have him call at nine.",
    ],
)
def test_whoever_answers_sends_nobody(said: str) -> None:
    assert not red_flags.told_to_call(said)


@pytest.mark.parametrize(
    ("said", "flag"),
    [
        ("My calf is all swole up, it's hot and red up the back.", "clot_signs"),
        ("Since yesterday the leg got swole, red and hot to touch.", "clot_signs"),
        ("Anoche tenía las pastillas en la mano.", "suicidal"),
        ("Ya soy una carga para todos.", "suicidal"),
        ("Me siento un estorbo.", "suicidal"),
        ("Quería tomarme todas las pastillas.", "suicidal"),
        ("I sat there with the pills in my hand.", "suicidal"),
        ("I had the tablets right here in my hand last night.", "suicidal"),
        ("Siento que soy un estorbo.", "suicidal"),
        ("Tenía las píldoras en la mano.", "suicidal"),
    ],
)
def test_signs_in_ordinary_words(said: str, flag: str) -> None:
    assert flag in red_flags.find(said)
