"""Sealed values: AES-256-GCM under a data key of their own, bound to the row they belong to.

Every person and every received item has a data key; the master key in the key file wraps it. The bytes
are nonce (12) + ciphertext + tag (16). The associated data is "table:column:row id", so a value copied to
another row does not open. Destroying a data key makes everything under it unreadable for good.
"""

from __future__ import annotations

import json
import os
import uuid
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from firstvisit.kernel.errors import SealBroken
from firstvisit.kernel.ids import new_id
from firstvisit.kernel.keyring import Keyring, keyring
from firstvisit.kernel.models import DataKey

NONCE = 12
_JSON = json.JSONEncoder(separators=(",", ":"))


class OpenKey(NamedTuple):
    """A data key ready for use; `id` is its row in the database."""

    id: uuid.UUID
    cipher: AESGCM


def ring() -> Keyring:
    """The installation's key ring."""
    return keyring(settings.KEY_FILE)


def new_key() -> tuple[DataKey, OpenKey]:
    """A fresh data key: the row to insert (before any row that uses it) and the key itself."""
    raw, row_id, keys = os.urandom(32), new_id(), ring()
    return (
        DataKey(id=row_id, wrapped=wrap(raw, row_id, keys), master=keys.current),
        OpenKey(row_id, AESGCM(raw)),
    )


def open_key(row: DataKey) -> OpenKey:
    """Unwrap a data key. SealBroken when it was destroyed or the master key is not in the key file."""
    return OpenKey(row.id, AESGCM(unwrap(row, ring())))


def wrap(raw: bytes, row_id: uuid.UUID, keys: Keyring) -> bytes:
    """Seal a data key under the current master key."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(keys.master[keys.current]).encrypt(
        nonce, raw, _place("kernel_datakey", "wrapped", row_id)
    )


def unwrap(row: DataKey, keys: Keyring) -> bytes:
    """The 32 bytes of a data key."""
    if row.wrapped is None:
        raise SealBroken(f"data key {row.id} was destroyed on {row.destroyed_at}")
    if row.master not in keys.master:
        raise SealBroken(f"data key {row.id} needs master key {row.master}, which is not in the key file")
    wrapped = bytes(row.wrapped)
    try:
        return AESGCM(keys.master[row.master]).decrypt(
            wrapped[:NONCE], wrapped[NONCE:], _place("kernel_datakey", "wrapped", row.id)
        )
    except InvalidTag:
        raise SealBroken(f"data key {row.id} does not open with this key file") from None


def seal(key: OpenKey, table: str, column: str, row_id: uuid.UUID, plain: bytes) -> bytes:
    """Seal bytes for one column of one row."""
    nonce = os.urandom(NONCE)
    return nonce + key.cipher.encrypt(nonce, plain, _place(table, column, row_id))


def unseal(key: OpenKey, table: str, column: str, row_id: uuid.UUID, sealed: bytes | memoryview) -> bytes:
    """The bytes again. SealBroken when they belong to another row, another key, or were changed."""
    data = bytes(sealed)
    try:
        return key.cipher.decrypt(data[:NONCE], data[NONCE:], _place(table, column, row_id))
    except InvalidTag:
        raise SealBroken(f"{table}.{column} of row {row_id} does not open") from None


def seal_json(key: OpenKey, table: str, column: str, row_id: uuid.UUID, value: Any) -> bytes:
    """Seal anything JSON can say."""
    return seal(key, table, column, row_id, _JSON.encode(value).encode())


def unseal_json(key: OpenKey, table: str, column: str, row_id: uuid.UUID, sealed: bytes | memoryview) -> Any:
    """The JSON value again."""
    return json.loads(unseal(key, table, column, row_id, sealed))


def _place(table: str, column: str, row_id: uuid.UUID) -> bytes:
    return f"{table}:{column}:{row_id}".encode()
