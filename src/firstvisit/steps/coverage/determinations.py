"""What a payer decided about an authorization: a 278 reply, read into `Review`. Pure.

Named after the field's own word: a *determination* is the payer's, a decision is ours. A reply that breaks off, or that
contradicts itself, decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from firstvisit.steps.coverage.benefits import Delivery, Noted, NotUnderstood, Trace
from firstvisit.steps.coverage.lines import delivery, number
from firstvisit.steps.coverage.rejections import Rejection, rejection
from firstvisit.steps.coverage.x12.dates import Dated, dated
from firstvisit.steps.coverage.x12.levels import (
    DEPENDENT,
    EVENT,
    PAYER,
    PROVIDER,
    SERVICE,
    SUBSCRIBER,
    Level,
    levels,
)
from firstvisit.steps.coverage.x12.parties import Party, Reference, party
from firstvisit.steps.coverage.x12.transactions import Fault, Segment, Transaction, at

OUTCOMES: Final = {
    "A1": "certified",
    "A2": "partly_certified",
    "A3": "not_certified",
    "A4": "pended",
    "A6": "modified",
    "C": "cancelled",
    "CT": "contact_payer",
    "NA": "not_needed",
}
"""HCR01 in our words."""
_LETTER: Final = {PAYER: "A", PROVIDER: "B", SUBSCRIBER: "C", DEPENDENT: "D", EVENT: "E", SERVICE: "F"}
_ALSO: Final = frozenset(
    {"HI", "CRC", "CL1", "CR1", "CR2", "CR5", "CR6", "PWK", "SV3", "TOO", "PRV", "HCP", "III"}
)
"""Segments that are kept as they were sent: conditions, papers, transport."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """What is asked for on one service: a code of list `kind` (HC is CPT), to which code, and how many of what."""

    kind: str
    code: str
    modifiers: tuple[str, ...]
    quantity: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Determination:
    """What the payer says of one event (`level` EV) or of one service in it (SS). `stated` is HCR01 in our words, None
    where there is no HCR or its code is not known. `services` are those of an event. `also`: kept as sent."""

    level: str
    code: str
    stated: str | None
    number: str
    reasons: tuple[str, ...]
    request: str
    service_type: str
    traces: tuple[Trace, ...]
    dates: tuple[Dated, ...]
    deliveries: tuple[Delivery, ...]
    procedures: tuple[Procedure, ...]
    references: tuple[Reference, ...]
    messages: tuple[str, ...]
    parties: tuple[Party, ...]
    rejections: tuple[Rejection, ...]
    also: tuple[tuple[int, str], ...]
    numbers: tuple[int, ...]
    services: tuple[Determination, ...] = ()

    @property
    def outcome(self) -> str | None:
        """What was decided of the whole: its own word, where no service says another. `mixed` where services differ;
        None where nothing was decided, or something was refused."""
        if self.rejections or any(each.rejections for each in self.services):
            return None
        said = {each.stated for each in self.services if each.code}
        if self.code:
            said.add(self.stated)
        if len(said) > 1:
            return None if None in said else "mixed"
        return next(iter(said), None)

    @property
    def certified_dates(self) -> Dated | None:
        """From when to when it holds: the event's date that came with the decision."""
        return next((each for each in self.dates if each.qualifier == "AAH"), None)

    @property
    def visits(self) -> Decimal | None:
        """How many visits, where one plain count says so; a rate (so many a week) is read where it stands."""
        stated = [
            each for one in (self, *self.services) for each in one.deliveries
            if each.unit in ("VS", "P6") and each.quantity is not None
        ]  # fmt: skip
        plain = [each for each in stated if not each.per and each.periods in ("", "1")]
        return plain[0].quantity if len(plain) == 1 and len(stated) == 1 else None


@dataclass(frozen=True, slots=True)
class Review:
    """A 278 reply about one patient. `complete`: nothing shows that a part of it is missing."""

    control: str
    interchange: str
    is_request: bool
    payer: Party | None
    requester: Party | None
    subscriber: Party | None
    patient: Party | None
    traces: tuple[Trace, ...]
    determinations: tuple[Determination, ...]
    rejections: tuple[Rejection, ...]
    noted: tuple[Noted, ...]
    not_understood: tuple[NotUnderstood, ...]
    faults: tuple[Fault, ...]
    complete: bool

    @property
    def outcome(self) -> str | None:
        """What was decided, where there is one event, the reply is whole, and nothing was refused."""
        if not self.complete or self.is_request or self.rejections or len(self.determinations) != 1:
            return None
        return self.determinations[0].outcome

    def answers(self, number: str) -> bool:
        """Whether it answers the request of that trace number."""
        return any(each.number == number for each in self.traces)


