"""A second reading of the same request: what was newly stated completes and corrects the first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from pydantic import BaseModel

from firstvisit.kernel.folding import folded
from firstvisit.referral.adding import ADDING, ALSO, added, surgery_in_doubt
from firstvisit.referral.names import crossed
from firstvisit.referral.record import (
    DAYS_OF_SURGERY,
    ONE_PATIENT,
    ORDER_HERE,
    REFERRER_JOINED,
    Attribution,
    Evidence,
    Payer,
    Referral,
)

ACCIDENT: Final = ("workers_comp", "auto")
"""Payers of an injury at work or on the road; a health plan pays after them."""
CROSSED: Final = "patient.names_crossed"
"""Said among what changed where first and last name came in each other's field; the names themselves stay."""
_JOINED_APART: Final = ("evidence", "consents", "documents", "channel", "attribution", "not_known", "taken_at")
_SETTLED: Final = (ONE_PATIENT, DAYS_OF_SURGERY, REFERRER_JOINED)
"""What stands in the evidence without a value of its own."""
WORDS: Final = ("concern", "asks")
"""Their own words, which add up."""
MOST_WORDS = 8000
"""Characters kept of what was said in several requests; each original is kept whole."""


def joined(old: Referral, new: Referral, *, one_delivery: bool = False) -> tuple[Referral, tuple[str, ...]]:
    """One reading of two, and the paths whose stated value changed.

    Newly stated values win, with their evidence; what the newer one does not state stays. Documents, consents, payers,
    therapies, events, diagnoses and frequencies add up (`adding`), other lists are taken whole from the newer one; a
    person's own words are kept beside those said before. Whoever else sends something stands beside the first sender:
    two people are never made one. A patient's first and last name that stand in each other's field change nothing; that
    they came so is said.

    In `one_delivery` (a message and what is attached to it) there is one sender, and both tell of the same events.
    """
    changed: list[str] = []
    was, now = old.patient, new.patient
    if crossed(was.first_name, was.last_name, now.first_name, now.last_name):
        changed.append(CROSSED)
        uncrossed = {"first_name": was.first_name, "last_name": was.last_name}
        new = new.model_copy(update={"patient": now.model_copy(update=uncrossed)})
    merged = _parts(old, new, "", changed, () if one_delivery else ADDING)
    for name, value in ({} if one_delivery else added(old, new)).items():
        merged[name] = value
        changed += _said_anew(name, getattr(old, name), value)
    documents = tuple(dict.fromkeys((*(old.documents or ()), *(new.documents or ()))))
    merged["documents"] = documents if old.documents is not None or new.documents is not None else None
    merged["payers"] = _payers(old.payers, new.payers)
    merged["consents"] = (*old.consents, *(c for c in new.consents if c not in old.consents))
    merged["channel"] = old.channel
    merged["taken_at"] = old.taken_at or new.taken_at
    merged["not_known"] = tuple(dict.fromkeys((*(old.not_known or ()), *(new.not_known or ())))) or None
    merged["attribution"] = _touched(old.attribution, new.attribution)
    for words in WORDS:
        merged[words] = _both(getattr(old, words), getattr(new, words))
    whole = Referral.model_validate(merged)
    evidence = evidence_of(whole, old, new)
    evidence.pop(DAYS_OF_SURGERY, None)
    if not one_delivery and surgery_in_doubt(old, new):
        evidence[DAYS_OF_SURGERY] = Evidence(place="another day was stated")
    return whole.model_copy(update={"evidence": evidence}), tuple(changed)


def _said_anew(name: str, was: Any, now: Any) -> list[str]:
    """The paths of a part that adds up whose stated value changed; that somebody else sends or orders is said too."""
    if isinstance(was, BaseModel):
        stated = was.model_dump(exclude_none=True)
        return [f"{name}.{field}" for field, value in stated.items() if getattr(now, field) != value]
    return [name] if now != was and (was is not None or name in ALSO) else []


def evidence_of(whole: Referral, old: Referral, new: Referral) -> dict[str, Evidence]:
    """The evidence of every value that still stands, under the path it has now: an entry of a list may have moved, and
    what was said otherwise since has no place in what was said before. Words that add up keep theirs."""
    kept: dict[str, Evidence] = {}
    stated = whole.model_dump(exclude={"evidence"})
    for part in (old, new):
        said = part.model_dump(exclude={"evidence"}) if part.evidence else {}
        for path, evidence in part.evidence.items():
            if path in (*WORDS, *_SETTLED) or (path == ORDER_HERE and whole.order_signed is part.order_signed):
                kept[path] = evidence
            elif (now := _moved(path, said, stated)) is not None:
                kept[now] = evidence
    return kept


