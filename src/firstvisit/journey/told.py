"""What was promised to whoever asked: by when somebody calls or writes, as the page said it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

TELLS: Final = frozenset({"form", "web_form", "refer", "event", "guide", "preferences"})
"""Our own pages: whoever asks by one reads at once by when they hear from us."""


def told_by(source: str, answer: Mapping[str, Any] | None, code: str, *, mailed: bool) -> datetime | None:
    """By when the sender of an item was told that the lead of this code is answered; None where nothing was said: by
    a fax, of the further patients of a delivery, or where a person had decided and only reads. The page of a guide
    names no day, only the e-mail that goes where we may write (`mailed`)."""
    if source == "guide" and not mailed:
        return None
    if source not in TELLS or not answer or answer.get("again") or code in answer.get("others", ()):
        return None
    said = answer.get("by")
    return datetime.fromisoformat(said) if said else None


def stands(told: Iterable[tuple[datetime, datetime | None]], attempts: Iterable[datetime]) -> datetime | None:
    """The earliest promise that nobody has kept or broken by trying since. `told`: when each thing came and what was
    promised with it; `attempts`: when people tried to reach them, and when a visit was booked, which is an answer."""
    tried = max(attempts, default=None)
    return min((by for at, by in told if by is not None and (tried is None or at > tried)), default=None)
