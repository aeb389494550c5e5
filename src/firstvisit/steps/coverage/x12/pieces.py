"""The segments of a text, streamed: indentation, line ends and several interchanges with delimiters of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from firstvisit.steps.coverage.x12.delimiters import (
    LONGEST_ISA,
    STANDARD,
    Delimiters,
    guessed,
    isa_in,
    of_isa,
)

BLANK: Final = " \r\n\t"
LONGEST: Final = 1_000_000
"""Characters that a segment may have: a longer one has lost its terminator, and nothing more is read."""


@dataclass(frozen=True, slots=True)
class Run:
    """Segments that stand behind each other under the same delimiters, as text without the terminator.

    `before`: text that stood before them and is no segment. `cut_off`: the last one has no terminator.
    `guessed`: no ISA stated the delimiters. `endless`: the last one never ended and was given up.
    """

    delimiters: Delimiters
    texts: list[str] = field(default_factory=list)
    before: str = ""
    cut_off: bool = False
    guessed: bool = False
    endless: bool = False


def runs(stretches: Iterable[str]) -> Iterator[Run]:
    """The segments of a text that comes in stretches. A text without any segment gives one run without texts."""
    held, delimiters, is_guessed = "", STANDARD, True
    begun = False
    for text, last in _with_last(stretches):
        held += text
        while held:
            start = isa_in(held)
            ahead = held if start < 0 else held[:start]
            if start < 0 or ahead.strip(BLANK):
                if not begun:
                    guess = guessed(ahead)
                    if guess is None and start < 0 and not last and len(held) < LONGEST:
                        break  # text before an ISA that may still come
                    if guess is None:
                        yield Run(delimiters, before=ahead, guessed=True)
                        begun, held = True, held[len(ahead) :]
                        continue
                    delimiters, begun = guess, True
                ends = last or start >= 0
                texts, rest = _cut(ahead, delimiters, whole=ends)
                endless = not ends and len(rest) > LONGEST
                if texts or endless:
                    yield Run(
                        delimiters, texts, guessed=is_guessed, endless=endless,
                        cut_off=ends and not _ended(ahead, delimiters.terminator),
                    )  # fmt: skip
                if endless:
                    return
                held = rest + held[len(ahead) :]
                if start < 0:
                    break
                continue
            stated = of_isa(held, start)
            if stated is None and not last and len(held) - start < LONGEST_ISA:
                break
            begun = True
            if (
                stated is None
            ):  # an ISA cut off, or one that tells nothing: its own text, read by the usual delimiters
                delimiters, end = Delimiters(element=held[start + 3]), len(held)
                yield Run(delimiters, _cut(held, delimiters, whole=True)[0], cut_off=True)
            else:
                delimiters, end = stated
                is_guessed = False
                yield Run(delimiters, [held[start:end].rstrip(BLANK).removesuffix(delimiters.terminator)])
            held = held[end:]


def _ended(text: str, terminator: str) -> bool:
    return text.rstrip(" \r\t" if terminator == "\n" else BLANK).endswith(terminator)


def _with_last(stretches: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each stretch and whether it is the last; an empty last one where there is none at all."""
    before: str | None = None
    for text in stretches:
        if before is not None:
            yield before, False
        before = text
    yield before or "", True


def _cut(text: str, delimiters: Delimiters, *, whole: bool) -> tuple[list[str], str]:
    """The segments in `text` and the rest that has not ended; no rest where `text` is `whole`."""
    texts = text.split(delimiters.terminator)
    rest = "" if whole else texts.pop()
    cut = [stripped for each in texts if (stripped := each.strip(BLANK))]
    if delimiters.terminator != "\n" and "\n" in text:
        cut = [line for each in cut for line in (_lines(each, delimiters) if "\n" in each else (each,))]
    return cut, rest


def _lines(text: str, delimiters: Delimiters) -> Iterator[str]:
    """A segment with line ends in it: lines that begin as segments do are segments; others were wrapped."""
    begins = re.compile(rf"[ \t]*[A-Z][A-Z0-9]{{1,2}}{re.escape(delimiters.element)}")
    line = ""
    for part in text.splitlines():
        if line and begins.match(part):
            yield line.strip(BLANK)
            line = part
        else:
            line += part
    if line.strip(BLANK):
        yield line.strip(BLANK)
