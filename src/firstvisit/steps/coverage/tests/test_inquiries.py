"""A 270 says what was meant to be asked, and nothing that X12 would misread."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.coverage import inquiries
from firstvisit.steps.coverage.inquiries import Inquiry, Insured, read, service_of, write
from firstvisit.steps.coverage.tests.payers import transaction
from firstvisit.steps.coverage.x12.delimiters import Delimiters
from firstvisit.steps.coverage.x12.transactions import Ending, transactions
from firstvisit.steps.coverage.x12.writing import Envelope, plain, segment

MOMENT = dt.datetime(2026, 11, 22, 9, 5)  # noqa: DTZ001 -- as it is told in the sender's own time
ENVELOPE = Envelope("CEDARSTREET", "PAYERHOUSE", 42, MOMENT, "HS", inquiries.VERSION)
ROBIN = Insured("DOE", "ROBIN", dt.date(1980, 2, 29), "M0001", "F")
KIM = Insured("DOE", "KIM", dt.date(2019, 5, 4))
ASKED = Inquiry(
    trace="T0000001", origin="9CEDARST01", payer="INVENTED HEALTH", payer_id="00001", provider="CEDAR STREET THERAPY",
    npi="1999999984", subscriber=ROBIN, service="PT", service_date=dt.date(2026, 11, 24),
)  # fmt: skip


def again(inquiry: Inquiry, envelope: Envelope = ENVELOPE) -> list[Inquiry]:
    return read(transaction(write(inquiry, envelope)))


@pytest.mark.parametrize(
    "asked",
    [
        ASKED,
        replace(ASKED, dependent=KIM, relationship="19"),
        replace(ASKED, dependent=KIM),
        replace(ASKED, taxonomy="225100000X"),
    ],
    ids=["subscriber", "dependent", "dependent without relationship", "taxonomy"],
)
def test_what_is_asked_is_read_again(asked: Inquiry) -> None:
    assert again(asked) == [asked]
    assert again(asked, replace(ENVELOPE, delimiters=Delimiters("|", ">", "!", "\n"))) == [asked]


def test_it_stands_as_the_guide_wants_it() -> None:
    assert write(replace(ASKED, dependent=KIM, relationship="19"), ENVELOPE).decode().split("~") == [
        "ISA*00*          *00*          *ZZ*CEDARSTREET    *ZZ*PAYERHOUSE     *261122*0905*^*00501*000000042*0*P*:",
        "GS*HS*CEDARSTREET*PAYERHOUSE*20261122*0905*42*X*005010X279A1", "ST*270*0001*005010X279A1",
        "BHT*0022*13*T0000001*20261122*0905", "HL*1**20*1", "NM1*PR*2*INVENTED HEALTH*****PI*00001", "HL*2*1*21*1",
        "NM1*1P*2*CEDAR STREET THERAPY*****XX*1999999984", "HL*3*2*22*1", "NM1*IL*1*DOE*ROBIN****MI*M0001",
        "DMG*D8*19800229*F", "HL*4*3*23*0", "TRN*1*T0000001*9CEDARST01", "NM1*03*1*DOE*KIM", "DMG*D8*20190504",
        "INS*N*19",
        "DTP*291*D8*20261124", "EQ*PT", "SE*17*0001", "GE*1*42", "IEA*1*000000042", "",
    ]  # fmt: skip


def test_its_envelope_agrees_with_itself() -> None:
    made = list(transactions(io.BytesIO(write(ASKED, ENVELOPE))))
    assert [fault for each in made for fault in each.faults] == []
    assert isinstance(made[-1], Ending)


def test_one_service_type_by_discipline() -> None:
    assert [service_of(each) for each in ("PT", "OT", "SLP")] == ["PT", "AD", "AF"]


def test_names_lose_what_x12_does_not_take_and_keep_the_rest() -> None:
    (asked,) = again(replace(ASKED, subscriber=replace(ROBIN, last="Peña–O’Brien", first="  José  María ")))
    assert (asked.subscriber.last, asked.subscriber.first) == ("PENA-O'BRIEN", "JOSE MARIA")
    assert plain("山田\n") == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(ASKED, subscriber=replace(ROBIN, member_id="M*1")), "subscriber.member_id"),
        (replace(ASKED, payer_id="1^2"), "NM109"),
        (replace(ASKED, trace="T\n1"), "BHT03"),
        (replace(ASKED, npi="123"), "npi"),
        (replace(ASKED, origin="SHORT"), "origin"),
        (replace(ASKED, subscriber=replace(ROBIN, member_id="")), "subscriber.member_id"),
        (replace(ASKED, subscriber=replace(ROBIN, birth=None)), "subscriber.birth"),
        (replace(ASKED, dependent=replace(KIM, last="山田")), "dependent.last"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_field(wrong: Inquiry, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        write(wrong, ENVELOPE)
    assert field in [problem.field for problem in refused.value.problems]


@pytest.mark.parametrize(
    "wrong", [{"control": 0}, {"control": 10**9}, {"sender": ""}, {"sender": "X" * 16}, {"receiver": "A*B"}]
)
def test_an_envelope_that_no_payer_would_open_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        write(ASKED, replace(ENVELOPE, **wrong))  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_no_name_breaks_a_question(last: str, first: str) -> None:
    asked = replace(ASKED, subscriber=replace(ROBIN, last=last, first=first))
    try:
        data = write(asked, ENVELOPE)
    except BadInput:
        return
    assert data.count(b"~") == write(ASKED, ENVELOPE).count(b"~")
    (found,) = read(transaction(data))
    letters = "".join(" " if each in "*:^~" else each for each in plain(last))
    assert found.subscriber.last == " ".join(letters.split())[:60].rstrip()


def test_a_segment_leaves_out_what_is_empty_at_its_end() -> None:
    assert segment(Delimiters(), "EB", "1", "", ("A", "B"), "", "") == "EB*1**A:B"
