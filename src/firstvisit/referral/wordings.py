"""Ways of saying things, kept as data: lists of patterns in a TOML file beside the rules that use them. Pure.

A list is read as "any of these". A pattern may name another list of its table in braces: "{limb} (?:went|is) numb".
Files are read, and patterns compiled, when they are first asked: importing a rule costs nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

_NAMED: Final = re.compile(r"\{([a-z][a-z_]*)\}")
_CAPITALS: Final = re.compile(r"(?<!\\)[A-Z]+")


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def small(pattern: str) -> str:
    """A pattern for a text in small letters; what stands behind a backslash is no letter."""
    return _CAPITALS.sub(lambda capitals: capitals[0].lower(), pattern)


class Wordings:
    """One file of wordings: `Wordings(__file__, "denials.toml")`."""

    def __init__(self, beside: str, name: str) -> None:
        self._path = Path(beside).with_name(name)

    def raw(self, name: str) -> Any:
        """What the file says under `name` ("therapies.OT" is OT in the table therapies)."""
        found: Any = _read(self._path)
        for part in name.split("."):
            found = found[part]
        return found

    def any_of(self, name: str, shape: str = "%s", flags: re.RegexFlag = re.IGNORECASE) -> Wording:
        """Any pattern of the list `name`, set into `shape` where "%s" stands."""
        return Wording(self, name, shape, flags)

    def in_small(self, name: str, shape: str = "%s") -> Wording:
        """`any_of` for a text in small letters, which is searched three times as fast as one in any letters."""
        return Wording(self, name, shape, re.NOFLAG)

    def joined(self, name: str) -> str:
        """The patterns of the list `name` as alternatives, with the lists they name written out."""
        return self.written_out(self.raw(name), name.rpartition(".")[0])

    def written_out(self, patterns: Iterable[str], table: str) -> str:
        """Patterns as alternatives; the lists that they name are those of `table`."""

        def named_list(named: re.Match[str]) -> str:
            return f"(?:{self.joined(f'{table}.{named[1]}'.lstrip('.'))})"

        return _NAMED.sub(named_list, "|".join(patterns))


class Wording:
    """A list of patterns that is searched as a compiled pattern is."""

    def __init__(self, wordings: Wordings, name: str, shape: str, flags: re.RegexFlag) -> None:
        self._wordings, self._name, self._shape, self._flags = wordings, name, shape, flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.source if self._flags & re.IGNORECASE else small(self.source), self._flags)

    @property
    def source(self) -> str:
        """The pattern, to be made part of another."""
        return self._shape.replace("%s", f"(?:{self._wordings.joined(self._name)})")

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        return self.compiled.search(text, start)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        return self.compiled.match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self.compiled.fullmatch(text)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        return self.compiled.finditer(text, start, len(text) if end is None else end)

    def last(self, text: str) -> re.Match[str] | None:
        """The last place in `text` where one of the patterns stands."""
        return next(reversed(list(self.finditer(text))), None)

    def split(self, text: str) -> list[str]:
        return self.compiled.split(text)

    def sub(self, by: str, text: str) -> str:
        return self.compiled.sub(by, text)
