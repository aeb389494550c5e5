"""Payers beside each other: how long they take to authorize and what they answer, how fast they answer about benefits
and what they refuse for. Names nobody."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

FEWEST: Final = 5
"""Below so many answers no median is said: it would be this or that patient's."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One payer (its slug; "" for payers that the practice does not know) since a moment.

    `requests` were sent, `answered` of them decided; days are calendar days from sending to the decision, None below
    `FEWEST` answers. `approved` in whole, `partly`, `denied`; `nudges` in all. Of questions about benefits: `checks`
    that a machine asked, `check_answers` of them, and the median of their seconds; `refused` counts answers with an
    AAA by its code, one code once an answer."""

    payer: str
    requests: int = 0
    answered: int = 0
    median_days: float | None = None
    p90_days: float | None = None
    approved: int = 0
    partly: int = 0
    denied: int = 0
    nudges: int = 0
    checks: int = 0
    check_answers: int = 0
    median_seconds: float | None = None
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def refused_share(self) -> dict[str, float]:
        """By code the share of all answers about benefits that were refused for it."""
        return {code: round(count / self.check_answers, 3) for code, count in self.refused.items()}

    def as_json(self) -> dict[str, Any]:
        """The row as plain JSON."""
        return {**asdict(self), "refused_share": self.refused_share}


def league(*, since: datetime | None = None) -> list[Standing]:
    """Every payer that was asked anything since then, whoever answers authorizations fastest first; those without a
    median behind them, by name. Three questions to the database."""
    rows = {payer: values for payer, *values in _rows(_AUTHORIZATIONS, since)}
    checks = {payer: values for payer, *values in _rows(_CHECKS, since)}
    refused: dict[str, dict[str, int]] = {}
    for payer, code, count in _rows(_REFUSED, since):
        refused.setdefault(payer, {})[code] = count
    found = [
        _standing(payer, rows.get(payer), checks.get(payer), refused.get(payer, {}))
        for payer in sorted({*rows, *checks})
    ]
    return sorted(found, key=lambda one: (one.median_days is None, one.median_days or 0.0, one.payer))


def median_days(payer: str, *, urgent: bool) -> float | None:
    """The median of the payer's days to an answer, of urgent requests or of the others; None below `FEWEST`
    answers."""
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, [payer, urgent])
        count, median = cursor.fetchone()
    return float(median) if payer and count >= FEWEST else None


def _standing(
    payer: str, asked: list[Any] | None, checks: list[Any] | None, refused: dict[str, int]
) -> Standing:
    requests, answered, median, p90, approved, partly, denied, nudges = asked or (
        0,
        0,
        None,
        None,
        0,
        0,
        0,
        0,
    )
    count, answers, seconds = checks or (0, 0, None)
    enough, quick = answered >= FEWEST, answers >= FEWEST
    return Standing(
        payer=payer, requests=requests, answered=answered,
        median_days=round(median, 1) if enough and median is not None else None,
        p90_days=round(p90, 1) if enough and p90 is not None else None,
        approved=approved, partly=partly, denied=denied, nudges=nudges,
        checks=count, check_answers=answers,
        median_seconds=round(seconds, 1) if quick and seconds is not None else None,
        refused=refused,
    )  # fmt: skip


def _rows(query: str, since: datetime | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"since": since})
        return list(cursor.fetchall())


_DECIDED = "status IN ('approved', 'partly', 'denied')"
_DAYS = "extract(epoch FROM decided_at - requested_at)::float / 86400"
_AUTHORIZATIONS: Final = f"""
    SELECT payer, count(*), count(*) FILTER (WHERE {_DECIDED}),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY {_DAYS}) FILTER (WHERE {_DECIDED}),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY {_DAYS}) FILTER (WHERE {_DECIDED}),
        count(*) FILTER (WHERE status = 'approved'), count(*) FILTER (WHERE status = 'partly'),
        count(*) FILTER (WHERE status = 'denied'), coalesce(sum(nudges), 0)::int
    FROM coverage_authorizationrequest
    WHERE requested_at IS NOT NULL AND (%(since)s::timestamptz IS NULL OR requested_at >= %(since)s)
    GROUP BY payer
"""
_CHECKS: Final = """
    SELECT payer, count(*), count(*) FILTER (WHERE status = 'answered'),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY took_ms::float / 1000) FILTER (WHERE status = 'answered')
    FROM coverage_check
    WHERE asked_at IS NOT NULL AND told_by_id IS NULL AND (%(since)s::timestamptz IS NULL OR asked_at >= %(since)s)
    GROUP BY payer
"""
_REFUSED: Final = """
    SELECT payer, said.code, count(DISTINCT id)
    FROM coverage_check
    CROSS JOIN LATERAL jsonb_array_elements(refused) AS one(value)
    CROSS JOIN LATERAL (
        SELECT CASE jsonb_typeof(one.value) WHEN 'object' THEN one.value->>'code' ELSE one.value#>>'{}' END AS code
    ) AS said
    WHERE status = 'answered' AND asked_at IS NOT NULL AND told_by_id IS NULL AND said.code IS NOT NULL
        AND (%(since)s::timestamptz IS NULL OR asked_at >= %(since)s)
    GROUP BY payer, said.code ORDER BY payer, count(DISTINCT id) DESC, said.code
"""
_MEDIAN: Final = f"""
    SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY {_DAYS})
    FROM coverage_authorizationrequest
    WHERE payer = %s AND urgent = %s AND requested_at IS NOT NULL AND {_DECIDED}
"""
