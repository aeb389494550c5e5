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
from firstvisit.steps.intake.understanding.values.cards import cards
from firstvisit.steps.intake.understanding.values.people_words import is_english, is_spanish
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
    spanish: bool = False
    """Whether the whole talk is Spanish, whatever this sentence is."""
    first: bool = False
    """Whether these are the first words of an answer: what a bare name or plan in them is, the question says."""

    @cached_property
    def view(self) -> View:
        return view(self.text, self.in_spanish)

    @property
    def in_spanish(self) -> bool:
        return is_spanish(self.text) or (self.spanish and not is_english(self.text))

    @cached_property
    def cards(self) -> View:
        """The words with numbers of cards and codes drawn together as they are printed."""
        return cards(self.text, self.in_spanish)

    def about(self, *topics: str) -> bool:
        """Whether one of `topics` was asked for."""
        return not self.asked.isdisjoint(topics)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The name of one of several patients as first said, in the passage that says it."""

    name: str
    passage: Passage
    start: int


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
    heading: str = ""
    """What stands over a talk: nobody's words, where nothing is looked for but danger."""
    speaker: str = ""
    """What a transcript calls whoever calls: "daughter", "caller"."""
    forwarded: bool = False
    dated: bool = False
    """Whether the text itself says when it was written; else `written_on` is the day it reached us."""
    attachments: tuple[str, ...] = field(default=())
    """Names of what was attached."""
    by_office: bool = False
    """Whether it is known to come from somebody who refers patients."""

    anchors: tuple[Anchor, ...] = ()
    """Of a call about several patients their names, in their order."""

    @cached_property
    def words(self) -> str:
        """Everything the caller or writer said, in one piece."""
        return "\n".join(passage.text for passage in self.passages)

    @cached_property
    def patients(self) -> int:
        """How many patients the passages are about."""
        return 1 + max((passage.patient or 0 for passage in self.passages), default=0)


_ABBREVIATED: Final = re.compile(r"(?:\b(?:Dr|dr|DR|MR|MRS|MS|mr|mrs|ms|Mr|Mrs|Ms|St|Sra|Srta|d\.o\.b|D\.O\.B|Jr|Sr|vs|approx|appt|no|No|Ave|Blvd|Rd|Mt|Ft|Ste|Apt|ext|Ext|Ph|Tel|a\.m|p\.m|e\.g|i\.e|Ed|Ph\.D|M|Dx|Rx|Inc|Prof|Rev)|\b[A-Z]|\(b)\.$")
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
    return [piece for at, cut in cuts for piece in _breaths(at, cut)]


_BREATH: Final = re.compile(
    r"\s(?=(?:um+|uh+|so|okay|our|my|his|her|he|she|we|i|I|I'm|i'm|they|please|thank you|thanks|call|the (?:number|doctor|insurance|surgeon)|it's|doctor|you can|if you|born|name is|and (?:my|his|her|our|he|she|we|I|i|the)"
    r"|mi (?:tel[eé]fono|n[uú]mero|nombre|seguro|doctora?)|ella|él|(?:le|me) duele|se cay[oó]|naci[oó]|quiero|quisiera|gracias|ll[aá]men\w+)\s)"
)
_LONG: Final = 220


def _breaths(start: int, sentence: str) -> list[tuple[int, str]]:
    """A long run of words without any mark, as speech-to-text gives it, cut where people take a breath."""
    if len(sentence) < _LONG or len(re.findall(r"[,;:()]", sentence)) * 60 > len(sentence):
        return [(start, sentence)]
    cuts = [0, *(match.end() for match in _BREATH.finditer(sentence)), len(sentence)]
    pieces, begin = [], 0
    for end in cuts[1:]:
        if end - begin >= 30 or end == len(sentence):
            pieces.append((start + begin, sentence[begin:end]))
            begin = end
    return pieces
