"""What stands in the envelope of an answer: CAQH CORE's in XML or MIME, as payers write it, or none. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

_DECLARES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
"""What could make a small text large; no envelope needs it."""
_PART_NAME: Final = re.compile(rb'name="?([A-Za-z]+)"?', re.I)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]{40,}={0,2}\s*")
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z.]{0,60}")
_NO_ANSWER: Final = "CoreEnvelopeError"
"""The type of payload of an answer that is none; some send it without a code."""
_FINE: Final = frozenset({"", "success"})


@dataclass(frozen=True, slots=True)
class Opened:
    """`payload`: what stands inside, or the whole where there is no envelope. `error`: its ErrorCode unless that
    is Success, Fault for a fault; a code of letters, never a sentence of theirs."""

    payload: bytes
    error: str = ""


def opened(raw: bytes) -> Opened:
    """The payload of an answer. Never raises."""
    text = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"--"):
        return _of_parts(text)
    if text.startswith(b"<"):
        return _of_xml(text) or Opened(raw)
    return Opened(raw)


def _of_parts(text: bytes) -> Opened:
    """Parts between boundaries: fields of a form, or XML with its payload beside it."""
    boundary = text.partition(b"\n")[0].strip()
    fields: dict[str, bytes] = {}
    others: list[bytes] = []
    for part in re.split(rb"(?:\r?\n)?" + re.escape(boundary), text)[1:]:
        head, _, content = re.sub(rb"\A\r?\n", b"", part).replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
        name = _PART_NAME.search(
            next((each for each in head.split(b"\n") if b"disposition" in each.lower()), b"")
        )
        if name is not None:
            fields[name[1].decode().lower()] = content
        elif content.strip():
            others.append(content)
    if fields:
        code, kind = (
            fields.get(name, b"").decode("utf-8", "replace") for name in ("errorcode", "payloadtype")
        )
        return _said(fields.get("payload", b""), code, kind)
    inside = [found for each in others if each.lstrip().startswith(b"<") and (found := _of_xml(each.strip()))]
    error = next((each.error for each in inside if each.error), "")
    payload = next((each.payload for each in inside if each.payload.strip()), b"")
    if not payload:
        payload = next((each for each in others if each.lstrip().startswith(b"ISA")), b"")
    return Opened(payload, error)


def _of_xml(text: bytes) -> Opened | None:
    """The element Payload, wherever it stands; None where this is no envelope."""
    if _DECLARES.search(text):
        return None
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - what declares entities is refused above
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    said: dict[str, str] = {}
    for element in root.iter():
        said.setdefault(str(element.tag).rpartition("}")[2].lower(), element.text or "")
    if "fault" in said:
        whose = (said.get("value") or said.get("faultcode", "")).rpartition(":")[2].strip().lower()
        return Opened(b"", "Receiver" if whose in ("receiver", "server") else "Fault")
    payload = said.get("payload", said.get("coreenvelopepayload"))
    if payload is None:
        return None
    return _said(payload.encode(), said.get("errorcode", ""), said.get("payloadtype", ""))


def _said(payload: bytes, code: str, kind: str) -> Opened:
    stripped = code.strip()
    if not stripped and kind.strip().lower() == _NO_ANSWER.lower():
        stripped = _NO_ANSWER
    error = "" if stripped.lower() in _FINE else stripped if _CODE.fullmatch(stripped) else "of the envelope"
    return Opened(_plain(payload), error)


def _plain(payload: bytes) -> bytes:
    """A payload that was escaped twice, or sent in Base64, as it was meant."""
    text = payload.strip()
    if text.startswith(b"<![CDATA["):
        text = text.removeprefix(b"<![CDATA[").removesuffix(b"]]>")
    if b"*" not in text and _BASE64.fullmatch(text.decode("latin-1")):
        try:
            return base64.b64decode(text, validate=False)
        except (binascii.Error, ValueError):
            return text
    return text
