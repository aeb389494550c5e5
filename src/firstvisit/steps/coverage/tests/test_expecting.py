"""By when a payer answers: what it said, its rule, the law, what was measured, in this order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from firstvisit.practice.shape import Payer
from firstvisit.steps.coverage.expecting import expected, legal_clock

MADISON = ZoneInfo("America/Chicago")
ASKED = datetime(2026, 11, 24, 10, tzinfo=MADISON)
RULE = Payer(slug="p", name="P", kind="commercial", authorization_days=10, authorization_urgent_hours=48,
             as_of=date(2026, 1, 1), source="Its manual")  # fmt: skip
NO_RULE = RULE.model_copy(update={"authorization_days": None, "authorization_urgent_hours": None})
ONLY_DAYS = RULE.model_copy(update={"authorization_urgent_hours": None})


@pytest.mark.parametrize(
    ("payer", "kind", "urgent", "median", "said", "at", "whence"),
    [
        (RULE, "commercial", False, 3.0, None, (12, 4, 17), "rule"),
        (RULE, "medicaid", True, None, None, (11, 26, 10), "rule"),
        (ONLY_DAYS, "commercial", True, None, None, (12, 4, 17), "rule"),
        (NO_RULE, "medicaid", False, 3.0, None, (12, 1, 17), "law"),
        (NO_RULE, "medicare", True, None, None, (11, 27, 10), "law"),
        (None, "medicaid", False, None, None, (12, 1, 17), "law"),
        (NO_RULE, "commercial", False, 2.4, None, (11, 27, 17), "median"),
        (NO_RULE, "commercial", False, None, None, None, ""),
        (None, None, False, None, None, None, ""),
        (RULE, "medicaid", False, 1.0, date(2026, 12, 24), (12, 24, 17), "payer"),
    ],
)
def test_when_and_from_where(
    payer: Payer | None, kind: str | None, urgent: bool, median: float | None, said: date | None,
    at: tuple[int, int, int] | None, whence: str,
) -> None:  # fmt: skip
    found = expected(
        ASKED, urgent=urgent, payer=payer, kind=kind, law=legal_clock(), median=median, said=said
    )
    assert found.at == (datetime(2026, *at, tzinfo=MADISON) if at else None)
    assert found.whence == whence and found.words


def test_a_rule_and_the_law_are_said_with_day_and_source() -> None:
    law = replace(legal_clock(), as_of=date(2026, 11, 21))
    by_rule = expected(ASKED, urgent=False, payer=RULE, kind="commercial", law=law, median=None)
    assert by_rule.words == "Its rule is 10 days, as of 2026-01-01: Its manual"
    by_law = expected(ASKED, urgent=True, payer=None, kind="medicaid", law=law, median=None)
    assert by_law.words.startswith("The law gives it 72 hours, as of 2026-11-21: CMS-0057-F")
