"""What vendors have in common: forms with files, basic authorization, and a file that lies with them. Pure."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.intake.sources.delivery import Delivery, Media, Received, WrongSignature


class File(NamedTuple):
    """A file of a form."""

    field: str
    name: str
    media_type: str
    body: bytes


def kind_of(delivery: Delivery) -> str:
    """The media type of its body, without parameters."""
    return delivery.headers.get("content-type", "").partition(";")[0].strip().lower()


def posted(delivery: Delivery) -> tuple[dict[str, str], list[File]]:
    """The fields and files of a form, or the members of a JSON object as texts. BadInput for anything else."""
    kind = kind_of(delivery)
    if kind == "application/json":
        value = json_of(delivery)
        return {name: each if isinstance(each, str) else json.dumps(each) for name, each in value.items()}, []
    if kind != "multipart/form-data":
        text = delivery.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=500)), []
    head = f"Content-Type: {delivery.headers['content-type']}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + delivery.body)
    fields: dict[str, str] = {}
    files: list[File] = []
    for part in message.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        body = content if isinstance(content, bytes) else b""
        if filename := part.get_filename():
            files.append(File(name, filename, part.get_content_type(), body))
        else:
            fields[name] = body.decode("utf-8", "replace")
    return fields, files


def json_of(delivery: Delivery) -> dict[str, Any]:
    """The body as a JSON object. BadInput when it is none."""
    try:
        value = json.loads(delivery.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput([Problem("body", "is not valid JSON")]) from None
    if not isinstance(value, dict):
        raise BadInput([Problem("body", "must be a JSON object")])
    return value


def object_in(fields: Mapping[str, str], name: str) -> dict[str, Any]:
    """A member that is an object written as JSON; {} where there is none."""
    try:
        value = json.loads(fields.get(name, "") or "{}")
    except ValueError:
        raise BadInput([Problem(name, "is not valid JSON")]) from None
    return value if isinstance(value, dict) else {}


def authorized(delivery: Delivery, name: str, password: str) -> None:
    """WrongSignature unless the delivery carries this name and password as HTTP's basic authorization."""
    scheme, _, text = delivery.headers.get("authorization", "").partition(" ")
    if not password or scheme.lower() != "basic":
        raise WrongSignature("the name and password of the webhook are missing")
    try:
        given = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WrongSignature("the name and password of the webhook cannot be read") from None
    if not hmac.compare_digest(given, f"{name}:{password}".encode()):
        raise WrongSignature("the name or the password of the webhook is wrong")


def whole(number: object) -> int | None:
    """A count that a vendor stated; None where it is none."""
    text = str(number)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


def fax(mark: str, *, file: File | None, url: str = "", about: Mapping[str, Any], pages: int | None) -> Received:
    """A fax: the file itself, or where it lies."""
    if file is not None:
        return Received("document", mark, "fax", file.body, file.media_type, file.name, about=about, pages=pages)
    if not url:
        raise BadInput([Problem("file", "is missing, and no address says where it lies")])
    name = f"fax-{mark}.pdf"
    return Received(
        "document", mark, "fax", json.dumps({"url": url}).encode(), "application/json", name,
        media=(Media(url, name, "application/pdf"),), about=about, pages=pages,
    )  # fmt: skip
