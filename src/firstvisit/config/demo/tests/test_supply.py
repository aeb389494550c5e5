"""The demo's supply and caseload: entered once, open as it should be, and about half full."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from firstvisit.config.demo import caseload, supply, week
from firstvisit.config.demo.referrals import ByApi
from firstvisit.journey.booking.closed import settle_closed
from firstvisit.journey.receiving import receive
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.queries import practice
from firstvisit.practice.services import load
from firstvisit.steps.booking import checking, spans
from firstvisit.steps.booking import supply as compiled
from firstvisit.steps.booking.models import Appointment, Block, Claim, Outgoing
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import parse


def test_the_demos_clinicians_have_hours_and_people_and_are_about_half_full(db: None) -> None:
    load(read_folder(SAMPLE), by="test")
    now = clock.now()
    supply.set_up(now.date())
    entered = Block.objects.count()
    supply.set_up(now.date())
    assert Block.objects.count() == entered == len(supply.HOURS)
    codes = _sent(caseload.all_of(now.date()))
    assert caseload.fill(codes, now) > 250
    assert caseload.fill(codes, now) == 0
    first = now.date() + timedelta(days=1)
    known = compiled.bookables(practice(), Booking(), first, first + timedelta(days=13))
    open_ = sum(end - start for one in known if one.kind == "clinician" for start, end in _spans(one.open))
    span = (spans.moment(min(one.open[0].start for one in known if one.open)), now + timedelta(days=14))
    taken = sum(
        (during.upper - during.lower).total_seconds() / 60
        for during in Claim.objects.filter(during__overlap=span).values_list("during", flat=True)
    )
    assert 0.25 < taken / open_ < 0.7
    assert not list(checking.breaks(now))
    assert set(Lead.objects.values_list("closed_how", flat=True)) == {"evaluated"}
    assert not Appointment.objects.filter(starts_at__gt=now).exclude(service="treatment", status="booked").exists()
    # Of so many visits of people who go on, none keeps the sweep from a lead that was closed otherwise.
    last = Lead.objects.order_by("-number")[0]
    Lead.objects.filter(id=last.id).update(closed_how="no_longer_wanted")
    later = now + timedelta(hours=1)
    settle_closed(now=later)
    assert not Appointment.objects.filter(lead=last, status="booked", starts_at__gt=later).exists()


def test_the_demos_week_has_first_visits_as_a_practice_has_them(db: None) -> None:
    load(read_folder(SAMPLE), by="test")
    now = clock.now()
    supply.set_up(now.date())
    treated = _sent(caseload.all_of(now.date()))
    caseload.fill(treated, now)
    assert not Outgoing.objects.exclude(status="acknowledged").exists(), "the EMR knows whom it brought us"
    codes = _sent(week.all_of(now.date()))
    assert week.fill(codes, now) == len(week.FAMILIES)
    assert week.fill(codes, now) == 0
    stand = Counter(Appointment.objects.filter(lead__closed_at=None).values_list("status", flat=True))
    assert stand == {"booked": 15, "arrived": 1, "missed": 1, "cancelled": 1}
    to_come = Appointment.objects.filter(lead__closed_at=None, status="booked", starts_at__gt=now)
    assert to_come.filter(confirmed_at__isnull=False).count() == 4
    past = Appointment.objects.filter(lead__closed_at=None, starts_at__lt=now, status__in=("booked", "arrived"))
    assert past.count() == 4, "the morning's list"
    days = {row.starts_at.date() for row in to_come}
    assert len(days) > 1 and max(days) <= now.date() + timedelta(days=21)
    assert Task.objects.filter(kind="call_missed", status="open").count() == 1
    assert not list(checking.breaks(now))
    # Of those who are new the EMR hears, once each.
    new = Outgoing.objects.filter(lead__closed_at=None, what="patient").exclude(status="withdrawn")
    assert new.count() == to_come.values("lead").distinct().count()


def _sent(families: Iterable[ByApi]) -> list[str]:
    """Their codes, as their referrals came by the API."""
    before = set(Lead.objects.values_list("number", flat=True))
    today = clock.now().date()
    for each in families:
        raw = json.dumps(each.body).encode()
        arrival = Arrival("api", Actor("public"), raw, "application/json", each.key)
        receive(arrival, parse("api", raw, today=today, programs=practice().program_words))
    numbers = Lead.objects.exclude(number__in=before).order_by("number").values_list("number", flat=True)
    return [f"L-{number}" for number in numbers]


def _spans(stretches: tuple[compiled.Stretch, ...]) -> list[tuple[int, int]]:
    return spans.joined(one[:2] for one in stretches)
