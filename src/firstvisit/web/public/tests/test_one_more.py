"""Where visits booked so far ahead are often missed, one earlier time stands behind the others, for all who ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from firstvisit.journey.booking.offering import offers, with_one_more
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy
from firstvisit.steps.booking import shows
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import ended
from firstvisit.web.public.tests import test_book
from firstvisit.web.public.tests.pages import page
from firstvisit.web.public.tests.test_book import booked, buttons, link
from firstvisit.web.public.tests.test_request import MIA, both

DAYS = ("thu", "fri", "mon")
pytestmark = pytest.mark.django_db
mother = test_book.mother


@pytest.fixture
def lead(visitor: Client) -> Lead:
    """Mia, whose mother asked on a Tuesday morning, and can come from Thursday on."""
    clock.move(datetime.fromisoformat("2026-12-08T15:00:00+00:00") - clock.now())
    both(visitor, two={**MIA, "times": [f"{day}_{half}" for day in DAYS for half in ("am", "pm")]})
    return Lead.objects.get()


@pytest.fixture
def often_missed(lead: Lead) -> Iterator[None]:
    """Of 50 first visits that were booked less than 100 days ahead 30 took place; and a time that they stated counts
    for more than a sooner one."""
    sections = live_policy().as_json()
    sections["booking"] |= {"stated_times": 100, "soonest": 1, "soonest_urgent": 1, "likely_days": [100]}
    mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
    publish_policy(sections, note="times", drafted_by=mei, signed_by=ruth)
    forget()
    starts = clock.now() - timedelta(days=20)
    before = Lead.objects.create(
        number=99, kind="patient", site="madison", stage="closed", closed_at=starts, closed_how="evaluated",
        received_at=starts, owner_queue_id=lead.owner_queue_id, owner_user_id=lead.owner_user_id,
    )  # fmt: skip
    ended(before, 20, "missed", starts, ahead=5)
    ended(before, 30, "completed", starts, ahead=5)
    shows.forget()
    yield
    shows.forget()


def times_of(answer: object) -> list[str]:
    return re.findall(r"<li><button[^>]*><b>(.*?)</b>", page(answer))


def test_the_times_are_as_they_were_and_one_earlier_stands_behind_them(
    lead: Lead, mother: Client, often_missed: None
) -> None:
    Appointment.objects.filter(lead__number=99, status="missed").update(status="completed")
    shows.forget()
    without = mother.get(link(lead))
    assert len(buttons(without)) == 3 and "Earlier than the others" not in page(without)
    Appointment.objects.filter(id__in=Appointment.objects.filter(lead__number=99)[:20]).update(status="missed")
    shows.forget()
    answer = mother.get(link(lead))
    assert times_of(answer)[:3] == times_of(without) and len(buttons(answer)) == 4
    shown = page(answer)
    assert "Earlier than the others." in shown
    assert "took place" not in shown and " of 50 " not in shown and "less than" not in shown
    visit = booked(mother, lead, number=3)
    assert visit.starts_at < min(each.starts_at for each in offers(lead, now=clock.now(), count=3).offers)


def test_the_desk_reads_the_counts(lead: Lead, often_missed: None) -> None:
    dana = Client()
    dana.force_login(
        User.objects.get(email="dana@cedarstreet.example.org"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    found = offers(lead, now=clock.now(), count=3).offers
    listed = with_one_more(found, now=clock.now())
    assert listed[:3] == list(found) and len(listed) == 4
    words = "of 50 first visits booked less than 100 days ahead 30 took place"
    assert words in page(dana.get(f"/leads/L-{lead.number}/visit?with=lucia_herrera"))
    assert words not in page(dana.get(f"/leads/L-{lead.number}/visit?with=lucia_herrera&after=9"))
    assert words in page(dana.get(f"/leads/L-{lead.number}/visit/next"))


def test_nothing_is_added_after_the_rules_say_never(lead: Lead, often_missed: None) -> None:
    sections = live_policy().as_json()
    sections["booking"] |= {"likely_percent": 0}
    mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
    publish_policy(sections, note="never", drafted_by=mei, signed_by=ruth)
    forget()
    found = offers(lead, now=clock.now(), count=3).offers
    assert with_one_more(found, now=clock.now()) == list(found)
