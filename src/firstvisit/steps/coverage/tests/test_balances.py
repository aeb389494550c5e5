"""What is left of a limit: stated, or reckoned within one service, network and level; never across."""

from __future__ import annotations

from decimal import Decimal

import pytest

from firstvisit.steps.coverage.balances import balances
from firstvisit.steps.coverage.tests.payers import benefits

LIMIT = "EB*F*IND*PT***23***VS*30**Y"
Told = list[tuple[int | None, int | None, int | None, str | None, bool]]


def told(*segments: str) -> Told:
    """Limit, used, left, how left is known, pooled."""

    def whole(value: Decimal | None) -> int | None:
        return None if value is None else int(value)

    return [
        (whole(each.limit), whole(each.used), whole(each.left), each.left_is, each.pooled)
        for each in balances(benefits(*segments))
    ]


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([LIMIT], [(30, None, None, None, False)]),
        ([LIMIT, "EB*F*IND*PT***29***VS*12**Y"], [(30, None, 12, "stated", False)]),
        ([LIMIT, "EB*F*IND*PT***23***99*18**Y"], [(30, 18, 12, "reckoned", False)]),
        ([LIMIT, "EB*F*IND*PT***23***99*18**Y", "EB*F*IND*PT***29***VS*11**Y"], [(30, 18, 11, "stated", False)]),
        ([LIMIT, "EB*F*IND*PT***29***VS*0**Y"], [(30, None, 0, "stated", False)]),
        ([LIMIT, "EB*F*IND*PT***23***99*40**Y"], [(30, 40, None, None, False)]),
        ([LIMIT, LIMIT], [(30, None, None, None, False)]),
        (["EB*F*IND*PT", "HSD*VS*30***23", "HSD*VS*12***29"], [(30, None, 12, "stated", False)]),
        ([LIMIT, "EB*F*IND*PT***29***VS*12**Y", "EB*F*IND*PT***29***VS*9**Y"], [(30, None, None, None, False)]),
        ([LIMIT, "EB*F*IND*PT***32***VS*90**Y", "EB*F*IND*PT***33***VS*70**Y", "EB*F*IND*PT***29***VS*12**Y"],
         [(30, None, 12, "stated", False), (90, None, 70, "stated", False)]),
        (["EB*C*IND*30***23*1500*****Y", "EB*C*IND*30***29*500*****Y"], [(1500, None, 500, "stated", False)]),
        (["EB*C*IND*30**GOLD*23*1500*****Y", "EB*C*IND*30***29*500*****Y"], [(1500, None, 500, "stated", False)]),
    ],
)  # fmt: skip
def test_within_one_service_network_and_level(segments: list[str], expected: Told) -> None:
    assert told(*segments) == expected


@pytest.mark.parametrize(
    "other",
    [
        "EB*F*IND*AD***23***99*18**Y",
        "EB*F*IND*PT***23***99*18**N",
        "EB*F*FAM*PT***23***99*18**Y",
        "EB*F*IND*PT***23***99*18",
    ],
    ids=["service", "network", "level", "network not stated"],
)
def test_nothing_is_subtracted_across(other: str) -> None:
    assert [each[2] for each in told(LIMIT, other)] == [None, None]


@pytest.mark.parametrize(
    "limit",
    [
        ["EB*F*IND*PT^AD***23***VS*60**Y"],
        [LIMIT, "MSG*COMBINED WITH OT AND ST"],
        [LIMIT, "MSG*PT/OT LIMIT SHARED"],
    ],
)
def test_a_pooled_limit_is_shown_and_nothing_is_subtracted_from_it(limit: list[str]) -> None:
    used = "EB*F*IND*PT^AD***23***99*18**Y" if "^" in limit[0] else "EB*F*IND*PT***23***99*18**Y"
    for each in balances(benefits(*limit, used)):
        assert each.pooled and each.limit is not None and each.left is None


def test_what_the_payer_calls_left_of_a_pool_is_kept_as_a_pools() -> None:
    found = balances(benefits("EB*F*IND*PT^AD***23***VS*60", "EB*F*IND*PT^AD***29***VS*41"))
    assert {(each.left, each.left_is, each.pooled) for each in found} == {(Decimal(41), "stated", True)}


def test_a_limit_of_another_year_is_none_of_this_one() -> None:
    assert told(LIMIT, "DTP*292*RD8*20250101-20251231") == []
