"""Which payers are left in peace, and since when: too many failures in a row over all patients."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection

from firstvisit.steps.coverage.policy import Verification
from firstvisit.steps.coverage.services import LOOKS_BACK


class Rest(NamedTuple):
    """A line (a payer at a connector) at which questions failed in a row: since when, how often, and until when it is
    left in peace."""

    since: datetime
    failures: int
    until: datetime


def resting(rules: Verification, *, now: datetime) -> dict[str, Rest]:
    """The lines that rest now, by name. One question to the database however many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, {"since": now - LOOKS_BACK})
        rows = cursor.fetchall()
    found = {}
    for line, failures, first, last in rows:
        until = last + timedelta(minutes=rules.rest_minutes)
        if failures >= rules.rest_after and until > now:
            found[line] = Rest(first, failures, until)
    return found


_FAILED: Final = """
    SELECT line, sum(tries), min(failed_at), max(failed_at)
    FROM coverage_check AS failed
    WHERE line <> '' AND failed_at > %(since)s AND NOT EXISTS (
        SELECT FROM coverage_check AS since
        WHERE since.line = failed.line AND since.told_by_id IS NULL AND since.answered_at > failed.failed_at
    )
    GROUP BY line
"""
