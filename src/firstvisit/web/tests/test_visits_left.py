"""Visits that a change of the practice leaves without a place: said before it is kept, listed, in the calendar."""

from __future__ import annotations

from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from firstvisit.kernel import clock
from firstvisit.leads.models import FactsRow, Lead
from firstvisit.practice.models import Resource, User
from firstvisit.practice.queries import practice, practice_now
from firstvisit.steps.booking import supply
from firstvisit.steps.booking.models import Appointment, Block, Terms
from firstvisit.web.staff.whose import whose
from firstvisit.web.tests.conftest import Arrive, SignIn
from firstvisit.web.tests.test_calendar import at, booked, row_of
from firstvisit.web.tests.test_practice import opened

pytestmark = pytest.mark.django_db
MARQUETTE = ZoneInfo("America/Detroit")
PRIYA = "/practice/resources/of/priya_raman"
SOFIA = "/practice/resources/of/sofia_brandt"
WEEK = "on=2026-12-07"
CHOSEN = 'am" checked>'


@pytest.fixture(autouse=True)
def first_of_december() -> None:
    """It is Tuesday, December 1, ten o'clock in Madison."""
    clock.move(datetime(2026, 12, 1, 10, 0, tzinfo=ZoneInfo("America/Chicago")) - clock.now())


@pytest.fixture
def mei(signed_in: SignIn) -> Client:
    return signed_in("mei")


