"""Supply on screen: hours, notes, vacation, limits, a calendar, a closed site; odd input is said at its field; visits
that no longer fit are listed and their families offered new times by one press."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from firstvisit.journey.booking import offering, visits
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Event
from firstvisit.practice import queries
from firstvisit.practice.models import Resource
from firstvisit.steps.booking.models import Appointment, Block, Change, Feed, Terms

WEEK = {"begins": "08:00", "ends": "12:30", "days": ["0", "1", "2", "3"], "every": "1", "first_day": "2026-11-16"}


@pytest.fixture
def mei(browser: Callable[[str], Client], tuesday: datetime) -> Client:
    """The manager's browser on a Tuesday morning."""
    return browser("mei")


def post(client: Client, verb: str, who: str = "anna_lindqvist", **fields: Any) -> Any:
    return client.post(f"/supply/of/{who}/{verb}", fields)


def test_a_person_has_a_week_of_sentences_and_bars(mei: Client) -> None:
    page = mei.get("/supply/of/anna_lindqvist").content.decode()
    assert "open whenever the site is open" in page
    assert post(mei, "hours", what="clinic", **WEEK).status_code == 303
    assert post(mei, "protected", what="documentation", **{**WEEK, "begins": "12:00"}).status_code == 303
    page = mei.get("/supply/of/anna_lindqvist?week=2026-11-16").content.decode()
    assert "Monday to Thursday, 8:00 am to 12:30 pm, from Mon Nov 16" in page
    assert "at the clinic" in page and "notes 12:00 pm to 12:30 pm" in page
    assert "8:00 am to 12:00 pm" in page and "16 h open, 2 h protected" in page
    assert AuditRow.objects.filter(verb="supply_changed", why="clinic_added").exists()


def test_a_day_is_left_out_of_what_repeats_and_taken_back(mei: Client) -> None:
    assert post(mei, "hours", what="clinic", **WEEK).status_code == 303
    block = str(Block.objects.get().id)
    for wrong, says in (("", "Enter the day"), ("2026-11-27", "do not fall on Fri Nov 27"), ("x", "Enter a day")):
        answer = post(mei, "except", which=block, day=wrong)
        assert answer.status_code == 422 and says in answer.content.decode()
    for _ in range(2):
        assert post(mei, "except", which=block, day="2026-12-02").status_code == 303
    page = mei.get("/supply/of/anna_lindqvist?week=2026-11-30").content.decode()
    assert "not on Wed Dec 2" in page and "Again on Wed Dec 2" in page
    assert "13 h 30 min open" in page, "three mornings of four"
    assert post(mei, "again", which=block, day="2026-12-02").status_code == 303
    page = mei.get("/supply/of/anna_lindqvist?week=2026-11-30").content.decode()
    assert "not on Wed" not in page and "18 h open" in page
    assert AuditRow.objects.filter(verb="supply_changed", why="clinic_excepted").count() == 1


def test_the_last_day_of_a_block_is_not_left_out(mei: Client) -> None:
    once = {**WEEK, "days": [], "first_day": "2026-12-02"}
    assert post(mei, "hours", what="clinic", **once).status_code == 303
    answer = post(mei, "except", which=str(Block.objects.get().id), day="2026-12-02")
    assert answer.status_code == 422 and "take these hours out" in answer.content.decode()


