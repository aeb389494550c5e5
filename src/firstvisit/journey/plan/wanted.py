"""What a plan is made of: who owns, what should be done, what should be said, and the ground rules stand on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from firstvisit.journey.case import Assigned, Blocker, Case
from firstvisit.journey.policy import Cadence, Switches
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking.emr.owed import Owed
from firstvisit.steps.booking.emr.rules import Emr
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.coverage.fees import Fees
from firstvisit.steps.coverage.medicare_policy import Medicare
from firstvisit.steps.coverage.policy import Authorizing, Verification
from firstvisit.steps.qualify.rules import Judgement, Steering
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.tries import Tries


class Owner(NamedTuple):
    """Exactly one of a queue (slug) and a user (id as text)."""

    queue: str | None = None
    user: str | None = None


class WantedTask(NamedTuple):
    """A next thing. `minutes` is the length of its clock in business minutes, `due_at` where it ends."""

    key: str
    kind: str
    reason: str
    owner: Owner
    due_at: datetime
    minutes: int
    safety: bool = False


class WantedMessage(NamedTuple):
    """A message that should exist; the gate and the switch still decide whether it leaves."""

    key: str
    channel: str
    purpose: str
    template: str
    cause: uuid.UUID
    to: Literal["person", "referrer"] = "person"
    details: tuple[tuple[str, str], ...] = ()
    """What stands in the template's gaps: dates, moments and codes, nobody's name."""


class WantedCheck(NamedTuple):
    """A question about benefits that should be asked: of the plan of this rank, about one therapy and one day."""

    key: str
    rank: int
    token: str
    discipline: str
    cause: str
    day: date


class WantedRequest(NamedTuple):
    """An authorization that is needed for one therapy: of the evaluation or of treatment; how we know, and where that
    stands written."""

    key: str
    payer: str
    discipline: str
    service: str
    needed_by: str
    needed_from: str


class ExpectedOn(NamedTuple):
    """The day on which the payer's answer is expected, as the site counts, and where that is from (payer, rule, law,
    median)."""

    day: date
    whence: str


class Closing(NamedTuple):
    """A lead that is to be closed by the clock: how, and why in words."""

    how: str
    reason: str


class Plan(NamedTuple):
    """Desired state of one lead."""

    stage: str
    outcome: str
    owner: Owner
    blockers: tuple[Blocker, ...]
    tasks: tuple[WantedTask, ...]
    messages: tuple[WantedMessage, ...]
    look_again_at: datetime | None
    judgement: Judgement
    closing: Closing | None = None
    owner_reason: str = ""
    assigned: Assigned | None = None
    route: str = ""
    """The queue of its route, whoever owns it; "" of a closed lead, which is on no route."""
    breached: tuple[str, ...] = ()
    """Keys of tasks whose clock broke and is acted upon now."""
    roused_at: datetime | None = None
    checks: tuple[WantedCheck, ...] = ()
    requests: tuple[WantedRequest, ...] = ()
    to_emr: Owed = Owed()
    """What the EMR has still to be told."""
    expected_on: ExpectedOn | None = None
    """When the authorization of the evaluation can be expected, while the payer has it in hand."""
    revision: int = 0
    """Of practice and rules, under which this was planned."""


@dataclass(slots=True)
class Draft:
    """What the rules have agreed on so far."""

    steers: Steering
    outcome: str
    owner: Owner
    stage: str = "qualifying"
    blockers: list[Blocker] = field(default_factory=list)
    tasks: list[WantedTask] = field(default_factory=list)
    messages: list[WantedMessage] = field(default_factory=list)
    checks: list[WantedCheck] = field(default_factory=list)
    requests: list[WantedRequest] = field(default_factory=list)
    to_emr: Owed = field(default_factory=Owed)
    expected_on: ExpectedOn | None = None
    look_again: list[datetime] = field(default_factory=list)
    closing: Closing | None = None
    owner_reason: str = ""
    assigned: Assigned | None = None
    route: str = ""
    breached: list[str] = field(default_factory=list)
    roused_at: datetime | None = None


class Ground(NamedTuple):
    """What every rule is given."""

    case: Case
    practice: Practice
    site: Site
    routing: Routing
    switches: Switches
    cadence: Cadence
    tries: Tries
    verification: Verification
    medicare: Medicare
    authorizing: Authorizing
    fees: Fees
    booking: Booking
    emr: Emr
    now: datetime
    prefix: str
    """How the keys of everything planned for this lead begin."""
    silent: bool
    """Nobody calls or writes any more (`Case.silent`): asked by rule after rule."""
