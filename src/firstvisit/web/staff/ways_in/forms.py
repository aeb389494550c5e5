"""The settings of a way in as a form: one line a plain value, whatever its kind; a map as lines of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: `name` is its path ("scheme.header"), `lines` that it is a map, one "ours = theirs" a line."""

    name: str
    label: str
    value: str
    choices: tuple[str, ...] = ()
    yes: bool | None = None
    lines: bool = False


def entries(shape: type[BaseModel], values: Mapping[str, Any], path: str = "") -> list[Entry]:
    """The fields of a shape with their present values, those of a part after its name."""
    found: list[Entry] = []
    for name, field in shape.model_fields.items():
        whole, value = f"{path}{name}", values.get(name, field.default)
        label = whole.replace(".", ", ").replace("_", " ")
        label = label[:1].upper() + label[1:]
        kind = _kind(field)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            inner = value if isinstance(value, Mapping) else value.model_dump(mode="json")
            found += entries(kind, inner, f"{whole}.")
        elif get_origin(kind) is dict:
            text = "\n".join(f"{ours} = {theirs}" for ours, theirs in (value or {}).items())
            found.append(Entry(whole, label, text, lines=True))
        elif kind is bool:
            found.append(Entry(whole, label, "", yes=bool(value)))
        elif get_origin(kind) is Literal:
            found.append(Entry(whole, label, str(value), choices=tuple(map(str, get_args(kind)))))
        else:
            found.append(Entry(whole, label, "" if value is None else str(value)))
    return found


def typed(posted: Mapping[str, str], shape: type[BaseModel], path: str = "") -> dict[str, Any]:
    """What was typed, as the settings of a shape; still unchecked. An empty line takes the shape's own default."""
    found: dict[str, Any] = {}
    for name, field in shape.model_fields.items():
        whole, kind = f"{path}{name}", _kind(field)
        text = posted.get(whole, "").strip()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found[name] = typed(posted, kind, f"{whole}.")
        elif get_origin(kind) is dict:
            pairs = (line.partition("=") for line in text.splitlines() if line.strip())
            found[name] = {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
        elif kind is bool:
            found[name] = whole in posted
        elif text or kind is str:
            found[name] = text
    return found


def _kind(field: FieldInfo) -> Any:
    """A field's type without the None that it may also be."""
    kind = field.annotation
    parts = [part for part in get_args(kind) if part is not type(None)]
    if get_origin(kind) not in (dict, Literal) and len(parts) == 1:
        return parts[0]
    return kind
