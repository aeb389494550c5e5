"""Active, not active, or not to be told: nothing wrong is ever shown as covered."""

from __future__ import annotations

import pytest

from firstvisit.steps.coverage import reading
from firstvisit.steps.coverage.tests.payers import HEAD, SUBSCRIBER, benefits, interchange, transaction


@pytest.mark.parametrize(
    ("segments", "active", "why"),
    [
        (["EB*1**30"], True, "says_active"),
        (["EB*1"], True, "says_active"),
        (["EB*2**30"], True, "says_active"),
        (["EB*5**30"], True, "says_active"),
        (["EB*1**PT"], True, "says_active"),
        (["EB*1**30^98^UC"], True, "says_active"),
        (["EB*6**30"], False, "says_inactive"),
        (["EB*7**30"], False, "says_inactive"),
        (["EB*1**30", "EB*6**35"], True, "says_active"),
        (["EB*6**30", "EB*1**35"], False, "says_inactive"),
        (["EB*6**35"], None, "silent"),
        (["EB*B**PT***27*30"], None, "silent"),
        ([], None, "silent"),
        (["EB*V**30"], None, "silent"),
        (["EB*1**30", "EB*6**30"], None, "both"),
        (["EB*1**30", "EB*6", "DTP*307*RD8*20070901-20070930"], True, "says_active"),
        (["EB*6**30", "DTP*347*D8*20261031"], False, "says_inactive"),
        (["EB*6**30", "DTP*291*RD8*20250101-20261031"], False, "says_inactive"),
        (["EB*6**30", "DTP*346*D8*20270101"], None, "silent"),
        (["EB*6**30", "DTP*347*D8*20261031", "EB*1**PT"], None, "both"),
        *(
            (["EB*1*IND*30", dates, *service], None, "dates")
            for service in ([], ["EB*1*IND*PT*********Y"])
            for dates in (
                "DTP*347*D8*20261031", "DTP*349*D8*20261031", "DTP*357*D8*20261031", "DTP*194*D8*20261031",
                "DTP*346*D8*20270101", "DTP*291*RD8*20250101-20261031", "DTP*307*RD8*20250101-20261031",
            )
        ),
        (["EB*1", "DTP*347*D8*20261031", "EB*1**PT"], None, "dates"),
        (["EB*1**30", "DTP*347*D8*20261031", "EB*1**30", "DTP*346*D8*20261101", "EB*1**PT"], True, "says_active"),
        (["EB*1**30", "DTP*291*RD8*20260101-20261231"], True, "says_active"),
        (["EB*1**30", "MSG*COVERAGE TERMINATED 10/31"], None, "message"),
        (["EB*1**30", "AAA*N**CI*C"], None, "benefit_refused"),
    ],
)
def test_of_the_lines(segments: list[str], active: bool | None, why: str) -> None:
    found = benefits(*segments)
    assert (found.active, found.why_active) == (active, why)


@pytest.mark.parametrize(
    ("at_subscriber", "active", "why"),
    [
        ("DTP*347*D8*20251231", None, "dates"),
        ("DTP*356*D8*20270101", None, "dates"),
        ("DTP*307*RD8*20260101-20261031", None, "dates"),
        ("DTP*346*D8*20260101", True, "says_active"),
        ("DTP*442*D8*20260901", None, "death"),
        ("AAA*N**72*C", None, "refused"),
        ("AAA*Y**42*R", None, "refused"),
    ],
)
def test_of_dates_and_refusals_of_the_patient(at_subscriber: str, active: bool | None, why: str) -> None:
    found = benefits("EB*1**30", subscriber=(*SUBSCRIBER, at_subscriber))
    assert (found.active, found.why_active) == (active, why)


@pytest.mark.parametrize(
    ("ends", "whole"),
    [
        ("SE*13*0001", True), ("SE*013*0001", True), ("SE*11*0001", True), ("SE*3*0001", True), ("SE**0001", True),
        ("SE*13*0002", True), ("SE*13*", True), ("SE*14*0001", False), ("SE*40*0001", False), ("SE*11*0002", False),
        ("SE*99999999999999*0001", False),
    ],
)  # fmt: skip
def test_an_answer_that_counts_more_than_it_has_is_not_whole(ends: str, whole: bool) -> None:
    raw = interchange(*HEAD, *SUBSCRIBER, "EB*1**30").replace(b"SE*13*0001", ends.encode())
    (found,) = reading.read(transaction(raw))
    expected = (True, "says_active") if whole else (None, "segments_missing")
    assert (found.active, found.why_active) == expected


