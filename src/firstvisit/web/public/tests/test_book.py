"""A family's own page of its visit: what it shows to whom, and everything that is done there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from icalendar import Calendar

from firstvisit.journey import own_visit
from firstvisit.journey.booking import offering, visits
from firstvisit.journey.guarding import restrict
from firstvisit.journey.jobs import sweep
from firstvisit.journey.status_mail import links_for
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.leads.services import read
from firstvisit.messages.models import Message
from firstvisit.people.models import Guardian
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy, practice
from firstvisit.practice.services import publish_policy
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.links import GOOD_FOR, OPEN_FOR, book_mark
from firstvisit.steps.booking.models import Appointment, Claim
from firstvisit.web.public.book.browser import COOKIE
from firstvisit.web.public.tests.pages import links, page
from firstvisit.web.public.tests.test_request import MIA, ROSA, both

pytestmark = pytest.mark.django_db
BORN = {"birth": "02/08/2024"}


@pytest.fixture
def lead(visitor: Client) -> Lead:
    """Mia, whose mother asked by the form on a Tuesday morning."""
    clock.move(datetime.fromisoformat("2026-11-24T15:00:00+00:00") - clock.now())
    both(visitor)
    return Lead.objects.get()


def link(lead: Lead) -> str:
    return f"/book/{own_visit.mark_of(lead, at=clock.now())}"


@pytest.fixture
def mother(lead: Lead) -> Client:
    """A browser in which the birth date was given."""
    client = Client()
    assert client.post(link(lead), BORN).status_code == 303
    return client


def desk() -> User:
    return User.objects.get(email="dana@cedarstreet.example.org")


def buttons(response: Any) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', page(response))


def booked(mother: Client, lead: Lead, number: int = 0) -> Appointment:
    tokens = buttons(mother.get(link(lead)))
    assert mother.post(link(lead), {"slot": tokens[number]}).status_code == 303
    return Appointment.objects.get(status="booked")


def test_nothing_is_shown_before_the_birth_date_is_given(lead: Lead) -> None:
    for path in ("", "/move", "/cancel", "/when", "/visit.ics"):
        answer = Client().get(link(lead) + path)
        shown = page(answer)
        assert answer.status_code == 200 and "The patient's birth date" in shown
        assert not any(word in shown for word in ("Mia", "Delgado", "speech", "am<", "pm<"))
        assert "no-store" in answer["Cache-Control"] and answer["X-Robots-Tag"] == "noindex"


def test_three_times_stand_there_after_it_and_more_on_a_tap(lead: Lead, mother: Client) -> None:
    answer = mother.get(link(lead))
    shown = page(answer)
    assert "Choose Mia’s first visit" in shown and len(buttons(answer)) == 3
    assert "214 Cedar Street, Madison" in shown and "Times are Central time." in shown
    assert "Delgado" not in shown
    more = mother.get(f"{link(lead)}{links(answer, '?more')[0]}")
    assert len(buttons(more)) > 3


def test_a_link_sent_on_to_others_shows_them_nothing(lead: Lead, mother: Client) -> None:
    address = link(lead)
    assert "Mia" in page(mother.get(address))
    assert "Mia" not in page(Client().get(address))


def test_the_browser_is_asked_again_after_half_an_hour(lead: Lead, mother: Client) -> None:
    clock.move(OPEN_FOR + timedelta(seconds=1))
    assert "Mia" not in page(mother.get(link(lead)))


def test_it_is_closed_on_this_device(lead: Lead, mother: Client) -> None:
    assert "The page is closed on this device." in page(mother.post(link(lead), {"do": "close"}))
    assert "Mia" not in page(mother.get(link(lead)))


def test_the_cookie_is_named_and_kept_for_half_an_hour(lead: Lead) -> None:
    morsel = Client().post(link(lead), BORN).cookies[COOKIE]
    assert morsel["max-age"] == 1800 and morsel["httponly"] and morsel["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("02/09/2024", "This is not the birth date that we have"), ("", "Enter the birth date"), ("soon", "date")],
)
def test_another_birth_date_opens_nothing(lead: Lead, typed: str, said: str) -> None:
    answer = Client().post(link(lead), {"birth": typed})
    assert answer.status_code == 422 and said in page(answer) and COOKIE not in answer.cookies


def guess(lead: Lead, address: str, typed: str) -> HttpResponse:
    return Client(REMOTE_ADDR=address).post(link(lead), {"birth": typed})  # type: ignore[return-value]


def test_who_guesses_is_stopped_until_tomorrow_and_the_family_elsewhere_is_not(lead: Lead) -> None:
    guesses = [guess(lead, "192.0.2.7", f"01/0{n + 1}/2024").status_code for n in range(7)]
    assert guesses == [422] * 6 + [429]
    shut = guess(lead, "192.0.2.7", BORN["birth"])
    assert shut.status_code == 429 and "Try again tomorrow" in page(shut)
    assert guess(lead, "192.0.2.8", BORN["birth"]).status_code == 303
    clock.move(timedelta(seconds=int(shut["Retry-After"])))
    assert guess(lead, "192.0.2.7", BORN["birth"]).status_code == 303, "the page and its header say when"


def test_many_addresses_try_eighteen_birth_dates_a_day(lead: Lead) -> None:
    guesses = [guess(lead, f"192.0.2.{n // 6}", f"01/{n + 1:02}/2024").status_code for n in range(19)]
    assert guesses == [422] * 18 + [429]
    assert guess(lead, "192.0.2.99", BORN["birth"]).status_code == 429


@pytest.mark.parametrize("typed", ["", " ", "soon", "02/08/2024"])
def test_nothing_what_is_no_date_and_the_right_one_are_no_tries(lead: Lead, typed: str) -> None:
    for _ in range(10):
        assert guess(lead, "192.0.2.7", typed).status_code != 429
    assert guess(lead, "192.0.2.7", BORN["birth"]).status_code == 303


def test_links_that_are_old_or_not_ours_lead_nowhere_kindly(lead: Lead) -> None:
    address = link(lead)
    assert Client().get("/book/none-of-ours").status_code == 404
    clock.move(GOOD_FOR + timedelta(seconds=1))
    answer = Client().get(address)
    assert answer.status_code == 404 and "This link does not open" in page(answer)


def test_a_tap_books_and_a_second_tap_changes_nothing(lead: Lead, mother: Client) -> None:
    token = buttons(mother.get(link(lead)))[0]
    for _ in range(2):
        answer = mother.post(link(lead), {"slot": token})
        assert answer.status_code == 303
    visit = Appointment.objects.get()
    assert (visit.status, visit.made_by, visit.lead) == ("booked", "family", lead)
    assert Event.objects.filter(lead=lead, name="visit_booked").count() == 1
    shown = page(mother.get(answer["Location"]))
    assert "Mia’s first visit" in shown and "Thank you: it is booked." in shown and "We come" not in shown


def test_another_time_tapped_in_another_window_is_said_kindly(lead: Lead, mother: Client) -> None:
    tokens = buttons(mother.get(link(lead)))
    mother.post(link(lead), {"slot": tokens[0]})
    answer = mother.post(link(lead), {"slot": tokens[1]}, follow=True)
    assert "You have a visit already" in page(answer)
    assert Appointment.objects.filter(status="booked").count() == 1


def other(lead: Lead, number: int) -> Lead:
    """Another lead, for whose visit somebody of ours takes a time."""
    row = Lead.objects.get(id=lead.id)
    row.pk, row.number = None, number
    row.id = type(lead)._meta.pk.get_default()
    row.save(force_insert=True)
    return row


def test_a_time_that_has_gone_meanwhile_brings_the_next_best(lead: Lead, mother: Client) -> None:
    offered = offering.offers(lead, now=clock.now()).offers
    first = offered[0]
    claims.book(first.slot, other(lead, 99), first.want, made_by="desk", now=clock.now())
    answer = mother.post(link(lead), {"slot": first.token})
    shown = page(answer)
    assert answer.status_code == 409 and "has just gone to somebody else" in shown
    assert buttons(answer) and first.token not in buttons(answer)
    assert not Appointment.objects.filter(lead=lead).exists()


@pytest.mark.parametrize("later", [timedelta(days=15), timedelta(days=100)])
def test_an_offer_that_is_too_old_brings_the_best_of_now(lead: Lead, mother: Client, later: timedelta) -> None:
    token = buttons(mother.get(link(lead)))[0]
    clock.move(later)
    fresh = Client()
    fresh.post(link(lead), BORN)
    answer = fresh.post(link(lead), {"slot": token})
    assert answer.status_code == 409 and not Appointment.objects.exists()
    assert "These are the best times now." in page(answer) or "next best" in page(answer)


def test_a_token_that_is_not_ours_books_nothing(lead: Lead, mother: Client) -> None:
    assert mother.post(link(lead), {"slot": "x" * 900}).status_code == 409
    assert not Appointment.objects.exists() and not Claim.objects.exists()


def test_once_its_hour_has_come_no_second_first_visit_is_chosen(lead: Lead, mother: Client) -> None:
    tokens = buttons(mother.get(f"{link(lead)}?more=1"))
    visit = booked(mother, lead)
    for moment, status in (
        (visit.starts_at + timedelta(minutes=5), "arrived"),
        (visit.ends_at + timedelta(days=1), "booked"),
    ):
        clock.move(moment - clock.now())
        Appointment.objects.filter(id=visit.id).update(status=status)
        mother.post(link(lead), BORN)
        shown = page(mother.get(link(lead)))
        assert "Your first visit: " in shown and not buttons(mother.get(link(lead)))
        answer = mother.post(link(lead), {"slot": tokens[-1]})
        assert answer.status_code == 409 and "call us" in page(answer)
    assert Appointment.objects.count() == 1


def test_times_that_are_not_those_they_told_us_say_so(lead: Lead, mother: Client) -> None:
    answer = mother.post(f"{link(lead)}/when", {"times": ["sat_pm"], "from": "", "until": ""}, follow=True)
    shown = page(answer)
    assert "None is free at the times you told us" in shown and "These times fit" not in shown
    days = [each.starts_at for each in own_visit.by_day(offering.offers(lead, now=clock.now(), count=12).offers)]
    assert len(buttons(mother.get(f"{link(lead)}?more=1"))) == len(days) and days == sorted(days)


def test_they_say_that_they_come(lead: Lead, mother: Client) -> None:
    visit = booked(mother, lead)
    clock.move(visit.starts_at - timedelta(days=2) - clock.now())
    mother.post(link(lead), BORN)
    assert "We come" in page(mother.get(link(lead)))
    answer = mother.post(link(lead), {"do": "come"}, follow=True)
    assert "You said that you come." in page(answer) and "We come" not in page(answer)
    assert Appointment.objects.get().confirmed_at is not None


def test_it_is_moved_and_stays_the_same_visit(lead: Lead, mother: Client) -> None:
    before = booked(mother, lead)
    answer = mother.get(f"{link(lead)}/move")
    assert "Your time stays yours until you choose another" in page(answer)
    again = mother.post(f"{link(lead)}/move", {"slot": buttons(answer)[0]}, follow=True)
    assert "It is moved." in page(again)
    after = Appointment.objects.get()
    assert after.id == before.id and after.starts_at != before.starts_at and after.sequence == before.sequence + 1


def test_it_is_cancelled_with_a_reason_and_times_stand_there_again(lead: Lead, mother: Client) -> None:
    booked(mother, lead)
    assert mother.post(f"{link(lead)}/cancel", {}).status_code == 422
    answer = mother.post(f"{link(lead)}/cancel", {"why": "ill"}, follow=True)
    assert "The visit is cancelled." in page(answer) and buttons(answer)
    visit = Appointment.objects.get()
    assert (visit.status, visit.why) == ("cancelled", "ill") and not Claim.objects.exists()
    assert mother.post(f"{link(lead)}/cancel", {"why": "ill"}).status_code == 303, "twice changes nothing"


def test_a_reason_that_is_ours_is_not_theirs_to_give(lead: Lead, mother: Client) -> None:
    booked(mother, lead)
    assert mother.post(f"{link(lead)}/cancel", {"why": "clinician_left"}).status_code == 422
    assert Appointment.objects.get().status == "booked"


def test_what_we_held_becomes_theirs(lead: Lead, mother: Client) -> None:
    offer = offering.offers(lead, now=clock.now()).offers[0]
    visits.hold(lead, offer.token, by=desk(), actor=SYSTEM)
    assert "We keep this time for you until" in page(mother.get(link(lead)))
    assert "Thank you: it is booked." in page(mother.post(link(lead), {"do": "take"}, follow=True))


def test_none_fits_and_they_say_when(lead: Lead, mother: Client) -> None:
    assert mother.post(f"{link(lead)}/when", {"token": "w" * 32}).status_code == 422
    chosen = {"times": ["mon_pm", "wed_pm"], "from": "780", "until": "960", "token": "v" * 32}
    answer = mother.post(f"{link(lead)}/when", chosen, follow=True)
    assert "We keep what you told us, and looked again." in page(answer)
    fresh = Lead.objects.select_related("reading__key").get()
    assert set(read(fresh.reading).availability or ()) >= {"mon_pm", "wed_pm"}
    assert Event.objects.get(name="visit_hours_stated").data == {"from": 780, "until": 960}
    found = offering.offers(lead, now=clock.now(), count=40).offers
    fits = [each for each in found if "stated_times" in [why.code for why in each.slot.why]]
    assert fits and all(each.starts_at.hour in (13, 14, 15) for each in fits), "whoever looks later reads it too"


def test_hours_stand_on_the_page_and_are_taken_back_there(lead: Lead, mother: Client) -> None:
    where = f"{link(lead)}/when"
    mother.post(where, {"from": "780", "token": "v" * 32})
    assert read(Lead.objects.select_related("reading__key").get().reading).hours == "13:00-24:00"
    assert '<option value="780" selected>1:00 pm</option>' in page(mother.get(where))
    mother.post(where, {"times": ["mon_pm"], "from": "", "until": "", "token": "w" * 32})
    assert offering.offers(lead, now=clock.now()).offers[0].want.between is None


def test_hours_that_run_backwards_are_named(lead: Lead, mother: Client) -> None:
    answer = mother.post(f"{link(lead)}/when", {"from": "960", "until": "780", "token": "v" * 32})
    assert answer.status_code == 422 and "choose a later one" in page(answer)


def test_the_visit_goes_into_a_calendar_and_out_again(lead: Lead, mother: Client) -> None:
    visit = booked(mother, lead)
    answer = mother.get(f"{link(lead)}/visit.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["DTSTART"].dt) == ("PUBLISH", visit.starts_at)
    assert event["DTSTART"].params["TZID"] == "America/Chicago" and len(calendar.walk("VTIMEZONE")) == 1
    assert event["ORGANIZER"] == f"mailto:{practice().identity.email}"
    assert b"Mia" not in answer.content and b"Delgado" not in answer.content
    mother.post(f"{link(lead)}/cancel", {"why": "ill"})
    gone = Calendar.from_ical(mother.get(f"{link(lead)}/visit.ics").content)
    (ended,) = gone.walk("VEVENT")
    assert (gone["METHOD"], ended["UID"]) == ("CANCEL", event["UID"]) and ended["SEQUENCE"] == event["SEQUENCE"] + 1
    assert ended["ORGANIZER"] == event["ORGANIZER"] and ended["DTSTART"].params == event["DTSTART"].params


def test_the_file_of_a_moved_visit_says_when_it_was_moved(lead: Lead, mother: Client) -> None:
    def event() -> Any:
        (found,) = Calendar.from_ical(mother.get(f"{link(lead)}/visit.ics").content).walk("VEVENT")
        return found

    booked(mother, lead)
    clock.move(timedelta(minutes=7))
    first, now = event(), clock.now()
    mother.post(f"{link(lead)}/move", {"slot": buttons(mother.get(f"{link(lead)}/move"))[0]})
    moved = event()
    assert moved["SEQUENCE"] > first["SEQUENCE"] and moved["UID"] == first["UID"]
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        assert moved[name].dt >= now.replace(microsecond=0) > first[name].dt, name
    clock.move(timedelta(minutes=7))
    mother.post(f"{link(lead)}/cancel", {"why": "ill"})
    assert event()["DTSTAMP"].dt > moved["DTSTAMP"].dt


def test_in_spanish(lead: Lead, mother: Client) -> None:
    shown = page(mother.get(f"{link(lead)}?lang=es"))
    assert "Elija la primera visita de Mia" in shown and "Ningún traductor ha revisado" in shown


def test_who_is_not_on_the_list_of_those_we_may_talk_to_opens_nothing(lead: Lead) -> None:
    address = link(lead)
    Guardian.objects.update(may_be_told=False)
    assert Client().get(address).status_code == 404


def test_a_closed_request_is_said_kindly_and_only_after_the_birth_date(lead: Lead) -> None:
    Lead.objects.update(closed_at=clock.now(), closed_how="patient_declined", look_again_at=None)
    client = Client()
    assert "ended" not in page(client.get(link(lead)))
    assert "This request has ended" in page(client.post(link(lead), BORN, follow=True))


def test_while_somebody_has_to_look_first_no_time_is_offered(lead: Lead, mother: Client) -> None:
    Lead.objects.update(outcome="clinician_review")
    answer = mother.get(link(lead))
    assert "We talk with you first" in page(answer) and not buttons(answer)


def test_every_view_and_every_wrong_date_is_in_the_log(lead: Lead) -> None:
    client = Client()
    client.post(link(lead), {"birth": "01/01/2020"})
    client.post(link(lead), BORN)
    assert AuditRow.objects.filter(verb="visit_refused", subjects__contains=[str(lead.id)]).count() == 1
    assert AuditRow.objects.filter(verb="viewed", why="visit", subjects__contains=[str(lead.id)]).count() == 1


def test_a_link_of_nobody_else_opens_another_s_page(lead: Lead, mother: Client) -> None:
    strange = f"/book/{book_mark(other(lead, 77).id, lead.contact_id, at=clock.now())}"
    assert "Mia" not in page(mother.get(strange))


def test_pages_need_no_script_and_a_constant_number_of_questions(
    lead: Lead, mother: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(60):
        answer = mother.get(f"{link(lead)}?more=1")
    assert not re.search(r"style=|<script|<style|onclick", page(answer))


def test_a_hold_that_ended_a_second_ago_is_still_theirs(lead: Lead, mother: Client) -> None:
    offer = offering.offers(lead, now=clock.now()).offers[0]
    held = visits.hold(lead, offer.token, by=desk(), actor=SYSTEM)
    assert held.held_until is not None
    clock.move(held.held_until - clock.now() + timedelta(seconds=1))
    assert "Thank you: it is booked." in page(mother.post(link(lead), {"do": "take"}, follow=True))


def test_a_hold_that_ended_and_went_to_somebody_else_brings_the_next_best(lead: Lead, mother: Client) -> None:
    offer = offering.offers(lead, now=clock.now()).offers[0]
    held = visits.hold(lead, offer.token, by=desk(), actor=SYSTEM)
    assert held.held_until is not None
    clock.move(held.held_until - clock.now() + timedelta(seconds=1))
    claims.book(offer.slot, other(lead, 99), offer.want, made_by="desk", now=clock.now())
    answer = mother.post(link(lead), {"do": "take"})
    assert answer.status_code == 409 and "has just gone to somebody else" in page(answer) and buttons(answer)


@pytest.fixture
def offers_by_itself(lead: Lead) -> None:
    """The practice offers times without anybody's press."""
    sections = live_policy().as_json()
    sections["switches"]["offer"] = "do"
    mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
    publish_policy(sections, note="offers", drafted_by=mei, signed_by=ruth)
    forget()


