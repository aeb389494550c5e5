"""What the EMR has not been told yet: visits and facts as they stand beside what was said of them. Pure.

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
OF_FACTS: Final = ("patient", "corrected")
"""Tellings that say the facts of the person as they stand."""
OF_TWO: Final = {
    "merged": "that {} is the same patient as {}", "parted": "that {} and {} are two people after all: part them there",
}  # fmt: skip
"""Tellings of two patients whom the EMR has, the number that goes and the one that stays (`Told.corrects`)."""
OF_PERSON: Final = (*OF_FACTS, "referral", *OF_TWO)
"""Tellings that are of the person, and of no visit."""


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
    lead: uuid.UUID | None = None
    revision: int | None = None
    """Of the reading whose facts it tells; None of what tells of a visit, or is not said yet."""
    corrects: tuple[str, ...] = ()
    """Of a correction the names of the facts that are other than they were told (`carried`); of two patients
    (`OF_TWO`) their numbers."""
    written: bool = False
    """Whether its words are kept as they were first said, and will be said again word for word."""

    @property
    def open(self) -> bool:
        """Whether it has no words yet: whoever says it says what stands by then. What was refused is written anew."""
        return self.status == "refused" or (self.status in ("wanted", "failed") and not self.written)

    @property
    def unsaid(self) -> bool:
        """Whether nobody has been told a word of it yet. What was written down may have been said by a process that
        died before it knew."""
        return self.status == "wanted" and not self.tries and not self.written


class Stands(NamedTuple):
    """How the facts of a lead stand beside what the EMR was last told of them: the revision of the reading, and the
    names of those that differ."""

    revision: int
    corrects: tuple[str, ...] = ()


class Holds(NamedTuple):
    """A telling that was looked at again beside this revision of the reading: it holds, or it is a correction that
    still waits, of these facts by now."""

    key: str
    revision: int
    corrects: tuple[str, ...] = ()


class Owed(NamedTuple):
    """What is to be told anew; the keys of what is not to be told any more, and of what is after all; what holds."""

    new: tuple[Told, ...] = ()
    gone: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    holds: tuple[Holds, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.again or self.holds)


def owed(
    visits: Sequence[Visit],
    told: Sequence[Told],
    rules: Emr,
    *,
    prefix: str,
    now: datetime,
    stands: Stands | None = None,
    referred: bool = False,
) -> Owed:
    """What of a lead is owed to the EMR. A visit that is over is told for the first time to nobody. `stands` where the
    facts are to be looked at beside what was told; `referred` whether anybody refers."""
    gone = _gone(visits, told)
    again, new = list[str](), list[Told]()
    number = max((each.number for each in told), default=0)
    patient, spare = _patient(told)
    gone |= spare
    for visit in visits if rules.way != "none" else ():
        before = _of_visit(visit, told)
        gone |= _renamed(visit, [each for each in before if each.status != "withdrawn"], now)
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
    if referred and patient is not None and rules.way == "hl7" and rules.referral_as == "ref_i12":
        referral = next((each for each in told if each.what == "referral"), None)
        if referral is None and patient.key not in gone and (patient.status != "withdrawn" or patient.key in again):
            number += 1
            key = f"{prefix}:emr:referral"
            new.append(Told(_NEW, key, "referral", rules.way, "wanted", number, now, patient.appointment))
        elif referral is not None and referral.status == "withdrawn" and patient.key in again:
            again.append(referral.key)
    holds = list[Holds]()
    if stands is not None and rules.way != "none":
        correction = _corrected(told, stands, rules, prefix, number + 1, now)
        new += correction.new
        gone |= set(correction.gone)
        holds += correction.holds
    return Owed(tuple(new), tuple(sorted(gone)), tuple(again), tuple(holds))


_NEW: Final = uuid.UUID(int=0)


def _patient(told: Sequence[Told]) -> tuple[Told | None, set[str]]:
    """The telling of the patient, of two that became one the one that was said, else the own one, which stands last;
    and the keys of others that nobody has said yet: nobody is registered twice."""
    found = [each for each in told if each.what == "patient"]
    stands = [each for each in found if each.status != "withdrawn"]
    said = [each for each in stands if not each.unsaid]
    patient = next(reversed(said or stands or found), None)
    return patient, {each.key for each in stands if each.unsaid and each is not patient}


def _of_visit(visit: Visit, told: Sequence[Told]) -> list[Told]:
    return [each for each in told if each.appointment == visit.id and each.what not in OF_PERSON]


def _corrected(
    told: Sequence[Told], stands: Stands, rules: Emr, prefix: str, number: int, now: datetime
) -> Owed:
    """What was corrected since the EMR was told of the person: one telling, and while nobody has said it yet no other;
    none where what stands is again what was told."""
    spoken = [each for each in told if each.what in OF_FACTS and each.status != "withdrawn"]
    said = [each for each in spoken if not each.unsaid]
    if not said or said[-1].status == "refused":  # what is refused is written anew once it is mended
        return Owed()
    last = spoken[-1]
    if last.unsaid:
        if stands.corrects:
            return Owed(holds=(Holds(last.key, *stands),))
        return Owed(gone=(last.key,), holds=(Holds(said[-1].key, stands.revision, said[-1].corrects),))
    if not stands.corrects:
        return Owed(holds=(Holds(last.key, stands.revision, last.corrects),))
    before = sum(each.what == "corrected" for each in told)
    key = f"{prefix}:emr:corrected:{before}"
    row = Told(_NEW, key, "corrected", rules.way, "wanted", number, now, last.appointment)
    return Owed(new=(row._replace(revision=stands.revision, corrects=stands.corrects),))


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
    if last.what == "missed":
        return "moved" if visit.starts_at != last.told_start else "changed"
    if visit.sequence > last.sequence and not last.open:
        return "moved" if visit.starts_at != last.told_start else "changed"
    return None


def _renamed(visit: Visit, said: Sequence[Told], now: datetime) -> set[str]:
    """What nobody has said yet of a change that is another by now: what only changed has moved since, or is again as it
    was told."""
    if len(said) < 2 or not said[-1].unsaid or said[-1].what not in ("moved", "changed") or visit.status not in STANDS:
        return set()
    return {said[-1].key} if _next(visit, said[:-1], now) != said[-1].what else set()


def _gone(visits: Sequence[Visit], told: Sequence[Told]) -> set[str]:
    """What nobody has said yet of a visit that was cancelled since; the patient too, where no other visit stands."""
    gone = set[str]()
    for visit in visits:
        said = _of_visit(visit, told)
        if visit.status == "cancelled" and all(each.unsaid for each in said if each.status != "withdrawn"):
            gone |= {each.key for each in said if each.unsaid}
    stands = any(visit.status in STANDS for visit in visits)
    others = [each for each in told if each.what not in OF_PERSON and each.status != "withdrawn"]
    unsaid = any(each.what == "patient" and each.unsaid for each in told)
    if unsaid and not stands and all(each.key in gone for each in others):
        gone |= {each.key for each in told if each.what in ("patient", "referral") and each.unsaid}
    return gone
