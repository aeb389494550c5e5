"""Documo (mFax). Pure; built from its help pages on webhooks, not verified against the vendor.

A webhook with basic authorization: JSON (fax.v1.inbound...), or a form of the older kind with the fax as a file. Where
no file comes along it is fetched from /v1/fax/ID/download with the API key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.intake.sources.delivery import Delivery, Received
from firstvisit.steps.intake.sources.posted import authorized, fax, object_in, posted, whole


class Settings(BaseModel):
    """`user` is the name in the webhook's basic authorization."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: Annotated[str, Field(max_length=80)] = ""
    media_host: Annotated[str, Field(max_length=80)] = "api.documo.com"


def verify(delivery: Delivery, secrets: Mapping[str, str], settings: Settings) -> None:
    """WrongSignature unless it comes from Documo."""
    authorized(delivery, settings.user, secrets.get("password", ""))


def parse(delivery: Delivery, settings: Settings, *, today: date, programs: Collection[str]) -> list[Received]:
    """What it brings; the state of one of ours is a notice."""
    fields, files = posted(delivery)
    said: dict[str, Any] = object_in(fields, "data") or dict(fields)
    mark = str(said.get("messageId") or said.get("id") or "").strip('"')
    if not mark:
        raise BadInput([Problem("messageId", "is missing")])
    direction, state = str(said.get("direction", "inbound")).lower(), str(said.get("status", "success")).lower()
    if "outbound" in direction or "outbound" in fields.get("event", "") or state == "failed":
        return [Received("notice", f"{mark}|{state}", "fax")]
    about = {"from": said.get("faxCallerId") or said.get("from"), "to": said.get("faxNumber") or said.get("to")}
    url = f"https://{settings.media_host}/v1/fax/{mark}/download?format=pdf"
    file = next((each for each in files if each.body), None)
    return [fax(mark, file=file, url=url, about=about, pages=whole(said.get("pagesCount")))]


def signs(secrets: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Its API key, as Documo wants it."""
    return {"Authorization": f"Basic {secrets.get('api_key', '')}"}