class _Said:
    """What one level says, while it is read."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.hcr: Segment = []
        self.um: Segment = []
        self.party: Party | None = None
        self.parties: list[Party] = []
        self.traces: list[Trace] = []
        self.dates: list[Dated] = []
        self.deliveries: list[Delivery] = []
        self.procedures: list[Procedure] = []
        self.references: list[Reference] = []
        self.messages: list[str] = []
        self.rejections: list[Rejection] = []
        self.noted: list[Noted] = []
        self.also: list[tuple[int, str]] = []
        self.unread: list[NotUnderstood] = []
        self.numbers: list[int] = []


def read(transaction: Transaction) -> list[Review]:
    """What a 278 says, a review a patient, at least one. Nothing raises on what a payer may send."""
    tree = levels(transaction.segments, transaction.delimiters.element)
    begins = tree[0].start if tree else len(transaction.segments) + 1
    outside = _read(transaction, 1, begins, "")
    said = {
        id(level): _read(transaction, level.start + 1, level.end, _LETTER.get(level.code, ""))
        for level in tree
    }
    for level in tree:
        if level.code not in _LETTER:
            text = transaction.segments[level.start - 1]
            said[id(level)].unread.append(
                NotUnderstood(level.start, text, f"HL03 {level.code!r} is no level of a 278")
            )
    patients = [
        level for level in tree
        if level.code == DEPENDENT or (level.code == SUBSCRIBER and not _children(tree, level, DEPENDENT))
    ]  # fmt: skip
    spare = [outside, *(said[id(level)] for level in tree if level.code not in _LETTER)]
    orphans = [each for each in tree if each.code in (EVENT, SERVICE) and each.parent is None]
    reviews = []
    told_of: set[int] = set()
    for patient in patients:
        above = _upward(patient)
        tops = [each for each in tree if each.code in (EVENT, SERVICE) and each.parent is patient] + orphans
        reviews.append(_review(transaction, tree, said, above, tops, spare))
        told_of |= {id(each) for each in (*above, *tops)}
        spare, orphans = [], []
    below = [
        each
        for each in tree
        if each.code == SERVICE and each.parent is not None and each.parent.code == EVENT
    ]
    told_of |= {id(each) for each in below}
    left = [each for each in tree if each.code in _LETTER and id(each) not in told_of]
    if left or spare:
        above = [each for each in left if each.code not in (EVENT, SERVICE)]
        tops = [each for each in left if each.code in (EVENT, SERVICE)]
        if not reviews or any(said[id(each)].numbers for each in left):
            reviews.append(_review(transaction, tree, said, above, tops, spare))
    return reviews


def _upward(level: Level | None) -> list[Level]:
    """A level and those above it, the highest first."""
    found: list[Level] = []
    while level is not None:
        found.insert(0, level)
        level = level.parent
    return found


def _children(tree: list[Level], level: Level, code: str) -> list[Level]:
    return [each for each in tree if each.parent is level and each.code == code]


def _review(
    transaction: Transaction,
    tree: list[Level],
    said: dict[int, _Said],
    above: list[Level],
    tops: list[Level],
    spare: list[_Said],
) -> Review:
    """One patient's review: `above` are patient and those above, `tops` the events, `spare` what belongs to nobody."""
    of = {each.code: said[id(each)] for each in above}
    made = []
    below = []
    for top in tops:
        services = _children(tree, top, SERVICE)
        made.append(
            _made(said[id(top)], top.code, tuple(_made(said[id(each)], SERVICE) for each in services))
        )
        below += [top, *services]
    parts = [*spare, *(said[id(each)] for each in above), *(said[id(each)] for each in below)]
    bht = next(
        (transaction.elements(n) for n, text in enumerate(transaction.segments[:3], 1) if text[:3] == "BHT"),
        [],
    )
    named = {code: each.party for code, each in of.items()}
    return Review(
        control=transaction.control, interchange=transaction.interchange, is_request=at(bht, 2) == "13",
        payer=named.get(PAYER), requester=named.get(PROVIDER), subscriber=named.get(SUBSCRIBER),
        patient=named.get(DEPENDENT) or named.get(SUBSCRIBER),
        traces=tuple(one for each in parts for one in each.traces), determinations=tuple(made),
        rejections=tuple(one for each in parts for one in each.rejections),
        noted=tuple(one for each in parts if each.letter not in ("E", "F") for one in each.noted),
        not_understood=tuple(sorted(one for each in parts for one in each.unread)),
        faults=transaction.faults, complete=transaction.complete,
    )  # fmt: skip


