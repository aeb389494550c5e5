"""A mailbox over IMAP: where it is, what of it is taken, and what a taken mail becomes there. Pure."""

from __future__ import annotations

import hashlib
from email.parser import BytesHeaderParser
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.kernel.addresses import is_ours
from firstvisit.steps.intake.sources.delivery import Received


class Settings(BaseModel):
    """An IMAP mailbox. Without TLS only a server on our own machine or network is read.

    Looked into every `poll_seconds`, or when the server tells of mail by itself, where it can and `use_idle` says so.
    `after`: what a taken mail becomes: left as it is, marked as read, or moved to `move_to`. None is ever deleted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(max_length=120)] = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    user: Annotated[str, Field(max_length=120)] = ""
    folder: Annotated[str, Field(min_length=1, max_length=120)] = "INBOX"
    after: Literal["leave", "seen", "move"] = "seen"
    move_to: Annotated[str, Field(max_length=120)] = ""
    poll_seconds: Annotated[int, Field(ge=2, le=3600)] = 10
    use_idle: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Settings:
        if self.security == "none" and self.host and not is_ours(self.host):
            raise ValueError("a server that is not ours is read with TLS only")
        if self.after == "move" and not self.move_to:
            raise ValueError("name the folder to which taken mail is moved")
        return self


def received(mail: bytes) -> Received:
    """A mail as it came. It is told by Message-ID and bytes, which stay when the server numbers anew."""
    number = str(BytesHeaderParser().parsebytes(mail[:200_000]).get("Message-ID", "")).strip()
    digest = hashlib.sha256(mail).hexdigest()
    return Received("document", f"{number}|{digest}", "mailbox", mail, "message/rfc822", name="mail.eml")
