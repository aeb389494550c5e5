"""Blind tokens: what a sealed value is looked up by.

A token is a keyed hash (HMAC-SHA256 under the blind key, cut to 128 bits): equal values give equal tokens
and nobody without the key can compute one. Kinds are kept apart, so a phone never meets a birth date.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
import uuid

from firstvisit.kernel.seal import ring


def token(kind: str, *values: str) -> uuid.UUID:
    """The token of one value or of several that count together, as a UUID (128 bits)."""
    message = "\x1f".join((kind, *values)).encode()
    return uuid.UUID(bytes=hmac.digest(ring().blind_key, message, hashlib.sha256)[:16])


def folded(text: str) -> str:
    """A name or address as it is compared: no case, no accents, only letters and digits."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())
