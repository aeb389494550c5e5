"""HL7 messages that a person judges: in words, with the fields that they have. Nothing of it is guessed.

A message that asks for care is judged at the door; what comes here cancels or merges, or lay in a folder as a file.
"""

from __future__ import annotations

from typing import Any, Final

from firstvisit.referral import red_flags
from firstvisit.steps.intake.readers import Document, Read, Unreadable
from firstvisit.steps.intake.sources import hl7v2
from firstvisit.steps.intake.sources.hl7_record import record_of, value, words_of
from firstvisit.steps.intake.sources.hl7v2 import JUDGED_WORDS, Message, Rejected
from firstvisit.steps.intake.sources.said import in_words
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.settle import settle

_SURE: Final = 0.99
_RULE: Final = "stated in a message"
_PEOPLE: Final = {"patient": "Patient", "contact": "Contact", "referrer": "Referred by", "ordering": "Ordered by"}


def read(document: Document) -> Read:
    """What a message says. Raises Unreadable where it is none."""
    try:
        message = hl7v2.decode(document.content)
    except Rejected as refused:
        raise Unreadable(f"This HL7 message is not read: {refused.words}. A person looks at the original.") from None
    sheet = _Sheet()
    kind = hl7v2.judged_as(message)
    does = JUDGED_WORDS.get(kind, f"is of the kind {message.kind}")
    sheet.line(f"This message of {hl7v2.sender_of(message) or 'a sender without a name'} {does}.")
    _records(sheet, message)
    record = record_of(message.parsed)
    for who, called in _PEOPLE.items():
        sheet.person(called, who, record.get(who, {}))
    for n, payer in enumerate(record.get("payers", [])):
        sheet.person("Coverage", f"payers.{n}", payer)
    for diagnosis in record.get("diagnoses", []):
        sheet.value("Diagnosis", "diagnoses", diagnosis, " ".join(diagnosis.values()))
    for therapy in record.get("discipline", []):
        sheet.value("Therapy", "disciplines", therapy, therapy)
    _ordered(sheet, message)
    words, _ = in_words(words_of(message.parsed))
    if words and kind != "ends":  # a note of ours about somebody who was here: no reason to be sent
        sheet.value("What it says", "concern", words, words)
    if kind != "ends" and (flags := hl7v2.dangers_in(message)):
        sheet.danger(flags)
    understood = settle(sheet.found, channel="file", received_on=document.received_on, sort=kind)
    return Read(understood, texts={"body": sheet.text})


class _Sheet:
    """The words of a message, and where in them each value stands."""

    def __init__(self) -> None:
        self.text = ""
        self.found: list[Found] = []

    def line(self, words: str) -> int:
        """A line more; where it begins."""
        start = len(self.text)
        self.text += f"{words}\n"
        return start

    def value(self, called: str, path: str, stated: object, words: str) -> None:
        """A value behind its label."""
        begin = self.line(f"{called}: {words}") + len(called) + 2
        self._found(path, stated, begin, begin + len(words))

    def person(self, called: str, path: str, stated: dict[str, Any]) -> None:
        """What is said of somebody, on one line, each value in its place."""
        if not stated:
            return
        start = len(self.text) + len(called) + 2
        parts = list[str]()
        for name, words in stated.items():
            begin = start + sum(len(part) + 2 for part in parts)
            parts.append(words)
            self._found(f"{path}.{name}", words, begin, begin + len(words))
        self.line(f"{called}: {', '.join(parts)}")

    def danger(self, flags: tuple[str, ...]) -> None:
        """Words that cannot wait: a clinician looks."""
        self._found("escalate", True, 0, len(self.text))
        why = "; ".join(red_flags.RED_FLAGS[flag] for flag in flags)
        self._found("escalate_reason", why[:480], 0, len(self.text))

    def _found(self, path: str, stated: object, start: int, end: int) -> None:
        quote = self.text[start:end] if end <= len(self.text) else str(stated)
        self.found.append(Found(path, stated, _SURE, Place(None, None, "body", (start, end)), quote[:200], _RULE))


def _records(sheet: _Sheet, message: Message) -> None:
    """Whose numbers a merge joins: what stays and what goes (PID-3, MRG-1, MRG-7)."""
    stays = [_number(pid, 3) for pid in hl7v2.segments(message, "PID")]
    for n, mrg in enumerate(hl7v2.segments(message, "MRG")):
        name = " ".join(part for part in (value(mrg, 7, 2), value(mrg, 7, 1)) if part)
        into = f" is now their number {stays[min(n, len(stays) - 1)]}" if stays else ""
        sheet.line(f"Their number {_number(mrg, 1)}{f' ({name})' if name else ''}{into}.")


def _ordered(sheet: _Sheet, message: Message) -> None:
    """The numbers and names under which it was asked for."""
    for rf1 in hl7v2.segments(message, "RF1"):
        if number := value(rf1, 6):
            sheet.line(f"Their referral: {number}")
    for orc in hl7v2.segments(message, "ORC"):
        numbers = [number for number in (value(orc, 2), value(orc, 3)) if number]
        ends = value(orc, 1) in hl7v2.ENDED_ORDERS
        sheet.line(f"Their order{f' {numbers[0]}' if numbers else ''}{': cancelled or held' if ends else ''}")
    for obr in hl7v2.segments(message, "OBR"):
        if service := value(obr, 4, 2) or value(obr, 4, 1):
            sheet.line(f"Service: {service}")


def _number(segment: Any, field: int) -> str:
    """A number that they keep somebody under."""
    return value(segment, field, 1) or "without a number"
