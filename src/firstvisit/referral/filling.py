"""What somebody unknown may say of a patient who is here: it fills what nobody has said and changes nothing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from firstvisit.referral.adding import (
    WAYS,
    WHO,
    differ,
    each_once,
    is_named,
    same_diagnosis,
    same_event,
    same_frequency,
    same_sender,
)
from firstvisit.referral.merge import WORDS, same_payer
from firstvisit.referral.record import (
    DAYS_OF_SURGERY,
    ONE_PATIENT,
    ORDER_HERE,
    Contact,
    Frozen,
    Patient,
    Referral,
)

_THEIRS: Final = frozenset({
    "channel", "lead_kind", "taken_at", "not_known", "attribution", "concern", "asks", "not_a_referral", "escalate",
    "escalate_reason", "contact", "patient", "referrer", "also_referred", "ordering", "also_ordered", "documents",
    "evidence", "consents",
})  # fmt: skip
"""What is about whoever sends, or is seen to by itself."""
_NAMING: Final = frozenset({
    "first_name", "middle_name", "last_name", "suffix", "preferred_name", "date_of_birth", "age_years",
})  # fmt: skip
"""By these the patient was known; another form of them is kept with the person (`Identity.also_stated`)."""
_NO_FILLING: Final = frozenset({*WORDS, ONE_PATIENT, DAYS_OF_SURGERY, ORDER_HERE})
"""What stands in the evidence without a value that fills anything."""
_HOME: Final = ("street", "city", "state", "postal_code")
_PHONE: Final = ("phone", "extension")
_LISTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "events": lambda was, now: same_event(was, now, False),
    "diagnoses": lambda was, now: same_diagnosis(was, now, False),
    "frequencies": lambda was, now: same_frequency(was, now, False),
    "payers": same_payer,
}
_WISHES: Final = ("timing", "setting", "availability", "hours", "events")
"""When and where care is wanted and what makes it pressing: the family's to say, once one of them has asked."""
_Part = TypeVar("_Part", bound=Frozen)


class Filling(NamedTuple):
    """Of what somebody unknown stated: what fills the reading, and the paths where it says otherwise."""

    fills: Referral
    otherwise: tuple[str, ...]


def filling(stands: Referral, said: Referral) -> Filling:
    """What of `said` may join what `stands` without changing any of it. A home, a phone with its extension and a
    contact are one thing each: none is put together of two people's words. Their own words are theirs and fill
    nothing; documents add up; whoever else sends or orders stands beside the first."""
    fills: dict[str, Any] = {"channel": stands.channel}
    otherwise: list[str] = []
    for name in type(said).model_fields:
        was, now = getattr(stands, name), getattr(said, name)
        if name in _THEIRS or now is None:
            continue
        if was is None and not _may_fill(name, now, stands, said):
            otherwise.append(name)
        elif name in _LISTS:
            fills[name], more = _entries(was, now, _LISTS[name])
            otherwise += [name] if more else []
        elif isinstance(now, Frozen):
            part, others = _part(was, now, f"{name}.")
            fills[name] = part
            otherwise += others
        elif was is None:
            fills[name] = now
        elif name == "disciplines" and set(now) <= set(was):
            continue
        elif differ(was, now):
            otherwise.append(name)
    fills["patient"], others = _patient(stands.patient, said.patient)
    otherwise += others
    known = is_named(stands.contact, ("name", "phone", "email"))
    fills["contact"] = Contact() if known else said.contact
    fills["consents"] = () if known else said.consents
    fills["documents"] = said.documents
    fills["referrer"], fills["also_referred"] = said.referrer, said.also_referred
    if not is_named(stands.referrer, (*WHO, *WAYS)) or same_sender(stands.referrer, said.referrer):
        fills["referrer"] = _filled(stands.referrer, said.referrer)
    fills["ordering"], fills["also_ordered"] = _filled(stands.ordering, said.ordering), said.also_ordered
    if any(differ(getattr(stands.ordering, who), getattr(said.ordering, who)) for who in WHO):
        fills["ordering"] = stands.ordering
        fills["also_ordered"] = each_once((*(said.also_ordered or ()), said.ordering))
    own = {path: each for path, each in said.evidence.items() if path not in _NO_FILLING}
    whole = Referral.model_validate({**fills, "evidence": own})
    return Filling(whole, tuple(otherwise))


def _may_fill(name: str, now: Any, stands: Referral, said: Referral) -> bool:
    """Whether a stranger's word may fill what nobody has said. What puts care off turns a family away, so it never
    does; of what happened an office may tell."""
    if name == "not_before" or (name == "timing" and now == "later"):
        return False
    told_by_office = name == "events" and said.lead_kind == "referral_partner"
    return name not in _WISHES or told_by_office or stands.lead_kind == "referral_partner"


def _patient(was: Patient, now: Patient) -> tuple[Patient, list[str]]:
    stated = now
    otherwise: list[str] = []
    for together in (_HOME, _PHONE):
        others = [name for name in together if differ(getattr(was, name), getattr(now, name))]
        if others:
            otherwise += [f"patient.{name}" for name in others]
            stated = stated.model_copy(update=dict.fromkeys(together))
    part, others = _part(was, stated, "patient.")
    otherwise += [path for path in others if path.partition(".")[2] not in _NAMING]
    return part, otherwise


def _part(was: _Part, now: _Part, path: str) -> tuple[_Part, list[str]]:
    """Of one part what fills the other, and the paths where both say something else."""
    others = [f"{path}{name}" for name, value in now if differ(getattr(was, name), value)]
    missing = {name: value for name, value in now if getattr(was, name) is None and value is not None}
    return type(now)(**missing), others


def _filled(was: _Part, now: _Part) -> _Part:
    """A part with what it does not say itself."""
    missing = {name: value for name, value in now if value is not None and getattr(was, name) is None}
    return was.model_copy(update=missing)


def _entries(
    was: tuple[_Part, ...] | None, now: tuple[_Part, ...], same: Callable[[_Part, _Part], bool]
) -> tuple[tuple[_Part, ...] | None, bool]:
    """The entries that stand, each filled by the one that says the same; and whether there are others."""
    if was is None:
        return now, False
    found, others = list(was), False
    for each in now:
        place = next((n for n, one in enumerate(found) if same(one, each)), None)
        if place is None:
            others = True
        else:
            filled = _filled(found[place], each)
            others = others or any(
                name not in ("words", "kind") and differ(getattr(filled, name), value) for name, value in each
            )
            found[place] = filled
    return tuple(found), others
