"""What a vendor spells out in JSON says the same as the 271 that it was made of, and nothing of it is lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from firstvisit.steps.coverage.answers import answer as answered
from firstvisit.steps.coverage.benefits import Benefits, Line
from firstvisit.steps.coverage.connectors import CONNECTORS, Reply
from firstvisit.steps.coverage.connectors.spelled import table
from firstvisit.steps.coverage.connectors.tests.test_contract import INQUIRY, ROBIN
from firstvisit.steps.coverage.sandbox.habits import HABITS, answer
from firstvisit.steps.coverage.sandbox.shapes import answers, availity, medical_network, pverify
from firstvisit.steps.coverage.sentences import desk
from firstvisit.steps.coverage.shown import shown

TODAY = dt.date(2026, 11, 23)
SHARED = next(
    (each / "shared" / "data" for each in Path(__file__).resolve().parents if (each / "shared").is_dir()),
    None,
)


def said(habit: str) -> list[Benefits]:
    """The answers of the sandbox to a member with that habit."""
    about = replace(INQUIRY, subscriber=replace(ROBIN, member_id=f"{habit}1"))
    return answers.of(answer(about, TODAY).x12)


ANSWERS = [(f"{habit.begins}-{n}", each) for habit in HABITS for n, each in enumerate(said(habit.begins))]
every_answer = pytest.mark.parametrize(
    "whole", [each for _, each in ANSWERS], ids=[name for name, _ in ANSWERS]
)


def read(slug: str, value: object) -> Reply:
    """JSON read by a connector."""
    return CONNECTORS[slug].read(json.dumps(value).encode())


def facts(line: Line) -> Line:
    """A line without where it stood, and without dates of no kind that the vendor has a name for."""
    parties = tuple(replace(each, segments=[]) for each in line.parties)
    dates = tuple(each for each in line.dates if each.qualifier in table("date").values())
    return line._replace(text="", numbers=(), parties=parties, dates=dates)


@every_answer
@pytest.mark.parametrize("slug", ["stedi", "optum"])
def test_the_medical_networks_json_is_read_as_its_271(slug: str, whole: Benefits) -> None:
    (found,) = read(slug, medical_network.spelled(whole)).benefits
    assert (found.active, found.why_active) == (whole.active, whole.why_active)
    assert [facts(each) for each in found.lines] == [facts(each) for each in whole.lines]
    assert [each._replace(n=0) for each in found.rejections] == [
        each._replace(n=0) for each in whole.rejections
    ]
    assert (found.service_date, len(found.not_understood)) == (whole.service_date, len(whole.not_understood))


def summed_up(benefits: Benefits) -> str:
    """What the desk reads. These shapes carry no days of a stay or of home health care, so nobody is told of them."""
    return desk(replace(answered(benefits, "PT", None), home_health=()))


@every_answer
def test_availitys_coverage_tells_the_desk_the_same(whole: Benefits) -> None:
    if whole.rejections and not whole.lines:
        return  # its refusals are messages about fields
    (found,) = read("availity", availity._coverage(whole, "1")).benefits
    assert summed_up(found) == summed_up(whole)
    assert (found.active, found.service_date) == (whole.active, whole.service_date)


@every_answer
def test_so_do_pverifys_details_where_there_is_no_271(whole: Benefits) -> None:
    if whole.rejections:
        return
    summary = {"RequestID": 1, "APIResponseCode": "0", **pverify._summary(whole)}
    (found,) = read("pverify", summary).benefits
    assert summed_up(found) == summed_up(whole)


WHOLE = said("AUTH")[0]
BODIES = {
    "stedi": medical_network.spelled(WHOLE),
    "optum": {**medical_network.spelled(said("AAA72C")[0]), **medical_network.spelled(said("FAMILY")[-1])},
    "availity": availity._coverage(said("OTHERPAYER")[0], "1"),
    "pverify": {"RequestID": 1, "APIResponseCode": "0", **pverify._summary(WHOLE)},
}
JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.text(max_size=6)
    | some.sampled_from(["*", "1", "20261324"]),
    lambda each: some.lists(each, max_size=3) | some.dictionaries(some.text(max_size=3), each, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("slug", sorted(BODIES))
@settings(max_examples=120, deadline=None)
@given(data=some.data())
def test_no_value_in_any_place_makes_reading_raise(slug: str, data: some.DataObject) -> None:
    body = json.loads(json.dumps(BODIES[slug]))
    for _ in range(data.draw(some.integers(1, 3))):
        at = body
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = data.draw(some.sampled_from(keys))
            if not isinstance(at[key], dict | list) or not at[key] or data.draw(some.booleans()):
                at[key] = data.draw(JSON)
                break
            at = at[key]
    reply = read(slug, body)
    for each in reply.benefits:
        json.dumps(shown(each))


def leaves(value: Any) -> Iterator[str]:
    """Every value at the end of a branch."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from leaves(each)
    if not isinstance(value, dict | list):
        yield str(value)


def lost(value: Any, reply: Reply) -> list[str]:
    """Values that stand neither in what is shown nor among what is not understood. A date is shown with hyphens."""
    told = json.dumps([shown(each) for each in reply.benefits])
    return [
        each
        for each in leaves(value)
        if each not in told and f"{each[:4]}-{each[4:6]}-{each[6:]}" not in told
    ]


