"""A small faithful TOML writer for practice files: what it writes, `tomllib` reads back as the same values.

TOML 1.0 (toml.io/en/v1.0.0). Lists of tables become arrays of inline tables, one a line; tables inside an
entry become dotted keys. There is no null in TOML: leave such keys out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def entries(kind: str, tables: Iterable[Mapping[str, Any]]) -> str:
    """An array of tables: each under [[kind]]."""
    return "\n".join(f"[[{_key(kind)}]]\n{table(values)}" for values in tables)


def table(values: Mapping[str, Any]) -> str:
    """One table's lines. TypeError for a value TOML cannot say."""
    return "".join(f"{line}\n" for key, value in values.items() for line in _lines(_key(key), value))


def _lines(key: str, value: Any) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [line for name, inner in value.items() for line in _lines(f"{key}.{_key(name)}", inner)]
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        return [f"{key} = [", *(f"    {_value(one)}," for one in value), "]"]
    return [f"{key} = {_value(value)}"]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        raise TypeError("a moment has no place in a practice file")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return _text(value.isoformat().removesuffix(":00"))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    raise TypeError(f"TOML cannot say {type(value).__name__}")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    # JSON's escapes are TOML's, except that TOML also forbids a bare DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
