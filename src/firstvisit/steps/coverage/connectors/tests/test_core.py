"""X12 in CAQH CORE's envelope: what is sent, and answers as payers wrap them."""

from __future__ import annotations

import base64
import datetime as dt
import http.server
import io
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from firstvisit.kernel.errors import BadInput, ConnectorError
from firstvisit.steps.coverage import inquiries
from firstvisit.steps.coverage.connectors.core import CORE
from firstvisit.steps.coverage.connectors.envelopes import opened
from firstvisit.steps.coverage.connectors.tests.test_contract import INQUIRY
from firstvisit.steps.coverage.sandbox import plans
from firstvisit.steps.coverage.sandbox.drafts import file
from firstvisit.steps.coverage.tests.wires import Wire, response, wire
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions

X12 = file(plans.clean(INQUIRY), today=dt.date(2026, 11, 24))
SOAP = "http://www.w3.org/2003/05/soap-envelope"
OPEN = f'<s:Envelope xmlns:s="{SOAP}"><s:Body><n:COREEnvelopeRealTimeResponse xmlns:n="x">'
CLOSE = "</n:COREEnvelopeRealTimeResponse></s:Body></s:Envelope>"


def said(payload: str, error: str = "") -> bytes:
    code = f"<ErrorCode>{error}</ErrorCode><ErrorMessage>of Robin Testperson</ErrorMessage>" if error else ""
    return f"{OPEN}<PayloadType>x</PayloadType><Payload>{payload}</Payload>{code}{CLOSE}".encode()


def settings(at: Wire | str, **more: str) -> dict[str, str]:
    found = {
        "URL": at if isinstance(at, str) else at.url, "SENDER": "CEDAR", "RECEIVER": "PAYER", "USER": "cedar & co",
        "PASSWORD": "hush<1&2>", **more,
    }  # fmt: skip
    return {f"FIRSTVISIT_CORE_{name}": value for name, value in found.items()}


def first(x12: bytes) -> Transaction:
    return next(each for each in transactions(io.BytesIO(x12)) if isinstance(each, Transaction))


def test_soap_carries_the_question_who_we_are_and_a_number_of_its_own_each_time() -> None:
    with wire(lambda asked: response(said(escape(X12.decode())))) as at:
        for _ in range(2):
            CORE.ask(INQUIRY, settings(at), seconds=5)
    numbers = set()
    for asked in at.asked:
        head, _, body = asked.partition(b"\r\n\r\n")
        assert b'application/soap+xml; charset=utf-8; action="RealTimeTransaction"' in head
        texts = {str(each.tag).rpartition("}")[2]: each.text for each in ElementTree.fromstring(body).iter()}
        assert (texts["Username"], texts["Password"]) == ("cedar & co", "hush<1&2>")
        assert (texts["SenderID"], texts["ReceiverID"], texts["CORERuleVersion"]) == (
            "CEDAR",
            "PAYER",
            "2.2.0",
        )
        assert (texts["PayloadType"], texts["ProcessingMode"]) == ("X12_270_Request_005010X279A1", "RealTime")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", texts["TimeStamp"] or "")
        sent = first((texts["Payload"] or "").encode())
        assert inquiries.read(sent) == [replace(INQUIRY, **_as_written())]
        numbers.add((texts["PayloadID"], sent.interchange))
    assert len(numbers) == 2


def test_mime_carries_the_same_as_a_form() -> None:
    with wire(lambda asked: response(X12)) as at:
        reply = CORE.ask(INQUIRY, settings(at, ENVELOPE="mime", TEST="1"), seconds=5)
    assert reply.benefits[0].active is True
    asked = at.asked[0].decode()
    assert 'name="UserName"\r\n\r\ncedar & co\r\n' in asked and 'name="ReceiverID"\r\n\r\nPAYER\r\n' in asked
    payload = opened(at.asked[0].partition(b"\r\n\r\n")[2]).payload
    assert first(payload).kind == "270" and b"*0*T*:~" in payload


@pytest.mark.parametrize(
    "raw",
    [
        X12,
        b"\xef\xbb\xbf\r\n" + X12,
        said(escape(X12.decode())),
        said(f"<![CDATA[{X12.decode()}]]>"),
        said(escape(f"<![CDATA[{X12.decode()}]]>")),
        said(base64.encodebytes(X12).decode()),
        said(f"\n   {X12.decode()}\n", "Success"),
        b"--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <1>\r\n\r\n" + said(X12.decode()) + b"\r\n--b--\r\n",
        b"--b\r\nContent-Type: application/xop+xml\r\n\r\n" + said("") + b"\r\n--b\r\nContent-ID: <2>\r\n\r\n" + X12
        + b"\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="PayloadType"\r\n\r\nX\r\n'
        b'--b\r\nContent-Disposition: form-data; name="Payload"\r\n\r\n' + X12 + b"\r\n--b--\r\n",
        b'--b\nContent-Disposition: form-data; name=Payload\nContent-Type: text/plain\n\n' + X12 + b"\n--b--\n",
        said(X12.decode()).replace(b"COREEnvelopeRealTimeResponse", b"R").replace(b"Payload>", b"COREEnvelopePayload>"),
    ],
)  # fmt: skip
def test_an_answer_is_read_in_every_wrapping(raw: bytes) -> None:
    reply = CORE.read(raw)
    assert (reply.raw, reply.media, reply.why) == (raw, "x12", "")
    assert [each.active for each in reply.benefits] == [True]
    assert reply.benefits[0].answers(INQUIRY.trace, INQUIRY.origin) and reply.benefits[0].faults == ()


