"""What a partner may see of a referral: status, what we need of them, and nothing else. Pure.

Whoever treats the patient, or holds the patient's authorization, sees the steps. Anybody else sees that it arrived
(45 CFR 164.508; domain sheet, section 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from firstvisit.referral.record import Referral

State = Literal["yes", "waiting", "unknown", "no"]
TREATING_ROLES: Final = frozenset({"physician", "pt", "ot", "slp", "therapist", "hospital"})
"""Roles of the record whose bearers treat; for referrals that came without a word about it."""
ASKED_OF_THEM: Final = (
    "order", "order_unsigned", "order_not_stated", "way_to_reach", "another_number", "home_place", "event_date",
    "surgery_day",
)  # fmt: skip
"""Blockers on whoever refers; every other one is no business of theirs."""


NAMES_A_PLACE: Final = ("out_of_area", "out_of_scope", "not_a_match")
"""Endings at which another place is named."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its word (a text's key), how it stands, and when."""

    what: str
    state: State
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on the page: `needs` first, then the steps."""

    needs: tuple[str, ...]
    steps: tuple[Step, ...]
    order_welcome: bool = False
    """An order was announced that nothing waits for."""
    place: str = ""
    """Another place that may fit, where it ended because we are not the right one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the lead, of all the status page may use."""

    received_at: datetime
    blockers: tuple[tuple[str, str], ...]
    reached_at: datetime | None
    agreed_at: datetime | None
    closed_at: datetime | None
    closed_how: str
    order_state: str = "unknown"
    place: str = ""
    """Another place that was named, in words."""


def may_know(referral: Referral) -> bool:
    """Whether whoever sent this may be told what became of it."""
    told, role = referral.referrer.may_be_told, referral.referrer.role
    if referral.lead_kind == "organization":
        return True
    return told in ("treats", "authorized") or (told is None and role in TREATING_ROLES)


def standing(referral: Referral, seen: Seen, *, allowed: bool = False) -> Standing:
    """How the referral stands, as far as its sender may know. `allowed`: the patient's authorization was read since."""
    received = Step("received", "yes", seen.received_at)
    if not (allowed or may_know(referral)):
        return Standing(("authorization",), (received,))
    organization = referral.lead_kind == "organization"
    needs = needs_of(seen.blockers) if seen.closed_at is None else ()
    steps = [received, _at("reached_organization" if organization else "reached", seen.reached_at)]
    if needs:
        steps.append(Step("waiting", "waiting", seen.received_at))
    evaluated = seen.closed_how == "evaluated"
    if not organization:
        steps.append(_at("scheduled", seen.agreed_at))
        steps.append(_at("evaluated", seen.closed_at if evaluated else None))
    if seen.closed_at is not None and not evaluated:
        done = [step for step in steps if step.state == "yes"]
        place = seen.place if seen.closed_how in NAMES_A_PLACE else ""
        return Standing((), (*done, Step("closed", "no", seen.closed_at, seen.closed_how)), place=place)
    return Standing(needs, tuple(steps), order_is_welcome(seen.blockers, seen.order_state))


def needs_of(blockers: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """What a lead waits for on whoever referred."""
    return tuple(what for what, whom, *_ in blockers if whom == "referrer" and what in ASKED_OF_THEM)


def order_is_welcome(blockers: Iterable[Sequence[str]], order_state: str) -> bool:
    """Whether somebody has an order or sends one, and nothing waits for it."""
    return order_state == "announced" and not any(what.startswith("order") for what, *_ in blockers)


def _at(what: str, at: datetime | None) -> Step:
    return Step(what, "unknown" if at is None else "yes", at)
