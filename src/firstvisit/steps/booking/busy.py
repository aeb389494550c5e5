"""What is taken, read from the database: spans of each resource, what a clinician's are for, groups with seats."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from firstvisit.leads import services
from firstvisit.leads.models import LeadReferral
from firstvisit.practice.shape import Site
from firstvisit.reference import zips
from firstvisit.referral.record import Referral
from firstvisit.steps.booking import sessions as groups
from firstvisit.steps.booking.models import TAKES_TIME
from firstvisit.steps.booking.shapes import Place, Session, Span, Visit
from firstvisit.steps.booking.spans import minute, moment

_SPANS = """
select resource_id, array_agg(s order by s), array_agg(e order by s) from (
  select resource_id,
    (date_part('epoch', lower(during)) / 60)::int4 as s, (date_part('epoch', upper(during)) / 60)::int4 as e
  from booking_claim
  where resource_id = any(%(resources)s) and lower(during) < %(until)s and upper(during) > %(since)s
    and lower(during) >= %(since)s - interval '1 day'
    and (expires_at is null or expires_at > %(now)s) and appointment_id is distinct from %(moving)s
) as taken group by resource_id
"""
"""By the index `claim_of_resource`, which reads what these have in these days and nothing else. No claim is longer
than a day (`claim_within_a_day`): a kind's minutes and those kept free around them are twelve hours at most."""
_VISITS = """
select clinician_id, (date_part('epoch', lower(claimed)) / 60)::int4, (date_part('epoch', upper(claimed)) / 60)::int4,
  site, setting, service, new_patient, lead_id
from booking_appointment
where clinician_id = any(%(clinicians)s) and starts_at < %(until)s and starts_at >= %(since)s - interval '1 day'
  and ends_at > %(since)s and (service = 'evaluation' or clinician_id = any(%(moves)s))
  and status = any(%(takes_time)s) and (status <> 'held' or held_until > %(now)s)
  and claimed is not null and id is distinct from %(moving)s
"""
_SESSIONS = """
select resource_id, (date_part('epoch', lower(during)) / 60)::int4, (date_part('epoch', upper(during)) / 60)::int4,
  site, 'clinic', 'group', false, null
from booking_group session join booking_claim claim on claim.group_id = session.id
where session.starts_at < %(until)s and session.starts_at >= %(since)s - interval '1 day'
  and resource_id = any(%(moves)s) and during && tstzrange(%(since)s, %(until)s)
"""
"""Of whoever is not always at one place: a session is a claim of the group's, not of a visit."""


def spans(
    resources: Collection[int], since: int, until: int, *, now: datetime, moving: uuid.UUID | None = None
) -> dict[int, list[Span]]:
    """Claims of `resources` that overlap the minutes from `since` to `until`, but for expired holds and those of the
    appointment that is being moved."""
    asked = {"resources": list(resources), **_stretch(since, until, now, moving)}
    return {resource: list(zip(starts, ends, strict=True)) for resource, starts, ends in _rows(_SPANS, asked)}


class Asked(Mapping[int, Sequence[Span]]):
    """Spans of some read already, and of `more` read together when one of them is first asked for: rooms matter only
    where a time would come among the best."""

    def __init__(
        self, known: Mapping[int, Sequence[Span]], more: Callable[[], Mapping[int, Sequence[Span]]]
    ) -> None:
        self._known, self._more = known, more
        self._read: Mapping[int, Sequence[Span]] | None = None

    def __getitem__(self, resource: int) -> Sequence[Span]:
        if resource in self._known:
            return self._known[resource]
        if self._read is None:
            self._read = self._more()
        return self._read[resource]

    def __iter__(self) -> Iterator[int]:
        return iter({**self._known, **(self._read or {})})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def visits(
    clinicians: Collection[int],
    moves: Collection[int],
    sites: Mapping[str, Site],
    since: int,
    until: int,
    *,
    now: datetime,
    moving: uuid.UUID | None = None,
) -> dict[int, list[Visit]]:
    """What clinicians are claimed for: their evaluations, and all visits of those in `moves`, who are not always at
    one place. Where a visit at home is, is known from the ZIP of the patient."""
    who = {"clinicians": list(clinicians), "moves": list(moves), "takes_time": list(TAKES_TIME)}
    asked = {**who, **_stretch(since, until, now, moving)}
    asked_for = f"{_VISITS} union all {_SESSIONS}" if moves else _VISITS
    rows = _rows(f"{asked_for} order by 2", asked)
    homes = homes_of({lead for who, *_, setting, _, _, lead in rows if setting == "home" and who in moves})
    found: dict[int, list[Visit]] = {}
    for clinician, start, end, site, setting, service, new, lead in rows:
        place = None
        if clinician in moves:
            place = homes.get(lead) if setting == "home" else _place(sites.get(site))
        found.setdefault(clinician, []).append(Visit(start, end, place, service == "evaluation", new))
    return found


def sessions(
    kind: str, clinicians: Collection[int], sites: Collection[str], since: int, until: int, *, now: datetime
) -> tuple[Session, ...]:
    """Groups of a kind that begin between two minutes, with the seats that are left."""
    found = []
    for one in groups.sessions([kind], sites, moment(since), moment(until), now=now):
        who = next((each for each in one.resources if each in clinicians), None)
        if who is not None:
            group, claimed = one.group, (minute(one.claimed[0]), minute(one.claimed[1]))
            start, end = minute(group.starts_at), minute(group.ends_at)
            found.append(
                Session(
                    str(group.id),
                    kind,
                    group.program,
                    group.site,
                    start,
                    end,
                    claimed,
                    who,
                    one.resources,
                    one.left,
                )
            )
    return tuple(found)


def homes_of(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, Place]:
    """Where the patients of these leads live; those whose place is not known are left out."""
    if not leads:
        return {}
    readings = LeadReferral.objects.filter(lead__in=leads).select_related("key")
    found = {reading.lead_id: home_of(services.read(reading)) for reading in readings}
    return {lead: place for lead, place in found.items() if place is not None}


def home_of(referral: Referral) -> Place | None:
    """The middle of the ZIP area where the patient lives; None where it is not stated or unknown."""
    stated = zips.place((referral.patient.postal_code or "")[:5])
    if stated is None or stated.latitude is None or stated.longitude is None:
        return None
    return Place(stated.latitude, stated.longitude)


def _place(site: Site | None) -> Place | None:
    return None if site is None else Place(site.latitude, site.longitude)


def _stretch(since: int, until: int, now: datetime, moving: uuid.UUID | None) -> dict[str, Any]:
    return {"since": moment(since), "until": moment(until), "now": now, "moving": moving}


def _rows(query: str, asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