LEO = {**ROSA, "name": "Ana Ruiz", "phone": "(608) 555-0177", "email": "ana@example.org", "token": "c" * 32}
HIS = {**MIA, "patient_first_name": "Leo", "patient_last_name": "Ruiz", "token": "d" * 32}


@pytest.mark.usefixtures("offers_by_itself")
def test_the_form_ends_with_three_times_and_a_tap_books_one(visitor: Client) -> None:
    done = both(visitor, LEO, HIS)
    shown = page(done)
    assert "Choose your first visit now" in shown and len(buttons(done)) == 3
    assert "Leo" not in shown and "Ruiz" not in shown
    (action,) = set(re.findall(r'action="(/book/[^"]+)"', shown))
    answer = visitor.post(action, {"slot": buttons(done)[0]}, follow=True)
    assert "Thank you: it is booked." in page(answer) and "Leo’s first visit" in page(answer)
    assert Appointment.objects.get().made_by == "family"


@pytest.mark.usefixtures("offers_by_itself")
def test_the_form_s_last_page_sent_on_to_others_offers_them_nothing(visitor: Client) -> None:
    done = both(visitor, LEO, HIS)
    elsewhere = Client().get(done.request["PATH_INFO"])
    assert elsewhere.status_code == 200 and not buttons(elsewhere) and "/book/" not in page(elsewhere)


