"""The register of the kinds of ways in: one file each, one line here. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, Protocol

from pydantic import BaseModel

from firstvisit.steps.intake.sources import (
    callrail,
    documo,
    folder,
    hl7v2,
    mailbox,
    phaxio,
    srfax,
    telnyx,
    twilio,
    webhook,
)
from firstvisit.steps.intake.sources.delivery import Delivery, Received, What

Transport = Literal["web", "folder", "mailbox", "mllp", "poll"]
"""Through what it reaches us: our web server · what `firstvisit listen` watches, reads, serves or asks."""


class Verify(Protocol):
    """WrongSignature unless whoever sent the delivery holds our secret. Called before anything is parsed."""

    def __call__(self, delivery: Delivery, secrets: Mapping[str, str], settings: Any) -> None: ...


class Parse(Protocol):
    """What a delivery brings. BadInput names what cannot be used."""

    def __call__(
        self, delivery: Delivery, settings: Any, *, today: date, programs: Collection[str]
    ) -> list[Received]: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of way in: its title, the shape of its settings, the names of its secrets, and for what comes over the
    web how it is verified and parsed.

    `verified`: its messages were tried against a real server or the vendor's own description; else it stays off
    until the practice has recorded one real delivery. `signs` says in words how the vendor signs.
    """

    title: str
    transport: Transport
    settings: type[BaseModel]
    secrets: tuple[str, ...] = ()
    verified: bool = True
    verify: Verify | None = None
    parse: Parse | None = None
    answer: Callable[[Delivery, Any], tuple[str, str]] | None = None
    """What a vendor wants to hear: media type and text; None for our own JSON."""
    signs: Callable[[Mapping[str, str], Any], dict[str, str]] | None = None
    """The headers with which its files are fetched and its counts asked for."""
    lists: Callable[[Any, date], list[str]] | None = None
    told: Callable[[bytes, Any], tuple[list[tuple[What, str]], str]] | None = None
    """Where a vendor tells what it brought on a day, and how one page of that reads."""


KINDS: Final[dict[str, Kind]] = {
    "folder": Kind("Watched folder", "folder", folder.Settings),
    "mailbox": Kind("Mailbox (IMAP)", "mailbox", mailbox.Settings, ("password",)),
    "hl7": Kind("HL7 v2 (MLLP)", "mllp", hl7v2.Settings),
    "twilio": Kind(
        "Twilio, texts and calls", "web", twilio.Settings, ("auth_token",),
        verify=twilio.verify, parse=twilio.parse, answer=twilio.answer, signs=twilio.signs,
        lists=twilio.lists, told=twilio.told,
    ),
    "phaxio": Kind(
        "Sinch Fax or Phaxio", "web", phaxio.Settings, ("callback_token", "password"),
        verified=False, verify=phaxio.verify, parse=phaxio.parse,
    ),
    "srfax": Kind("SRFax", "poll", srfax.Settings, ("password",), verified=False),
    "documo": Kind(
        "Documo (mFax)", "web", documo.Settings, ("password", "api_key"),
        verified=False, verify=documo.verify, parse=documo.parse, signs=documo.signs,
    ),
    "telnyx": Kind(
        "Telnyx faxes", "web", telnyx.Settings, ("public_key",),
        verified=False, verify=telnyx.verify, parse=telnyx.parse,
    ),
    "callrail": Kind(
        "CallRail", "web", callrail.Settings, ("signing_key", "api_key"),
        verified=False, verify=callrail.verify, parse=callrail.parse, signs=callrail.signs,
    ),
    "webhook": Kind(
        "Signed webhook", "web", webhook.Settings, ("secret",), verify=webhook.verify, parse=webhook.parse
    ),
}
