"""A form made from the typed section of the rules: labels, hints, limits and choices stand in the section itself,
so a new section or field has its form without anything here.

A path names a value inside a section: "factors.2.bands.0.points". It is the name of the input as well.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from firstvisit.practice.names import source

IN_ORDER: Final = ("questions",)
"""Kinds of names of which a list is in an order that counts."""
NAMED_BY: Final = ("label", "text", "slug", "code", "flag", "name", "queue", "fact", "value", "day")
"""What an entry of a list is called by, first that it has."""
ENTRIES: Final = ("queues", "red_flags")
"""Kinds of names by which entries without a name of their own are called: a route, a line at a red flag."""
LONG: Final = 90
BOXES: Final = 14
MOST: Final = 500
"""Entries of one list."""
Choices = Mapping[str, Mapping[str, str]]
"""What may stand in a field that takes names ("queues", "sites"), by value, in words; the answers to a fact under
"answers:<fact>"."""


class About(NamedTuple):
    """The fact and the test that an answer belongs to."""

    fact: str = ""
    test: str = ""

    def inside(self, value: Any) -> About:
        """The same inside a group that says one of them itself."""
        if not isinstance(value, Mapping):
            return self
        return About(str(value.get("fact", self.fact)), str(value.get("test", self.test)))

    def answers(self, choices: Choices) -> Mapping[str, str] | None:
        """The answers that a person chooses from; None where they write one."""
        return None if self.test not in ("is", "is_not", "in") else choices.get(f"answers:{self.fact}")


NOWHERE: Final = About()


@dataclass(slots=True)
class Node:
    """One field, group or list of a form. `kind` is group, list, or what input it is: number, text, words (a long
    text), choice, many (choices), time, date, pairs ("key = value", one a line), entries (words, comma between)."""

    path: str
    label: str
    hint: str
    kind: str
    value: Any = None
    was: str = ""
    error: str = ""
    choices: tuple[tuple[str, str, bool], ...] = ()
    limits: dict[str, Any] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    called: str = ""
    deep: bool = False
    """A list whose entries have lists of their own: each is edited on a page of its own."""
    look: bool = False
    """A fact whose answers are shown on demand: what it is compared with is chosen from them."""

    @property
    def id(self) -> str:
        return "f-" + self.path.replace(".", "-")

    @property
    def radio(self) -> bool:
        """Few enough choices to show them all."""
        return self.kind == "choice" and 0 < len(self.choices) < 4

    @property
    def boxes(self) -> bool:
        """Few enough to tick them instead of choosing from a list."""
        return self.kind == "many" and len(self.choices) <= BOXES

    @property
    def wrong(self) -> bool:
        return bool(self.error) or any(child.wrong for child in self.children)


def words_of(name: str) -> str:
    """A field's name as words, where it has no title."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def called(value: Any, number: int) -> str:
    """What an entry of a list is called."""
    if isinstance(value, Mapping):
        for name in NAMED_BY:
            if value.get(name) not in (None, "", []):
                return str(value[name])
    return f"{number + 1}"


def node(
    annotation: Any,
    info: FieldInfo | None,
    path: str,
    value: Any,
    was: Any,
    errors: Mapping[str, str],
    choices: Choices,
    about: About = NOWHERE,
) -> Node:
    """The form of one value of this type; `was` is the live value, None where there is none."""
    kind, inner, limits = _kind(annotation, info)
    about = about.inside(value)
    name = path.rpartition(".")[2]
    made = Node(
        path=path,
        label=(info.title if info and info.title else words_of(name)),
        hint=_sentence(info.description) if info and info.description else "",
        kind=kind,
        error=errors.get(path, ""),
        limits=limits,
    )
    names = source(info)
    given = about.answers(choices) if names == "answers" else choices.get(names)
    if kind == "group":
        if name.isdecimal():  # one entry of a list on a page of its own
            made.called = called(value, int(name))
        made.children = list(_fields(inner, path, value, was, errors, choices, about))
    elif kind == "entries" and names in IN_ORDER:
        _in_order(made, value, given or {}, errors)
    elif kind == "list":
        made.deep = any(
            _kind(one.annotation, one)[0] in ("list", "pairs", "group", "words")
            for one in inner.model_fields.values()
        )
        entries = value if isinstance(value, list) else []
        live = was if isinstance(was, list) else []
        for number, entry in enumerate(entries):
            before = live[number] if number < len(live) else None
            child = node(inner, None, f"{path}.{number}", entry, before, errors, choices, about)
            name = called(entry, number)
            child.called = next((words[name] for kind in ENTRIES if name in (words := choices.get(kind, {}))), name)
            made.children.append(child)
    elif kind == "table":
        keys, values = inner
        for key in get_args(keys):
            child = Node(f"{path}.{key}", (given or {}).get(key, words_of(key)), "", "choice")
            chosen = str((value or {}).get(key, ""))
            child.choices = tuple(
                (one, words_of(one) or "not said", one == chosen) for one in ("", *get_args(values))
            )
            child.error = errors.get(child.path, "")
            made.children.append(child)
        made.kind = "group"
    else:
        made.look = name == "fact" and names.startswith("facts")
        _leaf(made, inner, value, was, given, optional=_optional(annotation))
    return made


