"""CallRail calls. Pure; built from its help pages on webhooks, not verified against the vendor.

A form or JSON of a call, signed in the header Signature: HMAC-SHA1 in base64 over the body. A transcription is read, a
recording fetched, and a call that nobody took and that left neither is kept as a missed call.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.intake.sources.delivery import Delivery, Media, Received, WrongSignature
from firstvisit.steps.intake.sources.posted import posted

_NUMBERS = ("customer_phone_number", "customer_number", "callernum")


class Settings(BaseModel):
    """`media_host`: where recordings are fetched from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    media_host: Annotated[str, Field(max_length=80)] = "callrail.com"


def verify(delivery: Delivery, secrets: Mapping[str, str], settings: Settings) -> None:
    """WrongSignature unless it comes from CallRail."""
    stated, key = delivery.headers.get("signature", ""), secrets.get("signing_key", "")
    if not stated or not key:
        raise WrongSignature("the header Signature is missing" if key else "no signing key is kept yet")
    made = base64.b64encode(hmac.new(key.encode(), delivery.body, hashlib.sha1).digest())
    if not hmac.compare_digest(stated.encode(), made):
        raise WrongSignature("the signature in Signature does not match")


def parse(delivery: Delivery, settings: Settings, *, today: date, programs: Collection[str]) -> list[Received]:
    """What it brings; the state of one of ours is a notice."""
    said, _ = posted(delivery)
    mark = said.get("resource_id") or said.get("id") or ""
    if not mark:
        raise BadInput([Problem("resource_id", "is missing")])
    number = next((said[name] for name in _NUMBERS if said.get(name)), "")
    about = {"from": number, "to": said.get("tracking_phone_number", ""), "caller": said.get("customer_name", "")}
    found = []
    recording = said.get("recording") or said.get("recording_url") or ""
    if recording.startswith("http"):
        name = f"{mark}.mp3"
        body = json.dumps({"url": recording}).encode()
        media = (Media(recording, name, "audio/mpeg"),)
        heard = Received("call", f"{mark}|recording", "voice", body, "application/json", name, media=media, about=about)
        found.append(heard)
    if words := said.get("transcription", "").strip():
        text = f"Caller: {words}\n" if ":" not in words[:40] else f"{words}\n"
        found.append(_text(f"{mark}|transcription", text, f"{mark}.txt", about, goes_with=f"{mark}|recording"))
    missed = said.get("answered", "true").lower() == "false" and said.get("direction", "inbound") == "inbound"
    if not found and missed:
        words = f"Missed call from {number or 'an unknown number'}.\n"
        found.append(_text(f"{mark}|missed", words, "missed-call.txt", about))
    return found or [Received("notice", mark, "voice")]


def signs(secrets: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Its API key, as CallRail wants it."""
    return {"Authorization": f'Token token="{secrets.get("api_key", "")}"'}


def _text(mark: str, words: str, name: str, about: Mapping[str, str], goes_with: str = "") -> Received:
    body = words.encode()
    return Received("document", mark, "voice", body, "text/plain", name, about=about, goes_with=goes_with)
