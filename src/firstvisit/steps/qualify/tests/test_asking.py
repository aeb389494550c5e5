"""What is asked next: safety first, then what could change the outcome, then what booking needs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from firstvisit.leads.facts import FACTS
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import ClinicalEvent, Patient, Payer, Referral
from firstvisit.steps.qualify.asking import Asked, next_questions, stated_paths
from firstvisit.steps.qualify.facts import facts_of
from firstvisit.steps.qualify.policy import Judging, Questions
from firstvisit.steps.qualify.shipped_questions import QUESTIONS
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, facts

JUDGING, ASKING = Judging(), Questions()
HALF_KNOWN = {"half_days": None, "in_area": None, "miles": None, "age_months": None}


def asked(stated: tuple[str, ...] = (), done: tuple[str, ...] = (), **changes: Any) -> tuple[Asked, ...]:
    return next_questions(
        facts(**changes), cedar_street(), JUDGING, ASKING, NOW, stated=stated, asked=done
    )


def slugs(found: tuple[Asked, ...]) -> list[str]:
    return [one.question.slug for one in found]


def test_red_flags_are_always_on_top_and_the_one_question_follows() -> None:
    found = asked(**HALF_KNOWN)
    assert [one.because for one in found[:2]] == ["safety", "decides"]
    assert slugs(found)[:2] == ["red_flags", "date_of_birth"]


def test_each_answer_says_what_it_leads_to() -> None:
    found = asked(timing=None, half_days=None, in_area=True, order_state="unknown", payer=None, payer_kind=None)
    outcomes = {one.question.slug: dict(one.changes) for one in found}
    assert outcomes["order"]["signed"] == "book_now"
    assert outcomes["setting"]["school"] == "route_other_location_or_program"


def test_answers_without_choices_are_told_apart_as_the_card_does() -> None:
    known = {"order_state": "unknown", "payer": None, "payer_kind": None, "half_days": None, "timing": None}
    found = asked(**known, not_known=("order", "ready"), in_area=True)
    times = next(one for one in found if one.question.slug == "times")
    assert dict(times.changes)["Four or more half days"] == "book_now"


def test_what_decides_is_asked_though_no_set_of_the_lead_has_it() -> None:
    partner = {"lead_kind": "referral_partner", "half_days": None, "timing": None, "has_email": False}
    found = asked(**partner, payer="badgercare_plus", order_state="none", not_known=("ready", "timing"))
    assert (found[1].because, found[1].question.slug) == ("decides", "times")
    assert dict(found[1].changes)["Four or more half days"] == "book_pending_docs"


def test_what_nobody_knew_is_not_asked_again() -> None:
    first = asked(**HALF_KNOWN)[1].question.slug
    again = asked(**HALF_KNOWN, not_known=(first,))
    assert first not in slugs(again)
    assert again[1].because == "decides"


def test_a_zip_that_cannot_be_is_asked_about_though_it_is_stated_and_decides_as_any_unknown_home_does() -> None:
    stated, home = ("patient.postal_code",), {"in_area": None, "miles": None}
    assert not {"zip", "home_place"} & set(slugs(asked(stated=stated, **home)))
    found = asked(stated=stated, zip_disagrees=True, half_days=None, timing=None, **home)
    assert "zip" not in slugs(found)
    torn = next(one for one in found if one.question.slug == "home_place")
    assert torn.because == "decides" and dict(torn.changes)["outside the area"] == "person_looks"
    assert "home_place" not in slugs(asked(stated=stated, zip_disagrees=True, not_known=("home_place",), **home))


def test_what_was_answered_in_this_call_is_not_asked_again() -> None:
    assert "red_flags" not in slugs(asked(done=("red_flags",), **HALF_KNOWN))


def test_an_organization_is_asked_for_the_decision_path_first() -> None:
    found = asked(lead_kind="organization", program=None, asked_program=None)
    assert slugs(found)[0] == "decision_path"
    assert found[0].because == "decides"
    known = ("decision_path",)
    named = asked(("organization.decision_path",), lead_kind="organization", organization_states=known)
    assert slugs(named)[0] == "needs"
    assert named[0].why == "Nothing is proposed before this is confirmed."
    known = ("decision_path", "needs", "size", "timeline")
    budget = asked(tuple(f"organization.{each}" for each in known), lead_kind="organization", organization_states=known)
    assert (slugs(budget)[0], budget[0].why) == ("budget", "Nothing is agreed before this is confirmed.")


def test_orders_are_asked_of_the_office_when_a_partner_refers() -> None:
    found = asked(lead_kind="referral_partner", payer="badgercare_plus", payer_kind="medicaid", order_state="none")
    order = next(one.question for one in found if one.question.slug == "send_order")
    assert order.whom == "referrer"


def test_medicare_questions_are_asked_of_those_with_medicare_only() -> None:
    adult = {"program": "orthopedic", "asked_program": "orthopedic", "disciplines": ("PT",), "age_months": 900}
    assert "home_health" in slugs(asked(**adult, payer="medicare", payer_kind="medicare"))
    assert "home_health" not in slugs(asked(**adult, payer="northfield_health", payer_kind="commercial"))


def test_after_surgery_the_date_is_asked_before_anything_else() -> None:
    tendon = {"program": "hand_tendon_repair", "asked_program": "hand_tendon_repair", "disciplines": ("OT",)}
    found = asked(**tendon, age_months=500)
    assert slugs(found)[:2] == ["red_flags", "surgery_date"]
    assert dict(found[1].changes)["within the last days"] == "book_now"


def test_children_and_adults_are_asked_different_things() -> None:
    assert "custody" in slugs(asked())
    assert "custody" not in slugs(asked(age_months=600, program="orthopedic", asked_program="orthopedic"))


def test_somebody_who_only_reads_is_asked_for_preferences_and_not_for_a_card() -> None:
    found = slugs(asked(**HALF_KNOWN, source_kind="guide", timing="not_sure"))
    assert "interests" in found
    assert "member_id" not in found


def test_a_filled_field_is_not_asked() -> None:
    referral = Referral(
        channel="phone",
        patient=Patient(date_of_birth=date(2023, 9, 1), postal_code="53703"),
        payers=(Payer(name="Northfield Health", member_id="A1"),),
        events=(ClinicalEvent(kind="iep", date=date(2026, 12, 1)),),
    )
    paths = stated_paths(referral)
    assert {"patient.date_of_birth", "payers.0.member_id", "events.iep.date", "events"} <= paths
    derived = facts_of(referral, cedar_street(), received_at=NOW, source="call")
    found = slugs(next_questions(derived, cedar_street(), JUDGING, ASKING, NOW, stated=paths))
    assert not {"date_of_birth", "zip", "payer", "member_id", "school_plan"} & set(found)


anything = st.fixed_dictionaries(
    {},
    optional={
        "program": st.sampled_from([None, *cedar_street().programs]),
        "asked_program": st.sampled_from([None, "low_vision"]),
        "lead_kind": st.sampled_from([None, "patient", "caregiver", "referral_partner", "organization"]),
        "age_months": st.none() | st.integers(0, 1300),
        "in_area": st.sampled_from([None, True, False]),
        "half_days": st.none() | st.integers(0, 5),
        "timing": st.sampled_from([None, "asap", "later", "not_sure"]),
        "order_state": st.sampled_from(["unknown", "none", "signed"]),
        "red_flags": st.sampled_from([(), ("chest_pain",)]),
        "not_known": st.sampled_from([(), ("date", "order"), ("times", "ready")]),
        "source_kind": st.sampled_from([None, "guide"]),
    },
)


@given(anything)
def test_no_question_comes_twice_and_safety_leads(changes: dict[str, Any]) -> None:
    found = asked(**changes)
    assert len(set(slugs(found))) == len(found)
    order = ["safety", "decides", "could_change", "needed"]
    places = [order.index(one.because) for one in found]
    assert places == sorted(places)
    assert not set(slugs(found)) & set(changes.get("not_known", ()))


@pytest.mark.parametrize(
    ("question", "choice"),
    [(q, c) for q in QUESTIONS for c in q.choices if c.facts and c.record],
    ids=lambda part: getattr(part, "slug", None) or part.value,
)
def test_what_a_choice_fills_in_gives_the_facts_it_promises(question: Any, choice: Any) -> None:
    body: dict[str, Any] = {}
    for path, value in choice.record.items():
        if path.startswith("payers.0."):
            body["payer"] = {path.removeprefix("payers.0."): value}
        else:
            body["discipline" if path == "disciplines" else path] = value
    referral = read_record(body, today=NOW.date(), channel="phone", item=None, known_programs=None)
    if "documents" in body and not body["documents"]:
        referral = referral.model_copy(update={"documents": ()})
    derived = facts_of(referral, cedar_street(), received_at=NOW, source="call")
    for fact, value in choice.facts.items():
        assert getattr(derived, fact) == (tuple(value) if isinstance(value, list) else value), question.slug


def test_every_set_asks_questions_that_exist_and_every_fact_is_known() -> None:
    for question in ASKING.questions:
        assert question.text and question.text_es and question.why
    assert {fact for question in QUESTIONS for choice in question.choices for fact in choice.facts} <= set(FACTS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sets": [{"slug": "a", "label": "A", "lead_kinds": ["patient"], "questions": ["shoe_size"]}]}, "shoe_size"),
        (
            {
                "sets": [
                    {
                        "slug": "a",
                        "label": "A",
                        "lead_kinds": ["patient"],
                        "questions": ["concern"],
                        "when": [{"fact": "sex", "value": "female"}],
                    }
                ]
            },
            "reads 'sex', a protected trait",
        ),
    ],
)
def test_faulty_sets_are_refused_by_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Questions.model_validate(change)


def test_of_answers_that_all_lead_to_the_same_nobody_is_told_that_they_could_change_the_outcome() -> None:
    tendon = {"program": "hand_tendon_repair", "asked_program": "hand_tendon_repair", "disciplines": ("OT",)}
    date_asked = asked(**tendon, age_months=500, half_days=5, timing="asap")[1]
    assert (date_asked.question.slug, date_asked.because) == ("surgery_date", "decides")
    assert date_asked.same_either_way and {outcome for _, outcome in date_asked.changes} == {"book_now"}
    assert date_asked.why == date_asked.question.why
    assert not asked(**HALF_KNOWN)[1].same_either_way
