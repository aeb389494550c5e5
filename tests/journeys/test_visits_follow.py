"""A visit goes where its request goes: merged, parted again, said to be somebody else's, erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_not_this_person import COUSIN
from tests.journeys.test_possible_matches import HALE, MISTYPED
from tests.journeys.test_registration_out import book
from tests.people import FAMILY, MAY_EMAIL, but

from firstvisit.journey import invariants, merging
from firstvisit.journey.advancing import advance
from firstvisit.journey.parting import not_this_person
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.people.models import PossibleMatch
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import claims, privacy
from firstvisit.steps.booking.merging import follow
from firstvisit.steps.booking.models import Appointment, Claim, Outgoing
from firstvisit.steps.booking.tests.slots import WANT, resource, slot
from firstvisit.steps.intake.models import Part

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]


@pytest.fixture
def dana(staff: Callable[[str], User], tuesday: datetime) -> User:
    return staff("dana")


def booked(lead: Lead, *, days: int = 8, therapist: str = "priya_raman") -> Appointment:
    begins = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    row = claims.book(slot(begins, resource(therapist)), lead, WANT, made_by="desk", now=clock.now())
    advance([lead.id])
    return row


def where(row: Appointment) -> Lead:
    return Appointment.objects.select_related("lead").get(id=row.id).lead


def sound() -> None:
    assert not list(invariants.booked_once(invariants.Scope(clock.now(), None)))  # type: ignore[arg-type]


def test_the_lead_with_a_visit_is_the_one_that_stays(arrive: Arrive, dana: User) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    row, told = booked(second), Outgoing.objects.count()
    merging.same_person(PossibleMatch.objects.get(), dana, actor=SYSTEM)
    first.refresh_from_db()
    assert (first.stage, where(row)) == ("closed", second)
    assert Outgoing.objects.count() == told


def test_of_two_visits_the_second_goes_along_and_comes_back(arrive: Arrive, dana: User) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    one, two = booked(first), booked(second, days=9)
    told = Outgoing.objects.count()
    merging.same_person(PossibleMatch.objects.get(), dana, actor=SYSTEM)
    assert {where(one), where(two)} == {first} and Claim.objects.count() == 2
    advance([first.id])
    assert told and Outgoing.objects.count() == told, "what the EMR was told is not told again"
    with pytest.raises(Conflict):
        claims.cancel(two, why="ill", now=clock.now())  # as it was seen before the merge
    merging.undo(PossibleMatch.objects.get(), dana, reason="His father of the same name", actor=SYSTEM)
    assert (where(one), where(two)) == (first, second)
    assert claims.cancel(two, why="ill", now=clock.now()).status == "cancelled"
    sound()


@pytest.fixture
def both(arrive: Arrive, dana: User, browser: Callable[[str], Client]) -> tuple[Lead, Client]:
    """One lead into which another went, each with a first visit to come."""
    first, second = arrive(HALE), arrive(MISTYPED)
    booked(first)
    booked(second, days=9)
    merging.same_person(PossibleMatch.objects.get(), dana, actor=SYSTEM)
    return first, browser("dana")


def asked(lead: Lead) -> list[str]:
    return list(Task.objects.filter(lead=lead, kind="booked_twice", status="open").values_list("reason", flat=True))


def press(desk: Client, lead: Lead, **said: str) -> int:
    return desk.post(f"/leads/L-{lead.number}/visit", said).status_code


def test_of_two_first_visits_somebody_keeps_one_and_the_other_is_cancelled(both: tuple[Lead, Client]) -> None:
    lead, desk = both
    one, two = Appointment.objects.order_by("starts_at")
    (reason,) = asked(lead)
    assert reason.count("with Priya Raman") == 2 and reason.startswith("Booked twice")
    assert {one.status, two.status} == {"booked"}, "nothing decides by itself"
    html = desk.get(f"/leads/L-{lead.number}/visit").content.decode()
    assert html.count('value="keep"') == 2
    for _ in range(2):
        assert press(desk, lead, do="keep", visit=str(two.id)) == 303
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, one.why, two.status) == ("cancelled", "booked_twice", "booked")
    assert asked(lead) == [] and 'value="keep"' not in desk.get(f"/leads/L-{lead.number}/visit").content.decode()
    assert Event.objects.filter(lead=lead, name="visit_cancelled", subject_id=one.id).count() == 1
    assert Outgoing.objects.filter(appointment=one, what="cancelled").count() <= 1
    assert press(desk, lead, do="keep", visit=str(one.id)) == 409


def test_the_family_is_told_which_of_the_two_stays(
    arrive: Arrive, dana: User, browser: Callable[[str], Client]
) -> None:
    writes = {"contact__email": "robert.halvorsgaard@example.org", "consents": MAY_EMAIL}
    first, second = arrive(but(HALE, **writes)), arrive(but(MISTYPED, **writes))
    one, two = booked(first), booked(second, days=9)
    Appointment.objects.update(made_by="family")
    merging.same_person(PossibleMatch.objects.get(), dana, actor=SYSTEM)
    lead, desk = where(one), browser("dana")
    before = set(Message.objects.filter(lead=lead).values_list("template", "cause_id"))
    assert press(desk, lead, do="keep", visit=str(two.id)) == 303
    letter = Message.objects.get(template="visit_twice", status="wanted")
    assert letter.cause_id == one.id
    waits = Message.objects.filter(lead=lead, status="wanted").exclude(template="visit_reminder")
    assert {(each.template, each.cause_id) for each in waits} - before == {("visit_twice", one.id)}, "one letter"
    page = desk.get(f"/leads/L-{lead.number}").content.decode()
    assert "First visit cancelled" in page and "by the family" not in page, "the desk did it"


def test_the_page_says_which_of_two_first_visits_is_moved_and_moves_that_one(
    arrive: Arrive, dana: User, browser: Callable[[str], Client]
) -> None:
    desk, lead, other = browser("dana"), arrive(FAMILY), arrive(HALE)
    first, along = book(desk, lead), booked(other, days=30)
    Appointment.objects.filter(id=along.id).update(discipline=first.discipline)
    follow(other, lead)
    one, two = Appointment.objects.order_by("starts_at")
    for asked, meant in (("", one), (f"?moving={two.id}", two)):
        page = desk.get(f"/leads/L-{lead.number}/visit{asked}").content.decode()
        day = meant.starts_at.astimezone(practice().sites[meant.site].tz)
        assert f"These times move the first visit of {day:%a} {day:%b} {day.day}," in page
        assert f'<option value="{meant.id}" selected>' in page
        pressed = page.split('<ol class="times">')[1].split("</ol>")[0]
        assert f'name="visit" value="{meant.id}"' in pressed
        assert pressed.count('name="visit"') == pressed.count(f'value="{meant.id}"')


def test_they_may_come_to_both(both: tuple[Lead, Client]) -> None:
    lead, desk = both
    assert press(desk, lead, do="both") == 303
    assert asked(lead) == [] and Appointment.objects.filter(status="booked").count() == 2


def test_a_merge_that_is_undone_asks_no_more(both: tuple[Lead, Client], dana: User) -> None:
    lead, _ = both
    assert asked(lead)
    merging.undo(PossibleMatch.objects.get(), dana, reason="His father of the same name", actor=SYSTEM)
    assert asked(lead) == [] and Appointment.objects.filter(status="booked").count() == 2


def test_a_visit_of_somebody_else_goes_to_their_own_request(arrive: Arrive, dana: User) -> None:
    arrive(HALE)
    lead = arrive(COUSIN)
    row = booked(lead)
    item = Part.objects.filter(lead=lead).latest("id").item_id
    before = where(row)
    other = not_this_person(lead, dana, item=item, reason="He is the cousin", actor=SYSTEM)
    lead.refresh_from_db()
    assert other != lead
    assert where(row) == (before if lead.closed_at is None else other)
    sound()


def test_erased_the_calendar_keeps_counts_and_frees_what_was_to_come(arrive: Arrive, dana: User) -> None:
    lead = arrive(HALE)
    row = booked(lead)
    assert privacy.let_go([lead], at=clock.now()) == 1
    row.refresh_from_db()
    assert (row.status, row.why, Claim.objects.count()) == ("cancelled", "lead_closed", 0)
    sound()
