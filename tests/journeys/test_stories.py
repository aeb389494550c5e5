"""What follows from what people do and from time passing, told as stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.conftest import ClientPost
from tests.mail import Mailbox
from tests.people import (
    FAMILY,
    FAR_AWAY,
    MADISON,
    MARQUETTE,
    MARQUETTE_MAN,
    ORGANIZATION,
    RED_FLAG,
    TUESDAY,
    UNSURE,
    but,
    surgeon,
)  # fmt: skip

from firstvisit.journey import jobs, verbs
from firstvisit.journey.advancing import advance
from firstvisit.journey.verify import verify
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import DecisionRow, Event, Lead, Task
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """Every story begins on a Tuesday at ten in Madison."""


def next_tasks(lead: Lead) -> list[Task]:
    return list(Task.objects.select_related("lead").filter(lead=lead, status="open").order_by("due_at"))


def next_task(lead: Lead) -> Task:
    (task,) = next_tasks(lead)
    return task


def due(lead: Lead) -> datetime:
    return next_task(lead).due_at.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("body", "outcome", "queue", "minutes"),
    [
        (FAMILY, "book_now", "front_desk_madison", 30),
        (RED_FLAG, "clinician_review", "clinical_review", 15),
        (FAR_AWAY, "refer_out", "front_desk_marquette", 120),
        (ORGANIZATION, "discovery", "partners", 120),
        (UNSURE, "need_info", "front_desk_madison", 30),
        (MARQUETTE_MAN, "book_now", "front_desk_marquette", 30),
        (surgeon(TUESDAY.date()), "book_now", "front_desk_madison", 15),
    ],
)
def test_every_kind_of_request_has_outcome_owner_and_clock(
    body: Any, outcome: str, queue: str, minutes: int, arrive: Arrive
) -> None:
    lead = arrive(body)
    task = next_task(lead)
    assert lead.outcome == outcome
    assert lead.owner_queue is not None and lead.owner_queue.slug == queue
    assert (task.minutes, task.safety) == (minutes, outcome == "clinician_review")
    assert task.due_at - TUESDAY < timedelta(minutes=minutes + 61)


def test_due_times_follow_the_hours_of_each_site(
    arrive: Arrive, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(datetime(2026, 11, 24, 17, 20, tzinfo=MADISON))
    assert due(arrive(FAMILY)) == datetime(2026, 11, 25, 8, 20, tzinfo=MADISON)
    assert due(arrive(MARQUETTE_MAN)) == datetime(2026, 11, 25, 8, 30, tzinfo=MARQUETTE)
    set_clock(datetime(2026, 11, 25, 17, 20, tzinfo=MADISON))
    assert due(arrive(UNSURE)) == datetime(2026, 11, 30, 8, 20, tzinfo=MADISON), (
        "Thanksgiving is nobody's working day"
    )


def test_lunch_in_marquette_stops_the_clock(arrive: Arrive, set_clock: Callable[[datetime], None]) -> None:
    set_clock(datetime(2026, 11, 24, 11, 45, tzinfo=MARQUETTE))
    assert due(arrive(MARQUETTE_MAN)) == datetime(2026, 11, 24, 13, 15, tzinfo=MARQUETTE)


def test_a_ruled_outcome_survives_later_passes_and_a_second_request(
    client_post: ClientPost, arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(FAMILY)
    verbs.overrule(
        lead, staff("dana"), actor=SYSTEM, outcome="waitlist", reason="Lucía is on leave until January"
    )
    for _ in range(3):
        clock.move(timedelta(hours=7))
        jobs.sweep()
    told = client_post(but(FAMILY, concern="Is there any news?")).json()
    assert (told["reference"], told["outcome"], told["joined"]) == (f"L-{lead.number}", "waitlist", True)
    lead.refresh_from_db()
    assert lead.outcome == "waitlist"
    assert next_task(lead).kind == "decide_again", "the ruling was made without knowing of it"
    verbs.withdraw_overruling(lead, staff("dana"), actor=SYSTEM)
    lead.refresh_from_db()
    assert (lead.outcome, next_task(lead).kind) == ("book_now", "call_to_book")


def test_the_decision_beside_a_ruling_stays_the_machines_own(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.overrule(lead, staff("dana"), actor=SYSTEM, outcome="waitlist", reason="full")
    assert set(DecisionRow.objects.filter(lead=lead).values_list("outcome", flat=True)) == {"book_now"}


def test_finishing_a_try_plans_the_next_one_at_another_time_of_day(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    first = next_task(lead)
    verbs.finish(first, staff("dana"), actor=SYSTEM, result="left_vm", words="asked her to call back")
    lead.refresh_from_db()
    follow_up = next_task(lead)
    assert (lead.stage, follow_up.kind) == ("contacted", "follow_up")
    assert due(lead) == datetime(2026, 11, 24, 16, 30, tzinfo=MADISON)
    event = Event.objects.get(lead=lead, name="tried")
    assert event.data == {"task": "call_to_book", "result": "left_vm"}
    assert event.sealed is not None and b"call back" not in bytes(event.sealed)


def test_when_they_ask_again_after_a_try_the_clock_starts_anew(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.finish(next_task(lead), staff("dana"), actor=SYSTEM, result="no_answer")
    clock.move(timedelta(hours=2))
    arrive(but(FAMILY, concern="I missed your call"))
    assert (next_task(lead).kind, due(lead)) == (
        "call_to_book",
        datetime(2026, 11, 24, 12, 30, tzinfo=MADISON),
    )


def test_an_answer_moves_the_decision(arrive: Arrive) -> None:
    lead = arrive(UNSURE)
    asked = next_task(lead).kind
    arrive(
        but(
            UNSURE,
            discipline=["PT"],
            program="orthopedic",
            patient__date_of_birth="1980-05-05",
            patient__postal_code="53703",
            availability=["mon_am", "tue_am", "wed_am", "thu_am"],
            documents=["order"],
            order_signed=True,
        )
    )
    lead.refresh_from_db()
    assert (asked, lead.outcome, next_task(lead).kind) == ("ask_question", "book_now", "call_to_book")
    assert Task.objects.get(lead=lead, kind="ask_question").status == "withdrawn"
    assert DecisionRow.objects.filter(lead=lead).count() == 2


def test_do_not_contact_leaves_one_thing_which_stays_until_the_lead_is_closed(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(FAMILY)
    verbs.do_not_contact(lead, staff("dana"), actor=SYSTEM, reason="asked us to stop")
    for _ in range(2):
        assert next_task(lead).kind == "close_do_not_contact"
        verbs.finish(next_task(lead), staff("dana"), actor=SYSTEM, result="told")
    verbs.close(lead, staff("dana"), actor=SYSTEM, how="patient_declined", reason="asked us to stop")
    assert next_tasks(lead) == []


def test_closing_withdraws_everything_and_nothing_comes_back(
    arrive: Arrive, staff: Staff, mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    verbs.close(lead, staff("dana"), actor=SYSTEM, how="other_provider", reason="found somebody nearer")
    for _ in range(3):
        clock.move(timedelta(days=1))
        jobs.sweep()
    lead.refresh_from_db()
    assert (lead.stage, lead.look_again_at, next_tasks(lead), mailbox.mails) == ("closed", None, [], [])
    with pytest.raises(Exception, match="closed"):
        verbs.take(lead, staff("dana"), actor=SYSTEM)


def test_reopening_asks_again(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.overrule(lead, staff("dana"), actor=SYSTEM, outcome="refer_out", reason="too far")
    verbs.close(lead, staff("dana"), actor=SYSTEM, how="out_of_area", reason="too far")
    clock.move(timedelta(days=7))
    verbs.reopen(lead, staff("dana"), actor=SYSTEM, reason="they moved to Madison")
    lead.refresh_from_db()
    assert (lead.closed_at, lead.outcome, next_task(lead).kind) == (None, "book_now", "call_to_book")


def test_a_closed_lead_is_not_joined_again(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.close(lead, staff("dana"), actor=SYSTEM, how="other_provider", reason="found somebody nearer")
    again = arrive(FAMILY)
    assert again.id != lead.id
    assert again.patient_id == lead.patient_id


def test_days_that_pass_move_a_deadline_into_another_band(arrive: Arrive) -> None:
    lead = arrive(FAMILY)
    before = DecisionRow.objects.filter(lead=lead).count()
    for _ in range(29):
        clock.move(timedelta(days=1))
        jobs.sweep()
    scores = list(DecisionRow.objects.filter(lead=lead).order_by("at").values_list("score_lo", flat=True))
    assert len(scores) > before
    assert scores == sorted(scores), "the nearer the last day, the more points"


def test_every_decision_can_be_made_again(arrive: Arrive) -> None:
    for body in (FAMILY, RED_FLAG, FAR_AWAY, ORGANIZATION, UNSURE, MARQUETTE_MAN):
        arrive(body)
    assert [verify(row) for row in DecisionRow.objects.all()] == [[]] * 6


def test_a_pass_over_leads_at_rest_changes_nothing(arrive: Arrive) -> None:
    leads = [arrive(body) for body in (FAMILY, RED_FLAG, UNSURE)]
    advance([lead.id for lead in leads])
    assert advance([lead.id for lead in leads]) == 0
