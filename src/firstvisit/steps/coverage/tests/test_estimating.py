"""What a first visit costs: tables of known cases, and what holds of every case."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.coverage import estimate_words
from firstvisit.steps.coverage.answers import Answer
from firstvisit.steps.coverage.balances import Balance
from firstvisit.steps.coverage.estimating import (
    Asked,
    Service,
    Span,
    as_json,
    estimate,
    from_json,
    services_of,
)
from firstvisit.steps.coverage.fees import Fees

FEES = Fees.model_validate(read_folder(SAMPLE).rules["fees"])
PART_B = (Decimal(283), Decimal(20))


def dollars(low: str | int, high: str | int | None = None) -> Span:
    return Span(Decimal(low), Decimal(low if high is None else high))


def balance(left: int | None, limit: int | None = None, kind: str = "deductible") -> Balance:
    return Balance(
        "PT", kind, "in", "IND", "23",
        None if limit is None else Decimal(limit), None, None if left is None else Decimal(left),
        None if left is None else "stated", False, (), (),
    )  # fmt: skip


def answer(**changes: Any) -> Answer:
    """A plan that is active and covers the therapy, has nothing left to pay before, and no limit."""
    whole: dict[str, Any] = {
        "discipline": "PT", "network": "in", "active": True, "why_active": "", "covered": True, "covered_as": "PT",
        "contradicted": False, "copays": (), "coinsurances": (), "deductible": balance(0),
        "out_of_pocket": balance(5000), "visits": (), "dollars": (), "unlimited": True, "authorization": False,
        "authorization_messages": (), "coordinators": (), "referral_messages": (), "other_payers": (), "contacts": (),
        "messages": (),
    }  # fmt: skip
    return Answer(**whole | changes)


def visit(charge: Span, allowed: Span | None, price: Span | None = None) -> tuple[Service, ...]:
    return (Service(("97161",), ("Evaluation",), (1, 1), charge, price or charge, allowed),)


PLAIN = visit(dollars(200), dollars(100), dollars(150))


def asked(
    said: Answer | None, kind: str | None = "commercial", network: str | None = "in", **changes: Any
) -> Asked:
    return Asked(
        **{"services": PLAIN, "kind": kind, "network": network, "answer": said, "part_b": PART_B} | changes
    )


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        (answer(copays=(Decimal(30),)), 30, 30),
        (answer(copays=(Decimal(130),)), 100, 100),
        (answer(copays=(Decimal(0),)), 0, 0),
        (answer(copays=(Decimal(20), Decimal(40))), 20, 40),
        (answer(coinsurances=(Decimal(20),)), 20, 20),
        (answer(coinsurances=(Decimal(20),), deductible=balance(50)), 60, 60),
        (answer(coinsurances=(Decimal(20),), deductible=balance(500)), 100, 100),
        (answer(coinsurances=(Decimal(20),), deductible=None), 20, 100),
        (answer(coinsurances=(Decimal(20),), deductible=balance(None, 40)), 20, 52),
        (answer(copays=(Decimal(30),), deductible=balance(50)), 30, 80),
        (answer(copays=(Decimal(30),), coinsurances=(Decimal(20),)), 20, 50),
        (answer(), 0, 100),
        (answer(coinsurances=(Decimal(20),), out_of_pocket=balance(5)), 5, 5),
        (answer(coinsurances=(Decimal(20),), out_of_pocket=balance(0)), 0, 0),
        (answer(coinsurances=(Decimal(20),), out_of_pocket=None), 0, 20),
        (answer(copays=(Decimal(30),), dollars=(balance(60, kind="dollars"),)), 40, 40),
        (answer(copays=(Decimal(30),), covered=None), 30, 200),
        (answer(copays=(Decimal(30),), active=None), 30, 200),
        (answer(copays=(Decimal(30),), other_payers=("Second",)), 0, 30),
        (answer(active=False), 150, 200),
        (answer(covered=False), 150, 200),
        (answer(copays=(Decimal(30),), visits=(balance(0, kind="visits"),)), 150, 200),
        (answer(copays=(Decimal(30),), visits=(balance(3, kind="visits"),)), 30, 30),
    ],
)  # fmt: skip
def test_what_a_plan_leaves_to_the_patient(said: Answer, low: int, high: int) -> None:
    made = estimate(asked(said))
    assert (made.low, made.high) == (low, high)
    assert made.steps[-1].amount == Span(made.low, Decimal(high))


def test_a_visit_limit_whose_rest_is_not_stated_is_a_condition_with_what_it_costs_otherwise() -> None:
    made = estimate(asked(answer(copays=(Decimal(30),), visits=(balance(None, 20, "visits"),))))
    assert (made.low, made.high, made.conditions, made.otherwise) == (30, 30, ("visits_left",), dollars(150))


@pytest.mark.parametrize(("needed", "condition"), [(True, "authorization"), (None, "authorization_unknown")])
def test_an_authorization_that_may_be_missing_is_a_condition(needed: bool | None, condition: str) -> None:
    assert estimate(asked(answer(copays=(Decimal(30),), authorization=needed))).conditions == (condition,)


def test_who_pays_themselves_pays_the_price_without_insurance_whatever_a_plan_says() -> None:
    made = estimate(asked(answer(copays=(Decimal(30),)), self_pay=True))
    assert (made.basis, made.low, made.high, made.unknowns) == ("self_pay", 150, 150, ())


def test_medicare_without_an_answer_says_the_deductible_of_the_year_and_that_a_second_insurance_may_pay() -> (
    None
):
    made = estimate(asked(None, "medicare"))
    assert (made.basis, made.low, made.high) == ("medicare", 0, 200)
    assert {"deductible", "medigap", "active"} <= set(made.unknowns)


def test_medicare_whose_answer_is_here_is_reckoned_at_a_fifth_after_the_deductible() -> None:
    said = answer(deductible=balance(30), out_of_pocket=None)
    made = estimate(asked(said, "medicare"))
    share = next(step for step in made.steps if step.key == "percent")
    assert share.amount == dollars(14) and made.high == 44 and made.low == 0


def test_part_b_has_no_most_in_a_year_and_an_advantage_plan_is_reckoned_as_any_plan() -> None:
    said = answer(deductible=balance(0), coinsurances=(Decimal(20),), out_of_pocket=None)
    part_b = estimate(asked(said, "medicare"))
    assert "out_of_pocket" not in part_b.unknowns
    assert not any(step.key.startswith("out_of_pocket") for step in part_b.steps)
    advantage = estimate(asked(said, "medicare_advantage"))
    assert (advantage.basis, advantage.high) == ("plan", 20)
    assert "medigap" not in advantage.unknowns and "out_of_pocket" in advantage.unknowns
    either = estimate(asked(answer(out_of_pocket=None), "medicare", part_b=None, which_medicare_known=False))
    assert (either.basis, either.low, either.high) == ("plan", 0, 100) and "which_medicare" in either.unknowns


def test_a_copay_that_the_dearest_case_has_less_of_says_why() -> None:
    said = answer(copays=(Decimal(30),), deductible=balance(500))
    line = next(each for each in estimate_words.lines(estimate(asked(said)), "en") if "Copay" in each.text)
    assert (line.least, line.most) == ("$30", "$0")
    assert line.text == (
        "Copay of $30. Under “At most” the deductible takes more of the visit first, so less is left for this"
    )


def test_medicaid_without_a_stated_copay_gives_no_upper_amount_and_says_why() -> None:
    made = estimate(asked(answer(), "medicaid"))
    assert made.high is None and made.unknowns == ("medicaid_copay",)
    assert "cannot say an amount" in estimate_words.sentence(made, "en")
    assert estimate(asked(answer(copays=(Decimal(3),)), "medicaid")).high == 3


def test_a_work_injury_costs_nothing_where_the_claim_holds_and_our_price_otherwise() -> None:
    made = estimate(asked(None, "workers_comp"))
    assert (made.low, made.high, made.conditions, made.otherwise) == (0, 0, ("claim",), dollars(150))


def test_out_of_network_reaches_up_to_our_charge() -> None:
    made = estimate(asked(answer(coinsurances=(Decimal(40),), network="out"), network="out"))
    assert (made.basis, made.low, made.high) == ("out_of_network", 80, 200)


def test_nobody_knows_who_pays() -> None:
    made = estimate(asked(None, None, None))
    assert (made.low, made.high, made.unknowns) == (0, 200, ("payer",))


def test_without_fees_no_amount_is_said() -> None:
    made = estimate(asked(answer(), services=()))
    assert (made.basis, made.high, made.unknowns) == ("no_fees", None, ("fees",))
    assert services_of(Fees(), "PT", None, "", "en") == ()


def test_the_sample_s_first_visits_are_found_by_therapy_and_program() -> None:
    voice = services_of(FEES, "SLP", "voice", "northfield_health", "es")
    assert [service.codes for service in voice] == [("92524",)] and voice[0].allowed == dollars(116)
    assert voice[0].names == ("Evaluación de la voz",)
    therapy = services_of(FEES, "PT", "orthopedic", "medicare", "en")
    assert [service.charge for service in therapy] == [dollars(185, 215), dollars(0, 120)]
    tested = services_of(FEES, "SLP", "cognition", "medicare", "en")
    assert tested[0].allowed is None


money = st.decimals(0, 400, places=2)
spans = st.tuples(money, money).map(lambda pair: Span(min(pair), max(pair)))
percents = st.lists(st.integers(0, 100).map(Decimal), max_size=2).map(tuple)
copays = st.lists(money, max_size=2).map(tuple)
balances = st.none() | st.builds(balance, st.none() | st.integers(0, 900), st.none() | st.integers(0, 900))
yes_no_unknown = st.sampled_from([True, False, None])
answers = st.builds(
    answer,
    active=yes_no_unknown, covered=yes_no_unknown, copays=copays, coinsurances=percents, deductible=balances,
    out_of_pocket=balances, authorization=yes_no_unknown, other_payers=st.sampled_from([(), ("Second",)]),
    visits=balances.map(lambda one: (one,) if one else ()), dollars=balances.map(lambda one: (one,) if one else ()),
)  # fmt: skip
cases = st.builds(
    asked,
    st.none() | answers,
    st.sampled_from(
        ["commercial", "medicare", "medicare_advantage", "medicaid", "workers_comp", "private_pay", "unknown", None]
    ),
    st.sampled_from(["in", "out", None]),
    self_pay=st.booleans(),
    services=st.lists(
        st.tuples(spans, st.none() | spans, st.decimals(0, 1, places=2)).map(
            lambda made: visit(made[0], made[1], Span(made[0].low * made[2], made[0].high * made[2]))[0]
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    part_b=st.sampled_from([None, PART_B]),
    allowed_from_percent=st.integers(0, 100),
)


@given(cases)
def test_the_least_is_never_above_the_most_and_neither_above_the_charge(case: Asked) -> None:
    made = estimate(case)
    charge = sum(service.charge.high for service in case.services)
    assert made.low >= 0
    assert made.high is None or made.low <= made.high <= charge
    assert from_json(json.loads(json.dumps(as_json(made)))) == made


@given(cases)
def test_every_case_can_be_said_in_both_languages(case: Asked) -> None:
    made = estimate(case)
    for language in ("en", "es"):
        said = [line.text for line in estimate_words.lines(made, language)]  # type: ignore[arg-type]
        said += [estimate_words.sentence(made, language), *estimate_words.provisos(made, language)]  # type: ignore[arg-type]
        assert all(said) and not any("{" in text for text in said)


@given(cases, money, st.integers(0, 900), st.integers(0, 900))
def test_what_becomes_known_never_leaves_the_range(
    case: Asked, copay: Decimal, open_: int, most: int
) -> None:
    """Whatever an unknown turns out to be, the narrower range lies in the wider one."""
    said = case.answer
    if said is None or case.self_pay or case.kind not in ("commercial", "medicare"):
        return
    known = replace(
        said,
        active=True if said.active is None else said.active,
        covered=True if said.active is None or said.covered is None else said.covered,
        copays=said.copays or ((copay,) if not said.coinsurances and case.kind != "medicare" else ()),
        deductible=_settled(said.deductible, open_),
        out_of_pocket=_settled(said.out_of_pocket, most),
    )
    if said.active is None and said.covered is False:
        return
    wide, narrow = estimate(case), estimate(replace(case, answer=known))
    if narrow.basis == wide.basis and wide.high is not None and narrow.high is not None:
        assert wide.low <= narrow.low and narrow.high <= wide.high


def _settled(one: Balance | None, left: int) -> Balance:
    if one is None:
        return balance(left)
    if one.left is not None:
        return one
    return one._replace(left=Decimal(left) if one.limit is None else min(Decimal(left), one.limit))
