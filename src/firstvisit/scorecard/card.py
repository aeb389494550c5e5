"""Points tables: evaluate and explain. Pure; knows no leads.

A scorecard has factors; a factor has bands, each a test on one fact and its points. An unknown fact leaves
room between the lowest and the highest band, so a score is an interval. The score is the points reached of
the points that apply, in per cent. A factor may apply to some kinds of lead only, or "when" conditions hold;
while it is not known whether they do, the interval holds both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, NamedTuple, Self

from pydantic import Field, model_validator

from firstvisit.kernel.intervals import Interval
from firstvisit.kernel.values import Value
from firstvisit.scorecard.conditions import Condition, OneOf, Test, all_hold, passes, wrong_value

Text = Annotated[str, Field(min_length=1, max_length=300)]
MOST_ANSWERS: Final = 1000
"""Answers whose line is remembered; a fact with more of them is looked up anew."""


class Band(Value):
    """Points for one answer. `test` compares the fact with `value`; the first band that holds counts."""

    test: Test = Field(
        title="Test",
        description="How the fact is compared; otherwise takes whatever is left",
        json_schema_extra={"from": "tests"},
    )
    value: Any = Field(
        None,
        title="Answer",
        description="What it is compared with; after another fact or test, show its answers first",
        json_schema_extra={"from": "answers"},
    )
    points: Annotated[int, Field(ge=0, le=100)] = Field(title="Points", description="What this answer gives")
    text: Text = Field(title="Said on the lead", description="The reason beside the points, as everybody reads it")

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        if (wrong := wrong_value(self.test, self.value)) is not None:
            raise ValueError(wrong)
        return self


class Line(NamedTuple):
    """One factor's share: its points as an interval, the most it could give, and why, in words.

    `fact` is what an answer would tell; `applies` is False while it is not known whether the factor applies.
    """

    slug: str
    label: str
    lo: int
    hi: int
    of: int
    text: str
    known: bool
    fact: str = ""
    applies: bool = True


class Factor(Value):
    """One line of the card. `question` is what a person is asked when the fact is unknown."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)] = Field(
        title="Short name", description="Small letters, digits and _; stays the same when the name changes"
    )
    label: Text = Field(title="Name of the factor", description="As it stands on the lead and in the table")
    fact: str = Field(
        title="Fact", description="What the points are given for", json_schema_extra={"from": "facts_that_rank"}
    )
    bands: Annotated[tuple[Band, ...], Field(min_length=1, max_length=30)] = Field(
        title="Bands", description="Points for each answer; the first band that fits counts"
    )
    question: Text = Field(title="Question", description="What is asked where the fact is not known")
    applies_to: tuple[str, ...] = Field(
        (),
        title="Applies to",
        description="Who asks; none chosen: every lead",
        json_schema_extra={"from": "lead_kinds"},
    )
    when: Annotated[tuple[Condition, ...], Field(max_length=5)] = Field(
        (), title="Applies when", description="All of these hold; none: always"
    )

    @model_validator(mode="after")
    def _every_band_can_be_reached(self) -> Self:
        for number, band in enumerate(self.bands[:-1], start=1):
            if band.test in ("known", "otherwise"):
                raise ValueError(f"band {number} takes every answer, so the bands after it are never reached")
        return self

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
                Line(self.slug, self.label, band.points, band.points, self.most, band.text, True, self.fact),
            )
            for band in self.bands
        )

    @cached_property
    def by_answer(self) -> dict[Any, Line]:
        """Lines by an answer met before."""
        return {}

    @cached_property
    def none_holds(self) -> Line:
        """The line of an answer that no band foresees."""
        return Line(self.slug, self.label, 0, 0, self.most, "None of the bands", True, self.fact)

    @cached_property
    def points(self) -> frozenset[int]:
        """What an answer may give: nothing, too, where no band takes whatever is left."""
        catches_all = self.bands[-1].test in ("known", "otherwise")
        return frozenset(band.points for band in self.bands) | (frozenset() if catches_all else {0})

    @cached_property
    def unknown(self) -> Line:
        """The factor's line while the fact is not stated: from its lowest to its highest band."""
        lo, hi = min(self.points), max(self.points)
        return Line(self.slug, self.label, lo, hi, self.most, "Not stated", False, self.fact)


class Scorecard(Value):
    """The practice's points table and its two thresholds, in per cent of the points that apply."""

    factors: Annotated[tuple[Factor, ...], Field(min_length=1)] = Field(
        title="Factors", description="What points are given for; each is one line of the card"
    )
    low: Annotated[int, Field(ge=0, le=100)] = Field(
        40, title="A person looks, below", description="Per cent of the points that apply"
    )
    high: Annotated[int, Field(ge=0, le=100)] = Field(
        70, title="Book now, from", description="Per cent of the points that apply; between the two, one question"
    )

    def factors_for(self, kind: str | None) -> tuple[tuple[Factor, str, dict[Any, Line], Line], ...]:
        """The factors of one kind of lead, each with what evaluation looks at again and again."""
        found = self._by_kind.get(kind)
        if found is None:
            found = self._by_kind[kind] = tuple(
                (factor, factor.fact, factor.by_answer, factor.unknown)
                for factor in self.factors
                if kind is None or not factor.applies_to or kind in factor.applies_to
            )
        return found

    @cached_property
    def factor_by_slug(self) -> dict[str, Factor]:
        return {factor.slug: factor for factor in self.factors}

    @cached_property
    def _by_kind(self) -> dict[str | None, tuple[tuple[Factor, str, dict[Any, Line], Line], ...]]:
        return {}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"the low threshold {self.low} is not below the high threshold {self.high}")
        slugs = [factor.slug for factor in self.factors]
        if twice := {slug for slug in slugs if slugs.count(slug) > 1}:
            raise ValueError(f"factor {', '.join(sorted(twice))} stands twice in the scorecard")
        return self