@pytest.mark.parametrize("ends", [b"IEA*2*000000001", b"IEA*1*000000009", b"GE*1*9"])
def test_the_ends_of_envelopes_take_nothing_back_from_a_whole_answer(ends: bytes) -> None:
    name = ends[:3]
    lines = [ends if each[:3] == name else each for each in interchange(*HEAD, *SUBSCRIBER, "EB*1**30").split(b"~\n")]
    (found,) = reading.read(transaction(b"~\n".join(lines)))
    assert found.active is True


def test_a_refusal_of_payer_or_provider_holds_for_everybody_below() -> None:
    for at, refusal in ((2, "AAA*Y**42*R"), (5, "AAA*N**51*C")):
        body = [*HEAD[:at], refusal, *HEAD[at:], *SUBSCRIBER, "EB*1**30"]
        (found,) = reading.read(transaction(interchange(*body)))
        assert found.active is None


def test_of_a_dependent_only_what_is_said_of_them_counts() -> None:
    body = [
        *HEAD,
        *SUBSCRIBER,
        "EB*1**30",
        "HL*4*3*23*0",
        "TRN*2*OURS2*9CEDARST01",
        "NM1*03*1*DOE*KIM",
        "EB*6**30",
    ]
    subscriber, dependent = reading.read(transaction(interchange(*body)))
    assert (subscriber.active, dependent.active) == (True, False)
    assert subscriber.answers("OURS1") and not subscriber.answers("OURS2")
    assert dependent.answers("OURS2") and not dependent.answers("OURS1")
    assert dependent.patient and dependent.patient.name == "KIM DOE"
    assert dependent.subscriber and dependent.subscriber.id == "M0001"


def test_the_trace_decides_whose_answer_it_is() -> None:
    found = benefits("EB*1**30")
    assert found.trace == "OURS1" and found.answers("OURS1", "9CEDARST01")
    assert not found.answers("OURS9") and not found.answers("OURS1", "9OTHERS001")


def test_several_traces_are_told_apart_by_origin() -> None:
    both = (
        "HL*3*2*22*0",
        "TRN*1*THEIRS*9PAYER0001",
        "TRN*2*HOUSE*9CLEARING1",
        "TRN*2*OURS1*9CEDARST01",
        "NM1*IL*1*DOE",
    )
    found = benefits("EB*1**30", subscriber=both)
    assert found.answers("OURS1", "9CEDARST01") and not found.answers("HOUSE", "9CEDARST01")


def test_several_patients_of_one_transaction_are_several_answers() -> None:
    second = ("HL*4*2*22*0", "TRN*2*OURS2*9CEDARST01", "NM1*IL*1*ROE*PAT****MI*M0002", "EB*6**30")
    first, other = reading.read(transaction(interchange(*HEAD, *SUBSCRIBER, "EB*1**30", *second)))
    assert (first.active, other.active) == (True, False) and other.trace == "OURS2"


@pytest.mark.parametrize(
    ("day", "segments", "asked", "active"),
    [
        ("DTP*291*D8*20261124", ["EB*1**30"], "2026-11-24", True),
        ("DTP*291*D8*20261205", ["EB*1**30", "DTP*347*D8*20261130"], "2026-12-05", None),
        ("DTP*291*D8*20260101", ["EB*1**30", "DTP*347*D8*20261031"], "2026-01-01", None),
        ("DTP*291*D8*20150101", ["EB*1**30", "DTP*348*D8*20260101"], None, True),
        ("DTP*291*RD8*20260101-20261231", ["EB*1**30"], None, True),
        ("DTP*307*RD8*20261122-20261122", ["EB*1**30"], "2026-11-22", True),
        ("DTP*307*RD8*20261124-20261124", ["EB*1**30"], "2026-11-24", True),
        ("DTP*307*D8*19850401", ["EB*1**30"], None, True),
    ],
)
def test_a_plans_one_day_may_be_the_day_asked_for_or_not(
    day: str, segments: list[str], asked: str | None, active: bool | None
) -> None:
    found = benefits(*segments, subscriber=(*SUBSCRIBER[:-1], day))
    assert (str(found.service_date) if found.service_date else None, found.active) == (asked, active)


def test_the_day_asked_for_is_the_day_judged() -> None:
    early = tuple(each.replace("20261122", "20250115") for each in SUBSCRIBER)
    ended = ["EB*1**30", "DTP*347*D8*20251231"]
    assert benefits(*ended, subscriber=early).active is True
    assert benefits(*ended).active is None
