"""A reading without what some of its requests said: the way back from `referral.merge`. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from pydantic import BaseModel

from firstvisit.referral.merge import WORDS, evidence_of, joined
from firstvisit.referral.record import Evidence, Referral


def together(requests: Sequence[Referral]) -> Referral | None:
    """One reading of several requests, in the order in which they came; None of none."""
    return reduce(lambda before, newer: joined(before, newer)[0], requests) if requests else None


def parted(current: Referral, requests: Sequence[tuple[Referral, bool]]) -> Referral:
    """`current` without what was said only in requests that go. `requests` are all that it was made of, in the order in
    which they came, each with whether it stays.

    What a request that stays said before comes back. What somebody noted since by another way (an order that
    arrived, what a merge brought) stays as it is.
    """
    whole = together([said for said, _ in requests]) or Referral(channel=current.channel)
    nothing = Referral(channel=current.channel, lead_kind=current.lead_kind)
    rest = together([said for said, stays in requests if stays]) or nothing
    gone = [said for said, stays in requests if not stays]
    left = _parts(current, whole, rest, gone, _noted(current, whole, gone), "")
    kept = Referral.model_validate({**left, "channel": rest.channel, "consents": rest.consents})
    evidence = evidence_of(kept, current, rest)
    unsaid = [path for path in WORDS if path in evidence and getattr(kept, path) is None]
    return kept.model_copy(update={"evidence": {k: v for k, v in evidence.items() if k not in unsaid}})


def _noted(current: Referral, whole: Referral, gone: Sequence[Referral]) -> set[str]:
    """Paths whose value was noted by another way than by a request."""
    said = (whole, *gone)
    return {
        path
        for path, evidence in current.evidence.items()
        if all(other.evidence.get(path) != evidence for other in said) and _stated(evidence)
    }


def _stated(evidence: Evidence) -> bool:
    return evidence.item is not None or evidence.confirmed_by is not None


def _parts(
    current: BaseModel, whole: BaseModel, rest: BaseModel, gone: Sequence[BaseModel], noted: set[str], path: str
) -> dict[str, Any]:
    left: dict[str, Any] = {}
    for name in type(current).model_fields:
        if name in ("evidence", "consents", "channel") and not path:
            continue
        where = f"{path}{name}"
        now, was, stays = (getattr(part, name) for part in (current, whole, rest))
        theirs = [getattr(part, name) for part in gone]
        if isinstance(now, BaseModel) and isinstance(was, BaseModel) and isinstance(stays, BaseModel):
            models = [each for each in theirs if isinstance(each, BaseModel)]
            left[name] = _parts(now, was, stays, models, noted, f"{where}.")
        elif where in noted:
            left[name] = now
        elif where in WORDS:
            left[name] = stays if now == was else _words(now, theirs, stays)
        else:
            left[name] = _value(now, was, stays, theirs)
    return left


def _value(now: Any, was: Any, stays: Any, gone: Sequence[Any]) -> Any:
    if now == was:
        return stays
    if isinstance(now, tuple) and isinstance(was, tuple):
        said = stays or ()
        kept = tuple(each for each in now if each in said or each not in was)
        again = tuple(each for each in said if each not in kept and each not in was)
        return (*kept, *again) or None
    return stays if now in gone else now


def _words(now: str | None, gone: Sequence[str | None], stays: str | None) -> str | None:
    """Words that add up, without the lines that only those who go said."""
    theirs = {line for text in gone if text for line in text.split("\n")} - set((stays or "").split("\n"))
    lines = [line for line in (now or "").split("\n") if line and line not in theirs]
    return "\n".join(lines) or None
