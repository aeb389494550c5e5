"""The nightly proof that all that came in ended as it must, held against the carriers' own counts where they tell them.

Every difference is a sentence with ids and nobody's name; what is about a way in becomes a task there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from firstvisit.journey import desk_tasks
from firstvisit.kernel.shortening import shortened
from firstvisit.practice.queries import policy
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.policy import Arriving
from firstvisit.steps.intake.sources.ways import KINDS

TO_TELL: Final = timedelta(days=2)
"""How long after a day has begun its ways in may take to say what they brought."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that did not end as it must. `kind` keeps the tasks of one day apart."""

    way: uuid.UUID | None
    kind: str
    words: str


def differences(now: datetime) -> Iterator[Difference]:
    """Every difference there is."""
    yield from _not_here(now)
    yield from _untold(now)
    yield from _gone()
    yield from _pages()
    yield from _quiet(now)


def reconcile(now: datetime) -> int:
    """A task for each difference; the number of differences. Run again it makes no second task that day."""
    ways = {way.id: way for way in WayIn.objects.all()}
    count = 0
    for difference in differences(now):
        count += 1
        if difference.way is not None:
            desk_tasks.person_looks_at_way(ways[difference.way], difference.kind, shortened(difference.words, 200))
    return count


def _not_here(now: datetime) -> Iterator[Difference]:
    """What a carrier says it brought and we never took."""
    rows = _rows(
        """
        SELECT told.way_id, way.name, told.day, cardinality(told.marks), count(*) FROM intake_carrierday told
        JOIN intake_wayin way ON way.id = told.way_id
        CROSS JOIN LATERAL unnest(told.marks) AS said(mark)
        WHERE told.day >= %s AND NOT EXISTS
            (SELECT 1 FROM intake_delivery had WHERE had.way_id = told.way_id AND had.mark = said.mark)
        GROUP BY told.way_id, way.name, told.day, cardinality(told.marks) ORDER BY told.day
        """,
        (now - deliveries.BACK).date(),
    )
    for way, name, day, told, missing in rows:
        are = "is" if missing == 1 else "are"
        words = f"{name}: {missing} of the {told} that it brought on {day:%a %b} {day.day} {are} not here"
        yield Difference(way, f"missing-{day}", words)


def _untold(now: datetime) -> Iterator[Difference]:
    """Ways in that could tell what they brought and of some day have not: what is not known is not taken for right."""
    for way in WayIn.objects.exclude(status="off").order_by("name"):
        kind = KINDS[way.kind]
        first = (way.on_since or way.made_at).date()
        if kind.transport not in ("folder", "mailbox", "poll") and kind.lists is None:
            continue
        since = first if kind.transport != "web" else first + timedelta(days=1)  # a webhook's first day is half a day
        days = [day for day in deliveries.days_untold(way, now=now) if since <= day < (now - TO_TELL).date()]
        if days:
            begun = f"{days[0]:%b} {days[0].day}"
            which = f"on {begun}" if len(days) == 1 else f"on {len(days)} days since {begun}"
            words = f"{way.name}: it was not heard what it brought {which}; is “listen” running, and does it answer?"
            yield Difference(way.id, "untold", words)


def _gone() -> Iterator[Difference]:
    """Deliveries whose item is not there, and items of ways in that no delivery tells of."""
    rows = _rows(
        """
        SELECT way.id, way.name, count(*) FROM intake_delivery had JOIN intake_wayin way ON way.id = had.way_id
        WHERE had.item_id IS NULL AND had.came <> 'notice' GROUP BY way.id, way.name
        """
    )
    for way, name, count in rows:
        are = "is" if count == 1 else "are"
        yield Difference(way, "gone", f"{name}: {count} that came in {are} gone from the database")
    orphans = _rows(
        """
        SELECT item.id FROM intake_item item WHERE item.sender LIKE 'way:%%'
        AND NOT EXISTS (SELECT 1 FROM intake_delivery had WHERE had.item_id = item.id)
        """
    )
    for (item,) in orphans:
        yield Difference(None, "orphan", f"item {item} came over a way in and no delivery tells of it")


def _pages() -> Iterator[Difference]:
    """Documents of which the carrier counted other pages than were read."""
    rows = _rows(
        """
        SELECT way.id, way.name, item.id, had.pages, read.pages FROM intake_delivery had
        JOIN intake_wayin way ON way.id = had.way_id JOIN intake_item item ON item.id = had.item_id
        JOIN intake_itemreading read ON read.item_id = item.id
        WHERE had.pages IS NOT NULL AND had.came = 'new' AND had.pages <> read.pages
        """
    )
    for way, name, item, told, read in rows:
        words = f"{name}: the carrier counted {told} pages of item {str(item)[:8]}, {read} were read"
        yield Difference(way, f"pages-{str(item)[:8]}", words)


def _quiet(now: datetime) -> Iterator[Difference]:
    """Ways in that are on and over which nothing came for long."""
    days = policy().section(Arriving).quiet_days
    if not days:
        return
    since = now - timedelta(days=days)
    for way in WayIn.objects.filter(status="on", last_at__lt=since):
        yield Difference(way.id, "quiet", f"{way.name}: nothing came for {days} days; is it still connected?")


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())
