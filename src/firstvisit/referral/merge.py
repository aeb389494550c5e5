"""A second reading of the same request: what was newly stated completes and corrects the first."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from firstvisit.referral.record import Referral


def joined(old: Referral, new: Referral) -> tuple[Referral, tuple[str, ...]]:
    """One reading of two, and the paths whose stated value changed.

    Newly stated values win, with their evidence; what the newer one does not state stays. Lists are taken
    whole from the newer one, except documents and consents, which add up.
    """
    changed: list[str] = []
    merged = _parts(old, new, "", changed)
    documents = tuple(dict.fromkeys((*(old.documents or ()), *(new.documents or ()))))
    merged["documents"] = documents if old.documents is not None or new.documents is not None else None
    merged["consents"] = (*old.consents, *(c for c in new.consents if c not in old.consents))
    merged["evidence"] = {**old.evidence, **new.evidence}
    merged["channel"] = old.channel
    return Referral.model_validate(merged), tuple(changed)


def _parts(old: BaseModel, new: BaseModel, path: str, changed: list[str]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in type(old).model_fields:
        was, now = getattr(old, name), getattr(new, name)
        where = f"{path}{name}"
        if name in ("evidence", "consents", "documents", "channel") and not path:
            continue
        if isinstance(was, BaseModel) and isinstance(now, BaseModel):
            merged[name] = _parts(was, now, f"{where}.", changed)
            continue
        if now is not None and was is not None and now != was:
            changed.append(where)
        merged[name] = was if now is None else now
    return merged
