"""How many of the practice's own first visits take place, by how many days ahead they were booked. Counts, and nothing
of any person: no age, payer, language, place or history of theirs is read.

A visit counts once its time is over and it is known what became of it: it took place, or they did not come, or the
family called it off late. Visits that were moved are left out (their first booking says nothing of the time they were
moved to), so are those that we called off, and whoever left before being seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q

from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Share

YEAR: Final = timedelta(days=365)
KEPT_MINUTES: Final = 10
_LATE: Final = tuple(each.code for each in REASONS if each.by == "family")
_kept: tuple[tuple[object, ...], tuple[Share, ...]] | None = None


def share(booking: Booking, *, ahead: timedelta, now: datetime) -> Share | None:
    """The share of visits booked about as far ahead; None where they are fewer than the rules ask for."""
    found = next((each for each in reversed(_shares(booking, now)) if ahead >= timedelta(days=each.since)), None)
    return found if found is not None and found.booked >= booking.likely_least else None


def forget() -> None:
    """Count anew at the next look."""
    global _kept
    _kept = None


def _shares(booking: Booking, now: datetime) -> tuple[Share, ...]:
    """All of them, counted over the last year; kept for ten minutes in each process."""
    global _kept
    key = booking.likely_days, booking.late_cancel_hours, int(now.timestamp()) // (KEPT_MINUTES * 60)
    kept = _kept
    if kept is None or kept[0] != key:
        kept = _kept = key, _counted(booking, now)
    return kept[1]


def _counted(booking: Booking, now: datetime) -> tuple[Share, ...]:
    bounds = sorted({0, *booking.likely_days})
    spans = list(zip(bounds, [*bounds[1:], None], strict=True))
    came = Q(status__in=("arrived", "completed"))
    hours = timedelta(hours=booking.late_cancel_hours)
    late = Q(status="cancelled", why__in=_LATE, status_at__gt=F("starts_at") - hours)
    # A cancellation counts as one change of its own (`claims.cancel_all`), a move as one more.
    not_moved = Q(sequence=0) | Q(status="cancelled", sequence=1)
    asked: dict[str, Any] = {}
    for number, (since, before) in enumerate(spans):
        booked = Q(starts_at__gte=F("booked_at") + timedelta(days=since))
        if before is not None:
            booked &= Q(starts_at__lt=F("booked_at") + timedelta(days=before))
        asked[f"came_{number}"] = Count("id", filter=booked & came)
        asked[f"not_{number}"] = Count("id", filter=booked & (Q(status="missed") | late))
    rows = Appointment.objects.filter(
        not_moved, service="evaluation", booked_at__isnull=False, starts_at__gte=now - YEAR, starts_at__lt=now
    )
    found = rows.aggregate(**asked)
    return tuple(
        Share(since, before, found[f"came_{number}"] + found[f"not_{number}"], found[f"came_{number}"])
        for number, (since, before) in enumerate(spans)
    )
