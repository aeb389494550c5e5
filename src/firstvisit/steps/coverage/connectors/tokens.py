"""OAuth 2 tokens of vendors (client credentials), kept in memory until they end and asked for by one at a time."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.connectors import line

_EARLIER: Final = 30.0
"""Seconds before its end that a token is not used any more: a question may wait so long for its payer."""
_USUAL: Final = 60.0
"""Seconds that a token is used of which nobody said how long it holds."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A token and how many seconds it holds."""

    token: str
    seconds: float


@dataclass(slots=True)
class _Shelf:
    """The token of one client; whoever holds the lock may ask for a new one."""

    lock: threading.Lock
    token: str = ""
    until: float = 0.0


class Tokens:
    """The tokens of one vendor, by client. Nothing of them is ever written down."""

    def __init__(self) -> None:
        self._shelves: dict[str, _Shelf] = {}
        self._lock = threading.Lock()

    def of(self, client: tuple[str, ...], ask: Callable[[], Grant], *, wait: float) -> str:
        """A token that still holds, asked for where there is none. Who comes while another asks waits at most `wait`
        seconds; ConnectorError, temporary, after that."""
        shelf = self._shelf(client)
        if not shelf.lock.acquire(timeout=wait):
            raise ConnectorError("no token came in time", temporary=True)
        try:
            if not shelf.token or time.monotonic() >= shelf.until:
                grant = ask()
                shelf.token = grant.token
                shelf.until = time.monotonic() + max(grant.seconds - _EARLIER, grant.seconds / 2)
            return shelf.token
        finally:
            shelf.lock.release()

    def drop(self, client: tuple[str, ...], token: str) -> None:
        """Forget a token that was refused."""
        shelf = self._shelf(client)
        with shelf.lock:
            if shelf.token == token:
                shelf.token = ""

    def _shelf(self, client: tuple[str, ...]) -> _Shelf:
        key = hashlib.sha256("\0".join(client).encode()).hexdigest()
        with self._lock:
            return self._shelves.setdefault(key, _Shelf(threading.Lock()))


def granted(answer: line.Answer, *, whom: str, look_at: str) -> Grant:
    """The token of an answer. ConnectorError where it holds none; a client that is not known is told by 400 as well
    (RFC 6749, section 5.2)."""
    if answer.status == 400:
        raise ConnectorError(
            f"{whom} gives us no token ({answer.status}): look at {look_at}", temporary=False
        )
    said = line.taken(answer, whom=whom, look_at=look_at).json()
    token = said.get("access_token") if isinstance(said, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise ConnectorError(f"{whom} answers without a token", temporary=True)
    try:
        seconds = float(said.get("expires_in") or _USUAL)
    except (TypeError, ValueError):
        seconds = _USUAL
    return Grant(token, seconds if 0 < seconds < 10**6 else _USUAL)


def with_token(
    shelf: Tokens,
    client: tuple[str, ...],
    ask: Callable[[], Grant],
    once: Callable[[str], line.Answer],
    *,
    budget: line.Budget,
) -> line.Answer:
    """What `once` answers with a token; a token that is refused (401) though it should still hold is renewed, once."""
    token = shelf.of(client, ask, wait=budget.left)
    answer = once(token)
    if answer.status == 401:
        shelf.drop(client, token)
        answer = once(shelf.of(client, ask, wait=budget.left))
    return answer
