"""What each vendor does in its own way: tokens that end, answers that are not ready, test modes, numbers repeated."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.connectors import CONNECTORS, Reply
from firstvisit.steps.coverage.connectors.availity import Availity
from firstvisit.steps.coverage.connectors.kept import NOT_REPEATED, SOMEBODY_ELSE, keep
from firstvisit.steps.coverage.connectors.optum import Optum, control_number, question
from firstvisit.steps.coverage.connectors.pverify import PVerify
from firstvisit.steps.coverage.connectors.tests.test_contract import DAY, INQUIRY, KIT, ROBIN, SETTINGS
from firstvisit.steps.coverage.rejections import MACHINE, PERSON
from firstvisit.steps.coverage.sandbox.habits import answer
from firstvisit.steps.coverage.sandbox.shapes import answers, availity, medical_network
from firstvisit.steps.coverage.tests.wires import response, wire

SHARED = next(
    (each / "shared" / "data" for each in Path(__file__).resolve().parents if (each / "shared").is_dir()),
    None,
)
X12 = answer(INQUIRY, DAY).x12.decode()
(WHOLE,) = answers.of(X12.encode())


def as_json(value: object, status: int = 200, more: str = "") -> bytes:
    """A whole HTTP answer."""
    return response(json.dumps(value).encode(), status=status, media="application/json", more=more)


TOKEN = as_json({"access_token": "t-1", "token_type": "Bearer", "expires_in": 3600})


def paths(asked: list[bytes]) -> list[str]:
    """What was asked for, in order."""
    return [b" ".join(each.split(b" ", 2)[:2]).decode() for each in asked]


def ours(reply: Reply) -> bool:
    """Whether our question is answered."""
    return any(each.answers(INQUIRY.trace, INQUIRY.origin) for each in reply.benefits)


# Stedi


def stedi(body: object, *, status: int = 200) -> Reply:
    """Stedi asked, where it answers so."""
    with wire(lambda asked: as_json(body, status)) as at:
        return CONNECTORS["stedi"].ask(INQUIRY, _settings("stedi", at.url), seconds=5)


def _settings(slug: str, url: str) -> dict[str, str]:
    return SETTINGS[slug](url.removesuffix("/ask"))


def test_stedi_is_sent_our_own_270_with_its_key_as_it_is() -> None:
    with wire(lambda asked: as_json({"x12": X12})) as at:
        assert ours(CONNECTORS["stedi"].ask(INQUIRY, _settings("stedi", at.url), seconds=5))
    head, _, body = at.asked[0].partition(b"\r\n\r\n")
    assert b"Authorization: about-nobody\r\n" in head
    x12 = json.loads(body)["x12"]
    assert "TRN*1*FV2026-0001*9CEDARST01~" in x12 and "BHT*0022*13*FV2026-0001*" in x12 and "EQ*PT~" in x12
    assert re.fullmatch(r"[A-Z0-9 *:^~.,'&()/+=!?\"%@_#;-]+", x12)


def test_an_answer_of_stedis_test_mode_is_about_nobody() -> None:
    with pytest.raises(ConnectorError) as told:
        stedi({"meta": {"applicationMode": "test"}, "x12": X12})
    assert not told.value.temporary and "FIRSTVISIT_STEDI_KEY" in str(told.value)


def test_what_stedi_refuses_by_itself_is_no_refusal_of_a_payer() -> None:
    error = {"code": "71", "description": "Parse errors", "location": "subscriber_level_HL_loop",
             "followupAction": "Please Correct and Resubmit"}  # fmt: skip
    reply = stedi({"status": "ERROR", "errors": [error]}, status=400)
    assert not reply.benefits and reply.why
    (only,) = reply.rejections
    assert (only.code, only.field, only.whose, only.retry.by) == ("71", "request", "provider", PERSON)


def test_a_payer_that_stedi_cannot_reach_is_asked_again_by_machine() -> None:
    error = {
        "code": "42",
        "description": "Unable to Respond at Current Time",
        "followupAction": "Resubmission Allowed",
    }
    (only,) = stedi({"status": "ERROR", "errors": [error]}, status=400).rejections
    assert only.retry.by == MACHINE


@pytest.mark.skipif(SHARED is None, reason="the third-party files of ../shared are not here")
@pytest.mark.parametrize("without", ["", "x12"])
def test_stedis_own_sample_of_a_refusal(without: str) -> None:
    assert SHARED is not None
    sample = SHARED / "payer-json" / "stedi" / "change-medicalnetwork-eligibility-v3-example2-400.json"
    value = json.loads(sample.read_text())
    value.pop(without, None)
    (found,) = CONNECTORS["stedi"].read(json.dumps(value).encode()).benefits
    (only,) = found.rejections
    assert (only.loop, only.code, only.action, only.whose, only.retry.by) == (
        "2100B",
        "44",
        "C",
        "provider",
        PERSON,
    )
    assert found.active is None and found.provider is not None and found.provider.id == "1447848577"
    assert [each.number for each in found.traces] == ["01K2QTG5GJ8K030SK9QDWF5HD9"]


# Optum


def test_optum_repeats_our_number_or_its_answer_is_not_ours() -> None:
    number = control_number(INQUIRY)
    assert re.fullmatch(r"\d{9}", number)
    body = {**medical_network.spelled(WHOLE), "subscriberTraceNumbers": [], "controlNumber": number}
    kept = keep(INQUIRY, number, {"answer": json.dumps(body).encode()}, date="Tue, 24 Nov 2026 15:00:00 GMT")
    reply = Optum().read(kept)
    assert ours(reply) and reply.benefits[0].answered_on == DAY
    other = keep(INQUIRY, number, {"answer": json.dumps({**body, "controlNumber": "000000007"}).encode()})
    (found,) = Optum().read(other).benefits
    assert not ours(Optum().read(other)) and found.not_understood[0].why == NOT_REPEATED


def test_an_answer_that_names_somebody_else_throughout_is_not_ours() -> None:
    number = control_number(INQUIRY)
    body = {**medical_network.spelled(WHOLE), "subscriberTraceNumbers": [], "controlNumber": number}
    subscriber = body["subscriber"]
    corrected = {**body, "subscriber": {**subscriber, "memberId": "ACTIVE0001-01"}}
    assert ours(Optum().read(keep(INQUIRY, number, {"answer": json.dumps(corrected).encode()})))
    stranger = {**body, "subscriber": {**subscriber, "memberId": "ZZ9", "dateOfBirth": "19990101"}}
    reply = Optum().read(keep(INQUIRY, number, {"answer": json.dumps(stranger).encode()}))
    assert not ours(reply) and reply.benefits[0].not_understood[0].why == SOMEBODY_ELSE


def test_the_question_in_optums_words() -> None:
    of = replace(INQUIRY, dependent=KIT, relationship="19")
    assert question(of, "000000001") == {
        "controlNumber": "000000001",
        "tradingPartnerServiceId": "00001",
        "provider": {"organizationName": "CEDAR STREET", "npi": "1999999984"},
        "subscriber": {
            "memberId": "ACTIVE0001", "firstName": "ROBIN", "lastName": "TESTPERSON", "gender": "F",
            "dateOfBirth": "19800229",
        },
        "encounter": {"dateOfService": "20261124", "serviceTypeCodes": ["PT"]},
        "dependents": [
            {
                "firstName": "KIT", "lastName": "TESTPERSON", "gender": "M", "dateOfBirth": "20190506",
                "individualRelationshipCode": "19",
            }
        ],
    }  # fmt: skip


@pytest.mark.parametrize("make", [Optum, Availity, PVerify])
def test_a_token_is_kept_until_it_ends_and_renewed_once_where_it_is_refused(make: Callable[[], Any]) -> None:
    connector, given = make(), []

    def says(asked: bytes) -> bytes:
        if b"oken HTTP" in asked.split(b"\r\n")[0]:
            given.append(asked)
            return as_json({"access_token": f"t-{len(given)}", "expires_in": 3600})
        if b"Bearer t-1" in asked and len(given) == 1 and len(at.asked) > 3:
            return as_json({"error": "expired"}, 401)
        return as_json({"APIResponseCode": "1", "RequestID": "", "statusCode": "19"}, 200)

    with wire(says) as at:
        settings = _settings(connector.slug, at.url)
        for _ in range(4):
            connector.ask(INQUIRY, settings, seconds=5)
    assert len(given) == 2
    assert b"Bearer t-2" in at.asked[-1]


def test_a_token_refused_again_names_the_variable() -> None:
    def says(asked: bytes) -> bytes:
        return TOKEN if b"token HTTP" in asked else as_json({}, 401)

    with wire(says) as at, pytest.raises(ConnectorError) as told:
        Optum().ask(INQUIRY, _settings("optum", at.url), seconds=5)
    assert not told.value.temporary and "FIRSTVISIT_OPTUM_CLIENT_ID" in str(told.value)
    assert len(at.asked) == 4


# Availity


def coverage() -> dict[str, Any]:
    """A complete answer in Availity's words."""
    return availity._coverage(WHOLE, "77")


