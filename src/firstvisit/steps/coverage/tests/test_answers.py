"""What it comes to for one discipline, and the sentences that say so."""

from __future__ import annotations

import string

import pytest

from firstvisit.steps.coverage.answers import answer
from firstvisit.steps.coverage.findings import of_answer
from firstvisit.steps.coverage.sentences import all_texts, desk, family
from firstvisit.steps.coverage.tests.payers import SUBSCRIBER, benefits


@pytest.mark.parametrize(
    ("segments", "covered"),
    [
        (["EB*1**30"], None),
        (["EB*1**30", "EB*1**PT"], True),
        (["EB*1**30", "EB*1**PT^AD"], True),
        (["EB*1**30", "EB*1**PT*********Y"], True),
        (["EB*1**30", "EB*1**PT*********N"], None),
        (["EB*1**30", "EB*I**PT"], False),
        (["EB*1**30", "EB*E**PT"], False),
        (["EB*1**30", "EB*I**PT*********N", "EB*1**PT*********Y"], True),
        (["EB*1**30", "EB*1**PT", "EB*I**PT"], None),
        (["EB*1**30", "EB*6**PT"], False),
        (["EB*1**30", "EB*1**AC"], True),
        (["EB*1**30", "EB*1**AC", "EB*I**PT"], False),
        (["EB*1**30", "EB*1**AD"], None),
        (["EB*1**30", "EB*B**PT***27*30"], None),
        (["EB*1**30", "EB*O**PT"], None),
        (["EB*1**30", "EB*1**PT", "MSG*NOT COVERED UNLESS POST SURGERY"], None),
        (["EB*1**30", "EB*1**PT", "III*ZZ*12"], None),
        (["EB*1**30", "EB*1**PT", "III*ZZ*11"], True),
        (["EB*1**30", "EB*1**PT", "DTP*349*D8*20251231"], None),
        (["EB*1**30", "EB*1**PT**********HC:97161"], None),
        (["EB*1**30", "EB*1**PT", "AAA*N**CI*C"], None),
        (["EB*6**30", "EB*1**PT"], False),
        (["EB*1**30", "EB*6**30", "EB*1**PT"], None),
        (["EB*a**30", "EB*1**30", "EB*x**PT"], None),
        (["EB*1**30*MA", "EB*1**PT*MA"], None),
    ],
)
def test_therapy_is_covered_only_where_the_payer_says_so_of_it(
    segments: list[str], covered: bool | None
) -> None:
    assert answer(benefits(*segments), "PT", "in").covered is covered


@pytest.mark.parametrize(
    ("segments", "needed"),
    [
        (["EB*1**PT********Y"], True),
        (["EB*1**PT********N"], False),
        (["EB*1**PT********U"], None),
        (["EB*1**PT"], None),
        (["EB*1**30********N", "EB*1**PT"], None),
        (["EB*1**PT********N", "EB*F**PT***23***VS*30*Y"], True),
        (["EB*1**PT********N*N"], None),
        (["EB*1**PT********N", "MSG*PRECERT AFTER VISIT 12"], None),
        (["EB*CB**PT********Y"], True),
    ],
)
def test_authorization(segments: list[str], needed: bool | None) -> None:
    assert answer(benefits("EB*1**30", *segments), "PT", "in").authorization is needed


def test_of_an_unknown_network_only_what_holds_for_both_is_told() -> None:
    found = benefits("EB*1**30", "EB*1**PT", "EB*B**PT***27*30*****Y", "EB*B**PT***27*60*****N")
    assert answer(found, "PT", None).copays == ()
    assert [int(each) for each in answer(found, "PT", "out").copays] == [60]


WHOLE = (
    "EB*1**30", "EB*1**PT********Y*Y", "EB*B*IND*PT***27*30*****Y", "EB*A*IND*PT*****.2****Y",
    "EB*C*IND*30***23*1500*****Y", "EB*C*IND*30***29*500*****Y", "EB*F*IND*PT***23***VS*30**Y",
    "EB*F*IND*PT***29***VS*12**Y",
)  # fmt: skip


