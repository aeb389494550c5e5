"""What people outside were told or told us on a lead that taking back its only document would close.

Whoever was called, or comes on an agreed day, would then stand on no list; so the document stays filed, and what was
read wrongly is put right on the lead.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from firstvisit.journey.endings import BOOKED
from firstvisit.leads.models import ContactAttempt, Lead, Ruling
from firstvisit.leads.queries import code
from firstvisit.steps.intake.models import Part

_THEIR_WORD: Final = ("do_not_contact", "authorization")
"""Rulings that repeat what somebody outside said."""


@dataclass(frozen=True, slots=True)
class Worked:
    """One lead that somebody worked: its code, who agreed the visit or tried last, when, and the day of the visit."""

    code: str
    by: str
    at: datetime
    visit: bool
    visit_at: datetime | None

    @property
    def what(self) -> str:
        """What stands on the lead, without its day."""
        return "a visit is agreed" if self.visit else "somebody was in touch, or tried"

    @property
    def refusal(self) -> str:
        """Why the document stays filed, and what to do instead."""
        return (
            f"nothing was taken back: on {self.code} {self.what}. Put right on {self.code} what was read wrongly; "
            f"if it is not ours, tell whoever was called and close {self.code} with its reason"
        )


def worked(lead: Lead, item: uuid.UUID) -> Worked | None:
    """Who worked an open lead that has nothing but this item; None where nobody did, or something else keeps it."""
    if lead.closed_at is not None or Part.objects.filter(lead=lead).exclude(item=item).exists():
        return None
    tries = list(ContactAttempt.objects.filter(lead=lead).select_related("by").order_by("at", "id"))
    agreed = next((each for each in reversed(tries) if each.outcome == BOOKED), None)
    if (last := agreed or (tries[-1] if tries else None)) is not None:
        return Worked(code(lead.number), last.by.name, last.at, agreed is not None, agreed.again_at if agreed else None)
    said = Ruling.objects.filter(lead=lead, what__in=_THEIR_WORD, withdrawn_at=None).select_related("by").first()
    return Worked(code(lead.number), said.by.name, said.at, False, None) if said is not None else None


def worked_of(item: uuid.UUID) -> list[Worked]:
    """The leads of a filed item that keep it from being taken back, by number."""
    leads = Lead.objects.filter(parts__item=item, parts__end__in=("opened", "joined")).distinct().order_by("number")
    return [found for lead in leads if (found := worked(lead, item)) is not None]
