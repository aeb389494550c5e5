"""A text cut into passages, each with what was asked for: a label, a question of the agent, or nothing. Pure.

A mail's sentence, the answer to a question, and the value behind a label are one and the same here: words, and the topics
they answer to. What follows from a topic is in `topics`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from firstvisit.referral.record import Channel
from firstvisit.steps.intake.understanding.values.people_words import is_spanish
from firstvisit.steps.intake.understanding.values.spoken import View, view

Zone = Literal["text", "label", "answer", "signature", "subject", "sender"]


@dataclass(frozen=True)
class Passage:
    """Words of the one who writes or calls. `start` counts in the text called `where`; `asked` are topics."""

    text: str
    start: int
    zone: Zone = "text"
    asked: frozenset[str] = frozenset()
    where: str = "body"
    patient: int | None = None
    """Of several patients the one it is about; None for what holds for all."""
    question: str = ""
    """The words of the question or label."""

    @cached_property
    def view(self) -> View:
        return view(self.text, is_spanish(self.text))

    def about(self, *topics: str) -> bool:
        """Whether one of `topics` was asked for."""
        return not self.asked.isdisjoint(topics)


@dataclass(frozen=True)
class Told:
    """A text on its way: its passages, when it was written, and who sent it as far as its envelope says."""

    channel: Channel
    written_on: dt.date
    passages: tuple[Passage, ...]
    sender_name: str | None = None
    sender_email: str | None = None
    subject: str = ""
    agent: str = ""
    """All that the agent said, for what the caller only answers yes to."""
    forwarded: bool = False
    attachments: tuple[str, ...] = field(default=())
    """Names of what was attached."""

    @cached_property
    def words(self) -> str:
        """Everything the caller or writer said, in one piece."""
        return "\n".join(passage.text for passage in self.passages)

    @cached_property
    def patients(self) -> int:
        """How many patients the passages are about."""
        return 1 + max((passage.patient or 0 for passage in self.passages), default=0)


_ABBREVIATED: Final = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|St|Jr|Sr|vs|approx|appt|no|No|Ave|Blvd|Rd|Mt|Ft|Ste|Apt|ext|Ext|Ph|Tel|a\.m|p\.m|e\.g|i\.e|Ed|Ph\.D|M|Dx|Rx|Inc|Prof|Rev)|\b[A-Z])\.$")
_END: Final = re.compile(r"[.!?]+[\"'”’)]*\s+|\n+")


def sentences(text: str, start: int = 0) -> list[tuple[int, str]]:
    """Sentences of `text` with where they begin, counted from `start`; an abbreviation's dot ends none."""
    cuts, begin = [], 0
    for match in _END.finditer(text):
        head = text[begin : match.start() + 1]
        dots = match[0].strip()
        if "\n" not in match[0]:
            if dots.startswith(".") and len(dots) == 1 and _ABBREVIATED.search(head):
                continue
            if dots.startswith("..") :
                continue
        if text[begin : match.end()].strip():
            cuts.append((start + begin, text[begin : match.end()]))
        begin = match.end()
    if text[begin:].strip():
        cuts.append((start + begin, text[begin:]))
    return cuts