def test_the_sentence_for_the_desk() -> None:
    found = answer(benefits(*WHOLE), "PT", "in")
    assert desk(found) == (
        "Plan active. Physical therapy covered, in network. Copay $30 a visit. Coinsurance 20 %. "
        "Deductible $1,500, $500 left. 12 of 30 visits left (per calendar year). "
        "Authorization needed. Referral: not stated."
    )
    assert desk(found, "es").startswith(
        "Plan activo. Terapia física: cubierta, dentro de la red. Copago de $30 por visita."
    )


def test_the_sentence_for_the_family() -> None:
    found = answer(benefits(*WHOLE), "PT", "in")
    assert family(found) == (
        "Your plan told us that it is active. It covers physical therapy. You would pay $30 a visit. "
        "You would pay 20 % of the price your plan allows. "
        "Before it pays, $500 of your $1,500 deductible may still be due. "
        "12 of 30 visits are left (per calendar year). It wants to approve the visits first; we ask for that. "
        "This is what your plan told us; it is no promise that it pays."
    )
    assert "no es una promesa de pago" in family(found, "es")


def test_not_stated_is_an_answer() -> None:
    found = answer(benefits("EB*1**30"), "SLP", "in")
    assert desk(found) == (
        "Plan active. Whether speech therapy is covered, in network: not stated. Copay and coinsurance: not stated. "
        "Deductible: not stated. Visit limit: not stated. Authorization: not stated. Referral: not stated."
    )
    assert "covers speech" not in family(found).replace("whether it covers speech", "")


@pytest.mark.parametrize(
    "segments", [["EB*6**30", *WHOLE[1:]], ["EB*1**30", "EB*6**30", *WHOLE[1:]], ["EB*V**30"]]
)
def test_of_a_plan_that_is_not_known_to_be_active_no_benefit_is_told(segments: list[str]) -> None:
    found = answer(benefits(*segments), "PT", "in")
    for said in (desk(found), family(found), desk(found, "es"), family(found, "es")):
        assert "$" not in said and "covered" not in said and "cubierta" not in said and "visit" not in said


def test_the_payers_own_words_and_people_are_named() -> None:
    found = answer(
        benefits(
            "EB*1**30", "EB*L**30", "LS*2120", "NM1*P3*1*JONES*MARCUS", "PER*IC**TE*6085550100", "LE*2120",
            "EB*R**30", "LS*2120", "NM1*PR*2*OTHER HEALTH", "LE*2120", "EB*D**PT", "MSG*CALL US",
        ),
        "PT", "in",
    )  # fmt: skip
    assert "ask there" in desk(found) and "MARCUS JONES (608-555-0100)" in desk(found)
    assert "Another payer is named: OTHER HEALTH." in desk(found)
    assert found.messages == ("CALL US",)


def test_another_payer_is_an_organization_and_a_plan_coordinates_nothing() -> None:
    insured = (
        "EB*R**30*OT*OLD PLAN",
        "NM1*IL*1*DOE*ALEX",
        "EB*R**30",
        "NM1*IL*1*DOE*ALEX",
        "NM1*PR*2*OTHER HEALTH",
    )
    found = answer(benefits("EB*4**30**GOLD HMO", *insured), "PT", "in")
    assert found.other_payers == ("OLD PLAN", "OTHER HEALTH") and found.coordinators == ()


def test_what_the_payer_writes_of_authorization_is_shown_where_it_states_nothing_else() -> None:
    found = answer(benefits("EB*1**30", "EB*1**PT", "MSG*PRIOR AUTH AFTER VISIT 6"), "PT", "in")
    assert found.authorization is None
    assert 'Authorization: the payer writes "PRIOR AUTH AFTER VISIT 6".' in desk(found)


def test_a_pooled_limit_says_so() -> None:
    found = answer(benefits("EB*1**30", "EB*1**PT", "EB*F*IND*PT^AD***23***VS*60"), "PT", None)
    assert "60 visits per calendar year; what is left is not stated. Shared with other services" in desk(
        found
    )
    assert "Other services may count toward the same visits." in family(found)