@pytest.mark.parametrize(
    ("verb", "fields", "says"),
    [
        ("hours", {**WEEK, "ends": "08:00"}, "It ends when it begins"),
        ("hours", {**WEEK, "begins": ""}, "Enter when it begins"),
        ("hours", {**WEEK, "begins": "25:00"}, "Enter a time, such as 08:30"),
        ("hours", {**WEEK, "first_day": "never"}, "Enter a day"),
        ("hours", {**WEEK, "days": [], "rule": "FREQ=SECONDLY"}, "a block repeats by days"),
        ("hours", {**WEEK, "last_day": "2026-11-01"}, "The last day is before the first"),
        ("hours", {**WEEK, "days": ["9"]}, "Choose the days of the week"),
        ("hours", {**WEEK, "site": "marquette"}, "Choose one of the sites they work at"),
        ("away", {"why": "vacation", "first_day": ""}, "Enter the first day"),
        ("away", {"why": "vacation", "first_day": "2026-11-20", "last_day": "2026-11-18"}, "before the first"),
        ("extra", {"first_day": "2026-11-21"}, "Enter from when to when"),
        ("terms", {"evaluations_a_day": "-1"}, "Enter a whole number"),
        ("terms", {"evaluations_a_day": "99"}, "from 0 to 20"),
        ("terms", {"home_zips": "5370"}, "five digits"),
        ("feed", {"name": "Outlook", "address": "http://10.0.0.5/a", "every_minutes": "15"}, "must begin with https"),
        ("feed", {"name": "Outlook", "address": "https://cal.example.org/a", "every_minutes": "1"}, "Enter 5 to 1440"),
    ],
)
def test_what_nobody_can_mean_is_said_at_its_field(mei: Client, verb: str, fields: dict[str, Any], says: str) -> None:
    answer = post(mei, verb, **{"what": "clinic", **fields})
    page = answer.content.decode()
    assert answer.status_code == 422 and says in page and "Nothing was changed yet" in page
    assert not (Block.objects.exists() or Change.objects.exists() or Feed.objects.exists() or Terms.objects.exists())


@pytest.mark.parametrize(
    ("verb", "fields", "day"),
    [
        ("away", {"why": "illness", "first_day": "2025-12-01"}, "Mon Dec 1, 2025"),
        ("away", {"why": "illness", "first_day": "2026-11-23", "ends": "17:00"}, "Mon Nov 23, 2026"),
        ("away", {"why": "illness", "first_day": "2026-11-12", "last_day": "2026-11-23"}, "Mon Nov 23, 2026"),
        ("extra", {"first_day": "2020-01-01", "begins": "09:00", "ends": "12:00"}, "Wed Jan 1, 2020"),
        ("hours", {**WEEK, "days": [], "first_day": "2001-01-01"}, "Mon Jan 1, 2001"),
        ("hours", {**WEEK, "first_day": "2025-11-16", "last_day": "2025-12-31"}, "Wed Dec 31, 2025"),
        ("protected", {**WEEK, "what": "meeting", "days": [], "first_day": "2026-11-23"}, "Mon Nov 23, 2026"),
    ],
)
def test_a_day_that_is_over_is_refused_by_its_name(mei: Client, verb: str, fields: dict[str, Any], day: str) -> None:
    answer = post(mei, verb, **{"what": "clinic", **fields})
    assert answer.status_code == 422 and f"That day is over: {day}." in answer.content.decode()
    assert not (Block.objects.exists() or Change.objects.exists())


def test_what_began_before_today_and_reaches_it_is_kept(mei: Client) -> None:
    assert post(mei, "away", why="illness", first_day="2026-11-12", last_day="2026-11-24").status_code == 303
    night = {"first_day": "2026-11-23", "begins": "22:00", "ends": "06:00"}
    assert post(mei, "extra", **night).status_code == 303
    early = {"site": "madison", "why": "weather", "first_day": "2026-11-24", "begins": "06:00", "ends": "07:00"}
    assert mei.post("/supply/close", early).status_code == 303
    assert post(mei, "hours", what="clinic", **WEEK, last_day="2026-11-24").status_code == 303
    assert Change.objects.count() == 3 and Block.objects.count() == 1


def test_a_day_of_a_wrong_year_leaves_nothing_out_and_closes_nothing(mei: Client) -> None:
    long_since = {**WEEK, "first_day": "2025-11-03"}
    assert post(mei, "hours", what="clinic", **long_since).status_code == 303
    answer = post(mei, "except", which=str(Block.objects.get().id), day="2025-12-01")
    assert answer.status_code == 422 and "That day is over: Mon Dec 1, 2025." in answer.content.decode()
    answer = mei.post("/supply/close", {"site": "madison", "why": "weather", "first_day": "2025-11-24"})
    assert answer.status_code == 422 and "That day is over: Mon Nov 24, 2025." in answer.content.decode()
    assert Block.objects.get().except_days == [] and not Change.objects.exists()