def polled(*then: bytes, first: bytes | None = None, seconds: float = 8) -> tuple[Reply, list[str]]:
    """Availity asked, where it answers a look after the other like this; and what was asked of it."""
    looks = iter(then)

    def says(asked: bytes) -> bytes:
        if b"/token HTTP" in asked:
            return TOKEN
        if asked.startswith(b"POST"):
            return first or as_json({"id": "77", "statusCode": "0", "status": "In Progress"}, 202)
        return next(looks)

    with wire(says) as at:
        reply = Availity().ask(INQUIRY, _settings("availity", at.url), seconds=seconds)
    return reply, paths(at.asked)


def test_availity_is_looked_at_again_until_it_has_finished() -> None:
    reply, asked = polled(
        as_json({"id": "77", "statusCode": "0", "status": "In Progress"}, 202),
        as_json({"id": "77", "statusCode": "R1", "status": "Retrying"}),
        as_json({}, 429),
        as_json(coverage()),
    )
    assert ours(reply)
    assert asked == ["POST /availity/token", "POST /availity/coverages", *["GET /availity/coverages/77"] * 4]


def test_it_is_looked_at_where_its_answer_says_but_never_elsewhere() -> None:
    body = {
        "id": "77",
        "statusCode": "0",
        "links": {"self": {"href": "https://elsewhere.example.org/coverages/77"}},
    }
    _, asked = polled(as_json(coverage()), first=as_json(body, 202))
    assert asked[-1] == "GET /availity/coverages/77"
    _, asked = polled(
        as_json(coverage()), first=as_json(body, 202, more="Location: /availity/coverages/77?customer=5\r\n")
    )
    assert asked[-1] == "GET /availity/coverages/77?customer=5"


