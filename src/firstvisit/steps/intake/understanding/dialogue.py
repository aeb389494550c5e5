"""A conversation, turn by turn: what the agent asked decides what a bare answer means, what the agent reads back and the
caller confirms counts as said, and a correction wins. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.steps.intake.understanding.corrections import ends_put_right, without_taken_back
from firstvisit.steps.intake.understanding.passages import Passage, Zone, sentences
from firstvisit.steps.intake.understanding.topics import of_question
from firstvisit.steps.intake.understanding.values.people_words import is_mostly_spanish, is_spanish
from firstvisit.steps.intake.understanding.values.spoken import view


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says until another does. `caller` is false for the agent."""

    text: str
    start: int
    caller: bool
    speaker: str = ""
    """What the transcript calls them: "daughter", "speaker 2"; empty where it calls them nothing."""


_FILLS: Final = re.compile(r"\W*(?:(?:oh|ah|um+|uh+|er|hmm?|well|so|okay|ok|sure|right|hi|hello|hey|good morning|good afternoon|of course|let(?:'s| me) see|hold on|one sec(?:ond)?|just a (?:second|minute|moment)|wait)\b\W*)+", re.I)
"""Words with which nothing is answered yet."""
_SHORT_QUESTION: Final = 7
"""Words up to which what the agent says without a question mark still asks for something: "And the phone number." """
_AGAIN: Final = re.compile(r"(?i)\b(?:again|repeat|spell|sorry|pardon|what was|slower|say that|come again|catch that|go ahead|chart|file|records|didn't (?:get|hear)|one more time)\b")
"""Words with which the agent asks once more, or says why."""
_YES: Final = re.compile(r"(?i)\W*(?:yes|yeah|yep|yup|ye[sp],? (?:sir|ma'am)|correct|right|that's (?:right|correct|it|the one|me|him|her)|that is (?:right|correct)|you got it|exactly|uh-huh|mm-?hm+|perfect|sí|si|correcto|eso es|así es|please)\b")
_OPEN: Final = re.compile(r"(?i)(?:\b(?:what|who|whom|whose|which|when|where|why|how|anything|anyone|could you|can you|can i|may i|could i|would you|let me|i|i'm|i'll|we|we'll|we're)\b|\bor\b)")
"""Words of questions to which yes tells nothing, and of what the agent says of themselves."""
_BACKCHANNEL: Final = re.compile(r"(?i)\W*(?:(?:okay|ok|mm-?hm+|uh-?huh|yes|yeah|yep|right|got it|go ahead|alright|all right|sure|and|go on|i'm listening|ready|sí|ajá|bueno)\W*|[\d\W]+){0,3}")
_OPEN_NUMBER: Final = re.compile(r"(?<!\d)(\d{3}[\s,.…-]*(?:\d{3})?)[\s,.…-]*$")
_GOES_ON: Final = re.compile(r"[\s,.…-]*\d{3}")


def passages(turns: Sequence[Turn], written_on: dt.date | None = None) -> tuple[list[Passage], str]:
    """The caller's sentences, each with what was asked right before, and all that the agent said.

    A question holds for the whole answer, and for the next where it was not answered. What the caller takes back ("80220...
    no, that's my old zip. 80206") is blanked, so that only what they meant is read; places stay where they were. What the
    agent reads back and the caller confirms is a passage too.
    """
    turns = _put_right(_in_one(turns), written_on)
    made: list[Passage] = []
    agent: list[str] = []
    spanish = is_mostly_spanish(" ".join(turn.text for turn in turns))
    question, standing = "", ""
    spoken: Turn | None = None
    """What the agent said right before."""
    for n, turn in enumerate(turns):
        if not turn.caller:
            agent.append(turn.text)
            asked = [text for _, text in sentences(turn.text) if "?" in text]
            last = sentences(turn.text)[-1][1] if sentences(turn.text) else ""
            question = " ".join(asked) or (last if len(last.split()) <= _SHORT_QUESTION else "")
            if not of_question(question) and standing and _asks_again(turns, n):
                question = f"{standing} {question}"
            standing = question if of_question(question) else ""
            spoken = turn
            continue
        topics = of_question(question) if question else frozenset()
        if spoken is not None and _YES.match(turn.text):
            made += [replace(passage, spanish=spanish) for passage in _confirmed(spoken, topics)]
        spoken = None
        first = True
        for start, sentence in _sentences(turn):
            zone: Zone = "answer" if topics else "text"
            made.append(Passage(sentence, start, zone, topics, question=question, spanish=spanish, first=first))
            first = first and bool(_FILLS.fullmatch(sentence))
    return made, "\n".join(agent)


