"""An estimate in words, to read aloud or to print: English and Spanish. Pure."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from firstvisit.messages.texts import MONTHS
from firstvisit.steps.coverage.estimating import Estimate, Span
from firstvisit.steps.coverage.sentences import dollars

Language = Literal["en", "es"]


class Said(NamedTuple):
    """One line of the arithmetic: what it is, and what it comes to at least and at most; each column is reckoned by
    itself, from above to below. Both are "" for a line that only says something."""

    text: str
    least: str
    most: str
    total: bool = False


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((Path(__file__).parent / "estimates.toml").read_text(encoding="utf-8"))


def _text(group: str, key: str, language: Language, **values: Any) -> str:
    return _texts()[group][key][language].format(**values)


def paper(key: str, language: Language, **gaps: str) -> str:
    """A text of the PDF."""
    return _text("paper", key, language, **gaps)


def long_day(day: date, language: Language) -> str:
    """ "November 24, 2026", "24 de noviembre de 2026"."""
    if language == "es":
        return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"
    return f"{day:%B} {day.day}, {day.year}"


def amount(span: Span | None, language: Language) -> str:
    """One amount, or from the least to the most."""
    if span is None:
        return ""
    if span.low == span.high:
        return dollars(span.low)
    return _text("word", "range", language, low=dollars(span.low), high=dollars(span.high))


def basis(made: Estimate, language: Language) -> str:
    """What the estimate rests on, in a sentence."""
    return _text("basis", made.basis, language)


def lines(made: Estimate, language: Language) -> list[Said]:
    """Every step, in its order."""
    return [
        Said(
            _text("step", key, language, **dict(values)) + _why_less(span, language),
            dollars(span.low) if span else "",
            dollars(span.high) if span else "",
            key.startswith("result"),
        )
        for key, span, values in made.steps
    ]


def _why_less(span: Span | None, language: Language) -> str:
    """Why a share comes to more in the first column than in the second: the dearest case has a larger deductible."""
    return _text("word", "less_at_most", language) if span is not None and span.low > span.high else ""


def sentence(made: Estimate, language: Language) -> str:
    """The range in one sentence, as it is said on the phone."""
    if made.high is None:
        return _text("word", "sentence_open", language)
    return _text("word", "sentence", language, amount=amount(Span(made.low, made.high), language))


def provisos(made: Estimate, language: Language) -> list[str]:
    """What is not known, what it rests on, what it costs otherwise, and that it is no promise."""
    said = []
    if made.unknowns:
        said.append(_text("word", "unknowns", language, list=_listed("unknown", made.unknowns, language)))
    if made.conditions:
        said.append(
            _text("word", "conditions", language, list=_listed("condition", made.conditions, language))
        )
    if made.conditions and made.otherwise is not None:
        said.append(_text("word", "otherwise", language, amount=amount(made.otherwise, language)))
    return [*said, _text("word", "no_promise_alone" if made.basis == "self_pay" else "no_promise", language)]


def columns(language: Language) -> tuple[str, str]:
    """What the two columns of amounts are called."""
    return _text("word", "least", language), _text("word", "most", language)


def _listed(group: str, keys: Sequence[str], language: Language) -> str:
    said = [_text(group, key, language) for key in keys]
    if len(said) == 1:
        return said[0]
    return ", ".join(said[:-1]) + _text("word", "and", language) + said[-1]


def all_texts() -> list[tuple[str, str, str]]:
    """Every text with its place, English and Spanish, for whoever reviews them."""
    return [
        (f"{group}.{key}", pair["en"], pair["es"])
        for group, texts in _texts().items()
        for key, pair in texts.items()
    ]


def version() -> str:
    """Twelve letters that change with any of these texts."""
    return hashlib.sha256(repr(all_texts()).encode()).hexdigest()[:12]
