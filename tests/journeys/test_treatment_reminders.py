"""Visits of treatment are reminded of as the first visit is; the family says that it comes, moves or cancels one by its
link; and whoever missed one is called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_booking import kinds, page, tokens
from tests.journeys.test_treatment_letters import course, words_of
from tests.journeys.test_treatment_together import book, pattern, treatment
from tests.journeys.test_visit_letters import letters
from tests.mail import Mailbox
from tests.people import FAMILY

from firstvisit.journey import jobs, own_visit
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.practice.queries import practice
from firstvisit.steps.booking.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Arrive = Callable[[Any], Lead]
Clock = Callable[[datetime], None]
BORN = "09/14/2023"


@pytest.fixture
def lead(arrive: Arrive, dana: Client) -> Lead:
    """An evaluation that has closed its lead, and twice a week treatment after it."""
    lead = arrive(FAMILY)
    token = pattern(treatment(dana, lead, slot=tokens(page(dana, lead))[0], a_week="2", weeks="3"))
    assert book(dana, lead, token).status_code == 303
    jobs.sweep()
    Appointment.objects.filter(lead=lead, service="evaluation").update(status="completed")
    Lead.objects.filter(id=lead.id).update(
        closed_at=clock.now(), closed_how="evaluated", stage="closed", look_again_at=clock.now()
    )
    jobs.sweep()
    lead.refresh_from_db()
    return lead


def zone() -> Any:
    return practice().sites["madison"].tz


def day_of(row: Appointment) -> date:
    return row.starts_at.astimezone(zone()).date()


def named(row: Appointment) -> str:
    return f"{day_of(row):%a %b} {day_of(row).day}, "


def at_ten(day: date) -> datetime:
    return datetime.combine(day, time(10), zone())


def reminders(mailbox: Mailbox) -> list[str]:
    return [words_of(mail) for mail in letters(mailbox, "do you come on")]


def sweep_at(set_clock: Clock, at: datetime) -> None:
    set_clock(at)
    jobs.sweep()
    jobs.sweep()


def opened(lead: Lead) -> tuple[Client, str]:
    family, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    assert family.post(link, {"birth": BORN}).status_code == 303
    return family, link


def test_two_that_fall_together_are_named_in_one_letter_at_the_rules_days(
    lead: Lead, mailbox: Mailbox, set_clock: Clock
) -> None:
    monday, wednesday = course(lead)[1:3]
    assert day_of(wednesday) - day_of(monday) == timedelta(days=2)
    sweep_at(set_clock, at_ten(day_of(monday) - timedelta(days=3)) - timedelta(minutes=1))
    assert reminders(mailbox) == []
    lead.refresh_from_db()
    assert lead.look_again_at == at_ten(day_of(monday) - timedelta(days=3))
    sweep_at(set_clock, lead.look_again_at)
    (said,) = reminders(mailbox)
    assert named(monday) in said and named(wednesday) not in said and "/book/" in said
    sweep_at(set_clock, at_ten(day_of(monday) - timedelta(days=1)))
    said = reminders(mailbox)[1]
    assert named(monday) in said and named(wednesday) in said
    for word in ("Mirabelle", "language", "speech", "SLP", "treatment"):
        assert word not in said
    sweep_at(set_clock, at_ten(day_of(monday) - timedelta(days=1)) + timedelta(hours=3))
    assert len(reminders(mailbox)) == 2, "once a moment"


def test_none_goes_out_for_what_is_cancelled_and_the_new_time_of_what_is_moved_is_reminded(
    lead: Lead, dana: Client, mailbox: Mailbox, set_clock: Clock
) -> None:
    one, two = course(lead)[1:3]
    where = f"/leads/L-{lead.number}/treatment"
    assert dana.post(f"{where}/{one.id}", {"do": "cancel", "why": "ill"}).status_code == 303
    slot = tokens(unescape(dana.get(f"{where}/{two.id}", {"from": "2027-01-11"}).content.decode()))[0]
    assert dana.post(f"{where}/{two.id}", {"do": "move", "slot": slot}).status_code == 303
    others = Appointment.objects.filter(lead=lead, status="booked", service="treatment").exclude(id=two.id)
    others.update(status="cancelled", why="ill", status_at=clock.now())
    jobs.sweep()
    sweep_at(set_clock, at_ten(day_of(two) - timedelta(days=1)))
    assert reminders(mailbox) == []
    two.refresh_from_db()
    sweep_at(set_clock, at_ten(day_of(two) - timedelta(days=1)))
    (said,) = reminders(mailbox)
    assert named(two) in said


def test_by_the_link_they_say_that_they_come_to_what_is_near(
    lead: Lead, set_clock: Clock, mailbox: Mailbox
) -> None:
    _, first, *others = course(lead)
    sweep_at(set_clock, at_ten(day_of(first) - timedelta(days=3)))
    family, link = opened(lead)
    html = unescape(family.get(link).content.decode())
    assert html.count(f"{link}/later/") == 5 and " minutes with " in html and "We come: " in html
    assert family.post(link, {"do": "come_later"}).status_code == 303
    first.refresh_from_db()
    assert first.confirmed_at is not None and others[-1].confirmed_at is None
    assert Event.objects.filter(lead=lead, name="visit_confirmed").exists()
    assert "You said that you come" in family.get(f"{link}/later/{first.id}").content.decode()


def test_by_the_link_one_is_cancelled_with_a_reason_and_the_others_stay(lead: Lead) -> None:
    one = course(lead)[1]
    family, link = opened(lead)
    there = f"{link}/later/{one.id}"
    assert "The others stay" in family.get(f"{there}/cancel").content.decode()
    assert family.post(f"{there}/cancel", {}).status_code == 422
    gone = family.post(f"{there}/cancel", {"why": "no_ride"})
    assert gone.status_code == 303
    assert "That visit is cancelled; the others stay" in family.get(gone["Location"]).content.decode()
    assert [row.why for row in course(lead) if row.status == "cancelled"] == ["no_ride"]
    event = Event.objects.get(lead=lead, name="treatment_cancelled")
    assert event.data["why"] == "no_ride" and not event.actor.startswith("user:")
    assert Message.objects.filter(lead=lead, template="treatment_cancelled", status="wanted").count() == 1
    assert family.get(there)["Location"] == link, "what is over leads to what stands"


def test_what_they_cancel_by_themselves_is_one_task_until_somebody_has_called(
    lead: Lead, dana: Client, set_clock: Clock
) -> None:
    first, second, third, fourth = course(lead)[1:5]
    family, link = opened(lead)

    def cancel(row: Appointment, why: str) -> None:
        set_clock(clock.now() + timedelta(minutes=1))
        assert family.post(f"{link}/later/{row.id}/cancel", {"why": why}).status_code == 303

    def asked() -> list[Task]:
        return list(Task.objects.filter(lead=lead, status="open", kind="offer_again"))

    cancel(second, "no_ride")
    cancel(first, "ill")
    (task,) = asked()
    assert "They cancelled treatment of " in task.reason and " and 1 more on their page" in task.reason
    assert "(They are ill; They have no way to come)" in task.reason
    set_clock(clock.now() + timedelta(minutes=1))
    assert dana.post(f"/tasks/{task.id}/done", {"result": "told"}).status_code in (302, 303)
    assert asked() == []
    set_clock(first.ends_at)
    jobs.sweep()
    assert asked() == [], "nobody is asked again because the first of them would be over"
    where = f"/leads/L-{lead.number}/treatment/{fourth.id}"
    assert dana.post(where, {"do": "cancel", "why": "ill"}).status_code == 303
    assert asked() == [], "whoever cancels for them speaks with them"
    family, link = opened(lead)
    cancel(third, "better")
    (task,) = asked()
    assert "They are better" in task.reason and "more" not in task.reason


def test_by_the_link_one_is_moved_to_a_time_of_the_same_search(lead: Lead) -> None:
    one = course(lead)[1]
    family, link = opened(lead)
    there = f"{link}/later/{one.id}"
    answer = family.get(f"{there}/move")
    slots = tokens(answer.content.decode())
    assert answer.status_code == 200 and slots
    assert family.post(f"{there}/move", {"slot": slots[0]}).status_code == 303
    moved = Appointment.objects.get(id=one.id)
    assert moved.sequence == 1 and moved.starts_at != one.starts_at
    assert Message.objects.filter(lead=lead, template="treatment_moved", status="wanted").count() == 1


def test_nothing_of_them_stands_before_the_birth_date_and_none_of_another_lead_behind_it(lead: Lead) -> None:
    one, link = course(lead)[1], f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    for path in ("", "/move", "/cancel"):
        html = Client().get(f"{link}/later/{one.id}{path}").content.decode()
        assert "birth date" in html and " minutes with " not in html
    family, link = opened(lead)
    other = Appointment.objects.filter(lead=lead, service="evaluation").get()
    assert family.get(f"{link}/later/{other.id}/cancel")["Location"] == link


def test_whoever_missed_treatment_is_called_within_minutes_also_after_the_evaluation(
    lead: Lead, dana: Client, set_clock: Clock
) -> None:
    one = course(lead)[0]
    set_clock(one.starts_at + timedelta(minutes=15))
    assert dana.post(f"/calendar/visits/{one.id}", {"do": "missed"}).status_code == 303
    task = Task.objects.get(lead=lead, kind="call_missed_treatment", status="open")
    assert timedelta(minutes=9) < task.due_at - clock.now() <= timedelta(minutes=10)
    html = unescape(dana.get(f"/leads/L-{lead.number}").content.decode())
    assert "ask whether they are safe" in html and "are you well" in html and "Find another time" in html
    assert dana.post(f"/calendar/visits/{one.id}", {"do": "arrived"}).status_code == 303
    assert "call_missed_treatment" not in kinds(lead), "who came after all was not missed"
