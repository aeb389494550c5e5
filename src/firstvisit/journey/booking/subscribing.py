"""A person's calendar, read by a program of theirs: an address that is shown once, names nobody, and can be revoked."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import NotAllowed
from firstvisit.kernel.ids import made_at
from firstvisit.leads.queries import code
from firstvisit.leads.scope import leads_for, works_at
from firstvisit.people.identity import Identity
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking import ics
from firstvisit.steps.booking.models import TAKES_TIME, Appointment, Group, Subscription

BACK: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=180)
SHOWN: Final = tuple(each for each in TAKES_TIME if each != "held")
"""Statuses of what a program sees as taking place. A hold lasts minutes: no program sees it."""
READ_AGAIN: Final = 15
"""Minutes after which a program should look again."""
NOTED_EVERY: Final = timedelta(minutes=5)
SERVICES: Final = {"evaluation": "First visit", "treatment": "Treatment", "group": "Group"}
BECAME: Final = {"left": "left before being seen", "missed": "did not come", "cancelled": "cancelled"}
WHERE: Final = {"telehealth": "By video", "home": "At home"}


class Read(NamedTuple):
    """What a program is given: the calendar, and a mark that changes with it."""

    body: bytes
    etag: str


def subscribe(user: User, *, site: str, initials: bool, actor: Actor) -> tuple[Subscription, str]:
    """A new address and its secret part, which is shown this once. `site` "" is the person's own calendar. NotAllowed
    for whoever has none, for a site of others, and for initials of people whose names they may not see."""
    own = None if site else user.resource
    allowed = own is not None if not site else user.may("leads.see_site") and works_at(user, site)
    if not (allowed and user.may("leads.see")) or (site and site not in practice().sites):
        raise NotAllowed("leads.see_site" if site else "leads.see")
    if initials and not user.may("identity.see"):
        raise NotAllowed("identity.see")
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = Subscription.objects.create(
            user=user, token=token("calendar", secret), resource=own, site=site, initials=initials, made_at=clock.now()
        )
        audit.note(actor, "calendar_given_out", "calendar", [row.id])
    return row, secret


def revoke(user: User, number: uuid.UUID, *, actor: Actor) -> None:
    """The address opens nothing any more, from now on. NotAllowed for one of somebody else."""
    with transaction.atomic():
        if not Subscription.objects.filter(id=number, user=user, revoked_at=None).update(revoked_at=clock.now()):
            raise NotAllowed("leads.see")
        audit.note(actor, "calendar_taken_back", "calendar", [number])


def subscriptions(user: User) -> list[Subscription]:
    """The addresses of somebody that still open something, the newest first."""
    return list(Subscription.objects.filter(user=user, revoked_at=None).select_related("resource").order_by("-made_at"))


def read(secret: str, *, address: str, known: str = "") -> Read | None:
    """The calendar at an address; None where it opens nothing: unknown, revoked, or of an account that may not see it
    any more. The log says what was read, unless the program knows it already (`known`: its mark)."""
    row = (
        Subscription.objects.filter(token=token("calendar", secret), revoked_at=None)
        .select_related("user__role", "resource")
        .first()
    )
    if row is None or not row.user.may("leads.see"):
        return None
    if row.site and not (row.user.may("leads.see_site") and works_at(row.user, row.site)):
        return None
    if row.resource_id is not None and row.resource_id != row.user.resource_id:
        return None
    shape, now = practice(), clock.now()
    appointments = list(_appointments(row, now))
    named = _named(row, appointments)
    name = row.resource.data.get("name", "") if row.resource is not None else shape.sites[row.site].name
    entries = [*_groups(row, shape, now), *(_entry(one, shape, named) for one in appointments if one.group is None)]
    organizer = ics.Organizer(shape.identity.name, shape.identity.email)
    body = ics.calendar(
        entries, organizer=organizer, name=f"{name}, {shape.identity.name}", refresh_minutes=READ_AGAIN
    )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if row.read_at is None or now - row.read_at > NOTED_EVERY:
        Subscription.objects.filter(id=row.id).update(read_at=now)
    if known != etag:
        leads = list(dict.fromkeys(one.lead_id for one in appointments))
        audit.note(Actor("user", str(row.user_id), address), "viewed", "calendar", leads)
    return Read(body, etag)


def _appointments(row: Subscription, now: datetime) -> Iterable[Appointment]:
    """Visits from a month back; of what was cancelled, what had been booked."""
    found = Appointment.objects.filter(
        Q(status__in=SHOWN) | Q(status="cancelled", booked_at__isnull=False),
        starts_at__gte=now - BACK,
        starts_at__lte=now + AHEAD,
    )
    if row.resource_id is not None:
        found = found.filter(clinician=row.resource_id)
    else:
        found = found.filter(site=row.site, service="evaluation")
    return found.select_related("lead", "group").order_by("starts_at", "id")


def _named(row: Subscription, appointments: Iterable[Appointment]) -> Mapping[uuid.UUID, Identity]:
    """Of which leads initials are said: those in the owner's scope, where the owner chose so and may see names."""
    if not (row.initials and row.user.may("identity.see")):
        return {}
    seen = leads_for(row.user).filter(id__in={one.lead_id for one in appointments}).values_list("id", "patient_id")
    people = {lead: patient for lead, patient in seen if patient}
    known = {who: identity for who, (identity, _) in identities(people.values()).items()}
    return {lead: known[patient] for lead, patient in people.items() if patient in known}


