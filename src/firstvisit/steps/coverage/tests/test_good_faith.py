"""When a good faith estimate is due, and what stands in it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.reference.federal_holidays import business_days_between, holidays
from firstvisit.steps.coverage.estimating import services_of
from firstvisit.steps.coverage.fees import Fees
from firstvisit.steps.coverage.good_faith import (
    Provider,
    due_after_agreeing,
    due_after_asking,
    due_at,
    due_before,
    lines,
    missing,
)

FEES = Fees.model_validate(read_folder(SAMPLE).rules["fees"])
PRICES = {fee.code: fee.price for fee in FEES.services}
MADISON = ZoneInfo("America/Chicago")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_federal_holidays_of_2026() -> None:
    assert sorted(f"{each:%m-%d}" for each in holidays(2026)) == [
        "01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25",
    ]  # fmt: skip
    assert day("2027-12-31") in holidays(2027)  # New Year's Day 2028 is a Saturday


@pytest.mark.parametrize(
    ("agreed", "visit", "due", "why"),
    [
        ("2026-11-02", "2026-11-03", None, ""),
        ("2026-11-02", "2026-11-04", None, ""),
        ("2026-11-02", "2026-11-05", "2026-11-03", "ahead_short"),
        ("2026-11-02", "2026-11-13", "2026-11-03", "ahead_short"),  # Veterans Day lies between: nine days
        ("2026-11-02", "2026-11-17", "2026-11-05", "ahead_long"),
        ("2026-11-06", "2026-11-12", "2026-11-09", "ahead_short"),  # a Friday
        ("2026-11-25", "2026-12-15", "2026-12-01", "ahead_long"),  # Thanksgiving does not count
        ("2026-11-02", None, "2026-11-03", "day_open"),
    ],
)
def test_when_it_is_due_once_a_visit_is_agreed(
    agreed: str, visit: str | None, due: str | None, why: str
) -> None:
    found = due_after_agreeing(day(agreed), day(visit) if visit else None)
    assert (found and found.day) == (day(due) if due else None)
    assert (found.why if found else "") == why


def test_who_asks_has_it_within_three_business_days() -> None:
    assert due_after_asking(day("2026-11-24")).day == day("2026-11-30")


def test_a_change_is_told_one_business_day_before_the_visit() -> None:
    assert due_before(day("2026-11-30")).day == day("2026-11-27")
    assert due_before(day("2026-11-27")).day == day("2026-11-25")


def test_it_is_due_while_somebody_is_there_to_give_it() -> None:
    site = read_folder(SAMPLE).practice(1).sites["madison"]
    asked = dt.datetime(2026, 11, 24, 10, tzinfo=MADISON)
    friday = due_after_agreeing(asked.date(), day("2026-12-01"))
    assert friday is not None and friday.day == day("2026-11-25")
    assert due_at(friday, asked, site).astimezone(MADISON) == dt.datetime(
        2026, 11, 25, 17, 30, tzinfo=MADISON
    )
    # The day after Thanksgiving is a business day of the law on which this site is closed.
    late = dt.datetime(2026, 11, 25, 10, tzinfo=MADISON)
    after = due_after_agreeing(late.date(), day("2026-12-02"))
    assert after is not None and after.day == day("2026-11-27")
    assert due_at(after, late, site).astimezone(MADISON) == dt.datetime(2026, 11, 25, 17, 30, tzinfo=MADISON)


def test_the_dearest_of_alternatives_stands_in_it_without_insurance() -> None:
    found = lines(services_of(FEES, "PT", "orthopedic", "", "en"), PRICES)
    said = [(line.code, line.units, line.charge) for line in found]
    assert said == [("97163", 1, Decimal(160)), ("97110", 2, Decimal(80))]
    assert found[0].name == "Physical therapy evaluation, high complexity"


def test_business_days_between_two_days_are_counted_after_the_first() -> None:
    assert business_days_between(day("2026-11-24"), day("2026-11-30")) == 3


def test_what_keeps_it_from_being_complete_is_named() -> None:
    provider = Provider("Cedar Street", "", "39-5550100", "Madison", "WI")
    assert missing(provider, name="", birth=None) == [
        "the patient's name", "the patient's birth date", "our NPI (Practice, identity)",
    ]  # fmt: skip
