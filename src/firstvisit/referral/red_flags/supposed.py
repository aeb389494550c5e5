"""Whether a sign is only supposed, said of anybody or of somebody else, or a figure of speech. Pure; `said.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from firstvisit.referral.red_flags.times import NOW
from firstvisit.referral.wordings import Wordings

if TYPE_CHECKING:
    from firstvisit.referral.red_flags.statements import At

_SAID: Final = Wordings(__file__, "said.toml")
_LOOKED_OUT_FOR: Final = _SAID.any_of("supposed.looked_out_for", r"\b%s\s+(?:\w+,? (?:or |and )?){0,3}$")
_IF: Final = _SAID.any_of(
    "supposed.if",
    r"(?<!know )(?<!sure )(?<!wondering )(?<!wonder )(?<!ask )(?<!asking )(?<!tell )(?<!see )(?<!as )(?<!even )"
    r"(?<!what )%s",
)
_ASKS_IF: Final = _SAID.any_of("supposed.asks_if", r"^\s*(?:i|we|he|she|it|this|that)?(?:'s)?\s*%s\b")
_WOULD: Final = _SAID.any_of("supposed.would", r"\b%s\b")
_MEANS: Final = _SAID.any_of("supposed.means")
_LISTS: Final = _SAID.any_of("supposed.lists", r"\b%s\b")
_OWN: Final = _SAID.any_of("supposed.own", r"\b%s\b")
_OTHERS: Final = _SAID.any_of("others.others", r"\b%s\b")
_TANTRUM: Final = _SAID.any_of("others.tantrum", r"\b%s\b")
_BLOWS: Final = _SAID.any_of("others.blows", r"\b%s\b")
_SENTENCE_END: Final = re.compile(r"[.!?\n]")
_REACH: Final = 60
"""Letters before a sign in which it may be said that it is only supposed."""


class _Figure(NamedTuple):
    """A sign that is none with these words in front of it or behind it."""

    says: re.Pattern[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


def is_supposed(words: str, at: At, *, conditional: bool = True) -> bool:
    """What might be, is looked out for or guarded against, and what a handout says of anybody.

    Of signs of what somebody means to do an "if" takes nothing back: `conditional` is false."""
    if _LOOKED_OUT_FOR.search(words[max(0, at.start - _REACH) : at.start]) and not NOW.search(
        words[at.end :]
    ):
        return True
    return (conditional and _is_conditional(words, at)) or _is_general(words, at)


def is_condition(before: str) -> bool:
    """Whether the sentence that `before` ends in has said "if" already."""
    return bool(_IF.search(_SENTENCE_END.split(before)[-1]))


def _is_conditional(words: str, at: At) -> bool:
    """ "If I can't pee I go straight to the ER" tells what would be, not what is."""
    before = [match for match in _IF.finditer(words) if match.end() <= at.start]
    if not before or _ASKS_IF.match(words[before[-1].end() :]):
        return False
    return bool(_WOULD.search(words)) and not re.search(r"(?i)\b(?:and|but) (?:now|today)\b", words)


def _is_general(words: str, at: At) -> bool:
    """What a handout or a warning says of anybody."""
    if _MEANS.search(words[at.end :]) and not _OWN.search(words[max(0, at.start - 25) : at.end]):
        return True
    lists = _LISTS.last(words[: at.start])
    return bool(lists) and not _OWN.search(words[lists.end() if lists else 0 : at.end])


def is_of_others(words: str, at: At) -> bool:
    """What somebody else had, or died of."""
    return bool(_OTHERS.search(words)) and not NOW.search(words[at.end :])


def _shape(shape: str, words: list[str] | None) -> re.Pattern[str] | None:
    return re.compile(shape.replace("%s", "|".join(words)), re.IGNORECASE) if words else None


@cache
def _figures() -> tuple[_Figure, ...]:
    return tuple(
        _Figure(
            re.compile(row["says"], re.IGNORECASE),
            _shape(r"\b(?:%s)s? (?:\w+ ){0,2}$", row.get("before")),
            _shape(r"^ ?(?:%s)", row.get("after")),
        )
        for row in _SAID.raw("figure")
    )


def is_figure(words: str, at: At) -> bool:
    """Figures of speech, and children who hit in a tantrum."""
    if _TANTRUM.search(words) and _BLOWS.search(at.words):
        return True
    for figure in _figures():
        if not figure.says.fullmatch(at.words):
            continue
        before = figure.before and figure.before.search(words[: at.start])
        if before or (figure.after and figure.after.match(words[at.end :])):
            return True
    return False
