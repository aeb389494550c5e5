"""A session of a group whose therapist, room or site is not open for it any more: nobody joins it, it is listed under
Supply whether or not somebody sits in it, and one press closes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from tests.journeys.test_booking import kinds
from tests.journeys.test_groups import LIST, first, join, offered, opened
from tests.journeys.test_treatment_together import treatment

from firstvisit.messages.models import Message
from firstvisit.steps.booking.models import Appointment, Claim, Group

__all__ = ["first"]
pytestmark = pytest.mark.django_db
UNFIT = "/supply/unfit"


@pytest.fixture
def mei(browser: Callable[[str], Client], first: Appointment) -> Client:
    return browser("mei")


def read(client: Client, address: str = UNFIT) -> str:
    return unescape(client.get(address).content.decode())


def away(client: Client, slug: str, day: date) -> str:
    """A day away of a therapist or a room; where that leads."""
    said = {"why": "vacation", "first_day": day.isoformat(), "last_day": day.isoformat()}
    answer = client.post(f"/supply/of/{slug}/away", said)
    assert answer.status_code == 303
    return answer.headers["Location"]


def takes(first: Appointment) -> str:
    assert first.clinician is not None
    return first.clinician.slug


@pytest.mark.parametrize("what", ["away", "closed", "left"])
def test_a_session_of_whoever_is_not_there_is_no_time_and_is_listed_though_nobody_sits_in_it(
    first: Appointment, dana: Client, mei: Client, what: str
) -> None:
    one, two = opened(dana, first, seats="4")
    day = one.starts_at.date()
    if what == "away":
        went = away(mei, takes(first), day)
    elif what == "closed":
        said = {"site": "madison", "why": "weather", "first_day": day.isoformat()}
        went = mei.post("/supply/close", said).headers["Location"]
    else:
        said = {"last_day": (two.starts_at.date() - timedelta(days=1)).isoformat()}
        went = mei.post(f"/supply/of/{takes(first)}/terms", said).headers["Location"]
        one, two = two, one
    assert went.startswith(UNFIT), "whoever enters it is told of it at once"
    html = read(mei, went)
    assert str(one.id) in html and str(two.id) not in html and "0 of 4 seats taken" in html
    assert "1 session of a group to come no longer fits" in html and "1 session of a group" in read(mei, "/supply")
    assert offered(treatment(dana, first.lead)) == {str(two.id)}
    answer = dana.post(f"/leads/L-{first.lead.number}/treatment", {"do": "join", "group": [str(one.id)]})
    assert answer.status_code == 422 and "is not open for this group any more" in answer.content.decode()
    assert not Appointment.objects.filter(service="group").exists()


def test_a_room_that_is_away_takes_its_sessions_and_their_seats_with_it(
    first: Appointment, dana: Client, mei: Client
) -> None:
    one, two = opened(dana, first, seats="4", room="madison_gym")
    assert Claim.objects.filter(group=one).count() == 2 and join(dana, first.lead, one) == 303
    seat = Appointment.objects.get(service="group")
    html = read(mei, away(mei, "madison_gym", one.starts_at.date()))
    assert str(seat.id) in html and str(one.id) in html and str(two.id) not in html
    assert "1 visit and 1 session of a group to come no longer fit" in html
    assert html.count("Gym, Madison is away") == 2


def test_one_press_closes_a_session_without_a_place_and_offers_its_seats_another(
    first: Appointment, dana: Client, mei: Client, browser: Callable[[str], Client]
) -> None:
    one, two = opened(dana, first, seats="4")
    assert join(dana, first.lead, one) == 303
    away(mei, takes(first), one.starts_at.date())
    assert f'name="session" value="{one.id}"' in read(dana), "whoever may offer times may close it"
    answer = dana.post(UNFIT, {"session": [str(one.id), str(two.id)]})
    html = read(dana, answer.headers["Location"])
    assert "1 session closed" in html and f"L-{first.lead.number}" in html and "Every visit to come fits" in html
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.cancelled_at is not None and two.cancelled_at is None, "what fits is left alone"
    assert Appointment.objects.get(service="group").why == "clinician_away"
    assert Message.objects.filter(lead=first.lead, template="treatment_cancelled").count() == 1
    assert "offer_again" in kinds(first.lead)
    assert dana.post(UNFIT, {"session": ["x"]}).status_code == 404


def test_hours_of_other_programs_alone_leave_a_session_without_a_place(
    first: Appointment, dana: Client, mei: Client
) -> None:
    one, _ = opened(dana, first, seats="4")
    hours = {"begins": "08:00", "ends": "17:00", "every": "1", "days": [str(one.starts_at.weekday())]}
    said = {"what": "clinic", "first_day": one.starts_at.date().isoformat(), "programs": ["pelvic_health"], **hours}
    went = mei.post(f"/supply/of/{takes(first)}/hours", said).headers["Location"]
    assert went.startswith(UNFIT) and str(one.id) in read(mei, went)


def test_a_room_that_a_session_takes_is_retired_at_the_second_press(
    first: Appointment, dana: Client, mei: Client
) -> None:
    sessions = opened(dana, first, seats="4", room="madison_gym")
    assert join(dana, first.lead, sessions[0]) == 303
    address = "/practice/resources/of/madison_gym/retire"
    assert "1 visit to come" in read(mei, address)
    answer = mei.post(address, {})
    assert answer.status_code == 422
    html = unescape(answer.content.decode())
    assert "1 visit to come would no longer fit" in html and "2 sessions of groups would no longer fit" in html
    assert mei.post(address, {"knowing": "1"}).headers["Location"].startswith(UNFIT)
    assert "1 visit and 2 sessions of groups to come no longer fit" in read(mei)


def test_a_session_at_another_site_is_not_listed_for_whoever_does_not_work_there(
    first: Appointment, dana: Client, mei: Client, browser: Callable[[str], Client]
) -> None:
    one, _ = opened(dana, first, seats="4")
    away(mei, takes(first), one.starts_at.date())
    assert Group.objects.get(id=one.id).cancelled_at is None and LIST.endswith("madison")
    assert str(one.id) not in read(browser("reggie"))
