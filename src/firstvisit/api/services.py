"""Keys of machines: made, listed, revoked."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Final
from urllib.parse import urlsplit

from firstvisit.api.models import ApiKey
from firstvisit.kernel import audit, clock
from firstvisit.kernel.addresses import is_ours
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import BadInput, Problem

READ: Final = ("Patient", "ServiceRequest", "Task", "Coverage", "Appointment", "DocumentReference")
"""FHIR resources that can be read."""
SCOPES = {
    "referrals:write": "send referrals",
    "fhir:write": "send referrals as FHIR resources",
    "fhir:read": "read patients, requests, coverage and documents as FHIR resources",
    **{f"fhir:read:{kind}": f"read {kind} resources alone" for kind in READ},
}
_PREFIX = "fv_"
_KEEP_SECONDS = 5.0
_lock = threading.Lock()
_seen: dict[object, tuple[float, ApiKey]] = {}


def make_key(*, name: str, scopes: list[str], actor: Actor, files_from: str = "") -> tuple[ApiKey, str]:
    """A new key and its text, which is shown this once and kept nowhere. BadInput where files would be fetched from
    somebody else without encryption."""
    parts = urlsplit(files_from)
    ours = parts.scheme == "http" and is_ours(parts.hostname or "example.org")
    if files_from and not (parts.hostname and (parts.scheme == "https" or ours)):
        raise BadInput([Problem("files_from", "must look like https://emr.example.org/fhir")])
    text = _PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name, token=token("api_key", text), scopes=scopes, files_from=files_from.rstrip("/"), made_at=clock.now()
    )
    audit.note(actor, "api_key_made", "api_key", [key.id])
    return key, text


def revoke_key(key: ApiKey, *, actor: Actor) -> None:
    """The key opens nothing any more; processes that saw it notice within five seconds."""
    key.revoked_at = clock.now()
    key.save(update_fields=["revoked_at"])
    audit.note(actor, "api_key_revoked", "api_key", [key.id])


def key_of(text: str) -> ApiKey | None:
    """The live key behind a text, or None. Remembered for five seconds, so that a burst asks once."""
    mark = token("api_key", text)
    moment = time.monotonic()
    with _lock:
        kept = _seen.get(mark)
        if kept is not None and moment - kept[0] < _KEEP_SECONDS:
            return kept[1]
    key = ApiKey.objects.filter(token=mark, revoked_at__isnull=True).first()
    with _lock:
        _seen.pop(mark, None)
        if key is not None:
            _seen[mark] = (moment, key)
    return key
