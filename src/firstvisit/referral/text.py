"""Text that people write, made fit to keep: one form of each letter, no invisible characters, a limit.

Messages name what is wrong and what to enter instead, and never repeat what was entered: they reach logs.
"""

from __future__ import annotations

import re
import unicodedata

# Control characters, the line and paragraph separators, and the marks that turn the direction of writing
# round (a name that displays as another name). Joiners stay: several scripts and emoji need them.
_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_NEW_LINE = re.compile("\r\n?|[\u0085\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_CANNOT_BE_KEPT = re.compile("[\x00\ud800-\udfff]")
"""NUL, which the database refuses, and halves of a surrogate pair, which are no text at all."""


def free_text(text: str, limit: int) -> str:
    """`text` in Unicode NFC, without control characters other than line ends, without space around it.

    Tabs become spaces, every kind of line end "\\n". `limit` is in characters of the result.
    Raises ValueError with a sentence when it is longer, or has NUL or half a surrogate pair.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text.strip()
    # Cheap first: composing letters shortens a text to a third at most.
    if len(text) > 4 * limit:
        raise ValueError(_too_long(limit))
    if _CANNOT_BE_KEPT.search(text):
        raise ValueError("This has a character that cannot be kept; type the text again without it.")
    text = _NEW_LINE.sub("\n", text).replace("\t", " ")
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()
    if len(text) > limit:
        raise ValueError(_too_long(limit))
    return text


def one_line(text: str, limit: int) -> str:
    """`free_text` for a field of one line: line ends and runs of spaces become one space."""
    if len(text) <= limit and "  " not in text and text.isascii() and text.isprintable():
        return text.strip()
    return _SPACES.sub(" ", free_text(text, limit))


def _too_long(limit: int) -> str:
    return f"This is too long; use at most {limit:,} characters."
