"""Transcripts of calls and voicemails: with or without speaker labels, timestamps and a header line."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from firstvisit.steps.intake.readers import Document, Read
from firstvisit.steps.intake.readers.kind import LONGEST_TEXT, decoded
from firstvisit.steps.intake.understanding import dialogue, texts
from firstvisit.steps.intake.understanding.dialogue import Turn
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.recased import recased
from firstvisit.steps.intake.understanding.values.dates import days

_STAMP: Final = r"(?:[\[(<]?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?[ap]\.?m\.?)?(?:\s*-->?\s*[\d:.,]+)?[\])>]?[ \t,-]*)"
_TURN: Final = re.compile(rf"(?m)^[ \t>*-]*{_STAMP}?\**([A-Za-z][\w .'’/-]{{0,28}}?(?:\s?\([\w ]+\))?)\**[ \t]*{_STAMP}?:\**[ \t]+(?=\S)")
_AGENT: Final = re.compile(
    r"agent|intake|front ?desk|reception\w*|operator|staff|rep\b|representative|coordinator|clinic|scheduler|office|a|us|desk|team member|"
    r"recepci[oó]n|agente|therapy|answering service|service|voicemail greeting|greeting|system|host|employee|ivr|dana|csr", re.I
)  # fmt: skip
_CALLER: Final = re.compile(r"caller|customer|client|patient|c|them|llamante|cliente|paciente|incoming|voicemail|message|guest|mom|dad|mother|father|parent|daughter|son|wife|husband", re.I)
_GREETS: Final = re.compile(r"how (?:can|may) (?:i|we) help|this is intake|intake|thank you for calling|thanks for calling|front desk|therapy\b.*(?:this is|speaking)|good (?:morning|afternoon)[.,!]?\s*$|gracias por llamar", re.I)
_HEADER: Final = re.compile(r"\A(?:\s*(?:\[[^\]\n]*\]|\([^)\n]*\)|(?:new |inbound |outbound |missed |incoming )?(?:voice ?mail|voice message|call|transcript\w*|recording|message|duration|length|from|to|date|time|received|caller id|number|mailbox|line|ref|call id|confidence|language|agent|status|source|file)\b[^\n]{0,90}(?=:|#|\d)[^\n]*|[-=*_ ]{3,})[ \t]*(?:\n|\Z))+", re.I)
_STAMPS_INSIDE: Final = re.compile(rf"(?m)^[ \t]*{_STAMP}(?=\S)|[\[(]\d{{1,2}}:\d\d(?::\d\d)?[\])]")
_CHAT: Final = re.compile(r"\b(?:web ?chat|live chat|chat (?:transcript|session)|website chat|online chat)\b", re.I)
_NOISE: Final = re.compile(r"\[(?:inaudible|crosstalk|noise|laughs?|laughter|silence|pause|music|beep|unclear|background[^\]]*|unintelligible|child[^\]]*|crying|coughs?)\]|\((?:inaudible|crosstalk|laughs?|pause|coughs?|background[^)]*)\)", re.I)


def read(document: Document) -> Read:
    """What a transcript says. The day in its header bounds dates and fills in years."""
    text = decoded(document.content).replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT]
    header = _HEADER.match(text)
    if header and re.search(r"(?m)^[ \t]*(?:agent|caller)\s*:", header[0], re.I):
        header = re.match(r"\A\s*\[[^\]\n]*\][ \t]*\n", text)
    written_on = _written_on(header[0] if header else text[:80], document.received_on)
    begin = header.end() if header else 0
    turns = turns_of(text[:begin] + recased(text[begin:]), begin)
    passages, agent = dialogue.passages(turns)
    return Read(texts.understand(Told("web" if _CHAT.search(text[:150]) else "phone", written_on, tuple(passages), agent=agent)), texts={"body": text})


def turns_of(text: str, begin: int = 0) -> list[Turn]:
    """The turns of `text` from `begin`; a text without speakers is one turn of the caller."""
    text = _NOISE.sub(lambda match: " " * len(match[0]), text)
    marks = list(_TURN.finditer(text, begin))
    names = [match[1].strip().lower() for match in marks]
    if len(marks) < 2 or len(set(names)) > max(4, len(marks) // 2):
        plain = _STAMPS_INSIDE.sub(lambda match: " " * len(match[0]), text)
        return [Turn(plain[begin:], begin, True)] if plain[begin:].strip() else []
    agents = _agents(text, marks, names)
    turns = []
    for n, match in enumerate(marks):
        end = marks[n + 1].start() if n + 1 < len(marks) else len(text)
        said = _STAMPS_INSIDE.sub(lambda found: " " * len(found[0]), text[match.end() : end])
        turns.append(Turn(said, match.end(), names[n] not in agents))
    return turns


def _agents(text: str, marks: list[re.Match[str]], names: list[str]) -> set[str]:
    """Which of the speakers are ours: by what they are called, else by who greets like a front desk, else who begins."""
    called = {name for name in names if _AGENT.fullmatch(re.sub(r"\s*\(.*\)|[\d ]+$", "", name).strip()) or "(agent" in name or "(intake" in name}
    callers = {name for name in names if _CALLER.fullmatch(re.sub(r"[\d ]+$", "", name).strip())}
    if called - callers:
        return called - callers
    if callers:
        return set(names) - callers
    for n, match in enumerate(marks[:3]):
        end = marks[n + 1].start() if n + 1 < len(marks) else len(text)
        if _GREETS.search(text[match.end() : end]):
            return {names[n]}
    return {names[0]}


def _written_on(header: str, received_on: dt.date) -> dt.date:
    found = [each.value.date for each in days(header, received_on) if each.value.year_said]
    return found[0] if found and found[0].year >= 2000 else received_on
