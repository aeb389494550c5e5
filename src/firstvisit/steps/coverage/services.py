"""Questions about benefits as rows: wanted, asked, answered or failed; and when a payer is given a rest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Max, Min, Sum

from firstvisit.kernel import seal
from firstvisit.kernel.ids import new_id
from firstvisit.practice.shape import Practice
from firstvisit.steps.coverage.findings import Found
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.policy import Verification

GRACE: Final = timedelta(seconds=15)
"""Beyond the time an answer may take: whoever asked is dead by then."""
LOOKS_BACK: Final = timedelta(days=1)
LONGEST_PAUSE: Final = timedelta(hours=4)
_TAKING: Final = 0x0271
"""The advisory lock under which questions are taken, so that two workers together keep a payer's limit."""


def check_row(
    lead: uuid.UUID, shape: Practice, *, key: str, rank: int, token: str, payer: str, discipline: str, cause: str,
    day: date, now: datetime,
) -> Check:  # fmt: skip
    """A question as the row that waits to be asked about one day, of the plan of this rank at a payer (slug)."""
    row_id = new_id()
    connector = shape.payers[payer].connector if payer in shape.payers else ""
    return Check(
        id=row_id,
        key=key,
        lead_id=lead,
        rank=rank,
        token=uuid.UUID(token),
        payer=payer,
        connector=connector,
        line=line_of(connector, payer),
        discipline=discipline,
        cause=cause,
        service_date=day,
        trace=trace_of(row_id),
        wanted_at=now,
        again_at=now,
    )


def line_of(connector: str, payer: str) -> str:
    """Whose limits a question counts towards: a payer at a connector."""
    return f"{connector}:{payer}"


def trace_of(check: uuid.UUID) -> str:
    """The number under which a question is asked: the id of its row, which names nobody."""
    return check.hex.upper()


@dataclass(frozen=True, slots=True)
class Line:
    """How the line to a payer is: questions under way, failures in a row over all patients, until when it rests."""

    under_way: int
    failures: int
    rests_until: datetime | None


def line_state(line: str, rules: Verification, *, now: datetime) -> Line:
    """The state of one line, from its rows."""
    of_line = Check.objects.filter(line=line)
    under_way = of_line.filter(status="asked").count()
    since = of_line.filter(answered_at__gte=now - LOOKS_BACK, tries__gte=0, told_by=None).aggregate(
        at=Max("answered_at")
    )["at"] or now - LOOKS_BACK  # fmt: skip
    failed = of_line.filter(failed_at__gt=since).aggregate(count=Sum("tries"), at=Max("failed_at"))
    count = failed["count"] or 0
    until = failed["at"] + timedelta(minutes=rules.rest_minutes) if count >= rules.rest_after else None
    return Line(under_way, count, until if until is not None and until > now else None)


def take(rules: Verification, *, now: datetime, limit: int) -> list[Check]:
    """Questions whose time has come, locked, as many of each payer as its limit leaves room for; inside a transaction.
    After a rest one is let through, and the others wait for how it goes. What a dead process asked is wanted again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TAKING])
    Check.objects.filter(status="asked", asked_until__lt=now).update(
        status="wanted", asked_until=None, again_at=now
    )
    due = Check.objects.filter(status="wanted", again_at__lte=now)
    taken: list[Check] = []
    for row in due.values("line").annotate(first=Min("again_at"), waiting=Count("id")).order_by("first"):
        if len(taken) >= limit:
            break
        at = line_state(row["line"], rules, now=now)
        if at.rests_until is not None:
            due.filter(line=row["line"]).update(again_at=at.rests_until)
            continue
        most = 1 if at.failures >= rules.rest_after else rules.at_once
        room = min(most - at.under_way, limit - len(taken))
        if room > 0:
            of_line = due.filter(line=row["line"]).select_for_update(skip_locked=True, of=("self",))
            taken += of_line.order_by("again_at")[:room]
    return taken


def asking(row: Check, request: bytes, key: seal.OpenKey, rules: Verification, *, now: datetime) -> None:
    """A taken question is about to be asked; what is sent is kept, sealed, before it leaves."""
    row.status, row.asked_at, row.asked_until = "asked", now, now + timedelta(seconds=rules.seconds) + GRACE
    row.key_row_id = key.id
    row.request = seal.seal(key, "coverage_check", "request", row.id, request)
    row.save(update_fields=["status", "asked_at", "asked_until", "key_row", "request", "connector", "line"])


def answered(
    row: Check, found: Found, raw: bytes, key: seal.OpenKey, rules: Verification, *, now: datetime
) -> None:
    """A reply came. Where the standard lets a machine ask again, it is wanted again later; given up after the rules'
    hours, it ends as "down"."""
    row.asked_until = None
    row.took_ms = int((now - row.asked_at).total_seconds() * 1000) if row.asked_at else None
    row.finding, row.active, row.covered = found.finding, found.active, found.covered
    row.authorization, row.referral = found.authorization, found.referral
    row.refused, row.why = list(found.refused), found.why[:160]
    row.reply = seal.seal(key, "coverage_check", "reply", row.id, raw)
    row.key_row_id = key.id
    if found.again_days is not None and not _too_late(row, rules, now, days=found.again_days):
        row.tries += 1
        row.status, row.failed_at = "wanted", None
        row.again_at = now + (timedelta(days=found.again_days) or _pause(row, rules))
    else:
        row.status, row.answered_at = "answered", now
        if found.again_days is not None:
            row.finding, row.why = "down", "The payer refused to answer for too long."
    row.save()


def failed(row: Check, why: str, rules: Verification, *, temporary: bool, now: datetime) -> None:
    """It was asked in vain: wanted again after a pause, or failed for good. What no later try mends is no failure of
    the payer's line."""
    row.tries += 1
    row.asked_until, row.failed_at, row.why = None, now if temporary else None, why[:160]
    if temporary and not _too_late(row, rules, now):
        row.status, row.again_at = "wanted", now + _pause(row, rules)
    else:
        row.status = "failed"
        row.finding = "down" if temporary else ""
    row.save(update_fields=["status", "tries", "asked_until", "failed_at", "why", "again_at", "finding"])


def cannot(row: Check, why: str) -> None:
    """Nobody can be asked: the connector is off, or a field cannot be said. It counts against no payer."""
    row.status, row.why, row.asked_until = "failed", why[:160], None
    row.save(update_fields=["status", "why", "asked_until"])


def _pause(row: Check, rules: Verification) -> timedelta:
    doubled: int = rules.first_pause_minutes << min(row.tries - 1, 10)
    return min(timedelta(minutes=doubled), LONGEST_PAUSE)


def _too_late(row: Check, rules: Verification, now: datetime, *, days: int = 0) -> bool:
    return not days and now - row.wanted_at >= timedelta(hours=rules.give_up_hours)


def opened(row: Check, column: str, key: seal.OpenKey) -> bytes | None:
    """What was sent ("request"), came back ("reply") or was typed ("told"); None where there is none."""
    sealed: Any = getattr(row, column)
    return None if sealed is None else seal.unseal(key, "coverage_check", column, row.id, sealed)
