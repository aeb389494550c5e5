"""Visits to come that stand on an entry of the practice, and what a change of it would leave without a place: visits
and sessions of groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice import queries
from firstvisit.steps.booking.models import Appointment, Group
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.unfit import Unfit, UnfitSession, unfit, unfit_sessions

MEANT: Final = "knowing"
"""The field by which a form says that what was said of visits is meant."""
NAMED: Final = 5
"""Visits, or sessions, named in a sentence; of the rest the number is said."""


def to_come(resource: int, now: datetime) -> QuerySet[Appointment]:
    """The visits and holds to come of a therapist, a room or a device; a seat takes what its session takes."""
    sessions = Group.objects.filter(claims__resource=resource)
    mine = Q(clinician=resource) | Q(resources__contains=[resource]) | Q(group__in=sessions)
    return Appointment.objects.filter(mine, status__in=("booked", "held"), starts_at__gt=now)


def by_site(rows: QuerySet[Appointment]) -> tuple[tuple[str, int], ...]:
    """How many of these visits stand at which site, by its name."""
    sites = queries.practice_now().sites
    counted = Counter(rows.values_list("site", flat=True))
    return tuple((sites[slug].name if slug in sites else slug, number) for slug, number in sorted(counted.items()))


@contextmanager
def meant(knowing: bool) -> Iterator[None]:
    """What is changed within leaves no visit or session to come without a place, or somebody says (`knowing`) that this
    is meant: BadInput otherwise, which names them; the transaction around it takes the change back."""
    if knowing:
        yield
        return
    visits, sessions = _unfit()
    before = {one.appointment.id for one in visits} | {one.group.id for one in sessions}
    yield
    visits, sessions = _unfit()
    lost = [one for one in visits if one.appointment.id not in before]
    adrift = [one for one in sessions if one.group.id not in before]
    said = [*([_of_visits(lost)] if lost else []), *([_of_sessions(adrift)] if adrift else [])]
    if said:
        raise BadInput([Problem(MEANT, words) for words in said])


def _unfit() -> tuple[list[Unfit], list[UnfitSession]]:
    asked = queries.practice_now(), queries.policy().section(Booking)
    now = clock.now()
    return unfit(*asked, now=now), unfit_sessions(*asked, now=now)


def _of_visits(lost: Sequence[Unfit]) -> str:
    first = "1 visit to come would" if len(lost) == 1 else f"{len(lost)} visits to come would"
    return _words(first, [(f"L-{one.appointment.lead.number} on ", one.appointment) for one in lost])


def _of_sessions(lost: Sequence[UnfitSession]) -> str:
    first = "1 session of a group would" if len(lost) == 1 else f"{len(lost)} sessions of groups would"
    return _words(first, [("", one.group) for one in lost])


def _words(first: str, lost: Sequence[tuple[str, Appointment | Group]]) -> str:
    shape, named = queries.practice_now(), []
    for whose, one in lost[:NAMED]:
        site = shape.sites.get(one.site)
        at = one.starts_at.astimezone(site.tz if site else queries.home_zone())
        named.append(f"{whose}{at:%a %b} {at.day}{f' in {site.city}' if site else ''}")
    more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
    return f"{first} no longer fit: {', '.join(named)}{more}."
