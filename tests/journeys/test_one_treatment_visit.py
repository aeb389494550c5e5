"""One visit of treatment is moved or cancelled by itself: from Treatment, the first visit's page and the Calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.journeys.test_booking import kinds, page, press, tokens
from tests.journeys.test_treatment_decided import course, first, lead
from tests.journeys.test_treatment_together import book, pattern, treatment
from tests.people import but, surgeon

from firstvisit.journey import own_visit
from firstvisit.journey.booking import offering
from firstvisit.journey.booking.ended import ended
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Event, Lead
from firstvisit.messages.models import Message
from firstvisit.practice.queries import practice, resource_slugs
from firstvisit.steps.booking import claims, supplying
from firstvisit.steps.booking.models import Appointment, Claim, Outgoing
from firstvisit.steps.booking.shapes import Slot
from firstvisit.steps.booking.spans import minute
from firstvisit.steps.booking.taking import Taken

__all__ = ["lead"]
pytestmark = pytest.mark.django_db


def address(lead: Lead, row: Appointment) -> str:
    return f"/leads/L-{lead.number}/treatment/{row.id}"


def shown(desk: Client, lead: Lead, row: Appointment, **asked: str) -> str:
    answer = desk.get(address(lead, row), asked)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_one_visit_is_moved_with_the_same_therapist_and_the_others_stay(lead: Lead, dana: Client) -> None:
    one, *others = course(lead)
    assert address(lead, one) in treatment(dana, lead) and address(lead, one) in page(dana, lead)
    slot = tokens(shown(dana, lead, one))[0]
    for _ in range(2):
        assert dana.post(address(lead, one), {"do": "move", "slot": slot}).status_code == 303
    moved = Appointment.objects.get(id=one.id)
    assert moved.starts_at != one.starts_at and moved.sequence == 1 and moved.series == one.series
    assert resource_slugs()[moved.clinician_id or 0] == resource_slugs()[one.clinician_id or 0], "who knows them"
    assert [row.starts_at for row in others] == [row.starts_at for row in course(lead) if row.id != one.id]
    assert Event.objects.get(lead=lead, name="treatment_moved").data["from"] == one.starts_at.isoformat()
    assert Message.objects.get(lead=lead, template="treatment_moved", status="wanted").cause_id == one.id
    (told,) = Outgoing.objects.filter(appointment=one)
    assert (told.what, told.tries) == ("booked", 0), "the EMR had not heard of it before"
    assert "Treatment moved: " in dana.get(f"/leads/L-{lead.number}").content.decode()


def test_no_other_time_lies_before_the_evaluation(lead: Lead, dana: Client) -> None:
    one = course(lead)[0]
    evaluated = first(lead).starts_at
    for token in tokens(shown(dana, lead, one)):
        assert dana.post(address(lead, one), {"do": "move", "slot": token}).status_code == 303
        one.refresh_from_db()
        assert one.starts_at.date() > evaluated.date()
    assert "decide_treatment" not in kinds(lead)


def test_an_assistant_can_be_chosen_for_treatment_and_never_for_an_evaluation(
    arrive: Callable[[Any], Lead], dana: Client, tuesday: datetime
) -> None:
    lead = arrive(but(surgeon(tuesday.date()), program="orthopedic", events=[], concern="A stiff knee"))
    choice = '<option value="tyler_novak"'
    assert choice not in page(dana, lead)
    assert press(dana, lead, "book", slot=tokens(page(dana, lead))[0]) == 303
    assert book(dana, lead, pattern(treatment(dana, lead, a_week="1", weeks="4"))).status_code == 303
    one = course(lead)[0]
    assert choice in shown(dana, lead, one)
    asked = shown(dana, lead, one, **{"with": "tyler_novak"})
    assert f"{choice} selected>" in asked and len(tokens(asked)) > 0
    assert asked.count("with Tyler Novak, PTA") == len(tokens(asked))


def test_a_day_on_which_they_come_already_says_so(lead: Lead, dana: Client) -> None:
    one, other, *_ = course(lead)
    day = other.starts_at.astimezone(practice().sites[other.site].tz).date().isoformat()
    asked = shown(dana, lead, one, **{"from": day, "until": day})
    assert len(tokens(asked)) > 0
    assert asked.count("they have a visit that day at") + asked.count("They have a visit that day at") == len(
        tokens(asked)
    )


def test_a_day_on_which_they_come_already_is_offered_to_the_desk_alone_and_when_it_asks_for_that_day(
    lead: Lead, dana: Client
) -> None:
    one, other, *_ = course(lead)
    tz = practice().sites[other.site].tz
    day = other.starts_at.astimezone(tz).date()

    def days_of(html: str) -> set[date]:
        return {offering.moment(offering.named_by(each).start).astimezone(tz).date() for each in tokens(html)}

    around = {"from": (day - timedelta(days=1)).isoformat(), "until": (day + timedelta(days=1)).isoformat()}
    assert days_of(shown(dana, lead, one, **around)) == {day - timedelta(days=1), day + timedelta(days=1)}
    that_day = shown(dana, lead, one, **{"from": day.isoformat(), "until": day.isoformat()})
    assert days_of(that_day) == {day}
    family, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    assert family.post(link, {"birth": "09/14/2023"}).status_code == 303
    there = f"{link}/later/{one.id}/move"
    assert day not in days_of(family.get(there, {"more": "1"}).content.decode())
    (slot, *_) = tokens(that_day)
    assert family.post(there, {"slot": slot}).status_code == 409, "nor by a time that an older page shows"
    assert dana.post(address(lead, one), {"do": "move", "slot": slot}).status_code == 303


def test_nobody_is_in_two_places_at_once(lead: Lead, dana: Client) -> None:
    one, other, *_ = course(lead)
    until = minute(one.ends_at)
    free = next(each for each in tokens(shown(dana, lead, one)) if offering.named_by(each).start >= until)
    assert dana.post(address(lead, other), {"do": "move", "slot": free}).status_code == 303
    other.refresh_from_db()
    for token in tokens(shown(dana, lead, one, **{"with": ""})):
        start = offering.moment(offering.named_by(token).start)
        assert start + (one.ends_at - one.starts_at) <= other.starts_at or other.ends_at <= start
    refused = dana.post(address(lead, one), {"do": "move", "slot": free})
    assert refused.status_code == 409
    assert "They have another visit of their own at that time" in refused.content.decode()
    begins, ends, who = minute(other.starts_at) + 15, minute(other.ends_at) + 15, one.clinician_id or 0
    at = Slot(begins, ends, (begins, ends), other.site, other.setting, who, (who,), 0, ())
    Claim.objects.filter(appointment=other).delete()  # as if it were another therapist's
    with pytest.raises(Taken) as no, transaction.atomic():
        claims.move(one, at, now=clock.now())
    assert no.value.why == "own"


def test_what_stands_is_listed_by_day(lead: Lead, dana: Client) -> None:
    shown_first = page(dana, lead).partition("What stands")[2]
    listed = [shown_first.index(str(row.id)) for row in course(lead)]
    assert listed == sorted(listed)


def test_one_visit_is_cancelled_with_a_reason_and_frees_its_time(lead: Lead, dana: Client) -> None:
    one = course(lead)[1]
    assert dana.post(address(lead, one), {"do": "cancel"}).status_code == 422
    assert dana.post(address(lead, one), {"do": "cancel", "why": "no_ride"}).status_code == 303
    assert len(course(lead)) == 3 and not Claim.objects.filter(appointment=one).exists()
    assert Event.objects.get(lead=lead, name="treatment_cancelled").data["why"] == "no_ride"
    assert Message.objects.get(lead=lead, template="treatment_cancelled", status="wanted").cause_id == one.id
    assert first(lead).status == "booked"


def test_after_the_evaluation_has_closed_the_lead_its_treatment_is_still_moved(
    lead: Lead, dana: Client, set_clock: Callable[[datetime], None]
) -> None:
    visit = first(lead)
    set_clock(visit.ends_at + timedelta(hours=1))
    with transaction.atomic():
        locked = Lead.objects.select_for_update().get(id=lead.id)
        ended(locked, "evaluation_completed", visit.starts_at.date(), actor=SYSTEM, source="hl7", now=clock.now())
    lead.refresh_from_db()
    assert lead.closed_how == "evaluated"
    one = course(lead)[0]
    slot = tokens(shown(dana, lead, one))[0]
    assert dana.post(address(lead, one), {"do": "move", "slot": slot}).status_code == 303
    assert Appointment.objects.get(id=one.id).sequence == 1
    assert Message.objects.filter(lead=lead, template="treatment_moved", status="wanted").count() == 1
    assert dana.post(address(lead, one), {"do": "cancel", "why": "ill"}).status_code == 303
    assert Appointment.objects.get(id=one.id).status == "cancelled"


def test_the_page_says_in_words_what_is_wrong(lead: Lead, dana: Client, tuesday: datetime) -> None:
    one = course(lead)[0]
    assert one.clinician is not None
    day = one.starts_at.date()
    supplying.add_change(
        one.clinician, what="away", first=(day, None), last=(day, None), why="course", by=None, actor=SYSTEM,
        now=tuesday,
    )  # fmt: skip
    assert "is away." in shown(dana, lead, one)


def test_the_calendar_leads_to_the_page_of_one_visit(lead: Lead, dana: Client) -> None:
    one = course(lead)[0]
    html = dana.get("/calendar", {"site": one.site, "view": "day", "on": one.starts_at.date().isoformat()})
    assert re.findall(rf'href="({address(lead, one)})"', html.content.decode())


def test_a_visit_of_somebody_else_s_lead_is_nowhere(
    lead: Lead, dana: Client, browser: Callable[[str], Client]
) -> None:
    one = course(lead)[0]
    assert browser("reggie").get(address(lead, one)).status_code == 404
    assert dana.get(address(lead, first(lead))).status_code == 404
    assert dana.post(address(lead, one), {"do": "move", "slot": "x"}).status_code == 422
    assert press(dana, lead, "cancel", visit=str(one.id), why="ill") == 303


def test_treatment_that_is_over_took_place_and_is_no_evaluation(lead: Lead, dana: Client) -> None:
    Appointment.objects.filter(id=course(lead)[0].id).update(status="completed")
    html = treatment(dana, lead)
    assert "took place" in html and "evaluation done" not in html


def test_once_its_hour_has_come_what_became_of_it_is_said_there_and_no_other_times_are_promised(
    lead: Lead, dana: Client, set_clock: Callable[[datetime], None]
) -> None:
    one, other, *_ = course(lead)
    before = shown(dana, lead, one)
    assert "Other times" in before and 'value="arrived"' not in before
    set_clock(one.starts_at - timedelta(minutes=30))
    near = shown(dana, lead, one)
    assert "Other times" in near and 'value="arrived"' in near and 'value="missed"' not in near
    set_clock(one.ends_at + timedelta(minutes=5))
    over = shown(dana, lead, one)
    assert "Other times" not in over and "Say what became of it" in over
    assert 'value="arrived"' in over and 'value="missed"' in over and 'value="cancel"' not in over
    assert dana.post(address(lead, one), {"do": "missed"}).status_code == 303
    one.refresh_from_db()
    assert one.status == "missed"
    said = shown(dana, lead, one)
    assert "This visit cannot be changed any more" in said and 'value="arrived"' not in said
    set_clock(other.starts_at + timedelta(minutes=5))
    for do, status in (("arrived", "arrived"), ("left", "left")):
        assert f'value="{do}"' in shown(dana, lead, other)
        assert dana.post(address(lead, other), {"do": do}).status_code == 303
        other.refresh_from_db()
        assert other.status == status
