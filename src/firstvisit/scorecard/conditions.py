"""Conditions on one fact: the same tests serve the bands of a factor and "applies when". Pure.

A condition on an unknown fact is neither so nor not so: `holds` answers None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from firstvisit.kernel.values import Value

Test = Literal["is", "is_not", "in", "at_most", "at_least", "known", "otherwise"]

_NUMBERS: Final = ("at_most", "at_least")


class OneOf(NamedTuple):
    """An unknown that can only be one of these: what else is known rules the other answers out."""

    values: tuple[Any, ...]


def wrong_value(test: str, value: Any) -> str | None:
    """What is wrong with the value a test compares with, as a sentence; None when nothing is."""
    if test in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
        return f"{test} compares with a number, not with {value!r}"
    if test == "in" and (not isinstance(value, list | tuple) or not value):
        return "in compares with a list of answers that is not empty"
    if test in ("is", "is_not") and (value is None or isinstance(value, list | tuple | dict)):
        return f"{test} compares with one answer, not with {value!r}"
    if test in ("known", "otherwise") and value is not None:
        return f"{test} compares with nothing, so it has no value"
    return None


def passes(test: str, value: Any, against: Any) -> bool:
    """Whether a known `value` passes. A list passes when one of its entries does; a value of a kind that the
    test cannot compare (a word with a number) does not pass."""
    if isinstance(value, tuple | list):
        if test == "is_not":
            return against not in value
        return test in ("known", "otherwise") or any(passes(test, one, against) for one in value)
    match test:
        case "is":
            return bool(value == against)
        case "is_not":
            return bool(value != against)
        case "in":
            return value in against
        case "at_most":
            return isinstance(value, int | float) and bool(value <= against)
        case "at_least":
            return isinstance(value, int | float) and bool(value >= against)
    return True


class Condition(Value):
    """A test on one fact, by its name. `value` is what it compares with; "known" compares with nothing."""

    fact: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        title="Fact", description="What is known of a lead", json_schema_extra={"from": "facts_that_rank"}
    )
    test: Literal["is", "is_not", "in", "at_most", "at_least", "known"] = Field(
        "is",
        title="Test",
        description="How it is compared; known compares with nothing",
        json_schema_extra={"from": "tests"},
    )
    value: Any = Field(
        None,
        title="Answer",
        description="What it is compared with; after another fact or test, show its answers first",
        json_schema_extra={"from": "answers"},
    )

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        if (wrong := wrong_value(self.test, self.value)) is not None:
            raise ValueError(f"{self.fact}: {wrong}")
        return self

    def holds(self, value: Any) -> bool | None:
        """None while the fact is unknown: it may still become anything."""
        unknown = value is None or value == () or value.__class__ is OneOf
        return None if unknown else passes(self.test, value, self.value)


def all_hold(conditions: Iterable[Condition], read: Callable[[str], Any]) -> bool | None:
    """Whether every condition holds: False as soon as one does not, None while one is unknown."""
    unknown = False
    for condition in conditions:
        held = condition.holds(read(condition.fact))
        if held is False:
            return False
        unknown = unknown or held is None
    return None if unknown else True