def _made(said: _Said, level: str, services: tuple[Determination, ...] = ()) -> Determination:
    code = at(said.hcr, 1)
    return Determination(
        level=level, code=code, stated=OUTCOMES.get(code), number=at(said.hcr, 2),
        reasons=tuple(each for each in (at(said.hcr, 3), *said.hcr[5:]) if each),
        request=at(said.um, 2), service_type=at(said.um, 3), traces=tuple(said.traces), dates=tuple(said.dates),
        deliveries=tuple(said.deliveries), procedures=tuple(said.procedures), references=tuple(said.references),
        messages=tuple(said.messages), parties=tuple(said.parties), rejections=tuple(said.rejections),
        also=tuple(said.also), numbers=tuple(said.numbers), services=services,
    )  # fmt: skip


def _read(transaction: Transaction, start: int, end: int, letter: str) -> _Said:
    """What segments `start` to `end` (excluded) say."""
    said, element = _Said(letter), transaction.delimiters.element
    named: Party | None = None
    decides = letter in ("E", "F")
    loop = f"2000{letter}"
    for n in range(start, end):
        text = transaction.segments[n - 1]
        segment = text.split(element)
        name = segment[0]
        why = ""
        if name in ("ST", "BHT", "SE"):
            continue
        said.numbers.append(n)
        if n == transaction.cut_off:
            why = "the file ends in the middle of it"
        elif name == "AAA":
            found = rejection(
                n, segment, (f"2010{letter}" if named is not None and not decides else loop) if letter else ""
            )
            said.rejections.append(found)
            why = "" if found.known else "a reason or an action of this AAA is not known"
        elif not letter:
            why = f"a {name} does not belong here"
        elif name == "TRN":
            said.traces.append(Trace(at(segment, 1) == "2", at(segment, 2), at(segment, 3), n))
        elif name == "DTP":
            date = dated(at(segment, 1), at(segment, 2), at(segment, 3))
            said.dates.append(date)
            said.noted.append(Noted(n, loop, date))
            why = f"{date.text!r} is no date that can be" if date.begin is None else ""
        elif name == "REF":
            reference = Reference(at(segment, 1), at(segment, 2), at(segment, 3))
            said.references.append(reference)
            said.noted.append(Noted(n, loop, reference))
        elif name == "MSG":
            said.messages.append(text[4:].strip())
            said.noted.append(Noted(n, loop, text[4:].strip()))
        elif name == "HCR" and decides and not said.hcr:
            said.hcr = segment
            why = (
                "" if at(segment, 1) in OUTCOMES else f"HCR01 {at(segment, 1)!r} is no decision that is known"
            )
        elif name == "UM" and decides:
            said.um = segment
        elif name == "HSD" and decides:
            said.deliveries.append(delivery(text, element))
            why = said.deliveries[-1].fault
        elif name in ("SV1", "SV2") and decides:
            said.procedures.append(_procedure(segment, transaction.delimiters.component))
        elif name == "NM1":
            named = party(n, segment)
            if said.party is None:
                said.party = named
            said.parties.append(named)
        elif named is not None and named.take(n, segment):
            pass
        elif name in _ALSO:
            said.also.append((n, text))
        else:
            why = f"a {name} does not belong here"
        if why:
            said.unread.append(NotUnderstood(n, text, why))
    return said


def _procedure(segment: Segment, component: str) -> Procedure:
    """SV1 (code, charge, unit, quantity) or SV2 (revenue code, code, charge, unit, quantity)."""
    shift = 1 if segment[0] == "SV2" else 0
    parts = at(segment, 1 + shift).split(component)
    return Procedure(
        kind=parts[0], code=parts[1] if len(parts) > 1 else "", modifiers=tuple(each for each in parts[2:6] if each),
        quantity=number(at(segment, 4 + shift)) if at(segment, 4 + shift) else None, unit=at(segment, 3 + shift),
    )  # fmt: skip
