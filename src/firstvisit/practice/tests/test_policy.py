"""The register of the rules' sections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice import policy


class Clocks(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    urgent: int = Field(default=15, gt=0)


class Greeting(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    text: str = "hello"


@pytest.fixture(autouse=True)
def two_sections() -> Iterator[None]:
    """A register of our own; the one of the program comes back afterwards."""
    kept = dict(policy._register)
    policy._register.clear()
    policy.register("clocks", Clocks)
    policy.register("greeting", Greeting)
    yield
    policy._register.clear()
    policy._register.update(kept)


def test_missing_sections_are_as_shipped() -> None:
    read = policy.read({"clocks": {"urgent": 20}}, 7)
    assert read.number == 7
    assert read.section(Clocks).urgent == 20
    assert read.section(Greeting).text == "hello"


def test_a_policy_written_out_in_full_is_read_back_the_same() -> None:
    read = policy.read({"clocks": {"urgent": 20}}, 7)
    assert policy.read(read.as_json(), 7) == read
    assert policy.defaults() == policy.read({}, 0).as_json()


def test_every_problem_is_told_at_once_and_unknown_sections_by_name() -> None:
    with pytest.raises(ConfigurationError) as raised:
        policy.read({"clocks": {"urgent": 0, "late": 1}, "greetings": {}, "greeting": 3}, 1)
    said = raised.value.problems
    assert len(said) == 4
    assert any("greetings: there is no such section" in one for one in said)
    assert any(one.startswith("rules, clocks, urgent: must be greater than 0") for one in said)
    assert any(one.startswith("rules, clocks, late: is not a field here") for one in said)
    assert any(one.startswith("rules, greeting, ") for one in said)


def test_a_name_or_a_model_is_registered_once() -> None:
    policy.register("clocks", Clocks)
    with pytest.raises(ValueError, match="registered already"):
        policy.register("clocks", Greeting)
    with pytest.raises(ValueError, match="registered already"):
        policy.register("watches", Clocks)
    with pytest.raises(ValueError, match="is no name"):
        policy.register("Big Clocks", Clocks)


def test_a_section_without_defaults_cannot_be_registered() -> None:
    class Needy(BaseModel):
        must: str

    with pytest.raises(ValueError, match="must"):
        policy.register("needy", Needy)


def test_a_section_nobody_registered_is_a_mistake_in_the_program() -> None:
    class Other(BaseModel):
        pass

    with pytest.raises(LookupError, match="Other"):
        policy.read({}, 0).section(Other)


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        policy.read({}, 0).sections["clocks"] = Clocks()  # type: ignore[index]
