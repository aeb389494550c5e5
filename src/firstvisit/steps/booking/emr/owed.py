"""What the EMR has not been told yet: the visits as they stand beside what was said of them. Pure.

It compares states and follows no events, so that nothing is told twice or forgotten, whichever door a change came
through and however often it is asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from firstvisit.steps.booking.emr.rules import Emr

STANDS: Final = ("booked", "arrived", "completed", "left")
"""Statuses of a visit that took or takes place as far as a calendar goes."""
_OVER: Final = ("cancelled", "deleted")
BY_MISTAKE: Final = "by_mistake"


class Visit(NamedTuple):
    """An appointment as it stands (`models.Appointment`)."""

    id: uuid.UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    sequence: int = 0
    why: str = ""


class Told(NamedTuple):
    """One telling as it stands (`models.Outgoing`)."""

    id: uuid.UUID
    key: str
    what: str
    way: str
    status: str
    number: int
    wanted_at: datetime
    appointment: uuid.UUID | None = None
    kind: str = ""
    sequence: int = 0
    told_start: datetime | None = None
    tries: int = 0
    why: str = ""

    @property
    def unsaid(self) -> bool:
        """Whether nobody has been told a word of it yet."""
        return self.status == "wanted" and not self.tries


class Owed(NamedTuple):
    """What is to be told anew; the keys of what is not to be told any more, and of what is after all."""

    new: tuple[Told, ...] = ()
    gone: tuple[str, ...] = ()
    again: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.again)


def owed(visits: Sequence[Visit], told: Sequence[Told], rules: Emr, *, prefix: str, now: datetime) -> Owed:
    """What of a lead is owed to the EMR. A visit that is over is told for the first time to nobody."""
    gone = _gone(visits, told)
    again, new = list[str](), list[Told]()
    number = max((each.number for each in told), default=0)
    patient = next((each for each in told if each.what == "patient"), None)
    for visit in visits if rules.way != "none" else ():
        before = [each for each in told if each.appointment == visit.id and each.what != "patient"]
        what = _next(visit, [each for each in before if each.status != "withdrawn" and each.key not in gone], now)
        if what is None:
            continue
        if patient is None:
            number += 1
            patient = Told(_NEW, f"{prefix}:emr:patient", "patient", rules.way, "wanted", number, now, visit.id)
            new.append(patient)
        elif patient.status == "withdrawn" and patient.key not in again:
            again.append(patient.key)
        if rules.appointments:
            number += 1
            key = f"{prefix}:emr:{visit.id}:{len(before)}"
            new.append(
                Told(_NEW, key, what, rules.way, "wanted", number, now, visit.id, "", visit.sequence, visit.starts_at)
            )
    return Owed(tuple(new), tuple(sorted(gone)), tuple(again))


_NEW: Final = uuid.UUID(int=0)


def _next(visit: Visit, said: Sequence[Told], now: datetime) -> str | None:
    """What is to be said of a visit after what was said."""
    if not said:
        return "booked" if visit.status in STANDS and visit.ends_at > now else None
    last = said[-1]
    if last.what in _OVER:
        return None
    if visit.status == "cancelled":
        return "deleted" if visit.why == BY_MISTAKE else "cancelled"
    if visit.status == "missed":
        return "missed" if last.what != "missed" else None
    if visit.status not in STANDS:
        return None
    if visit.sequence > last.sequence or last.what == "missed":
        return "moved" if visit.starts_at != last.told_start else "changed"
    return None


def _gone(visits: Sequence[Visit], told: Sequence[Told]) -> set[str]:
    """What nobody has said yet of a visit that was cancelled since; the patient too, where no other visit stands."""
    gone = set[str]()
    for visit in visits:
        said = [each for each in told if each.appointment == visit.id and each.what != "patient"]
        if visit.status == "cancelled" and all(each.unsaid for each in said if each.status != "withdrawn"):
            gone |= {each.key for each in said if each.unsaid}
    stands = any(visit.status in STANDS for visit in visits)
    others = [each for each in told if each.what != "patient" and each.status != "withdrawn"]
    if not stands and all(each.key in gone for each in others):
        gone |= {each.key for each in told if each.what == "patient" and each.unsaid}
    return gone
