"""Who is named: NM1 with the segments that belong to it (N3, N4, PER, PRV, DMG, INS, REF)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from firstvisit.steps.coverage.x12.dates import day
from firstvisit.steps.coverage.x12.transactions import Segment, at

NUMBERS: Final = {"TE": "phone", "WP": "phone", "HP": "phone", "CP": "phone", "FX": "fax", "EM": "email", "UR": "url",
                  "EX": "extension", "ED": "edi"}  # fmt: skip


class Contact(NamedTuple):
    """One way to reach somebody. `kind`: phone, fax, email, url, extension, edi, or the code that was sent."""

    name: str
    kind: str
    number: str


class Reference(NamedTuple):
    """A REF: what kind of number (`qualifier`, verbatim), the number, words beside it."""

    qualifier: str
    number: str
    words: str


@dataclass(slots=True)
class Party:
    """A person or an organization that a transaction names. `role` and `id_kind` are NM101 and NM108, verbatim.

    `relationship` is INS02; `changed` says that the payer sends other data than it was asked with (INS03 = 001).
    """

    role: str
    is_person: bool | None
    last: str
    first: str
    middle: str
    suffix: str
    id_kind: str
    id: str
    birth: dt.date | None = None
    sex: str = ""
    relationship: str = ""
    changed: bool = False
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    taxonomy: str = ""
    contacts: list[Contact] = field(default_factory=list)
    segments: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As it is said aloud: first, middle, last, suffix."""
        return " ".join(part for part in (self.first, self.middle, self.last, self.suffix) if part)

    def take(self, n: int, segment: Segment) -> bool:
        """Take segment `n` in where it belongs to a party; False where it does not or says what is not understood."""
        match segment[0]:
            case "N3":
                self.street = ", ".join(part for part in (at(segment, 1), at(segment, 2)) if part)
            case "N4":
                self.city, self.state, self.zip = at(segment, 1), at(segment, 2), at(segment, 3)
            case "PER":
                for place in (3, 5, 7):
                    if number := at(segment, place + 1):
                        kind = at(segment, place)
                        self.contacts.append(Contact(at(segment, 2), NUMBERS.get(kind, kind), number))
            case "PRV":
                self.taxonomy = at(segment, 3)
            case "DMG":
                self.birth = day(at(segment, 2)) if at(segment, 1) in ("D8", "") else None
                self.sex = at(segment, 3)
                if at(segment, 2) and self.birth is None:
                    return False
            case "INS":
                self.relationship, self.changed = at(segment, 2), at(segment, 3) == "001"
            case _:
                return False
        self.segments.append(n)
        return True


def party(n: int, segment: Segment) -> Party:
    """The party that NM1 number `n` names."""
    return Party(
        role=at(segment, 1), is_person={"1": True, "2": False}.get(at(segment, 2)),
        last=at(segment, 3), first=at(segment, 4), middle=at(segment, 5), suffix=at(segment, 7),
        id_kind=at(segment, 8), id=at(segment, 9), segments=[n],
    )  # fmt: skip
