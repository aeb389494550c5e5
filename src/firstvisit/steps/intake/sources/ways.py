"""The register of the kinds of ways in: one file each, one line here. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel

from firstvisit.steps.intake.sources import folder, webhook

Transport = Literal["web", "folder", "mailbox", "mllp", "poll"]
"""Through what it reaches us: our web server · what `firstvisit listen` watches, reads, serves or asks."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of way in: its title, the shape of its settings, the names of its secrets.

    `verified`: its messages were tried against a real server or the vendor's own description; else it stays off
    until the practice has recorded one real delivery.
    """

    title: str
    transport: Transport
    settings: type[BaseModel]
    secrets: tuple[str, ...] = ()
    verified: bool = True


KINDS: Final[dict[str, Kind]] = {
    "folder": Kind("Watched folder", "folder", folder.Settings),
    "webhook": Kind("Signed webhook", "web", webhook.Settings, ("secret",)),
}
