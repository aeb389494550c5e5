"""The register of channels: one file each, one line here.

A channel is `open()` -> a session whose `send(address, text, message_id, sender)` returns when the other
side has taken the message, or raises ConnectorError: temporary when nothing was accepted and a later try is
safe, permanent when it was refused. Anything else, above all a line that broke after the text had left,
is `Unclear`: nobody may send it again by machine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from firstvisit.messages.templates import Text


class Unclear(Exception):
    """The text may or may not have arrived; a second send could be a second message."""


class Session(Protocol):
    """An open way out."""

    def send(self, *, address: str, text: Text, message_id: str, sender: str) -> None: ...


def register() -> dict[str, Callable[[], AbstractContextManager[Session]]]:
    """Channels by name."""
    from firstvisit.messages.channels import email

    return {"email": email.session}
