"""A value of the rules in a sentence, as the form calls it: "distance is at most 10: 5 points, “Near”". Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from firstvisit.practice.names import source
from firstvisit.web.staff.rules.tree import NOWHERE, About, Choices, inside, said, worded, words_of

_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {}, ())
_OWN_NAMES: Final = frozenset({"slug", "code"})
"""Short names of entries: what changes there changes nothing that anybody reads."""


def told(
    annotation: Any, info: FieldInfo | None, value: Any, choices: Choices, about: About = NOWHERE
) -> str:
    """A value in words; "nothing" where there is none."""
    about = about.inside(value)
    model = inside(annotation)
    if isinstance(value, Mapping) and model is not None:
        return _entry(model, value, choices, about)
    if isinstance(value, list | tuple) and model is not None:
        listed = [told(model, None, one, choices, about) for one in value]
        return "; ".join(listed) if _short(listed) else "; ".join(f"({n}) {one}" for n, one in enumerate(listed, 1))
    kind = source(info)
    if isinstance(value, Mapping):
        words = choices.get(kind, {})
        return ", ".join(f"{words.get(key, words_of(key).lower())}: {said(one)}" for key, one in value.items())
    words = (about.answers(choices) if kind == "answers" else choices.get(kind)) or _literal(annotation)
    return worded(value, words) or "nothing"


def _entry(model: type[BaseModel], value: Mapping[str, Any], choices: Choices, about: About) -> str:
    fields = model.model_fields
    if "test" in fields:
        test = choices["tests"].get(about.test, about.test)
        fact = fields.get("fact")
        subject = choices[source(fact)].get(about.fact, about.fact) + " " if fact is not None else ""
        against = value.get("value")
        answer = f" {told(Any, fields['value'], against, choices, about)}" if against is not None else ""
        if "points" not in fields:
            return f"{subject}{test}{answer}"
        return f"{test}{answer}: {value.get('points')} points, “{value.get('text')}”"
    return "; ".join(_parts(model, value, choices, about)) or "nothing"


def _parts(model: type[BaseModel], value: Mapping[str, Any], choices: Choices, about: About) -> Iterator[str]:
    for name, info in model.model_fields.items():
        if name not in _OWN_NAMES and value.get(name) not in _EMPTY:
            label = str(info.title or words_of(name)).lower()
            yield f"{label}: {told(info.annotation, info, value[name], choices, about)}"


def _short(listed: list[str]) -> bool:
    return all("; " not in one for one in listed)


def _literal(annotation: Any) -> dict[str, str]:
    """Words for a closed list that has no others."""
    found: dict[str, str] = {}
    for one in (annotation, *get_args(annotation)):
        if get_origin(one) is not None and all(isinstance(each, str) for each in get_args(one)):
            found |= {each: words_of(each).lower() for each in get_args(one)}
    return found
