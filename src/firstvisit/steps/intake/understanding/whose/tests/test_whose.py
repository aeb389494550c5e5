"""Whose a name, a number or a house is, where no rule says it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.understanding import parties, whose
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.whose import ROLES

TODAY = dt.date(2026, 11, 20)


def told(*sentences: str) -> Told:
    start, passages = 0, []
    for sentence in sentences:
        passages.append(Passage(sentence, start))
        start += len(sentence) + 1
    return Told("phone", TODAY, tuple(passages))


def role(text: Told, value: str) -> str:
    """The most probable owner of what bears `value`."""
    (one,) = [each for each in whose.owned(text) if value.lower() in each.words]
    return ROLES[one.kind][one.shares.index(max(one.shares))]


@pytest.mark.parametrize(
    ("sentence", "name", "owner"),
    [
        ("I'm calling about my son Teodor Vask who has trouble holding a pencil.", "Teodor", "patient"),
        ("Dr. Okonjo sent the order over yesterday.", "Okonjo", "referrer"),
        ("My daughter is Philippa Rennick and she was born with a tight hand.", "Philippa", "patient"),
        ("The surgeon was Dr. Ilse Marchetti.", "Marchetti", "referrer"),
    ],
)
def test_a_name_is_whose_the_words_around_it_tell(sentence: str, name: str, owner: str) -> None:
    assert role(told(sentence), name) == owner


@pytest.mark.parametrize(("first", "last"), [("Quillon", "Zabriskie"), ("Xander", "Wyszynski"), ("Mei", "Tran"), ("Rosa", "Iglesias")])
def test_whoever_bears_a_name_it_is_whose_the_words_say(first: str, last: str) -> None:
    text = told(
        "Hello, this is Marguerite Olsen, I'm calling for my son.",
        f"His name is {first} {last} and he was born 3/14/2019.",
    )
    assert (role(text, "Marguerite"), role(text, first)) == ("contact", "patient")


def test_shares_of_one_add_up_to_one() -> None:
    for each in whose.owned(told("My mother Ada Lind, born 3/14/1941, call me at 512-555-0143.")):
        assert sum(each.shares) == pytest.approx(1)
        assert len(each.shares) == len(ROLES[each.kind])


def test_what_signs_add_points_at_its_place_and_is_a_doubt_below_the_threshold() -> None:
    text = "Hello, this is about Marisela Quintero-Boyd. She hurt her wrist in May. You can call her husband, Anselm, at 512-555-0119."
    understood = readers.read_whole(Document("call.txt", "", text.encode(), TODAY))
    added = [each for each in understood.found if each.rule == "signs around it"]
    for each in added:
        assert each.place.span is not None
        start, end = each.place.span
        assert text[start:end] == each.quote
        assert 0.5 <= each.confidence <= 1
    doubts = {doubt.path for doubt in understood.patients[0].doubts}
    kept = understood.patients[0].referral.evidence
    assert all(kept[each.path].confidence >= 0.85 or each.path in doubts for each in added if each.path in kept)


def test_a_rule_whose_reading_the_signs_contradict_is_less_sure() -> None:
    """ "For Dr. X" in a sentence may look like the patient's name; the signs of all its mentions say otherwise."""
    text = told("My surgeon Dr. Harlan Pettibone sent the order.", "Dr. Pettibone is the doctor who referred me.")
    finding = Finding(text, parties.Writing("relative"), [])
    finding.add("patient.last_name", "Pettibone", text.passages[0], 22, 31, "named in a sentence")
    whose.weigh(finding)
    (said,) = [each for each in finding.values("patient.last_name") if each.rule == "named in a sentence"]
    assert said.confidence < 0.85


def test_a_page_is_left_to_its_print() -> None:
    """What stands behind labels of a form is nobody's to guess."""
    finding = Finding(replace(told("My son Teodor Vask is six."), channel="fax"), parties.Writing("relative"), [])
    whose.weigh(finding)
    assert finding.found == []
