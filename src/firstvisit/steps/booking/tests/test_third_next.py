"""How soon somebody new can be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firstvisit.practice import queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking import claims, supply, third_next
from firstvisit.steps.booking.models import Terms
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.tests.slots import NOW, WANT, new_lead, resource, slot

pytestmark = pytest.mark.django_db


@pytest.fixture
def shape() -> Practice:
    services.load(read_folder(SAMPLE), by="test")
    supply.forget()
    return queries.practice()


def measured(shape: Practice, payer: str = "") -> third_next.ThirdNext:
    program = shape.programs["hand_therapy"]
    site = shape.sites["madison"]
    return third_next.third_next(program, "OT", site, shape=shape, booking=Booking(), now=NOW, payer=payer)


def test_each_of_the_three_is_counted_as_if_the_ones_before_it_were_taken(shape: Practice) -> None:
    found = measured(shape)
    assert found.next == NOW + timedelta(hours=2)
    long = timedelta(minutes=shape.programs["hand_therapy"].minutes + 10)
    assert found.third is not None and found.third >= found.next + long and found.days == 0


def test_a_limit_of_one_a_day_has_the_third_on_the_third_day(shape: Practice) -> None:
    anna = resource("anna_lindqvist")
    people = [one for one in supply.bookables(shape, Booking(), NOW.date(), NOW.date()) if "cht" in one.skills]
    assert [one.id for one in people if "madison" in one.sites] == [anna]
    Terms.objects.create(resource_id=anna, evaluations_a_day=1)
    supply.raise_revision()
    claims.book(slot(NOW + timedelta(hours=4), anna), new_lead(1), WANT, made_by="desk", now=NOW)
    found = measured(shape)
    assert found.next is not None and found.next.date() > NOW.date()


def test_all_are_measured_by_program_therapy_site_and_payer(shape: Practice) -> None:
    rows = third_next.measured(shape, Booking(), now=NOW)
    keys = {(row.program, row.discipline, row.site, row.payer) for row in rows}
    assert len(keys) == len(rows) and ("hand_therapy", "OT", "madison", "medicare") in keys
    assert third_next.measured(shape, Booking(), now=NOW) is rows
