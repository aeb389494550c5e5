"""X12 as it is, over HTTPS, in the envelope of CAQH CORE's Connectivity Rule, for whoever takes that: many payers do.

Both envelopes of rule vC2.2.0 (docslib.org/doc/4139640): SOAP 1.2, on which later versions converge, and
`multipart/form-data`. Names and order of fields are those that public clients of Medicaid agencies and clearinghouses
send. Answers come in habits of their own: the payload in CDATA, escaped twice, in Base64, in a MIME part beside
the XML, or without any envelope; all are read.
"""

from __future__ import annotations

import secrets
import ssl
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.connectors import line
from firstvisit.steps.coverage.connectors.envelopes import opened
from firstvisit.steps.coverage.connectors.port import Kind, Reply
from firstvisit.steps.coverage.connectors.x12_replies import reply
from firstvisit.steps.coverage.inquiries import VERSION, Inquiry, write
from firstvisit.steps.coverage.x12.writing import Envelope

PAYLOAD_TYPE: Final = "X12_270_Request_005010X279A1"
_SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
_SECURITY: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_PASSWORD: Final = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
)
_PREFIX: Final = "FIRSTVISIT_CORE_"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask and as whom. `envelope`: soap or mime. `certificate`: a PEM file with our certificate and key, ""
    where a user and a password are enough. `look_at`: the variables that let us in, in words."""

    url: str
    sender: str
    receiver: str
    user: str
    password: str = field(repr=False)
    certificate: str = ""
    envelope: str = "soap"
    version: str = "2.2.0"
    production: bool = True
    look_at: str = f"{_PREFIX}USER, {_PREFIX}PASSWORD and {_PREFIX}CERTIFICATE"


@dataclass(eq=False)
class RawX12:
    """The connector for one endpoint; `endpoint` reads it from the settings."""

    slug: str
    name: str
    kind: Kind
    verified: bool
    variables: Mapping[str, str]
    optional: Mapping[str, str] = field(default_factory=dict)

    def ask(self, inquiry: Inquiry, settings: Mapping[str, str], *, seconds: float) -> Reply:
        """Ask once; see `port.Connector`."""
        there = self.endpoint(settings)
        body = _enveloped(there, written(inquiry, there).decode("ascii"))
        answer = line.exchange(
            "POST", there.url, whom=self.name, seconds=seconds, body=body, context=_context(there, self.name)
        )
        found = self.read(line.taken(answer, whom=self.name, look_at=there.look_at).content)
        if not found.benefits and not found.rejections:
            _refuse(opened(found.raw).error, whom=self.name, look_at=there.look_at)
        return found

    def read(self, raw: bytes) -> Reply:
        """The answer in the envelope, or without one; see `port.Connector`."""
        inside = opened(raw)
        found = reply(raw, inside.payload)
        if inside.error and not found.benefits and not found.rejections:
            why = f"The envelope holds no answer but the error {inside.error}."
            return Reply(raw, found.media, why=why)
        return found

    def endpoint(self, settings: Mapping[str, str]) -> Endpoint:
        """Where the variables say. ConnectorError where they contradict themselves."""
        said = {key.removeprefix(_PREFIX): settings.get(key, "") for key in (*self.variables, *self.optional)}
        there = Endpoint(
            url=said["URL"], sender=said["SENDER"], receiver=said["RECEIVER"], user=said["USER"],
            password=said["PASSWORD"], certificate=said["CERTIFICATE"], envelope=said["ENVELOPE"] or "soap",
            version=said["VERSION"] or "2.2.0", production=said["TEST"] != "1",
        )  # fmt: skip
        if there.envelope not in ("soap", "mime"):
            raise ConnectorError(f"{_PREFIX}ENVELOPE must be soap or mime", temporary=False)
        if not there.certificate and not (there.user and there.password):
            words = f"nothing lets us in: set {_PREFIX}USER and {_PREFIX}PASSWORD, or {_PREFIX}CERTIFICATE"
            raise ConnectorError(words, temporary=False)
        return there


def written(inquiry: Inquiry, there: Endpoint) -> bytes:
    """The 270 with a control number of its own. The moment is told in UTC, as the envelope tells it."""
    return write(
        inquiry,
        Envelope(
            sender=there.sender[:15], receiver=there.receiver[:15], control=1 + secrets.randbelow(999_999_998),
            moment=datetime.now(UTC), code="HS", version=VERSION, production=there.production,
        ),
    )  # fmt: skip


def _enveloped(there: Endpoint, x12: str) -> line.Body:
    """The 270 in the envelope that the other side takes."""
    fields = {
        "PayloadType": PAYLOAD_TYPE,
        "ProcessingMode": "RealTime",
        "PayloadID": str(uuid.uuid4()),
        "TimeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SenderID": there.sender,
        "ReceiverID": there.receiver,
        "CORERuleVersion": there.version,
        "Payload": x12,
    }
    if there.envelope == "mime":
        letters_in = {"UserName": there.user, "Password": there.password} if there.user else {}
        return line.multipart({**letters_in, **fields})
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    token = (
        f'<wsse:Security soap:mustUnderstand="true" xmlns:wsse="{_SECURITY}"><wsse:UsernameToken>'
        f"<wsse:Username>{escape(there.user)}</wsse:Username>"
        f'<wsse:Password Type="{_PASSWORD}">{escape(there.password)}</wsse:Password>'
        "</wsse:UsernameToken></wsse:Security>"
        if there.user
        else ""
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{_SOAP}">'
        f"<soap:Header>{token}</soap:Header><soap:Body>"
        f'<cor:COREEnvelopeRealTimeRequest xmlns:cor="http://www.caqh.org/SOAP/WSDL/CORERule{there.version}.xsd">'
        f"{inside}</cor:COREEnvelopeRealTimeRequest></soap:Body></soap:Envelope>"
    )
    return line.Body(text.encode(), 'application/soap+xml; charset=utf-8; action="RealTimeTransaction"')


def _context(there: Endpoint, whom: str) -> ssl.SSLContext | None:
    """Our certificate for the line, where one is wanted."""
    if not there.certificate:
        return None
    context = ssl.create_default_context()
    try:
        context.load_cert_chain(there.certificate)
    except (OSError, ssl.SSLError):
        words = f"the file that {_PREFIX}CERTIFICATE names for {whom} cannot be read as certificate and key"
        raise ConnectorError(words, temporary=False) from None
    return context


def _refuse(error: str, *, whom: str, look_at: str) -> None:
    """ConnectorError for an error of the envelope. `Receiver` is the other side's own trouble; anything else says the
    same of every question until somebody changes a setting. The rule's own list was not at hand."""
    if error.lower() == "unauthorized":
        raise ConnectorError(f"{whom} does not let us in ({error}): look at {look_at}", temporary=False)
    if error:
        raise ConnectorError(f"{whom} refuses the envelope ({error})", temporary=error.lower() == "receiver")


CORE: Final = RawX12(
    slug="core",
    name="X12 over HTTPS",
    kind="payer",
    verified=True,
    variables={
        f"{_PREFIX}URL": "address of a payer or clearinghouse that takes X12 in CAQH CORE's envelope",
        f"{_PREFIX}SENDER": "our id there (SenderID, and ISA06 up to 15 characters)",
        f"{_PREFIX}RECEIVER": "its own id (ReceiverID, and ISA08 up to 15 characters)",
    },
    optional={
        f"{_PREFIX}USER": "our user there, where a password lets us in",
        f"{_PREFIX}PASSWORD": "its password",
        f"{_PREFIX}CERTIFICATE": "a PEM file with our certificate and key, where one lets us in (X.509)",
        f"{_PREFIX}ENVELOPE": "soap or mime (default soap)",
        f"{_PREFIX}VERSION": "version of the connectivity rule (default 2.2.0)",
        f"{_PREFIX}TEST": "1: questions are marked as tests (ISA15 T)",
    },
)
