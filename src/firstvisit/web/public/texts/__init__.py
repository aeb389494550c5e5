"""The words of the public pages, English and Spanish side by side: one file a page, read once.

A page's version is the hash of all its words, so a changed text is a text that nobody has signed. Who signed
which version stands in `practice.models.TextReview`.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from firstvisit.messages.moments import Spoken

Language = Literal["en", "es"]
NAMES: Final[dict[Language, Spoken]] = {"en": "English", "es": "Spanish"}
"""Languages as the record and the ledger call them."""
_FOLDER: Final = Path(__file__).parent
_NUMBERS: Final = re.compile(r"\d[\d,]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One text. `critical` is what may not be read wrongly: danger, consent, stop."""

    key: str
    en: str
    es: str
    critical: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The texts of one page; `about` says which, to staff."""

    slug: str
    about: str
    entries: tuple[Entry, ...]

    @property
    def version(self) -> str:
        """Twelve letters that change with any text of the page."""
        return version_of([(entry.key, entry.en, entry.es) for entry in self.entries])


def version_of(texts: list[tuple[str, ...]]) -> str:
    """The version of a set of texts."""
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:12]


@cache
def pages() -> dict[str, Page]:
    """Every page by its slug, in the order of their names."""
    return {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.toml"))}


@cache
def words(slug: str, language: Language) -> dict[str, str]:
    """The texts of one page in one language, by key. KeyError for a page that does not exist."""
    return {entry.key: entry.es if language == "es" else entry.en for entry in pages()[slug].entries}


def sentence(message: str, language: Language) -> str:
    """What is wrong with a field, in the page's language; numbers in the sentence stay what they are.

    A sentence nobody translated becomes the general one: better than a language they do not read.
    """
    if language == "en":
        return message
    found = _problems().get(_NUMBERS.sub("#", message))
    if found is None:
        return words("problems", language)["other"]
    numbers = iter(_NUMBERS.findall(message))
    return re.sub("#", lambda mark: next(numbers, mark[0]), found)


@cache
def _problems() -> dict[str, str]:
    return {_NUMBERS.sub("#", entry.en): entry.es for entry in pages()["problems"].entries}


def _read(path: Path) -> Page:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    about = content.pop("about")
    entries = tuple(
        Entry(key, value["en"], value["es"], value.get("critical", False)) for key, value in content.items()
    )
    return Page(path.stem, about, entries)
