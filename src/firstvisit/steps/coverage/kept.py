"""A check opened again: what was asked, what came back, and what that says today.

Nothing parsed is kept, so a better reader reads old answers better. What cannot be opened or read says so and is never
taken for an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from firstvisit.kernel import seal
from firstvisit.kernel.errors import SealBroken
from firstvisit.kernel.seal import OpenKey
from firstvisit.steps.coverage import sentences, told
from firstvisit.steps.coverage.answers import Answer, answer
from firstvisit.steps.coverage.benefits import Benefits
from firstvisit.steps.coverage.connectors import CONNECTORS, Reply
from firstvisit.steps.coverage.findings import answered
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.sentences import Language
from firstvisit.steps.coverage.told import Told

TABLE: Final = Check._meta.db_table
CANNOT_OPEN: Final = "The answer is kept but cannot be opened: its key is gone."
NO_READER: Final = "The answer is kept; whoever read it ({name}) is no connector of ours any more."
REFUSED: Final = "The payer refused the question."
_ISA: Final = 105
"""Where the segment terminator of an ISA stands."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One check with what it says. `answer` is None where nothing is known of benefits, and `why` says why in a
    sentence. `raw` is the reply as it was sent, `question` what was asked. `benefits` is missing of what was `told`."""

    check: Check
    question: str = ""
    raw: str = ""
    media: str = ""
    told: Told | None = None
    benefits: Benefits | None = None
    answer: Answer | None = None
    why: str = ""
    rejections: tuple[Rejection, ...] = ()
    """Everything that the reply refuses, with its words."""

    def desk(self, language: Language = "en") -> str:
        """The answer for whoever verifies; "" where there is none."""
        return sentences.desk(self.answer, language) if self.answer is not None else ""

    def family(self, language: Language = "en") -> str:
        """The answer to read out, or what to ask where the payer refused what was sent of them; "" where there is
        none."""
        theirs = any(row.get("whose") in ("subscriber", "patient") for row in self.check.refused)
        if theirs and (self.answer is None or self.answer.active is None):
            return sentences.ask_for_card(language)
        return sentences.family(self.answer, language) if self.answer is not None else ""

    @property
    def not_understood(self) -> tuple[tuple[str, str], ...]:
        """Segments nobody could read, each with why."""
        return (
            tuple((each.segment, each.why) for each in self.benefits.not_understood) if self.benefits else ()
        )


def opened(check: Check, *, network: str | None, key: OpenKey | None = None) -> Kept:
    """Open a check with its `key_row` and read it again, for a practice that is `network` (in, out, None: not known).
    Never raises for what was kept."""
    if check.key_row is None and key is None:
        return Kept(check, why=check.why)
    try:
        key = key or seal.open_key(check.key_row)  # type: ignore[arg-type]
        question, reply, said = (_opened(check, key, name) for name in ("request", "reply", "told"))
    except SealBroken:
        return Kept(check, why=CANNOT_OPEN)
    if said is not None:
        return _of_told(check, said, network)
    if reply is None:
        return Kept(check, question=_text(question), why=check.why)
    return _of_reply(check, _text(question), reply, network)


def _of_told(check: Check, said: bytes, network: str | None) -> Kept:
    try:
        what = Told.model_validate_json(said)
    except ValidationError:
        return Kept(check, why=CANNOT_OPEN)
    return Kept(check, told=what, answer=told.answer(what, check.discipline, network))


def _of_reply(check: Check, question: str, raw: bytes, network: str | None) -> Kept:
    connector = CONNECTORS.get(check.connector)
    if connector is None:
        return Kept(check, question, shown(raw), why=NO_READER.format(name=check.connector or "nobody"))
    reply = connector.read(raw)
    refused = tuple(_refused(reply))
    benefits = answered(reply, trace=check.trace, origin="")
    if benefits is None:
        why = REFUSED if check.refused else check.why or reply.why or _nobodys(reply)
        return Kept(check, question, shown(raw), reply.media, why=why, rejections=refused)
    said = answer(benefits, check.discipline, network)
    return Kept(check, question, shown(raw), reply.media, benefits=benefits, answer=said, rejections=refused)


def _refused(reply: Reply) -> Iterator[Rejection]:
    yield from reply.rejections
    for benefits in reply.benefits:
        yield from benefits.rejections
        for line in benefits.lines:
            yield from line.rejections


def _nobodys(reply: Reply) -> str:
    if reply.rejections:
        return REFUSED
    if reply.benefits:
        return "The reply does not answer our question."
    return "Nothing in the reply could be understood."


def seal_told(check: Check, key: OpenKey, what: Told) -> bytes:
    """What was told, sealed in its place."""
    return seal.seal(key, TABLE, "told", check.id, what.model_dump_json().encode())


def _opened(check: Check, key: OpenKey, column: str) -> bytes | None:
    sealed = getattr(check, column)
    return None if sealed is None else seal.unseal(key, TABLE, column, check.id, sealed)


def _text(raw: bytes | None) -> str:
    return shown(raw) if raw else ""


def shown(raw: bytes) -> str:
    """What was sent, to be read by a person: X12 one segment a line, JSON one value a line, nothing else changed."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            return text
    start = text.find("ISA")
    ends = text[start + _ISA : start + _ISA + 1] if start >= 0 else ""
    if ends and not ends.isalnum() and not ends.isspace():
        lines = (each.strip() for each in text.split(ends))
        text = "\n".join(f"{each}{ends}" for each in lines if each)
    return text
