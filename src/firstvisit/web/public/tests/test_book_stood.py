"""What is said on a family's page is about the visit and the time that stood on it; what changed meanwhile is shown."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from firstvisit.journey import own_visit
from firstvisit.journey.booking import offering, visits
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Event, Lead
from firstvisit.practice.models import User
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment
from firstvisit.web.public.tests.pages import page
from firstvisit.web.public.tests.test_book import BORN, booked, buttons, lead, link, mother, other

__all__ = ["lead", "mother"]
pytestmark = pytest.mark.django_db
CHANGED = "This has changed since you opened the page."


def stood(response: Any) -> dict[str, str]:
    """What the page's form says stood on it."""
    (mark,) = set(re.findall(r'name="shown" value="([^"]+)"', page(response)))
    return {"shown": mark}


def desk() -> User:
    return User.objects.get(email="dana@cedarstreet.example.org")


def moved(visit: Appointment, number: int = 0) -> Appointment:
    """The desk moves it while the family's page is open."""
    found = offering.offers(visit.lead, now=clock.now(), count=12, moving=visit).offers
    return visits.move(visit, found[number].token, by=desk(), actor=SYSTEM)


def near(mother: Client, lead: Lead) -> Appointment:
    """A visit so near that they are asked whether they come."""
    visit = booked(mother, lead)
    clock.move(visit.starts_at - timedelta(days=2) - clock.now())
    mother.post(link(lead), BORN)
    return visit


def test_that_they_come_is_about_the_time_that_stood_on_the_page(lead: Lead, mother: Client) -> None:
    visit = near(mother, lead)
    said = {"do": "come", **stood(mother.get(link(lead)))}
    after = moved(visit)
    answer = mother.post(link(lead), said, follow=True)
    assert CHANGED in page(answer) and "You said that you come" not in page(answer)
    after.refresh_from_db()
    assert after.confirmed_at is None and not Event.objects.filter(name="visit_confirmed").exists()
    if "We come" in page(answer):
        again = mother.post(link(lead), {"do": "come", **stood(answer)}, follow=True)
        assert "You said that you come" in page(again)


def test_that_they_cancel_is_about_the_time_that_stood_on_the_page(lead: Lead, mother: Client) -> None:
    visit = booked(mother, lead)
    there = f"{link(lead)}/cancel"
    said = {"why": "ill", **stood(mother.get(there))}
    after = moved(visit)
    for typed in (said, {**said, "why": ""}):
        answer = mother.post(there, typed, follow=True)
        assert CHANGED in page(answer) and "Cancel the visit?" in page(answer)
        after.refresh_from_db()
        assert after.status == "booked"
    again = mother.post(there, {"why": "ill", **stood(answer)}, follow=True)
    assert "The visit is cancelled." in page(again)


def test_that_they_move_is_about_the_time_that_stood_on_the_page_and_a_second_tap_is_the_first(
    lead: Lead, mother: Client
) -> None:
    visit = booked(mother, lead)
    there = f"{link(lead)}/move"
    opened = mother.get(there)
    after = moved(visit, 5)
    answer = mother.post(there, {"slot": buttons(opened)[0], **stood(opened)}, follow=True)
    assert CHANGED in page(answer) and "Your time stays yours until you choose another" in page(answer)
    before = after.starts_at
    after.refresh_from_db()
    assert after.starts_at == before
    said = {"slot": buttons(answer)[0], **stood(answer)}
    for _ in range(2):
        assert "It is moved." in page(mother.post(there, said, follow=True))


def test_of_a_visit_that_was_cancelled_and_booked_anew_nothing_is_said(lead: Lead, mother: Client) -> None:
    visit = near(mother, lead)
    said = {"do": "come", **stood(mother.get(link(lead)))}
    visits.cancel(visit, why="practice_other", by=desk(), actor=SYSTEM)
    gone = mother.post(link(lead), said, follow=True)
    assert CHANGED in page(gone) and buttons(gone)
    booked(mother, lead)
    assert CHANGED in page(mother.post(link(lead), said, follow=True))
    assert not Appointment.objects.filter(confirmed_at__isnull=False).exists()


def test_a_second_tap_on_cancel_says_that_it_is_cancelled(lead: Lead, mother: Client) -> None:
    booked(mother, lead)
    there = f"{link(lead)}/cancel"
    said = {"why": "ill", **stood(mother.get(there))}
    for _ in range(2):
        assert "The visit is cancelled." in page(mother.post(there, said, follow=True))


def test_a_hold_that_became_another_one_is_not_booked_unseen(lead: Lead, mother: Client) -> None:
    first, second, *_ = offering.offers(lead, now=clock.now(), count=12).offers
    held = visits.hold(lead, first.token, by=desk(), actor=SYSTEM)
    said = {"do": "take", **stood(mother.get(link(lead)))}
    visits.let_go(held, by=desk(), actor=SYSTEM)
    assert CHANGED in page(mother.post(link(lead), said, follow=True))
    visits.hold(lead, second.token, by=desk(), actor=SYSTEM)
    assert CHANGED in page(mother.post(link(lead), said, follow=True))
    assert not Appointment.objects.filter(status="booked").exists()


