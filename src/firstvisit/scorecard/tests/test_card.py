"""The points table: the unknown leaves room, the known adds up, and only useful questions are asked."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from firstvisit.scorecard.card import Band, Factor, Line, Score, Scorecard, evaluate, next_question
from firstvisit.scorecard.conditions import Condition, OneOf

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


CONDITIONS = st.lists(
    st.builds(
        Condition,
        fact=st.sampled_from(FACTS),
        test=st.sampled_from(["is", "is_not", "at_least"]),
        value=st.sampled_from(ANSWERS),
    ),
    max_size=2,
).map(tuple)


@st.composite
def conditional_cards(draw: st.DrawFn) -> Scorecard:
    card = draw(cards())
    factors = tuple(factor.model_copy(update={"when": draw(CONDITIONS)}) for factor in card.factors)
    return card.model_copy(update={"factors": factors})


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


@given(conditional_cards(), known_or_not)
def test_the_interval_holds_every_completion_also_where_factors_apply_only_sometimes(
    card: Scorecard, facts: dict[str, Any]
) -> None:
    score = evaluate(card, facts, "patient")
    assert sum(line.lo for line in score.lines) == score.points_lo
    assert sum(line.hi for line in score.lines) == score.points_hi
    assert sum(line.of for line in score.lines) == score.of
    unknown = [fact for fact in FACTS if facts[fact] is None]
    for answers in product(ANSWERS, repeat=len(unknown)):
        settled = evaluate(card, facts | dict(zip(unknown, answers, strict=True)), "patient")
        assert settled.lo == settled.hi
        assert score.lo <= settled.lo <= score.hi


@given(conditional_cards(), known_or_not)
def test_asking_goes_on_exactly_while_the_interval_leaves_the_outcome_open(
    card: Scorecard, facts: dict[str, Any]
) -> None:
    def outcome_at(lo: int, hi: int) -> str:
        return "high" if lo >= card.high else "low" if hi < card.low else "between"

    score = evaluate(card, facts, "patient")
    ends = {outcome_at(score.lo, score.lo), outcome_at(score.hi, score.hi)}
    asked = next_question(card, score, outcome_at)
    assert (asked is not None) == (ends != {outcome_at(score.lo, score.hi)})
    assert asked is None or facts[asked.fact] is None


@given(cards(), known_or_not)
def test_what_was_asked_in_vain_is_not_asked_again(card: Scorecard, facts: dict[str, Any]) -> None:
    score = evaluate(card, facts, "patient")
    in_vain: list[str] = []
    while asked := next_question(card, score, lambda lo, hi: f"{lo} {hi}", in_vain=in_vain):
        assert asked.slug not in in_vain
        in_vain.append(asked.slug)


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


@given(cards(), st.sets(st.sampled_from(ANSWERS), min_size=1))
def test_what_can_only_be_one_of_some_leaves_room_for_those_alone(card: Scorecard, possible: set[int]) -> None:
    one_of = OneOf(tuple(sorted(possible)))
    score = evaluate(card, {"a": one_of}, None)
    ends = [evaluate(card, {"a": answer}, None) for answer in possible]
    assert (score.lo, score.hi) == (min(end.lo for end in ends), max(end.hi for end in ends))
    line = next(line for line in score.lines if line.fact == "a")
    assert not line.known
    if line.lo == line.hi:
        found = next_question(card, score, lambda lo, hi: "sure" if lo == hi else "open")
        assert found is None or found.fact != "a", "an answer that changes nothing is not asked for"


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


@pytest.mark.parametrize(
    "bands",
    [
        (Band(test="known", points=10, text="known"),),
        (Band(test="is", value=1, points=10, text="one"),),
        (Band(test="is", value=1, points=10, text="one"), Band(test="known", points=4, text="another")),
    ],
)
def test_an_unknown_answer_leaves_room_for_every_answer_there_is(bands: tuple[Band, ...]) -> None:
    card = Scorecard(factors=(Factor(slug="a", label="A", fact="a", question="?", bands=bands),))
    open_ = evaluate(card, {}, None)
    for answer in (0, 1, 2):
        score = evaluate(card, {"a": answer}, None)
        assert open_.points_lo <= score.points_lo <= open_.points_hi


def test_a_factor_that_applies_when_something_holds_counts_then_and_only_then() -> None:
    always = Factor(slug="a", label="A", fact="a", question="?", bands=(band(0, 10), band(None, 0)))
    surgery = Condition(fact="event", test="is", value="surgery")
    sometimes = always.model_copy(update={"slug": "b", "fact": "b", "when": (surgery,)})
    card = Scorecard(factors=(always, sometimes))
    after = evaluate(card, {"a": 0, "b": 1, "event": "surgery"}, None)
    assert (after.points_lo, after.of, after.lo) == (10, 20, 50)
    other = evaluate(card, {"a": 0, "b": 1, "event": "injury"}, None)
    assert (other.points_lo, other.of, other.lo) == (10, 10, 100)
    unknown = evaluate(card, {"a": 0, "b": 1}, None)
    assert (unknown.lo, unknown.hi, unknown.sure, unknown.of) == (50, 100, 10, 20)
    asked = next_question(card, unknown, lambda lo, hi: f"{lo} {hi}")
    assert asked is not None and asked.fact == "event"


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        ({"test": "at_most", "value": "soon", "points": 1, "text": "x"}, "at_most compares with a number"),
        ({"test": "in", "value": "soon", "points": 1, "text": "x"}, "in compares with a list"),
        ({"test": "is", "points": 1, "text": "x"}, "is compares with one answer"),
        ({"test": "otherwise", "value": 3, "points": 1, "text": "x"}, "compares with nothing"),
    ],
)
def test_a_band_that_could_never_be_compared_is_refused(faulty: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Band.model_validate(faulty)


def test_a_band_that_is_never_reached_is_refused() -> None:
    with pytest.raises(ValidationError, match="band 1 takes every answer"):
        Factor(slug="a", label="A", fact="a", question="?", bands=(band(None, 0), band(0, 10)))


def test_an_answer_of_another_kind_than_the_band_expects_passes_nothing() -> None:
    number = Band(test="at_most", value=3, points=5, text="few")
    card = Scorecard(factors=(Factor(slug="a", label="A", fact="a", question="?", bands=(number,)),))
    assert evaluate(card, {"a": "many"}, None).points_lo == 0


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
    assert score == Score((), 0, 0, 0, 0, 0, 0)
    assert isinstance(score.lines, tuple) and not [line for line in score.lines if isinstance(line, Line)]