def test_a_site_closed_for_years_is_told_what_to_do_of_a_site(mei: Client) -> None:
    said = {"site": "madison", "why": "other", "first_day": "2026-11-24", "last_day": "2036-11-24"}
    page = mei.post("/supply/close", said).content.decode()
    assert "That is more than two years: a site that closes for good is retired under Practice." in page
    away = {"why": "leave", "first_day": "2026-11-24", "last_day": "2036-11-24"}
    assert "enter the last day with us under Limits and last day instead" in post(mei, "away", **away).content.decode()


def test_hours_that_overlap_count_once_and_say_so_and_the_same_twice_is_refused(mei: Client) -> None:
    post(mei, "hours", what="clinic", **WEEK)
    assert "These hours are there already" in post(mei, "hours", what="clinic", **WEEK).content.decode()
    post(mei, "hours", what="clinic", **{**WEEK, "begins": "12:00", "ends": "17:00"})
    page = mei.get("/supply/of/anna_lindqvist?week=2026-11-16").content.decode()
    assert "what they share counts once" in page and "8:00 am to 5:00 pm" in page


def test_a_block_is_ended_or_taken_out_and_days_off_are_taken_back(mei: Client) -> None:
    post(mei, "hours", what="clinic", **WEEK)
    block = Block.objects.get()
    post(mei, "end", which=str(block.id), last_day="2026-12-18")
    assert "through Fri Dec 18, 2026" in mei.get("/supply/of/anna_lindqvist").content.decode()
    post(mei, "drop", which=str(block.id))
    assert not Block.objects.exists()
    post(mei, "away", why="vacation", first_day="2026-11-23", last_day="2026-11-27")
    assert "Mon Nov 23 through Fri Nov 27: vacation" in mei.get("/supply/of/anna_lindqvist").content.decode()
    mei.post(f"/supply/changes/{Change.objects.get().id}/drop")
    assert not Change.objects.exists()


def test_only_whoever_may_edit_the_practice_changes_it_and_of_own_sites(
    mei: Client, browser: Callable[[str], Client]
) -> None:
    dana, walt = browser("dana"), browser("walt")
    assert dana.post("/supply/of/anna_lindqvist/drop", {"which": "x"}).status_code == 404
    assert dana.get("/supply/of/joan_tervo").status_code == 404  # of a site that is not Dana's
    assert walt.get("/supply").status_code in (200, 404)
    assert mei.get("/supply/of/nobody").status_code == 404
    assert mei.get("/supply").status_code == 200


def test_a_feed_is_kept_sealed_and_forgotten(mei: Client) -> None:
    answer = post(mei, "feed", name="Anna’s own", address="webcal://cal.example.org/secret/a.ics", every_minutes="30")
    assert answer.status_code == 303
    page = mei.get("/supply/of/anna_lindqvist").content.decode()
    assert "Anna’s own" in page and "not read yet, every 30 min" in page and "secret" not in page
    post(mei, "forget", which=str(Feed.objects.get().id))
    assert not Feed.objects.exists()


def booked(lead: Any, user: Any) -> Appointment:
    """The first time that fits, booked by the desk."""
    found = offering.offers(lead, now=clock.now())
    return visits.book(lead, found.offers[0].token, by=user, actor=Actor("user", str(user.id)), door="desk")


def test_a_site_that_closes_lists_every_visit_and_one_press_offers_new_times(
    mei: Client, arrive: Callable[[Any], Any], staff: Callable[[str], Any], tuesday: datetime
) -> None:
    from tests.people import family

    lead = arrive(family(1))
    visit = booked(lead, staff("dana"))
    day = visit.starts_at.date()
    answer = mei.post("/supply/close", {"site": visit.site, "why": "weather", "first_day": day.isoformat()})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/supply/unfit?done=closed")
    page = mei.get("/supply/unfit").content.decode()
    assert f"L-{lead.number}" in page and "The site is closed" in page
    answer = mei.post("/supply/unfit", {"visit": [str(visit.id)]})
    assert f"new times are offered: L-{lead.number}" in mei.get(answer.headers["Location"]).content.decode()
    visit.refresh_from_db()
    assert (visit.status, visit.why) == ("cancelled", "site_closed")
    assert Event.objects.filter(lead=lead, name="visit_cancelled").count() == 1
    mei.post("/supply/unfit", {"visit": [str(visit.id)]})  # pressed twice
    assert Event.objects.filter(lead=lead, name="visit_cancelled").count() == 1
    assert "Every visit to come fits" in mei.get("/supply/unfit").content.decode()
    offered = offering.offers(lead, now=clock.now())
    assert offered.offers and all(one.starts_at.date() != day for one in offered.offers)


