"""A conversation, turn by turn: what the agent asked decides what a bare answer means, and a correction wins. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.intake.understanding.passages import Passage, Zone, sentences
from firstvisit.steps.intake.understanding.topics import of_question


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says until another does. `caller` is false for the agent."""

    text: str
    start: int
    caller: bool
    speaker: str = ""
    """What the transcript calls them: "daughter", "speaker 2"; empty where it calls them nothing."""


_CORRECTS: Final = re.compile(
    r"(?:\b(?:no|wait|sorry|actually|I mean|correction|scratch that|strike that|excuse me|oops|I'm sorry|let me correct that|perd[oó]n|digo|mejor dicho)\b[,.… ]*)+"
    r"(?:wait[, ]*)?(?:that(?:'s|’s| is| was) (?:my|his|her|our|the|an?) (?:old|previous|other|former|work|wrong|husband's|wife's|mom's)[^,.;]*[,.;]?|that(?:'s|’s| is) (?:wrong|not right|the wrong one)[,.;]?|not that(?: one)?[,.;]?|make that|it(?:'s|’s| is)|he's|she's)?",
    re.IGNORECASE,
)
_FILLS: Final = re.compile(r"\W*(?:(?:oh|ah|um+|uh+|er|hmm?|well|so|okay|ok|sure|right|hi|hello|hey|good morning|good afternoon|of course|let(?:'s| me) see|hold on|one sec(?:ond)?|just a (?:second|minute|moment)|wait)\b\W*)+", re.I)
"""Words with which nothing is answered yet."""
_VALUE: Final = re.compile(r"\d[\d\s().,/-]*\d(?:,? ?(?:ext\.?|extension) ?\d+)?|\d|[A-Z][a-z]+(?: [A-Z][a-z]+)?|\S+@\S+")
_SHORT_QUESTION: Final = 7
"""Words up to which what the agent says without a question mark still asks for something: "And the phone number." """
_SAID_AGAIN: Final = re.compile(
    r"(?:\b(?:no|wait|sorry|actually|I mean|make that|correction|scratch that|perd[oó]n|digo)\b)|(?:\.\.\.|…|--|—)\s*no\b", re.IGNORECASE
)
_OLD: Final = re.compile(r"that(?:'s|’s| is| was) (?:my|his|her|our|the|an?) (?:old|previous|other|former|wrong|work|home|office|husband's|wife's|ex's|mom's)|that(?:'s|’s| is) (?:wrong|not right)", re.I)


def passages(turns: Sequence[Turn]) -> tuple[list[Passage], str]:
    """The caller's sentences, each with what was asked right before, and all that the agent said.

    A question holds for the whole answer. What the caller takes back ("80220... no, that's my old zip. 80206") is blanked,
    so that only what they meant is read; places stay where they were.
    """
    made: list[Passage] = []
    agent: list[str] = []
    question = ""
    for turn in turns:
        if not turn.caller:
            agent.append(turn.text)
            asked = [text for _, text in sentences(turn.text) if "?" in text]
            last = sentences(turn.text)[-1][1] if sentences(turn.text) else ""
            question = " ".join(asked) or (last if len(last.split()) <= _SHORT_QUESTION else "")
            continue
        topics = of_question(question) if question else frozenset()
        text = without_taken_back(turn.text)
        first = True
        for start, sentence in sentences(text, turn.start):
            if sentence.strip():
                zone: Zone = "answer" if topics else "text"
                made.append(Passage(sentence, start, zone, topics, question=question, first=first))
                first = first and bool(_FILLS.fullmatch(sentence))
    return made, "\n".join(agent)


def without_taken_back(text: str) -> str:
    """`text` with values that were taken back replaced by spaces, at the same length."""
    for match in reversed(list(_SAID_AGAIN.finditer(text))):
        head, tail = text[: match.start()], text[match.end() :]
        old = _OLD.match(tail.lstrip(" ,.…"))
        values = [m for m in _VALUE.finditer(head) if len(head) - m.end() <= 12]
        rest = tail[old.end() + len(tail) - len(tail.lstrip(" ,.…")) if old else 0 :][:45]
        if re.match(r"\W*(?:let me spell|spell|spelled|I'll spell|with (?:a|an|two)\b)", rest, re.I):
            continue  # what is spelled next is the same value again
        following = _VALUE.search(rest)
        if not values or not following:
            continue
        taken = values[-1]
        if _last_digits(taken[0], following[0]) and _near(head, taken, match[0]):
            # "555-0125... sorry, 0152": only the end is said again.
            text = text[: taken.end() - 4] + following[0] + text[taken.end() :]
            continue
        if _alike(taken[0], following[0]) and (old or _near(head, taken, match[0])):
            text = text[: taken.start()] + " " * (taken.end() - taken.start()) + text[taken.end() :]
    return text


def _near(head: str, taken: re.Match[str], word: str) -> bool:
    """Whether a word of correction follows a value at once; a mere "no" must be set off by a break."""
    gap = head[taken.end() :]
    return bool(re.fullmatch(r"[\s,.…–—-]*(?:uh|um|er|oh|eh)?[\s,.…–—-]*", gap)) and (word.lower() not in ("no",) or bool(re.search(r"[,.…–—-]", gap)))


def _last_digits(one: str, other: str) -> bool:
    return bool(re.fullmatch(r"\d{4}", other)) and len(re.sub(r"\D", "", one)) in (7, 10, 11) and one[-4:].isdigit()


def _alike(one: str, other: str) -> bool:
    """Whether two values are of one kind: as many digits, or both words."""
    first, second = re.sub(r"\D", "", one), re.sub(r"\D", "", other)
    if first or second:
        return bool(first and second) and (abs(len(first) - len(second)) <= 1 or second == "" or len(second) <= len(first))
    return one[:1].isupper() and other[:1].isupper()
