"""What a payer says of one patient, typed: the answer to one question about benefits.

Everything that was sent stays: the EB as it was sent in `Line.text`, and what nobody understands in `not_understood`.
Segment numbers count from 1 at ST, as a 999 counts them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.x12.dates import Dated
from firstvisit.steps.coverage.x12.parties import Party, Reference
from firstvisit.steps.coverage.x12.transactions import Fault

COPAY, COINSURANCE, DEDUCTIBLE, OUT_OF_POCKET = "copay", "coinsurance", "deductible", "out_of_pocket"
VISITS, DOLLARS, EXCLUSION, AUTHORIZATION, OTHER = "visits", "dollars", "exclusion", "authorization", "other"
IN, OUT, BOTH = "in", "out", "both"
ACTIVE, INACTIVE = frozenset("12345"), frozenset("678")
"""EB01 of a line that says whether a plan, or a service, is covered at present."""


class Delivery(NamedTuple):
    """An HSD: `quantity` of `unit` (visits, days ...) each `every` `per`s (week ...), for `periods` times `period`.
    `fault` says what of it is not understood."""

    quantity: Decimal | None
    unit: str
    per: str
    every: str
    period: str
    periods: str
    fault: str


class Place(NamedTuple):
    """A III: a code of list `qualifier` (ZZ is place of service) with its words, and words that were sent."""

    qualifier: str
    code: str
    words: str


class Line(NamedTuple):
    """One EB with what hangs on it, for one service type.

    `service` is EB03, None where it states none; an EB with several makes a line for each, and `together` names all of
    them. `kind`: copay, coinsurance, deductible, out_of_pocket, visits, dollars, exclusion, authorization, other.
    `network`: in, out, both or None. `authorization`: True, False, or None where it is not stated (U, too).
    `amount` in dollars; `percent` is the patient's share of a hundred; of what is left, `remaining` holds it and
    `amount` or `quantity` does not; `used` likewise. `text` is the EB as it was sent. `numbers` are the segments it
    was read from, the EB first.
    """

    service: str | None
    together: tuple[str, ...]
    code: str
    kind: str
    network: str | None
    level: str
    insurance: str
    plan: str
    period: str
    amount: Decimal | None
    percent: Decimal | None
    quantity: Decimal | None
    unit: str
    used: Decimal | None
    remaining: Decimal | None
    authorization: bool | None
    procedure: tuple[str, ...]
    diagnoses: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    text: str
    messages: tuple[str, ...]
    dates: tuple[Dated, ...]
    references: tuple[Reference, ...]
    places: tuple[Place, ...]
    parties: tuple[Party, ...]
    rejections: tuple[Rejection, ...]
    numbers: tuple[int, ...]

    @property
    def elements(self) -> list[str]:
        """The elements of the EB, its name first. What stands behind the two letters of the name separates them."""
        return self.text.split(self.text[2:3] or "*")

    @property
    def is_active(self) -> bool | None:
        """Whether this line says active or inactive; None where it speaks of neither."""
        return True if self.code in ACTIVE else False if self.code in INACTIVE else None


class NotUnderstood(NamedTuple):
    """A segment, or a value in it, that nobody could read: its number, as it was sent, and why."""

    n: int
    segment: str
    why: str


class Trace(NamedTuple):
    """A TRN. `ours`: it repeats the number of a question (TRN01 = 2), else it is the payer's own. `origin` is TRN03."""

    ours: bool
    number: str
    origin: str
    n: int


class Noted(NamedTuple):
    """A date, number or message said of the patient as a whole and not of one benefit, with its segment and loop."""

    n: int
    loop: str
    what: Dated | Reference | str


@dataclass(frozen=True, slots=True)
class Benefits:
    """The answer about one patient. `patient` is the dependent where there is one, else the subscriber.

    `days` are those on which something has to hold to be taken as said: the day of service the payer repeats; where it
    gives but one day for the plan, that one and the day of the answer. `active`: the plan is active, is not, or None
    where that cannot be told; `why_active` says why (a key of sentences.toml). `others` are parties named beside.
    """

    control: str
    interchange: str
    sender: str
    version: str
    answered_on: dt.date | None
    traces: tuple[Trace, ...]
    payer: Party | None
    provider: Party | None
    subscriber: Party | None
    patient: Party | None
    others: tuple[Party, ...]
    service_date: dt.date | None
    days: tuple[dt.date, ...]
    active: bool | None
    why_active: str
    lines: tuple[Line, ...]
    rejections: tuple[Rejection, ...]
    noted: tuple[Noted, ...]
    not_understood: tuple[NotUnderstood, ...]
    faults: tuple[Fault, ...]

    @property
    def trace(self) -> str | None:
        """The number of the question that this answers; where none is repeated, the only number there is."""
        ours = [each.number for each in self.traces if each.ours]
        return ours[0] if ours else self.traces[0].number if len(self.traces) == 1 else None

    def answers(self, number: str, origin: str = "") -> bool:
        """Whether this is the answer to the question of that trace number (and origin, where one was sent). Nothing
        but the trace decides: names and birth dates may be answered changed."""
        return any(
            each.number == number and (not origin or not each.origin or each.origin == origin)
            for each in self.traces
        )
