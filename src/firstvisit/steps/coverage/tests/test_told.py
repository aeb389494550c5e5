"""What was told by phone or portal: what is kept, what is refused, and what it comes to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.coverage.findings import of_answer
from firstvisit.steps.coverage.sentences import desk, family
from firstvisit.steps.coverage.told import Told, answer, read

NOW = dt.datetime(2026, 11, 24, 16, 0, tzinfo=dt.UTC)
CALL = {"how": "phone", "said_by": "Kim", "reference": "R-77"}
STATED = {**CALL, "active": "yes", "covered": "yes", "copay": "$30", "deductible": "1,500", "deductible_left": "250.00",
          "limited": "yes", "visits": "30", "visits_left": "18", "period": "23", "authorization": "no",
          "referral": "yes"}  # fmt: skip


def told(**texts: str) -> Told:
    return read({**CALL, **texts}, at=NOW, now=NOW)


def test_a_whole_call_is_said_as_a_271_is() -> None:
    said = answer(read(STATED, at=NOW, now=NOW), "SLP", "in")
    assert desk(said) == (
        "Plan active. Speech therapy covered, in network. Copay $30 a visit. Deductible $1,500, $250 left. "
        "18 of 30 visits left (per calendar year). No authorization needed. Referral needed."
    )
    assert "It wants a referral from your doctor." in family(said)
    assert "Pide una remisión" in family(said, "es") and desk(said, "es").endswith("Requiere remisión.")
    assert of_answer(said) == "clean"


def test_what_was_not_said_is_not_stated_and_never_no() -> None:
    said = answer(told(active="yes"), "PT", None)
    assert (said.active, said.covered, said.authorization, said.referral) == (True, None, None, None)
    assert of_answer(said) == "not_stated"
    for silent in (
        "covered: not stated",
        "Visit limit: not stated",
        "Authorization: not stated",
        "Referral: not",
    ):
        assert silent in desk(said)


@pytest.mark.parametrize(
    ("texts", "comes_to"),
    [
        ({"active": "no"}, "inactive"),
        ({"active": "yes", "covered": "no"}, "not_covered"),
        ({"covered": "no"}, "not_stated"),
        ({"covered": "yes"}, "not_stated"),
        ({"active": "yes", "covered": "yes"}, "clean"),
        ({"words": "Call back on Monday"}, "not_stated"),
        ({"active": "yes", "covered": "yes", "limited": "yes", "visits": "20", "visits_left": "0"}, "used_up"),
    ],
)
def test_what_it_comes_to(texts: dict[str, str], comes_to: str) -> None:
    assert of_answer(answer(told(**texts), "OT", "in")) == comes_to


def test_a_plan_of_which_nobody_said_that_it_is_active_covers_nothing() -> None:
    assert answer(told(covered="yes"), "PT", "in").covered is None


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"how": ""}, "how"),
        ({"said_by": " "}, "said_by"),
        ({"active": "perhaps"}, "active"),
        ({"copay": "thirty"}, "copay"),
        ({"coinsurance": "120"}, "coinsurance"),
        ({"visits": "12.5", "limited": "yes"}, "visits"),
        ({"deductible": "100", "deductible_left": "200"}, "deductible_left"),
        ({"visits": "10", "visits_left": "11", "limited": "yes"}, "visits_left"),
        ({"limited": "no", "visits": "30"}, "limited"),
        ({"limited": "yes"}, "visits"),
        ({"active": "no", "covered": "yes"}, "covered"),
        ({"active": "yes", "period": "99"}, "period"),
        ({}, "active"),
        ({"words": "x" * 501}, "words"),
    ],
)
def test_what_cannot_be_kept_is_named(texts: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as bad:
        told(**texts)
    assert field in [problem.field for problem in bad.value.problems]


@pytest.mark.parametrize("days", [-32, 1])
def test_the_moment_is_a_call_of_these_weeks(days: int) -> None:
    with pytest.raises(BadInput) as bad:
        read({**CALL, "active": "yes"}, at=NOW + dt.timedelta(days=days), now=NOW)
    assert [problem.field for problem in bad.value.problems] == ["at"]


def test_the_portal_has_nobody_s_name() -> None:
    assert read({"how": "portal", "active": "yes"}, at=NOW, now=NOW).said_by == ""


@given(st.decimals(0, 99999, places=2), st.sampled_from(["{}", "${}", "$ {}", "{:,}"]))
def test_dollars_are_read_as_people_write_them(value: Decimal, form: str) -> None:
    assert told(active="yes", copay=form.format(value)).copay == value


def test_it_is_the_same_after_it_was_kept() -> None:
    what = read(STATED, at=NOW, now=NOW)
    assert Told.model_validate_json(what.model_dump_json()) == what
