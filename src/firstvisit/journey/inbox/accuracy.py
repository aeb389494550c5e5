"""How well documents are read: what people answered, by week, sender and field, counted without opening a value."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek

from firstvisit.kernel import seal
from firstvisit.steps.intake import kept_readings
from firstvisit.steps.intake.models import FieldAnswer, ItemReading

WEEKS: Final = 8
_ANSWERS: Final = ("confirmed", "corrected", "not_stated", "unreadable")


@dataclass(frozen=True, slots=True)
class Line:
    """A week, sender and field: how many values a person answered, how many were right as read, and how sure the
    reading had been on the average (a share; None where nothing was read and a person typed it)."""

    week: date
    sender: uuid.UUID | None
    path: str
    answered: int
    right: int
    corrected: int
    not_stated: int
    unreadable: int
    typed: int
    stated: float | None

    @property
    def read(self) -> int:
        """How many of them had been read."""
        return self.answered - self.typed

    @property
    def share(self) -> float | None:
        """Of the values read the share that was right."""
        return self.right / self.read if self.read else None


def lines(*, now: datetime, zone: ZoneInfo, weeks: int = WEEKS) -> list[Line]:
    """Answers of the last weeks, newest week first, within it the fields that were wrong most often; one question."""
    rows = (
        FieldAnswer.objects.filter(undone_at__isnull=True, verb__in=_ANSWERS, at__gte=now - timedelta(weeks=weeks))
        .annotate(week=TruncWeek("at", tzinfo=zone))
        .values("week", "sender", "path")
        .order_by()
        .annotate(
            answered=Count("id"),
            right=Count("id", filter=Q(verb="confirmed")),
            corrected=Count("id", filter=Q(verb="corrected", confidence__isnull=False)),
            not_stated=Count("id", filter=Q(verb="not_stated")),
            unreadable=Count("id", filter=Q(verb="unreadable")),
            typed=Count("id", filter=Q(confidence__isnull=True)),
            sure=Sum("confidence"),
        )
    )
    found = [
        Line(
            row["week"].date(),
            row["sender"],
            row["path"],
            row["answered"],
            row["right"],
            row["corrected"],
            row["not_stated"],
            row["unreadable"],
            row["typed"],
            row["sure"] / (row["answered"] - row["typed"]) if row["answered"] > row["typed"] else None,
        )
        for row in rows
    ]
    found.sort(key=lambda line: (line.right - line.answered, line.path, str(line.sender)))
    return sorted(found, key=lambda line: line.week, reverse=True)


def summed(found: Iterable[Line], *, by: str) -> list[tuple[object, Line]]:
    """Lines added up by "path" or "sender", those wrong most often first; the sender or path of a sum means nothing."""
    groups: dict[object, list[Line]] = defaultdict(list)
    for line in found:
        groups[getattr(line, by)].append(line)
    sums = [(name, _sum(group)) for name, group in groups.items()]
    return sorted(sums, key=lambda pair: (pair[1].right - pair[1].read, str(pair[0])))


def sender_names(senders: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """How each sender calls itself on its newest document that was not erased; two questions."""
    wanted = {sender for sender in senders if sender is not None}
    newest = (
        ItemReading.objects.filter(sender__in=wanted, item__key__wrapped__isnull=False)
        .order_by("sender", "-read_at")
        .distinct("sender")
        .select_related("item__key")
    )
    names: dict[uuid.UUID | None, str] = {}
    for row in newest:
        whole = kept_readings.opened(row, seal.open_key(row.item.key))
        names[row.sender] = whole.sender or whole.number
    return names


def _sum(group: list[Line]) -> Line:
    def total(name: str) -> int:
        return sum(getattr(line, name) for line in group)

    read = total("answered") - total("typed")
    stated = sum((line.stated or 0.0) * line.read for line in group)
    first = group[0]
    return Line(
        first.week,
        first.sender,
        first.path,
        total("answered"),
        total("right"),
        total("corrected"),
        total("not_stated"),
        total("unreadable"),
        total("typed"),
        stated / read if read else None,
    )