def test_medicare_part_b_in_dollars() -> None:
    found = answer(
        benefits("EB*1*IND**MB", "EB*F*IND*AD*MB**29*1840", subscriber=(*SUBSCRIBER, "INS*Y*18*001*25")),
        "OT",
        None,
    )
    assert "$1,840 left to be paid for it." in desk(found)


def test_an_active_plan_under_investigation_says_so_in_both_sentences() -> None:
    for lines in (("EB*5**30*********N", "EB*1**PT"), ("EB*1**30", "EB*5**PT")):
        found = answer(benefits(*lines), "PT", "in")
        assert found.covered is True and found.pending
        assert desk(found).startswith("Plan active. Pending investigation: the payer may still take this back")
        assert "Pendiente de investigación" in desk(found, "es")
        assert "It is still looking into it, so this may change." in family(found)
        assert "Todavía lo está revisando" in family(found, "es")
    assert not answer(benefits("EB*1**30", "EB*5**35"), "PT", "in").pending


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (("DTP*193*D8*20261102", "DTP*194*D8*20261231"), "2026-11-02 to 2026-12-31"),
        (("DTP*292*RD8*20261102-20261231",), "2026-11-02 to 2026-12-31"),
        (("DTP*193*D8*20261102",), "since 2026-11-02"),
        (("DTP*194*D8*20261231",), "until 2026-12-31"),
        ((), "days not stated"),
        (("DTP*193*D8*20260102", "DTP*194*D8*20260301"), None),
    ],
)
def test_a_home_health_period_is_said_with_its_agency_unless_it_is_over(
    dates: tuple[str, ...], said: str | None
) -> None:
    named = ("LS*2120", "NM1*1P*2*PRAIRIE HOME HEALTH", "LE*2120")
    found = answer(benefits("EB*1**30*MB", "EB*X**42***26", *dates, *named), "PT", None)
    assert bool(found.home_health) == (said is not None)
    assert (f"Home health care ({said}), PRAIRIE HOME HEALTH:" in desk(found)) == (said is not None)


def test_a_described_amount_is_shown_with_its_dollars() -> None:
    found = answer(benefits("EB*1**30*MB", "EB*D**AE*MB***1232.5", "MSG*USED AMOUNT"), "PT", None)
    assert found.messages == ("USED AMOUNT: $1,232.50",)


@pytest.mark.parametrize("services", ["PT", "PT^AD"])
def test_of_a_limit_of_no_visits_nothing_is_left(services: str) -> None:
    found = answer(benefits("EB*1**30", "EB*1**PT", f"EB*F*IND*{services}***23***VS*0"), "PT", "in")
    assert of_answer(found) == "used_up"
    assert "0 of 0 visits left (per calendar year)." in desk(found)


@pytest.mark.parametrize(
    ("lines", "at_the_desk", "to_the_family"),
    [
        (("EB*C*IND*30***23*200", "EB*C*IND*30***29*0"), "Deductible $200: met.", "Your deductible of $200 is met."),
        (("EB*C*IND*30***29*0",), "No deductible is due.", "No deductible is due."),
        (("EB*C*IND*30***23*0",), "No deductible is due.", "No deductible is due."),
    ],
)
def test_a_deductible_that_is_met_is_not_still_due(
    lines: tuple[str, ...], at_the_desk: str, to_the_family: str
) -> None:
    found = answer(benefits("EB*1**30", "EB*1**PT", *lines), "PT", "in")
    assert at_the_desk in desk(found) and to_the_family in family(found)
    assert "$0" not in desk(found) + family(found)


def test_every_text_stands_in_both_languages_with_the_same_places() -> None:
    for place, english, spanish in all_texts():
        fields = [
            {name.lower() for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (english, spanish)
        ]
        assert fields[0] == fields[1], place
        assert bool(english) == bool(spanish), place
