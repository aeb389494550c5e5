"""Calendars elsewhere whose busy times we keep free: kept with their sealed address, read when due, replaced as one."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from firstvisit.kernel import audit, blind, seal
from firstvisit.kernel.addresses import is_ours
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.models import Resource
from firstvisit.practice.queries import home_zone, practice
from firstvisit.steps.booking import spans, supply
from firstvisit.steps.booking.calendars import BusyTime, Read
from firstvisit.steps.booking.models import Appointment, Change, Feed

LOOKED_AHEAD: Final = timedelta(days=190)
"""A little more than the longest time offered ahead."""
STAYS: Final = " What was known of it stays."
SOONEST_MINUTES, LATEST_MINUTES = 5, 24 * 60
_TABLE: Final = "booking_feed"
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class Due(NamedTuple):
    """A feed whose turn it is, with what its reading needs."""

    feed: Feed
    zone: str
    first: date
    last: date


def checked_address(text: str) -> str:
    """An address as it is kept: https, or a server on this very machine. BadInput in words."""
    address = text.strip()
    if address.casefold().startswith("webcal://"):
        address = f"https://{address[9:]}"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        words = "This is no address: paste the calendar's own (iCal) address."
        raise BadInput([Problem("address", words)]) from None
    if parts.scheme not in ("https", "http") or not host or len(address) > 2000:
        raise BadInput([Problem("address", "Paste the calendar's address as its program shows it: https://…")])
    if host.casefold() in _LOOPBACK:
        return address
    if parts.scheme != "https":
        raise BadInput([Problem("address", "The address must begin with https://, so that nobody else reads it.")])
    if is_ours(host):
        raise BadInput([Problem("address", "This address lies in our own network; only public ones are read.")])
    return address


@transaction.atomic
def make_feed(
    resource: Resource, *, name: str, address: str, every_minutes: int, actor: Actor, now: datetime
) -> Feed:
    """Keep a calendar; it is read at once. BadInput in words."""
    if not SOONEST_MINUTES <= every_minutes <= LATEST_MINUTES:
        raise BadInput([Problem("every_minutes", f"Enter {SOONEST_MINUTES} to {LATEST_MINUTES} minutes.")])
    if not name.strip():
        raise BadInput([Problem("name", "Say whose calendar it is, such as “Anna’s Outlook”.")])
    key_row, key = seal.new_key()
    key_row.save(force_insert=True)
    feed = Feed(resource=resource, name=name.strip()[:120], key=key_row, every_minutes=every_minutes, look_at=now)
    feed.sealed = seal.seal(key, _TABLE, "sealed", feed.id, checked_address(address).encode())
    feed.save(force_insert=True)
    audit.note(actor, "feed_made", "resource", [resource.slug])
    return feed


@transaction.atomic
def drop_feed(feed: Feed, *, actor: Actor) -> None:
    """Read it no more; what it brought is free again."""
    key = feed.key
    feed.delete()
    key.delete()
    supply.raise_revision()
    audit.note(actor, "feed_dropped", "resource", [feed.resource.slug])


@transaction.atomic
def next_due(*, now: datetime) -> Due | None:
    """The feed that waits longest, its next turn set: whoever reads may fail or die, and nobody else reads it now."""
    feed = (
        Feed.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("key", "resource")
        .filter(look_at__lte=now)
        .order_by("look_at")
        .first()
    )
    if feed is None:
        return None
    feed.look_at = now + timedelta(minutes=feed.every_minutes)
    feed.save(update_fields=["look_at"])
    zone = zone_of(feed.resource)
    today = now.astimezone(zone).date()
    return Due(feed, zone.key, today - timedelta(days=1), today + LOOKED_AHEAD)


def address_of(feed: Feed) -> str:
    """Where it lies. SealBroken where the key does not open it."""
    return seal.unseal(seal.open_key(feed.key), _TABLE, "sealed", feed.id, feed.sealed).decode()


def zone_of(resource: Resource) -> ZoneInfo:
    """The zone of a resource's first site."""
    known, shape = practice().resources.get(resource.slug), practice()
    sites = [shape.sites[slug] for slug in (known.sites if known else ()) if slug in shape.sites]
    return sites[0].tz if sites else home_zone()


@transaction.atomic
def bring(feed: Feed, found: Read, *, now: datetime) -> int:
    """What a feed says now takes the place of what it said before, all at once; how many busy times changed. Our own
    visits, which a calendar that subscribes to ours shows back to us, are not busy elsewhere."""
    if not Feed.objects.select_for_update(of=("self",)).filter(id=feed.id).exists():
        return 0  # dropped meanwhile
    ours = _ours(found.busy)
    theirs = [one for one in found.busy if one.uid not in ours]
    wanted = {
        (str(blind.token("feed_event", str(feed.id), one.uid)), spans.moment(one.start), spans.moment(one.end))
        for one in theirs
    }
    kept = {
        (token, during.lower, during.upper): number
        for number, token, during in Change.objects.filter(feed=feed).values_list("id", "uid_token", "during")
    }
    gone = [number for key, number in kept.items() if key not in wanted]
    new = [
        Change(
            resource_id=feed.resource_id, what="busy", feed=feed, uid_token=token, during=DateTimeTZRange(lower, upper),
            made_at=now,
        )
        for token, lower, upper in wanted
        if (token, lower, upper) not in kept
    ]  # fmt: skip
    if gone or new:
        Change.objects.filter(feed=feed, id__in=gone).delete()
        Change.objects.bulk_create(new, batch_size=2000)
        supply.raise_revision()
    feed.read_at, feed.events, feed.failed = now, found.events, _told(found)
    feed.save(update_fields=["read_at", "events", "failed"])
    return len(gone) + len(new)


def failed(feed: Feed, why: str) -> None:
    """The last reading brought nothing: it is said, and what was known stays."""
    stays = STAYS if feed.read_at is not None else ""
    Feed.objects.filter(id=feed.id).update(failed=why[: 200 - len(stays)] + stays)


def _told(found: Read) -> str:
    lost = found.not_understood
    if not lost:
        return ""
    left_out = "is left out" if lost == 1 else "are left out"
    return f"It was read, but {lost} of its {found.events} events could not be understood and {left_out}."


def _ours(busy: tuple[BusyTime, ...]) -> set[str]:
    """Event ids that are those of our appointments."""
    said: dict[uuid.UUID, str] = {}
    for one in busy:
        try:
            said[uuid.UUID(one.uid.removeprefix("urn:uuid:"))] = one.uid
        except ValueError:
            continue
    return {said[known] for known in Appointment.objects.filter(id__in=list(said)).values_list("id", flat=True)}
