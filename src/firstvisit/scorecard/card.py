"""Points tables: evaluate and explain. Pure; knows no leads.

A scorecard has factors; a factor has bands, each a test on one fact and its points. An unknown fact leaves
room between the lowest and the highest band, so a score is an interval. The score is the points reached of
the points that apply, in per cent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.kernel.intervals import Interval

Test = Literal["is", "in", "at_most", "at_least", "known", "otherwise"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(_Frozen):
    """Points for one answer. `test` compares the fact with `value`; the first band that holds counts."""

    test: Test
    value: Any = None
    points: Annotated[int, Field(ge=0, le=100)]
    text: str


class Line(NamedTuple):
    """One factor's share: its points as an interval, the most it could give, and why, in words."""

    slug: str
    label: str
    lo: int
    hi: int
    of: int
    text: str
    known: bool


class Factor(_Frozen):
    """One line of the card. `question` is what a person is asked when the fact is unknown."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    label: str
    fact: str
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    question: str
    applies_to: tuple[str, ...] = ()
    """Kinds of lead the factor applies to; empty: all."""

    @cached_property
    def most(self) -> int:
        return max(band.points for band in self.bands)

    @cached_property
    def answers(self) -> tuple[tuple[Test, Any, Line], ...]:
        """Each band's test and value, and the line it gives; made once, for a lead is scored often."""
        return tuple(
            (
                band.test,
                band.value,
                Line(self.slug, self.label, band.points, band.points, self.most, band.text, True),
            )
            for band in self.bands
        )

    @cached_property
    def none_holds(self) -> Line:
        """The line of an answer that no band foresees."""
        return Line(self.slug, self.label, 0, 0, self.most, "None of the bands", True)

    @cached_property
    def unknown(self) -> Line:
        """The factor's line while the fact is not stated: from its lowest to its highest band."""
        points = [band.points for band in self.bands if band.test != "known"] or [self.most]
        return Line(self.slug, self.label, min(points), max(points), self.most, "Not stated", False)


class Scorecard(_Frozen):
    """The practice's points table and its two thresholds, in per cent of the points that apply."""

    factors: Annotated[tuple[Factor, ...], Field(min_length=1)]
    low: Annotated[int, Field(ge=0, le=100)] = 40
    high: Annotated[int, Field(ge=0, le=100)] = 70

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"the low threshold {self.low} is not below the high threshold {self.high}")
        slugs = [factor.slug for factor in self.factors]
        if twice := {slug for slug in slugs if slugs.count(slug) > 1}:
            raise ValueError(f"factor {', '.join(sorted(twice))} stands twice in the scorecard")
        return self


class Score(NamedTuple):
    """The sum. `lo` and `hi` are per cent of `of` points; the lines add up to the points before scaling."""

    lines: tuple[Line, ...]
    points_lo: int
    points_hi: int
    of: int
    lo: int
    hi: int

    @property
    def interval(self) -> Interval:
        return Interval(self.lo, self.hi)


def evaluate(card: Scorecard, facts: Mapping[str, Any] | Callable[[str], Any], kind: str | None) -> Score:
    """Add up the card for one lead.

    `facts` gives a value by name, None meaning unknown; `kind` is the kind of lead, which decides the
    factors that apply (an unknown kind: all of them).
    """
    read = facts.get if isinstance(facts, Mapping) else facts
    lines = []
    points_lo = points_hi = of = 0
    for factor in card.factors:
        if kind is not None and factor.applies_to and kind not in factor.applies_to:
            continue
        line = _line(factor, read(factor.fact))
        lines.append(line)
        points_lo += line.lo
        points_hi += line.hi
        of += line.of
    return Score(tuple(lines), points_lo, points_hi, of, _percent(points_lo, of), _percent(points_hi, of))


def _percent(points: int, of: int) -> int:
    """Whole per cent, rounded half up, so that the shown sum and the shown per cent never disagree."""
    return (200 * points + of) // (2 * of) if of else 0


def next_question(card: Scorecard, score: Score, outcome_at: Callable[[int, int], str]) -> Line | None:
    """The unknown whose answer could change the outcome most; None when no answer would change it.

    `outcome_at(lo, hi)` gives the outcome for a score interval in per cent. For each unknown line every
    band is tried: the one that leads to the most different outcomes wins, then the wider one.
    """
    now = outcome_at(score.lo, score.hi)
    if now == outcome_at(score.lo, score.lo) == outcome_at(score.hi, score.hi):
        return None
    best: tuple[int, int] = (0, 0)
    found: Line | None = None
    factors = {factor.slug: factor for factor in card.factors}
    for line in score.lines:
        if line.known:
            continue
        outcomes = {
            outcome_at(
                _percent(score.points_lo - line.lo + points, score.of),
                _percent(score.points_hi - line.hi + points, score.of),
            )
            for points in {band.points for band in factors[line.slug].bands}
        }
        rank = (len(outcomes | {now}) - 1, line.hi - line.lo)
        if rank > best:
            best, found = rank, line
    return found


def _line(factor: Factor, value: Any) -> Line:
    if value is None:
        return factor.unknown
    for test, against, line in factor.answers:
        if _holds(test, value, against):
            return line
    return factor.none_holds


def _holds(test: Test, value: Any, against: Any) -> bool:
    match test:
        case "is":
            return bool(value == against)
        case "in":
            return value in against
        case "at_most":
            return bool(value <= against)
        case "at_least":
            return bool(value >= against)
    return True
