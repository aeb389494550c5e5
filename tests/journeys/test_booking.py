"""A lead is offered times and booked, at the desk: held, booked, moved, cancelled, missed; nobody twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, RED_FLAG, but

from firstvisit.journey import own_visit, verbs
from firstvisit.journey.booking import visits
from firstvisit.journey.booking.offering import Named, named_by, offers, token
from firstvisit.journey.jobs import send_wanted
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import ContactAttempt, Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.practice.models import Resource, User
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import supply
from firstvisit.steps.booking.models import Appointment, Change, Claim, Terms
from firstvisit.web.ui import words

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]


def page(desk: Client, lead: Lead, **asked: str) -> str:
    answer = desk.get(f"/leads/L-{lead.number}/visit", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def tokens(html: str) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', html)


def press(desk: Client, lead: Lead, do: str, **said: str) -> int:
    return desk.post(f"/leads/L-{lead.number}/visit", {"do": do, **said}).status_code


def kinds(lead: Lead) -> set[str]:
    return set(Task.objects.filter(lead=lead, status="open").values_list("kind", flat=True))


@pytest.fixture
def desk(dana: Client) -> Client:
    return dana


@pytest.fixture
def booked(arrive: Arrive, desk: Client, tuesday: datetime) -> tuple[Lead, Appointment]:
    lead = arrive(FAMILY)
    slot = tokens(page(desk, lead))[0]
    assert press(desk, lead, "book", slot=slot) == 303
    return lead, Appointment.objects.get(lead=lead)


def test_the_desk_sees_times_with_reasons_and_books_one_in_one_press(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    html = page(desk, lead)
    assert "SLP" in html and len(tokens(html)) > 2
    patient = FAMILY["patient"]
    assert f"<h1>First visit: {patient['first_name']} {patient['last_name']}</h1>" in html
    assert press(desk, lead, "book", slot=tokens(html)[0]) == 303
    visit = Appointment.objects.get(lead=lead)
    assert (visit.status, visit.service, visit.made_by) == ("booked", "evaluation", "desk")
    assert Claim.objects.filter(appointment=visit, expires_at=None).count() == len(visit.resources)
    assert kinds(lead) & {"call_to_book", "ask_question"} == set()
    assert "await_visit" in kinds(lead)
    tried = ContactAttempt.objects.get(lead=lead)
    assert (tried.outcome, tried.again_at) == ("reached_booked", visit.starts_at)
    assert Event.objects.filter(lead=lead, name="visit_booked", subject_id=visit.id).count() == 1
    assert "First visit booked" in desk.get(f"/leads/L-{lead.number}").content.decode()


def test_the_same_time_pressed_twice_is_one_visit_and_another_is_refused_kindly(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    first, second, *_ = tokens(page(desk, lead))
    assert press(desk, lead, "book", slot=first) == 303
    assert press(desk, lead, "book", slot=first) == 303
    assert press(desk, lead, "book", slot=second) == 409
    assert Appointment.objects.filter(lead=lead).count() == 1
    assert Event.objects.filter(lead=lead, name="visit_booked").count() == 1


def test_a_time_that_somebody_else_took_is_not_given_twice_and_the_next_best_stand_there(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    one, other = arrive(FAMILY), arrive(but(FAMILY, patient={"first_name": "Otis", "last_name": "Underhill"}))
    slot = tokens(page(desk, other))[0]
    assert press(desk, one, "book", slot=slot) == 303
    answer = desk.post(f"/leads/L-{other.number}/visit", {"do": "book", "slot": slot})
    assert answer.status_code == 409
    assert "just taken" in answer.content.decode() and len(tokens(answer.content.decode())) > 2
    assert not Appointment.objects.filter(lead=other).exists()


def test_the_lead_s_page_names_the_visit_that_stands_and_none_that_was_moved_or_cancelled(
    booked: tuple[Lead, Appointment], desk: Client
) -> None:
    lead, visit = booked

    def told() -> str:
        return unescape(desk.get(f"/leads/L-{lead.number}").content.decode())

    def moment(row: Appointment) -> str:
        site = practice().sites[row.site]
        return words.moment(row.starts_at, site.tz, clock.now())

    agreed = re.compile(r"Agreed visit</dt><dd[^>]*>(.*?)</dd>", re.S)
    assert moment(visit) in agreed.findall(told())[0]
    other = next(each for each in tokens(page(desk, lead)) if each)
    assert press(desk, lead, "move", visit=str(visit.id), slot=other, shown="0") == 303
    before, visit = moment(visit), Appointment.objects.get(id=visit.id)
    assert moment(visit) != before
    (now,) = agreed.findall(told())
    assert moment(visit) in now and before not in now
    assert press(desk, lead, "cancel", visit=str(visit.id), why="ill", shown="1") == 303
    assert not agreed.findall(told())
    (stage,) = re.findall(r"Booked<small>(.*?)</small>", told())
    assert stage == "not yet"


def test_a_forged_or_an_old_time_is_refused_and_nothing_is_booked(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    slot = tokens(page(desk, lead))[0]
    for wrong in ("", "x", slot[:-2], slot.replace(slot[3], "A", 1) if slot[3] != "A" else "B" + slot):
        assert press(desk, lead, "book", slot=wrong) == 422
    assert not Appointment.objects.exists()


def test_a_hold_keeps_the_time_from_others_and_becomes_the_visit(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    one, other = arrive(FAMILY), arrive(but(FAMILY, patient={"first_name": "Otis", "last_name": "Underhill"}))
    slot = tokens(page(desk, one))[0]
    assert press(desk, one, "hold", slot=slot) == 303
    assert press(desk, other, "book", slot=slot) == 409
    held = Appointment.objects.get(lead=one)
    assert held.status == "held" and "await_visit" not in kinds(one)
    assert press(desk, one, "take", visit=str(held.id)) == 303
    held.refresh_from_db()
    assert (held.status, held.held_until) == ("booked", None)


def test_a_moved_visit_stays_the_same_and_frees_its_old_time(
    booked: tuple[Lead, Appointment], desk: Client
) -> None:
    lead, visit = booked
    before = visit.starts_at
    slot = next(each for each in tokens(page(desk, lead)))
    assert press(desk, lead, "move", visit=str(visit.id), slot=slot) == 303
    visit.refresh_from_db()
    assert visit.status == "booked" and visit.starts_at != before and visit.sequence == 1
    moved = Event.objects.get(lead=lead, name="visit_moved")
    assert moved.data["from"] == before.isoformat()
    assert set(Claim.objects.values_list("appointment_id", flat=True)) == {visit.id}


def test_a_cancelled_visit_frees_its_time_says_why_and_the_family_is_called_again(
    booked: tuple[Lead, Appointment], desk: Client
) -> None:
    lead, visit = booked
    assert press(desk, lead, "cancel", visit=str(visit.id), why="") == 422
    assert press(desk, lead, "cancel", visit=str(visit.id), why="ill") == 303
    visit.refresh_from_db()
    assert (visit.status, visit.why) == ("cancelled", "ill")
    assert not Claim.objects.exists()
    assert "await_visit" not in kinds(lead) and kinds(lead) & {"call_to_book", "ask_question"}


def test_who_did_not_come_is_called_within_ten_minutes(
    booked: tuple[Lead, Appointment], desk: Client, set_clock: Callable[[datetime], None]
) -> None:
    lead, visit = booked
    assert press(desk, lead, "missed", visit=str(visit.id)) == 422
    set_clock(visit.starts_at + timedelta(minutes=15))
    assert press(desk, lead, "missed", visit=str(visit.id)) == 303
    call = Task.objects.get(lead=lead, status="open", kind="call_missed")
    assert call.due_at <= clock.now() + timedelta(minutes=10)


def test_nobody_books_for_a_lead_that_is_not_theirs(
    booked: tuple[Lead, Appointment], browser: Callable[[str], Client]
) -> None:
    lead, visit = booked
    elsewhere = browser("reggie")
    assert elsewhere.get(f"/leads/L-{lead.number}/visit").status_code == 404
    assert press(elsewhere, lead, "cancel", visit=str(visit.id), why="ill") == 404
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_no_offer_lies_outside_the_window_of_the_program(arrive: Arrive, tuesday: datetime) -> None:
    lead = arrive(but(FAMILY, availability=["wed_am"]))
    found = offers(lead, now=clock.now(), count=9)
    want = found.offers[0].want
    assert want.half_days == frozenset({"wed_am"})
    days = [each.starts_at.date() for each in found.offers]
    assert want.not_after is None or max(days) <= want.not_after
    first = found.offers[0].starts_at
    assert (first.strftime("%a"), first.hour < 12) == ("Wed", True)


def test_a_link_to_choose_a_time_is_sent_by_e_mail_once_and_withdrawn_with_the_visit(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    assert press(desk, lead, "link") == 303
    assert press(desk, lead, "link") == 303
    letter = Message.objects.get(lead=lead, template="offer")
    assert letter.status == "wanted"
    slot = tokens(page(desk, lead))[0]
    assert press(desk, lead, "book", slot=slot) == 303
    letter.refresh_from_db()
    assert letter.status == "withdrawn"
    assert press(desk, lead, "link") == 422


def test_the_machine_offers_times_by_itself_where_the_practice_lets_it(
    arrive: Arrive, switched: Callable[..., None], tuesday: datetime
) -> None:
    switched(offer="do")
    assert Message.objects.filter(lead=arrive(FAMILY), template="offer", status="wanted").count() == 1


def test_the_offer_that_leaves_opens_the_page_on_which_a_time_is_chosen(
    arrive: Arrive, desk: Client, mailbox: Any, set_clock: Callable[[datetime], None], tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    assert press(desk, lead, "link") == 303
    set_clock(clock.now() + timedelta(minutes=1))
    send_wanted()
    (link,) = re.findall(r"/book/\S+", mailbox.text())
    answer = desk.get(link)
    assert answer.status_code == 200 and "birth" in answer.content.decode().lower()


def test_a_letter_that_has_no_time_to_offer_promises_none_and_the_desk_reads_so_before_it_sends(
    arrive: Arrive, desk: Client, mailbox: Any, set_clock: Callable[[datetime], None], tuesday: datetime
) -> None:
    lead = arrive(but(FAMILY, patient__language="Spanish"))
    assert "Send a link to choose by e-mail" in page(desk, lead)
    _nobody_is_here(tuesday)
    html = page(desk, lead)
    assert "has no time for them now" in html and "Send the link all the same" in html
    assert press(desk, lead, "link") == 303
    set_clock(clock.now() + timedelta(minutes=1))
    send_wanted()
    said = mailbox.text()
    assert "none that fits is free just now" in said and "no hay ninguna libre" in said and "/book/" in said
    assert "Should one become free, it stands here" in said, "and none is promised: perhaps nobody here can do it"
    assert "we have times" not in said and "tenemos horas" not in said
    assert "call_to_book" in kinds(lead), "what the letter says somebody does"


@pytest.mark.parametrize("do", ["take", "book", "family"])
def test_a_time_that_was_held_before_a_red_flag_is_not_taken_while_it_waits(
    arrive: Arrive, desk: Client, tuesday: datetime, do: str
) -> None:
    lead = arrive(FAMILY)
    slot, *_ = tokens(page(desk, lead))
    assert press(desk, lead, "hold", slot=slot) == 303
    held = Appointment.objects.get(lead=lead)
    family, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    assert family.post(link, {"birth": "09/14/2023"}).status_code == 303
    assert 'value="take"' in family.get(link).content.decode() and 'value="take"' in page(desk, lead)
    arrive(but(FAMILY, concern="She had chest pain yesterday"))
    assert "A red flag waits" in page(desk, lead) and 'value="take"' not in page(desk, lead)
    assert 'value="take"' not in family.get(link).content.decode()
    if do == "family":
        answer = family.post(link, {"do": "take"})
        assert answer.status_code == 200 and "it is booked" not in answer.content.decode()
    else:
        assert press(desk, lead, do, **({"slot": slot} if do == "book" else {"visit": str(held.id)})) == 422
    held.refresh_from_db()
    assert held.status == "held"


@pytest.mark.parametrize("do", ["take", "book", "family"])
def test_a_time_that_was_held_is_not_taken_where_nobody_is_there_any_more(
    arrive: Arrive, desk: Client, tuesday: datetime, do: str
) -> None:
    lead = arrive(FAMILY)
    slot, *_ = tokens(page(desk, lead))
    assert press(desk, lead, "hold", slot=slot) == 303
    held = Appointment.objects.get(lead=lead)
    _nobody_is_here(tuesday)
    if do == "family":
        family, link = Client(), f"/book/{own_visit.mark_of(lead, at=clock.now())}"
        assert family.post(link, {"birth": "09/14/2023"}).status_code == 303
        assert family.post(link, {"do": "take"}).status_code == 409
    else:
        assert press(desk, lead, do, **({"slot": slot} if do == "book" else {"visit": str(held.id)})) == 409
    held.refresh_from_db()
    assert held.status == "held"


def test_a_time_that_was_held_is_no_second_visit_where_they_chose_another_meanwhile(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    slot, other, *_ = tokens(page(desk, lead))
    assert press(desk, lead, "hold", slot=slot) == 303
    held = Appointment.objects.get(lead=lead)
    visits.book(lead, other, by=None, actor=SYSTEM, door="family")
    assert press(desk, lead, "take", visit=str(held.id), shown=str(held.sequence)) == 409
    assert Appointment.objects.get(lead=lead, status="booked").id != held.id
    assert press(desk, lead, "hold", slot=slot) == 409, "what stands is moved"


def _nobody_is_here(since: datetime) -> None:
    for who in Resource.objects.filter(data__kind="clinician"):
        during = (since - timedelta(days=1), since + timedelta(days=400))
        Change.objects.create(resource=who, what="away", why="vacation", during=during, made_at=since)
    supply.raise_revision()


@pytest.mark.parametrize("language", ["English", "Spanish"])
@pytest.mark.parametrize("free", [True, False])
def test_a_letter_about_a_cancelled_visit_leads_to_times_only_where_there_are_some(
    arrive: Arrive, desk: Client, mailbox: Any, set_clock: Callable[[datetime], None], tuesday: datetime, free: bool,
    language: str,
) -> None:  # fmt: skip
    lead = arrive(but(FAMILY, patient__language=language))
    assert press(desk, lead, "book", slot=tokens(page(desk, lead))[0]) == 303
    visit = Appointment.objects.get(lead=lead)
    assert press(desk, lead, "cancel", visit=str(visit.id), why="ill") == 303
    if not free:
        _nobody_is_here(tuesday)
    set_clock(clock.now() + timedelta(minutes=1))
    send_wanted()
    said = mailbox.text()
    assert ("none that fits is free just now. We call you about it" in said) is not free
    assert ("Choose another time here" in said) is free
    if language == "Spanish":
        assert ("Elija otra hora" in said) is free and ("no hay ninguna libre" in said) is not free
    assert re.findall(r"/book/\S+", said) and "birth date first" in said
    assert "call_to_book" in kinds(lead), "what the letter says somebody does"


TENDON = but(
    FAMILY,
    discipline=["OT"],
    program="hand_tendon_repair",
    events=[{"kind": "surgery", "date": "2026-11-23"}],
    patient={"first_name": "Otis", "last_name": "Underhill", "date_of_birth": "1981-03-04"},
)
"""Operated on Monday: the first visit is from Thursday through Saturday, and the site is closed then."""


def test_a_window_in_which_nothing_is_free_offers_the_family_nothing_and_the_desk_what_comes_after_it(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    lead = arrive(TENDON)
    assert offers(lead, now=clock.now()).offers == ()
    html = page(desk, lead)
    assert "It cannot wait" in html
    assert press(desk, lead, "book", slot=tokens(html)[0]) == 303
    assert Appointment.objects.get(lead=lead).status == "booked"


def test_whoever_was_forgotten_past_the_window_is_offered_the_soonest(
    arrive: Arrive, desk: Client, tuesday: datetime, set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(but(TENDON, availability=["thu_pm", "fri_pm"]))
    set_clock(tuesday + timedelta(days=6))
    found = offers(lead, now=clock.now())
    assert found.wanted.cannot_be_met is not None and found.offers
    begins = [each.starts_at for each in found.offers]
    assert begins == sorted(begins) and begins[0] <= clock.now() + timedelta(days=1)
    html = page(desk, lead)
    assert "it is late" in html and "Soonest: this is urgent" in html


def test_no_time_is_given_while_a_red_flag_waits(
    arrive: Arrive, desk: Client, staff: Callable[[str], User], tuesday: datetime
) -> None:
    lead = arrive(RED_FLAG)
    html = page(desk, lead)
    assert "A red flag waits for a clinician: no time is given" in html and not tokens(html)
    shape = practice()
    site = shape.sites[lead.site]
    ten = datetime.combine((clock.now() + timedelta(days=2)).date(), time(10), site.tz)
    forged = token(Named(int(ten.timestamp()) // 60, site.slug, "priya_raman", "PT", "clinic"))
    for do in ("book", "hold"):
        answer = desk.post(f"/leads/L-{lead.number}/visit", {"do": do, "slot": forged})
        assert answer.status_code == 422 and "A red flag waits" in answer.content.decode()
    assert not Appointment.objects.exists()
    review = Task.objects.get(lead=lead, kind="review_red_flag")
    verbs.finish(review, staff("anna"), actor=SYSTEM, result="reviewed")
    assert tokens(page(desk, lead))


def test_a_hold_pressed_twice_is_one_hold_and_its_time_can_be_booked_from_the_same_list(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    slot = tokens(page(desk, lead))[0]
    assert [press(desk, lead, "hold", slot=slot) for _ in range(2)] == [303, 303]
    assert press(desk, lead, "book", slot=slot) == 303
    assert [row.status for row in Appointment.objects.filter(lead=lead)] == ["booked"]


def test_a_time_that_is_gone_says_why(
    arrive: Arrive, desk: Client, tuesday: datetime, set_clock: Callable[[datetime], None]
) -> None:
    one, other = arrive(FAMILY), arrive(but(FAMILY, patient={"first_name": "Otis", "last_name": "Underhill"}))
    first = offers(one, now=clock.now(), count=1).offers[0]
    second = offers(other, now=clock.now(), count=60, a_half_day=0)
    Terms.objects.create(resource=Resource.objects.get(slug=first.clinician), evaluations_a_day=1)
    supply.raise_revision()
    assert press(desk, one, "book", slot=first.token) == 303
    later = next(
        each
        for each in second.offers
        if each.starts_at.date() == first.starts_at.date()
        and each.clinician == first.clinician
        and each.slot.start >= first.slot.end + 30
    )
    answer = desk.post(f"/leads/L-{other.number}/visit", {"do": "book", "slot": later.token})
    assert "has all the evaluations of that day" in answer.content.decode()
    set_clock(later.starts_at + timedelta(hours=1))
    answer = desk.post(f"/leads/L-{other.number}/visit", {"do": "book", "slot": later.token})
    assert "That time has passed" in answer.content.decode()


def test_a_page_from_before_a_change_changes_nothing(desk: Client, booked: tuple[Lead, Appointment]) -> None:
    lead, visit = booked
    html = page(desk, lead)
    shown, (one, other, *_) = str(visit.sequence), tokens(html)
    assert f'name="shown" value="{shown}"' in html
    assert press(desk, lead, "move", visit=str(visit.id), shown=shown, slot=one) == 303
    visit.refresh_from_db()
    stands = visit.starts_at
    for do, said in (("move", {"slot": other}), ("confirm", {}), ("cancel", {"why": "ill"})):
        answer = desk.post(
            f"/leads/L-{lead.number}/visit", {"do": do, "visit": str(visit.id), "shown": shown, **said}
        )
        assert answer.status_code == 409 and "Somebody has changed this visit" in answer.content.decode()
    visit.refresh_from_db()
    assert (visit.starts_at, visit.status, visit.confirmed_at) == (stands, "booked", None)


def test_nobody_is_here_or_gone_before_the_day_of_the_visit(
    desk: Client, booked: tuple[Lead, Appointment], set_clock: Callable[[datetime], None]
) -> None:
    lead, visit = booked
    set_clock(visit.starts_at - timedelta(days=1))
    assert 'value="arrived"' not in page(desk, lead)
    answer = desk.post(f"/leads/L-{lead.number}/visit", {"do": "arrived", "visit": str(visit.id)})
    assert answer.status_code == 422 and "The day of this visit has not come yet" in answer.content.decode()
    set_clock(visit.starts_at - timedelta(minutes=20))
    assert 'value="arrived"' in page(desk, lead)
    assert press(desk, lead, "arrived", visit=str(visit.id)) == 303


def test_a_hold_is_let_go_without_a_reason(arrive: Arrive, desk: Client, tuesday: datetime) -> None:
    lead = arrive(FAMILY)
    assert press(desk, lead, "hold", slot=tokens(page(desk, lead))[0]) == 303
    held = Appointment.objects.get(lead=lead)
    assert press(desk, lead, "let_go", visit=str(held.id)) == 303
    assert not Claim.objects.filter(appointment=held).exists()
    assert "<h2>Before</h2>" not in page(desk, lead)


def test_the_desk_s_first_times_lie_in_half_days_apart_and_all_of_a_day_it_asks_for(
    arrive: Arrive, desk: Client, tuesday: datetime
) -> None:
    lead = arrive(FAMILY)
    found = offers(lead, now=clock.now(), count=9, a_half_day=1).offers
    halves = [(each.starts_at.date(), each.starts_at.hour < 12, each.site.slug) for each in found]
    shown = [named_by(token) for token in tokens(page(desk, lead))]
    assert len(set(halves)) == len(halves) and [named_by(each.token) for each in found] == shown
    day = found[0].starts_at.date().isoformat()
    assert len(tokens(page(desk, lead, **{"from": day, "until": day}))) > 2