@pytest.mark.usefixtures("offers_by_itself")
@pytest.mark.parametrize("changes", [{"concern": "He cannot breathe and his lips are blue"}, {"birth_date": ""}])
def test_no_times_where_somebody_looks_first(visitor: Client, changes: dict[str, str]) -> None:
    assert not buttons(both(visitor, LEO, {**HIS, **changes}))


def test_no_times_on_the_last_page_while_a_person_is_to_press(lead: Lead, visitor: Client) -> None:
    assert not buttons(both(visitor, LEO, HIS))


@pytest.mark.usefixtures("offers_by_itself")
def test_back_on_the_form_s_last_page_the_booked_visit_stands_there(visitor: Client) -> None:
    last = both(visitor, LEO, HIS)
    address = last.request["PATH_INFO"] if hasattr(last, "request") else ""
    action = re.findall(r'action="(/book/[^"]+)"', page(last))[0]
    assert visitor.post(action, {"slot": buttons(last)[0]}).status_code == 303
    again = page(visitor.get(address))
    assert "Your first visit is booked for " in again and "calls or writes to you" not in again
    (theirs,) = set(re.findall(r'href="(/book/[^"]+)"', again))  # signed anew, so another text a second later
    assert "Cancel it" in page(visitor.get(theirs))


@pytest.mark.parametrize("times", [["tue_am", "thu_am"], ["tue_am"], []])
def test_the_first_three_are_those_that_a_dozen_would_give(visitor: Client, times: list[str]) -> None:
    clock.move(datetime.fromisoformat("2026-11-24T15:00:00+00:00") - clock.now())
    both(visitor, None, {**MIA, "times": times})
    lead, now = Lead.objects.get(), clock.now()
    dozen = own_visit.times_of(lead, now=now, count=12).offers
    three, more = own_visit.first_times(lead, now=now, count=3, most=12)
    assert [each.slot for each in three] == [each.slot for each in own_visit.spread(dozen, 3)] and len(three) == 3
    assert more is (len(dozen) > 3)


