"""What the network is given of a text, and what becomes of its answers."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from firstvisit.steps.intake.understanding import learned, parties
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.found import Found
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
    opinions.join(finding, learned.Reading(text, reading.pieces, reading.vectors, {question: Answer(shares, 2)}))
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
