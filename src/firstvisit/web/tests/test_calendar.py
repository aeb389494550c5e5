"""The calendar: who sees what, what is open, and how often it asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from psycopg.types.range import TimestamptzRange

from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead
from firstvisit.practice import queries as practice_queries
from firstvisit.practice.models import Resource, User
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import supply
from firstvisit.steps.booking.models import Appointment, Block, Change, Claim, Terms
from firstvisit.web.tests.conftest import Arrive, SignIn, questions

pytestmark = pytest.mark.django_db
MADISON = ZoneInfo("America/Chicago")
MONDAY = date(2026, 12, 7)
PAGE = f"/calendar?site=madison&on={MONDAY}"


@pytest.fixture(autouse=True)
def first_of_december() -> None:
    """It is Tuesday, December 1, ten o'clock in Madison."""
    clock.move(datetime(2026, 12, 1, 10, 0, tzinfo=MADISON) - clock.now())


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of the week of December 7; 0 is Monday."""
    return datetime(2026, 12, 7 + day, hour, minute, tzinfo=MADISON)


def booked(lead: Lead, who: str, start: datetime, *, minutes: int = 60, **fields: object) -> Appointment:
    """A visit with its claim, as booking writes them."""
    end, now = start + timedelta(minutes=minutes), clock.now()
    given = {
        "kind": "evaluation", "service": "evaluation", "program": "early_language", "discipline": "SLP",
        "site": "madison", "status": "booked", "status_at": now, "made_by": "desk", "made_at": now, **fields,
    }  # fmt: skip
    resource = Resource.objects.get(slug=who)
    row = Appointment.objects.create(lead=lead, clinician=resource, starts_at=start, ends_at=end, **given)
    during = TimestamptzRange(start, end + timedelta(minutes=10))
    Claim.objects.create(resource=resource, during=during, appointment=row, expires_at=row.held_until)
    return row


def notes(resource: Resource) -> None:
    """An hour for notes on each day of the week."""
    Block.objects.create(
        resource=resource, site="madison", what="documentation", rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        first_day=date(2026, 1, 5), begins="13:00", ends="14:00",
    )  # fmt: skip
    supply.raise_revision()


def row_of(page: str, name: str) -> str:
    """The words of one row of the table."""
    found = re.search(rf'<tr><th scope="row">{name}<.*?</tr>', page, re.S)
    assert found is not None, name
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(found[0]))).strip()


def read_words(browser: Client, address: str) -> str:
    """A page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", read(browser, address)))


def read(browser: Client, address: str = PAGE) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_first_visit_stands_with_its_name_and_leads_to_the_lead(arrive: Arrive, dana: Client) -> None:
    lead = arrive()
    booked(lead, "lucia_herrera", at(1, 9))
    page = read(dana)
    assert "9:00 L. Delgado" in row_of(page, "Lucía Herrera") and f'href="/leads/L-{lead.number}"' in page
    assert "Week of December 7" in page
    seen = AuditRow.objects.filter(verb="viewed", subject_kind="calendar").latest("id")
    assert [str(each) for each in seen.subjects] == [str(lead.id)]


def test_a_hold_says_until_when_and_is_gone_afterwards(arrive: Arrive, dana: Client) -> None:
    until = clock.now() + timedelta(minutes=20)
    booked(arrive(), "lucia_herrera", at(1, 9), status="held", held_until=until)
    assert "9:00 L. Delgado, held to 10:20" in row_of(read(dana), "Lucía Herrera")
    clock.move(timedelta(minutes=21))
    assert "Delgado" not in row_of(read(dana), "Lucía Herrera")


@pytest.mark.parametrize(
    ("status", "words"), [("arrived", "arrived"), ("missed", "did not come"), ("left", "left before being seen")]
)
def test_what_became_of_a_visit_is_said(status: str, words: str, arrive: Arrive, dana: Client) -> None:
    booked(arrive(), "lucia_herrera", at(1, 9), status=status)
    assert f"L. Delgado, {words}" in row_of(read(dana), "Lucía Herrera")


def test_treatment_is_drawn_and_listed_on_the_page_of_its_day(arrive: Arrive, dana: Client) -> None:
    booked(arrive(), "lucia_herrera", at(1, 9), service="treatment", kind="treatment", minutes=45)
    page = read(dana)
    assert "Delgado" not in row_of(page, "Lucía Herrera") and 'class="m-treatment"' in page
    assert "9:00 L. Delgado, treatment" in row_of(read(dana, f"{PAGE}&view=day&on=2026-12-08"), "Lucía Herrera")