def test_whoever_leaves_leaves_a_list_of_their_visits(
    mei: Client, arrive: Callable[[Any], Any], staff: Callable[[str], Any]
) -> None:
    from tests.people import family

    lead = arrive(family(1))
    visit = booked(lead, staff("dana"))
    slug = visit.clinician.slug  # type: ignore[union-attr]
    last = visit.starts_at.date() - timedelta(days=1)
    answer = post(mei, "terms", slug, last_day=last.isoformat())
    assert answer.headers["Location"].startswith("/supply/unfit")
    assert "has left" in mei.get("/supply/unfit").content.decode()
    mei.post("/supply/unfit", {"visit": [str(visit.id)]})
    visit.refresh_from_db()
    assert visit.why == "clinician_left"
    assert isinstance(last, date)


def test_extra_hours_over_several_days_are_the_same_hours_on_each(mei: Client) -> None:
    said = {"first_day": "2026-12-12", "begins": "09:00", "last_day": "2026-12-14", "ends": "12:00"}
    assert post(mei, "extra", **said).status_code == 303
    page = mei.get("/supply/of/anna_lindqvist?week=2026-12-07").content.decode()
    for day in ("Sat Dec 12", "Sun Dec 13"):
        assert f"{day}, 9:00 am to 12:00 pm: extra hours" in page
    assert Change.objects.count() == 3
    page = post(mei, "extra", **{**said, "last_day": "2027-12-14"}).content.decode()
    assert "at most 31 days" in page and Change.objects.count() == 3


def test_hours_for_one_program_alone_are_not_said_to_be_open_for_all(mei: Client) -> None:
    post(mei, "hours", what="clinic", **WEEK)
    post(mei, "hours", what="clinic", **{**WEEK, "ends": "09:00"}, programs=["hand_tendon_repair"])
    page = mei.get("/supply/of/anna_lindqvist?week=2026-11-16").content.decode()
    assert "9:00 am to 12:30 pm; 8:00 am to 9:00 am for " in page and "8:00 am to 12:30 pm; 8:00" not in page


def test_a_site_closed_for_part_of_a_day_stands_beside_what_is_kept_of_a_person_and_a_room(mei: Client) -> None:
    said = {"site": "madison", "why": "weather", "first_day": "2026-11-25", "begins": "12:00"}
    assert mei.post("/supply/close", said).status_code == 303
    room = Resource.objects.filter(slug__contains="room").first()
    for who in ("anna_lindqvist", room.slug if room else ""):
        page = mei.get(f"/supply/of/{who}?week=2026-11-23").content.decode()
        assert "closed, weather 12:00 pm to 12:00 am" in page, who


def test_whoever_is_at_two_sites_in_two_zones_reads_each_on_its_own_clock(mei: Client, practice: Any) -> None:
    row = Resource.objects.get(slug="anna_lindqvist")
    row.data = {**row.data, "sites": ["madison", "marquette"]}
    row.save()
    queries.forget()
    post(mei, "hours", what="clinic", site="madison", **{**WEEK, "days": ["0"]})
    post(mei, "hours", what="clinic", site="marquette", **{**WEEK, "days": ["1"]})
    post(mei, "extra", site="marquette", first_day="2026-12-05", begins="09:00", ends="12:00")
    page = mei.get("/supply/of/anna_lindqvist?week=2026-11-16").content.decode()
    assert "Times of the site: Madison CST, Marquette EST." in page
    assert "8:00 am to 12:30 pm CST in Madison" in page and "8:00 am to 12:30 pm EST in Marquette" in page
    assert ", times of Marquette</span>" in page and "extra hours, times of Marquette" in page
    assert ", times of Marquette</option>" in page


