"""A 278 asks what was meant to be asked, and nothing that X12 would misread."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyx12.x12file import X12Reader

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.coverage import determinations
from firstvisit.steps.coverage.inquiries import Insured
from firstvisit.steps.coverage.review_requests import VERSION, Orderer, ReviewRequest, read, write
from firstvisit.steps.coverage.tests.payers import transaction
from firstvisit.steps.coverage.x12.delimiters import Delimiters
from firstvisit.steps.coverage.x12.transactions import Ending, transactions
from firstvisit.steps.coverage.x12.writing import Envelope, free

MOMENT = dt.datetime(2026, 11, 22, 9, 5)  # noqa: DTZ001 -- as it is told in the sender's own time
ENVELOPE = Envelope("CEDARSTREET", "PAYERHOUSE", 42, MOMENT, "HI", VERSION)
ROBIN = Insured("DOE", "ROBIN", dt.date(1980, 2, 29), "M0001", "F")
KIM = Insured("DOE", "KIM", dt.date(2019, 5, 4))
ASKED = ReviewRequest(
    trace="A0000001", origin="1123456789", payer="INVENTED HEALTH", payer_id="00001", provider="CEDAR STREET THERAPY",
    npi="1999999984", subscriber=ROBIN, service="PT", begins=dt.date(2026, 12, 1), ends=dt.date(2027, 2, 28),
    diagnoses=("M5450", "S83511A"), visits=12, procedures=("97161", "97110"), phone="6085550100",
    orderer=Orderer("SURGE", "SAM", "1999999976"), words="AFTER SURGERY",
)  # fmt: skip
MANY = [
    ASKED,
    replace(ASKED, dependent=KIM, relationship="19"),
    replace(ASKED, kind="extension", number="AUTH1", urgent=True, place="12", papers="FX"),
    replace(
        ASKED,
        procedures=(),
        diagnoses=(),
        visits=None,
        begins=None,
        ends=None,
        orderer=None,
        words="",
        phone="",
    ),
    replace(ASKED, ends=None, taxonomy="225100000X", orderer=Orderer("SURGE")),
]


@pytest.mark.parametrize("asked", MANY, ids=["whole", "dependent", "extension", "bare", "one day"])
def test_what_is_asked_is_read_again(asked: ReviewRequest) -> None:
    assert read(transaction(write(asked, ENVELOPE))) == [asked]
    other = replace(ENVELOPE, delimiters=Delimiters("|", ">", "!", "\n"))
    assert read(transaction(write(asked, other))) == [asked]


@pytest.mark.parametrize("asked", MANY, ids=["whole", "dependent", "extension", "bare", "one day"])
def test_its_envelope_agrees_and_pyx12_counts_the_same(asked: ReviewRequest) -> None:
    data = write(asked, ENVELOPE)
    made = list(transactions(io.BytesIO(data)))
    assert [fault for each in made for fault in each.faults] == [] and isinstance(made[-1], Ending)
    reader = X12Reader(io.StringIO(data.decode()))
    theirs = [segment.get_seg_id() for segment in reader]
    assert reader.pop_errors() == []
    ours = [text.split("*")[0] for text in transaction(data).segments]
    assert theirs[2:-2] == ours


def test_it_stands_as_the_guide_wants_it() -> None:
    assert write(replace(ASKED, dependent=KIM, relationship="19", papers="FX"), ENVELOPE).decode().split("~")[1:-3] == [
        "GS*HI*CEDARSTREET*PAYERHOUSE*20261122*0905*42*X*005010X217", "ST*278*0001*005010X217",
        "BHT*0007*13*A0000001*20261122*0905*RU", "HL*1**20*1", "NM1*X3*2*INVENTED HEALTH*****PI*00001", "HL*2*1*21*1",
        "NM1*1P*2*CEDAR STREET THERAPY*****XX*1999999984", "PER*IC**TE*6085550100", "HL*3*2*22*1",
        "NM1*IL*1*DOE*ROBIN****MI*M0001", "DMG*D8*19800229*F", "HL*4*3*23*1", "NM1*QC*1*DOE*KIM", "DMG*D8*20190504",
        "INS*N*19", "HL*5*4*EV*1", "TRN*1*A0000001*1123456789", "UM*HS*I*PT*11:B*****Y",
        "DTP*AAH*RD8*20261201-20270228", "HI*ABK:M5450*ABF:S83511A", "HSD*VS*12", "PWK*77*FX***AC*A0000001",
        "MSG*AFTER SURGERY", "NM1*DK*1*SURGE*SAM****XX*1999999976", "HL*6*5*SS*0", "SV1*HC:97161**UN*12",
        "HL*7*5*SS*0", "SV1*HC:97110**UN*12", "SE*28*0001",
    ]  # fmt: skip


def test_the_reader_of_replies_takes_it_for_a_request_that_decides_nothing() -> None:
    (review,) = determinations.read(transaction(write(ASKED, ENVELOPE)))
    assert review.is_request and review.outcome is None and review.not_understood == ()
    assert review.answers("A0000001")


@pytest.mark.parametrize("name", ["X217-pass-request-for-medical-services-reservation.edi",
                                  "X217-pass-emergency-admission-request-for-review.edi"])  # fmt: skip
def test_published_requests_are_read(name: str) -> None:
    file = Path(__file__).parents[5] / "../shared/data/x12/stupidedi" / name
    if not file.exists():
        pytest.skip("the third-party samples are not here")
    (asked,) = read(transaction(file.read_bytes()))
    assert asked.subscriber.last == "SMITH" and asked.payer and asked.kind == "initial"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(ASKED, subscriber=replace(ROBIN, member_id="")), "subscriber.member_id"),
        (replace(ASKED, subscriber=replace(ROBIN, birth=None)), "subscriber.birth"),
        (replace(ASKED, dependent=replace(KIM, last="山田")), "dependent.last"),
        (replace(ASKED, payer_id=""), "payer_id"),
        (replace(ASKED, npi="123"), "npi"),
        (replace(ASKED, service=""), "service"),
        (replace(ASKED, kind="extension"), "number"),
        (replace(ASKED, visits=0), "visits"),
        (replace(ASKED, ends=dt.date(2026, 1, 1)), "ends"),
        (replace(ASKED, diagnoses=("M54.50",)), "diagnoses"),
        (replace(ASKED, procedures=("9716",)), "procedures"),
        (replace(ASKED, number="A*1"), "number"),
        (replace(ASKED, subscriber=replace(ROBIN, member_id="M:1")), "subscriber.member_id"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_field(wrong: ReviewRequest, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        write(wrong, ENVELOPE)
    assert field in [problem.field for problem in refused.value.problems]


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=400))
def test_no_words_break_a_request(last: str, words: str) -> None:
    asked = replace(ASKED, subscriber=replace(ROBIN, last=last), words=words)
    try:
        data = write(asked, ENVELOPE)
    except BadInput:
        return
    (found,) = read(transaction(data))
    assert found.subscriber.last == free(last)[:60].strip() and found.words == free(words)[:264].strip()
    assert found.procedures == ASKED.procedures
