"""Where few times are free a family reads all of them, and a page says what stands in the way of a day."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from firstvisit.journey import own_visit
from firstvisit.journey.booking import offering
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import practice
from firstvisit.steps.booking.supplying import close_site
from firstvisit.web.public.tests.pages import page
from firstvisit.web.public.tests.test_book import booked, buttons, lead, link, mother

__all__ = ["lead", "mother"]
pytestmark = pytest.mark.django_db


def closed(first: date, last: date) -> None:
    for site in practice().sites:
        close_site(site, why="weather", first=(first, None), last=(last, None), by=None, actor=SYSTEM, now=clock.now())


@pytest.fixture
def one_day(lead: Lead) -> date:
    """The only day on which anything is free: that of the best time."""
    on = offering.offers(lead, now=clock.now()).offers[0].starts_at.date()
    today = clock.now().date()
    if on > today:
        closed(today, on - timedelta(days=1))
    closed(on + timedelta(days=1), today + timedelta(days=120))
    return on


def test_of_one_half_day_three_stand_there_and_more_shows_the_rest(one_day: date, lead: Lead, mother: Client) -> None:
    free = offering.offers(lead, now=clock.now(), count=60, a_half_day=0).offers
    halves = {each.starts_at.hour < 12 for each in free}
    assert {each.starts_at.date() for each in free} == {one_day} and len(free) > 2 * len(halves)
    shown = mother.get(link(lead))
    assert len(buttons(shown)) == 3 and "Show more times" in page(shown)
    assert len(buttons(mother.get(f"{link(lead)}?more=1"))) == min(12, len(free))
    three, more = own_visit.first_times(lead, now=clock.now(), count=3, most=12)
    assert len(three) == 3 and more is (len(free) > 3)
    assert len({each.starts_at.hour < 12 for each in three}) == len(halves), "of each half day the best first"


def test_the_desk_finds_them_too(one_day: date, lead: Lead) -> None:
    free = offering.offers(lead, now=clock.now(), count=60, a_half_day=0).offers
    found = offering.offers(lead, now=clock.now(), count=60, a_half_day=1)
    assert sorted(each.slot.start for each in found.offers) == sorted(each.slot.start for each in free)
    halves = {each.starts_at.hour < 12 for each in free}
    assert len({each.starts_at.hour < 12 for each in found.offers[: len(halves)]}) == len(halves)
    first, then = (offering.offers(lead, now=clock.now(), count=2, after=at, a_half_day=1).offers for at in (0, 2))
    assert [each.slot.start for each in (*first, *then)] == [each.slot.start for each in found.offers[:4]]


def test_what_they_said_stands_in_the_boxes_and_an_hour_alone_is_of_every_day(lead: Lead, mother: Client) -> None:
    where = f"{link(lead)}/when"
    ticked = lambda: re.findall(r'value="(\w+_[ap]m)" checked', page(mother.get(where)))  # noqa: E731
    assert ticked() == ["tue_am", "thu_am"]
    mother.post(where, {"times": ["tue_am"], "token": "u" * 32})
    assert ticked() == ["tue_am"]
    mother.post(where, {"from": "780", "token": "v" * 32})
    assert len(ticked()) == 10
    found = offering.offers(lead, now=clock.now(), count=12).offers
    fits = [each for each in found if "stated_times" in [why.code for why in each.slot.why]]
    assert fits and all(each.starts_at.hour >= 13 for each in fits)


def test_days_that_were_closed_for_snow_are_named(lead: Lead, mother: Client) -> None:
    on = offering.offers(lead, now=clock.now()).offers[0].starts_at.date()
    closed(on, on)
    said = re.findall(r"We are closed on ([^.]*)\.", page(mother.get(f"{link(lead)}?more=1")))
    assert said and f"{on:%b} {on.day}" in said[0]


def test_who_is_booked_on_a_closed_day_is_not_told_to_come(lead: Lead, mother: Client) -> None:
    visit = booked(mother, lead)
    assert "It is booked." in page(mother.get(link(lead)))
    on = visit.starts_at.astimezone(practice().sites[visit.site].tz).date()
    closed(on, on)
    shown = page(mother.get(link(lead)))
    assert "the visit may not take place" in shown and "It is booked." not in shown and "We come" not in shown