def test_after_the_last_day_it_says_that_they_have_left_and_nothing_is_kept_for_them(
    arrive: Arrive, dana: Client
) -> None:
    anna = Resource.objects.get(slug="anna_lindqvist")
    notes(anna)
    Terms.objects.create(resource=anna, last_day=MONDAY + timedelta(days=1))
    supply.raise_revision()
    booked(arrive(), "anna_lindqvist", at(3, 9))
    said = row_of(read(dana), "Anna Lindqvist")
    assert said.count("Has left") == 3 and "Not here" not in said
    assert "9:00 L. Delgado" in said, "what stands there stands there"
    assert said.count("1:00 Notes, protected") == 2 and "notes 2 h" in said
    day = row_of(read(dana, f"{PAGE}&view=day&on=2026-12-11"), "Anna Lindqvist")
    assert "Has left" in day and "rotected" not in day and "notes" not in day


def test_what_is_outside_somebodys_scope_is_only_taken(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive()
    booked(lead, "lucia_herrera", at(1, 9))
    page = read(signed_in("priya"))
    assert "9:00 taken" in row_of(page, "Lucía Herrera")
    assert "Delgado" not in page and f"L-{lead.number}" not in page


def test_names_are_masked_for_whoever_may_not_see_them(
    arrive: Arrive, dana: Client, account: Callable[[str], User]
) -> None:
    lead = arrive()
    booked(lead, "lucia_herrera", at(1, 9))
    role = account("dana").role
    role.capabilities = [each for each in role.capabilities if each != "identity.see"]
    role.save()
    page = read(dana)
    assert f"9:00 L-{lead.number}" in row_of(page, "Lucía Herrera") and "Delgado" not in page


def test_protected_time_is_kept_and_nothing_opens_in_it(dana: Client) -> None:
    notes(Resource.objects.get(slug="anna_lindqvist"))
    said = row_of(read(dana), "Anna Lindqvist")
    assert said.count("1:00 Notes, protected") == 5 and "notes 5 h" in said
    assert "8:00 Open to 1:00 hand tendon repair +3" in said and "2:00 Open to 5:30" in said


def test_away_and_closed_are_said_in_words(dana: Client) -> None:
    anna = Resource.objects.get(slug="anna_lindqvist")
    made = {"made_at": clock.now(), "site": ""}
    Change.objects.create(
        resource=anna, what="away", why="course", during=TimestamptzRange(at(4, 0), at(5, 0)), **made
    )
    Change.objects.create(
        what="closed", why="weather", during=TimestamptzRange(at(2, 0), at(3, 0)), made_at=clock.now(), site="madison"
    )
    supply.raise_revision()
    said = row_of(read(dana), "Anna Lindqvist")
    assert "Away, course" in said and "Closed, weather" in said
    assert "Closed, Thanksgiving" in row_of(read(dana, "/calendar?site=madison&on=2026-11-23"), "Anna Lindqvist")


def test_a_site_closed_for_part_of_a_day_is_said_to_everybody(dana: Client) -> None:
    for hours in ((at(2, 12), at(3, 0)), (at(3, 0), at(3, 9, 30))):
        Change.objects.create(
            what="closed", why="weather", during=TimestamptzRange(*hours), made_at=clock.now(), site="madison"
        )
    supply.raise_revision()
    said = row_of(read(dana), "Anna Lindqvist")
    assert "12:00 Closed, weather" in said and "8:00 Closed to 9:30, weather" in said
    assert "12:00 Closed, weather" in row_of(read(dana, f"{PAGE[:-2]}09&view=day"), "Priya Raman")
    assert "12:00 Closed, weather" in read_words(dana, f"{PAGE}&by=room")


@pytest.mark.parametrize(("setting", "words"), [("home", "at home"), ("telehealth", "by video")])
def test_a_visit_at_home_or_by_video_says_so(setting: str, words: str, arrive: Arrive, dana: Client) -> None:
    booked(arrive(), "lucia_herrera", at(1, 9), setting=setting)
    assert f"Delgado, {words}" in row_of(read(dana), "Lucía Herrera")


def test_extra_hours_on_a_day_the_site_is_closed_are_open(dana: Client) -> None:
    anna = Resource.objects.get(slug="anna_lindqvist")
    saturday = TimestamptzRange(at(5, 9), at(5, 13))
    Change.objects.create(resource=anna, what="extra", during=saturday, made_at=clock.now(), site="madison")
    supply.raise_revision()
    page = f"{PAGE[:-10]}2026-12-12&view=day"
    assert "9:00 Open to 1:00" in row_of(read(dana, page), "Anna Lindqvist")
    assert row_of(read(dana, page), "Priya Raman").endswith("Closed")


def test_hours_by_video_alone_are_said(dana: Client) -> None:
    anna = Resource.objects.get(slug="anna_lindqvist")
    Block.objects.create(
        resource=anna, site="madison", what="video", rule="FREQ=WEEKLY;BYDAY=MO", first_day=date(2026, 1, 5),
        begins="09:00", ends="12:00",
    )  # fmt: skip
    supply.raise_revision()
    assert "9:00 By video to 12:00" in row_of(read(dana), "Anna Lindqvist")


def test_a_full_day_offers_nothing_more(arrive: Arrive, dana: Client) -> None:
    for n, hour in enumerate((8, 10, 12, 14)):
        booked(arrive(token=n), "lucia_herrera", at(1, hour), minutes=45)
    days = re.findall(r"Open to", row_of(read(dana), "Lucía Herrera"))
    assert len(days) == 4, "Monday and Wednesday to Friday; Tuesday has the four first visits of a day"


def test_an_assistant_is_never_open_for_a_first_visit(dana: Client) -> None:
    assert "Open" not in row_of(read(dana), "Tyler Novak")


def test_what_is_past_is_not_open(dana: Client) -> None:
    said = row_of(read(dana, "/calendar?site=madison&on=2026-11-30"), "Anna Lindqvist")
    assert said.count("Open") == 4 and "12:15 Open to 5:30" in said, "Tuesday from two hours after ten on"


def test_a_site_that_is_not_theirs_is_not_there(dana: Client) -> None:
    assert dana.get("/calendar?site=marquette").status_code == 404
    assert dana.get("/calendar?on=nonsense&view=month&by=planet").status_code == 200


def test_it_asks_as_often_for_one_visit_as_for_thirty(arrive: Arrive, dana: Client) -> None:
    booked(arrive(), "lucia_herrera", at(0, 9))
    few = questions(dana, PAGE)
    lead = arrive()
    for day in range(5):
        for n, who in enumerate(("anna_lindqvist", "marcus_bell", "priya_raman", "lucia_herrera", "tyler_novak")):
            booked(lead, who, at(day, 10 + n), minutes=45)
    assert questions(dana, PAGE) == few


def test_a_page_that_takes_its_time_is_counted_as_a_fast_one(dana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = questions(dana, PAGE)
    monkeypatch.setattr(practice_queries, "RECHECK_SECONDS", -1.0)
    monkeypatch.setattr(supply, "RECHECK_SECONDS", -1.0)
    assert questions(dana, PAGE) == fast


def test_an_open_time_leads_to_those_who_wait_and_on_to_their_own_times(arrive: Arrive, dana: Client) -> None:
    lead = arrive(program="early_language")
    dana.post(f"/leads/L-{lead.number}/overrule", {"outcome": "book_now", "reason": "the order is on its way"})
    page = dana.get("/calendar/book", {"site": "madison", "with": "lucia_herrera", "on": "2026-12-08"})
    text = unescape(page.content.decode())
    times = f"/leads/L-{lead.number}/visit?with=lucia_herrera&from=2026-12-08&until=2026-12-08"
    assert "Delgado" in text and times in text
    assert "Tue Dec 8, 8:00 am" in unescape(dana.get(times).content.decode())
    beside = unescape(dana.get(f"{PAGE}&lead=L-{lead.number}").content.decode())
    assert times in beside and f"Booking for L-{lead.number}" in beside


def test_nobody_else_s_wait_is_shown(arrive: Arrive, dana: Client, signed_in: SignIn) -> None:
    lead = arrive(program="early_language")
    dana.post(f"/leads/L-{lead.number}/overrule", {"outcome": "book_now", "reason": "the order is on its way"})
    query = {"site": "madison", "with": "anna_lindqvist", "on": "2026-12-08"}
    assert "Delgado" not in dana.get("/calendar/book", query).content.decode(), "a hand therapist cannot do it"
    query["with"] = "lucia_herrera"
    assert "Delgado" not in signed_in("priya").get("/calendar/book", query).content.decode()
    assert dana.get("/calendar/book", {**query, "site": "marquette"}).status_code == 404
    assert dana.get("/calendar/book", {**query, "on": "x"}).status_code == 404


def test_what_became_of_a_visit_is_said_from_the_day(arrive: Arrive, dana: Client, signed_in: SignIn) -> None:
    row = booked(arrive(), "lucia_herrera", at(1, 9))
    day = f"{PAGE}&view=day".replace(str(MONDAY), "2026-12-08")
    clock.move(at(1, 9, 5) - clock.now())
    assert "Did not come" in row_of(read(dana, day), "Lucía Herrera")
    address, back = f"/calendar/visits/{row.id}", {"back": day}
    assert signed_in("priya").post(address, {"do": "arrived"}).status_code == 404
    assert dana.post(address, {"do": "flown"}).status_code == 404
    answer = dana.post(address, {"do": "arrived", **back})
    assert answer.status_code == 303 and answer["Location"] == day
    row.refresh_from_db()
    assert row.status == "arrived"
    assert "L. Delgado, arrived" in row_of(read(dana, day), "Lucía Herrera")
    away = dana.post(address, {"do": "left", "back": "https://example.org/calendar?"})
    assert away["Location"] == "/calendar"


def cells_of(page: str, program: str) -> list[str]:
    """The cells of one program in the table of third next available."""
    found = re.search(rf'<tr><th scope="row">{program}.*?</tr>', page, re.S)
    assert found is not None, program
    cells = re.findall(r"<td.*?</td>", found[0], re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in cells]


def test_the_third_next_available_counts_times_that_three_people_could_have(arrive: Arrive, dana: Client) -> None:
    page = read(dana, "/calendar/next?site=madison")
    first, anybody = cells_of(page, "Lymphedema")[:2]
    assert (first, anybody) == ("Tue Dec 1", "Tue Dec 1 today"), "12:00, 1:25 and 2:50 with the one who does it"
    booked(arrive(), "anna_lindqvist", at(-6, 12), minutes=180)
    first, anybody = cells_of(read(dana, "/calendar/next?site=madison"), "Lymphedema")[:2]
    assert (first, anybody) == ("Tue Dec 1", "Wed Dec 2 in 1 day"), "one more on Tuesday, then Wednesday morning"


def test_the_third_next_available_counts_a_device_for_one_person_at_a_time(dana: Client) -> None:
    data = Resource.objects.get(slug="priya_raman").data
    for number in range(3):
        said = {"slug": f"vest_{number}", "name": f"Vest {number}", "skills": ["vestibular"], "sites": ["madison"]}
        Resource.objects.create(slug=said["slug"], data=data | said)
    goggles = {"site": "madison", "what": "clinic", "rule": "FREQ=WEEKLY;BYDAY=MO", "begins": "09:00", "ends": "10:30"}
    Block.objects.create(resource=Resource.objects.get(slug="madison_goggles"), first_day=date(2026, 12, 7), **goggles)
    supply.raise_revision()
    practice_queries.forget()
    first, anybody = cells_of(read(dana, "/calendar/next?site=madison"), "Vestibular")[:2]
    assert (first, anybody) == ("Mon Dec 7", "Mon Dec 21 in 20 days"), "one device is free on Mondays for one visit"


def test_a_payer_counts_only_the_therapists_who_may_bill_it(dana: Client) -> None:
    for who in ("anna_lindqvist", "priya_raman"):
        away = TimestamptzRange(at(-6, 0), at(7, 0))
        resource = Resource.objects.get(slug=who)
        Change.objects.create(resource=resource, what="away", why="leave", made_at=clock.now(), during=away)
    supply.raise_revision()
    page = read(dana, "/calendar/next?site=madison")
    heads = re.findall(r'<th scope="col">(.*?)</th>', page)[1:]
    compensation = practice().payers["great_lakes_comp"].name
    neuro = dict(zip(heads, cells_of(page, "Stroke"), strict=True))
    assert neuro["Any payer"] == "Tue Dec 1 today"
    assert neuro[compensation] == "Mon Dec 14 in 13 days", "of those who do neuro only Priya may bill it"
    assert practice().payers["michigan_medicaid"].name not in heads, "nobody here may bill it"
    assert dana.get("/calendar/next?site=marquette").status_code == 404
