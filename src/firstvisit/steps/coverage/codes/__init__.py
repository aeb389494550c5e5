"""X12's code lists in our words (`codes.toml`), and what a practice may do about each rejection (`rejections.toml`).

A code that is no key here is unknown: it is kept as it was sent, lower case included, and said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

_HERE = Path(__file__).parent


@cache
def _stated(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


@cache
def table(name: str) -> Mapping[str, str]:
    """The codes of one list with their words, such as `table("service")["PT"]`. KeyError for a list there is not."""
    return MappingProxyType(_stated("codes.toml")[name]["value"])


def words(name: str, code: str) -> str:
    """What a code means, or the code itself where the list does not have it."""
    return table(name).get(code, code)


def rows(name: str) -> Mapping[str, Mapping[str, Any]]:
    """A table of `rejections.toml`, a row of named values a code."""
    return MappingProxyType(_stated("rejections.toml")[name]["value"])
