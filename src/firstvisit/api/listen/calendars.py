"""Calendars elsewhere, read when they are due: fetched here, understood in a process apart, then brought in.

Only public addresses over TLS are asked, or a server on this very machine: each name is resolved once, and the
connection goes to the address that was looked at, so that no name can lead into our own network.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

import structlog
from django.db import DatabaseError, close_old_connections, connection

from firstvisit.kernel import clock
from firstvisit.kernel.deadlines import unanswered, within
from firstvisit.kernel.errors import BadInput, ConnectorError, SealBroken
from firstvisit.steps.booking import feeds
from firstvisit.steps.booking.calendars import LARGEST, Unreadable
from firstvisit.steps.booking.calendars_apart import read_apart

log = structlog.get_logger("listen")
LOOK_SECONDS: Final = 2.0
SECONDS: Final = 30
WHOLE_SECONDS: Final = 120
MOST_HOPS: Final = 3


def read_due(stop: threading.Event) -> None:
    """Read every calendar whose turn it is, one after the other, until `stop`."""
    while not stop.is_set():
        try:
            while not stop.is_set() and (due := feeds.next_due(now=clock.now())) is not None:
                read_one(due)
        except DatabaseError as error:  # looked at again once the database is back
            log.error("feeds_not_read", exc_info=error)
            close_old_connections()
        connection.close()
        stop.wait(LOOK_SECONDS)


def read_one(due: feeds.Due) -> None:
    """One calendar. What goes wrong is said with the feed, and what was known of it stays."""
    try:
        data = fetched(feeds.address_of(due.feed))
        found = read_apart(data, due.zone, due.first, due.last)
    except (ConnectorError, Unreadable, SealBroken) as error:
        log.warning("feed_failed", feed=str(due.feed.id), error=type(error).__name__)
        feeds.failed(due.feed, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return
    feeds.bring(due.feed, found, now=clock.now())


def fetched(address: str) -> bytes:
    """The bytes of a calendar. ConnectorError says what is wrong, without the address, which may hold a secret."""
    parts = urlsplit(address)
    for _ in range(MOST_HOPS + 1):
        try:
            parts = urlsplit(feeds.checked_address(parts.geturl()))
        except BadInput:
            raise ConnectorError("it sends us on to an address that we do not ask", temporary=False) from None
        status, headers, body = _got(parts)
        if status in (301, 302, 303, 307, 308):
            parts = urlsplit(urljoin(parts.geturl(), headers.get("Location", "")))
            continue
        if status in (401, 403, 404, 410):
            words = f"its server answers {status}: the address may have been changed or withdrawn"
            raise ConnectorError(words, temporary=False)
        if status != 200:
            raise ConnectorError(f"its server answers {status}", temporary=True)
        return body
    raise ConnectorError("its server sends us on and on", temporary=False)


def _got(parts: SplitResult) -> tuple[int, Any, bytes]:
    host = parts.hostname or ""
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(host, parts.port, timeout=SECONDS)
    try:
        found = _allowed(host, line.port)
        line._create_connection = lambda _, *rest: socket.create_connection(found, *rest)  # type: ignore[attr-defined]
        with within(WHOLE_SECONDS, line) as late:
            line.request("GET", parts._replace(scheme="", netloc="", fragment="").geturl() or "/")
            with line.getresponse() as answer:
                body = answer.read(LARGEST + 1)
                if answer.length and len(body) <= LARGEST:  # bytes that were announced and did not come
                    raise http.client.IncompleteRead(b"", answer.length)
        if late.is_set():
            raise TimeoutError
    except (OSError, ssl.SSLError, http.client.HTTPException, UnicodeError) as error:
        raise ConnectorError(f"its server {unanswered(error)}", temporary=True) from None
    finally:
        line.close()
    if len(body) > LARGEST:
        raise ConnectorError("the calendar is larger than 50 MB", temporary=False)
    return answer.status, answer.headers, body


def _allowed(host: str, port: int) -> tuple[str, int]:
    """Where a name leads, if that may be asked: a public address, or loopback where the name itself says so."""
    ours = host.casefold() in ("localhost", "127.0.0.1", "::1")
    for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if address.is_loopback if ours else address.is_global and not address.is_multicast:
            return str(place[0]), port
    raise ConnectorError("its name leads into our own network; only public addresses are read", temporary=False)
