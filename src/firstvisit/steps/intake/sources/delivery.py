"""What stands at a door for machines, and what a vendor's source makes of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from firstvisit.kernel.errors import FirstvisitError
from firstvisit.steps.intake.reading import Reading

What = Literal["document", "referral", "text", "call", "end", "notice"]
"""What a delivery is: a document to be read · a structured referral · a text message · a call · the end of a visit,
told by an EMR · the state of something, of which nothing is kept but that it came."""


class WrongSignature(FirstvisitError):
    """Whoever sent it does not hold our secret, or sent it too long ago. Says which, without any value."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as it came: the full address it was sent to, its headers by lower-case name, its body."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Media:
    """A file that lies with the vendor and is fetched at once; `name` is what it will be called here."""

    url: str
    name: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One thing out of a delivery.

    `mark` is the sender's own number for it, or, where `numbered` is False, one that we made of its bytes. `body`,
    `media_type` and `name` are the document or the message itself; `media` what must be fetched first. `reading` stands
    where it is structured. `about` holds what else is worth keeping, sealed: numbers or addresses from and to, words of
    the vendor. `pages` are those the carrier counted. `goes_with` is the sender's number of the recording whose words
    these are.
    """

    what: What
    mark: str
    source: str
    body: bytes = b""
    media_type: str = "application/octet-stream"
    name: str = ""
    media: tuple[Media, ...] = ()
    reading: Reading | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    pages: int | None = None
    numbered: bool = True
    goes_with: str = ""

    @property
    def is_file(self) -> bool:
        """Whether it is a file or a fax, which is the same once more where its bytes are. Of who calls or writes two
        say the same words, and an address at a vendor is not yet what lies there."""
        return self.what == "document" and self.source not in ("voice", "sms") and not self.media