def test_whoever_is_not_finished_in_time_is_asked_later() -> None:
    waiting = [as_json({"id": "77", "statusCode": "0"}, 202)] * 20
    with pytest.raises(ConnectorError) as told:
        polled(*waiting, seconds=1.5)
    assert told.value.temporary


@pytest.mark.parametrize("code", ["7", "13", "14", "15"])
def test_a_payer_that_availity_does_not_reach_is_asked_later(code: str) -> None:
    with pytest.raises(ConnectorError) as told:
        polled(as_json({"id": "77", "statusCode": code, "status": "Communication Error"}))
    assert told.value.temporary


def test_mock_data_is_about_nobody() -> None:
    with pytest.raises(ConnectorError) as told:
        polled(response(json.dumps(coverage()).encode(), more="X-Api-Mock-Response: true\r\n"))
    assert not told.value.temporary


def test_messages_about_fields_are_refusals_that_name_the_field_and_nobody() -> None:
    error = {"field": "patientBirthDate", "code": "71", "errorMessage": "02/29/1980 does not match for ROBIN"}
    body = {"userMessage": "bad", "statusCode": 400, "errors": [error]}
    reply, _ = polled(first=as_json(body, 400))
    (only,) = reply.rejections
    assert (only.field, only.whose, only.code, only.retry.by) == ("birth_date", "patient", "71", PERSON)
    assert "ROBIN" not in only.words + only.ask_for
    later, _ = polled(
        as_json({"id": "77", "statusCode": "19", "status": "Request Error", "validationMessages": [error]})
    )
    assert [each.field for each in later.rejections] == ["birth_date"]


