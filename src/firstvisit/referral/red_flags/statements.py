"""A text as statements, and whether one of them says a sign of here and now. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from firstvisit.referral.red_flags import denied, supposed, times
from firstvisit.referral.red_flags.signs import NEW, STATEMENT_ENDS, is_handled
from firstvisit.referral.wordings import Wording, Wordings

_SAID: Final = Wordings(__file__, "said.toml")
_AFFIRMS: Final = _SAID.any_of(
    "asked.affirms",
    r"\s*(?:\[[^\]]*\]\s*)?(?:<?[A-Za-z]{3,12}[:>]\s*|[A-Z]{3,}\s+)?(?:\[?x\]?\s*)?%s\b(?! (?:no|none|not|ma'?am no))",
)
"""A question is no statement until it is answered with yes, perhaps behind a speaker's name."""
_ASKED: Final = _SAID.any_of("asked.asked", r"\b%s\b")
_LIST_ASKED: Final = _SAID.any_of("asked.list", r"^\s*(?:%s\b[, ]*)*any\b[^.?!]*\bor\b")
_SAYS_YES: Final = _SAID.any_of("asked.affirms", r"\b%s\b")


_MEANT: Final = ("suicidal", "abuse")
"""Threats: "if this does not stop I am going to end my life" is one."""


class At(NamedTuple):
    """Where a sign stands, counted in its statement, and its words."""

    start: int
    end: int
    words: str


def statements(text: str) -> list[Statement]:
    """`text` cut where one statement ends and the next begins."""
    bounds = [0, *(end for match in STATEMENT_ENDS.finditer(text) for end in match.span()), len(text)]
    return [Statement(text, bounds[n], bounds[n + 1]) for n in range(0, len(bounds), 2)]


@dataclass(frozen=True)
class Statement:
    """One statement of a text."""

    text: str
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.text[self.start : self.end]

    def says(self, flag: str, hit: re.Match[str], following: str, offset: int = 0) -> bool:
        """Whether a sign in this statement is stated of here and now; `offset` where `hit` is counted in the text."""
        at = At(hit.start() - offset, hit.end() - offset, hit.group())
        words = self.words
        if denied.is_denied(words, at) or times.is_past(words, at):
            return False
        if supposed.is_supposed(words, at, conditional=flag not in _MEANT):
            return False
        if times.is_taken_back(words, following):
            return False
        if self._is_asked(words, at, following):
            return False
        if supposed.is_of_others(words, at) or supposed.is_figure(words, at):
            return False
        return not self._is_no_news(flag, words, at, following)

    def _is_asked(self, words: str, at: At, following: str) -> bool:
        """A question that nobody answers with yes."""
        asked = self.text[self.end : self.end + 1] == "?" and _ASKED.search(words[: at.start])
        # Speech-to-text drops the question mark, and then question and answer are one statement.
        listed = _LIST_ASKED.search(words) and not _SAYS_YES.search(words)
        return bool(asked or listed) and not _AFFIRMS.match(following)

    def _is_no_news(self, flag: str, words: str, at: At, following: str) -> bool:
        """Seen to since, of a cause that everybody knows, or as it has been for long."""
        if not NEW.search(words):
            if times.is_taken_back_later(self.text, self.start, self.end, at.end):
                return True
            cause = _known_cause(flag)
            if cause and cause.search(words):
                return True
        if is_handled(flag, words, at.start, at.end) and not NEW.search(words):
            return True
        return flag == "chest_pain" and times.is_as_ever(words, following)


@cache
def _known_cause(flag: str) -> Wording | None:
    return _SAID.any_of(f"known_cause.{flag}") if flag in _SAID.raw("known_cause") else None
