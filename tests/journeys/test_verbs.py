"""Who may do what with a lead: every role and every verb, scope, leases, hand-over and snooze."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from tests.people import FAMILY, MARQUETTE_MAN, ORGANIZATION, RED_FLAG, but

from firstvisit.journey import verbs
from firstvisit.kernel import clock, leases
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed
from firstvisit.kernel.models import AuditRow
from firstvisit.leads import scope
from firstvisit.leads.models import Event, Lead, Ruling, Task
from firstvisit.practice.models import Queue, User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def next_task(lead: Lead) -> Task:
    return Task.objects.select_related("lead").filter(lead=lead, status="open").order_by("due_at")[0]


def _finish(lead: Lead, by: User) -> None:
    verbs.finish(next_task(lead), by, actor=SYSTEM, result="no_answer")


def _snooze(lead: Lead, by: User) -> None:
    verbs.snooze(next_task(lead), by, actor=SYSTEM, until=clock.now() + timedelta(hours=1))


def _hand_over(lead: Lead, by: User) -> None:
    queue = Queue.objects.get(slug="front_desk_madison")
    verbs.hand_over(lead, by, actor=SYSTEM, reason="not mine", queue=queue)


def _reopen(lead: Lead, by: User) -> None:
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now())
    verbs.reopen(lead, by, actor=SYSTEM, reason="they called again")


VERBS: Final[dict[str, Callable[[Lead, User], None]]] = {
    "take": lambda lead, by: verbs.take(lead, by, actor=SYSTEM),
    "hand_over": _hand_over,
    "finish": _finish,
    "snooze": _snooze,
    "do_not_contact": lambda lead, by: verbs.do_not_contact(lead, by, actor=SYSTEM, reason="asked"),
    "close": lambda lead, by: verbs.close(lead, by, actor=SYSTEM, how="patient_declined", reason="said so"),
    "reopen": _reopen,
    "overrule": lambda lead, by: verbs.overrule(lead, by, actor=SYSTEM, outcome="waitlist", reason="full"),
    "withdraw_overruling": lambda lead, by: verbs.withdraw_overruling(lead, by, actor=SYSTEM),
}
WORK = {"take", "hand_over", "finish", "snooze", "do_not_contact", "close", "reopen"}
DECIDE = {"overrule", "withdraw_overruling"}
MAY: Final[dict[str, set[str]]] = {
    "dana": WORK | DECIDE,
    "walt": WORK,
    "mei": WORK | DECIDE,
    "ruth": WORK | DECIDE,
    "anna": set(),
    "reggie": set(),
    "joan": set(),
    "imani": set(),
    "auditor": set(),
    "admin": set(),
}
"""What each role may do with a lead at Madison's front desk. Clinicians see their own cases and queues;
Reggie and Joan work in Marquette, Imani on what organizations ask; the last two never work on leads."""


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("verb", VERBS)
def test_every_role_and_every_verb(name: str, verb: str, arrive: Arrive, staff: Staff) -> None:
    lead, by = arrive(FAMILY), staff(name)
    events = Event.objects.count()
    if verb in MAY[name]:
        VERBS[verb](lead, by)
        assert Event.objects.count() > events
    else:
        with pytest.raises(NotAllowed):
            VERBS[verb](lead, by)
        assert Event.objects.count() == events
        assert not Ruling.objects.exists()


@pytest.mark.parametrize(
    ("name", "may"),
    [("anna", True), ("priya", True), ("ruth", True), ("dana", False), ("walt", False), ("mei", False)],
)
def test_a_red_flag_is_reviewed_by_a_clinician(name: str, may: bool, arrive: Arrive, staff: Staff) -> None:
    task = next_task(arrive(RED_FLAG))
    assert task.kind == "review_red_flag"
    if may:
        verbs.finish(task, staff(name), actor=SYSTEM, result="reviewed")
    else:
        with pytest.raises(BadInput, match="clinician"):
            verbs.finish(task, staff(name), actor=SYSTEM, result="reviewed")
    task.refresh_from_db()
    assert task.status == ("done" if may else "open")


def test_a_red_flag_cannot_be_put_away(arrive: Arrive, staff: Staff) -> None:
    task = next_task(arrive(RED_FLAG))
    with pytest.raises(BadInput, match="red flag"):
        verbs.snooze(task, staff("anna"), actor=SYSTEM, until=clock.now() + timedelta(hours=1))
    task.refresh_from_db()
    assert task.snoozed_until is None


def test_a_task_cannot_be_put_away_into_the_past(arrive: Arrive, staff: Staff) -> None:
    with pytest.raises(BadInput, match="still to come"):
        verbs.snooze(next_task(arrive(FAMILY)), staff("dana"), actor=SYSTEM, until=clock.now())


def test_a_snoozed_task_stays_snoozed_and_its_clock_goes_on(arrive: Arrive, staff: Staff) -> None:
    task = next_task(arrive(FAMILY))
    until, due = clock.now() + timedelta(hours=3), task.due_at
    verbs.snooze(task, staff("dana"), actor=SYSTEM, until=until)
    task.refresh_from_db()
    assert (task.snoozed_until, task.status, task.due_at) == (until, "open", due)


def test_a_lead_that_somebody_works_on_is_theirs_until_the_lease_ends(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.open_lease(lead, staff("dana"))
    assert verbs.open_lease(lead, staff("mei")).holder == staff("dana").id
    with pytest.raises(Conflict, match="somebody else"):
        verbs.take(lead, staff("mei"), actor=SYSTEM)
    clock.move(timedelta(minutes=16))
    verbs.take(lead, staff("mei"), actor=SYSTEM)
    lead.refresh_from_db()
    assert lead.owner_user == staff("mei")


def test_finishing_gives_the_lease_back(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.open_lease(lead, staff("dana"))
    _finish(lead, staff("dana"))
    assert leases.held(verbs.LEASE, [lead.id], now=clock.now()) == {}
    verbs.take(lead, staff("mei"), actor=SYSTEM)


def test_a_lead_is_handed_over_with_its_next_task_and_a_word_why(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.hand_over(lead, staff("dana"), actor=SYSTEM, reason="Mei knows the family", user=staff("mei"))
    lead.refresh_from_db()
    assert (lead.owner_user, lead.owner_queue) == (staff("mei"), None)
    assert next_task(lead).owner_user == staff("mei")
    ruling = Ruling.objects.get(lead=lead, what="owner")
    assert b"Mei knows" not in bytes(ruling.sealed)


def test_handing_over_to_a_clinician_makes_it_their_case(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    Lead.objects.filter(id=lead.id).update(owner_user=staff("anna"), owner_queue=None)
    verbs.finish(next_task(lead), staff("anna"), actor=SYSTEM, result="no_answer")
    assert next_task(lead).kind == "follow_up"


@pytest.mark.parametrize("to", [{}, {"user": True, "queue": True}])
def test_a_hand_over_names_exactly_one_taker(to: dict[str, bool], arrive: Arrive, staff: Staff) -> None:
    user = staff("mei") if to.get("user") else None
    queue = Queue.objects.get(slug="partners") if to.get("queue") else None
    with pytest.raises(BadInput, match="Choose a colleague or a queue"):
        verbs.hand_over(arrive(FAMILY), staff("dana"), actor=SYSTEM, reason="x", user=user, queue=queue)


def test_nobody_is_handed_what_they_could_not_see(arrive: Arrive, staff: Staff) -> None:
    with pytest.raises(BadInput, match="does not work with leads of this site"):
        verbs.hand_over(arrive(FAMILY), staff("dana"), actor=SYSTEM, reason="x", user=staff("reggie"))


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_reason_is_a_few_words(reason: str, arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    for attempt in (
        lambda: verbs.overrule(lead, staff("dana"), actor=SYSTEM, outcome="waitlist", reason=reason),
        lambda: verbs.close(lead, staff("dana"), actor=SYSTEM, how="patient_declined", reason=reason),
        lambda: verbs.do_not_contact(lead, staff("dana"), actor=SYSTEM, reason=reason),
    ):
        with pytest.raises(BadInput, match="reason"):
            attempt()


def test_a_task_is_finished_once(arrive: Arrive, staff: Staff) -> None:
    task = next_task(arrive(FAMILY))
    verbs.finish(task, staff("dana"), actor=SYSTEM, result="left_vm")
    with pytest.raises(Conflict, match="no longer open"):
        verbs.finish(task, staff("dana"), actor=SYSTEM, result="left_vm")
    with pytest.raises(BadInput, match="ended in"):
        verbs.finish(task, staff("dana"), actor=SYSTEM, result="shrugged")


def test_breaking_the_glass_opens_one_lead_for_an_hour_and_the_log_knows(
    arrive: Arrive, staff: Staff
) -> None:
    lead, dana = arrive(MARQUETTE_MAN), staff("dana")
    other = arrive(but(MARQUETTE_MAN, patient__first_name="Onni", patient__date_of_birth="1990-01-01"))
    assert other.id != lead.id
    verbs.break_glass(lead, dana, reason="he stands at our desk", actor=SYSTEM)
    _snooze(lead, dana)
    with pytest.raises(NotAllowed):
        _snooze(other, dana)
    assert AuditRow.objects.filter(verb="glass_broken", subjects=[str(lead.id)]).count() == 1
    clock.move(timedelta(minutes=61))
    with pytest.raises(NotAllowed):
        _snooze(lead, dana)


def test_an_auditor_sees_who_it_is_after_giving_a_reason(arrive: Arrive, staff: Staff) -> None:
    lead, auditor = arrive(FAMILY), staff("auditor")
    with pytest.raises(BadInput, match="why"):
        verbs.unmask(lead, auditor, actor=SYSTEM, reason=" ")
    assert not scope.unmasked(auditor.id, lead.id, now=clock.now())
    verbs.unmask(lead, auditor, actor=SYSTEM, reason="complaint of November 3")
    assert scope.unmasked(auditor.id, lead.id, now=clock.now())
    assert AuditRow.objects.filter(verb="identity_unmasked", subjects=[str(lead.id)]).count() == 1
    clock.move(timedelta(minutes=61))
    assert not scope.unmasked(auditor.id, lead.id, now=clock.now())
    with pytest.raises(NotAllowed):
        verbs.unmask(lead, staff("imani"), actor=SYSTEM, reason="curious")


def test_the_partner_liaison_works_on_what_organizations_ask(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(ORGANIZATION)
    verbs.finish(next_task(lead), staff("imani"), actor=SYSTEM, result="no_answer")
    assert next_task(lead).kind == "follow_up"


@pytest.mark.parametrize("name", ["walt", "imani", "auditor", "admin"])
def test_not_everybody_may_break_the_glass(name: str, arrive: Arrive, staff: Staff) -> None:
    with pytest.raises(NotAllowed):
        verbs.break_glass(arrive(MARQUETTE_MAN), staff(name), reason="curious", actor=SYSTEM)


def test_a_user_outside_the_scope_sees_404_and_leaves_a_row(
    arrive: Arrive, browser: Callable[[str], Any]
) -> None:
    lead = arrive(MARQUETTE_MAN)
    window = browser("dana")
    assert window.get(f"/leads/L-{lead.number}").status_code == 404
    assert window.post(f"/leads/L-{lead.number}/take").status_code == 404
    assert AuditRow.objects.filter(verb="refused", subjects=[f"L-{lead.number}"]).count() == 2
    assert browser("reggie").get(f"/leads/L-{lead.number}").status_code == 200
