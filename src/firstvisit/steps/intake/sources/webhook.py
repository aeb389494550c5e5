"""A webhook signed with a shared secret: how it is signed, and which of its fields is which of ours, are data. Pure.

`verify` looks at the signature before anybody parses the body. A body is JSON (its fields are found by their path,
"patient.name", "answers[0].text") or a web form (its fields by name).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.reading import read_record, takes
from firstvisit.steps.intake.reading import Reading, says_something
from firstvisit.steps.intake.sources.delivery import Delivery, Received, WrongSignature

Signed = Literal["body", "timestamp.body", "url+body"]
"""What is signed: the body · the timestamp, a full stop and the body · the full address and the body."""


class Scheme(BaseModel):
    """How the sender signs. HMAC over `signed`, in `header` after `prefix`; with `timestamp_header` (or `t=` in the
    header itself, as "t=1700000000,v1=abc") no older than `tolerance_seconds`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithm: Literal["sha256", "sha512", "sha1"] = "sha256"
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")] = "X-Signature"
    prefix: Annotated[str, Field(max_length=20)] = ""
    encoding: Literal["hex", "base64"] = "hex"
    signed: Signed = "timestamp.body"
    timestamp_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,60}$")] = "X-Timestamp"
    tolerance_seconds: Annotated[int, Field(ge=10, le=3600)] = 300

    @model_validator(mode="after")
    def _timestamp_somewhere(self) -> Scheme:
        if self.signed == "timestamp.body" and not self.timestamp_header:
            raise ValueError("name the header that holds the timestamp, or sign the body alone")
        return self