def _entry(one: Appointment, shape: Practice, named: Mapping[uuid.UUID, Identity]) -> ics.Entry:
    parts = [SERVICES[one.service], _initials(named.get(one.lead_id)), BECAME.get(one.status, "")]
    program = shape.programs.get(one.program)
    number = code(one.lead.number)
    return ics.Entry(
        appointment=one.id,
        sequence=one.sequence,
        status=one.status,
        changed_at=one.changed_at,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        summary=", ".join(part for part in parts if part),
        zone=_zone(shape, one.site),
        where=WHERE.get(one.setting) or _address(shape.sites.get(one.site)),
        about="\n".join(part for part in (program.name if program is not None else "", number) if part),
        url=f"{settings.ENVIRONMENT.address}/leads/{number}",
    )


def _groups(row: Subscription, shape: Practice, now: datetime) -> Iterable[ics.Entry]:
    """A session that several share is one event, whether or not somebody sits in it; one that is closed is none."""
    if row.resource_id is None:
        return
    mine = Group.objects.filter(claims__resource=row.resource_id, cancelled_at=None)
    found = list(mine.filter(starts_at__gte=now - BACK, starts_at__lte=now + AHEAD).order_by("starts_at", "id"))
    taken: Counter[uuid.UUID | None] = Counter()
    changed: dict[uuid.UUID | None, datetime] = {}
    for seat in Appointment.objects.filter(group__in=found):
        changed[seat.group_id] = max(seat.changed_at, changed.get(seat.group_id, seat.changed_at))
        taken[seat.group_id] += seat.status in SHOWN
    for group in found:
        summary = f"Group, {taken[group.id]} of {group.seats}"
        where, zone = _address(shape.sites.get(group.site)), _zone(shape, group.site)
        at = changed.get(group.id) or made_at(group.id)
        yield ics.Entry(group.id, 0, "booked", at, group.starts_at, group.ends_at, summary, zone, where)


def _initials(who: Identity | None) -> str:
    letters = [part[0] for part in (who.first_name, who.last_name) if part] if who is not None else []
    return " ".join(f"{letter}." for letter in letters)


def _zone(shape: Practice, slug: str) -> ZoneInfo | None:
    site = shape.sites.get(slug)
    return site.tz if site is not None else None


def _address(site: Site | None) -> str:
    return f"{site.street}, {site.city}, {site.state} {site.postal_code}" if site is not None else ""