@pytest.mark.parametrize(
    ("slug", "body"),
    [
        ("stedi", {"errors": [{"code": "Robin Testperson 02/29/1980", "description": "Robin"}]}),
        ("optum", {"errors": [{"code": "Robin Testperson 02/29/1980", "field": "Robin"}]}),
        (
            "availity",
            {"errors": [{"code": "Robin Testperson 02/29/1980", "field": "Robin", "errorMessage": "Robin"}]},
        ),
        (
            "pverify",
            {"APIResponseCode": "1", "ErrorCode": "Robin Testperson 02/29/1980", "EDIErrorMessage": "Robin"},
        ),
    ],
)
def test_a_vendors_words_stand_in_no_refusal(slug: str, body: dict[str, Any]) -> None:
    reply = CONNECTORS[slug].read(json.dumps(body).encode())
    assert reply.rejections
    assert "Robin" not in f"{reply.rejections}{reply.why}"


def test_a_coverage_under_another_number_is_not_ours() -> None:
    reply, _ = polled(as_json({**coverage(), "id": "78"}))
    assert reply.benefits and not ours(reply)


def test_plans_side_by_side_each_keep_their_own_dates() -> None:
    whole = coverage()
    (plan,) = whole["plans"]
    ended = {
        "status": "Inactive", "statusCode": "6", "planName": "OLD", "coverageEndDate": "2025-12-31T00:00:00.000+0000",
        "benefits": [{"type": "PT", "name": "Physical Therapy", "status": "Inactive", "statusCode": "6"}],
    }  # fmt: skip
    both = json.dumps({**whole, "plans": [plan, ended]}).encode()
    (found,) = Availity().read(both).benefits
    assert found.active is True
    lapsed = {**plan, "coverageEndDate": "2025-12-31T00:00:00.000+0000"}
    (found,) = Availity().read(json.dumps({**whole, "plans": [lapsed]}).encode()).benefits
    assert (found.active, found.why_active) == (None, "dates")


def test_a_status_that_a_271_does_not_have_says_nothing() -> None:
    whole = coverage()
    for each in (whole["plans"][0], *whole["plans"][0]["benefits"]):
        each.update(statusCode="A", status="Deceased")
        each.pop("statusDetails", None)
    (found,) = Availity().read(json.dumps(whole).encode()).benefits
    assert found.active is None
    assert any("Deceased" in str(each.what) for each in found.noted)


# pVerify


def verified(
    *, summary: dict[str, Any] | None = None, x12: bytes | None = None, later: int = 0
) -> tuple[Reply, list[str]]:
    """pVerify asked; `later`: so many times pending first."""
    waits = iter([True] * later)
    body = {"RequestID": 4711, "APIResponseCode": "0", "ReferrenceId": INQUIRY.trace, **(summary or {})}

    def says(asked: bytes) -> bytes:
        if b"/Token HTTP" in asked:
            return TOKEN
        if b"GetEligibility271" in asked:
            return x12 if x12 is not None else as_json({"EDI271ANSI": X12})
        return as_json({**body, "APIResponseCode": "3"} if next(waits, False) else body)

    with wire(says) as at:
        reply = PVerify().ask(INQUIRY, _settings("pverify", at.url), seconds=8)
    return reply, paths(at.asked)