def test_whose_hold_was_left_for_another_visit_reads_that_visit(lead: Lead, mother: Client) -> None:
    first, *_, second = offering.offers(lead, now=clock.now(), count=12).offers
    visits.hold(lead, first.token, by=desk(), actor=SYSTEM)
    said = {"do": "take", **stood(mother.get(link(lead)))}
    visits.book(lead, second.token, by=desk(), actor=SYSTEM, door="desk")
    answer = mother.post(link(lead), said, follow=True)
    shown = page(answer)
    assert "You have a visit already: this is it." in shown and "Move it" in shown and "your therapist" not in shown


def test_a_time_that_has_gone_where_none_is_left_promises_no_next_best(lead: Lead, mother: Client) -> None:
    token = buttons(mother.get(link(lead)))[0]
    for number in range(99, 140):
        if not (offered := offering.offers(lead, now=clock.now(), count=200).offers):
            break
        for each in offered:
            try:
                claims.book(each.slot, other(lead, number), each.want, made_by="desk", now=clock.now())
            except claims.Taken:
                continue
            break
    answer = mother.post(link(lead), {"slot": token})
    shown = page(answer)
    assert answer.status_code == 409 and "That time has just gone to somebody else." in shown
    assert "No time fits just now" in shown and "next best" not in shown


def test_only_what_is_booked_can_be_moved_or_cancelled(lead: Lead, mother: Client) -> None:
    how = "Move or cancel with this link, any time."
    assert how not in page(mother.get(link(lead)))
    visit = booked(mother, lead)
    assert how in page(mother.get(link(lead)))
    clock.move(visit.starts_at + timedelta(minutes=5) - clock.now())
    mother.post(link(lead), BORN)
    shown = page(mother.get(link(lead)))
    assert "It has begun" in shown and how not in shown and "Move it" not in shown and "We come" not in shown


def test_a_visit_that_has_begun_is_not_moved_and_the_page_says_so(lead: Lead, mother: Client) -> None:
    visit = booked(mother, lead)
    there = f"{link(lead)}/move"
    opened = mother.get(there)
    clock.move(visit.starts_at + timedelta(minutes=5) - clock.now())
    mother.post(link(lead), BORN)
    for answer in (
        mother.post(there, {"slot": buttons(opened)[0], **stood(opened)}, follow=True),
        mother.get(there, follow=True),
        mother.post(link(lead), {"do": "come"}, follow=True),
    ):
        shown = page(answer)
        assert "It has begun" in shown and "You said that you come" not in shown
    visit.refresh_from_db()
    assert visit.sequence == 0 and visit.confirmed_at is None


def test_a_hold_is_let_go_without_a_reason_and_times_stand_there(lead: Lead, mother: Client) -> None:
    offer = offering.offers(lead, now=clock.now()).offers[0]
    visits.hold(lead, offer.token, by=desk(), actor=SYSTEM)
    opened = mother.get(link(lead))
    assert "Cancel it" not in page(opened) and "Other times instead" in page(opened)
    answer = mother.post(link(lead), {"do": "let_go", **stood(opened)}, follow=True)
    assert "We keep that time no longer." in page(answer) and buttons(answer) and "calendar" not in page(answer)
    assert Event.objects.filter(name="visit_lapsed").count() == 1
    assert mother.get(f"{link(lead)}/cancel").status_code == 303


CLOSED = {"closed_how": "duplicate", "look_again_at": None}


def test_the_visit_of_a_duplicate_is_said_to_come_moved_and_cancelled_by_the_family(
    lead: Lead, mother: Client
) -> None:
    visit = near(mother, lead)
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now(), **CLOSED)
    assert "You said that you come" in page(mother.post(link(lead), {"do": "come"}, follow=True))
    there = f"{link(lead)}/move"
    answer = mother.post(there, {"slot": buttons(mother.get(there))[0]}, follow=True)
    assert "It is moved." in page(answer)
    asked = page(mother.get(f"{link(lead)}/cancel"))
    assert "You can choose another time afterwards" not in asked
    gone = page(mother.post(f"{link(lead)}/cancel", {"why": "ill"}, follow=True))
    assert "The visit is cancelled." in gone and "This request has ended" in gone and "calendar" in gone
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_whose_request_was_closed_reads_so_whatever_they_press(lead: Lead, mother: Client) -> None:
    visit = near(mother, lead)
    opened = [mother.get(f"{link(lead)}{path}") for path in ("", "/move", "/cancel")]
    home, moving, cancelling = map(stood, opened)
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now(), **{**CLOSED, "closed_how": "patient_declined"})
    for path, said in (
        ("", {"do": "come", **home}),
        ("/move", {"slot": buttons(opened[1])[0], **moving}),
        ("/cancel", {"why": "ill", **cancelling}),
        ("/when", {"times": ["mon_pm"], "token": "v" * 32}),
    ):
        shown = page(mother.post(f"{link(lead)}{path}", said, follow=True))
        assert "This request has ended" in shown, path
    visit.refresh_from_db()
    assert (visit.status, visit.sequence, visit.confirmed_at) == ("booked", 0, None)
    assert own_visit.visit_of(lead, now=clock.now()) == visit