def test_limits_that_a_colleague_kept_meanwhile_are_not_wiped(mei: Client, browser: Callable[[str], Client]) -> None:
    def mark(page: str) -> str:
        found = re.search(r'name="seen" value="(\w+)"', page)
        return found[1] if found else ""

    post(mei, "terms", evaluations_a_day="3", home_zips="53703")
    stale = mark(mei.get("/supply/of/anna_lindqvist").content.decode())
    post(browser("ruth"), "terms", evaluations_a_day="5", home_zips="53703", seen=stale)
    answer = post(mei, "terms", evaluations_a_day="2", home_zips="53703", seen=stale)
    page = answer.content.decode()
    assert answer.status_code == 422 and "somebody kept 5 since you opened this page, you typed 2" in page
    assert Terms.objects.get().evaluations_a_day == 5 and "you typed 53703" not in page
    assert post(mei, "terms", evaluations_a_day="2", home_zips="53703", seen=mark(page)).status_code == 303
    assert Terms.objects.get().evaluations_a_day == 2


def test_what_a_colleague_took_out_first_is_said_to_be_out(mei: Client) -> None:
    post(mei, "hours", what="clinic", **WEEK)
    post(mei, "away", why="vacation", first_day="2026-11-23", last_day="2026-11-27")
    block, change = Block.objects.get(), Change.objects.get()
    for address, said in (
        ("/supply/of/anna_lindqvist/drop", {"which": str(block.id)}),
        (f"/supply/changes/{change.id}/drop", {"of": "anna_lindqvist"}),
    ):
        assert mei.post(address, said).status_code == 303
        answer = mei.post(address, said)
        assert answer.headers["Location"] == "/supply/of/anna_lindqvist?done=already"
    assert "Somebody had taken it out already." in mei.get("/supply/of/anna_lindqvist?done=already").content.decode()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU,WE,TH,FR", "The last working day of the month"),
        ("FREQ=MONTHLY;BYSETPOS=1,3;BYDAY=TU", "The first and third Tuesday of the month"),
        ("FREQ=MONTHLY;BYDAY=1FR,3FR", "The first Friday and third Friday of the month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR", "The last Friday of every second month"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15,-1", "The 1st, 15th and last day of the month"),
        ("FREQ=MONTHLY;BYMONTH=1,7;BYMONTHDAY=22", "The 22nd of the month in January and July"),
        ("FREQ=MONTHLY", "The 16th of the month"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "Every year on the fourth Thursday of November"),
        ("FREQ=YEARLY", "Every year on the 16th of November"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE", "Monday to Wednesday"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "By the rule FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"),
    ],
)
def test_a_rule_is_said_in_words(mei: Client, rule: str, words: str) -> None:
    assert post(mei, "hours", what="clinic", **{**WEEK, "days": [], "rule": rule}).status_code == 303
    page = mei.get("/supply/of/anna_lindqvist").content.decode()
    assert f"<b>{words}, 8:00 am to 12:30 pm" in page


def test_too_long_a_reason_of_a_cancellation_is_refused_and_stays_typed(
    mei: Client, arrive: Callable[[Any], Any], staff: Callable[[str], Any]
) -> None:
    from tests.people import family

    lead = arrive(family(1))
    visit = booked(lead, staff("dana"))
    said = {"do": "cancel", "visit": str(visit.id), "why": "cost", "words": "so it went " * 272}
    answer = mei.post(f"/leads/L-{lead.number}/visit", said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "at most 500 characters, these are 2992" in page
    assert "so it went so it went" in page
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_day_of_another_year_is_said_with_it(mei: Client) -> None:
    assert post(mei, "away", why="vacation", first_day="2026-12-28", last_day="2027-01-02").status_code == 303
    assert post(mei, "extra", first_day="2027-01-09", begins="09:00", ends="12:00").status_code == 303
    assert post(mei, "hours", what="clinic", **WEEK).status_code == 303
    block = Block.objects.get()
    assert post(mei, "except", which=str(block.id), day="2027-01-04").status_code == 303
    page = mei.get("/supply/of/anna_lindqvist?week=2026-12-28").content.decode()
    assert "Mon Dec 28 through Sat Jan 2, 2027: vacation" in page
    assert "Sat Jan 9, 2027, 9:00 am to 12:00 pm: extra hours" in page
    assert "not on Mon Jan 4, 2027" in page
    assert "Mon Dec 28 to Sun Jan 3, 2027" in page and "Fri Jan 1, 2027</th>" in page
    assert "Mon Dec 28 through Sat Jan 2, 2027: vacation" in mei.get("/supply").content.decode()