def _moved(path: str, said: dict[str, Any], stated: dict[str, Any]) -> str | None:
    """Where the value that `said` has at `path` stands in `stated`; None where it does not."""
    value, head, _, rest = _value(said, path), *path.partition(".")
    if value is None:
        return None
    if _value(stated, path) == value:
        return path
    number, _, field = rest.partition(".")
    if not number.isdigit():
        return None
    places = (f"{head}.{n}{field and '.'}{field}" for n in range(len(stated.get(head) or ())))
    return next((place for place in places if _value(stated, place) == value), None)


def _value(part: Any, path: str) -> Any:
    """The value at a path of plain data; None where there is none."""
    for name in path.split("."):
        if isinstance(part, dict):
            part = part.get(name)
        elif isinstance(part, tuple | list) and name.isdigit():
            part = part[int(name)] if int(name) < len(part) else None
        else:
            return None
    return part


def _payers(old: tuple[Payer, ...] | None, new: tuple[Payer, ...] | None) -> tuple[Payer, ...] | None:
    """Every payer once. One that is stated again is completed and corrected; another joins it and goes before it, for
    what they say now is what they expect to pay; but an accident's payer stays first, as it pays before any plan."""
    if old is None or new is None:
        return new if old is None else old
    rest, found = list(old), []
    for payer in new:
        before = next((other for other in rest if same_payer(other, payer)), None)
        if before is None:
            found.append(payer)
            continue
        rest.remove(before)
        stated = payer.model_dump(exclude_none=True)
        if payer.kind == "unknown" and before.kind is not None:
            del stated["kind"]
        found.append(before.model_copy(update=stated))
    return tuple(sorted((*found, *rest), key=lambda payer: payer.kind not in ACCIDENT))


def of_accident(payer: Payer) -> bool:
    """Whether this is who pays for an injury at work or on the road: its kind says it, or a claim."""
    return payer.kind in ACCIDENT or payer.claim_number is not None


def same_payer(one: Payer, other: Payer) -> bool:
    """A number in common is the same payer; other numbers are another card; else the kind and the name tell. Who pays
    for an accident is never the plan on a card."""
    for number in ("member_id", "claim_number"):
        mine, theirs = getattr(one, number), getattr(other, number)
        if mine and theirs:
            return folded(mine) == folded(theirs)
    if one.name and other.name:
        return folded(one.name) == folded(other.name)
    if of_accident(one) != of_accident(other):
        plan = other if of_accident(one) else one
        return not (plan.name or plan.member_id or plan.kind)
    kinds = {one.kind, other.kind} - {None, "unknown"}
    return len(kinds) < 2


def _touched(old: Attribution | None, new: Attribution | None) -> Attribution | None:
    """The first touch stays whatever comes later; the last is the newest there is."""
    if old is None or new is None:
        return old or new
    return Attribution(
        kind=old.kind or new.kind,
        first=old.first or new.first,
        last=new.last or old.last,
        heard_of_us=old.heard_of_us or new.heard_of_us,
    )


def _both(was: str | None, now: str | None) -> str | None:
    """What was said before and what was said now; a repetition is said once, and a line that now goes on is not said
    before it again. What is new is kept whole."""
    if was is None or now is None or now in was:
        return was if now is None or (was is not None and now in was) else now
    was = "\n".join(line for line in was.split("\n") if line not in now)
    if not was:
        return now
    return f"{was[: max(0, MOST_WORDS - len(now) - 1)]}\n{now}"


def _parts(
    old: BaseModel, new: BaseModel, path: str, changed: list[str], but: Collection[str] = ()
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in type(old).model_fields:
        was, now = getattr(old, name), getattr(new, name)
        where = f"{path}{name}"
        if name in but or (name in _JOINED_APART and not path):
            continue
        if isinstance(was, BaseModel) and isinstance(now, BaseModel):
            merged[name] = _parts(was, now, f"{where}.", changed)
            continue
        if now is not None and was is not None and now != was:
            changed.append(where)
        merged[name] = was if now is None else now
    if merged.get("extension") and getattr(new, "phone", None) not in (None, getattr(old, "phone", None)):
        merged["extension"] = getattr(new, "extension", None)  # the old one belongs to the old number
    return merged