def test_whoever_asks_once_more_is_promised_a_call_that_comes_and_reads_nothing_of_the_visit(
    lead: Lead, mother: Client
) -> None:
    visit = booked(mother, lead)
    zone = practice().sites[visit.site].tz
    clock.move(timedelta(minutes=20))
    asked = clock.now()
    more = {**MIA, "concern": "She says only two words, we ask once more", "token": "d" * 32}
    last = page(both(Client(), {**ROSA, "token": "c" * 32}, more))
    ends = visit.ends_at.astimezone(zone)
    assert "calls or writes to you" in last and f"{ends.hour % 12 or 12}:{ends:%M}" not in last
    lead.refresh_from_db()
    assert Lead.objects.count() == 1
    sweep()
    (again,) = Task.objects.filter(lead=lead, status="open", kind="call_back")
    assert "asked again" in again.reason and asked < again.due_at < visit.starts_at
    at = again.due_at.astimezone(zone)
    assert f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < 12 else 'pm'} Central time" in last
    assert again.due_at <= asked + timedelta(minutes=practice().identity.answers_within_minutes + 1)
    (through,) = Task.objects.filter(lead=lead, status="open", kind="await_visit")
    assert through.due_at == visit.ends_at, "what sees the visit through waits for the visit"
    receipts = Message.objects.filter(lead=lead, template="receipt", status="wanted")
    assert receipts.count() <= 1


