"""Which stages a closed lead reached, and when: what is known of it by what was decided, tried, booked and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from firstvisit.journey.booking.ended import EVALUATED, known_ends
from firstvisit.journey.endings import BOOKED
from firstvisit.leads.models import ContactAttempt, DecisionRow, Lead
from firstvisit.steps.booking.queries import booked_at


@dataclass(frozen=True, slots=True)
class Reached:
    """When each stage was reached; None for one that was not, as far as is known. `evaluated` is the day that was
    noted, which may be older than the noting."""

    qualifying: datetime | None
    contacted: datetime | None
    booked: datetime | None
    evaluated: date | datetime | None


def reached(lead: Lead) -> Reached:
    """The stages of one lead; four questions to the database."""
    agreed = ContactAttempt.objects.filter(lead=lead, outcome=BOOKED).order_by("at").values_list("at", flat=True)
    ended = known_ends(lead).get("evaluation_completed")
    return Reached(
        qualifying=DecisionRow.objects.filter(lead=lead).order_by("at").values_list("at", flat=True).first(),
        contacted=lead.first_reached_at or lead.first_tried_at,
        booked=min([*booked_at(lead.id), *agreed[:1]], default=None),
        evaluated=ended or (lead.closed_at if lead.closed_how == EVALUATED else None),
    )
