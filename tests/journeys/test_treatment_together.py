"""At the desk: the first visit and the first weeks of treatment in one press, all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.journeys.test_booking import page, press, tokens
from tests.journeys.test_what_stands_in_the_way import AT_HOME, works
from tests.people import FAMILY, but

from firstvisit.leads.models import Event, Lead
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment, Claim
from firstvisit.steps.booking.tests.slots import WANT, slot

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]


def treatment(desk: Client, lead: Lead, **asked: str) -> str:
    answer = desk.get(f"/leads/L-{lead.number}/treatment", asked)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def pattern(html: str) -> str:
    best, *_ = re.findall(r'name="pattern" value="([^"]+)"', html)
    return str(best)


def book(desk: Client, lead: Lead, token: str) -> Any:
    return desk.post(f"/leads/L-{lead.number}/treatment", {"pattern": token})


def test_treatment_is_booked_after_the_first_visit_in_a_steady_pattern(
    arrive: Arrive, dana: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    assert "looked for after the first visit" in treatment(dana, lead)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    html = treatment(dana, lead, a_week="1", weeks="4")
    assert "4 visits from" in html
    for _ in range(2):
        assert book(dana, lead, pattern(html)).status_code == 303
    first = Appointment.objects.get(lead=lead, service="evaluation")
    rows = list(Appointment.objects.filter(lead=lead, service="treatment").order_by("starts_at"))
    assert len(rows) == 4 and {row.series for row in (first, *rows)} == {first.series}
    assert len({(row.starts_at.weekday(), row.starts_at.hour, row.clinician_id) for row in rows}) == 1
    assert Event.objects.get(lead=lead, name="treatment_booked").data["visits"] == 4
    assert treatment(dana, lead).count("booked</span>") == 4
    assert "Move here" in page(dana, lead), "what moves is the first visit"


def test_each_of_three_patterns_has_a_book_of_its_own(arrive: Arrive, dana: Client, tuesday: datetime) -> None:
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    html = treatment(dana, lead, a_week="2", weeks="3")
    offered = re.findall(r'name="pattern" value="([^"]+)"><button class="main" data-key="(\d)"', html)
    assert [key for _, key in offered] == ["1", "2", "3"] and "book that pattern" in html
    said = re.findall(r"<li><div><b>([^<]+)</b><span>(\d+) visits from", html)
    assert len({words for words, _ in said}) == 3
    assert book(dana, lead, offered[2][0]).status_code == 303
    assert book(dana, lead, offered[2][0]).status_code == 303, "pressed twice"
    rows = Appointment.objects.filter(lead=lead, service="treatment")
    assert rows.count() == int(said[2][1])
    site = practice().sites["madison"]
    assert {f"{row.starts_at.astimezone(site.tz):%A}s" for row in rows} == set(re.findall(r"\w+days", said[2][0]))


def test_more_goes_on_after_what_stands_and_two_visits_on_one_day_are_said(
    arrive: Arrive, dana: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    assert book(dana, lead, pattern(treatment(dana, lead, a_week="1", weeks="4"))).status_code == 303
    rows = list(Appointment.objects.filter(lead=lead, service="treatment").order_by("starts_at"))
    tz = practice().sites["madison"].tz
    html = treatment(dana, lead, a_week="1", weeks="2", more="1")
    assert "two visits on one day" not in html
    assert book(dana, lead, pattern(html)).status_code == 303
    later = Appointment.objects.filter(lead=lead, service="treatment").exclude(id__in=[row.id for row in rows])
    assert later.count() == 2 and min(row.starts_at for row in later) > rows[-1].starts_at
    asked = {"more": "1", "from": rows[0].starts_at.astimezone(tz).date().isoformat()}
    assert "two visits on one day" in treatment(dana, lead, a_week="5", weeks="1", **asked)


def test_another_therapist_or_day_to_begin_is_asked_for_on_the_page(
    arrive: Arrive, dana: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    *_, (slug, name) = re.findall(r'<option value="(\w+)">([^<]+)</option>', treatment(dana, lead, a_week="1"))
    html = treatment(dana, lead, a_week="1", **{"from": "2026-12-14", "with": slug})
    assert f'<option value="{slug}" selected>' in html
    assert set(re.findall(r"visits from [^<]+, with ([^;]+);", html)) == {name}
    found = re.findall(r"visits from \w+ (\w+) (\d+)", html)
    assert found and all((month, int(day)) >= ("Dec", 14) for month, day in found)


def test_at_home_one_day_a_week_is_called_the_hours_and_not_full(arrive: Arrive, dana: Client) -> None:
    lead = arrive(AT_HOME)
    works("home")
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    html = treatment(dana, lead, a_week="2")
    assert "Twice a week cannot be found: hours for visits at home are on one day of a week." in html
    assert "Once a week would begin on Mon " in html and "is full" not in html
    (again,) = re.findall(r'href="(\?a_week=1[^"]+)"', html)
    html = unescape(dana.get(f"/leads/L-{lead.number}/treatment{again}").content.decode())
    assert "4 visits from" in html and "; at home" in html
    html = treatment(dana, lead, a_week="1", weeks="12", **{"from": "2027-01-15"})
    assert "are longer than the" in html and "is full" not in html
    html = treatment(dana, lead, a_week="1", weeks="4", **{"from": "2031-01-01"})
    assert "The day from which it would begin is too far ahead: visits are booked 90 days ahead." in html
    assert "are longer than the" not in html


def test_treatment_by_video_has_a_pattern_too(arrive: Arrive, dana: Client, tuesday: datetime) -> None:
    lead = arrive(but(FAMILY, program="voice", setting="telehealth"))
    assert lead.facts.setting == "telehealth"
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    assert book(dana, lead, pattern(treatment(dana, lead, a_week="1", weeks="3"))).status_code == 303
    rows = Appointment.objects.filter(lead=lead)
    assert {(row.service, row.setting) for row in rows} == {("evaluation", "telehealth"), ("treatment", "telehealth")}


def test_the_first_visit_and_its_treatment_in_one_press_or_nothing(
    arrive: Arrive, dana: Client, tuesday: datetime
) -> None:
    lead, other = arrive(FAMILY), arrive(but(FAMILY, patient={"first_name": "Otis", "last_name": "Underhill"}))
    time = tokens(page(dana, lead))[0]
    token = pattern(treatment(dana, lead, slot=time, a_week="2", weeks="3"))
    again = pattern(treatment(dana, other, slot=time, a_week="2", weeks="3"))
    assert book(dana, lead, token).status_code == 303
    assert Appointment.objects.filter(lead=lead).count() == 7 and Claim.objects.count() >= 7
    assert Event.objects.filter(lead=lead, name__in=("visit_booked", "treatment_booked")).count() == 2
    answer = book(dana, other, again)
    assert answer.status_code == 409 and "nothing was booked" in answer.content.decode()
    assert not Appointment.objects.filter(lead=other).exists()


def test_one_of_the_times_taken_meanwhile_books_nothing(arrive: Arrive, dana: Client, tuesday: datetime) -> None:
    lead, other = arrive(FAMILY), arrive(but(FAMILY, patient={"first_name": "Otis", "last_name": "Underhill"}))
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    html = treatment(dana, lead, a_week="1", weeks="2", more="1")
    assert book(dana, lead, pattern(html)).status_code == 303
    last = Appointment.objects.filter(lead=lead, service="treatment").latest("starts_at")
    for row in Appointment.objects.filter(lead=lead, service="treatment"):
        claims.cancel(row, why="by_mistake", now=tuesday)
    assert last.clinician_id is not None
    known = WANT._replace(service="treatment")
    claims.book(slot(last.starts_at, last.clinician_id), other, known, made_by="desk", now=tuesday)
    assert book(dana, lead, pattern(html)).status_code == 409
    assert Appointment.objects.filter(lead=lead, status="booked").count() == 1


def test_what_is_no_pattern_is_refused_in_words(arrive: Arrive, dana: Client, tuesday: datetime) -> None:
    lead = arrive(FAMILY)
    assert book(dana, lead, "x").status_code == 422
    answer = dana.get(f"/leads/L-{lead.number}/treatment", {"a_week": "9"})
    assert answer.status_code == 422 and "visits a week" in answer.content.decode()
    assert dana.get("/leads/L-999999/treatment").status_code == 404