class Settings(BaseModel):
    """A generic webhook: its scheme, the header or field that numbers a delivery, and the map of fields.

    `what`: the body is a structured referral, or the file itself (a PDF, a fax). `fields` maps a path of ours
    ("patient.first_name", "concern") to a path of theirs; with none the body has our own shape.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Scheme = Scheme()
    what: Literal["referral", "document"] = "referral"
    mark: Annotated[str, Field(max_length=80)] = ""
    fields: dict[str, Annotated[str, Field(max_length=120)]] = {}

    @model_validator(mode="after")
    def _fields_are_ours(self) -> Settings:
        for ours, theirs in self.fields.items():
            if not takes(ours):
                known = "write one such as patient.first_name, contact.phone, discipline[] or concern"
                raise ValueError(f"fields: “{ours[:60]}” is no field of ours; {known}")
            if not theirs:
                raise ValueError(f"fields: nothing stands behind “{ours[:60]}”; write a line as ours = theirs")
        return self


_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d{1,4})\]")
_NAME: Final = re.compile(r"filename\*?=(?:UTF-8'')?\"?([^\";]{1,200})", re.IGNORECASE)


def verify(delivery: Delivery, secrets: Mapping[str, str], settings: Settings) -> None:
    """WrongSignature, with the reason, unless the delivery was signed with our secret a short while ago."""
    scheme, secret = settings.scheme, secrets["secret"]
    stated = delivery.headers.get(scheme.header.lower(), "")
    if not stated:
        raise WrongSignature(f"the header {scheme.header} is missing")
    given = [stated.removeprefix(scheme.prefix).strip()]
    moment = delivery.headers.get(scheme.timestamp_header.lower(), "") if scheme.timestamp_header else ""
    if "=" in stated and "," in stated:  # "t=1700000000,v1=..." carries its own moment
        parts = [part.strip().partition("=") for part in stated.split(",")]
        moment = next((value for name, _, value in parts if name == "t"), moment)
        given = [value for name, _, value in parts if name.startswith("v")]
    if scheme.signed == "timestamp.body":
        _recent(moment, delivery.at, scheme)
    made = hmac.new(secret.encode(), _signed(delivery, moment, scheme), scheme.algorithm).digest()
    text = made.hex() if scheme.encoding == "hex" else base64.b64encode(made).decode()
    fold = str.lower if scheme.encoding == "hex" else str
    if not any(hmac.compare_digest(fold(each).encode(), text.encode()) for each in given):
        raise WrongSignature(f"the signature in {scheme.header} does not match")


def signed_headers(body: bytes, url: str, secret: str, scheme: Scheme, *, at: datetime) -> dict[str, str]:
    """The headers with which a delivery of ours would be taken."""
    moment = str(int(at.timestamp()))
    signed = _signed(Delivery(url, {}, body, at), moment, scheme)
    made = hmac.new(secret.encode(), signed, scheme.algorithm).digest()
    text = made.hex() if scheme.encoding == "hex" else base64.b64encode(made).decode()
    stamp = {scheme.timestamp_header.lower(): moment} if scheme.timestamp_header else {}
    return {scheme.header.lower(): f"{scheme.prefix}{text}", **stamp}


def _signed(delivery: Delivery, moment: str, scheme: Scheme) -> bytes:
    if scheme.signed == "timestamp.body":
        return moment.encode() + b"." + delivery.body
    if scheme.signed == "url+body":
        return delivery.url.encode() + delivery.body
    return delivery.body


def _recent(moment: str, at: datetime, scheme: Scheme) -> None:
    if not moment:
        raise WrongSignature(f"the timestamp in {scheme.timestamp_header} is missing")
    try:
        seconds = float(moment)
        if seconds > 1e11:  # milliseconds
            seconds /= 1000
        then = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        try:
            then = datetime.fromisoformat(moment)
        except ValueError:
            raise WrongSignature("the timestamp is neither seconds nor ISO 8601") from None
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
    if abs((at - then).total_seconds()) > scheme.tolerance_seconds:
        raise WrongSignature(f"the timestamp is more than {scheme.tolerance_seconds} seconds off")


def parse(
    delivery: Delivery, settings: Settings, *, today: date, programs: Collection[str]
) -> list[Received]:
    """What the delivery brings: one thing. BadInput names what cannot be used."""
    kind = delivery.headers.get("content-type", "").partition(";")[0].strip().lower()
    digest = hashlib.sha256(delivery.body).hexdigest()
    if settings.what == "document":
        mark = delivery.headers.get(settings.mark.lower(), "") if settings.mark else ""
        named = _NAME.search(delivery.headers.get("content-disposition", ""))
        return [
            Received(
                "document", mark or digest, "webhook", delivery.body,
                media_type=kind or "application/octet-stream", name=named[1] if named else "", numbered=bool(mark),
            )
        ]  # fmt: skip
    kept = delivery.body if kind != "application/x-www-form-urlencoded" else _as_json(delivery.body)
    reading = read(kept, settings.fields, today=today, programs=programs)
    mark = _mark(delivery, kept, settings.mark)
    numbered = bool(mark)
    return [
        Received(
            "referral", mark or digest, "webhook", kept, "application/json", reading=reading, numbered=numbered
        )
    ]


def read(body: bytes, fields: Mapping[str, str], *, today: date, programs: Collection[str]) -> Reading:
    """The reading of a kept body, its fields mapped to ours. BadInput names their field where one is wrong."""
    theirs = _json(body)
    record = mapped(theirs, fields) if fields else dict(theirs)
    channel = record.pop("channel", "web")
    try:
        referral = read_record(record, channel="web", today=today, item=None, known_programs=programs)
        says_something(referral)
    except BadInput as bad:
        raise BadInput([Problem(_theirs(each.field, fields), each.message) for each in bad.problems]) from None
    if channel in ("web", "phone", "email", "fax"):
        referral = referral.model_copy(update={"channel": channel})
    return Reading(referral)


def mapped(theirs: object, fields: Mapping[str, str]) -> dict[str, Any]:
    """Our record out of their value: each of our paths filled from theirs; what they do not state stays unknown.

    A path of ours that ends in "[]" takes one value into a list ("discipline[]"). "=word" is a fixed value.
    """
    record: dict[str, Any] = {}
    for ours, path in fields.items():
        value: Any = path[1:] if path.startswith("=") else found(theirs, path)
        if value in (None, "", [], {}):
            continue
        if ours.endswith("[]"):
            value = value if isinstance(value, list) else [value]
        into = record
        *parents, last = ours.removesuffix("[]").split(".")
        for parent in parents:
            into = into.setdefault(parent, {})
        into[last] = value
    return record


def found(value: object, path: str) -> object:
    """What stands at a path such as "answers[0].text"; None where there is nothing."""
    for name, number in _STEP.findall(path):
        if number and isinstance(value, Sequence) and not isinstance(value, str):
            value = value[int(number)] if int(number) < len(value) else None
        elif name and isinstance(value, Mapping):
            value = value.get(name)
        else:
            return None
    return value


def _theirs(field: str, fields: Mapping[str, str]) -> str:
    """The sender's own name for a field of ours, also for an entry of a list ("discipline.0")."""
    return fields.get(field) or fields.get(f"{field.rpartition('.')[0]}[]") or field


def _mark(delivery: Delivery, kept: bytes, where: str) -> str:
    """The sender's number for this delivery: from the header or the field that is named for it."""
    if not where:
        return ""
    if header := delivery.headers.get(where.lower()):
        return header
    stated = found(_json(kept), where)
    return str(stated) if isinstance(stated, str | int) else ""


def _as_json(form: bytes) -> bytes:
    return json.dumps(dict(parse_qsl(form.decode("utf-8", "replace"), max_num_fields=500))).encode()


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput([Problem("body", "is not valid JSON")]) from None
    if not isinstance(value, dict):
        raise BadInput([Problem("body", "must be a JSON object")])
    return value
