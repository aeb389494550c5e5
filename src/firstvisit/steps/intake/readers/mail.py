"""E-mail: MIME parts, HTML without what it hides, forwards and quoted threads, attachments handed on."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import Final

from firstvisit.steps.intake.readers import Document, Read
from firstvisit.steps.intake.readers.html_text import text_of
from firstvisit.steps.intake.readers.kind import LONGEST_TEXT
from firstvisit.steps.intake.understanding import letters, parties, texts
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.recased import recased

MOST_PARTS: Final = 200
_FORWARDED: Final = re.compile(r"(?im)^[ \t>]*(?:-{2,}\s*(?:forwarded message|original message|mensaje reenviado)\s*-{2,}|begin forwarded message:).*$")
_QUOTED_FROM: Final = re.compile(r"(?im)^[ \t>]*(?:on .{5,80} wrote:|el .{5,80} escribi[oó]:|-{2,}\s*original message\s*-{2,}|_{10,})\s*$")
_HEAD_LINE: Final = re.compile(r"(?im)^[ \t>]*\**(from|sent|date|to|cc|subject|de|para|asunto|enviado|fecha)\**:[ \t]*(.*)$")
_SPEAKS: Final = re.compile(r"\w{2,}")


def read(document: Document) -> Read:
    """What a mail says, and its attachments. The forwarded part counts where the sender adds next to nothing to it; else
    the sender's own words, and what they answer to is left out."""
    message = email.message_from_bytes(document.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    stated = _written_on(message)
    body, attachments = _parts(message, document.received_on)
    sender, address = parseaddr(_header(message, "from"))
    subject = _header(message, "subject")
    whole = body
    body, start, forwarded = _what_counts(body)
    if forwarded:
        sender, address, inner_subject, body, start = _inner(body, start, sender, address)
        subject = inner_subject or subject
    passages: list[Passage] = []
    if subject:
        plain = re.sub(r"(?i)^(?:(?:re|fwd?|fw|aw|rv)\s*:\s*)+", "", subject)
        passages.append(Passage(plain, len(subject) - len(plain), "subject", where="subject"))
    passages += letters.passages(recased(body), start)
    told = Told(
        "email", stated or document.received_on, tuple(passages), sender or None, address or None, subject,
        forwarded=forwarded, dated=stated is not None and not forwarded, attachments=tuple(each.name for each in attachments),
    )  # fmt: skip
    if parties.writing(told).writer == "professional":
        attachments = tuple(replace(each, by_office=True) for each in attachments)
    return Read(texts.understand(told), attachments, {"body": whole, "subject": subject})


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; one that breaks the standard's rules reads as its raw words."""
    try:
        return re.sub(r"\s+", " ", str(message.get(name, "")))
    except (ValueError, IndexError, AttributeError, TypeError):  # the standard library's parser on malformed headers
        raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
        return re.sub(r"\s+", " ", raw)


def _written_on(message: EmailMessage) -> dt.date | None:
    try:
        return parsedate_to_datetime(_header(message, "date")).date()
    except (ValueError, TypeError, IndexError):  # no date, or none that can be read
        return None


def _parts(message: EmailMessage, received_on: dt.date) -> tuple[str, tuple[Document, ...]]:
    """The words of the message itself, plain before HTML, and everything attached."""
    plain: list[str] = []
    html: list[str] = []
    attached: list[Document] = []
    for n, part in enumerate(message.walk()):
        if n > MOST_PARTS or part.get_content_maintype() == "multipart":
            continue
        name = part.get_filename()
        kind = part.get_content_type()
        if kind == "message/rfc822":
            continue  # its own parts follow in this walk
        if name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                attached.append(Document(name or f"attachment {len(attached) + 1}", kind, content, received_on))
            continue
        (html if kind == "text/html" else plain).append(_text(part))
    body = "\n".join(each for each in plain if each.strip())
    shown = "\n".join(text_of(each) for each in html)
    # A plain part that says much less than the page only says that there is a page.
    if len(body.split()) * 2 < len(shown.split()):
        body = shown
    return body.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT], tuple(attached)


def _text(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a character set nobody knows: the Western one loses least
        content = part.get_payload(decode=True)
        return content.decode("cp1252", "replace") if isinstance(content, bytes) else ""


def _what_counts(body: str) -> tuple[str, int, bool]:
    """The part of the body to read, where it begins, and whether it is somebody else's, forwarded."""
    forward = _FORWARDED.search(body)
    heads = list(_HEAD_LINE.finditer(body))
    if forward is None and len(heads) >= 3 and heads[0].start() < 400 and heads[2].end() - heads[0].start() < 600:
        forward = re.compile(r"(?m)^").match(body, heads[0].start())
    if forward is not None:
        own = body[: forward.start()]
        if _own_words(own) <= 25:
            return _unquoted(body[forward.end() :]), forward.end(), True
        return body[: forward.start()], 0, False
    quoted = _QUOTED_FROM.search(body)
    if quoted is not None and _own_words(body[: quoted.start()]) >= 1:
        return _without_quotes(body[: quoted.start()]), 0, False
    if _own_words(_without_quotes(body)) >= 3:
        return _without_quotes(body), 0, False
    return _unquoted(body), 0, False


def _own_words(text: str) -> int:
    """Words of the sender above a forward, without greeting and signature lines."""
    lines = [line for line in text.splitlines() if len(line.split()) > 3 and ":" not in line[:12]]
    return sum(len(_SPEAKS.findall(line)) for line in lines)


def _unquoted(text: str) -> str:
    """Marks of quoting blanked, so that places stay."""
    return re.sub(r"(?m)^[ \t]*(?:>[ \t]?)+", lambda match: " " * len(match[0]), text)


def _without_quotes(text: str) -> str:
    return re.sub(r"(?m)^[ \t]*>.*$", lambda match: " " * len(match[0]), text)


def _inner(body: str, start: int, sender: str, address: str) -> tuple[str, str, str, str, int]:
    """The sender and subject of a forwarded message from the lines at its head, and the body behind them."""
    subject, end = "", 0
    for match in _HEAD_LINE.finditer(body):
        if match.start() - end > 3 and end:
            break
        end = match.end()
        name, value = match[1].lower(), match[2]
        if name in ("from", "de"):
            shown, inner = parseaddr(value.replace("[mailto:", "<").replace("]", ">"))
            sender, address = (shown or sender, inner if "@" in inner else "")
        elif name in ("subject", "asunto"):
            subject = value
    return sender, address, subject, body[end:], start + end
