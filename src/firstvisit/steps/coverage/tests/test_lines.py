"""What one EB with what hangs on it says, by the standard and by payers' habits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from firstvisit.steps.coverage.shown import shown
from firstvisit.steps.coverage.tests.payers import benefits


@pytest.mark.parametrize(
    ("segments", "said"),
    [
        (["EB*B*IND*PT***27*30*****Y"],
         {"kind": "copay", "amount": "30", "network": "in", "level": "individual", "period": "visit"}),
        (["EB*A*IND*PT*****.2****N"], {"kind": "coinsurance", "percent": "20", "network": "out"}),
        (["EB*A**PT*****0"], {"kind": "coinsurance", "percent": "0"}),
        (["EB*A**PT*****1"], {"kind": "coinsurance", "percent": "100"}),
        (["EB*C*IND*30***23*1500.50*****W"],
         {"kind": "deductible", "amount": "1500.50", "network": "both", "period": "calendar_year"}),
        (["EB*C*IND*30***29*500"], {"kind": "deductible", "amount": None, "remaining": "500", "period": "remaining"}),
        (["EB*G*FAM*30***23*9000"], {"kind": "out_of_pocket", "amount": "9000", "level": "family"}),
        (["EB*F**PT***23***VS*30"], {"kind": "visits", "quantity": 30, "unit": "visits", "remaining": None}),
        (["EB*F**PT***22***P6*30"], {"kind": "visits", "quantity": 30, "period": "service_year"}),
        (["EB*F**PT***29***VS*12"], {"kind": "visits", "quantity": None, "remaining": 12}),
        (["EB*F**PT***23***99*5"], {"kind": "visits", "quantity": None, "used": 5}),
        (["EB*F**PT", "HSD*VS*30***23"],
         {"kind": "visits", "quantity": 30, "period": "calendar_year", "unit": "visits"}),
        (["EB*F**PT", "HSD*VS*30***23", "HSD*VS*18***29"], {"kind": "visits", "quantity": 30, "remaining": 18}),
        (["EB*F**PT", "HSD*VS*2*WK"], {"kind": "visits", "quantity": 2, "period": "week"}),
        (["EB*F**PT", "HSD*VS*12*WK*3*34*1"], {"kind": "visits", "quantity": None, "remaining": None}),
        (["EB*F*IND*AD*MB**29*1840"],
         {"kind": "dollars", "amount": None, "remaining": "1840", "insurance": "Medicare Part B"}),
        (["EB*F**AG***29***DY*20"], {"kind": "other", "unit": "days", "remaining": 20}),
        (["EB*E**PT"], {"kind": "exclusion"}),
        (["EB*I**PT"], {"kind": "exclusion", "active": None}),
        (["EB*CB**PT********Y"], {"kind": "authorization", "auth": "yes"}),
        (["EB*1**PT********N"], {"kind": "other", "auth": "no", "active": True}),
        (["EB*1**PT********U*U"], {"auth": None, "network": None}),
        (["EB*1"], {"stc": None, "active": True}),
        (["EB*6**30"], {"active": False}),
        (["EB*B**PT***27*30", "MSG*PER VISIT", "MSG*SPECIALIST"], {"messages": ["PER VISIT", "SPECIALIST"]}),
        (["EB*1**PT**********HC:97161:GP"], {"procedure": ["HC", "97161", "GP"]}),
        (["EB*1**PT", "III*ZZ*12"], {"places": [{"list": "ZZ", "code": "12", "words": "home"}]}),
        (["EB*1**PT", "DTP*348*D8*20260101", "DTP*349*D8*20261231"],
         {"dates": {"benefit_begin": "2026-01-01", "benefit_end": "2026-12-31"}}),
        (["EB*X**42", "DTP*193*D8*20260101", "DTP*193*D8*20260201"],
         {"dates": {"period_start": ["2026-01-01", "2026-02-01"]}}),
        (["EB*1**PT", "DTP*292*RD8*20260101-20261231"], {"dates": {"benefit": "2026-01-01/2026-12-31"}}),
        ([" EB * 1 **PT "], {"stc": "PT", "active": True}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_a_line_says(segments: list[str], said: dict[str, object]) -> None:
    (line,) = shown(benefits(*[each.replace(" EB * 1 ", "EB* 1 ") for each in segments]))["lines"]
    assert {name: line[name] for name in said} == said


def test_an_eb_with_several_service_types_makes_a_line_for_each() -> None:
    found = benefits("EB*F*IND*PT^AD^AF***23***VS*60")
    assert [(line.service, line.together, line.numbers) for line in found.lines] == [
        (service, ("PT", "AD", "AF"), (12,)) for service in ("PT", "AD", "AF")
    ]


@pytest.mark.parametrize(
    ("segment", "why"),
    [
        ("EB*a**PT", "EB01 'a' is no benefit that is known"),
        ("EB***PT", "EB01 '' is no benefit that is known"),
        ("EB*1*ind*PT", "EB02 'ind' is no level that is known"),
        ("EB*1**pt", "EB03 'pt' is no service type that is known"),
        ("EB*1**PT*zz", "EB04 'zz' is no insurance that is known"),
        ("EB*F**PT***99", "EB06 '99' is no period that is known"),
        ("EB*B**PT***27*$30", "EB07 '$30' is no number"),
        ("EB*B**PT***27*-30", "EB07 '-30' is no number"),
        ("EB*B**PT***27*1e3", "EB07 '1e3' is no number"),
        ("EB*B**PT***27*٣٠", "EB07 '٣٠' is no number"),
        (
            "EB*A**PT*****20",
            "EB08 is a share of one, and this one is over it: taken for a share of a hundred",
        ),
        ("EB*F**PT***23***VS*many", "EB10 'many' is no number"),
        ("EB*1**PT********y", "EB11 'y' is neither Y, N nor U"),
        ("EB*1**PT*********y", "EB12 'y' is neither Y, N, U nor W"),
        ("EB*1**PT************X*EXTRA", "there are more elements than an EB has"),
    ],
)
def test_what_is_not_known_is_kept_as_sent_and_said(segment: str, why: str) -> None:
    found = benefits(segment)
    assert [(each.n, each.segment, each.why) for each in found.not_understood] == [(12, segment, why)]
    assert found.lines[0].elements == segment.split("*")


def test_an_unknown_code_is_never_a_benefit() -> None:
    (line,) = benefits("EB*a*IND*PT***27*30").lines
    assert line.kind == "other" and line.is_active is None
    assert benefits("EB*a**30").active is None


def test_who_is_named_on_a_line_is_kept_with_how_to_reach_them() -> None:
    (line,) = benefits(
        "EB*U**PT", "LS*2120", "NM1*VN*2*THERAPY MANAGERS*****PI*TM1", "N3*9 PINE ST", "N4*MADISON*WI*53703",
        "PER*IC*DESK*TE*6085550100*EX*12*FX*6085550101", "PRV*AT*PXC*261QP2000X", "LE*2120", "MSG*CALL FIRST",
    ).lines  # fmt: skip
    (party,) = line.parties
    assert (party.name, party.city, party.taxonomy) == ("THERAPY MANAGERS", "MADISON", "261QP2000X")
    assert [(each.kind, each.number) for each in party.contacts] == [
        ("phone", "6085550100"), ("extension", "12"), ("fax", "6085550101"),
    ]  # fmt: skip
    assert line.messages == ("CALL FIRST",) and line.numbers == tuple(range(12, 21))


def test_a_2120_without_ls_and_le_is_read_too() -> None:
    first, second = benefits("EB*L", "NM1*P3*1*JONES*MARCUS", "PER*IC**TE*6085550100", "EB*1**30").lines
    assert first.parties[0].name == "MARCUS JONES" and not second.parties


def test_money_stays_exact() -> None:
    (line,) = benefits("EB*C*IND*30***23*1234567.10").lines
    assert line.amount == Decimal("1234567.10")
