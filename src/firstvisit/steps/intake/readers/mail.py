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

from firstvisit.steps.intake.readers import Document, Read, thread
from firstvisit.steps.intake.readers.html_text import text_of
from firstvisit.steps.intake.readers.kind import LONGEST_TEXT
from firstvisit.steps.intake.understanding import letters, texts, who_writes
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.recased import recased
from firstvisit.steps.intake.understanding.values import people_words

MOST_PARTS: Final = 200
_FEW_WORDS: Final = 25
"""Words above a forward up to which it counts alone."""
_FAMILY: Final = re.compile(
    rf"(?i)\b(?:(?:call|text|reach|e-?mail) me\b|(?:my|our|mi) (?:{people_words.RELATIVE})\b|['’]s (?:{people_words.OWN_WORD})\b|\(?(?:mom|mother|dad|father)\)?\s*$)", re.M
)
"""What a family writes above a message that they send on, however short: it is they who are to be called."""
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
    newest, *older = thread.parts(body)
    forwards = re.match(r"(?i)\s*(?:fwd?|fw|rv|tr)\s*:", subject) is not None
    others = [each for each in older if each.text.strip()]
    handed_on = next((each for each in others if each.forwarded or forwards), None)
    few = _own_words(newest.text) <= (_FEW_WORDS if handed_on and not _FAMILY.search(newest.text) else 0)
    main = (handed_on or (others[0] if others else newest)) if few else newest
    forwarded = main is not newest and handed_on is not None
    if main is not newest:
        sender, address, subject = (main.author or sender, main.address if main.author else address, main.subject or subject)
    passages: list[Passage] = []
    if subject and not (main is newest and handed_on is not None and handed_on.subject):
        # What stands over a message that is sent on is that message's.
        plain = re.sub(r"(?i)^(?:(?:re|fwd?|fw|aw|rv)\s*:\s*)+", "", subject)
        passages.append(Passage(plain, len(subject) - len(plain), "subject", where="subject"))
    passages += letters.passages(recased(main.text), main.start)
    told = Told(
        "email", stated or document.received_on, tuple(passages), sender or None, address or None, subject,
        forwarded=forwarded, dated=stated is not None and not forwarded, attachments=tuple(each.name for each in attachments),
    )  # fmt: skip
    behind = others[others.index(main) + 1 :] if main in others else others
    before = []
    for part in behind:
        same = _same_person(part, sender, address)
        if same or part.forwarded or forwards:
            before.append((replace(told, passages=tuple(letters.passages(recased(part.text), part.start)), sender_name=part.author or None, sender_email=part.address or None, subject=part.subject, attachments=()), same))
    if who_writes.writing(told).writer == "professional":
        attachments = tuple(replace(each, by_office=True) for each in attachments)
    return Read(texts.understand_thread(told, before), attachments, {"body": body, "subject": subject})


def _same_person(part: thread.Part, sender: str, address: str) -> bool:
    """Whether an older part was written by whoever wrote the newest."""
    if part.address and address:
        return part.address.lower() == address.lower()
    words = [{word.lower() for word in _SPEAKS.findall(name)} for name in (part.author, sender)]
    return bool(words[0]) and len(words[0] & words[1]) >= min(2, len(words[1]))


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


def _own_words(text: str) -> int:
    """Words of the sender above a forward, without greeting and signature lines."""
    lines = [line for line in text.splitlines() if len(line.split()) > 3 and ":" not in line[:12]]
    return sum(len(_SPEAKS.findall(line)) for line in lines)
