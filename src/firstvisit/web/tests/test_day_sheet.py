"""The day sheet and the packet of a lead: on screen, as a PDF, and kept on the machine for an outage."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils.html import escape

from firstvisit.journey import day_sheet
from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Task
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.qualify.policy import Judging
from firstvisit.web.tests.conftest import Arrive, SignIn, questions

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_nine(arrive: Arrive) -> datetime:
    """Tuesday, nine o'clock in Madison; the site is open."""
    madison = practice().sites["madison"]
    nine = datetime(2026, 11, 24, 9, 0, tzinfo=madison.tz)
    clock.move(nine - clock.now())
    return nine


def test_it_names_who_to_call_and_what_next(signed_in: SignIn, arrive: Arrive, at_nine: datetime) -> None:
    lead = arrive(phone="6085550142")
    page = signed_in("dana").get("/day-sheet").content.decode()
    assert "(608) 555-0142" in page
    assert f"L-{lead.number}" in page
    seen = AuditRow.objects.filter(subject_kind="day sheet").get()
    assert seen.subjects == [str(lead.id)]


def test_somebody_of_whom_only_an_address_is_known_is_written_to(arrive: Arrive, at_nine: datetime) -> None:
    arrive(phone="", email="ana@example.org", program="early_language", insurance="Northfield Health")
    lines = day_sheet.sheet(practice().sites["madison"], now=at_nine).lines
    assert [line.reach for line in lines] == ["ana@example.org"] * len(lines) and lines
    assert not [line.action for line in lines if "all" in line.action.split()[0]]


def test_a_clock_that_broke_another_day_says_which(arrive: Arrive, at_nine: datetime) -> None:
    lead = arrive()
    madison = practice().sites["madison"]
    Task.objects.filter(lead=lead).update(breached_at=at_nine - timedelta(days=30))
    [line] = day_sheet.sheet(madison, now=at_nine).lines
    assert line.why.startswith("Clock broken on Oct 25 9:00 am. "), line.why  # the clock went back on November 1
    Task.objects.filter(lead=lead).update(breached_at=at_nine - timedelta(minutes=5))
    [line] = day_sheet.sheet(madison, now=at_nine).lines
    assert line.why.startswith("Clock broken at 8:55 am. "), line.why


def test_of_more_than_a_sheet_holds_the_rest_is_counted(arrive: Arrive, at_nine: datetime) -> None:
    for _ in range(3):
        arrive()
    madison = practice().sites["madison"]
    short, whole = day_sheet.sheet(madison, now=at_nine, most=2), day_sheet.sheet(madison, now=at_nine)
    assert len(short.lines) == 2 and short.sentence.startswith("3 next things late or due today.")
    assert short.sentence.endswith("Printed: the first 2; 1 more wait.")
    assert len(whole.lines) == 3 and "Printed" not in whole.sentence


def test_as_a_pdf(signed_in: SignIn, arrive: Arrive, at_nine: datetime) -> None:
    arrive(concern="#eval *not markup* $x$")
    answer = signed_in("dana").get("/day-sheet.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_long_sheet_asks_the_database_no_more(
    signed_in: SignIn, arrive: Arrive, at_nine: datetime
) -> None:
    arrive(), arrive()
    browser = signed_in("dana")
    few = questions(browser, "/day-sheet")
    for _ in range(6):
        arrive()
    assert questions(browser, "/day-sheet") == few


@pytest.mark.parametrize("name", ["anna", "auditor", "admin"])
def test_only_those_who_see_the_whole_site_print_it(signed_in: SignIn, name: str) -> None:
    assert signed_in(name).get("/day-sheet").status_code == 404


def test_a_site_that_is_not_theirs_is_not_there(signed_in: SignIn) -> None:
    assert signed_in("reggie").get("/day-sheet?site=madison").status_code == 404
    assert signed_in("dana").get("/day-sheet?site=nowhere").status_code == 404


def test_the_machine_keeps_one_that_only_it_can_read_every_two_hours_for_two_days(
    arrive: Arrive, at_nine: datetime, settings: LazySettings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    arrive()
    assert day_sheet.keep_sheets(now=at_nine) == len(practice().sites)
    assert day_sheet.keep_sheets(now=at_nine + timedelta(minutes=30)) == 0
    kept = sorted((tmp_path / "day-sheets").iterdir())
    assert {stat.S_IMODE(each.stat().st_mode) for each in kept} == {0o600}
    assert stat.S_IMODE(kept[0].parent.stat().st_mode) == 0o700
    assert all(each.read_bytes().startswith(b"%PDF-") for each in kept)
    assert day_sheet.keep_sheets(now=at_nine + timedelta(hours=2, minutes=1)) == len(practice().sites)
    assert day_sheet.keep_sheets(now=at_nine.replace(hour=23)) == 0
    day_sheet.keep_sheets(now=at_nine + timedelta(days=3))
    assert not any(each.exists() for each in kept)


def test_a_packet_is_one_lead_on_screen_and_as_a_pdf(signed_in: SignIn, arrive: Arrive) -> None:
    lead = arrive(phone="6085550142", concern="Few words #and* no $phrases$")
    browser = signed_in("dana")
    page = browser.get(f"/leads/L-{lead.number}/packet").content.decode()
    assert "Who, and whom to talk to" in page
    assert "Few words" in page
    made = browser.get(f"/leads/L-{lead.number}/packet.pdf").content
    assert made.startswith(b"%PDF-")
    assert AuditRow.objects.filter(subject_kind="packet").count() == 2


def test_a_packet_shows_nobody_more_than_the_lead_does(signed_in: SignIn, arrive: Arrive) -> None:
    lead = arrive(phone="6085550142", concern="Few words and no phrases")
    hidden = signed_in("auditor").get(f"/leads/L-{lead.number}/packet").content.decode()
    assert "555-0142" not in hidden
    assert "Few words" not in hidden
    assert signed_in("reggie").get(f"/leads/L-{lead.number}/packet").status_code == 404


def test_the_packet_of_a_red_flag_carries_the_line_to_read_out(signed_in: SignIn, arrive: Arrive) -> None:
    lead = arrive(concern="He says he wants to kill himself", program="pediatric")
    line = escape(policy().section(Judging).line_for("suicidal"))
    browser = signed_in("dana")
    assert line in browser.get(f"/leads/L-{lead.number}/packet").content.decode()
    assert line not in browser.get(f"/leads/L-{arrive().number}/packet").content.decode()
