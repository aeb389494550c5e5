"""Getting what lies with a vendor: from its own host only, over TLS, and not without end."""

from __future__ import annotations

import http.client
import ssl
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from firstvisit.kernel.addresses import is_ours
from firstvisit.kernel.deadlines import unanswered, within
from firstvisit.kernel.errors import ConnectorError

LARGEST: Final = 50 * 1024 * 1024
SECONDS: Final = 30
WHOLE_SECONDS: Final = 120
"""From the first to the last byte of one file."""
MOST_HOPS: Final = 3


def fetch(url: str, *, host: str, headers: dict[str, str], below: str = "") -> tuple[bytes, str]:
    """The bytes behind an address and what kind they say they are. Only `host` gets `headers`; where it sends us on to
    is followed, with `below` only to addresses that begin so. ConnectorError where it is another host, too large, or
    does not answer."""
    parts = urlsplit(url)
    if parts.hostname is None or not (parts.hostname == host or parts.hostname.endswith(f".{host}")):
        raise ConnectorError("the file lies with another host than the vendor", temporary=False)
    for _ in range(MOST_HOPS + 1):
        if below and not is_below(parts.geturl(), below):
            raise ConnectorError("the file lies elsewhere than the sender's files may", temporary=False)
        if parts.scheme != "https" and not is_ours(parts.hostname or ""):
            raise ConnectorError("the file is not offered over TLS", temporary=False)
        answer, body = _got(parts, headers)
        if answer.status in (301, 302, 303, 307, 308):
            parts = urlsplit(urljoin(parts.geturl(), answer.headers.get("Location", "")))
            headers = {}  # whoever it is sent on to is somebody else
            continue
        if answer.status != 200:
            later = answer.status >= 500 or answer.status in (404, 429)
            raise ConnectorError(f"the vendor answers {answer.status}", temporary=later)
        kind = answer.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip()
        return body, kind
    raise ConnectorError("the vendor sends us on and on", temporary=False)


def is_below(url: str, base: str) -> bool:
    """Whether an address lies under another: the same scheme, host and port, its path or one below it."""
    parts, root = urlsplit(url), urlsplit(base)
    same = (parts.scheme, parts.hostname, parts.port) == (root.scheme, root.hostname, root.port)
    up = any(step in ("..", ".") for step in unquote(parts.path).split("/"))
    return same and not up and parts.username is None and f"{parts.path}/".startswith(f"{root.path.rstrip('/')}/")


def _got(parts: SplitResult, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        with within(WHOLE_SECONDS, line) as late:
            line.request("GET", parts._replace(scheme="", netloc="").geturl() or "/", headers=headers)
            with line.getresponse() as answer:
                body = answer.read(LARGEST + 1)
        if late.is_set():
            raise TimeoutError
    except (OSError, ssl.SSLError, http.client.HTTPException) as error:
        raise ConnectorError(f"the vendor {unanswered(error)}", temporary=True) from None
    finally:
        line.close()
    if len(body) > LARGEST:
        raise ConnectorError("the file is larger than 50 MB", temporary=False)
    return answer, body
