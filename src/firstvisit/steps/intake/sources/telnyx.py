"""Telnyx faxes. Pure; built from its description of webhooks, not verified against the vendor.

JSON {"data": {"event_type", "id", "payload"}}, signed in telnyx-signature-ed25519: Ed25519 in base64 over timestamp,
"|" and body, with the account's public key. The fax lies behind `media_url`, which is good for minutes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.intake.sources.delivery import Delivery, Received, WrongSignature
from firstvisit.steps.intake.sources.posted import fax, json_of, whole


class Settings(BaseModel):
    """`media_host`: where Telnyx keeps faxes for a while."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    media_host: Annotated[str, Field(max_length=80)] = "s3.amazonaws.com"
    tolerance_seconds: Annotated[int, Field(ge=10, le=3600)] = 300


def verify(delivery: Delivery, secrets: Mapping[str, str], settings: Settings) -> None:
    """WrongSignature unless it comes from Telnyx."""
    moment = delivery.headers.get("telnyx-timestamp", "")
    if not moment.isdecimal():
        raise WrongSignature("the header telnyx-timestamp is missing")
    if abs((delivery.at - datetime.fromtimestamp(int(moment[:12]), UTC)).total_seconds()) > settings.tolerance_seconds:
        raise WrongSignature(f"the timestamp is more than {settings.tolerance_seconds} seconds off")
    try:
        signature = base64.b64decode(delivery.headers.get("telnyx-signature-ed25519", ""), validate=True)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(secrets.get("public_key", ""), validate=True))
        key.verify(signature, moment.encode() + b"|" + delivery.body)
    except (binascii.Error, ValueError, InvalidSignature):
        raise WrongSignature("the signature in telnyx-signature-ed25519 does not match") from None


def parse(delivery: Delivery, settings: Settings, *, today: date, programs: Collection[str]) -> list[Received]:
    """What it brings; the state of one of ours is a notice."""
    stated = json_of(delivery).get("data")
    data = stated if isinstance(stated, dict) else {}
    inner = data.get("payload")
    payload = inner if isinstance(inner, dict) else {}
    mark = str(payload.get("fax_id") or data.get("id") or "")
    if not mark:
        raise BadInput([Problem("data.payload.fax_id", "is missing")])
    if data.get("event_type") != "fax.received":
        return [Received("notice", f"{mark}|{data.get('event_type', '')}", "fax")]
    about = {"from": payload.get("from"), "to": payload.get("to")}
    url, pages = str(payload.get("media_url") or ""), whole(payload.get("page_count"))
    return [fax(mark, file=None, url=url, about=about, pages=pages)]