def _in_order(made: Node, value: Any, given: Mapping[str, str], errors: Mapping[str, str]) -> None:
    """A list of names whose order counts: each is chosen by itself, and can be moved."""
    made.kind = "list"
    for number, one in enumerate(value if isinstance(value, list) else []):
        child = Node(f"{made.path}.{number}", f"{made.label} {number + 1}", "", "text")
        child.error = errors.get(child.path, "")
        child.called = given.get(one, one) or f"{number + 1}"
        _leaf(child, str, one, None, given, optional=not one)
        made.children.append(child)


def section(
    model: type[BaseModel], value: Any, was: Any, errors: Mapping[str, str], choices: Choices
) -> list[Node]:
    """The forms of a whole section."""
    return list(_fields(model, "", value, was, errors, choices))


def find(model: type[BaseModel], path: str) -> tuple[Any, FieldInfo | None]:
    """The type at a path, and its declaration. LookupError where there is none."""
    annotation: Any = model
    info: FieldInfo | None = None
    for step in path.split("."):
        kind, inner, _ = _kind(annotation, info)
        if kind == "group" and step in inner.model_fields:
            info = inner.model_fields[step]
            annotation = info.annotation
        elif kind in ("list", "entries") and step.isdecimal():
            annotation, info = inner, None
        else:
            raise LookupError(path)
    return annotation, info


def blank(annotation: Any) -> Any:
    """A new entry of a list, as far as defaults go."""
    kind, inner, _ = _kind(annotation, None)
    if kind == "group":
        return {name: _default(info) for name, info in inner.model_fields.items()}
    return ""


def read(annotation: Any, path: str, value: Any, posted: Mapping[str, list[str]]) -> Any:
    """The value at `path` with what was posted put in; what was not posted stays. Numbers stay as typed: the
    section itself checks them."""
    kind, inner, _ = _kind(annotation, None)
    if kind == "group":
        known = value if isinstance(value, Mapping) else {}
        return {
            **known,
            **{
                name: read(info.annotation, _join(path, name), known.get(name, _default(info)), posted)
                for name, info in inner.model_fields.items()
            },
        }
    if kind == "list" or (kind == "entries" and f"{path}.-n" in posted):
        entries = list(value) if isinstance(value, list) else []
        if (count := posted.get(f"{path}.-n", [""])[-1]).isdecimal() and int(count) <= MOST:
            entries = entries[: int(count)] + [blank(inner) for _ in range(len(entries), int(count))]
        return [read(inner, f"{path}.{n}", entry, posted) for n, entry in enumerate(entries)]
    if kind == "table":
        table = {key: value[key] for key in value or {}}
        for key in get_args(inner[0]):
            if f"{path}.{key}" in posted:
                table[key] = posted[f"{path}.{key}"][-1]
        return {key: one for key, one in table.items() if one}
    if path not in posted and f"{path}.-" not in posted:
        return value
    texts = posted.get(path, [])
    if f"{path}.-" in posted:  # chosen from what is offered; what was chosen before stays in its order
        chosen = [_free(text) for text in texts] if kind == "free" else texts
        before = value if isinstance(value, list) else []
        return [*(one for one in before if one in chosen), *(one for one in chosen if one not in before)]
    return _typed(kind, texts, optional=_optional(annotation))


def _typed(kind: str, texts: list[str], *, optional: bool) -> Any:
    text = texts[-1].strip() if texts else ""
    match kind:
        case "many":
            return texts
        case "entries":
            return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
        case "pairs":
            lines = (line.partition("=") for line in text.splitlines() if line.strip())
            return {key.strip(): _free(value.strip()) for key, _, value in lines}
        case "free":
            return _free(text)
    return None if optional and text == "" else text


def _free(text: str) -> Any:
    """What a person writes where anything may stand: yes and no, a number, several with commas, or words."""
    if text == "":
        return None
    if text.lower() in ("yes", "no"):
        return text.lower() == "yes"
    if "," in text:
        return [_free(part.strip()) for part in text.split(",") if part.strip()]
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else text


def inside(annotation: Any) -> type[BaseModel] | None:
    """The group that a type is, or whose entries a list has; None for any other."""
    kind, within, _ = _kind(annotation, None)
    return within if kind in ("group", "list") else None


def worded(value: Any, words: Mapping[str, str]) -> str:
    """A value as people read it: names by their words."""
    if isinstance(value, list | tuple):
        return ", ".join(worded(one, words) for one in value)
    return words.get(said(value), said(value))


