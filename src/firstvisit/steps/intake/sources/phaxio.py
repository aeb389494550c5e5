"""Sinch Fax and Phaxio. Pure; built from their descriptions, not verified against the vendor.

Phaxio (API v2): a form with `fax` (JSON) and `file`, signed in X-Phaxio-Signature: HMAC-SHA1 in hex over the address,
the sorted fields and the sorted files' SHA-1. Sinch Fax (API v3): JSON or a form with `event` INCOMING_FAX, `fax` and
`file` (base64 in JSON), with basic authorization.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.intake.sources.delivery import Delivery, Received, WrongSignature
from firstvisit.steps.intake.sources.posted import File, authorized, fax, object_in, posted, whole


class Settings(BaseModel):
    """`user` is the name in the webhook's basic authorization (Sinch Fax)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: Annotated[str, Field(max_length=80)] = ""


def verify(delivery: Delivery, secrets: Mapping[str, str], settings: Settings) -> None:
    """WrongSignature unless it comes from Phaxio."""
    stated = delivery.headers.get("x-phaxio-signature", "")
    if not stated:
        authorized(delivery, settings.user, secrets.get("password", ""))
        return
    token = secrets.get("callback_token", "")
    if not token:
        raise WrongSignature("no callback token is kept yet")
    fields, files = posted(delivery)
    signed = delivery.url + "".join(name + fields[name] for name in sorted(fields))
    signed += "".join(each.field + hashlib.sha1(each.body, usedforsecurity=False).hexdigest() for each in sorted(files))
    made = hmac.new(token.encode(), signed.encode(), hashlib.sha1).hexdigest()
    if not hmac.compare_digest(stated.strip().lower().encode(), made.encode()):
        raise WrongSignature("the signature in X-Phaxio-Signature does not match")


def parse(delivery: Delivery, settings: Settings, *, today: date, programs: Collection[str]) -> list[Received]:
    """What it brings; the state of one of ours is a notice."""
    fields, files = posted(delivery)
    about = object_in(fields, "fax")
    mark = str(about.get("id", ""))
    if not mark:
        raise BadInput([Problem("fax.id", "is missing")])
    inbound = str(about.get("direction", fields.get("direction", ""))).lower() in ("received", "inbound")
    if not inbound and fields.get("event", "INCOMING_FAX") != "INCOMING_FAX":
        return [Received("notice", f"{mark}|{about.get('status', '')}", "fax")]
    told = {"from": about.get("from_number") or about.get("from"), "to": about.get("to_number") or about.get("to")}
    pages = whole(about.get("num_pages", about.get("numberOfPages")))
    file = next((each for each in files if each.body), None) or _inline(fields, mark)
    return [fax(mark, file=file, about=told, pages=pages)]


def _inline(fields: Mapping[str, str], mark: str) -> File | None:
    text = fields.get("file", "")
    if not text:
        return None
    try:
        body = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput([Problem("file", "is not base64")]) from None
    kind = "image/tiff" if fields.get("fileType", "PDF").upper().startswith("TIF") else "application/pdf"
    return File("file", f"fax-{mark}.{'tif' if kind == 'image/tiff' else 'pdf'}", kind, body)
