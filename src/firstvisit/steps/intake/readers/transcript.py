"""Transcripts of calls and voicemails: with or without speaker labels, timestamps and a header line."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Final

from firstvisit.referral.record import Channel
from firstvisit.steps.intake.readers import Document, Read
from firstvisit.steps.intake.readers.heading import before_anybody_speaks, heading
from firstvisit.steps.intake.readers.kind import LONGEST_TEXT, decoded
from firstvisit.steps.intake.readers.speakers import AGENT, CALLER, STAMP, Mark, marks, plain, stamped_lines
from firstvisit.steps.intake.understanding import dialogue, texts
from firstvisit.steps.intake.understanding.dialogue import Turn
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.recased import is_bare, recased, with_capitals
from firstvisit.steps.intake.understanding.values import contact_points, names
from firstvisit.steps.intake.understanding.values.dates import days

_GREETS: Final = re.compile(r"how (?:can|may) (?:i|we) help|this is intake|intake|thank you for calling|thanks for calling|front desk|therapy\b.*(?:this is|speaking)|good (?:morning|afternoon)[.,!]?\s*$|gracias por llamar", re.I)
_STUTTERED: Final = re.compile(r"(?<![\w'’-])([A-Za-z]{1,3})-(?:[ ,]*(?i:\1)-)*[ ,]*(?=(?i:\1)[a-z])")
"""The beginnings of a word before the word itself: "Th-Thursday", "m- m- make"."""
_STAMPS_INSIDE: Final = re.compile(rf"(?m)^[ \t]*{STAMP}(?=\S)|[\[(]\d{{1,2}}:\d\d(?::\d\d)?[\])]")
_MACHINES: Final = ("bot", "chatbot", "visitor", "virtual assistant")
_CHAT: Final = re.compile(r"\b(?:web ?chat|live chat|chat (?:transcript|session)|website chat|online chat)\b", re.I)
_NOISE: Final = re.compile(r"\[(?:inaudible|crosstalk|noise|laughs?|laughter|silence|pause|music|beep|unclear|background[^\]]*|unintelligible|child[^\]]*|crying|coughs?)\]|\((?:inaudible|crosstalk|laughs?|pause|coughs?|background[^)]*)\)", re.I)


def read(document: Document) -> Read:
    """What a transcript says. The day in its header bounds dates and fills in years."""
    text = decoded(document.content).replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT]
    header = heading(text)
    begin = len(header)
    text = _STUTTERED.sub(lambda match: " " * len(match[0]), text)
    stated = _written_on(header or before_anybody_speaks(_over_talk(text)), document.received_on)
    written_on = stated or document.received_on
    turns = _capitals(turns_of(text[:begin] + recased(text[begin:]), begin))
    passages, agent = dialogue.passages(turns, written_on)
    passages += _number_shown(header, passages)
    speaker = next((turn.speaker for turn in turns if turn.caller and turn.speaker), "")
    channel: Channel = "web" if _CHAT.search(text[:150]) or any(mark.name in _MACHINES for mark in marks(text)) else "phone"
    return Read(texts.understand(Told(channel, written_on, tuple(passages), agent=agent, speaker=speaker, dated=stated is not None, heading=header)), texts={"body": text})


_SHOWN: Final = re.compile(
    r"(?i)\b(?:(?:the )?number (?:you see|you(?:'ve| have) got (?:there|on)|(?:that )?i(?:'m| am) calling (?:from|on)|on (?:your|the) (?:screen|caller id|display)|that (?:came|comes|showed) up|showing)|this (?:same )?number (?:is|works)|(?:at|on|to) this (?:same )?number|same (?:number|one|as)? ?(?:that )?(?:as )?i(?:'m| am) calling (?:from|on)|your caller id)\b"
)
"""Words by which a caller points at the number that the telephone shows."""


def _number_shown(header: str, passages: list[Passage]) -> list[Passage]:
    """The number over the transcript as the caller's own, where they point at it and say none."""
    numbers = contact_points.phones(header)
    if len(numbers) != 1 or not any(_SHOWN.search(each.text) for each in passages) or any(contact_points.phones(each.view.text) for each in passages):
        return []
    start, end = numbers[0].start, numbers[0].end
    return [Passage(header[start:end], start, "answer", frozenset({"phone"}), question="Your number?", first=True)]


