"""What comes before what, what waits for what, and what is always kept: whatever the facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from firstvisit.practice.shape import Practice
from firstvisit.steps.qualify.elsewhere import far_away, may_be_chosen
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import BOOKS, Judgement, judge
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street, changed, facts
from firstvisit.steps.qualify.tests.test_rules import anything

JUDGING = Judging()
TENDON = {
    "program": "hand_tendon_repair",
    "asked_program": "hand_tendon_repair",
    "disciplines": ("OT",),
    "age_months": 500,
}
FULL = {"status": "waitlist", "status_until": date(2026, 12, 31)}


def judged(practice: Practice | None = None, judging: Judging = JUDGING, **changes: Any) -> Judgement:
    return judge(facts(**changes), practice or cedar_street(), judging, NOW)


def codes(judgement: Judgement) -> list[str]:
    return [reason.code for reason in judgement.decision.reasons]


STEPS: list[tuple[str, dict[str, Any]]] = [
    ("clinician_review", {"red_flags": ("chest_pain",)}),
    ("refer_out", {"in_area": False, "miles": 140, "places_near": ("fox_river_therapy",)}),
    ("book_now", {"event_kind": "surgery", "event_on": date(2026, 11, 22)}),
    ("waitlist", {}),
    ("need_auth_first", {"payer": "great_lakes_comp"}),
]


@pytest.mark.parametrize("first", range(len(STEPS)))
def test_the_first_step_that_applies_decides_whatever_applies_later(first: int) -> None:
    everything: dict[str, Any] = dict(TENDON)
    for _, what in STEPS[first:]:
        everything |= what
    practice = changed(hand_tendon_repair=FULL) if first <= 3 else cedar_street()
    if first > 2:
        everything |= {"event_kind": "surgery", "event_on": NOW.date() - timedelta(days=90)}
    assert judged(practice, **everything).outcome == STEPS[first][0]


@given(anything)
def test_whoever_is_sent_elsewhere_keeps_a_next_step_and_a_reason(changes: dict[str, Any]) -> None:
    judgement = judged(**changes)
    if judgement.outcome in ("refer_out", "route_other_location_or_program"):
        assert judgement.next_step
        assert "next_step" in codes(judgement)
    if judgement.outcome == "refer_out":
        assert judgement.place is not None
        assert judgement.place.text in [reason.text for reason in judgement.decision.reasons]
        assert judgement.place.serves_home is not False


@given(anything)
def test_only_a_person_signs_not_a_match(changes: dict[str, Any]) -> None:
    assert judged(**changes).outcome != "not_a_match"


@given(anything)
def test_whatever_is_held_says_what_opens_it_again(changes: dict[str, Any]) -> None:
    judgement = judged(**changes)
    if judgement.outcome in ("nurture", "waitlist", "need_auth_first"):
        assert judgement.hold is not None
        assert judgement.hold.text in [reason.text for reason in judgement.decision.reasons]
        assert judgement.hold.until is None or judgement.hold.until > judgement.checks.today
    elif judgement.outcome != "clinician_review":  # what waits beneath a red flag goes on once it was judged
        assert judgement.hold is None


@given(anything)
def test_a_reason_is_said_once(changes: dict[str, Any]) -> None:
    reasons = judged(**changes).decision.reasons
    assert len(set(reasons)) == len(reasons)


@given(anything, st.integers(0, 400))
def test_a_held_lead_is_judged_otherwise_on_the_day_it_was_held_until(changes: dict[str, Any], ago: int) -> None:
    lead = facts(**changes, received_at=NOW - timedelta(days=ago))
    judgement = judge(lead, cedar_street(), JUDGING, NOW)
    hold = judgement.hold
    if hold is None or hold.until is None:
        return
    then = NOW + timedelta(days=(hold.until - judgement.checks.today).days)
    later = judge(lead, cedar_street(), JUDGING, then)
    assert later.hold != hold


def test_a_child_too_young_is_held_until_old_enough_and_then_fits() -> None:
    young = judged(age_months=13)
    assert young.hold is not None
    assert (young.hold.trigger, young.hold.until) == ("age", date(2027, 4, 24))
    then = judge(facts(age_months=13), cedar_street(), JUDGING, NOW + timedelta(days=151))
    assert then.outcome == "book_now"


def test_a_window_from_receipt_waits_for_the_day_they_wish_or_are_old_enough() -> None:
    assert judged(age_months=38).by == NOW.date() + timedelta(days=30)
    assert judged(age_months=38, not_before=date(2027, 3, 1)).by == date(2027, 3, 31)
    assert judged(age_months=13).by == date(2027, 4, 24) + timedelta(days=30)


def test_a_full_program_is_held_until_the_day_the_practice_said() -> None:
    waiting = judged(changed(early_language=FULL))
    assert waiting.outcome == "waitlist"
    assert waiting.hold is not None
    assert (waiting.hold.trigger, waiting.hold.until) == ("capacity", date(2027, 1, 1))
    assert waiting.hold.text.endswith(" has a waitlist")


def test_a_full_program_without_a_day_waits_for_the_trigger_alone() -> None:
    waiting = judged(changed(early_language={"status": "closed"}))
    assert waiting.hold is not None
    assert (waiting.hold.trigger, waiting.hold.until) == ("capacity", None)
    assert waiting.hold.text.endswith(" is closed")


def test_a_safety_window_goes_before_a_full_program() -> None:
    practice = changed(hand_tendon_repair=FULL)
    assert judged(practice, **TENDON, event_kind="surgery", event_on=date(2026, 11, 22)).outcome == "book_now"


@pytest.mark.parametrize(
    ("operated", "outcome", "urgent"),
    [
        (date(2027, 3, 1), "nurture", False),
        (date(2026, 12, 20), "book_now", False),
        (date(2026, 11, 30), "book_now", True),
        (date(2026, 11, 22), "book_now", True),
        (date(2026, 11, 12), "book_now", True),
        (date(2026, 8, 1), "book_now", False),
    ],
)
def test_a_window_presses_only_near_its_days(operated: date, outcome: str, urgent: bool) -> None:
    judgement = judged(**TENDON, event_kind="surgery", event_on=operated, timing=None)
    assert (judgement.outcome, judgement.urgent) == (outcome, urgent)


def test_a_window_long_past_is_said_and_hurries_nobody() -> None:
    judgement = judged(**TENDON, event_kind="surgery", event_on=date(2026, 6, 1))
    assert "window_past" in codes(judgement)
    assert judgement.checks.days_left == 5


def test_after_surgery_a_missing_date_is_asked_even_of_a_lead_that_scores_high() -> None:
    judgement = judged(**TENDON, half_days=5, timing="asap")
    assert judgement.outcome == "need_info"
    assert judgement.question is not None and judgement.question.slug == "date"
    assert judged(**TENDON, half_days=5, timing="asap", not_known=("date",)).outcome == "book_now"


@pytest.mark.parametrize(
    ("months", "urgent", "days"), [(28, False, 30), (29, False, 30), (30, False, 14), (32, False, 14),
                                   (33, True, 7), (35, True, 7), (36, False, 30)]
)
def test_the_third_birthday_shortens_the_wait(months: int, urgent: bool, days: int) -> None:
    judgement = judged(age_months=months)
    assert judgement.urgent is urgent
    assert judgement.by == NOW.date() + timedelta(days=days)


def test_a_child_kept_warm_is_looked_at_when_the_third_birthday_comes_near() -> None:
    held = judged(source_kind="guide", timing="not_sure", age_months=29, in_area=None, miles=None, half_days=None,
                  order_state="unknown", payer=None, has_phone=False, program=None, asked_program=None)
    assert held.hold is not None
    assert (held.hold.trigger, held.hold.until) == ("age_clock", date(2026, 12, 24))


@pytest.mark.parametrize("state", ["unknown", "none", "announced", "unsigned", "on_file", "signed"])
def test_an_order_that_nobody_is_known_to_need_costs_no_points_whatever_is_said_of_it(state: str) -> None:
    found = judged(order_state=state, payer=None, payer_kind=None)
    assert found.checks.order_needed == "not_stated"
    assert next(line.lo for line in found.score.lines if line.slug == "order") == 10
    assert found.question is None or found.question.slug != "order"


def test_age_grows_while_a_lead_waits() -> None:
    lead = facts(age_months=71)
    assert judge(lead, cedar_street(), JUDGING, NOW).checks.age_fits is True
    assert judge(lead, cedar_street(), JUDGING, NOW + timedelta(days=31)).checks.age_fits is False


def test_complete_contact_and_two_weeks_is_scheduled_the_same_day() -> None:
    judgement = judged(timing="two_weeks", half_days=None, order_state="unknown", payer=None)
    assert judgement.outcome in BOOKS
    assert judgement.same_day
    assert not judged(timing="two_weeks", has_phone=False).same_day
    assert not judged(timing="within_month").same_day


@pytest.mark.parametrize(
    ("rule", "payer", "state", "outcome", "before"),
    [
        ("not_required", "northfield_health", "none", "book_now", None),
        ("not_required", "badgercare_plus", "none", "book_pending_docs", "evaluation"),
        ("not_required", None, "none", "book_now", None),
        ("before_treatment", "northfield_health", "none", "book_pending_docs", "treatment"),
        ("before_treatment", "northfield_health", "signed", "book_now", "treatment"),
        ("before_evaluation", "medicare", "on_file", "book_pending_docs", "evaluation"),
        ("before_evaluation", "medicare", "signed", "book_now", "evaluation"),
    ],
)
def test_program_and_payer_each_have_an_order_rule(
    rule: str, payer: str | None, state: str, outcome: str, before: str | None
) -> None:
    practice = changed(early_language={"order_rule": rule})
    judgement = judged(practice, payer=payer, payer_kind=None, order_state=state, timing="asap")
    assert (judgement.outcome, judgement.checks.order_before) == (outcome, before)


def test_a_payer_excludes_only_where_the_practice_said_so() -> None:
    assert judged(payer="badgercare_plus", order_state="signed").outcome == "book_now"
    ruled = Judging.model_validate(
        {
            "hard_rules": [
                {
                    "code": "payer",
                    "text": "We do not take this plan",
                    "when": [{"fact": "payer", "test": "is", "value": "badgercare_plus"}],
                }
            ]
        }
    )
    refused = judged(judging=ruled, payer="badgercare_plus", order_state="signed", places_near=("fox_river_therapy",))
    assert refused.outcome == "refer_out"
    assert codes(refused)[0] == "payer"
    assert "plan" in refused.next_step
    assert judged(judging=ruled, payer="northfield_health").outcome == "book_now"


@pytest.mark.parametrize("fact", ["sex", "language", "age_months", "interpreter"])
def test_nobody_is_excluded_by_a_protected_trait(fact: str) -> None:
    rule = {"code": "no", "text": "No", "when": [{"fact": fact, "test": "known"}]}
    with pytest.raises(ValidationError, match=f"the hard rule no reads '{fact}', a protected trait"):
        Judging.model_validate({"hard_rules": [rule]})


def test_a_stale_place_is_named_with_a_warning() -> None:
    strict = Judging(stale_after_days=30)
    judgement = judged(judging=strict, in_area=False, miles=140, places_near=("fox_river_therapy",))
    assert judgement.place is not None and judgement.place.stale
    assert "call before naming it" in judgement.place.text
    assert "verified Mon Sep 28, 2026" in judgement.place.text


def test_a_place_that_speaks_their_language_goes_before_another() -> None:
    far = {"in_area": None, "miles": None, "age_months": 1, "site": "madison"}
    assert judged(**far, language="Spanish").place.name.startswith("Lakefront")  # type: ignore[union-attr]


def test_a_home_out_of_reach_of_visits_may_come_to_the_clinic() -> None:
    lead = {"program": "fall_prevention", "asked_program": "fall_prevention", "disciplines": ("PT",)}
    judgement = judged(**lead, age_months=900, setting="home", in_area=False, miles=25)
    assert judgement.outcome == "route_other_location_or_program"
    assert any("in the clinic" in reason.text for reason in judgement.decision.reasons)


def test_a_therapy_we_do_not_have_at_all_is_not_offered() -> None:
    hands = changed()
    only_speech = hands.model_copy(
        update={"programs": {s: p for s, p in hands.programs.items() if p.disciplines == ("SLP",)}}
    )
    judgement = judged(only_speech, program=None, asked_program=None, disciplines=("PT",))
    assert "not_offered" in codes(judgement)


def test_what_nobody_knows_goes_to_a_person_and_not_round_in_circles() -> None:
    unknown = {"half_days": None, "in_area": None, "miles": None, "age_months": None}
    every = tuple(factor.slug for factor in JUDGING.factors)
    assert judged(**unknown).outcome == "need_info"
    judgement = judged(**unknown, not_known=every)
    assert judgement.outcome == "person_looks"
    assert "nobody knows the rest" in judgement.decision.reasons[0].text


def test_whom_another_program_of_ours_fits_is_not_sent_to_look_for_another_practice() -> None:
    older = judged(age_months=80)
    assert older.outcome == "route_other_location_or_program"
    assert "of ours that fits" in older.next_step and "Ask the doctor" not in older.next_step


OPEN = {"program": None, "asked_program": None, "payer": None, "payer_kind": None}
HAND = {**OPEN, "disciplines": ("OT",), "age_months": 500}
BACK = {**OPEN, "disciplines": ("PT",), "age_months": 500}


@pytest.mark.parametrize(
    ("state", "outcome"), [("unknown", "book_pending_docs"), ("none", "book_pending_docs"), ("signed", "book_now")]
)
def test_a_borrowed_window_comes_with_its_order_rule(state: str, outcome: str) -> None:
    operated = judged(**HAND, event_kind="surgery", event_on=date(2026, 11, 22), order_state=state)
    assert (operated.outcome, operated.urgent) == (outcome, True)
    assert (operated.checks.order_needed, operated.checks.order_before) == ("yes", "evaluation")


def test_a_diagnosis_of_another_program_brings_its_order_rule_and_loosens_none() -> None:
    fits = {"program": "orthopedic", "asked_program": "orthopedic", "disciplines": ("PT",), "age_months": 800,
            "payer": None, "payer_kind": None, "order_state": "none"}
    knee = judged(**fits, icd_categories=("Z96",), event_kind="discharge", event_on=date(2026, 11, 22))
    assert (knee.outcome, knee.checks.due.by_program) == ("book_pending_docs", "Knee and hip replacement")
    dizzy = judged(**fits | {"payer_kind": "workers_comp"}, icd_categories=("H81",), event_kind="onset",
                   event_on=date(2026, 11, 22))
    assert (dizzy.checks.due.pressing, dizzy.checks.order_before) == (True, "evaluation")


@pytest.mark.parametrize("kind", ["injury", "onset"])
@pytest.mark.parametrize("ago", [0, 2, 6, 15])
def test_therapy_and_a_date_alone_borrow_no_window(kind: str, ago: int) -> None:
    happened = {"event_kind": kind, "event_on": NOW.date() - timedelta(days=ago)}
    strained = judged(**BACK | {"payer_kind": "workers_comp"} | happened)
    assert "window" not in codes(strained)
    assert not strained.urgent
    assert strained.outcome == "need_auth_first"


@pytest.mark.parametrize(
    ("points", "by"),
    [
        ({"speaks_of": ("vestibular",)}, "Vestibular rehabilitation, BPPV"),
        ({"icd_categories": ("H81",)}, "Vestibular rehabilitation, BPPV"),
        ({"icd_categories": ("R42",)}, "Vestibular rehabilitation, BPPV"),
        ({"speaks_of": ("orthopedic",)}, ""),
        ({"icd_categories": ("M54",)}, ""),
    ],
)
def test_words_or_a_diagnosis_point_to_the_window_that_counts(points: dict[str, Any], by: str) -> None:
    dizzy = judged(**BACK, **points, event_kind="onset", event_on=date(2026, 11, 23))
    assert (dizzy.checks.due.by_program, dizzy.urgent) == (by, bool(by))


def test_what_was_operated_on_tells_whose_window_runs() -> None:
    operated = {**HAND, "event_kind": "surgery", "event_on": date(2026, 11, 22)}
    assert judged(**operated).urgent
    assert judged(**operated, speaks_of=("hand_tendon_repair",)).urgent
    assert not judged(**operated, speaks_of=("hand_therapy",)).urgent
    shoulder = {**BACK, "event_kind": "surgery", "event_on": date(2026, 11, 22), "speaks_of": ("orthopedic",)}
    assert judged(**shoulder).urgent


def points(judgement: Judgement, slug: str) -> tuple[int, int]:
    assert judgement.score is not None
    return next((line.lo, line.hi) for line in judgement.score.lines if line.slug == slug)


@pytest.mark.parametrize(("state", "order"), [("unknown", (0, 10)), ("none", (0, 10)), ("on_file", (5, 10)),
                                              ("signed", (10, 10))])
def test_while_the_program_is_not_known_the_points_that_hang_on_it_stay_open(
    state: str, order: tuple[int, int]
) -> None:
    open_ = judged(**BACK, order_state=state)
    assert points(open_, "order") == order
    assert points(judged(**BACK | {"payer_kind": "workers_comp"}, order_state="none"), "order") == (0, 0)


def test_a_setting_that_only_some_programs_have_is_open_until_the_program_is_known() -> None:
    at_home = judged(**{**BACK, "age_months": 86 * 12}, setting="home", timing="asap")
    assert points(at_home, "age_and_setting") == (0, 20)
    assert at_home.outcome == "need_info"
    known = judged(**{**BACK, "age_months": 86 * 12, "program": "fall_prevention"}, setting="home", timing="asap")
    assert points(known, "age_and_setting") == (20, 20)
    assert points(judged(**BACK), "age_and_setting") == (20, 20), "where they did not ask for a setting"


def test_what_hangs_on_the_program_alone_is_asked_as_the_program() -> None:
    at_home = judged(**{**BACK, "age_months": 86 * 12}, setting="home", timing="asap", order_state="signed")
    assert at_home.question is not None and at_home.question.slug == "program"
    asked = judged(**{**BACK, "age_months": 86 * 12}, setting="home", timing="asap", order_state="signed",
                   not_known=("program",))
    assert asked.question is None or asked.question.slug != "program"


NORTH = {"site": "marquette", "age_months": 500, "disciplines": ("OT",), "program": "hand_therapy",
         "asked_program": "hand_therapy", "miles": 2, "icd_categories": ("S66",), "event_kind": "surgery",
         "event_on": date(2026, 11, 22), "away": "madison 214, marquette 2, bay_hand_clinic 172"}


def text_of(judgement: Judgement, code: str) -> str:
    return next((reason.text for reason in judgement.decision.reasons if reason.code == code), "")


def test_our_own_other_site_is_named_with_the_way_from_their_home() -> None:
    far = judged(**NORTH)
    assert far.outcome == "person_looks" and far.urgent
    assert "no_place" not in codes(far)
    said = text_of(far, "our_site")
    assert "Hand: flexor and extensor tendon repair, at Cedar Street Therapy Madison" in said
    assert "214 miles from their home; ask whether they would come" in said
    assert "other site" in far.next_step
    offered = [program.slug for program in may_be_chosen(far.checks, cedar_street())]
    assert "hand_tendon_repair" in offered
    assert far_away(cedar_street().programs["hand_tendon_repair"], far.checks, cedar_street())


def test_who_asks_for_what_only_our_other_site_has_is_told_of_it() -> None:
    pelvic = {"site": "madison", "program": "pelvic_health", "asked_program": "pelvic_health", "disciplines": ("PT",),
              "age_months": 500, "in_area": False, "miles": 214}
    theirs = judged(**pelvic, away="madison 214, marquette 2")
    assert "Pelvic health" in text_of(theirs, "our_site")
    assert "pelvic_health" in [program.slug for program in may_be_chosen(theirs.checks, cedar_street())]
    nobodys = judged(**pelvic, away="madison 214, marquette 190")
    assert text_of(nobodys, "our_site") == ""
    assert "pelvic_health" not in [program.slug for program in may_be_chosen(nobodys.checks, cedar_street())]


def test_a_named_place_is_as_far_as_it_is_from_their_home() -> None:
    lead = {"in_area": False, "miles": 140, "places_near": ("fox_river_therapy",)}
    assert "from us" in judged(**lead).place.text  # type: ignore[union-attr]
    assert "12 miles from their home" in judged(**lead, away="madison 140, fox_river_therapy 12").place.text  # type: ignore[union-attr]


def test_nobody_is_told_to_call_a_place_that_does_not_serve_their_home() -> None:
    far = judged(in_area=False, miles=140, age_months=500, program="post_surgical", asked_program="post_surgical",
                 disciplines=("PT",))
    assert far.outcome == "person_looks"
    assert "Call the place named" not in far.next_step


HURT: dict[str, Any] = {
    "lead_kind": "referral_partner",
    "asked_program": None,
    "program": None,
    "disciplines": ("PT",),
    "age_months": 540,
    "order_state": "unknown",
    "documents": (),
    "half_days": None,
    "event_kind": "injury",
    "event_on": date(2026, 11, 18),
    "icd_categories": ("S39",),
}
"""A strained back: hurt on a stated day, with a diagnosis that no program names."""


def date_line(judgement: Judgement) -> Any:
    assert judgement.score is not None
    return next(line for line in judgement.score.lines if line.slug == "date")


def test_a_window_that_ends_on_a_closed_day_says_the_last_open_one() -> None:
    home = {"program": "neuro_rehab", "asked_program": "neuro_rehab", "age_months": 800, "event_kind": "discharge"}
    held = judged(**home, event_on=date(2026, 11, 19))
    assert text_of(held, "window") == (
        "Time-critical: first visit by Thu Nov 26, 2026; closed on that day, last open Wed Nov 25, 2026"
    )
    assert text_of(judged(**home, event_on=date(2026, 11, 18)), "window").endswith("by Wed Nov 25, 2026")


def test_who_lives_beside_us_is_told_of_no_practice_nearer_to_home() -> None:
    lead: dict[str, Any] = {"program": "neuro_rehab", "asked_program": "neuro_rehab", "age_months": 30}
    far = {"away": "madison 0, fox_river_therapy 118", "places_near": ()}
    beside = judged(**lead, **far, in_area=True, miles=0)
    assert beside.place is not None and "practice that takes this age" in beside.next_step
    away = judged(**lead, **far, in_area=False, miles=140)
    assert "nearer to home" in away.next_step


def test_of_a_stated_date_the_program_is_asked_and_never_the_date() -> None:
    judgement = judged(**HURT)
    assert judgement.outcome == "need_info"
    assert judgement.question is not None and judgement.question.slug == "program"
    assert "program is not known" in " ".join(reason.text for reason in judgement.decision.reasons)
    assert date_line(judgement).text == "Stated; how soon hangs on the program"


def test_where_nobody_knows_the_program_a_stated_date_is_not_asked_for_instead() -> None:
    question = judged(**HURT, not_known=("program",)).question
    assert question is None or question.fact != "days_left"


def test_a_program_that_counts_from_a_surgery_asks_for_its_day_where_an_injury_is_stated() -> None:
    stated = TENDON | {"event_kind": "injury", "event_on": date(2026, 11, 18), "timing": None, "order_state": "unknown"}
    practice = changed(hand_tendon_repair={"exclusions": ()})
    judgement = judged(practice, half_days=None, has_email=False, **stated)
    assert date_line(judgement).text == "Stated; the days count from the surgery"
    assert judgement.question is None or judgement.question.slug != "date"


def test_a_surgery_presses_beside_a_diagnosis_that_is_no_programs() -> None:
    surgery = HURT | {"event_kind": "surgery", "event_on": date(2026, 11, 22)}
    judgement, without = judged(**surgery), judged(**surgery | {"icd_categories": ()})
    assert judgement.outcome == without.outcome == "book_pending_docs"
    assert judgement.by == without.by and judgement.urgent
