"""What the network is given of a text, and what becomes of its answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from firstvisit.referral import red_flags
from firstvisit.steps.intake.understanding import learned, parties, texts
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.learned import network, opinions, words
from firstvisit.steps.intake.understanding.learned.network import Answer
from firstvisit.steps.intake.understanding.passages import Passage, Told

TODAY = dt.date(2026, 11, 20)


def told(*sentences: str, question: str = "") -> Told:
    start, passages = 0, []
    for sentence in sentences:
        passages.append(Passage(sentence, start, question=question))
        start += len(sentence) + 1
    return Told("phone", TODAY, tuple(passages))


def test_every_piece_knows_the_word_it_is_cut_from() -> None:
    pieces = words.pieces_of(told("José can't swallow.", "Call (512) 555-0143.", question="Why?"))
    assert len(pieces.numbers) == len(pieces.spans)
    assert [pieces.text[start:end] for start, end in pieces.spans if pieces.text[start:end] == "José"] == ["José"]
    name = pieces.between(pieces.starts[0], pieces.starts[0] + 4)
    assert {pieces.text[slice(*pieces.spans[n])] for n in name} == {"José"}
    number = pieces.between(pieces.starts[1] + 5, pieces.starts[1] + 19)
    assert "".join(dict.fromkeys(pieces.text[slice(*pieces.spans[n])] for n in number)).startswith("(512)")


def test_accents_capitals_and_words_nobody_knows_are_cut_as_the_vocabulary_is() -> None:
    assert words.pieces_of(told("JOSÉ")).numbers[-1] == words.pieces_of(told("jose")).numbers[-1]
    assert len(words.pieces_of(told("☃" * 3 + "x" * 500)).numbers) < 20


def test_windows_cover_a_text_of_any_length_to_its_end() -> None:
    for many in (1, network.WINDOW, network.WINDOW + 1, 900, words.MOST):
        covered = {n for start in network.windows(many) for n in range(start, min(start + network.WINDOW, many))}
        assert covered == set(range(many))


def test_a_long_text_is_looked_at_up_to_a_limit_and_in_time() -> None:
    reading = learned.reading(told(*["My son Teodor Vask cannot hold a pencil and his teacher asks for help."] * 400))
    assert reading is not None
    assert reading.vectors.shape == (words.MOST, 384)
    assert np.isfinite(reading.vectors).all()
    assert reading.roles("name", [(399, 7, 18)], 4) == [(0.25,) * 4]


def test_nothing_said_is_nothing_read() -> None:
    assert learned.reading(Told("phone", TODAY, ())) is None


def joined(path: str, value: object, sure: float, **shares: float) -> list[Found]:
    """What becomes of a find when the network gives its answers these shares."""
    text = told("He would like to come soon.")
    finding = Finding(text, parties.Writing("relative"), [])
    if value is not None:
        finding.add(path, value, text.passages[0], 0, 2, "in these words", 0.93 - sure)
    reading = learned.reading(text)
    assert reading is not None
    question = next(name for name, of in opinions.PATHS.items() if of == path)
    opinions.join(finding, replace(reading, answers={question: Answer(shares, dict.fromkeys(shares, 2))}))
    return [each for each in finding.found if each.path == path]


def test_what_both_say_stands_as_it_was() -> None:
    (one,) = joined("timing", "asap", 0.93, asap=0.9, none=0.1)
    assert one.confidence == pytest.approx(0.93)


def test_what_the_network_finds_improbable_is_a_doubt() -> None:
    (one,) = joined("timing", "asap", 0.93, asap=0.01, none=0.99)
    assert one.confidence < 0.85


def test_what_nobody_said_is_noted_with_where_it_was_looked_for() -> None:
    (one,) = joined("timing", None, 0, asap=0.9, none=0.1)
    assert (one.value, one.rule) == ("asap", opinions.RULE)
    assert 0.8 < one.confidence < 0.9
    assert one.quote == "He would like to come soon."


def test_an_answer_that_is_less_than_probable_is_not_noted() -> None:
    assert joined("timing", None, 0, asap=0.4, later=0.35, none=0.25) == []


def test_a_yes_or_no_is_noted_as_one() -> None:
    (one,) = joined("order_signed", None, 0, **{"True": 0.9, "none": 0.1})
    assert one.value is True


def marking(text: Told, field: str, **shares: float) -> learned.Reading:
    """A reading that takes these words, wherever they stand, for values of a field, each with its share."""
    reading = learned.reading(text)
    assert reading is not None
    marks = np.zeros((len(reading.pieces.numbers), len(network.MARKS) + 1), np.float32)
    for n, (start, end) in enumerate(reading.pieces.spans):
        marks[n, network.MARKS.index(field)] = shares.get(reading.pieces.text[start:end], 0.0)
    return replace(reading, marks=marks)


def test_marked_words_in_a_row_are_one_value_where_they_stand() -> None:
    reading = marking(told("Yes.", "We have Granite Peak-Plus, through work."), "payer.name", Granite=0.9, Peak=0.8, Plus=0.7, **{"-": 0.8})
    (one,) = reading.marked("payer.name")
    assert (one.value, one.share) == ("Granite Peak-Plus", 0.8)
    assert one.passage.text[one.start : one.end] == "Granite Peak-Plus"
    assert reading.marked("patient.city") == []


def test_marked_words_of_two_passages_are_two_values_and_those_of_a_question_none() -> None:
    text = told("It is Granite", "Peak, I think.", question="Is it Peak?")
    assert [each.value for each in marking(text, "payer.name", Granite=0.9, Peak=0.9).marked("payer.name")] == ["Granite", "Peak"]


def noted(field: str, path: str, known: float | None, **shares: float) -> list[tuple[object, float]]:
    """What stands for a path after marks of these words were noted beside a value that a rule knows so well."""
    text = told("We had Granite, now it is Sunrise.")
    finding = Finding(text, parties.Writing("relative"), [])
    if known is not None:
        finding.found.append(Found(path, "Granite", known, Place(text="body", span=(7, 14)), "Granite", "in these words"))
    opinions.mark(finding, marking(text, field, **shares))
    return [(each.value, round(each.confidence, 2)) for each in finding.values(path)]


def test_a_marked_value_is_noted_where_no_rule_has_one_that_counts() -> None:
    assert noted("payer.name", "payers.0.name", None, Granite=0.6, Sunrise=0.95) == [("Sunrise", 0.87)]
    assert ("Sunrise", 0.87) in noted("payer.name", "payers.0.name", 0.7, Sunrise=0.95)
    assert noted("payer.name", "payers.0.name", 0.93, Sunrise=0.95) == [("Granite", 0.93)]


LONG = f"{'My uncle Ivo Marek would like therapy for his knee, ' * 9}please."


@pytest.mark.parametrize(
    ("text", "share", "escalates", "why"),
    [
        (LONG, 0.995, True, "danger"),
        (LONG, 0.9, False, None),
        ("My uncle Ivo Marek would like therapy for his knee.", 0.995, False, None),
        ("My uncle Ivo Marek has crushing chest pain right now.", 0.0, True, "chest_pain"),
    ],
)
def test_the_network_raises_a_flag_that_no_sign_raised_and_takes_none_back(
    monkeypatch: pytest.MonkeyPatch, text: str, share: float, escalates: bool, why: str | None
) -> None:
    real = learned.reading

    def alarmed(told: Told) -> learned.Reading | None:
        reading = real(told)
        assert reading is not None
        shares = {"True": share, "False": 1 - share}
        return replace(reading, answers=reading.answers | {"escalate": Answer(shares, dict.fromkeys(shares, 5))})

    monkeypatch.setattr(learned, "reading", alarmed)
    said = {each.path: each for each in texts.understand(told(text)).found}
    assert said["escalate"].value is escalates
    assert ("escalate_reason" in said) is escalates
    if why is not None:
        assert red_flags.named(str(said["escalate_reason"].value)) == (why,)
        assert said["escalate_reason"].quote == text


@pytest.mark.parametrize("value", ["referral_partner", "patient"])
def test_values_of_several_words_are_held_against_the_network_too(value: str) -> None:
    said = {each.value: each.confidence for each in joined("lead_kind", value, 0, **{value: 0.01, "caregiver": 0.99})}
    assert said[value] < 0.85 < said["caregiver"]