def turns_of(text: str, begin: int = 0) -> list[Turn]:
    """The turns of `text` from `begin`; short lines that answer each other take turns too, and any other text without
    speakers is one turn of the caller."""
    text = _NOISE.sub(lambda match: " " * len(match[0]), text)
    found = marks(text, begin)
    names = [mark.name for mark in found]
    if len(found) < 2 or len(set(names)) > max(4, len(found) // 2):
        if stamped := stamped_lines(text, begin):
            return _in_turn(text, stamped)
        plain_text = _STAMPS_INSIDE.sub(lambda match: " " * len(match[0]), text)
        if lines := _by_lines(plain_text, begin):
            return lines
        return [Turn(plain_text[begin:], begin, True)] if plain_text[begin:].strip() else []
    bare = [re.sub(r"\s*\(.*\)", "", name) for name in names]  # "denise (front desk)" is denise from then on
    ours = {bare[n] for n, name in enumerate(names) if name in _agents(text, found, names)}
    agents = {name for n, name in enumerate(names) if bare[n] in ours}
    turns = []
    for n, mark in enumerate(found):
        end = found[n + 1].start if n + 1 < len(found) else len(text)
        said = _STAMPS_INSIDE.sub(lambda match: " " * len(match[0]), text[mark.end : end])
        turns.append(Turn(said, mark.end, names[n] not in agents, "" if names[n] in agents else plain(names[n])))
    return turns


_FEWEST_LINES: Final = 8
_FEWEST_DASHED: Final = 4
_DASHED: Final = re.compile(r"[ \t]*(?:--?|–|—)[ \t]*(?=[^\s\d-])")
"""A dash before what somebody says: in a talk where every line has one, each line is a turn."""
_LONGEST_LINE: Final = 160


def _by_lines(text: str, begin: int) -> list[Turn]:
    """Turns without speakers, a line each: ours are the lines that ask for what an intake asks for. Empty where lines do
    not answer each other."""
    lines: list[tuple[int, str]] = []
    at = begin
    for line in text[begin:].splitlines(keepends=True):
        if line.strip():
            lines.append((at, line))
        at += len(line)
    if len(lines) >= _FEWEST_DASHED and all(_DASHED.match(line) for _, line in lines):
        first = lines[0][1]
        ours = 1 if _SELF.search(first) and not _GREETS.search(first) else 0
        return [Turn(_DASHED.sub(lambda dash: " " * len(dash[0]), line, count=1), start, n % 2 != ours) for n, (start, line) in enumerate(lines)]
    if len(lines) < _FEWEST_LINES or max(len(line) for _, line in lines) > 2 * _LONGEST_LINE or sum(len(line) for _, line in lines) > _LONGEST_LINE * len(lines):
        return []
    asks = [sum(1 for _, line in lines[parity::2] if line.rstrip().endswith("?") and _ASKS.search(line)) for parity in (0, 1)]
    if max(asks) < 3 or min(asks) * 2 > max(asks):
        return []
    ours = asks.index(max(asks))
    return [Turn(line, start, n % 2 != ours) for n, (start, line) in enumerate(lines)]


_ASKS: Final = re.compile(
    r"(?i)\b(?:name|birth|born|dob|number|phone|reach|insurance|address|zip|days?|times?|mornings?|afternoons?|doctor|refer\w*|how (?:old|soon|can)|order|e-?mail|spell|right|correct|pay\w*|city)\b"
)


def _in_turn(text: str, lines: list[Mark]) -> list[Turn]:
    """Turns of lines with times and no names: two people take turns, and whoever does not begin by asking for something is us."""
    ends = [*(mark.start for mark in lines[1:]), len(text)]
    first = text[lines[0].end : ends[0]]
    ours = 1 if _SELF.search(first) and not _GREETS.search(first) and "?" not in first else 0
    return [Turn(text[mark.end : end], mark.end, n % 2 != ours) for n, (mark, end) in enumerate(zip(lines, ends, strict=True))]


_SELF: Final = re.compile(r"(?i)\b(?:i'm calling|my name(?:'s| is)|i need|calling (?:about|for))\b")


def _agents(text: str, found: list[Mark], names: list[str]) -> set[str]:
    """Which of the speakers are ours: by what they are called and by how they speak, who greets and asks like a front desk."""
    said: dict[str, list[str]] = {}
    for n, mark in enumerate(found):
        end = found[n + 1].start if n + 1 < len(found) else len(text)
        if text[mark.end : end].strip():
            said.setdefault(names[n], []).append(text[mark.end : end])
    first = next(iter(said), names[0])
    points = {name: _called(name) + _sounds_like_us(turns, name == first) for name, turns in said.items()}
    best = max(points, key=lambda name: points[name], default=names[0])
    if len(points) == 1 and points[best] <= 0:
        return set()
    ours = {name for name, each in points.items() if each > 0 and each >= points[best] - _AS_SURE} or {best}
    return ours if len(ours) < len(points) else {best}


_AS_SURE: Final = 4.0
"""Points by which a second speaker of ours may fall behind the first."""


def _called(name: str) -> float:
    """What a speaker's name tells, for us or against."""
    bare = plain(name)
    if re.search(r"\((?:agent|intake|desk|front ?desk|staff|us|clinic|office|reception\w*)\b", name):
        return 5.0
    if AGENT.fullmatch(bare):
        return 4.0 if len(bare) > 3 or bare in ("rep", "csr", "ivr") else 1.5
    if CALLER.fullmatch(bare):
        return -4.0 if len(bare) > 3 else -1.5
    words = re.findall(r"[^\W\d_]+", name)
    if any(AGENT.fullmatch(word) and len(word) > 3 for word in words):
        return 3.0
    return -3.0 if any(CALLER.fullmatch(word) and len(word) > 2 for word in words) or re.match(r"(?:mr|mrs|ms|miss|dr)\b", name) else 0.0


def _sounds_like_us(turns: list[str], first: bool) -> float:
    """What a speaker's words tell: a greeting with our name, questions for what an intake asks for, against telling one's own."""
    asks = sum(1 for turn in turns if ("?" in turn or len(turn.split()) <= 4) and _ASKS.search(turn))
    tells = sum(1 for turn in turns if re.search(r"\d{3}.?\d{4}|\b(?:i'm calling|my name|i need|calling (?:about|for)|my (?:son|daughter|husband|wife|mother|mom|dad|father|doctor))\b", turn, re.I))
    return 2.0 * bool(_GREETS.search(turns[0])) + 1.0 * first + 3.0 * (asks - tells) / max(len(turns), 3)


_NEAREST, _FURTHEST = 80, 400


def _over_talk(text: str) -> str:
    """What stands over the first turn."""
    found = marks(text)
    return text[: max(_NEAREST, min(found[0].start, _FURTHEST))] if len(found) > 1 else text[:_NEAREST]


_ASKS_NAME: Final = re.compile(r"(?i)\b(?:name|who|nombre|llama)\b[^.!?]*\?|\bname\W*$")
_NAME_ALONE: Final = re.compile(r"\s*[^\W\d_]{2,}(?:[ '’-][^\W\d_]+){0,3}\s*")


def _capitals(turns: list[Turn]) -> list[Turn]:
    """Turns of whoever writes without any capitals, with them, whatever those write who answer; what answers a question for
    a name is one."""
    bare = is_bare("\n".join(turn.text for turn in turns if turn.caller))
    made: list[Turn] = []
    for turn in turns:
        if turn.caller and turn.text.islower():
            if made and not made[-1].caller and _ASKS_NAME.search(made[-1].text) and _NAME_ALONE.fullmatch(turn.text) and names.is_name(turn.text.strip().title()):
                turn = replace(turn, text=turn.text.title())
            elif bare:
                turn = replace(turn, text=with_capitals(turn.text))
        made.append(turn)
    return made


def _written_on(header: str, received_on: dt.date) -> dt.date | None:
    found = [each.value.date for each in days(header, received_on) if each.value.year_said]
    return found[0] if found and found[0].year >= 2000 else None
