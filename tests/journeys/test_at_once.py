"""Several hands at the same moment, on real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction
from tests.conftest import at_once, poster
from tests.mail import Mailbox
from tests.people import FAMILY, UNSURE, but

from firstvisit.journey import jobs, verbs
from firstvisit.journey.advancing import advance
from firstvisit.journey.revising import advance_revised
from firstvisit.kernel import clock, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict
from firstvisit.leads.models import DecisionRow, Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.people import services as people
from firstvisit.people.models import Guardian, Person
from firstvisit.practice import queries
from firstvisit.practice import services as practice
from firstvisit.practice.models import User
from firstvisit.referral.record import Contact, Patient, Referral
from firstvisit.steps.intake.models import Item, Part


@pytest.fixture
def post(open_doors: str) -> Any:
    return poster(open_doors)


def test_a_key_whose_first_delivery_is_still_running_answers_409(
    post: Any, committed: psycopg.Connection[Any]
) -> None:
    """The first delivery is held between its two commits: the table of strong keys is locked."""
    with committed.transaction():
        committed.execute("LOCK TABLE people_personkey IN ACCESS EXCLUSIVE MODE")
        first: list[Any] = []

        def send() -> None:
            first.append(post(FAMILY, repeat="once"))
            connections.close_all()

        running = threading.Thread(target=send)
        running.start()
        kept, pause = False, threading.Event()
        for _ in range(200):
            found = committed.execute("SELECT count(*) FROM intake_item").fetchone()
            kept = found == (1,)
            if kept:
                break
            pause.wait(0.05)
        assert kept, "the first commit does not wait for the second"
        second = post(FAMILY, repeat="once")
    running.join(30)
    assert (second.status_code, second.json()["problems"][0]["field"]) == (409, "Idempotency-Key")
    assert first[0].status_code == 201
    assert post(FAMILY, repeat="once").json() == first[0].json()
    assert (Item.objects.count(), Lead.objects.count()) == (1, 1)


def test_the_same_delivery_eight_times_at_once_is_one_item(post: Any) -> None:
    answers = at_once(*[lambda: post(FAMILY, repeat="once") for _ in range(8)])
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert 201 in {answer.status_code for answer in answers}
    assert (Item.objects.count(), Lead.objects.count(), Part.objects.count()) == (1, 1, 1)


def test_the_same_family_eight_times_at_once_is_one_lead(post: Any) -> None:
    answers = at_once(*[lambda n=n: post(but(FAMILY, concern=f"call {n}")) for n in range(8)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert sorted(Part.objects.values_list("end", flat=True)) == ["joined"] * 7 + ["opened"]
    assert (Lead.objects.count(), Person.objects.count(), Guardian.objects.count()) == (1, 2, 1)
    assert Message.objects.count() == 1


def test_an_earlier_delivery_that_is_judged_later_brings_no_second_receipt(
    post: Any, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a rule that raises")

    from firstvisit.journey import plan

    with monkeypatch.context() as fault:
        fault.setattr(plan, "RULES", (*plan.RULES, broken))
        assert post(but(FAMILY, concern="the first call")).status_code == 202
    assert post(but(FAMILY, concern="the second call")).status_code == 201
    jobs.send_wanted()
    Item.objects.filter(status="received").update(received_at=clock.now() - 2 * jobs.SETTLE_AFTER)
    jobs.sweep()
    assert set(Part.objects.values_list("end", flat=True)) == {"opened", "joined"}
    assert len(mailbox.mails) == 1


def test_a_left_behind_item_is_settled_once_by_many_sweeps(
    post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a rule that raises")

    from firstvisit.journey import plan

    monkeypatch.setattr(plan, "RULES", (*plan.RULES, broken))
    assert post(FAMILY).status_code == 202
    monkeypatch.undo()
    Item.objects.update(received_at=clock.now() - 2 * jobs.SETTLE_AFTER)
    at_once(*[lambda: jobs.settle_left_behind(clock.now()) for _ in range(6)])
    assert (Lead.objects.count(), Part.objects.count(), DecisionRow.objects.count()) == (1, 1, 1)


def test_many_advances_of_one_lead_do_nothing_twice(post: Any) -> None:
    for body in (FAMILY, UNSURE):
        assert post(body).status_code == 201
    ids = list(Lead.objects.values_list("id", flat=True))
    dana = User.objects.get(email="dana@cedarstreet.example.org")
    verbs.finish(Task.objects.get(lead=ids[0], status="open"), dana, actor=SYSTEM, result="no_answer")
    Task.objects.filter(lead__in=ids, status="open").update(status="withdrawn")
    before = Event.objects.count()
    results = at_once(*[lambda: advance(ids) for _ in range(6)])
    assert not [result for result in results if isinstance(result, Exception)]
    assert {Task.objects.filter(lead=lead, status="open").count() for lead in ids} == {1}
    assert Event.objects.count() == before


def test_many_outboxes_send_a_receipt_once(post: Any, mailbox: Mailbox) -> None:
    for body in (FAMILY, UNSURE):
        post(body)
    results = at_once(*[jobs.send_wanted for _ in range(6)])
    assert sum(results) == 2
    assert len(mailbox.mails) == 2
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}


def test_of_two_who_finish_one_task_one_is_told_that_it_is_done(post: Any) -> None:
    post(FAMILY)
    task = Task.objects.select_related("lead").get()
    names = ("dana", "mei")
    people_ = [User.objects.get(email=f"{name}@cedarstreet.example.org") for name in names]
    results = at_once(
        *[lambda by=by: verbs.finish(task, by, actor=SYSTEM, result="no_answer") for by in people_]
    )
    assert sorted(type(result) for result in results if result is not None) == [Conflict]
    assert Event.objects.filter(name="tried").count() == 1


def crossing(first: str, second: str) -> Referral:
    """Two people of one family, each once the patient and once the contact."""
    names = {"Thaddeus": "+16085550181", "Lorenzo": "+16085550182"}
    return Referral(
        channel="web",
        patient=Patient(first_name=first, last_name="Featherstone", phone=names[first]),
        contact=Contact(name=f"{second} Featherstone", phone=names[second], relationship="sibling"),
    )


def test_requests_whose_people_cross_never_wait_for_each_other_for_ever(open_doors: str) -> None:
    def resolve(referral: Referral) -> Callable[[], None]:
        def work() -> None:
            for _ in range(10):
                with transaction.atomic():
                    writes.insert(people.resolve(referral).rows)

        return work

    one, other = crossing("Thaddeus", "Lorenzo"), crossing("Lorenzo", "Thaddeus")
    results = at_once(*[resolve(referral) for referral in (one, other) * 4])
    assert results == [None] * 8
    assert Person.objects.count() == 2


def test_two_who_apply_changed_rules_share_the_leads(post: Any) -> None:
    for number in range(6):
        name = f"Philippa Tweedsmuir{chr(97 + number)}"
        body = but(UNSURE, patient__last_name=name.partition(" ")[2])
        body["contact"] |= {"name": name, "phone": f"+160855501{10 + number}", "email": f"p{number}@example.org"}
        assert post(body).status_code == 201
    rules = queries.live_policy().as_json()
    rules["routing"] |= {"standard_minutes": 240, "high_intent_minutes": 90}
    mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
    practice.publish_policy(rules, note="A try", drafted_by=mei, signed_by=ruth)

    def apply() -> int:
        done = 0
        while some := advance_revised(now=clock.now(), limit=2):
            done += some
        return done

    assert sum(at_once(apply, apply)) == 6
    assert DecisionRow.objects.filter(policy_version=2).count() == 6
    assert not Lead.objects.filter(planned_under__lt=queries.practice().version).exists()
