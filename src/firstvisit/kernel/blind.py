"""Blind tokens: what a sealed value is looked up by.

A token is a keyed hash (HMAC-SHA256 under the blind key, cut to 128 bits): equal values give equal tokens
and nobody without the key can compute one. Kinds are kept apart, so a phone never meets a birth date.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from firstvisit.kernel.seal import ring

_LOOK_SECONDS = 1.0
"""No rotation changes the blind key, and a referral needs dozens of tokens: the key file is looked at once a second."""
_BLOCK = 64
"""Bytes of one block of SHA-256."""


class _Keyed(NamedTuple):
    """HMAC's two hashes after their first block, which the key alone decides (RFC 2104): a token copies them."""

    file: Path
    looked: float
    inner: hashlib._Hash
    outer: hashlib._Hash


_kept: _Keyed | None = None


def token(kind: str, *values: str) -> uuid.UUID:
    """The token of one value or of several that count together, as a UUID (128 bits)."""
    return uuid.UUID(bytes=_digest(kind, values)[:16])


def short(kind: str, *values: str, bits: int) -> int:
    """The first `bits` of the token: so short that different values share it."""
    return int.from_bytes(_digest(kind, values)[:8], "big") >> 64 - bits


def _digest(kind: str, values: tuple[str, ...]) -> bytes:
    keyed = _keyed()
    inner, outer = keyed.inner.copy(), keyed.outer.copy()
    inner.update("\x1f".join((kind, *values)).encode())
    outer.update(inner.digest())
    return outer.digest()


def _keyed() -> _Keyed:
    global _kept
    kept, now = _kept, time.monotonic()
    if kept is not None and kept.file is settings.KEY_FILE and now - kept.looked < _LOOK_SECONDS:
        return kept
    key = ring().blind_key.ljust(_BLOCK, b"\0")
    _kept = _Keyed(
        settings.KEY_FILE,
        now,
        hashlib.sha256(bytes(byte ^ 0x36 for byte in key)),
        hashlib.sha256(bytes(byte ^ 0x5C for byte in key)),
    )
    return _kept