def said(value: Any) -> str:
    """A value as a person writes it; `_free` reads it again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(said(one) for one in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{key} = {said(one)}" for key, one in value.items())
    return str(value)


def _fields(
    model: type[BaseModel],
    path: str,
    value: Any,
    was: Any,
    errors: Mapping[str, str],
    choices: Choices,
    about: About = NOWHERE,
) -> Iterator[Node]:
    known = value if isinstance(value, Mapping) else {}
    live = was if isinstance(was, Mapping) else {}
    for name, info in model.model_fields.items():
        inner, before = known.get(name), live.get(name)
        yield node(info.annotation, info, _join(path, name), inner, before, errors, choices, about)


def _leaf(
    made: Node, inner: Any, value: Any, was: Any, given: Mapping[str, str] | None, *, optional: bool
) -> None:
    if made.kind == "choice" and get_origin(inner) is Literal:
        values: dict[str, str] = {str(one): words_of(str(one)) for one in get_args(inner)}
    elif made.kind == "choice":
        values = {"true": "Yes", "false": "No"}
        value = str(value).lower() if value is not None else value
    else:
        values = {str(one): words_of(str(one)) for one in get_args(inner)} if made.kind == "many" else {}
    if given is not None and made.kind in ("text", "words", "entries", "free"):
        several = made.kind == "entries" or (made.kind == "free" and isinstance(value, list))
        values, made.kind = dict(given), "many" if several else "choice"
    elif given is not None and made.kind in ("choice", "many"):
        values = {one: given.get(one, word) for one, word in values.items()}
    chosen = {said(one) for one in value} if isinstance(value, list | tuple) else {said(value)}
    if values:
        missing = {one: one for one in chosen if one not in values and one}
        open_end = made.kind == "choice" and (optional or "" in chosen)
        none = {"": "any" if inner is bool else "none chosen"} if open_end else {}
        listed = {**none, **values, **missing}
        made.choices = tuple((one, word, one in chosen) for one, word in listed.items())
    made.value = said(value)
    now = {"true": "yes", "false": "no"}.get(made.value, made.value) if isinstance(was, bool) else made.value
    if was is not None and said(was) != now:
        made.was = worded(was, values) or "nothing"


def _kind(annotation: Any, info: FieldInfo | None) -> tuple[str, Any, dict[str, Any]]:
    """What a type is edited as; what is inside it; its limits."""
    metadata = list(info.metadata) if info else []
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        metadata += more
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return _kind(parts[0], info) if len(parts) == 1 else ("free", Any, {})
    limits = _limits(metadata)
    origin = get_origin(annotation)
    if origin in (tuple, list):
        inner = get_args(annotation)[0]
        kind, within, _ = _kind(inner, None)
        if kind == "group":
            return "list", inner, limits
        return ("many", within, limits) if get_origin(within) is Literal else ("entries", within, limits)
    if origin is dict:
        keys, values = get_args(annotation)
        closed = get_origin(keys) is Literal and get_origin(values) is Literal
        return ("table", (keys, values), limits) if closed else ("pairs", annotation, limits)
    if origin is Literal or annotation is bool:
        return "choice", annotation, limits
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "group", annotation, limits
    simple = {int: "number", float: "decimal", Decimal: "decimal", time: "time", date: "date"}
    if annotation in simple:
        return simple[annotation], annotation, limits
    if annotation is str:
        return ("words" if limits.get("maxlength", 0) > LONG else "text"), annotation, limits
    return "free", annotation, limits


def _limits(metadata: list[Any]) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    for one in _flat(metadata):
        match one:
            case Ge(ge=at):
                limits["min"] = at
            case Gt(gt=at):
                limits["min"] = at + 1 if isinstance(at, int) else at
            case Le(le=at):
                limits["max"] = at
            case Lt(lt=at):
                limits["max"] = at - 1 if isinstance(at, int) else at
            case MaxLen(max_length=at):
                limits["maxlength"] = at
            case _ if getattr(one, "max_length", None):
                limits["maxlength"] = one.max_length
    return limits


def _flat(metadata: list[Any]) -> Iterator[Any]:
    for one in metadata:
        yield from one.metadata if isinstance(one, FieldInfo) else (one,)


def _optional(annotation: Any) -> bool:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)


def _default(info: FieldInfo) -> Any:
    default = info.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        kind, _, _ = _kind(info.annotation, info)
        return [] if kind in ("list", "many", "entries") else {} if kind in ("pairs", "table") else ""
    if isinstance(default, BaseModel):
        return default.model_dump(mode="json")
    return list(default) if isinstance(default, tuple) else default


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _sentence(text: str) -> str:
    """The first sentence of a description."""
    first = text.strip().split("\n\n")[0].replace("\n", " ")
    return first.removesuffix(".")
