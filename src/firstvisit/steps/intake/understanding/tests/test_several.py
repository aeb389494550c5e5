"""Texts about several patients: each gets their own, what holds for all goes to all, and one patient stays one."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.readers import Document, transcript
from firstvisit.steps.intake.readers.transcript import turns_of
from firstvisit.steps.intake.understanding import apart, dialogue
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.settle import sure
from firstvisit.steps.intake.understanding.several.owned import by_patient

TODAY = dt.date(2026, 6, 1)


def names_of(text: str, professional: bool = False) -> list[str]:
    made, agent = dialogue.passages(turns_of(text), TODAY)
    return [anchor.name for anchor in by_patient(made, agent, professional)[1]]


def said_of(text: str, professional: bool = False) -> dict[int | None, str]:
    made, agent = dialogue.passages(turns_of(text), TODAY)
    owned, _ = by_patient(made, agent, professional)
    return {patient: " ".join(p.text.strip() for p in owned if p.patient == patient) for patient in {p.patient for p in owned}}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I have two sons. Otto is seven, born 2/3/2019. Felix is four, born 5/6/2022.", ["Otto", "Felix"]),
        ("It's for both of my kids. The older one is Wren, W-R-E-N, she's nine. The younger one is Silas, S-I-L-A-S, he's five.", ["Wren", "Silas"]),
        ("I've got twins, they're three. First is Nola, N-O-L-A, and then Ivo, I-V-O.", ["Nola", "Ivo"]),
        ("Two referrals. First one is Bernard Ashe, A-S-H-E, 4/2/1950. Second is Lotte Kramer, K-R-A-M-E-R, 9/9/1961.", ["Bernard Ashe", "Lotte Kramer"]),
        ("My parents both need PT. Dad is Harold Voigt, born 1/5/1944. Mom is Elsa Voigt, born 3/8/1947.", ["Harold Voigt", "Elsa Voigt"]),
        ("We have two residents for you. One is Agnes Poole, 5/5/1938. The other one is Ruben Diaz, 6/6/1940.", ["Agnes Poole", "Ruben Diaz"]),
        ("My daughter is Iris, I-R-I-S, she's eight. And her brother is Hugo, H-U-G-O, he's six.", ["Iris", "Hugo"]),
        ("Agent: Who's first?\nCaller: Mina. M-I-N-A. Mina is ten.\nAgent: And her sister?\nCaller: Sister is Lucy, L-U-C-Y. Lucy is twelve. They both need speech.", ["Mina", "Lucy"]),
        ("The twins need speech. Ada's behind, Ada is three. Jonas is the quiet one, Jonas has ten words. Jonas is three too.", ["Ada", "Jonas"]),
        ("Agent: Who's first?\nCaller: Rosa Lind, R-O-S-A. It's me and my husband. My thumb hurts.\nAgent: Okay.\nCaller: Now Hubert. Hubert's fallen twice. Born 11/4/1944.", ["Rosa Lind", "Hubert"]),
        ("Agent: Names?\nCaller: Fern and Asa Michaud. They're twins. Fern can't hold a pencil. You can't understand Asa, it's his speech.", ["Fern", "Asa Michaud"]),
        ("Caller: I got two men hurt. First is Hector Barraza. Broke his wrist, 12/1/1990.\nAgent: And the second?\nCaller: Aung Kyaw. Born 6/23/84. It's his ankle. His brother-in-law Zaw speaks for him.", ["Hector Barraza", "Aung Kyaw"]),
        ("Got three for you. First is Paul Reyes, 1/1/1950. Next is Ana Kim, 2/2/1960. Third is Lee Wood, 3/3/1970.", ["Paul Reyes", "Ana Kim", "Lee Wood"]),
    ],
)
def test_each_patient_is_found(text: str, names: list[str]) -> None:
    assert names_of(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "My son Otto is seven. His teacher, Felix Brandt, says he needs OT.",
        "I need PT for my knee. My sister Wren and my brother Silas drive me, one of the two.",
        "She has two kids at home. Her name is Nola Price, born 1/1/1990.",
        "Two falls since May. My mother is Agnes Poole. I'm her daughter, Ruth Poole.",
        "Both knees hurt. I'm Harold Voigt, born 1/5/1944. Dr. Elsa Kern sent me.",
        "My husband and I have twins, so mornings are hard. I'm Iris Dunn, it's my back.",
        "The first one is my home number. I'm Mina Roth.",
        "I've had two surgeries. Paul Reyes, 1/1/1950.",
        "He has two brothers, Ivo and Jon, who don't need anything. It's for Ada. Ada is three.",
        "My first name is Lotte, last name is Kramer. Second is my maiden name.",
    ],
)
def test_one_patient_stays_one(text: str) -> None:
    assert names_of(text) == []


def test_what_is_said_of_each_and_of_both() -> None:
    said = said_of("Two boys. Otto is seven, he needs OT for writing. Felix is four, he needs speech. They both have Blue Peak. My number is 610-555-0136.")
    assert "OT" in said[0] and "speech" in said[1] and "Blue Peak" in said[None] and "610" in said[None]


def test_numbers_of_two_in_one_sentence() -> None:
    said = said_of("Two kids. The boy is Otto, O-T-T-O, he's six. Sister is Wren, W-R-E-N, she's four. His is K 400 118, hers is K 400 119.")
    assert "118" in said[0] and "119" in said[1]


def test_whoever_is_taken_off_the_list_is_none() -> None:
    text = "Three for you. First is Paul Reyes, 1/1/1950. Second is Ana Kim, 2/2/1960, oh, scratch her off. Third is Lee Wood, 3/3/1970."
    assert names_of(text, professional=True) == ["Paul Reyes", "Lee Wood"]


def read_of(text: str) -> list[tuple[str | None, str | None, str | None]]:
    document = Document("two.txt", "text/plain", text.encode(), TODAY)
    patients = [sure(each.referral).patient for each in transcript.read(document).understood.patients]
    return [(each.first_name, each.last_name, str(each.date_of_birth) if each.date_of_birth else None) for each in patients]


def test_each_of_two_has_their_own_birth_date_and_what_is_said_of_both() -> None:
    call = (
        "Agent: Intake, how can I help?\nCaller: This is Dawn, a nurse at Prairie Rose. I've two ladies for you.\nAgent: First one?\n"
        "Caller: Ardis Thorvald. She's 88, born 8/19/1937. Two falls, so PT.\nAgent: And the second?\n"
        "Caller: Wanda Kern. 11/11/1949. She had a shoulder replacement. OT for that."
    )
    assert read_of(call) == [("Ardis", "Thorvald", "1937-08-19"), ("Wanda", "Kern", "1949-11-11")]


def test_a_cell_that_says_same_is_the_cell_of_the_other() -> None:
    told = Told(
        "web", TODAY,
        (
            Passage("June 19, 2022", 0, "label", frozenset({"dob"}), patient=0, question="Born"),
            Passage("same (twins!)", 20, "label", frozenset({"dob"}), patient=1, question="Born"),
        ),
    )  # fmt: skip
    assert [[passage.text for passage in each.passages] for each in apart.alone(told)] == [["June 19, 2022"], ["June 19, 2022"]]


def test_what_holds_for_all_names_nobody_else() -> None:
    told = Told(
        "email", TODAY,
        (
            Passage("Ana and Ben", 0, patient=None),
            Passage("Ana", 20, "label", frozenset({"patient name"}), patient=0),
            Passage("Ben", 30, "label", frozenset({"patient name"}), patient=1),
        ),
    )  # fmt: skip
    assert [each.passages[0].text.split() for each in apart.alone(told)] == [["Ana", "and"], ["and", "Ben"]]
