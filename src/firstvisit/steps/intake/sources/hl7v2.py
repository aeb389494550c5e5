"""HL7 version 2: the messages that bring a patient, a referral, an order or a visit. Pure.

REF I12 and I13 and ORM O01 ask for care. ADT A04, A08, A28, A31 and SIU S12 to S17, S26 tell of somebody who may be
known here: they inform an open lead and open none. REF I14, a cancelled order and ADT A40 are for a person to judge.
MDM T02 and ORU R01 tell that a visit ended.
Fields are those of HL7 v2.8 chapters 2, 3, 4, 10 and 11; older versions have them in the same places.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

import hl7
from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import BadInput, FirstvisitError
from firstvisit.referral import red_flags
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.reading import Reading, says_something
from firstvisit.steps.intake.sources.delivery import Received
from firstvisit.steps.intake.sources.hl7_record import record_of, value, words_of
from firstvisit.steps.intake.sources.said import in_words

MEDIA_TYPE: Final = "application/edi-hl7v2"
ASKS: Final = frozenset({"REF^I12", "REF^I13", "ORM^O01"})
TELLS: Final = frozenset(
    {"ADT^A04", "ADT^A08", "ADT^A28", "ADT^A31"} | {f"SIU^S{n}" for n in (12, 13, 14, 15, 17, 26)}
)
JUDGED: Final = frozenset({"REF^I14", "ADT^A40"})
ENDS: Final = frozenset({"MDM^T02", "ORU^R01"})
"""What tells that a visit ended: a finished note, a final observation; `journey.booking.end_doors` reads it."""
JUDGED_WORDS: Final = {
    "cancels": "cancels what was asked for",
    "cancels_part": "cancels a part of what was ordered",
    "merges": "merges two of their records",
    "died": "says that the patient has died",
    "ends": "tells that a visit ended",
    "update": "brings new data of a patient, and danger in its words",
}
"""What a message does that a person judges, by kind."""
ENDED_ORDERS: Final = ("CA", "DC", "OC", "OD", "CR", "DR", "HD", "OH", "HR")
_CHARSETS: Final = {
    "": "", "ASCII": "", "UNICODE UTF-8": "utf-8", "UTF-8": "utf-8", "UNICODE": "utf-8",
    **{f"8859/{n}": f"iso8859-{n}" for n in range(1, 10)}, "8859/15": "iso8859-15",
}  # fmt: skip
"""MSH-18 (HL7 table 0211) to Python's names; "" is UTF-8 where it can be, else Windows-1252."""
_NOT_SPLIT: Final = (hl7.HL7Exception, AssertionError, LookupError, ValueError, TypeError, AttributeError)
"""What the library raises, seen with messages that were cut and mended at random."""
UNKNOWN: Final = "application/octet-stream"
_FILES: Final = {
    "pdf": "application/pdf", "tiff": "image/tiff", "tif": "image/tiff", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "png": "image/png", "plain": "text/plain", "txt": "text/plain", "html": "text/html", "rtf": "application/rtf",
}  # fmt: skip


