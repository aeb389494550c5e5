"""What a later request adds to a reading: therapies, events, diagnoses, frequencies, who else sends or orders. Pure.

Nothing that was stated goes away because somebody else states something else. What says the same is said once and
completed; a date or a frequency that one of ours types anew is a correction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from firstvisit.kernel.folding import folded
from firstvisit.referral.record import (
    DAYS_OF_SURGERY,
    TYPED_BY,
    ClinicalEvent,
    Clinician,
    Diagnosis,
    Frequency,
    Frozen,
    Referral,
    Referrer,
)

ADDING: Final = (
    "disciplines", "events", "diagnoses", "frequencies", "referrer", "also_referred", "ordering", "also_ordered",
)  # fmt: skip
"""The parts of a reading that this module adds up."""
ALSO: Final = ("also_referred", "also_ordered")
"""The people who stand beside the first one."""
WAYS: Final = ("phone", "fax", "email")
WHO: Final = ("name", "organization", "npi")
_SIDE: Final = re.compile(r"(?i)\b(?:left|right)\b")
_Part = TypeVar("_Part", bound=Frozen)
_Each = TypeVar("_Each")


def added(old: Referral, new: Referral) -> dict[str, Any]:
    """The parts of `ADDING` of a reading of both."""
    referrer, also_referred, beside = _senders(old, new)
    ordering, also_ordered = _orderers(old, new, beside=beside)
    return {
        "disciplines": each_once((*(old.disciplines or ()), *(new.disciplines or ()))),
        "events": _events(old, new),
        "diagnoses": _listed(old.diagnoses, new.diagnoses, same_diagnosis),
        "frequencies": _listed(old.frequencies, new.frequencies, same_frequency, _typed(new, "frequencies")),
        "referrer": referrer,
        "also_referred": also_referred,
        "ordering": ordering,
        "also_ordered": also_ordered,
    }


def surgery_in_doubt(old: Referral, new: Referral) -> bool:
    """Whether the newer request gives another day for what may be the surgery that was stated before, or nobody has
    said yet which of two such days holds. Whatever one of ours types of the events settles it."""
    if _typed(new, "events"):
        return False
    known = _surgeries(old)
    others = [now for now in _surgeries(new) if all(now.date != was.date for was in known)]
    return DAYS_OF_SURGERY in old.evidence or any(not _other_side(was, now) for was in known for now in others)


def _surgeries(referral: Referral) -> list[ClinicalEvent]:
    return [event for event in referral.events or () if event.kind == "surgery" and event.date]


def _other_side(was: ClinicalEvent, now: ClinicalEvent) -> bool:
    """Whether the words of each name another side of the body: then they are two surgeries."""
    sides = [{side.casefold() for side in _SIDE.findall(event.words or "")} for event in (was, now)]
    return all(sides) and sides[0].isdisjoint(sides[1])


def _events(old: Referral, new: Referral) -> tuple[ClinicalEvent, ...] | None:
    """The events of both. Where two days of one surgery were in doubt, the one that one of ours types holds alone."""
    events, typed = _listed(old.events, new.events, same_event, _typed(new, "events")), _surgeries(new)
    if events is None or not typed or DAYS_OF_SURGERY not in old.evidence or not _typed(new, "events"):
        return events
    hold = {event.date for event in typed}
    return tuple(event for event in events if event.kind != "surgery" or event.date in hold)


def _listed(
    old: tuple[_Part, ...] | None,
    new: tuple[_Part, ...] | None,
    same: Callable[[_Part, _Part, bool], bool],
    corrected: bool = False,
) -> tuple[_Part, ...] | None:
    """Every entry once, those that were there first; one stated again is completed, and said in the newer's words."""
    if old is None or new is None:
        return new if old is None else old
    found, taken = list(old), set[int]()
    for each in new:
        place = next((n for n, was in enumerate(found) if n not in taken and same(was, each, False)), None)
        if place is None and corrected:
            alike = [n for n, was in enumerate(found[: len(old)]) if n not in taken and same(was, each, True)]
            place = alike[0] if len(alike) == 1 else None
        if place is None:
            place = len(found)
            found.append(each)
        else:
            found[place] = _completed(found[place], each)
        taken.add(place)
    return tuple(found)


def _completed(was: _Part, now: _Part) -> _Part:
    return was.model_copy(update=now.model_dump(exclude_none=True))


def differ(was: object, now: object) -> bool:
    """Whether both are stated and are not the same."""
    return was is not None and now is not None and folded(str(was)) != folded(str(now))


def same_event(was: ClinicalEvent, now: ClinicalEvent, corrected: bool) -> bool:
    return was.kind == now.kind and (corrected or not differ(was.date, now.date))


def same_diagnosis(was: Diagnosis, now: Diagnosis, corrected: bool) -> bool:
    """By the code; the words decide where one has none."""
    if differ(was.side, now.side):
        return False
    if was.code and now.code:
        return not differ(was.code, now.code)
    return was.words is not None and now.words is not None and not differ(was.words, now.words)


def same_frequency(was: Frequency, now: Frequency, corrected: bool) -> bool:
    if differ(was.discipline, now.discipline):
        return False
    return corrected or not any(differ(getattr(was, name), value) for name, value in now)


def _typed(new: Referral, part: str) -> bool:
    """Whether one of ours typed this part, who had before them what was known."""
    places = [each.place for path, each in new.evidence.items() if path.partition(".")[0] == part]
    return bool(places) and all(place.startswith(TYPED_BY) for place in places)


def _senders(old: Referral, new: Referral) -> tuple[Referrer, tuple[Referrer, ...] | None, bool]:
    """(who sent it first, who else sent something, whether the newer sender is somebody else).

    Whoever states another way to be reached is kept beside the first: what is said about the patient goes on going
    where it went, until a person has asked.
    """
    was, now = old.referrer, new.referrer
    others = each_once((*(old.also_referred or ()), *(new.also_referred or ())))
    if not is_named(now, (*WHO, *WAYS)):
        return _completed(was, now) if not is_named(was, (*WHO, *WAYS)) else was, others, False
    if same_sender(was, now):
        return _completed(was, now), others, False
    return was, each_once((*(others or ()), now)), True


def same_sender(was: Referrer, now: Referrer) -> bool:
    if any(differ(getattr(was, name), getattr(now, name)) for name in WHO):
        return False
    reached = {name: getattr(was, name) for name in WAYS}
    if not any(reached.values()):
        return True
    return all(_same_way(getattr(now, name), reached[name]) for name in WAYS)


def _same_way(now: str | None, was: str | None) -> bool:
    return now is None or (was is not None and now.casefold() == was.casefold())


def _orderers(old: Referral, new: Referral, *, beside: bool) -> tuple[Clinician, tuple[Clinician, ...] | None]:
    """Who wrote the order, as was said last by the same sender, and who else was named as having written one."""
    was, now = old.ordering, new.ordering
    others = each_once((*(old.also_ordered or ()), *(new.also_ordered or ())))
    if not is_named(now, WHO) and beside:
        return was, others
    if not is_named(was, WHO) or not any(differ(getattr(was, name), getattr(now, name)) for name in WHO):
        return _completed(was, now), others
    first, second = (was, now) if beside else (now, was)
    return first, each_once((*(others or ()), second))


def is_named(part: Frozen, names: Iterable[str]) -> bool:
    return any(getattr(part, name) for name in names)


def each_once(parts: tuple[_Each, ...]) -> tuple[_Each, ...] | None:
    return tuple(part for n, part in enumerate(parts) if part not in parts[:n]) or None