@pytest.mark.parametrize(
    ("raw", "temporary", "words"),
    [
        (said("", "Receiver"), True, "refuses the envelope (Receiver)"),
        (said("", "VersionMismatch"), False, "refuses the envelope (VersionMismatch)"),
        (said("", "of Robin Testperson 1980"), False, "refuses the envelope (of the envelope)"),
        (said("", "UnAuthorized"), False, "FIRSTVISIT_CORE_PASSWORD"),
        (said("").replace(b">x<", b">CoreEnvelopeError<"), False, "refuses the envelope (CoreEnvelopeError)"),
        (
            b"<s:E xmlns:s='x'><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code></s:Fault></s:E>",
            True,
            "Receiver",
        ),
        (b"<E><Fault><faultcode>soap:Client</faultcode></Fault></E>", False, "Fault"),
    ],
)
def test_an_error_of_the_envelope_says_whether_to_try_again(raw: bytes, temporary: bool, words: str) -> None:
    with (
        wire(lambda asked: response(raw, media="application/soap+xml")) as at,
        pytest.raises(ConnectorError) as told,
    ):
        CORE.ask(INQUIRY, settings(at), seconds=5)
    assert told.value.temporary is temporary and words in str(told.value) and "Robin" not in str(told.value)
    kept = CORE.read(raw)
    assert not kept.benefits and kept.why and "Robin" not in kept.why


def test_an_answer_beside_an_error_is_read_all_the_same() -> None:
    assert CORE.read(said(X12.decode(), "PayloadIllegal")).benefits[0].active is True


def test_what_contradicts_itself_in_the_settings_is_said() -> None:
    for changed, words in (
        ({"ENVELOPE": "carrier pigeon"}, "FIRSTVISIT_CORE_ENVELOPE must be soap or mime"),
        (
            {"PASSWORD": ""},
            "set FIRSTVISIT_CORE_USER and FIRSTVISIT_CORE_PASSWORD, or FIRSTVISIT_CORE_CERTIFICATE",
        ),
        ({"CERTIFICATE": "/nowhere/ours.pem"}, "FIRSTVISIT_CORE_CERTIFICATE"),
    ):
        with pytest.raises(ConnectorError, match=words) as told:
            CORE.ask(INQUIRY, settings("https://127.0.0.1:9/", **changed), seconds=5)
        assert not told.value.temporary and "hush" not in str(told.value)


def test_nothing_is_sent_of_a_question_that_is_none() -> None:
    with wire() as at, pytest.raises(BadInput):
        CORE.ask(replace(INQUIRY, npi="12"), settings(at), seconds=5)
    assert at.asked == []


def test_a_certificate_lets_us_in_where_the_other_side_wants_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, ours = (
        _certificate(tmp_path / "theirs.pem", "localhost"),
        _certificate(tmp_path / "ours.pem", "cedar"),
    )
    with _tls(theirs, trusts=ours) as url:
        with pytest.raises(ConnectorError, match="certificate of X12 over HTTPS is not one we trust") as told:
            CORE.ask(INQUIRY, settings(url, USER="", CERTIFICATE=str(ours)), seconds=5)
        assert not told.value.temporary
        monkeypatch.setenv("SSL_CERT_FILE", str(theirs))  # as an authority of one's own is named to OpenSSL
        with pytest.raises(ConnectorError):
            CORE.ask(INQUIRY, settings(url), seconds=5)
        reply = CORE.ask(INQUIRY, settings(url, USER="", PASSWORD="", CERTIFICATE=str(ours)), seconds=5)
    assert reply.benefits[0].active is True


def _certificate(path: Path, name: str) -> Path:
    """A certificate signed by itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    kind = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def _tls(certificate: Path, *, trusts: Path) -> Iterator[str]:
    """A server over TLS that answers only who shows a certificate that it trusts."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.wfile.write(response(X12))

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is written."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.load_verify_locations(trusts)
    context.verify_mode = ssl.CERT_REQUIRED
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *said: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"https://localhost:{server.server_address[1]}/core"
        finally:
            server.shutdown()
            thread.join()


def _as_written() -> dict[str, object]:
    """What of the question changes where it is written: names in capitals, as cards print them."""
    plain = replace(INQUIRY.subscriber, last="TESTPERSON", first="ROBIN")
    return {"payer": "INVENTED HEALTH", "provider": "CEDAR STREET", "subscriber": plain}
