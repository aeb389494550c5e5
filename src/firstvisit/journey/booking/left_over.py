"""Visits to come that stand on an entry of the practice, and those that a change of it would leave without a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice import queries
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.unfit import Unfit, unfit

MEANT: Final = "knowing"
"""The field by which a form says that what was said of visits is meant."""
NAMED: Final = 5
"""Visits named in a sentence; of the rest the number is said."""


def to_come(resource: int, now: datetime) -> QuerySet[Appointment]:
    """The visits and holds to come of a therapist, a room or a device."""
    mine = Q(clinician=resource) | Q(resources__contains=[resource])
    return Appointment.objects.filter(mine, status__in=("booked", "held"), starts_at__gt=now)


def by_site(rows: QuerySet[Appointment]) -> tuple[tuple[str, int], ...]:
    """How many of these visits stand at which site, by its name."""
    sites = queries.practice_now().sites
    counted = Counter(rows.values_list("site", flat=True))
    return tuple((sites[slug].name if slug in sites else slug, number) for slug, number in sorted(counted.items()))


@contextmanager
def meant(knowing: bool) -> Iterator[None]:
    """What is changed within leaves no visit to come without a place, or somebody says (`knowing`) that this is meant:
    BadInput otherwise, which names the visits; the transaction around it takes the change back."""
    if knowing:
        yield
        return
    before = {one.appointment.id for one in _unfit()}
    yield
    lost = [one for one in _unfit() if one.appointment.id not in before]
    if lost:
        raise BadInput([Problem(MEANT, _words(lost))])


def _unfit() -> list[Unfit]:
    return unfit(queries.practice_now(), queries.policy().section(Booking), now=clock.now())


def _words(lost: list[Unfit]) -> str:
    shape, named = queries.practice_now(), []
    for one in lost[:NAMED]:
        row, site = one.appointment, shape.sites.get(one.appointment.site)
        at = row.starts_at.astimezone(site.tz if site else queries.home_zone())
        named.append(f"L-{row.lead.number} on {at:%a %b} {at.day}{f' in {site.city}' if site else ''}")
    more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
    first = "1 visit to come would" if len(lost) == 1 else f"{len(lost)} visits to come would"
    return f"{first} no longer fit: {', '.join(named)}{more}."
