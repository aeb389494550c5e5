"""A group session: the desk opens it, leads that fit join by a seat and leave, full says so, closing offers again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests.journeys.test_booking import kinds, page, press, tokens
from tests.journeys.test_treatment_together import treatment
from tests.people import FAMILY, but

from firstvisit.journey.booking.offering import named_by
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.practice.queries import resource_names
from firstvisit.steps.booking.models import Appointment, Claim, Group
from firstvisit.steps.booking.spans import moment

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
TZ = ZoneInfo("America/Chicago")
LIST = "/calendar/groups?site=madison"


@pytest.fixture
def first(arrive: Arrive, dana: Client, tuesday: datetime) -> Appointment:
    """A first visit that is booked, so that its therapist leads the group."""
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    return Appointment.objects.get(lead=lead)


def said(first: Appointment, **changes: str) -> dict[str, str]:
    assert first.clinician is not None
    day = first.starts_at.date() + timedelta(days=7)
    whole = {
        "kind": "group", "program": "", "clinician": first.clinician.slug, "room": "", "on": day.isoformat(),
        "at": "10:00", "seats": "1", "weeks": "2",
    }  # fmt: skip
    return whole | changes


def opened(desk: Client, first: Appointment, **changes: str) -> list[Group]:
    """Sessions at the first hour of that day at which the therapist is open."""
    for hour in ("10:00", "09:00", "11:00", "13:00", "14:00"):
        if desk.post(LIST, said(first, at=hour, **changes)).status_code == 303:
            break
    return list(Group.objects.order_by("starts_at"))


def join(desk: Client, lead: Lead, *sessions: Group) -> int:
    chosen = {"do": "join", "group": [str(each.id) for each in sessions]}
    return desk.post(f"/leads/L-{lead.number}/treatment", chosen).status_code


def offered(html: str) -> set[str]:
    return set(re.findall(r'name="group" value="([^"]+)"', html))


def test_the_desk_opens_a_weekly_group_and_a_lead_that_fits_joins_all_of_it(first: Appointment, dana: Client) -> None:
    sessions = opened(dana, first)
    assert len(sessions) == 2 and sessions[1].starts_at - sessions[0].starts_at == timedelta(days=7)
    assert Claim.objects.filter(group__in=sessions).count() == 2
    assert offered(treatment(dana, first.lead)) == {str(each.id) for each in sessions}
    for _ in range(2):
        assert join(dana, first.lead, *sessions) == 303
    seats = Appointment.objects.filter(lead=first.lead, service="group")
    assert [row.status for row in seats] == ["booked"] * 2
    assert Event.objects.get(lead=first.lead, name="group_joined").data["visits"] == "2"
    assert "has a seat" in treatment(dana, first.lead) and "1 of 1 seats taken" in dana.get(LIST).content.decode()
    whole = dana.get(f"/leads/L-{first.lead.number}").content.decode()
    assert "Joined a group: " in whole
    section = whole.partition("<h2>First visit")[2].partition("</section>")[0]
    assert section.count("booked") == 1, "a seat in a group is no first visit"
    assert "a seat in a group" in treatment(dana, first.lead)


def test_a_session_at_the_hour_of_another_visit_of_theirs_is_not_offered_and_refused(
    first: Appointment, dana: Client
) -> None:
    one, two = opened(dana, first)
    assert offered(treatment(dana, first.lead)) == {str(one.id), str(two.id)}
    Appointment.objects.filter(id=first.id).update(
        starts_at=one.starts_at + timedelta(minutes=15), ends_at=one.ends_at + timedelta(minutes=15)
    )
    assert offered(treatment(dana, first.lead)) == {str(two.id)}
    assert join(dana, first.lead, one) == 409
    assert not Appointment.objects.filter(lead=first.lead, service="group").exists()


def test_a_seat_is_moved_to_no_session_at_the_hour_of_another_visit_of_theirs(first: Appointment, dana: Client) -> None:
    one, two, three = opened(dana, first, weeks="3")
    assert join(dana, first.lead, one) == 303
    seat = Appointment.objects.get(lead=first.lead, service="group")
    visit = {"service": "treatment", "starts_at": two.starts_at, "ends_at": two.ends_at}
    Appointment.objects.filter(id=first.id).update(**visit)
    html = dana.get(f"/leads/L-{first.lead.number}/treatment/{seat.id}").content.decode()
    assert [moment(named_by(each).start) for each in tokens(html)] == [three.starts_at]


def test_a_full_group_says_so_and_nobody_sits_twice(first: Appointment, arrive: Arrive, dana: Client) -> None:
    one, two = opened(dana, first)
    other = arrive(but(FAMILY, patient={"first_name": "Otis", "last_name": "Underhill"}))
    assert join(dana, first.lead, one) == 303
    html = treatment(dana, other)
    assert "full" in html and offered(html) == {str(two.id)}
    assert join(dana, other, one, two) == 409
    assert not Appointment.objects.filter(lead=other).exists(), "all of the chosen or none"
    seat = Appointment.objects.get(lead=first.lead, service="group")
    leave = dana.post(f"/leads/L-{first.lead.number}/treatment/{seat.id}", {"do": "cancel", "why": "ill"})
    assert leave.status_code == 303
    assert join(dana, other, one) == 303


def test_a_group_of_another_program_is_not_offered(first: Appointment, dana: Client) -> None:
    sessions = opened(dana, first, program="pelvic_health")
    assert sessions and offered(treatment(dana, first.lead)) == set()
    assert join(dana, first.lead, *sessions) == 422


def test_closing_a_session_cancels_its_seats_writes_and_wants_another_offered(first: Appointment, dana: Client) -> None:
    one, two = opened(dana, first, seats="4")
    assert join(dana, first.lead, one) == 303
    address = f"/calendar/groups/{one.id}/close?site=madison"
    assert dana.post(address, {}).status_code == 422
    answer = dana.post(address, {"why": "clinician_away"})
    assert answer.status_code == 303
    assert f"L-{first.lead.number}" in unescape(dana.get(answer["Location"]).content.decode())
    one.refresh_from_db()
    assert one.cancelled_at is not None and not Claim.objects.filter(group=one).exists()
    assert Message.objects.filter(lead=first.lead, template="treatment_cancelled", status="wanted").count() == 1
    task = Task.objects.get(lead=first.lead, kind="offer_again", status="open")
    assert "a seat in a group" in task.reason
    assert join(dana, first.lead, one) == 409
    assert join(dana, first.lead, two) == 303
    assert "offer_again" not in kinds(first.lead), "another seat answers it"


def test_who_sits_in_it_is_named_beside_the_code_to_whom_names_are_seen(first: Appointment, dana: Client) -> None:
    (one, *_) = opened(dana, first, seats="4")
    assert join(dana, first.lead, one) == 303
    code = f"L-{first.lead.number}"
    html = unescape(dana.get(LIST).content.decode())
    assert f"Mirabelle Quisenberry <small>{code}</small>" in html
    row = AuditRow.objects.filter(verb="viewed", subjects__contains=[str(first.lead.id)]).order_by("id").last()
    assert row is not None and row.subject_kind == "visit", "whose names were shown is in the log"
    answer = dana.post(f"/calendar/groups/{one.id}/close?site=madison", {"why": "clinician_away"})
    assert f"Mirabelle Quisenberry ({code})" in unescape(dana.get(answer["Location"]).content.decode())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "x"}, "Choose the kind"),
        ({"clinician": "nobody"}, "Choose the therapist"),
        ({"on": ""}, "Enter the first day"),
        ({"at": "x"}, "Enter when it begins"),
        ({"at": "03:00"}, "is not open for all of it"),
        ({"seats": "0"}, "1 to 30 seats"),
        ({"weeks": "40"}, "weekly up to 26"),
        ({"on": "2026-11-26", "weeks": "1"}, "closed on that day"),
        ({"on": "2028-05-03"}, "too far ahead. Visits are booked 90 days ahead: begin by Mon Feb 22, 2027"),
        ({"on": "9999-12-31", "weeks": "26"}, "too far ahead"),
        ({"program": "x"}, "Choose the program"),
    ],
)
def test_what_cannot_be_opened_is_said_in_words_and_nothing_is(
    first: Appointment, dana: Client, changes: dict[str, str], says: str
) -> None:
    answer = dana.post(LIST, said(first, **changes))
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not Group.objects.exists()


def test_a_therapist_who_is_taken_in_one_of_the_weeks_opens_none(first: Appointment, dana: Client) -> None:
    sessions = opened(dana, first)
    day = date.fromisoformat(said(first)["on"]) - timedelta(days=7)
    local = sessions[0].starts_at.astimezone(TZ).strftime("%H:%M")
    answer = dana.post(LIST, said(first, on=day.isoformat(), at=local, seats="2", weeks="2", program="pelvic_health"))
    assert answer.status_code == 422 and Group.objects.count() == 2


def test_a_refused_opening_names_who_is_taken_and_speaks_of_no_opening_before(first: Appointment, dana: Client) -> None:
    local = opened(dana, first)[0].starts_at.astimezone(TZ) + timedelta(minutes=15)
    answer = dana.post(f"{LIST}&opened=2", said(first, at=local.strftime("%H:%M")))
    html, name = answer.content.decode(), resource_names()[said(first)["clinician"]]
    assert answer.status_code == 422 and f"{name} is taken on" in html
    assert "Nothing was changed" in html and "sessions are open" not in html


def test_a_group_that_is_open_there_otherwise_is_named_and_the_same_again_is_the_same(
    first: Appointment, dana: Client
) -> None:
    one, two = opened(dana, first)
    local = one.starts_at.astimezone(TZ).strftime("%H:%M")
    assert dana.post(LIST, said(first, at=local)).status_code == 303, "pressed twice"
    for changes in ({"room": "madison_gym"}, {"seats": "4"}, {"program": "early_language"}):
        answer = dana.post(LIST, said(first, at=local, **changes))
        html = unescape(answer.content.decode())
        assert answer.status_code == 422 and "A group is open there already on" in html
        assert "without a room, with 1 seat, for every program. To have it otherwise, close it first" in html
    assert {each.id for each in Group.objects.all()} == {one.id, two.id}
    assert Claim.objects.filter(group=one).count() == 1


def test_each_of_the_weeks_that_were_opened_is_listed_and_can_be_closed(first: Appointment, dana: Client) -> None:
    sessions = opened(dana, first, weeks="26")
    html = dana.get(LIST).content.decode()
    assert len(sessions) > 20 and all(str(each.id) in html for each in sessions)
    address = f"/calendar/groups/{sessions[-1].id}/close?site=madison"
    assert dana.post(address, {"why": "site_closed"}).status_code == 303
    assert len(offered(treatment(dana, first.lead))) < 14, "a lead joins those that are booked ahead"


def test_whoever_works_at_another_site_opens_none_here(
    first: Appointment, dana: Client, browser: Callable[[str], Client]
) -> None:
    assert browser("reggie").get(LIST).status_code == 404
    assert browser("reggie").post(LIST, said(first)).status_code == 404
    assert opened(dana, first) and AuditRow.objects.filter(verb="group_opened").count() == 1