def test_pverify_is_read_by_the_271_behind_its_summary() -> None:
    reply, asked = verified()
    assert ours(reply) and reply.benefits[0].lines == WHOLE.lines
    assert asked == [
        "POST /pverify/Token", "POST /pverify/API/EligibilitySummary", "GET /pverify/API/GetEligibility271/4711",
    ]  # fmt: skip


def test_a_pending_one_is_looked_at_and_never_asked_twice() -> None:
    reply, asked = verified(later=2)
    assert ours(reply)
    assert asked.count("POST /pverify/API/EligibilitySummary") == 1
    assert asked.count("GET /pverify/API/GetEligibilitySummary/4711") == 2


def test_a_payer_that_pverify_asks_by_hand_is_left_to_people() -> None:
    with pytest.raises(ConnectorError) as told:
        verified(summary={"IsPayerBackOffice": True}, later=9)
    assert not told.value.temporary and "phone or portal" in str(told.value)


def test_an_account_without_funds_is_nothing_to_try_again() -> None:
    with pytest.raises(ConnectorError) as told:
        verified(summary={"APIResponseCode": "2"})
    assert not told.value.temporary


def test_a_summary_for_another_reference_is_not_ours() -> None:
    theirs = as_json({"EDI271ANSI": X12.replace(INQUIRY.trace, "PVERIFY-1")})
    assert ours(verified(x12=theirs)[0])
    reply, _ = verified(summary={"ReferrenceId": "SOMEBODY"}, x12=theirs)
    assert reply.benefits and not ours(reply)


@pytest.mark.parametrize("x12", [as_json({"EDI271ANSI": "no 271 for this payer"}), response(b"")])
def test_where_there_is_no_271_the_summary_is_read(x12: bytes) -> None:
    detail = {
        "EligibilityOrBenefit": "Co-Payment", "CoverageLevel": "Individual", "MonetaryAmount": "$35.00",
        "PlanNetworkIndicator": "In Network", "TimePeriodQualifier": "Visit", "Message": ["OFFICE VISIT"],
        "AuthorizationOrCertificationRequired": "Yes",
    }  # fmt: skip
    summary = {
        "PlanCoverageSummary": {"Status": "Active", "EffectiveDate": "01/01/2026", "PlanName": "LAKE PPO"},
        "DemographicInfo": {"Subscriber": {"Firstname": "ROBIN", "Lastname_R": "TESTPERSON", "DOB_R": "02/29/1980",
                                           "Identification": [{"Type": "Member ID", "Code": "ACTIVE0001"}]}},
        "DOS": "11/24/2026 - 11/24/2026",
        "ServiceDetails": [{"ServiceName": "Physical Therapy", "EligibilityDetails": [detail]}],
        "IsHMOPlan": True,
    }  # fmt: skip
    reply, _ = verified(summary=summary, x12=x12)
    (found,) = reply.benefits
    assert ours(reply) and found.active is True
    line = next(each for each in found.lines if each.service == "PT")
    assert (line.code, line.amount, line.network, line.authorization, line.period) == (
        "B",
        35,
        "in",
        True,
        "27",
    )
    assert line.messages == ("OFFICE VISIT",)
    assert any("IsHMOPlan" in each.segment for each in found.not_understood)
    assert found.patient is not None and found.patient.id == ROBIN.member_id


def test_many_questions_at_once_ask_for_one_token() -> None:
    connector = Optum()

    def says(asked: bytes) -> bytes:
        return TOKEN if b"token HTTP" in asked else as_json({"errors": []})

    with wire(says) as at, ThreadPoolExecutor(12) as pool:
        settings = _settings("optum", at.url)
        asking = [pool.submit(connector.ask, INQUIRY, settings, seconds=8) for _ in range(24)]
        assert {each.result().why for each in asking} == {"The answer of Optum says nothing of benefits."}
    assert sum("token" in each for each in paths(at.asked)) == 1
