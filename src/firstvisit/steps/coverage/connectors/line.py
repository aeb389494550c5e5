"""One HTTP exchange with whoever is asked about benefits: one deadline from the first byte to the last, TLS, a limit of
size, nothing followed elsewhere. Every connector talks through this and nothing else.

What fails is a `ConnectorError` whose words name the vendor, a status or a variable, and nothing that was said.
"""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from firstvisit.kernel import addresses
from firstvisit.kernel.deadlines import within
from firstvisit.kernel.errors import ConnectorError

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of an answer that are read; a 271 of many benefits has some fifty thousand."""
CONNECTING: Final = 10.0
"""Seconds for a line to be there, at most: who does not pick up leaves time to try again."""
_LATER: Final = frozenset({408, 425, 429})
_REFUSED: Final = frozenset({401, 403, 407})


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent, and its media type with all parameters."""

    content: bytes
    media: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back whole. `headers` by name in lower case; `media` is the type without parameters, in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def media(self) -> str:
        """text/html, application/json ..., "" where none is stated."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The content as JSON; None where it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None


def form(fields: Mapping[str, str]) -> Body:
    """Fields as a web form sends them."""
    return Body(urlencode(fields).encode("ascii"), "application/x-www-form-urlencoded")


def as_json(value: object) -> Body:
    """A value as JSON."""
    return Body(json.dumps(value, separators=(",", ":")).encode(), "application/json")


def multipart(fields: Mapping[str, str]) -> Body:
    """Fields as `multipart/form-data` (RFC 7578), each a part of its own; line ends in them stay as they are."""
    boundary = f"firstvisit-{secrets.token_hex(16)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    content = "".join([*parts, f"--{boundary}--\r\n"]).encode()
    return Body(content, f"multipart/form-data; boundary={boundary}")


class Budget:
    """So many seconds for a question of several exchanges (a token, the question, then looking again)."""

    def __init__(self, seconds: float, whom: str) -> None:
        self._ends, self._seconds, self._whom = time.monotonic() + seconds, seconds, whom

    @property
    def left(self) -> float:
        """Seconds that are left. ConnectorError, temporary, once there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise _too_long(self._whom, self._seconds)
        return left

    def pause(self, seconds: float) -> None:
        """Wait before looking again; ConnectorError, temporary, where nothing would be left after that."""
        if seconds >= self.left:
            raise _too_long(self._whom, self._seconds)
        time.sleep(seconds)


def exchange(
    method: str,
    url: str,
    *,
    whom: str,
    seconds: float,
    body: Body | None = None,
    headers: Mapping[str, str] | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """One request and its whole answer within `seconds`, whatever its status: `taken` judges that.

    `whom` is the vendor's name as it stands in errors. `context` carries a certificate of our own where the other side
    wants one; theirs is always checked. ConnectorError: temporary for a line that fails, breaks off or takes too long;
    not temporary for an address that may not be asked, a certificate that is not trusted, an answer without end. How
    long the system looks for an address is its own matter (resolv.conf).
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and addresses.is_ours(host))):
        raise ConnectorError(f"{whom} is asked over TLS only", temporary=False)
    sent = {"Accept-Encoding": "identity", "Connection": "close", **(headers or {})}
    if body is not None:
        sent["Content-Type"] = body.media
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    late = threading.Event()
    try:
        line = _connection(parts.scheme, host, parts.port, min(seconds, CONNECTING), context)
        try:
            with within(seconds, line) as late:
                line.sock.settimeout(seconds)
                line.request(method, path, body.content if body is not None else None, sent)
                with line.getresponse() as answer:
                    content = answer.read(LARGEST + 1)
                    # `read` with a limit keeps silent about an answer that ends before its stated length.
                    is_short = bool(answer.length) and len(content) <= LARGEST
                    found = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, content)
        finally:
            line.close()
    except ssl.SSLCertVerificationError:
        raise ConnectorError(f"the certificate of {whom} is not one we trust", temporary=False) from None
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            raise _too_long(whom, seconds) from None
        raise ConnectorError(f"{whom} {_gone(error)}", temporary=True) from None
    except ValueError:  # a host, a port or a header that nobody can send
        raise ConnectorError(f"the address or a header for {whom} cannot be sent", temporary=False) from None
    if late.is_set():
        raise _too_long(whom, seconds)
    if len(content) > LARGEST:
        raise ConnectorError(f"the answer of {whom} is too large", temporary=False)
    if is_short:
        raise ConnectorError(f"the answer of {whom} breaks off", temporary=True)
    return found


def taken(answer: Answer, *, whom: str, look_at: str, also: frozenset[int] = frozenset()) -> Answer:
    """The answer where its status is 2xx or one of `also` (a vendor that refuses in words with a 400). ConnectorError
    otherwise: temporary for 5xx, 408, 425 and 429; where we are not let in (401, 403) it says which variable to look
    at."""
    status = answer.status
    if 200 <= status < 300 or status in also:
        return answer
    if status in _REFUSED:
        words = f"{whom} does not let us in ({status}): look at {look_at}"
        raise ConnectorError(words, temporary=False)
    if 300 <= status < 400:
        raise ConnectorError(f"{whom} sends us elsewhere ({status}), where we do not go", temporary=False)
    raise ConnectorError(f"{whom} answers {status}", temporary=status >= 500 or status in _LATER)


def _connection(
    scheme: str, host: str, port: int | None, seconds: float, context: ssl.SSLContext | None
) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=context or _trusted())
    return http.client.HTTPConnection(host, port, timeout=seconds)


@cache
def _trusted() -> ssl.SSLContext:
    """Whom this machine trusts. Made once: reading all authorities costs as much as the rest of an exchange."""
    return ssl.create_default_context()


def _gone(error: OSError | http.client.HTTPException) -> str:
    """How nobody answered, in words for the desk."""
    match error:
        case ConnectionRefusedError():
            return "does not pick up"
        case http.client.RemoteDisconnected() | ConnectionError():
            return "ended the line without an answer"
    return f"does not answer in a way that can be read ({type(error).__name__})"


def _too_long(whom: str, seconds: float) -> ConnectorError:
    return ConnectorError(f"{whom} took longer than {seconds:g} seconds", temporary=True)
