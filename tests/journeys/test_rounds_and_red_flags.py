"""What a newcomer broke: a second receipt after a try, a red flag that no clinician sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.mail import Mailbox
from tests.people import FAMILY, ORGANIZATION, but

from firstvisit.journey import items, jobs, verbs
from firstvisit.journey.plan import TASK_WORDS
from firstvisit.journey.receiving import receive
from firstvisit.journey.today import KINDS, today
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.kernel.errors import BadInput, NotAllowed
from firstvisit.leads.models import Lead, Task
from firstvisit.leads.queries import code
from firstvisit.practice import accounts
from firstvisit.practice.founding import Answers, practice_of
from firstvisit.practice.models import Queue, User
from firstvisit.practice.services import load
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import parse

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
Moved = Callable[..., None]


@pytest.fixture(autouse=True)
def _morning(request: pytest.FixtureRequest) -> None:
    """All of it begins on a Tuesday at ten; a practice just set up has no sample's clock."""
    if "just_set_up" not in request.node.name:
        request.getfixturevalue("tuesday")


@pytest.fixture
def moved() -> Moved:
    """Moves the clock on."""
    return lambda **by: clock.move(timedelta(**by))


def open_tasks(lead: Lead) -> list[Task]:
    return list(Task.objects.filter(lead=lead, status="open").order_by("due_at", "id"))


def next_task(lead: Lead) -> Task:
    """The next thing, after whatever is due has been looked at."""
    jobs.sweep()
    return Task.objects.select_related("lead").filter(lead=lead, status="open").order_by("due_at", "id")[0]


FLAG = "since this morning chest pain and I cannot breathe"


