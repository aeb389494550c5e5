"""Which questions about benefits the plan wants, and what a person has to do after the answers."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from firstvisit.journey import act
from firstvisit.journey.case import Case
from firstvisit.journey.coverage.told_facts import as_answered
from firstvisit.journey.plan import Plan, plan
from firstvisit.journey.settling import settled
from firstvisit.journey.tests.samples import CARD, case, check, rules, task
from firstvisit.practice import policy
from firstvisit.practice.policy import Policy
from firstvisit.steps.qualify.tests.samples import NOW, cedar_street


def planned(seen: Case, *, now: datetime = NOW, under: Policy | None = None) -> Plan:
    return plan(seen, cedar_street(), under or rules(), now)


def insured(**changes: Any) -> Case:
    return case(insured=(CARD._replace(**changes),))


def kinds(seen: Case, **more: Any) -> dict[str, str]:
    return {t.kind: t.reason for t in planned(seen, **more).tasks if t.kind not in ("call_to_book", "ask_question")}


def test_a_captured_payer_is_asked_at_once_about_each_therapy() -> None:
    asked = planned(insured(disciplines=("PT", "SLP"))).checks
    assert [(c.discipline, c.cause, c.day) for c in asked] == [
        ("PT", "captured", NOW.astimezone(cedar_street().sites["madison"].tz).date()),
        ("SLP", "captured", NOW.astimezone(cedar_street().sites["madison"].tz).date()),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "workers_comp", "payer": "great_lakes_comp"},
        {"kind": "private_pay", "payer": ""},
        {"kind": "", "payer": ""},
        {"withheld": True},
        {"missing": ("payers.0.member_id",)},
        {"payer": ""},
        {"disciplines": ()},
    ],
)
def test_who_is_no_health_plan_or_may_not_be_asked_or_cannot_be_is_not_asked(changes: dict[str, Any]) -> None:
    assert planned(insured(**changes)).checks == ()


def test_a_patient_who_asked_that_the_plan_is_told_nothing_is_never_asked_about_whatever_was_asked_before() -> None:
    seen = insured(withheld=True)._replace(checks=(check(status="wanted", answered_at=None, finding=""),))
    changes = act.compare(seen, planned(seen))
    assert changes.gone_checks == (uuid.UUID(int=78),)


def test_nobody_is_asked_about_whom_we_refer_elsewhere_or_who_is_left_in_peace() -> None:
    at = {"ruling": str(uuid.UUID(int=5)), "by": None, "at": NOW.isoformat()}
    assert planned(insured()._replace(rulings={"outcome": {"outcome": "refer_out", **at}})).checks == ()
    assert planned(insured()._replace(rulings={"do_not_contact": at})).checks == ()
    assert planned(insured()._replace(closed=True, closed_at=NOW)).checks == ()


def test_an_old_enquiry_from_a_file_is_asked_about_once_somebody_was_reached() -> None:
    assert planned(insured()._replace(quiet=True)).checks == ()
    assert planned(insured()._replace(quiet=True, last_try=NOW - timedelta(hours=1))).checks


def test_a_corrected_field_is_another_question_and_asked_by_itself() -> None:
    refused = check(finding="rejected", refused=(refusal("72", "subscriber"),))
    assert planned(insured()._replace(checks=(refused,))).checks == ()
    corrected = case(insured=(CARD._replace(token=str(uuid.UUID(int=99))),), checks=(refused,))
    again = planned(corrected)
    assert [c.token for c in again.checks] == [str(uuid.UUID(int=99))]
    assert "correct_coverage" not in {t.kind for t in again.tasks}


def test_an_answer_of_this_month_is_asked_for_again_in_the_night_of_the_next_first() -> None:
    seen = insured()._replace(checks=(check(),))
    now = planned(seen)
    assert now.checks == ()
    assert now.look_again_at is not None
    first = datetime(2026, 12, 1, 14, tzinfo=UTC)
    (again,) = planned(seen, now=first).checks
    assert (again.cause, again.key.rpartition(":")[2], again.day) == ("month", "2026-12", date(2026, 12, 1))
    monthly = check(id=uuid.UUID(int=79), key=again.key, cause="month", answered_at=first)
    assert planned(seen._replace(checks=(check(), monthly)), now=first).checks == ()


def test_months_in_which_nobody_looked_are_one_question() -> None:
    seen = insured()._replace(checks=(check(),))
    (again,) = planned(seen, now=datetime(2027, 2, 9, 14, tzinfo=UTC)).checks
    assert again.key.endswith(":month:2027-02")


def agreed(visit: datetime, **more: Any) -> Case:
    tried = task(status="done", ended_at=NOW - timedelta(hours=1), result="reached_booked", again_at=visit)
    return insured()._replace(tasks=(tried,), last_try=tried.ended_at, **more)


def test_an_answer_older_than_some_days_is_asked_for_again_before_the_visit_and_about_its_day() -> None:
    visit = datetime(2026, 11, 27, 16, tzinfo=UTC)
    old = check(answered_at=NOW - timedelta(days=9))
    days_before = rules().sections["verification"].days_before_visit  # type: ignore[attr-defined]
    opens = visit - timedelta(days=days_before)
    seen = agreed(visit, checks=(old,))
    (again,) = planned(seen, now=opens).checks
    assert (again.cause, again.day) == ("visit", date(2026, 11, 27))
    fresh = check(answered_at=opens)
    assert planned(seen._replace(checks=(old, fresh)), now=opens).checks == ()


def test_about_a_day_of_a_later_month_payers_need_not_answer_so_they_are_asked_about_today() -> None:
    visit = datetime(2026, 12, 2, 16, tzinfo=UTC)
    now = datetime(2026, 11, 30, 16, tzinfo=UTC)
    (again,) = planned(agreed(visit, checks=(check(answered_at=NOW - timedelta(days=9)),)), now=now).checks
    assert again.day == date(2026, 11, 30)


def test_a_clean_answer_asks_for_nobodys_hand() -> None:
    assert kinds(insured()._replace(checks=(check(),))) == {}


@pytest.mark.parametrize(
    ("finding", "kind"),
    [
        ("used_up", "explain_not_covered"),
        ("inactive", "ask_other_coverage"), ("not_covered", "explain_not_covered"), ("not_stated", "verify_by_hand"),
        ("not_understood", "verify_by_hand"), ("other_patient", "verify_by_hand"), ("down", "verify_by_hand"),
    ],
)  # fmt: skip
def test_what_is_not_clean_becomes_one_task(finding: str, kind: str) -> None:
    assert list(kinds(insured()._replace(checks=(check(finding=finding),)))) == [kind]


def refusal(code: str, whose: str) -> dict[str, Any]:
    return {"code": code, "loop": "2100C", "action": "C", "whose": whose, "field": "", "by": "person", "days": None,
            "words": "member id missing or wrong", "ask_for": "a photo of the card"}


def test_a_refusal_is_one_task_that_names_what_is_wrong_and_what_to_ask_for() -> None:
    found = kinds(insured()._replace(checks=(check(finding="rejected", refused=(refusal("72", "subscriber"),)),)))
    assert list(found) == ["correct_coverage"]
    assert "72" in found["correct_coverage"]
    assert "ask for" in found["correct_coverage"]


def test_what_is_ours_to_mend_is_another_task() -> None:
    rows = (refusal("72", "subscriber"), refusal("43", "provider"))
    found = kinds(insured()._replace(checks=(check(finding="rejected", refused=rows),)))
    assert set(found) == {"correct_coverage", "fix_enrollment"}


def test_a_refusal_that_is_repeated_by_machine_within_hours_waits_for_nobody() -> None:
    row = refusal("42", "payer") | {"by": "machine"}
    waits = check(status="wanted", answered_at=None, finding="rejected", refused=(row,), tries=1)
    soon = waits._replace(again_at=NOW + timedelta(minutes=4))
    assert kinds(insured()._replace(checks=(soon,))) == {}
    late = waits._replace(again_at=NOW + timedelta(days=10))
    assert list(kinds(insured()._replace(checks=(late,)))) == ["verify_by_hand"]


def test_what_a_person_was_told_by_phone_settles_it() -> None:
    unsaid = check(finding="not_stated")
    told = check(id=uuid.UUID(int=80), cause="told", answered_at=NOW + timedelta(minutes=9))
    assert kinds(insured()._replace(checks=(unsaid, told))) == {}


def test_a_task_that_was_done_is_not_asked_twice() -> None:
    seen = insured()._replace(checks=(check(finding="not_stated"),))
    (wanted,) = [t for t in planned(seen).tasks if t.kind == "verify_by_hand"]
    done = task("verify_by_hand", key=wanted.key, status="done", ended_at=NOW, result="done")
    assert kinds(seen._replace(tasks=(done,))) == {}


def test_a_visit_of_somebody_whose_payer_no_machine_can_ask_is_verified_by_a_person() -> None:
    visit = NOW + timedelta(days=5)
    assert "verify_by_hand" in kinds(agreed(visit)._replace(insured=(CARD._replace(payer=""),)))
    assert "verify_by_hand" not in kinds(insured(payer=""))


def test_before_a_visit_somebody_finds_out_whether_it_must_be_authorized_where_nobody_says() -> None:
    visit, unsaid = NOW + timedelta(days=5), check(discipline="PT")
    michigan = CARD._replace(kind="medicaid", payer="michigan_medicaid")
    seen = agreed(visit, checks=(unsaid,))._replace(insured=(michigan,))
    seen = seen._replace(facts=seen.facts._replace(payer="michigan_medicaid", payer_kind="medicaid"))
    assert "authorized" in kinds(seen)["verify_by_hand"]
    for said in (seen._replace(checks=(unsaid._replace(authorization=False),)), seen._replace(tasks=())):
        assert "verify_by_hand" not in kinds(said)
    northfield = seen._replace(insured=(CARD,), facts=seen.facts._replace(payer="northfield_health"))
    assert "verify_by_hand" not in kinds(northfield)  # a rule of ours says that it is not


def test_what_the_payer_says_of_authorization_counts_where_nobody_stated_it() -> None:
    seen = insured()
    needed, not_needed = check(authorization=True), check(authorization=False)
    assert as_answered(seen.facts, seen.insured, (needed,)).authorization == "required"
    assert as_answered(seen.facts, seen.insured, (not_needed,)).authorization == "not_required"
    assert as_answered(seen.facts, seen.insured, (needed._replace(token="another"),)).authorization is None
    stated = seen.facts._replace(authorization="approved")
    assert as_answered(stated, seen.insured, (needed,)).authorization == "approved"
    two = (seen.insured[0]._replace(disciplines=("PT", "SLP")),)
    assert as_answered(seen.facts, two, (not_needed, check(discipline="SLP", authorization=True))).authorization == (
        "required"
    )
    assert as_answered(seen.facts, two, (not_needed,)).authorization is None


def test_under_propose_a_person_presses_and_under_off_nobody_asks() -> None:
    for switch, asks, proposed in (("off", False, False), ("propose", False, True)):
        under = policy.read({**rules().as_json(), "switches": {"coverage_check": switch}}, 2)
        done = planned(insured(), under=under)
        assert bool(done.checks) is asks
        assert any(t.kind == "propose_coverage_check" for t in done.tasks) is proposed


def test_planning_again_what_was_planned_changes_nothing() -> None:
    seen = insured()
    rest = settled(seen, cedar_street(), rules(), NOW)
    assert rest.checks
