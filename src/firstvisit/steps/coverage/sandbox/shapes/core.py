"""CAQH CORE's envelope, SOAP or MIME as the question came, about one 270. Pure."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Final
from xml.sax.saxutils import escape, unescape

from firstvisit.steps.coverage import inquiries
from firstvisit.steps.coverage.connectors.envelopes import opened
from firstvisit.steps.coverage.inquiries import Inquiry
from firstvisit.steps.coverage.sandbox import PASSWORD, USER
from firstvisit.steps.coverage.sandbox.shapes.shape import Asks, Request, Response, cut_short, sent
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions

_BOUNDARY: Final = "sandbox-payer-boundary"
_FIELD: Final = r"(?:<{0}(?:\s[^>]*)?>|name=\"{0}\"\r?\n\r?\n)(.*?)(?:</{0}>|\r?\n--)"


def answer(request: Request, asks: Asks) -> Response:
    """The answer in the envelope of the question. A wrong password is refused as the rule has it: with status 401."""
    if request.method != "POST":
        return Response(b"only POST is taken here", "text/plain", 405)
    is_mime = "multipart/form-data" in request.headers.get("content-type", "")
    told = request.body.decode("utf-8", "replace")
    user, password = ("UserName", "Password") if is_mime else ("wsse:Username", "wsse:Password")
    if (_field(told, user), _field(told, password)) != (USER, PASSWORD):
        return Response(*_enveloped(told, b"", is_mime, error="UnAuthorized"), 401)
    asked = _asked(opened(request.body).payload)
    if asked is None:
        return Response(*_enveloped(told, b"", is_mime, error="PayloadIllegal"))
    said = asks(asked)
    payload = cut_short(said.x12) if said.cut else said.x12
    # An answer that breaks off does so inside its envelope: that is whole.
    return sent(replace(said, cut=False), *_enveloped(told, payload, is_mime))


def _asked(x12: bytes) -> Inquiry | None:
    """The first question of a 270; None where there is none."""
    for each in transactions(io.BytesIO(x12)):
        if isinstance(each, Transaction) and each.kind == "270" and (found := inquiries.read(each)):
            return found[0]
    return None


def _field(told: str, name: str) -> str:
    found = re.search(_FIELD.format(name), told, re.DOTALL)
    return unescape(found[1]) if found else ""


def _enveloped(told: str, payload: bytes, is_mime: bool, *, error: str = "Success") -> tuple[bytes, str]:
    """The envelope and its media type; sender and receiver change places."""
    kind = "CoreEnvelopeError" if error != "Success" else "X12_271_Response_005010X279A1"
    fields = {
        "PayloadType": kind, "ProcessingMode": "RealTime", "PayloadID": _field(told, "PayloadID"),
        "TimeStamp": _field(told, "TimeStamp"),
        "SenderID": _field(told, "ReceiverID"), "ReceiverID": _field(told, "SenderID"),
        "CORERuleVersion": _field(told, "CORERuleVersion"), "Payload": payload.decode("latin-1"), "ErrorCode": error,
        "ErrorMessage": "",
    }  # fmt: skip
    if is_mime:
        parts = "".join(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        return f"{parts}--{_BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={_BOUNDARY}"
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'
        '<soap:Body><cor:COREEnvelopeRealTimeResponse xmlns:cor="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd">'
        f"{inside}</cor:COREEnvelopeRealTimeResponse></soap:Body></soap:Envelope>"
    )
    return text.encode(), "application/soap+xml; charset=utf-8"
