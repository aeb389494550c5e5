"""The practice's rules as typed sections under one version number.

Each step registers its section when its `policy.py` is imported; unknown sections are refused and missing
ones take the section's own default. Nothing here touches the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from firstvisit.kernel.errors import ConfigurationError, Problem
from firstvisit.practice import names, problems
from firstvisit.practice.shape import Practice

Section = TypeVar("Section", bound=BaseModel)

_NAME = re.compile(r"[a-z0-9_]{1,60}")
_register: dict[str, type[BaseModel]] = {}


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules: `sections` by name, each an instance of its registered model.

    Number 0 is what a practice without any published version runs on: every section's default.
    """

    number: int
    sections: Mapping[str, BaseModel]
    _by_model: Mapping[type[BaseModel], BaseModel] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_model", {type(section): section for section in self.sections.values()})

    def section(self, model: type[Section]) -> Section:
        """The section of this type. LookupError when no step registered it: a mistake in the program."""
        section = self._by_model.get(model)
        if section is None:
            raise LookupError(f"no section of the rules is registered as {model.__name__}")
        return section  # type: ignore[return-value]

    def as_json(self) -> dict[str, Any]:
        """{name: JSON} of every section in full; `read` gives the same policy again."""
        return {name: section.model_dump(mode="json") for name, section in self.sections.items()}


def register(name: str, model: type[BaseModel]) -> None:
    """Declare a section. `model` is frozen, forbids unknown fields, and `model()` is what ships.

    ValueError when the name is no slug, is taken, or the model already stands under another name. Told
    twice the same, it does nothing.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a section: lower case letters, digits and _")
    if _register.get(name) is model:
        return
    if name in _register or model in _register.values():
        raise ValueError(f"section {name!r} or its model {model.__name__} is registered already")
    model()
    _register[name] = model


class Ground(NamedTuple):
    """What rules stand on: the practice; the queues whose work somebody sees and may do; and of each queue the
    capabilities of those who are in it, and the sites (slugs) whose leads any of them sees."""

    practice: Practice
    staffed: frozenset[str]
    members: Mapping[str, frozenset[str]] = MappingProxyType({})
    sees: Mapping[str, frozenset[str]] = MappingProxyType({})


Check = Callable[[Any, Ground], Iterable[Problem]]
_checks: dict[str, list[Check]] = {}
_warnings: dict[str, list[Check]] = {}


def check(name: str, found: Check) -> None:
    """Hold a section against the practice as well: `found(section, ground)` gives each problem with its field as
    `problems.field` writes it ("routes 2, queue")."""
    if found not in _checks.setdefault(name, []):
        _checks[name].append(found)


def warn(name: str, found: Check) -> None:
    """As `check`, for what is said and does not stand in the way of a signature."""
    if found not in _warnings.setdefault(name, []):
        _warnings[name].append(found)


def unmet(policy: Policy, ground: Ground, only: str = "") -> list[Problem]:
    """What in these rules the practice cannot carry: a name that does not exist, a route to nobody; of one section
    or of all. The field begins with the section's name."""
    return _found(policy, ground, only, _checks, named=True)


def warned(policy: Policy, ground: Ground, only: str = "") -> list[Problem]:
    """What in these rules somebody should look at before signing, and may leave: a queue that nobody is in."""
    return _found(policy, ground, only, _warnings, named=False)


def _found(
    policy: Policy, ground: Ground, only: str, looks: Mapping[str, list[Check]], *, named: bool
) -> list[Problem]:
    found = []
    for name, section in policy.sections.items():
        if only in ("", name):
            here = [*names.unknown(section, ground.practice)] if named else []
            here += [problem for look in looks.get(name, ()) for problem in look(section, ground)]
            found += [Problem(f"{name}, {problem.field}", problem.message) for problem in here]
    return found


def registered() -> Mapping[str, type[BaseModel]]:
    """Every section's model by name."""
    return MappingProxyType(_register)


def read(sections_json: Mapping[str, Any], number: int) -> Policy:
    """Check {name: JSON} and give the policy. ConfigurationError with every problem at once."""
    found: list[str] = [
        f"rules, {name}: there is no such section; known are {', '.join(sorted(_register)) or 'none'}"
        for name in sections_json
        if name not in _register
    ]
    sections: dict[str, BaseModel] = {}
    for name, model in _register.items():
        try:
            sections[name] = model.model_validate(sections_json.get(name, {}))
        except ValidationError as error:
            found += [f"rules, {name}, {sentence}" for sentence in _sentences(error)]
    if found:
        raise ConfigurationError(found)
    return Policy(number, MappingProxyType(sections))


def section_problems(name: str, value: Any) -> list[str]:
    """What is wrong with one section, as "field: sentence"; nothing for a section nobody registered."""
    if name not in _register:
        return []
    try:
        _register[name].model_validate(value)
    except ValidationError as error:
        return _sentences(error)
    return []


def defaults() -> dict[str, Any]:
    """{name: JSON} of every registered section as shipped."""
    return {name: model().model_dump(mode="json") for name, model in _register.items()}


def _sentences(error: ValidationError) -> list[str]:
    return [f"{one.field}: {one.message}" if one.field else one.message for one in problems.of(error)]
