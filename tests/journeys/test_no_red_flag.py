"""A clinician has seen what was stated and says that it is no red flag: the lead goes on by the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.people import FAMILY, but

from firstvisit.journey import jobs, undo, verbs
from firstvisit.journey.queries import explanation
from firstvisit.journey.verify import verify
from firstvisit.kernel import clock, leases
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, NotAllowed
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import DecisionRow, Event, Lead, Task
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Part

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
BABY = but(FAMILY, patient__date_of_birth="2025-10-24", program="early_language")
PAIN = "She cries, and since this morning she has chest pain"


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """Everything begins on a Tuesday at ten in Madison."""


def moved(**by: float) -> None:
    clock.move(timedelta(**by))
    jobs.sweep()


def said_by(lead: Lead) -> set[UUID]:
    """The items of a lead, as its page shows them."""
    return set(Part.objects.filter(lead=lead).values_list("item_id", flat=True))


def seen(lead: Lead, by: User) -> None:
    verbs.no_red_flag(lead, by, actor=SYSTEM, reason="A cold; her doctor saw her", seen=said_by(lead))
    lead.refresh_from_db()


def nexts(lead: Lead) -> list[str]:
    return list(Task.objects.filter(lead=lead, status="open").order_by("due_at").values_list("kind", flat=True))


def test_the_lead_goes_on_by_the_rules_with_its_hold_in_force_and_a_clock_that_begins_then(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(but(BABY, concern=PAIN))
    verbs.finish(Task.objects.get(lead=lead, kind="review_red_flag"), staff("anna"), actor=SYSTEM, result="reviewed")
    moved(hours=1)
    at = clock.now()
    seen(lead, staff("anna"))
    held = arrive(but(BABY, patient__first_name="Twice", contact__phone="+16085550188", contact__name="Una Brandt"))
    assert lead.outcome == held.outcome == "nurture"
    assert nexts(lead) == ["explain_hold"]
    assert Task.objects.get(lead=lead, status="open").due_at > at
    told = explanation(lead)
    assert told["judged"] == "nurture" and told["hold"] is not None
    assert "chest_pain" not in {reason["code"] for reason in told["reasons"]}
    assert [r["what"] for r in told["rulings"]] == ["no_red_flag"]


def test_it_is_signed_and_every_decision_can_be_made_again(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(but(FAMILY, concern=PAIN))
    seen(lead, staff("anna"))
    assert lead.outcome == "book_now"
    rows = list(DecisionRow.objects.filter(lead=lead).order_by("at", "id"))
    assert [row.outcome for row in rows] == ["clinician_review", "book_now"]
    assert [verify(row) for row in rows] == [[], []]
    assert Event.objects.filter(lead=lead, name="no_red_flag_ruled", sealed__isnull=False).count() == 1
    assert AuditRow.objects.filter(verb="no_red_flag_ruled").exists()


def test_words_that_arrive_later_raise_it_again(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(but(FAMILY, concern=PAIN))
    seen(lead, staff("anna"))
    moved(hours=1)
    arrive(but(FAMILY, concern="When can we come?"))
    lead.refresh_from_db()
    assert lead.outcome == "book_now"
    arrive(but(FAMILY, concern="Chest pain again and I cannot breathe"))
    lead.refresh_from_db()
    assert lead.outcome == "clinician_review"
    assert "review_red_flag" in nexts(lead)
    seen(lead, staff("anna"))
    assert lead.outcome == "book_now"


def test_what_came_while_somebody_read_is_not_taken_for_seen(arrive: Arrive, staff: Staff) -> None:
    lead, anna = arrive(but(FAMILY, concern=PAIN)), staff("anna")
    read = said_by(lead)
    arrive(but(FAMILY, concern="Chest pain again, worse"))
    with pytest.raises(BadInput, match="More has arrived"):
        verbs.no_red_flag(lead, anna, actor=SYSTEM, reason="a cold", seen=read)


def test_only_whoever_may_judge_red_flags_says_so_and_only_of_one_that_is_open(arrive: Arrive, staff: Staff) -> None:
    lead, other = arrive(but(FAMILY, concern=PAIN)), arrive(but(FAMILY, discipline=["OT"], program="pediatric"))
    with pytest.raises(NotAllowed):
        seen(lead, staff("mei"))
    with pytest.raises(BadInput, match="Say why"):
        verbs.no_red_flag(lead, staff("anna"), actor=SYSTEM, reason=" ", seen=said_by(lead))
    with pytest.raises(BadInput, match="No red flag is open"):
        seen(other, staff("ruth"))


def test_a_red_flag_that_somebody_heard_is_ended_alike(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.overrule(lead, staff("mei"), actor=SYSTEM, outcome="clinician_review", reason="says her chest hurts")
    seen(lead, staff("anna"))
    assert (lead.outcome, nexts(lead)) == ("book_now", ["call_to_book"])


def test_it_outlives_a_closing(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(but(FAMILY, concern=PAIN))
    seen(lead, staff("anna"))
    verbs.close(lead, staff("dana"), actor=SYSTEM, how="patient_declined", reason="went elsewhere")
    verbs.reopen(lead, staff("dana"), actor=SYSTEM, reason="they came back")
    lead.refresh_from_db()
    assert lead.outcome == "book_now"


def test_it_can_be_taken_back_and_nobody_is_kept_waiting_by_a_lease(arrive: Arrive, staff: Staff) -> None:
    lead, anna = arrive(but(FAMILY, concern=PAIN)), staff("anna")
    verbs.open_lease(lead, anna)
    verbs.take(lead, anna, actor=SYSTEM)
    step = undo.undoable(lead, anna, "no-red-flag", lambda: seen(lead, anna))
    assert not leases.held(verbs.LEASE, [lead.id], now=clock.now()), "it went on to the desk"
    assert lead.owner_user is None and lead.outcome == "book_now"
    undo.undo(step.id, anna, actor=SYSTEM)
    lead.refresh_from_db()
    assert (lead.outcome, lead.owner_user) == ("clinician_review", anna)


def test_who_overrules_and_hands_on_keeps_nobody_out(arrive: Arrive, staff: Staff) -> None:
    lead, anna = arrive(but(FAMILY, concern=PAIN)), staff("anna")
    verbs.open_lease(lead, anna)
    verbs.overrule(lead, anna, actor=SYSTEM, outcome="book_now", reason="no emergency")
    verbs.take(lead, staff("dana"), actor=SYSTEM)
    lead.refresh_from_db()
    assert lead.owner_user == staff("dana")
