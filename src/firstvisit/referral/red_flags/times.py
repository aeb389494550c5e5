"""Whether a sign is told of the past, or taken back since. Pure; `said.toml`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from firstvisit.referral.wordings import Wordings

if TYPE_CHECKING:
    from firstvisit.referral.red_flags.statements import At

_SAID: Final = Wordings(__file__, "said.toml")
_PAST: Final = _SAID.any_of("time.past", r"\b%s\b")
_WAS: Final = _SAID.any_of("time.was", r"\b%s\b")
NOW: Final = _SAID.any_of("time.now", r"\b%s\b")
"""What is told of the past and of now is of now."""
_CLEARED: Final = _SAID.any_of("time.cleared", r"\b%s\b")
_SINCE_CLEARED: Final = _SAID.any_of(
    "time.cleared",
    r"\s*(?:which |it |this |that(?:'s)? |it's |they(?:'ve)? |the doctors? |all |and |has |have |been |was |were "
    r"|since |later |then )*%s\b",
)
"""The part after a comma that takes back what was said before it: "chest pain in May, cleared by cardiology"."""
_TURNED_OUT: Final = _SAID.any_of(
    "time.turned_out",
    r"^\s*(?:but |and |pero )?(?:that|it|this|they|he|she|which|the (?:er|doctor|hospital|tests?|cardiologist))"
    r"(?:'s| has| was| were| had)? (?:all )?(?:been )?%s",
)
"""The statement after one that takes it back: "but that was checked and it was just reflux"."""
_CLEARED_AT_ONCE: Final = _SAID.any_of("time.cleared_at_once", r"^\s*%s\b")
_TOLD_OF_THEN: Final = _SAID.any_of("time.told_of_then", r"\b%s\b")
_LATER: Final = _SAID.any_of("time.later", r"\b%s\b")
_AS_EVER: Final = _SAID.any_of("time.as_ever")
_SENTENCE_END: Final = re.compile(r"[.!?\n]")


def is_past(words: str, at: At) -> bool:
    """Whether a sign is told of the past alone, or taken back right after it.

    A time ("two years ago") counts for its own part between commas, and for the next where that says "had".
    """
    start = words.rfind(",", 0, at.start) + 1
    end = words.find(",", at.end)
    part = words[start : end if end >= 0 else len(words)]
    rest = words[end + 1 :] if end >= 0 else ""
    if _SINCE_CLEARED.match(rest):
        return True
    if NOW.search(part):
        return False
    if _PAST.search(part) or _CLEARED.search(part[at.end - start :]):
        return True
    earlier = words[: max(start - 1, 0)].rpartition(",")[2]
    return bool(_PAST.search(earlier) and _WAS.search(words[start : at.end]))


def is_taken_back(words: str, following: str) -> bool:
    """Whether what is told of earlier is taken back by the statement behind it."""
    taken = bool(_TURNED_OUT.match(following)) or bool(_CLEARED_AT_ONCE.match(following))
    return taken and bool(_WAS.search(words)) and not NOW.search(words)


def is_taken_back_later(text: str, start: int, end: int, at: int) -> bool:
    """Whether what the statement from `start` to `end` tells of then is taken back in its sentence or the next."""
    if not _TOLD_OF_THEN.search(text[start:end][: at + 1]):
        return False
    stop = _SENTENCE_END.search(text, end + 1)
    return bool(_LATER.search(text[start + at : (stop.end() if stop else len(text))]))


def is_as_ever(words: str, following: str) -> bool:
    """A breathlessness that somebody has lived with is no news."""
    return bool(_AS_EVER.search(f"{words} {following}")) and not NOW.search(words)
