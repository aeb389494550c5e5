"""Leases: two people never work on one thing, and an abandoned one returns by itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from firstvisit.kernel.models import Lease


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a thing until when."""

    holder: uuid.UUID
    until: datetime


def take(kind: str, subject: uuid.UUID, holder: uuid.UUID, *, now: datetime, minutes: int) -> Held:
    """Take or renew the lease; when somebody else holds a live one, theirs is returned instead.

    One statement decides, so of two who ask at once exactly one gets it.
    """
    until = now + timedelta(minutes=minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kernel_lease (kind, subject, holder, until) VALUES (%s, %s, %s, %s)
            ON CONFLICT (kind, subject) DO UPDATE SET holder = excluded.holder, until = excluded.until
            WHERE kernel_lease.holder = excluded.holder OR kernel_lease.until <= %s
            """,
            [kind, subject, holder, until, now],
        )
        if cursor.rowcount:
            return Held(holder, until)
    lease = Lease.objects.get(kind=kind, subject=subject)
    return Held(lease.holder, lease.until)


def give_back(kind: str, subject: uuid.UUID, holder: uuid.UUID) -> None:
    """Return a lease before its time; somebody else's stays."""
    Lease.objects.filter(kind=kind, subject=subject, holder=holder).delete()


def give_back_all(kind: str, holder: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """Return every lease of a holder, except the one on `but`."""
    rows = Lease.objects.filter(kind=kind, holder=holder)
    (rows.exclude(subject=but) if but is not None else rows).delete()


def held(kind: str, subjects: Iterable[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Held]:
    """The live leases among `subjects`, in one query."""
    rows = Lease.objects.filter(kind=kind, subject__in=list(subjects), until__gt=now)
    return {row.subject: Held(row.holder, row.until) for row in rows}


def sweep(*, now: datetime) -> int:
    """Delete leases that lapsed more than a day ago; the number deleted."""
    return Lease.objects.filter(until__lt=now - timedelta(days=1)).delete()[0]
