"""Every fact is dated and sourced, and asking for one that is not there says so."""

import datetime as dt

import pytest

from firstvisit.reference import facts


@pytest.mark.parametrize("name", sorted(facts.all_facts()))
def test_every_fact_has_a_value_a_day_and_a_source(name: str) -> None:
    fact = facts.fact(name)
    assert fact.value
    assert type(fact.as_of) is dt.date
    assert len(fact.source) > 20


def test_an_unknown_fact_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match="medicare_rate_2031"):
        facts.fact("medicare_rate_2031")


def test_the_words_that_stop_messages_are_the_federal_seven() -> None:
    assert set(facts.texts("sms_opt_out_words")) == {
        "stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe",
    }  # fmt: skip


def test_the_safety_lines_name_their_numbers() -> None:
    assert facts.table("emergency_line")["number"] == "911"
    assert facts.table("crisis_line")["number"] == "988"


def test_states_are_two_capitals_and_include_the_district_and_the_possessions() -> None:
    states = facts.table("us_states")
    assert len(states) == 62
    assert all(len(code) == 2 and code.isupper() for code in states)
    assert {"WI", "MI", "DC", "PR", "GU", "AE"} <= set(states)


def test_a_fact_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="us_states"):
        facts.texts("us_states")
    with pytest.raises(TypeError, match="sms_help_words"):
        facts.table("sms_help_words")


def test_no_caller_can_change_a_fact_for_the_next_one() -> None:
    with pytest.raises(TypeError):
        facts.table("us_states")["WI"] = "Cheese"  # type: ignore[index]
