"""Blind tokens: what a sealed value is looked up by.

A token is a keyed hash (HMAC-SHA256 under the blind key, cut to 128 bits): equal values give equal tokens
and nobody without the key can compute one. Kinds are kept apart, so a phone never meets a birth date.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from pathlib import Path

from django.conf import settings

from firstvisit.kernel.seal import ring

_LOOK_SECONDS = 1.0
"""No rotation changes the blind key, and a referral needs dozens of tokens: the key file is looked at once a second."""
_kept: tuple[Path, bytes, float] | None = None


def token(kind: str, *values: str) -> uuid.UUID:
    """The token of one value or of several that count together, as a UUID (128 bits)."""
    message = "\x1f".join((kind, *values)).encode()
    return uuid.UUID(bytes=hmac.digest(_key(), message, hashlib.sha256)[:16])


def _key() -> bytes:
    global _kept
    kept, now = _kept, time.monotonic()
    if kept is not None and kept[0] == settings.KEY_FILE and now - kept[2] < _LOOK_SECONDS:
        return kept[1]
    _kept = (settings.KEY_FILE, ring().blind_key, now)
    return _kept[1]
