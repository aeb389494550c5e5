"""The league of payers counts what was measured and says no median of a few."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from firstvisit.leads.models import Lead
from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.queries import queue_ids
from firstvisit.steps.coverage.league import FEWEST, league, median_days
from firstvisit.steps.coverage.models import AuthorizationRequest, Check

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 2, 15, tzinfo=UTC)


@pytest.fixture
def lead() -> Lead:
    services.load(read_folder(SAMPLE), by="test")
    return Lead.objects.create(
        number=1, kind="patient", site="madison", stage="qualifying", outcome="book_now", received_at=DAY,
        owner_queue_id=next(iter(queue_ids().values())),
    )  # fmt: skip


def asked(lead: Lead, payer: str, status: str, days: float | None = None, *, nudges: int = 0) -> None:
    AuthorizationRequest.objects.create(
        key=uuid.uuid4().hex, trace=uuid.uuid4().hex, lead=lead, payer=payer, discipline="PT", service="evaluation",
        needed_by="rule", needed_at=DAY, status=status, requested_at=None if status == "needed" else DAY,
        decided_at=None if days is None else DAY + timedelta(days=days), nudges=nudges,
    )  # fmt: skip


def checked(lead: Lead, payer: str, seconds: float, *refused: object) -> None:
    Check.objects.create(
        key=uuid.uuid4().hex, trace=uuid.uuid4().hex, lead=lead, token=uuid.uuid4(), payer=payer, discipline="PT",
        cause="captured", service_date=DAY.date(), status="answered", wanted_at=DAY, again_at=DAY, asked_at=DAY,
        answered_at=DAY, took_ms=int(seconds * 1000), refused=list(refused),
    )  # fmt: skip


def test_days_and_answers_are_counted_by_payer(lead: Lead) -> None:
    for days, status in ((1, "approved"), (2, "approved"), (3, "partly"), (4, "denied"), (10, "approved")):
        asked(lead, "slow", status, days, nudges=1)
    asked(lead, "slow", "requested")
    asked(lead, "slow", "needed")
    slow, *rest = league()
    assert not rest
    assert (slow.requests, slow.answered, slow.median_days) == (6, 5, 3.0)
    assert slow.p90_days == pytest.approx(7.6)
    assert (slow.approved, slow.partly, slow.denied, slow.nudges) == (3, 1, 1, 5)
    assert median_days("slow", urgent=False) == 3.0
    assert median_days("slow", urgent=True) is None


def test_below_five_answers_no_median_is_said(lead: Lead) -> None:
    for _ in range(FEWEST - 1):
        asked(lead, "new", "approved", 2)
        checked(lead, "new", 1.5)
    (new,) = league()
    assert (new.answered, new.median_days, new.p90_days, new.median_seconds) == (4, None, None, None)
    assert median_days("new", urgent=False) is None
    asked(lead, "new", "approved", 2)
    checked(lead, "new", 1.5)
    (new,) = league()
    assert (new.median_days, new.median_seconds) == (2.0, 1.5)


def test_what_benefits_were_refused_for_is_a_share_of_the_answers(lead: Lead) -> None:
    checked(lead, "a", 1)
    checked(lead, "a", 2, {"code": "75", "whose": "patient"}, {"code": "75", "whose": "patient"})
    checked(lead, "a", 3, {"code": "71"}, "75")
    checked(lead, "a", 3)
    (row,) = league()
    assert (row.check_answers, row.refused) == (4, {"75": 2, "71": 1})
    assert row.refused_share == {"75": 0.5, "71": 0.25}
    assert row.as_json()["refused_share"] == {"75": 0.5, "71": 0.25}


def test_the_fastest_stand_first_and_the_past_may_be_left_out(lead: Lead) -> None:
    for payer, days in (("slow", 9), ("quick", 2)):
        for _ in range(FEWEST):
            asked(lead, payer, "approved", days)
    asked(lead, "unknown", "approved", 1)
    assert [one.payer for one in league()] == ["quick", "slow", "unknown"]
    assert league(since=timezone.now() + timedelta(days=3650)) == []
    assert median_days("", urgent=False) is None