class Settings(BaseModel):
    """An HL7 port. Without a certificate it speaks plainly, which is for our own machine or a tunnel.

    `facilities` are the sending facilities (MSH-4) that are heard, with commas between; empty hears all. Messages
    for training or debugging (MSH-11 other than P) are refused unless `training`. A connection that rests longer than
    `rest_seconds` is closed; `connections` are served at once, and one more closes the one that rests longest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(max_length=60)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 2575
    certificate: Annotated[str, Field(max_length=300)] = ""
    private_key: Annotated[str, Field(max_length=300)] = ""
    client_authority: Annotated[str, Field(max_length=300)] = ""
    facilities: Annotated[str, Field(max_length=500)] = ""
    training: bool = False
    rest_seconds: Annotated[int, Field(ge=1, le=86_400)] = 1800
    connections: Annotated[int, Field(ge=1, le=256)] = 32


class Rejected(FirstvisitError):
    """A message we do not take: AR where no repeat would help, AE where what it says cannot be used."""

    def __init__(self, code: str, words: str) -> None:
        self.code, self.words = code, words
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class Message:
    """A message, decoded and split. `control` is MSH-10, `kind` its type and trigger ("REF^I12")."""

    parsed: hl7.Message
    kind: str
    control: str
    sender: str

    @property
    def mark(self) -> str:
        """What it is known by: application, facility and control id."""
        return f"{self.sender}|{self.control}"


def decode(frame: bytes) -> Message:
    """Bytes to a message. Rejected (AR) when they are none."""
    body = frame.removeprefix(b"\xef\xbb\xbf").strip(b"\r\n\0 ")
    if body[:3] in (b"FHS", b"BHS"):
        raise Rejected("AR", "batches are not taken; send one message in a frame")
    if body[:3] != b"MSH" or len(body) < 20:
        raise Rejected("AR", "this is no HL7 message: it does not begin with MSH")
    text = _text(body).replace("\r\n", "\r").replace("\n", "\r")
    try:
        parsed = hl7.parse(text)
        header = parsed.segment("MSH")
        kind = [part[:3].upper() for part in (_part(header, 9, n) for n in (1, 2)) if part]
    except _NOT_SPLIT:
        raise Rejected("AR", "this message cannot be split into segments and fields") from None
    if len(kind) < 2:
        raise Rejected("AR", "MSH-9 must name the message and its trigger, such as REF^I12")
    control = _part(header, 10, 1)[:100]
    if not control:
        raise Rejected("AR", "MSH-10, the control id, is missing")
    sender = f"{_part(header, 3, 1)}|{_part(header, 4, 1)}"[:150]
    return Message(parsed, "^".join(kind), control, sender)


def read(
    body: bytes, today: date, programs: Collection[str], *, settings: Settings | None = None
) -> list[Received]:
    """What a message brings: itself, structured or for a person, and the files it encloses. Rejected says why not."""
    message = decode(body)
    if settings is not None:
        _heard(message, settings)
    kind = message.kind
    if kind not in ASKS | TELLS | JUDGED | ENDS:
        raise Rejected("AR", f"messages of the kind {kind} are not taken here")
    if kind != "ADT^A40" and len(segments(message, "PID")) > 1:
        raise Rejected("AE", "it is about more than one patient (PID); send one message for each")
    about = {"event": kind, "from": message.sender, "name": f"{kind.replace('^', '-')}.hl7"}
    if kind in ENDS:  # what it encloses is a part of the note
        return [Received("end", message.mark, "hl7", body, MEDIA_TYPE, about["name"], about=about)]
    judged = judged_as(message)
    if judged != "referral":
        told = {**about, "says": JUDGED_WORDS[judged], "caller": sender_of(message), "from": ""}
        held = Received("document", message.mark, "hl7", body, MEDIA_TYPE, about["name"], about=told)
        return [held, *_enclosed(message)]
    reading, left_out = reading_of(message, today, programs)
    heard: dict[str, Any] = {**about, "left_out": left_out} if left_out else dict(about)
    taken = Received("referral", message.mark, "hl7", body, MEDIA_TYPE, about["name"], reading=reading, about=heard)
    return [taken, *_enclosed(message)]


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """The reading of a kept message, for a second try."""
    return reading_of(decode(body), today, programs)[0]


def reading_of(message: Message, today: date, programs: Collection[str]) -> tuple[Reading, list[str]]:
    """The record of a message, and the fields that were left out because nobody could use them."""
    tells = message.kind in TELLS
    record = record_of(message.parsed)
    if tells:  # it asks for nothing: what it orders or remarks belongs to no lead of ours
        kept = ("patient",) if message.kind.startswith("SIU") else ("patient", "contact", "payers")
        record = {name: record[name] for name in kept if name in record}
    left_out: list[str] = []
    for _ in range(3):  # each round drops what is wrong; a value may hide another
        try:
            referral = read_record(record, channel="web", today=today, item=None, known_programs=programs)
            break
        except BadInput as bad:
            for problem in bad.problems:
                left_out.append(problem.field)
                drop(record, problem.field)
    else:
        raise Rejected("AE", f"these fields cannot be used: {', '.join(left_out[:5])}")
    _says_enough(referral, tells=tells)
    visit = _visit(message) if message.kind.startswith("SIU") else None
    return Reading(referral, opens=not tells, visit=visit), left_out


def acknowledged(frame: bytes, code: str, words: str, *, now: datetime, control: str) -> bytes:
    """The answer to a message: AA, AE or AR with the reason in words (HL7 v2, chapter 2.9.2)."""
    try:
        first = frame[:4000].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\n", "\r")
        header = hl7.parse(first.split("\r")[0] + "\r").segment("MSH")
        fields = {n: str(header(n)) for n in (3, 4, 5, 6, 11, 12)}
        asked, trigger = _part(header, 10, 1), _part(header, 9, 2)
    except _NOT_SPLIT:
        fields, asked, trigger = {}, "", ""
    said = "".join(" " if c in "|^~\\&\r\n" else c for c in words)[:80]
    at = now.strftime("%Y%m%d%H%M%S%z")
    kind = f"ACK^{trigger}^ACK" if trigger else "ACK"
    parts = (
        "MSH|^~\\&", fields.get(5, ""), fields.get(6, ""), fields.get(3, ""), fields.get(4, ""), at, "", kind, control,
        fields.get(11) or "P", fields.get(12) or "2.5",
    )  # fmt: skip
    return f"{'|'.join(parts)}\rMSA|{code}|{asked}|{said}\r".encode()


def _text(body: bytes) -> str:
    """The characters of a message in the set that MSH-18 names."""
    first = body.split(b"\r", 1)[0].split(b"\n", 1)[0]
    if len(first) < 4:
        raise Rejected("AR", "this message cannot be split into segments and fields")
    fields = first.split(first[3:4])
    # The first field after MSH is the separator itself, so MSH-18 stands at place 17.
    named = fields[17].decode("ascii", "replace").split("~")[0].strip().upper() if len(fields) > 17 else ""
    if named not in _CHARSETS:
        raise Rejected("AR", "MSH-18 names a character set we do not read; send UTF-8")
    charset = _CHARSETS[named]
    try:
        return body.decode(charset or "utf-8")
    except UnicodeDecodeError as error:
        if charset:
            raise Rejected("AE", f"byte {error.start} is not {named}, which MSH-18 names") from None
        return body.decode("cp1252", "replace")


def _heard(message: Message, settings: Settings) -> None:
    header = message.parsed.segment("MSH")
    known = [name.strip() for name in settings.facilities.split(",") if name.strip()]
    if known and _part(header, 4, 1) not in known:
        raise Rejected("AR", "this sending facility is not one of ours")
    if not settings.training and _part(header, 11, 1).upper() not in ("", "P"):
        raise Rejected("AR", "only messages of production (MSH-11 P) are taken")


def _says_enough(referral: Referral, *, tells: bool) -> None:
    """What asks for care must say for whom and how to get back; what tells of a visit, for whom."""
    patient = referral.patient
    if not (patient.last_name or patient.first_name):
        raise Rejected("AE", "PID-5, the patient's name, is missing")
    if tells or referral.referrer.name or referral.ordering.name:
        return  # an office that orders can be asked for the number
    try:
        says_something(referral)
    except BadInput as bad:
        raise Rejected("AE", bad.problems[0].message) from None


def judged_as(message: Message) -> str:
    """What a message is where a person must judge it, a key of JUDGED_WORDS; "referral" where none must.

    A cancelled or held order is told by ORC-1 or, of a changed status, ORC-5 (HL7 tables 0119 and 0038), a referral
    that is no more by RF1-1 (table 0283), a death by PID-29 and PID-30.
    """
    if message.kind == "ADT^A40":
        return "merges"
    if message.kind in ENDS:
        return "ends"
    if message.kind == "REF^I14":
        return "cancels"
    if any(_part(pid, 29, 1) or _part(pid, 30, 1).upper() == "Y" for pid in segments(message, "PID")):
        return "died"
    if message.kind in TELLS:
        return "update" if dangers_in(message) else "referral"
    if any(_part(rf1, 1, 1).upper() in ("R", "E") for rf1 in segments(message, "RF1")):
        return "cancels"
    ended = [
        _part(orc, 1, 1).upper() in ENDED_ORDERS or _part(orc, 5, 1).upper() in ("CA", "DC", "HD", "RP")
        for orc in segments(message, "ORC")
    ]
    return "referral" if not any(ended) else "cancels" if all(ended) else "cancels_part"


def dangers_in(message: Message) -> tuple[str, ...]:
    """The red flags that the words of a message state."""
    return red_flags.find("\n".join(in_words(words_of(message.parsed))))


def sender_of(message: Message) -> str:
    """How whoever sent a message is called: the program and the facility (MSH-3, MSH-4)."""
    return " of ".join(part for part in message.sender.split("|") if part)


def _visit(message: Message) -> dict[str, str]:
    """What a scheduling message says of a visit: what became of it, and when it is."""
    became = {"12": "booked", "13": "moved", "14": "changed", "15": "cancelled", "17": "deleted", "26": "not kept"}
    said = {"became": became[message.kind[-2:]]}
    for segment, field, part in (("TQ1", 7, 1), ("AIS", 4, 1), ("AIP", 6, 1), ("SCH", 11, 4)):
        if starts := [_part(each, field, part) for each in segments(message, segment) if _part(each, field, part)]:
            said["at"] = starts[0][:24]
            break
    return said


def _enclosed(message: Message) -> list[Received]:
    """Files that a message encloses (OBX-2 ED), each a document of its own. One of a kind that we do not know, or that
    cannot be decoded, is kept as it came: a person looks."""
    found = []
    for number, obx in enumerate(segments(message, "OBX")):
        stated = _part(obx, 5, 5)
        if _part(obx, 2, 1).upper() != "ED" or not stated:
            continue
        kind = next((_FILES[p] for p in (_part(obx, 5, n).lower() for n in (2, 3)) if p in _FILES), UNKNOWN)
        body = _decoded(stated, _part(obx, 5, 4))
        if body is None:
            kind, body = UNKNOWN, stated.encode()
        ends = kind.rpartition("/")[2] if kind != UNKNOWN else "file"
        name = f"{message.kind.replace('^', '-')}-{number + 1}.{ends}"
        about = {"from": sender_of(message), "with": message.control}
        found.append(Received("document", f"{message.mark}|{number}", "hl7", body, kind, name, about=about))
    return found


def _decoded(stated: str, encoding: str) -> bytes | None:
    """The bytes of a file that stands in a message, by HL7 table 0299; None where they are not what it says."""
    if encoding.upper() == "A":
        return stated.encode()
    tight = "".join(stated.split())
    try:
        return bytes.fromhex(tight) if encoding.upper() == "HEX" else base64.b64decode(tight, validate=True)
    except (binascii.Error, ValueError):
        return None


def segments(message: Message, name: str) -> list[Any]:
    """The segments of a name, in the order sent."""
    try:
        return list(message.parsed.segments(name))
    except KeyError:
        return []


def _part(segment: Any, field: int, part: int) -> str:
    """One component of the first repetition of a field; "" where it is not there."""
    return value(segment, field, part)


def drop(record: dict[str, Any], path: str) -> None:
    """Leave out what stands at a problem's path, or the nearest thing around it."""
    into: Any = record
    *parents, last = path.split(".")
    for step in parents:
        inner = into[int(step)] if isinstance(into, list) and step.isdecimal() else (
            into.get(step) if isinstance(into, dict) else None
        )  # fmt: skip
        if inner is None:
            break
        into = inner
    if isinstance(into, dict) and last in into:
        del into[last]
    elif isinstance(into, list) and last.isdecimal() and int(last) < len(into):
        into[int(last)] = None
    else:
        record.pop(path.partition(".")[0], None)
    for name, entries in list(record.items()):
        if isinstance(entries, list):
            record[name] = [entry for entry in entries if entry is not None]