@pytest.mark.skipif(SHARED is None, reason="the third-party files of ../shared are not here")
def test_no_property_of_stedis_description_is_lost() -> None:
    assert SHARED is not None
    stated = json.loads((SHARED / "openapi" / "stedi_healthcare.json").read_text())["components"]["schemas"]
    made = 0

    def sample(schema: dict[str, Any], name: str, depth: int = 0) -> Any:
        nonlocal made
        schema = stated[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        if schema.get("type") == "array":
            return [sample(schema["items"], name, depth + 1)]
        if "properties" in schema and depth < 12:
            return {
                each: sample(of, each, depth + 1)
                for each, of in schema["properties"].items()
                if each not in SAID_AGAIN
                and not of.get("deprecated")
                and not (each == "name" and "code" in schema["properties"])
            }
        made += 1
        return f"{20260101 + made % 28}" if name in DATES else f"sentinel{made}"

    whole = sample(stated["EligibilityCheckResponseContent"], "")
    for person in (whole["subscriber"], *whole["dependents"]):
        person["dateOfBirth"] = "19800229"
    reply = read("stedi", whole)
    assert reply.benefits and lost(whole, reply) == []


SAID_AGAIN = frozenset(
    # of the exchange, not of anybody's benefits
    {
        "x12",
        "meta",
        "id",
        "eligibilitySearchId",
        "reassociationKey",
        "tradingPartnerServiceId",
        "controlNumber",
    }
    # the words of a code that stands beside them
    | {"coverageLevel", "serviceTypes", "insuranceType", "timeQualifier", "quantityQualifier", "traceType"}
    | {
        "inPlanNetworkIndicator",
        "codeListQualifier",
        "industry",
        "relationToSubscriber",
        "timePeriodQualifier",
    }
    | {"unitForMeasurementQualifier", "unitForMeasurementCode", "deliveryOrCalendarPatternQualifier"}
    | {"deliveryOrCalendarPatternCode", "deliveryPatternTimeQualifier", "deliveryPatternTimeCode"}
    | {"productOrServiceIDQualifier", "headerLoopIdentifierCode", "trailerLoopIdentifierCode"}
    # what a 271's own reader leaves out as well, for it says nothing that is not said beside it
    | {"insuredIndicator", "maintenanceTypeCode", "maintenanceReasonCode", "providerCode", "traceTypeCode"}
    # the first of a list again
    | {"benefitsRelatedEntity", "eligibilityAdditionalInformation", "planStatus", "errors", "aaaErrors"}
    | {"admission", "discharge", "startDate", "endDate"}
)
DATES = frozenset({"date"})


def entry(**said: Any) -> dict[str, Any]:
    """One entry in network, for an individual."""
    return {"inNetwork": [{"level": "Individual", "levelCode": "IND", **said}]}


def test_an_entry_of_availity_holds_a_limit_and_what_is_left_of_it() -> None:
    year = {"amountTimePeriod": "Calendar Year", "amountTimePeriodCode": "23"}
    left = {"remainingTimePeriod": "Remaining", "remainingTimePeriodCode": "29"}
    benefit = {
        "name": "Physical Therapy", "type": "PT", "status": "Active Coverage", "statusCode": "1",
        "amounts": {
            "deductibles": entry(amount="1500", remaining="300", units="USD", **year, **left),
            "coInsurance": entry(amount="20", units="Percentage"),
            "coPayment": entry(amount="$1,030.50", units="Dollars"),
            "outOfPocket": entry(amount="7", units="Doubloons"),
        },
        "limitations": entry(amount="30", remaining="12", units="Visits", **year, remainingTimePeriodCode="23",
                             placeOfServiceCode="11", payerNotes=["COMBINED WITH ST"]),
    }  # fmt: skip
    body = {
        "id": "1",
        "statusCode": "4",
        "plans": [{"statusCode": "1", "status": "Active Coverage", "benefits": [benefit]}],
    }
    (found,) = read("availity", body).benefits
    lines = [each for each in found.lines if each.service == "PT" and each.code != "1"]
    assert [
        (each.kind, each.period, each.amount, each.percent, each.quantity, each.remaining) for each in lines
    ] == [
        ("copay", "", Decimal("1030.50"), None, None, None),
        ("coinsurance", "", None, Decimal(20), None, None),
        ("deductible", "23", Decimal(1500), None, None, None),
        ("deductible", "29", None, None, None, Decimal(300)),
        ("out_of_pocket", "", None, None, None, None),
        ("visits", "23", None, None, Decimal(30), None),
        ("visits", "29", None, None, None, Decimal(12)),
    ]
    assert [each.messages for each in lines[-2:]] == [("COMBINED WITH ST",)] * 2
    assert all(each.places for each in lines[-2:])
    assert [each.what for each in found.noted] == ["amount: 7 Doubloons"]
    assert found.not_understood == ()


def test_what_is_left_beside_a_count_is_not_taken_for_either() -> None:
    limit = entry(quantity="30", quantityQualifierCode="VS", amountTimePeriodCode="23", remaining="12")
    benefit = {"type": "PT", "statusCode": "1", "limitations": limit}
    (found,) = read(
        "availity", {"statusCode": "4", "plans": [{"statusCode": "1", "benefits": [benefit]}]}
    ).benefits
    (line,) = [each for each in found.lines if each.code == "F"]
    assert (line.kind, line.period, line.quantity, line.remaining, line.amount) == (
        "visits",
        "23",
        30,
        None,
        None,
    )
    assert [each.what for each in found.noted] == ["remaining: 12"]