class Score(NamedTuple):
    """The sum. `lo` and `hi` are per cent; the lines add up to the points before scaling.

    `of` counts every line, `sure` those that apply for certain: they differ only while it is not known
    whether a factor applies.
    """

    lines: tuple[Line, ...]
    points_lo: int
    points_hi: int
    of: int
    lo: int
    hi: int
    sure: int

    @property
    def interval(self) -> Interval:
        return Interval(self.lo, self.hi)


def evaluate(card: Scorecard, facts: Mapping[str, Any] | Callable[[str], Any], kind: str | None) -> Score:
    """Add up the card for one lead.

    `facts` gives a value by name, None meaning unknown and `OneOf` that it can only be one of some; `kind` is the
    kind of lead, which decides the factors that apply (an unknown kind: all of them).
    """
    read = facts if callable(facts) else facts.get
    lines: list[Line] = []
    doubtful: list[Line] = []
    points_lo = points_hi = of = 0
    for factor, fact, by_answer, unknown in card.factors_for(kind):
        value = read(fact)
        line = unknown if value is None else by_answer.get(value) or _line(factor, value)
        if factor.when:
            applies = all_hold(factor.when, read)
            if applies is False:
                continue
            if applies is None:
                doubtful.append(line)
                lines.append(_doubtful(factor, line, read))
                continue
        lines.append(line)
        points_lo += line.lo
        points_hi += line.hi
        of += line.of
    if doubtful:
        return _doubting(tuple(lines), doubtful, points_lo, points_hi, of)
    lo, hi = _percent(points_lo, of), _percent(points_hi, of)
    return Score(tuple(lines), points_lo, points_hi, of, lo, hi, of)


def _doubtful(factor: Factor, line: Line, read: Callable[[str], Any]) -> Line:
    """The line of a factor of which nobody knows yet whether it applies: the fact that decides is what to ask."""
    asked = next(c.fact for c in factor.when if c.holds(read(c.fact)) is None)
    return line._replace(lo=0, text="Not known whether it applies", known=False, fact=asked, applies=False)


def _doubting(
    lines: tuple[Line, ...], doubtful: list[Line], points_lo: int, points_hi: int, of: int
) -> Score:
    """The score where factors may or may not apply: the lowest and the highest share over every choice of them.

    A factor lowers a share exactly when its own share is lower, so taking them in the order of their shares
    finds both ends.
    """
    low, low_of = points_lo, of
    for line in sorted(doubtful, key=lambda line: line.lo / line.of if line.of else 1):
        if line.lo * low_of < low * line.of:
            low, low_of = low + line.lo, low_of + line.of
    high, high_of = points_hi, of
    for line in sorted(doubtful, key=lambda line: -line.hi / line.of if line.of else 0):
        if line.hi * high_of > high * line.of or not high_of:
            high, high_of = high + line.hi, high_of + line.of
    return Score(
        lines,
        points_lo,
        points_hi + sum(line.hi for line in doubtful),
        of + sum(line.of for line in doubtful),
        _percent(low, low_of),
        _percent(high, high_of),
        of,
    )


def _percent(points: int, of: int) -> int:
    """Whole per cent, rounded half up, so that the shown sum and the shown per cent never disagree."""
    return (200 * points + of) // (2 * of) if of else 0


def next_question(
    card: Scorecard,
    score: Score,
    outcome_at: Callable[[int, int], str],
    *,
    in_vain: Collection[str] = (),
    outcomes_of: Callable[[Line], frozenset[str]] = lambda line: frozenset(),
) -> Line | None:
    """The unknown whose answer could change the outcome most; None when no answer would change it.

    `outcome_at(lo, hi)` gives the outcome for a score interval in per cent. For each unknown line every
    band is tried: the one that leads to the most different outcomes wins, then the wider one. `outcomes_of` adds the
    outcomes that an answer may lead to whatever the points. Lines of facts `in_vain` were asked and nobody
    knew: they leave room in the score and are not asked again.
    """
    now = outcome_at(score.lo, score.hi)
    if now == outcome_at(score.lo, score.lo) == outcome_at(score.hi, score.hi):
        return None
    best: tuple[int, int] = (0, 0)
    found: Line | None = None
    for line in score.lines:
        if line.known or line.slug in in_vain or line.fact in in_vain:
            continue
        outcomes = {now, *outcomes_of(line)}
        if line.applies and score.sure == score.of:
            below, above = score.points_lo - line.lo, score.points_hi - line.hi
            for points in card.factor_by_slug[line.slug].points:
                if line.lo <= points <= line.hi:
                    lo, hi = _percent(below + points, score.of), _percent(above + points, score.of)
                    outcomes.add(outcome_at(lo, hi))
        else:
            outcomes |= {outcome_at(score.lo, score.lo), outcome_at(score.hi, score.hi)}
        rank = (len(outcomes) - 1, line.hi - line.lo)
        if rank > best:
            best, found = rank, line
    return found


def _line(factor: Factor, value: Any) -> Line:
    """The line of an answer that was not met before."""
    if value.__class__ is OneOf:
        points = [_line(factor, each).lo for each in value.values]
        line = factor.unknown._replace(lo=min(points), hi=max(points))
    else:
        line = next(
            (line for test, against, line in factor.answers if passes(test, value, against)),
            factor.none_holds,
        )
    if len(factor.by_answer) < MOST_ANSWERS:
        factor.by_answer[value] = line
    return line