def test_whoever_moves_is_offered_other_half_days_first(lead: Lead, mother: Client) -> None:
    visit = booked(mother, lead)
    for token in buttons(mother.get(f"{link(lead)}/move")):
        named = offering.named_by(token)
        at = offering.moment(named.start).astimezone(practice().sites[visit.site].tz)
        own = visit.starts_at.astimezone(at.tzinfo)
        assert (at.date(), at.hour < 12) != (own.date(), own.hour < 12)


@pytest.mark.usefixtures("offers_by_itself")
def test_a_shared_tablet_offers_no_times_and_keeps_nothing(visitor: Client) -> None:
    visitor.get("/request?tablet=1")
    assert not buttons(both(visitor, LEO, HIS)) and COOKIE not in visitor.cookies


def test_three_times_are_a_choice_of_half_days(lead: Lead, mother: Client) -> None:
    offered = offering.offers(lead, now=clock.now(), count=12).offers
    three = own_visit.spread(offered, 3)
    assert len({(each.starts_at.date(), each.starts_at.hour < 12) for each in three}) == 3
    assert three == [each for each in offered if each in three], "in their order"
    assert own_visit.spread(offered[:1] * 3, 3) == list(offered[:1] * 3)


def test_a_partner_reads_that_it_is_scheduled_and_not_once_it_is_cancelled(lead: Lead, mother: Client) -> None:
    assert own_visit.scheduled_at(lead) is None
    visit = booked(mother, lead)
    assert own_visit.scheduled_at(lead) == visit.booked_at
    mother.post(f"{link(lead)}/cancel", {"why": "ill"})
    assert own_visit.scheduled_at(lead) is None


