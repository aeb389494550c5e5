"""What a source made of an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.record import Referral


@dataclass(frozen=True, slots=True)
class Reading:
    """The patients (or the organization) of an item, each its own referral and part.

    `complete` is False after the first step of a form; `others` are further patients of the same delivery.
    `received_at` is when it was received where that was before it reached us (an imported row), `clock_from` when
    its clocks start where that is not its arrival, `quiet` that nobody waits to be told that it arrived. What does
    not `open` a lead (an EMR tells of a patient or a visit) joins an open one of a patient we know, and else is
    answered with nothing. `visit` is what it says of a visit: {"became", "at"}.
    """

    referral: Referral
    complete: bool = True
    others: tuple[Referral, ...] = ()
    received_at: datetime | None = None
    clock_from: datetime | None = None
    quiet: bool = False
    pages: int = 1
    number: int = 0
    """Which patient of the item it is about, counted from 0."""
    opens: bool = True
    visit: dict[str, str] | None = None
    present: str = ""
    """Who stands at the window beside whoever asks, as typed."""

    def each(self) -> Iterator[Reading]:
        """One reading a patient, the first one first."""
        yield self
        for number, other in enumerate(self.others, start=1):
            yield Reading(other, self.complete, number=number)


def says_something(referral: Referral) -> None:
    """A referral says for whom it is or whom to get back to; with neither nobody could act on it."""
    patient, contact, referrer = referral.patient, referral.contact, referral.referrer
    named = patient.first_name or patient.last_name or contact.name or referrer.name or referrer.organization
    reach = (
        patient.phone,
        patient.email,
        contact.phone,
        contact.email,
        referrer.phone,
        referrer.email,
        referrer.fax,
    )
    if not named:
        raise BadInput(
            [Problem("patient.last_name", "state the patient's name, or a contact's or referrer's")]
        )
    if not any(reach):
        raise BadInput(
            [Problem("contact.phone", "state a phone number or e-mail address of somebody to get back to")]
        )
