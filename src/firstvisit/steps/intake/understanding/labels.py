"""Whether words are the label of a field, and of which. Pure; the vocabulary is `labels.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from rapidfuzz import fuzz, process

_NUMBERED: Final = re.compile(r"^\(?(?:\d{1,2}[a-e]?[.):]*|[a-h][.):](?=\s))\s*(?=[a-z])")
_HINT: Final = re.compile(r"\([^)0-9]*\)?")
"""What a label adds in brackets: "(last, first)". Digits in brackets are a value, or ICD-10."""
LONGEST: Final = 7
"""Words of the longest label."""
_NEAR: Final = 89
"""Of a hundred: how near slips of the eye leave a label of some length to itself."""
_WANT_COLON: Final = frozenset(
    "evaluation treatment urgent school hospital clinic office order orders plan rx p t f x main home call first last when "
    "where type primary st re to from visits notes family contact history goals schedule job time web page program "
    "requested why need needs lives operation impression assessment branch delivery sender worker individual infant ent "
    "counselor campus custody why start weeks dur hx cover nombre paciente medico edad sexo fecha seguro motivo "
    "firma diagnostico frecuencia caller aunt uncle sister brother partner speaks birth apartment discipline".split()
)
"""Labels that are common words too: among other words only a colon makes them labels."""


class Label(NamedTuple):
    """`key` is a field of `labels.toml`; `near` how near to its words, 1 for exactly."""

    key: str
    near: float


@cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))
    people: dict[str, list[str]] = data["people"]

    def filled(rows: dict[str, list[str]]) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, shapes in rows.items():
            for shape in shapes:
                slot = re.search(r"\{([prc])\}", shape)
                words = [shape.replace(slot[0], word) for word in people[slot[1]]] if slot else [shape]
                for word in words:
                    # What is written out wins over what is put together.
                    if word not in found or not slot:
                        found[word] = key
        return found

    return filled(data["labels"]), filled(data["sections"])


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode()


def plain(words: str) -> str:
    """Words of a label as the vocabulary writes them."""
    text = _NUMBERED.sub("", _ascii(words.strip()).lower())
    text = _HINT.sub(" ", text) if not text.startswith("(") else text
    text = re.sub(r"#|\bno\.(?=\s|:|$)|\bnum\b\.?|\bnbr\b\.?", " number ", text)
    text = re.sub(r"(?<=[a-z])['`]s\b", "", text)
    text = re.sub(r"(?<=[a-z])['`](?=[a-z]{3})", "", text)
    text = re.sub(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?", lambda match: match[0].replace(".", "") + " ", text)
    text = re.sub(r"[^a-z0-9]+", " ", text).strip()
    text = re.sub(r"\b(number)(?: number)+\b", r"\1", text)
    return re.sub(r" s\b(?! )", "", text) if len(text) > 3 else text


@lru_cache(maxsize=8192)
def label_of(words: str) -> Label | None:
    """The field that `words` (without value) are the label of."""
    return _match(plain(words), _tables()[0])


@lru_cache(maxsize=4096)
def section_of(words: str) -> str | None:
    """patient, referrer, contact, payer, other or none where `words` are the heading of a part of a form."""
    found = _match(plain(words), _tables()[1])
    return found.key if found else None


def _match(text: str, table: dict[str, str]) -> Label | None:
    if not text or len(text) > 48:
        return None
    for form in (text, text.removesuffix(" s"), text.removeprefix("the "), text.removesuffix("s")):
        if form in table:
            return Label(table[form], 1.0)
    if len(text) < 5:
        return None
    if joined := _joined(0 if table is _tables()[0] else 1).get(text):
        return Label(joined, 0.97)
    if alike := _alike().get(text.translate(_LOOKS)) if table is _tables()[0] else None:
        return Label(alike, 0.93)
    if len(text) < 6:
        return None
    best = process.extractOne(text, table.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
    # A slip of the eye changes letters and adds no word.
    if best is None or best[0].count(" ") != text.count(" ") or abs(len(best[0]) - len(text)) > 1:
        return None
    # In a word of two letters a slip leaves nothing to know it by: "md" is no "dx".
    pairs = zip(text.split(), best[0].split(), strict=True)
    if any(len(one) <= 2 and one != other and (one + other).isalpha() for one, other in pairs):
        return None
    return Label(table[best[0]], best[1] / 100)


_SHORTEST_JOINED: Final = 8
"""Letters and gaps of a label that is still plain without its gaps: "memberid" can be nothing else, "ptdob" might."""

_LOOKS: Final = str.maketrans("l1jeo07z", "iiiccczz")
"""Letters that small print and thin lines leave alike: "Strect", "Reforral", "7IP"."""


@cache
def _joined(which: int) -> dict[str, str]:
    """Labels (0) or headings (1) of several words as an eye that misses the gaps reads them ("memberid"), where they
    are one field's."""
    table = _tables()[which]
    keys: dict[str, set[str]] = {}
    for words, key in table.items():
        if " " in words and len(words) >= _SHORTEST_JOINED:
            keys.setdefault(words.replace(" ", ""), set()).add(key)
    return {words: next(iter(own)) for words, own in keys.items() if len(own) == 1 and words not in table}


@cache
def _alike() -> dict[str, str]:
    """Labels by how they look, where only one field's labels look so."""
    keys: dict[str, set[str]] = {}
    for words, key in _tables()[0].items():
        if len(words) >= 5:
            keys.setdefault(words.translate(_LOOKS), set()).add(key)
    return {looks: next(iter(found)) for looks, found in keys.items() if len(found) == 1}


def is_no_label_alone(words: str) -> bool:
    """Whether words without a colon are a value rather than a label, even alone: "F" below "Sex", "PT" below "Therapy"."""
    return not _NUMBERED.match(words.strip().lower()) and plain(words) in (
        "f", "p", "t", "x", "pt", "st", "m f", "evaluation", "evaluate and treat", "please evaluate and treat", "urgent"
    )  # fmt: skip


def may_be_a_value(words: str) -> bool:
    """Whether a label's words are as often what another label asks for: "Home" below "Location"."""
    return plain(words) in (
        "home", "clinic", "school", "office", "hospital", "family", "employee", "student", "mother", "father", "parent", "guardian",
        "daughter", "son", "wife", "husband", "spouse", "call", "physician", "provider", "doctor", "teacher", "cell", "mobile", "self",
    )  # fmt: skip


def wants_colon(words: str) -> bool:
    """Whether these words are a label only before a colon or alone on their line."""
    return plain(words) in _WANT_COLON