def read(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def in_marquette(mei: Client, lead: Lead) -> Appointment:
    """Priya is at both sites, and has a visit in Marquette on Tuesday morning."""
    assert mei.post(PRIYA, opened(mei, PRIYA) | {"sites": ["madison", "marquette"]}).status_code == 302
    row = Resource.objects.get(slug="priya_raman")
    for site, rule in (("madison", "FREQ=WEEKLY;BYDAY=MO,WE,TH,FR"), ("marquette", "FREQ=WEEKLY;BYDAY=TU")):
        Block.objects.create(
            resource=row, site=site, what="clinic", rule=rule, first_day=date(2026, 11, 2), begins="08:00", ends="17:00"
        )
    supply.raise_revision()
    start = datetime(2026, 12, 8, 9, 0, tzinfo=MARQUETTE)
    return booked(lead, "priya_raman", start, site="marquette", resources=[row.id])


def test_a_site_taken_from_a_therapist_leaves_no_visit_unseen(arrive: Arrive, mei: Client) -> None:
    lead = arrive()
    in_marquette(mei, lead)
    said = opened(mei, PRIYA)
    assert "1 visit to come" in read(mei, PRIYA)
    answer = mei.post(PRIYA, said | {"sites": ["madison"]})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422 and f"1 visit to come would no longer fit: L-{lead.number} on Tue Dec 8" in page
    assert "marquette" in practice_now().resources["priya_raman"].sites  # nothing was saved yet

    answer = mei.post(PRIYA, said | {"sites": ["madison"], "knowing": ["1"]})
    assert answer.status_code == 302 and "1 visit to come no longer fits" in read(mei, answer.headers["Location"])
    page = read(mei, "/supply/unfit")
    assert f"L-{lead.number}" in page and "Priya Raman is no longer at" in page
    row = row_of(read(mei, f"/calendar?site=marquette&{WEEK}"), "Priya Raman")
    assert "no longer here, visits stand" in row and "9:00" in row
    assert "Not one of their sites any more: nothing is open there." in read(mei, "/supply/of/priya_raman")


def test_a_payer_taken_from_a_therapist_lists_the_visits_of_its_patients(arrive: Arrive, mei: Client) -> None:
    lead = arrive()
    booked(lead, "priya_raman", at(1, 9))
    payers = list(practice().payers)
    FactsRow.objects.filter(lead=lead).update(payer=payers[0], payer_kind="commercial")
    assert mei.post(PRIYA, opened(mei, PRIYA) | {"payers": payers}).status_code == 302
    assert "Every visit to come fits" in read(mei, "/supply/unfit")
    said = opened(mei, PRIYA) | {"payers": payers[1:]}
    assert f"no longer fit: L-{lead.number}" in mei.post(PRIYA, said).content.decode()
    mei.post(PRIYA, said | {"knowing": ["1"]})
    assert "Priya Raman is no longer credentialed with their payer" in read(mei, "/supply/unfit")


def test_a_retired_therapist_s_visit_stays_in_the_calendar_under_their_name(arrive: Arrive, mei: Client) -> None:
    lead = arrive()
    resource = Resource.objects.get(slug="sofia_brandt")
    booked(lead, "sofia_brandt", at(1, 9), resources=[resource.id])
    page = read(mei, f"{SOFIA}/retire")
    assert "1 visit to come: 1 at" in page and "No open work" not in page
    answer = mei.post(f"{SOFIA}/retire")
    assert answer.status_code == 422 and f"L-{lead.number} on Tue Dec 8" in unescape(answer.content.decode())
    answer = mei.post(f"{SOFIA}/retire", {"knowing": "1"})
    assert answer.headers["Location"] == "/supply/unfit?done=left"
    assert "Sofia Brandt has left" in read(mei, "/supply/unfit")
    row = row_of(read(mei, f"/calendar?site=madison&{WEEK}"), "Sofia Brandt")
    assert "retired, visits stand" in row and "9:00" in row
    assert "Sofia Brandt" in read(mei, f"/leads/L-{lead.number}/visit")


def test_whoever_leaves_us_has_a_last_day_and_the_visits_after_it_are_listed(
    arrive: Arrive, signed_in: SignIn
) -> None:
    ruth, lead = signed_in("ruth"), arrive()
    resource = Resource.objects.get(slug="priya_raman")
    Terms.objects.create(resource=resource, home_miles=12)
    booked(lead, "priya_raman", at(1, 9))
    leaves = f"/practice/staff/of/{resource.users.get().id}/retire"
    page = read(ruth, leaves)
    assert "1 visit to come" in page and "No open work" not in page and 'value="2026-12-01"' in page
    assert "Enter the last day with us" in ruth.post(leaves, {"last_day": "soon"}).content.decode()
    assert resource.users.get().is_active
    assert ruth.post(leaves, {"last_day": "2026-12-07"}).headers["Location"] == "/supply/unfit?done=left"
    terms = Terms.objects.get(resource=resource)
    assert (terms.last_day, terms.home_miles) == (date(2026, 12, 7), 12)
    assert "Priya Raman has left" in read(ruth, "/supply/unfit")
    assert not resource.users.get().is_active


def test_a_new_holiday_is_said_and_is_what_the_visit_is_called_off_for(arrive: Arrive, mei: Client) -> None:
    lead = arrive()
    row = booked(lead, "priya_raman", at(1, 9))
    site = "/practice/sites/of/madison"
    said = opened(mei, site)
    year = next(name for name in said if name.endswith("-2026"))
    said |= {year: [f"{said[year][0]}\n12-08 Founders’ Day"]}
    answer = mei.post(site, said)
    assert f"no longer fit: L-{lead.number}" in answer.content.decode()
    assert mei.post(site, said | {"knowing": ["1"]}).status_code == 302
    assert "The site is closed, Founders’ Day" in read(mei, "/supply/unfit")
    mei.post("/supply/unfit", {"visit": [str(row.id)]})
    row.refresh_from_db()
    assert (row.status, row.why) == ("cancelled", "site_closed")


def test_a_change_names_the_visits_that_it_leaves_and_not_those_that_no_longer_fitted_before(
    arrive: Arrive, mei: Client
) -> None:
    first, second = arrive(), arrive()
    booked(first, "priya_raman", at(1, 9))
    booked(second, "sofia_brandt", at(2, 9))
    away = {"why": "illness", "first_day": "2026-12-08"}
    assert mei.post("/supply/of/priya_raman/away", away).headers["Location"] == "/supply/unfit?done=kept"
    there = mei.post("/supply/of/sofia_brandt/away", away | {"first_day": "2026-12-09"}).headers["Location"]
    page = read(mei, there)
    stood, others = page.split("Others that no longer fit</h2>")
    assert "These visits stood then:" in stood and f"/leads/L-{second.number}" in stood
    assert f"/leads/L-{first.number}" in others and f"/leads/L-{first.number}" not in stood
    assert stood.count(CHOSEN) == 1 and CHOSEN not in others, "a press is for what was changed"
    name = whose(second, User.objects.get(email__startswith="mei@"))
    assert f"L-{second.number}</a> {name}<" in page and not name.startswith("L-")

    untouched = mei.post("/supply/of/sofia_brandt/away", away | {"first_day": "2026-12-16"})
    assert untouched.headers["Location"] == "/supply/of/sofia_brandt?done=kept", "a day without visits"
    page = read(mei, "/supply/unfit")
    assert "stood then" not in page and "Others" not in page and page.count(CHOSEN) == 2


def test_a_day_that_was_left_out_already_is_not_left_out_again(mei: Client) -> None:
    week = {"days": ["1"], "first_day": "2026-12-01", "begins": "08:00", "ends": "12:00", "site": "madison"}
    assert mei.post("/supply/of/sofia_brandt/hours", {"what": "clinic", **week}).status_code == 303
    said = {"which": str(Block.objects.latest("id").id), "day": "2026-12-15"}
    assert "done=except" in mei.post("/supply/of/sofia_brandt/except", said).headers["Location"]
    again = mei.post("/supply/of/sofia_brandt/except", said).headers["Location"]
    assert "That day was left out already." in read(mei, again)
