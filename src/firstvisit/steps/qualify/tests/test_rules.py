"""The judgement by table: each outcome, and what comes before what."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from firstvisit.leads.facts import FACTS, from_json
from firstvisit.practice.shape import Practice
from firstvisit.scorecard.card import evaluate
from firstvisit.steps.qualify import ranking
from firstvisit.steps.qualify.checks import check
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import OUTCOMES, Judgement, judge
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, changed, facts

JUDGING = Judging()
TENDON = {
    "program": "hand_tendon_repair",
    "asked_program": "hand_tendon_repair",
    "disciplines": ("OT",),
    "age_months": 500,
}


KNEE = {
    "program": "joint_replacement",
    "asked_program": "joint_replacement",
    "disciplines": ("PT",),
    "age_months": 900,
}
UNKNOWN = {"half_days": None, "in_area": None, "miles": None, "age_months": None}


def judged(practice: Practice | None = None, **changes: Any) -> Judgement:
    return judge(facts(**changes), practice or cedar_street(), JUDGING, NOW)


@pytest.mark.parametrize(
    ("outcome", "changes"),
    [
        ("book_now", {}),
        (
            "book_pending_docs",
            {"order_state": "none", **TENDON, "event_kind": "surgery", "event_on": date(2026, 11, 22)},
        ),
        ("need_info", {"half_days": None, "in_area": None, "miles": None, "age_months": None}),
        ("clinician_review", {"red_flags": ("chest_pain",)}),
        ("route_other_location_or_program", {"age_months": 80}),
        (
            "refer_out",
            {"program": None, "asked_program": "low_vision", "disciplines": ("OT",), "age_months": 900,
             "places_near": ("capital_low_vision",)},
        ),
        ("refer_out", {"in_area": False, "miles": 140, "places_near": ("fox_river_therapy",)}),
        ("person_looks", {"in_area": False, "miles": 140}),
        ("nurture", {"age_months": 13}),
        ("refer_out", {"age_months": 3, "miles": None, "in_area": None}),
        ("nurture", {"source_kind": "guide", "timing": "not_sure", **UNKNOWN}),
        ("need_info", {"source_kind": "website", "timing": "not_sure", **UNKNOWN}),
        ("nurture", {"timing": "later", "not_before": date(2027, 3, 1)}),
        ("nurture", {**KNEE, "event_kind": "surgery", "event_on": date(2027, 2, 10)}),
        ("need_info", {**KNEE, "order_state": "signed"}),
        ("need_auth_first", {"payer": None, "payer_kind": "workers_comp"}),
        ("book_now", {"payer": None, "payer_kind": "private_pay", "order_state": "unknown", "timing": "two_weeks"}),
        (
            "route_other_location_or_program",
            {"program": "pediatric", "asked_program": "pediatric", "disciplines": ("OT",), "setting": "school"},
        ),
        ("book_now", {"program": "home_safety", "asked_program": "home_safety", "disciplines": ("OT",),
                      "age_months": 900}),
        (
            "route_other_location_or_program",
            {"program": "hand_therapy", "disciplines": ("OT",), "age_months": 500, "setting": "home"},
        ),
        ("need_auth_first", {"payer": "great_lakes_comp"}),
        ("discovery", {"lead_kind": "organization"}),
        ("clinician_review", {"lead_kind": "organization", "red_flags": ("chest_pain",)}),
    ],
)
def test_each_outcome_has_its_case(outcome: str, changes: dict[str, Any]) -> None:
    assert judged(**changes).outcome == outcome


def test_a_full_program_has_a_waitlist() -> None:
    full = changed(early_language={"status": "waitlist"})
    assert judged(full).outcome == "waitlist"


def test_safety_comes_before_everything_else() -> None:
    judgement = judged(red_flags=("suicidal",), in_area=False, miles=300, age_months=12)
    assert judgement.outcome == "clinician_review"
    assert judgement.urgent


def test_a_window_that_runs_out_is_booked_before_points_are_asked_for() -> None:
    judgement = judged(
        **TENDON, event_kind="surgery", event_on=date(2026, 11, 22), half_days=None, in_area=None
    )
    assert judgement.outcome == "book_now"
    assert judgement.urgent
    assert judgement.by == date(2026, 11, 27)


def test_a_missing_date_that_decides_is_the_one_question() -> None:
    judgement = judged(**TENDON, half_days=None, in_area=None, miles=None)
    assert judgement.outcome == "need_info"
    assert judgement.question is not None and judgement.question.slug == "date"


def test_a_low_score_of_somebody_in_no_hurry_is_kept_warm() -> None:
    unsuited = {
        "program": None,
        "asked_program": None,
        "half_days": 0,
        "in_area": None,
        "miles": None,
        "has_phone": False,
        "has_email": False,
        "order_state": "none",
        "payer": "badgercare_plus",
    }
    strict = Judging(low=95, high=100)
    for timing, outcome in (("later", "nurture"), (None, "person_looks")):
        assert judge(facts(**unsuited, timing=timing), cedar_street(), strict, NOW).outcome == outcome


def test_an_authorization_that_is_there_is_not_asked_for() -> None:
    assert judged(payer="great_lakes_comp", authorization="approved").outcome != "need_auth_first"


@pytest.mark.parametrize(
    "fact", sorted(name for name, registered in FACTS.items() if not registered.may_rank)
)
def test_a_fact_that_may_not_rank_is_refused_by_the_scorecard_by_name_and_for_what_it_is(fact: str) -> None:
    factor = JUDGING.factors[0].model_copy(update={"fact": fact}).model_dump()
    why = "a protected trait" if fact in ranking.PROTECTED else "which says nothing of how well somebody fits"
    with pytest.raises(ValidationError, match=f"factor service reads '{fact}', {why}"):
        Judging.model_validate({"factors": [factor]})


def test_no_time_and_no_way_in_is_called_a_protected_trait() -> None:
    assert {"age_months", "sex", "language", "payer", "icd_categories"} <= ranking.PROTECTED <= FACTS.keys()
    assert ranking.PROTECTED.isdisjoint({"received_at", "source", "timing"})


@pytest.mark.parametrize("fact", ["age_months", "sex", "language", "payer", "payer_kind", "icd_categories"])
def test_a_protected_fact_is_refused_inside_applies_when_by_name(fact: str) -> None:
    factor = JUDGING.factors[0].model_dump() | {"when": [{"fact": fact, "test": "is", "value": "x"}]}
    with pytest.raises(ValidationError, match=f"\"applies when\" of factor service reads '{fact}', a protected"):
        Judging.model_validate({"factors": [factor]})


def test_a_factor_may_apply_after_surgery_only() -> None:
    note = JUDGING.factors[0].model_dump() | {
        "slug": "operative_note",
        "fact": "documents",
        "bands": [
            {"test": "is", "value": "operative_note", "points": 10, "text": "There"},
            {"test": "otherwise", "points": 0, "text": "Not there"},
        ],
        "when": [{"fact": "after_surgery", "test": "is", "value": True}],
    }
    card = Judging.model_validate({"factors": [*(f.model_dump() for f in JUDGING.factors), note]})
    operated = judge(facts(**KNEE, event_kind="surgery", event_on=NOW.date()), cedar_street(), card, NOW)
    injured = judge(facts(event_kind="injury"), cedar_street(), card, NOW)
    assert operated.score is not None and "operative_note" in [line.slug for line in operated.score.lines]
    assert injured.score is not None and "operative_note" not in [line.slug for line in injured.score.lines]


def test_a_fact_nobody_knows_is_refused_by_the_scorecard_by_name() -> None:
    factor = JUDGING.factors[0].model_copy(update={"fact": "shoe_size"}).model_dump()
    with pytest.raises(ValidationError, match="'shoe_size', which is no known fact"):
        Judging.model_validate({"factors": [factor]})


anything = st.fixed_dictionaries(
    {},
    optional={
        "program": st.sampled_from([None, *cedar_street().programs]),
        "asked_program": st.sampled_from([None, "low_vision", "early_language"]),
        "site": st.sampled_from(["madison", "marquette"]),
        "lead_kind": st.sampled_from([None, "patient", "caregiver", "referral_partner", "organization"]),
        "disciplines": st.sampled_from([(), ("PT",), ("SLP", "OT")]),
        "setting": st.sampled_from([None, "clinic", "home", "school", "telehealth"]),
        "age_months": st.none() | st.integers(0, 1300),
        "icd_categories": st.sampled_from([(), ("S66",), ("M54", "R63")]),
        "timing": st.sampled_from([None, "asap", "later"]),
        "event_kind": st.sampled_from([None, "surgery", "discharge", "onset"]),
        "event_on": st.none() | st.dates(date(2026, 9, 1), date(2026, 12, 24)),
        "order_state": st.sampled_from(["unknown", "none", "unsigned", "on_file", "signed"]),
        "payer": st.sampled_from([None, *cedar_street().payers]),
        "authorization": st.sampled_from([None, "approved", "pending"]),
        "miles": st.none() | st.integers(0, 400),
        "in_area": st.sampled_from([None, True, False]),
        "half_days": st.none() | st.integers(0, 14),
        "has_phone": st.booleans(),
        "has_email": st.booleans(),
        "red_flags": st.sampled_from([(), ("chest_pain",), ("choking", "abuse")]),
    },
)
PROTECTED = (("language", "Spanish"), ("sex", "female"), ("interpreter", True))


@given(anything)
def test_every_lead_is_judged_with_reasons_and_its_arithmetic_adds_up(changes: dict[str, Any]) -> None:
    judgement = judged(**changes)
    assert judgement.outcome in OUTCOMES
    assert judgement.decision.reasons
    if judgement.score is not None:
        assert sum(line.lo for line in judgement.score.lines) == judgement.score.points_lo
        assert 0 <= judgement.score.lo <= judgement.score.hi <= 100
    assert (judgement.question is None) or judgement.outcome == "need_info"


@given(anything, st.sampled_from(PROTECTED))
def test_a_protected_trait_changes_neither_outcome_nor_points(
    changes: dict[str, Any], trait: tuple[str, str]
) -> None:
    one, two = judged(**changes), judged(**changes | dict([trait]))
    assert (one.outcome, one.score, one.question) == (two.outcome, two.score, two.question)
    assert one.decision == two.decision or trait[0] == "language", "a language may choose the place named"


@given(anything)
def test_facts_come_back_from_json_as_they_were(changes: dict[str, Any]) -> None:
    stored = facts(**changes)
    assert from_json(stored.as_json()) == stored


@given(anything)
def test_an_unknown_fact_only_widens_the_score(changes: dict[str, Any]) -> None:
    known = facts(**changes)
    unknown = facts(**changes | {"half_days": None, "in_area": None})
    scores = [
        evaluate(JUDGING, check(some, cedar_street(), JUDGING, NOW).value, some.lead_kind) for some in (known, unknown)
    ]
    assert scores[1].lo <= scores[0].lo <= scores[0].hi <= scores[1].hi


REVERSED = Practice.model_validate(
    {
        name: dict(reversed(value.items())) if isinstance(value, dict) and name != "identity" else value
        for name, value in cedar_street().model_dump().items()
    }
)
"""The same practice with every collection the other way round, as a store that keeps no order may give it back."""


@given(
    st.sampled_from(sorted(cedar_street().programs)),
    st.integers(0, 1200),
    st.sampled_from([("SLP",), ("OT",), ("PT",), ("OT", "PT"), ()]),
    st.booleans(),
    st.sampled_from(["low_vision", None]),
)
def test_the_order_in_which_a_practice_is_kept_changes_no_judgement(
    program: str, age: int, disciplines: tuple[str, ...], in_area: bool, elsewhere: str | None
) -> None:
    changes = {
        "program": None if elsewhere else program,
        "asked_program": elsewhere or program,
        "age_months": age,
        "disciplines": disciplines,
        "in_area": in_area,
    }
    one, two = judged(**changes), judged(REVERSED, **changes)
    assert (one.decision, one.score) == (two.decision, two.score)