def test_a_finished_try_brings_no_second_receipt(
    arrive: Callable[[Any], Lead], staff: Callable[[str], User], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    assert arrive(but(FAMILY, concern="once more")).id == lead.id
    jobs.send_wanted()
    task = Task.objects.get(lead=lead, status="open")
    verbs.finish(task, staff("dana"), actor=SYSTEM, result="reached_booked")
    jobs.send_wanted()
    assert len(mailbox.mails) == 1
    assert Task.objects.get(lead=lead, status="open").kind == "await_visit"


def test_a_red_flag_that_joins_a_taken_lead_goes_to_review_and_is_not_the_desks_to_lift(
    arrive: Callable[[Any], Lead], staff: Callable[[str], User]
) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    verbs.take(lead, dana, actor=SYSTEM)
    arrive(but(FAMILY, concern=FLAG))
    lead.refresh_from_db()
    assert lead.owner_queue is not None
    assert (lead.outcome, lead.owner_queue.slug, lead.owner_user) == (
        "clinician_review",
        "clinical_review",
        None,
    )
    for attempt in (
        lambda: verbs.take(lead, dana, actor=SYSTEM),
        lambda: verbs.overrule(lead, dana, actor=SYSTEM, outcome="book_now", reason="no"),
        lambda: verbs.close(lead, dana, actor=SYSTEM, how="patient_declined", reason="no"),
        lambda: verbs.do_not_contact(lead, dana, actor=SYSTEM, reason="spam"),
        lambda: verbs.hand_over(lead, dana, actor=SYSTEM, reason="yours", user=staff("mei")),
    ):
        with pytest.raises(BadInput, match="red flag"):
            attempt()
    assert next_task(lead).kind == "review_red_flag"


def test_a_red_flag_after_somebody_overruled_goes_to_review_all_the_same(
    arrive: Arrive, staff: Staff, moved: Moved
) -> None:
    lead = arrive(FAMILY)
    verbs.overrule(lead, staff("mei"), actor=SYSTEM, outcome="waitlist", reason="full")
    moved(hours=2)
    arrive(but(FAMILY, concern=FLAG))
    lead.refresh_from_db()
    task = next_task(lead)
    assert (lead.outcome, task.kind, task.safety) == ("clinician_review", "review_red_flag", True)
    assert task.due_at > clock.now(), "its clock begins with the message that says it"
    verbs.overrule(lead, staff("anna"), actor=SYSTEM, outcome="book_now", reason="seen by her doctor, fine")
    lead.refresh_from_db()
    assert lead.outcome == "book_now"
    moved(hours=1)
    arrive(but(FAMILY, concern="Chest pain again, worse"))
    lead.refresh_from_db()
    assert (lead.outcome, next_task(lead).kind) == ("clinician_review", "review_red_flag")


def test_a_second_red_flag_message_does_not_put_off_the_review_of_the_first(
    arrive: Arrive, moved: Moved
) -> None:
    lead = arrive(but(FAMILY, concern=FLAG))
    first = next_task(lead)
    moved(minutes=20)
    arrive(but(FAMILY, concern="still chest pain"))
    again = next_task(lead)
    assert (again.id, again.due_at) == (first.id, first.due_at)


def test_a_red_flag_is_reviewed_though_nobody_may_contact_them(
    arrive: Arrive, staff: Staff, moved: Moved
) -> None:
    lead = arrive(FAMILY)
    verbs.do_not_contact(lead, staff("dana"), actor=SYSTEM, reason="asked us to")
    assert next_task(lead).kind == "close_do_not_contact"
    moved(hours=1)
    arrive(but(FAMILY, concern="I want to kill myself"))
    task = next_task(lead)
    assert (task.kind, task.safety) == ("review_red_flag", True)
    verbs.finish(task, staff("anna"), actor=SYSTEM, result="reviewed")
    assert next_task(lead).kind == "close_do_not_contact"


def test_a_red_flag_heard_on_the_phone_is_reviewed_though_nobody_may_contact_them(
    arrive: Arrive, staff: Staff
) -> None:
    lead, other = arrive(FAMILY), arrive(but(FAMILY, discipline=["OT"], program="pediatric"))
    heard = "says on the phone that her chest hurts"
    verbs.overrule(lead, staff("mei"), actor=SYSTEM, outcome="clinician_review", reason=heard)
    verbs.do_not_contact(other, staff("dana"), actor=SYSTEM, reason="asked us to")
    assert (next_task(lead).kind, next_task(lead).safety) == ("review_red_flag", True)
    verbs.finish(next_task(lead), staff("anna"), actor=SYSTEM, result="reviewed")
    assert next_task(lead).kind == "close_do_not_contact"


def test_a_ruling_from_before_a_red_flag_does_not_count_again_after_the_review(
    arrive: Arrive, staff: Staff, moved: Moved
) -> None:
    lead = arrive(FAMILY)
    verbs.overrule(lead, staff("mei"), actor=SYSTEM, outcome="waitlist", reason="full")
    moved(minutes=5)
    arrive(but(FAMILY, concern=FLAG))
    moved(minutes=5)
    verbs.finish(next_task(lead), staff("anna"), actor=SYSTEM, result="reviewed")
    lead.refresh_from_db()
    assert (lead.outcome, next_task(lead).kind) == ("clinician_review", "decide")


def test_a_clinician_goes_before_the_desk_that_has_the_lead_open(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.open_lease(lead, staff("dana"))
    arrive(but(FAMILY, concern=FLAG))
    lead.refresh_from_db()
    held = verbs.open_lease(lead, staff("anna"))
    assert held is not None and held.holder == staff("anna").id
    other = verbs.open_lease(lead, staff("priya"))
    assert other is not None and other.holder == staff("anna").id, "a colleague is not pushed aside"
    verbs.finish(next_task(lead), staff("anna"), actor=SYSTEM, result="reviewed")


def test_an_organizations_red_flag_goes_to_review(arrive: Arrive) -> None:
    lead = arrive(but(ORGANIZATION, asks="Our driver has chest pain and cannot breathe, whom do we call"))
    assert (lead.outcome, next_task(lead).safety) == ("clinician_review", True)


def test_only_a_reviewer_finishes_what_follows_a_review(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(but(FAMILY, concern=FLAG))
    verbs.finish(next_task(lead), staff("anna"), actor=SYSTEM, result="reviewed")
    with pytest.raises(BadInput, match="clinician"):
        verbs.finish(next_task(lead), staff("dana"), actor=SYSTEM, result="told")


def test_do_not_contact_holds_for_every_lead_of_the_person_until_it_is_lifted(
    arrive: Arrive, staff: Staff, mailbox: Mailbox, moved: Moved
) -> None:
    speech = arrive(FAMILY)
    jobs.send_wanted()
    verbs.do_not_contact(speech, staff("dana"), actor=SYSTEM, reason="asked us to")
    hands = arrive(but(FAMILY, discipline=["OT"], program="pediatric"))
    assert hands.id != speech.id
    jobs.send_wanted()
    assert len(mailbox.mails) == 1
    assert next_task(hands).kind == "close_do_not_contact"
    verbs.contact_again(hands, staff("dana"), actor=SYSTEM, reason="they rang and asked for a visit")
    moved(minutes=1)
    jobs.sweep()
    assert next_task(hands).kind != "close_do_not_contact"
    assert next_task(speech).kind != "close_do_not_contact"
    assert len(mailbox.mails) == 2


def test_a_lead_opened_again_is_asked_anew(arrive: Arrive, staff: Staff, moved: Moved) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    verbs.finish(next_task(lead), dana, actor=SYSTEM, result="reached_booked")
    verbs.close(lead, dana, actor=SYSTEM, how="patient_declined", reason="changed their mind")
    moved(days=3)
    verbs.reopen(lead, dana, actor=SYSTEM, reason="changed it again")
    task = next_task(lead)
    assert task.kind == "call_to_book"
    assert task.due_at > clock.now()


def test_a_lead_closed_untried_and_opened_again_is_not_late_at_once(
    arrive: Arrive, staff: Staff, moved: Moved
) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    verbs.close(lead, dana, actor=SYSTEM, how="duplicate", reason="thought so")
    moved(days=21)
    verbs.reopen(lead, dana, actor=SYSTEM, reason="was none")
    assert next_task(lead).due_at > clock.now()


def test_a_second_enquiry_that_names_nobody_is_asked_about_after_ten_minutes(
    arrive: Arrive, moved: Moved
) -> None:
    lead = arrive(FAMILY)
    nameless = but(FAMILY, patient={}, concern="my other child stutters", payers=[], program=None)
    assert arrive(nameless).id == lead.id
    assert [task.kind for task in open_tasks(lead)] == ["call_to_book"]
    moved(minutes=11)
    jobs.sweep()
    assert {task.kind for task in open_tasks(lead)} == {"call_to_book", "ask_whom"}
    arrive(FAMILY)
    assert [task.kind for task in open_tasks(lead)] == ["call_to_book"]


def test_several_such_enquiries_are_one_question(arrive: Arrive, staff: Staff, moved: Moved) -> None:
    lead = arrive(FAMILY)
    for words in ("my other child stutters", "are you there"):
        arrive(but(FAMILY, patient={}, concern=words, payers=[], program=None))
        moved(minutes=1)
    moved(minutes=11)
    jobs.sweep()
    [ask] = [task for task in open_tasks(lead) if task.kind == "ask_whom"]
    verbs.finish(ask, staff("dana"), actor=SYSTEM, result="reached_answered")
    moved(minutes=11)
    jobs.sweep()
    assert [task.kind for task in open_tasks(lead)] == ["call_to_book"]


def test_a_form_whose_second_step_names_another_child_leaves_no_question(
    arrive: Arrive, moved: Moved, practice: Practice
) -> None:
    lead = arrive(FAMILY)
    first = but(FAMILY, patient={}, payers=[], program=None)
    arrive(first)
    second = but(FAMILY, patient__first_name="Cosima", payers=[])
    body = json.dumps(second).encode()
    arrival = Arrival("api", Actor("api", "form"), body, "application/json", joins=lead.id)
    receipt = receive(arrival, parse("api", body, today=clock.now().date(), programs=practice.program_words))
    assert receipt.code != code(lead.number)
    moved(minutes=11)
    jobs.sweep()
    assert [task.kind for task in open_tasks(lead)] == ["call_to_book"]


def test_who_broke_the_glass_reads_and_does_not_take(arrive: Arrive, staff: Staff) -> None:
    lead, reggie = arrive(FAMILY), staff("reggie")
    verbs.break_glass(lead, reggie, reason="they stand at our desk", actor=SYSTEM)
    queue = Queue.objects.get(slug="front_desk_madison")
    for attempt in (
        lambda: verbs.take(lead, reggie, actor=SYSTEM),
        lambda: verbs.hand_over(lead, reggie, actor=SYSTEM, reason="x", queue=queue),
        lambda: verbs.overrule(lead, reggie, actor=SYSTEM, outcome="waitlist", reason="x"),
        lambda: verbs.do_not_contact(lead, reggie, actor=SYSTEM, reason="x"),
        lambda: verbs.close(lead, reggie, actor=SYSTEM, how="duplicate", reason="x"),
    ):
        with pytest.raises(BadInput, match="an hour"):
            attempt()
    told = Task.objects.select_related("lead").get(kind="glass_broken")
    with pytest.raises(NotAllowed):
        verbs.finish(told, reggie, actor=SYSTEM, result="reviewed")
    verbs.close(lead, staff("dana"), actor=SYSTEM, how="duplicate", reason="x")
    told.refresh_from_db()
    assert told.status == "open", "closing the lead does not hide it from the owner"
    assert told.owner_user is not None
    verbs.finish(told, told.owner_user, actor=SYSTEM, result="reviewed")
    told.refresh_from_db()
    assert told.status == "done"
    with pytest.raises(BadInput, match="already"):
        verbs.break_glass(lead, staff("dana"), reason="curious", actor=SYSTEM)


def test_a_lead_is_handed_to_a_queue_of_its_site(arrive: Arrive, staff: Staff) -> None:
    queue = Queue.objects.get(slug="front_desk_marquette")
    with pytest.raises(BadInput, match="another site"):
        verbs.hand_over(arrive(FAMILY), staff("dana"), actor=SYSTEM, reason="yours", queue=queue)


def test_only_who_may_overrule_lifts_do_not_contact(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    verbs.do_not_contact(lead, staff("dana"), actor=SYSTEM, reason="asked us to")
    with pytest.raises(NotAllowed):
        verbs.contact_again(lead, staff("walt"), actor=SYSTEM, reason="x")


def test_an_item_is_shown_to_those_who_see_its_lead(arrive: Arrive, staff: Staff) -> None:
    item = Item.objects.get(parts__lead=arrive(FAMILY))
    assert items.waiting(item.id, staff("dana")) == item
    with pytest.raises(NotAllowed):
        items.waiting(item.id, staff("reggie"))


def test_in_a_practice_just_set_up_a_red_flag_stands_before_its_clinician() -> None:
    answers = Answers("Birch Hill Therapy", "Birch Hill Therapy LLC", "1 Main St", "+16085550130",
                      "desk@example.org", "Birch Hill", "1 Main St", "Madison", "WI", "53703")  # fmt: skip
    load(practice_of(answers), by="test")
    clinician = accounts.add(
        email="ana@example.org", name="Ana Brandt", role="clinician", sites=[], queues=[], resource=None,
        password=None, actor=SYSTEM, why="test",
    )  # fmt: skip
    body = json.dumps(but(FAMILY, program=None, concern=FLAG)).encode()
    receipt = receive(Arrival("api", Actor("api", "x"), body, "application/json"),
                      parse("api", body, today=clock.now().date(), programs={}))  # fmt: skip
    assert receipt.outcome == "clinician_review"
    task = Task.objects.get(status="open")
    assert task.owner_queue is not None and task.owner_queue.slug == "clinical_review"
    assert [row.task for row in today(clinician, now=clock.now(), zone=ZoneInfo("America/Chicago")).rows] == [
        task
    ]
    verbs.finish(task, clinician, actor=SYSTEM, result="reviewed")


def test_every_kind_of_task_has_words_and_stands_in_one_counter() -> None:
    counted = [kind for kinds in KINDS.values() for kind in kinds]
    assert sorted(counted) == sorted(TASK_WORDS)