def _sentences(turn: Turn) -> list[tuple[int, str]]:
    """The sentences of a turn; a number that goes on behind a full stop is one sentence with it."""
    pieces: list[tuple[int, str]] = []
    for start, sentence in sentences(turn.text, turn.start):
        if pieces and pieces[-1][0] + len(pieces[-1][1]) == start and _open(pieces[-1][1]) and _GOES_ON.match(_plain(sentence)):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + sentence)
        elif sentence.strip():
            pieces.append((start, sentence))
    return pieces


def _plain(text: str) -> str:
    return view(text, is_spanish(text)).text


def _open(text: str) -> bool:
    """Whether a text ends in the first three or six digits of a telephone number."""
    match = _OPEN_NUMBER.search(_plain(text))
    return bool(match) and len(re.sub(r"\D", "", match[1] if match else "")) in (3, 6)


def _in_one(turns: Sequence[Turn]) -> list[Turn]:
    """Turns in which a number is said in parts, with nothing but "mm-hm" or an echo between, drawn together."""
    made: list[Turn] = []
    for turn in turns:
        if (
            len(made) >= 2 and turn.caller and not made[-1].caller and made[-2].caller
            and _BACKCHANNEL.fullmatch(_plain(made[-1].text)) and _open(made[-2].text) and _GOES_ON.match(_plain(turn.text))
        ):  # fmt: skip
            _, before = made.pop(), made.pop()
            gap = turn.start - before.start - len(before.text)
            made.append(replace(before, text=before.text + " " * gap + turn.text))
        else:
            made.append(turn)
    return made


def _put_right(turns: list[Turn], written_on: dt.date | None) -> list[Turn]:
    """The caller's turns as they are meant, after every correction."""
    turns = [replace(turn, text=without_taken_back(turn.text, written_on)) if turn.caller else turn for turn in turns]
    meant = iter(ends_put_right([turn.text for turn in turns if turn.caller]))
    return [replace(turn, text=next(meant)) if turn.caller else turn for turn in turns]


def _asks_again(turns: Sequence[Turn], n: int) -> bool:
    """Whether turn `n` of the agent asks once more for what was not answered."""
    before = turns[n - 1] if n and turns[n - 1].caller else None
    if before is None:
        return False
    unanswered = before.text.rstrip().endswith("?") or bool(_FILLS.fullmatch(before.text)) or (
        len(before.text.split()) <= 2 and not re.search(r"\d", _plain(before.text)) and not re.search(r"(?<!^)[A-Z]", before.text.strip())
    )
    return unanswered or bool(_AGAIN.search(turns[n].text))


def _confirmed(spoken: Turn, topics: frozenset[str]) -> list[Passage]:
    """What the agent read back or asked with yes or no, as the caller's own words, once the caller said yes."""
    made = []
    for start, sentence in sentences(spoken.text, spoken.start)[-2:]:
        value = re.search(r"\d[\d\W]*\d[\d\W]*\d|@|\bat \w+ dot\b", _plain(sentence))
        if "?" not in sentence and not value:
            continue
        if _OPEN.search(sentence) and not (value and not re.search(r"(?i)\bor\b", sentence)):
            continue
        own = of_question(sentence) or topics
        made.append(Passage(sentence.replace("?", "."), start, "answer" if own else "text", own, question=sentence))
    return made
