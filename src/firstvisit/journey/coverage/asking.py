"""Asking payers: one thread that owns the database and many that own a socket. No transaction is open across the
network.

Due questions are taken within the limits of each payer, asked together, and each is settled when its reply is there.
What a killed process had in hand is found by its `asked_until` and asked again.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from queue import Empty, SimpleQueue
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction

from firstvisit.journey.coverage.settling import ORIGIN, cannot, settle
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, ConnectorError
from firstvisit.kernel.seal import OpenKey, open_key
from firstvisit.leads import services as leads
from firstvisit.leads.models import LeadReferral
from firstvisit.practice.queries import agreement_for, home_zone, policy, practice
from firstvisit.practice.shape import Practice
from firstvisit.steps.coverage import services
from firstvisit.steps.coverage.cards import inquiry
from firstvisit.steps.coverage.connectors import CONNECTORS, Connector, Reply
from firstvisit.steps.coverage.connectors.allowed import off_because
from firstvisit.steps.coverage.inquiries import Inquiry, as_json, checked
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.policy import Verification
from firstvisit.steps.coverage.verifying import verified

log = structlog.get_logger("journey")
MOST: Final = 64
"""Questions under way at once in one process, over all payers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way."""

    check: uuid.UUID
    connector: Connector
    inquiry: Inquiry
    seconds: float


class Asker:
    """Takes what is due and brings back what was answered. `step` is called again and again by one thread.

    Whoever waits for a payer is a thread that the process does not wait for when it ends: what they asked is asked
    again by whoever comes next.
    """

    def __init__(self) -> None:
        self._answers: SimpleQueue[tuple[uuid.UUID, Reply | ConnectorError]] = SimpleQueue()
        self._under_way: set[uuid.UUID] = set()

    def step(self, *, pause: float) -> int:
        """Take what is due, wait at most `pause` seconds for replies, settle those that came; how many were begun or
        ended."""
        begun = take(MOST - len(self._under_way))
        for asked in begun:
            self._under_way.add(asked.check)
            threading.Thread(target=self._ask, args=(asked,), name="ask", daemon=True).start()
        ended = 0
        while self._under_way:
            try:
                check, outcome = self._answers.get(timeout=0 if ended else pause)
            except Empty:
                break
            self._under_way.discard(check)
            settle(check, outcome)
            ended += 1
        return len(begun) + ended

    @property
    def under_way(self) -> int:
        """How many questions wait for their reply."""
        return len(self._under_way)

    def _ask(self, asked: Asked) -> None:
        self._answers.put((asked.check, _ask(asked)))


def ask_until(stop: threading.Event, bell: Callable[[float], None]) -> None:
    """Ask until `stop` is set. `bell(seconds)` waits for a new question, at most so long."""
    asker = Asker()
    while not stop.is_set():
        moved = asker.step(pause=0.2)
        if not moved and not asker.under_way:
            bell(1.0)


def take(limit: int) -> list[Asked]:
    """Take due questions, keep what will be sent, commit; what cannot be asked ends with why."""
    if limit <= 0:
        return []
    now, rules, shape = clock.now(), policy().section(Verification), practice()
    begun, cannot_be = [], []
    with transaction.atomic():
        taken = services.take(rules, now=now, limit=limit)
        readings = LeadReferral.objects.select_related("key").in_bulk([row.lead_id for row in taken])
        for row in taken:
            try:
                begun.append(_begin(row, readings[row.lead_id], shape, rules, now))
            except (BadInput, ValueError) as error:
                cannot_be.append((row.id, _why(error)))
    for check, why in cannot_be:  # each with its lead locked first, which the transaction above must not wait for
        cannot(check, why, now=now)
    return begun


def _begin(row: Check, reading: LeadReferral, shape: Practice, rules: Verification, now: datetime) -> Asked:
    payer = shape.payers.get(row.payer)
    if payer is None or not payer.connector:
        raise ValueError("this payer is asked by phone or portal")
    row.connector, row.line = payer.connector, services.line_of(payer.connector, payer.slug)
    connector = CONNECTORS.get(payer.connector)
    if connector is None:
        raise ValueError(f"there is no connector {payer.connector!r}")
    if why := why_off(connector, now):
        raise ValueError(why)
    key: OpenKey = open_key(reading.key)
    stated, day = leads.read(reading, key), row.service_date
    if stated.withhold_from_plan:
        raise ValueError("they pay in full and asked that the plan is told nothing")
    asked = inquiry(
        stated, shape, rank=row.rank, discipline=row.discipline, service_date=day, trace=row.trace, origin=ORIGIN
    )
    question = checked(asked)
    services.asking(row, as_json(question), key, rules, now=now)
    return Asked(row.id, connector, question, float(rules.seconds))


def why_off(connector: Connector, now: datetime) -> str:
    """Why a connector may not be used now, in words; "" where it may."""
    in_force = agreed(connector, now.astimezone(home_zone()).date())
    seen = not connector.verified and connector.slug in verified()
    why = off_because(connector, settings.ENVIRONMENT.connectors, in_force, seen)
    return f"{connector.name} is off: {why}" if why else ""


def agreed(connector: Connector, on: date) -> bool:
    """Whether the register of vendors has an agreement for it that day: a vendor needs one of its own, and a payer that
    is asked directly is named in none of them, so any clearinghouse's will do."""
    vendor = connector.name if connector.kind == "vendor" else ""
    return agreement_for("clearinghouse", on, vendor=vendor) is not None


def _ask(asked: Asked) -> Reply | ConnectorError:
    """One exchange, in a thread that touches no database. Whatever goes wrong is an answer of its own."""
    try:
        return asked.connector.ask(asked.inquiry, settings.ENVIRONMENT.connectors, seconds=asked.seconds)
    except ConnectorError as error:
        return error
    except BadInput as error:  # no trouble of the payer's
        return ConnectorError(f"the question cannot be written: {_why(error)}", temporary=False)
    except Exception as error:  # a mistake in a connector must not end the thread that asks all the others
        log.error("connector_failed", connector=asked.connector.slug, exc_info=error)
        return ConnectorError(f"{asked.connector.name} failed ({type(error).__name__})", temporary=True)


def _why(error: BadInput | ValueError) -> str:
    if isinstance(error, BadInput):
        return "; ".join(problem.message for problem in error.problems)
    return str(error)
