"""The points table: the unknown leaves room, the known adds up, and only useful questions are asked."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from firstvisit.scorecard.card import Band, Factor, Line, Score, Scorecard, evaluate, next_question

FACTS = ("a", "b", "c", "d")
ANSWERS = (0, 1, 2, 3)


def band(answer: int | None, points: int) -> Band:
    if answer is None:
        return Band(test="otherwise", points=points, text="anything else")
    return Band(test="is", value=answer, points=points, text=f"the answer {answer}")


@st.composite
def cards(draw: st.DrawFn) -> Scorecard:
    points = st.integers(0, 40)
    factors = [
        Factor(
            slug=fact,
            label=fact.upper(),
            fact=fact,
            question=f"What is {fact}?",
            bands=(band(0, draw(points)), band(1, draw(points)), band(None, draw(points))),
            applies_to=draw(st.sampled_from([(), ("patient",), ("caregiver",)])),
        )
        for fact in FACTS[: draw(st.integers(1, 4))]
    ]
    low = draw(st.integers(0, 99))
    return Scorecard(factors=tuple(factors), low=low, high=draw(st.integers(low + 1, 100)))


known_or_not = st.fixed_dictionaries({fact: st.sampled_from([None, *ANSWERS]) for fact in FACTS})


@given(cards(), known_or_not, st.sampled_from([None, "patient", "caregiver"]))
def test_the_lines_add_up_to_the_total(card: Scorecard, facts: dict[str, Any], kind: str | None) -> None:
    score = evaluate(card, facts, kind)
    assert sum(line.lo for line in score.lines) == score.points_lo
    assert sum(line.hi for line in score.lines) == score.points_hi
    assert sum(line.of for line in score.lines) == score.of
    assert 0 <= score.lo <= score.hi <= 100


@given(cards(), known_or_not)
def test_every_answer_to_what_is_unknown_stays_inside_the_interval(
    card: Scorecard, facts: dict[str, Any]
) -> None:
    score = evaluate(card, facts, "patient")
    unknown = [fact for fact in FACTS if facts[fact] is None]
    for answers in product((0, 1, 3), repeat=len(unknown)):
        settled = evaluate(card, facts | dict(zip(unknown, answers, strict=True)), "patient")
        assert settled.lo == settled.hi
        assert score.lo <= settled.lo <= score.hi


@given(cards(), known_or_not, st.sampled_from(FACTS))
def test_forgetting_a_fact_never_narrows_the_interval(
    card: Scorecard, facts: dict[str, Any], fact: str
) -> None:
    before, after = evaluate(card, facts, "patient"), evaluate(card, facts | {fact: None}, "patient")
    assert after.lo <= before.lo
    assert before.hi <= after.hi


@given(cards(), known_or_not)
def test_a_question_is_asked_exactly_when_answers_could_change_the_outcome(
    card: Scorecard, facts: dict[str, Any]
) -> None:
    def outcome_at(lo: int, hi: int) -> str:
        return "high" if lo >= card.high else "low" if hi < card.low else "between"

    score = evaluate(card, facts, "patient")
    asked = next_question(card, score, outcome_at)
    unknown = [line.slug for line in score.lines if not line.known]
    settled = [
        evaluate(card, facts | dict(zip(unknown, answers, strict=True)), "patient")
        for answers in product((0, 1, 3), repeat=len(unknown))
    ]
    could_change = {outcome_at(one.lo, one.hi) for one in settled} != {outcome_at(score.lo, score.hi)}
    assert (asked is not None) == could_change
    assert asked is None or (not asked.known and asked.lo < asked.hi)


@given(cards(), known_or_not)
def test_no_question_is_asked_once_everything_is_known(card: Scorecard, facts: dict[str, Any]) -> None:
    settled = {fact: value or 0 for fact, value in facts.items()}
    score = evaluate(card, settled, "patient")
    assert next_question(card, score, lambda lo, hi: "one" if lo > 50 else "other") is None


def test_the_answer_that_could_change_most_is_asked_first() -> None:
    small = Factor(slug="a", label="A", fact="a", question="?", bands=(band(0, 10), band(None, 0)))
    large = Factor(slug="b", label="B", fact="b", question="?", bands=(band(0, 90), band(None, 0)))
    card = Scorecard(factors=(small, large), low=40, high=70)
    score = evaluate(card, {}, None)
    assert score.interval.lo == 0 and score.interval.hi == 100
    asked = next_question(card, score, lambda lo, hi: "book" if lo >= 70 else "look" if hi < 40 else "ask")
    assert asked is not None and asked.slug == "b"


def test_a_factor_for_another_kind_of_lead_does_not_count() -> None:
    mine = Factor(slug="a", label="A", fact="a", question="?", bands=(band(0, 10),), applies_to=("patient",))
    card = Scorecard(factors=(mine, mine.model_copy(update={"slug": "b", "applies_to": ("caregiver",)})))
    assert [line.slug for line in evaluate(card, {"a": 0}, "patient").lines] == ["a"]
    assert [line.slug for line in evaluate(card, {"a": 0}, None).lines] == ["a", "b"]


@pytest.mark.parametrize(
    ("test", "value", "fact", "holds"),
    [
        ("is", True, True, True),
        ("is", True, False, False),
        ("in", ["x", "y"], "y", True),
        ("in", ["x", "y"], "z", False),
        ("at_most", 3, 3, True),
        ("at_most", 3, 4, False),
        ("at_least", 2, 2, True),
        ("at_least", 2, 1, False),
        ("known", None, 0, True),
        ("otherwise", None, "anything", True),
    ],
)
def test_bands_hold_as_they_say(test: Any, value: Any, fact: Any, holds: bool) -> None:
    factor = Factor(
        slug="a",
        label="A",
        fact="a",
        question="?",
        bands=(Band(test=test, value=value, points=7, text="held"),),
    )
    score = evaluate(Scorecard(factors=(factor,)), {"a": fact}, None)
    assert score.points_lo == (7 if holds else 0)
    assert score.lines[0].text == ("held" if holds else "None of the bands")


def test_half_a_per_cent_is_rounded_up() -> None:
    line = Factor(slug="a", label="A", fact="a", question="?", bands=(band(0, 1), band(1, 8)))
    score = evaluate(Scorecard(factors=(line,)), {"a": 0}, None)
    assert (score.points_lo, score.of, score.lo) == (1, 8, 13)


def test_a_card_whose_thresholds_cross_is_refused() -> None:
    factor = Factor(slug="a", label="A", fact="a", question="?", bands=(band(0, 1),))
    with pytest.raises(ValidationError, match="not below the high threshold"):
        Scorecard(factors=(factor,), low=70, high=70)
    with pytest.raises(ValidationError, match="stands twice"):
        Scorecard(factors=(factor, factor))


def test_a_card_on_which_nothing_counts_scores_nothing() -> None:
    factor = Factor(slug="a", label="A", fact="a", question="?", bands=(band(0, 1),), applies_to=("patient",))
    score = evaluate(Scorecard(factors=(factor,)), {}, "organization")
    assert score == Score((), 0, 0, 0, 0, 0)
    assert isinstance(score.lines, tuple) and not [line for line in score.lines if isinstance(line, Line)]