@pytest.mark.usefixtures("offers_by_itself")
def test_a_form_about_a_child_who_is_known_opens_nobody_s_visit(visitor: Client, mother: Client, lead: Lead) -> None:
    booked(mother, lead)
    another = Client()
    for name, reach in (("Rosa Delgado", "(608) 555-0142"), ("Kit Marlow", "(608) 555-0199")):
        said = {**ROSA, "name": name, "phone": reach, "token": "e" * 31 + name[0]}
        answer = both(another, said, {**MIA, "token": "f" * 31 + name[0]})
        assert not buttons(answer) and "/book/" not in page(answer) and COOKIE not in another.cookies
    assert "Mia" not in page(another.get(link(lead)))


def test_a_restriction_that_names_whoever_has_the_link_shuts_it(lead: Lead, mother: Client) -> None:
    address = link(lead)
    mei = User.objects.get(email="mei@cedarstreet.example.org")
    restrict(lead, mei, kind="may_not_be_told", person=str(lead.contact_id), address="", reason="asked", actor=SYSTEM)
    assert mother.get(address).status_code == 404, "also in a browser that had opened it"
    assert Client().post(address, BORN).status_code == 404


def test_the_link_of_the_letter_that_says_it_is_booked_leads_to_the_visit(lead: Lead, mother: Client) -> None:
    booked(mother, lead)
    letter = Message.objects.get(template="visit_booked")
    address = links_for([letter], now=clock.now())[letter.key]["link"]
    reader, path = Client(), address[address.index("/book/") :]
    reader.post(path, BORN)
    assert "Mia’s first visit" in page(reader.get(path))
