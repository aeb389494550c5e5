"""Keeping originals."""

from __future__ import annotations

from firstvisit.documents.models import Document
from firstvisit.kernel import seal
from firstvisit.kernel.ids import new_id


def kept(*, key: seal.OpenKey, body: bytes, media_type: str) -> Document:
    """A sealed original, not yet written; the caller inserts it with the item it belongs to."""
    row_id = new_id()
    return Document(
        id=row_id,
        key_id=key.id,
        media_type=media_type,
        size=len(body),
        sealed=seal.seal(key, "documents_document", "sealed", row_id, body),
    )


def body(document: Document, key: seal.OpenKey) -> bytes:
    """The original again, byte for byte."""
    return seal.unseal(key, "documents_document", "sealed", document.id, document.sealed)
