"""A booked patient reaches the EMR once: acknowledged, or a person's task that says what the EMR did."""

from __future__ import annotations

import csv
import io
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hl7
import pytest
from django.conf import settings as live
from django.db import transaction
from django.test import Client
from tests.emr import listening, tell_all, told_by
from tests.journeys.test_treatment_together import book as treat
from tests.journeys.test_treatment_together import pattern, treatment
from tests.people import FAMILY, but
from tests.stated import correct

from firstvisit.config.demo.emr import answered, taken
from firstvisit.journey.booking.registering import (
    TIDIES_SECONDS,
    Saying,
    say,
    settle,
    take,
    tell_next,
    tidy,
)
from firstvisit.kernel import clock, seal
from firstvisit.leads.models import Event, Lead, LeadReferral, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import outgoing
from firstvisit.steps.booking.models import Appointment, Outgoing

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


def times(desk: Client, lead: Lead) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', desk.get(f"/leads/L-{lead.number}/visit").content.decode())


def press(desk: Client, lead: Lead, do: str, **said: str) -> None:
    if do != "book":
        said["visit"] = str(Appointment.objects.get(lead=lead).id)
    assert desk.post(f"/leads/L-{lead.number}/visit", {"do": do, **said}).status_code == 303


def told(lead: Lead) -> list[tuple[str, str]]:
    return list(Outgoing.objects.filter(lead=lead).order_by("number").values_list("what", "status"))


def task(lead: Lead, kind: str) -> Task | None:
    return Task.objects.filter(lead=lead, kind=kind, status="open").first()


def events(messages: list[hl7.Message]) -> list[str]:
    return [str(each.segment("MSH")(9)).split("^")[1] for each in messages]


@pytest.fixture
def by_hl7(staff: Staff, tuesday: datetime) -> None:
    told_by(staff, way="hl7")


@pytest.fixture
def lead(arrive: Arrive, dana: Client, tuesday: datetime) -> Lead:
    return arrive(FAMILY)


def book(desk: Client, lead: Lead) -> Appointment:
    press(desk, lead, "book", slot=times(desk, lead)[0])
    return Appointment.objects.get(lead=lead)


@pytest.mark.usefixtures("by_hl7")
def test_patient_and_visit_reach_the_emr_once_each(lead: Lead, dana: Client, settings: Any) -> None:
    with listening(settings) as emr:
        visit = book(dana, lead)
        assert tell_all() == 2 and tell_all() == 0
        assert events(emr.heard) == ["A04", "S12"]
        patient, booking = emr.heard
        assert str(patient.segment("PID")(5)).startswith("Quisenberry^Mirabelle")
        assert str(patient.segment("NK1")(3)).startswith("MTH")
        assert str(patient.segment("IN1")(36)) == "NHQ-7731-55"
        assert str(booking.segment("SCH")(1)).split("^")[0] == str(visit.id)
        assert str(booking.segment("PID")(3)) == str(patient.segment("PID")(3)) == f"P-{lead.number}^^^FIRSTVISIT^PI"
    assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged")]
    assert task(lead, "mend_registration") is None and task(lead, "enter_in_emr") is None
    assert Event.objects.filter(lead=lead, name="emr_told").count() == 2
    assert "The EMR has the patient (A04)" in dana.get(f"/leads/L-{lead.number}").content.decode()


@pytest.mark.usefixtures("by_hl7")
def test_what_becomes_of_the_visit_follows(lead: Lead, dana: Client, settings: Any) -> None:
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        press(dana, lead, "move", slot=times(dana, lead)[1])
        tell_all()
        press(dana, lead, "cancel", why="ill")
        tell_all()
        assert events(emr.heard) == ["A04", "S12", "S13", "S15"]
        reason = str(emr.heard[-1].segment("SCH")(6))
        assert "They are ill" in reason


@pytest.mark.usefixtures("by_hl7")
def test_a_process_killed_between_saying_and_settling_repeats_under_the_same_number(
    lead: Lead, dana: Client, settings: Any, set_clock: Any
) -> None:
    with listening(settings) as emr:
        book(dana, lead)
        found = take()
        assert found is not None and isinstance(found[1], Saying)
        say(found[1])  # and here it dies: the EMR has it, we do not know
        assert tell_all() == 0, "nobody else says it meanwhile, and nothing overtakes it"
        set_clock(clock.now() + timedelta(minutes=1))
        assert tell_all() == 2
        assert events(emr.heard) == ["A04", "A04", "S12"]
        first, second, _ = emr.heard
        assert str(first) == str(second), "word for word, so that the EMR knows the repeat"
        assert len(emr.kept) == 2
    assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged")]


@pytest.mark.usefixtures("by_hl7")
def test_a_process_killed_before_saying_loses_nothing(
    lead: Lead, dana: Client, settings: Any, set_clock: Any
) -> None:
    with listening(settings) as emr:
        book(dana, lead)
        assert take() is not None
        set_clock(clock.now() + timedelta(minutes=1))
        tell_all()
        assert events(emr.heard) == ["A04", "S12"]


@pytest.mark.usefixtures("by_hl7")
def test_a_refusal_is_one_task_that_names_it_and_holds_the_visit_back(
    lead: Lead, dana: Client, settings: Any, staff: Staff
) -> None:
    words = "Quisenberry is in the chart of another"
    with listening(settings, lambda message: answered(message, "AE", words, error="205")) as emr:
        book(dana, lead)
        assert tell_all() == 1
        assert events(emr.heard) == ["A04"], "no visit of a patient whom the EMR does not have"
        wanted = task(lead, "mend_registration")
        assert wanted is not None
        assert "AE; duplicate key identifier (PID-1-3)" in wanted.reason and "Quisenberry" not in wanted.reason
        page = dana.get(f"/emr?lead=L-{lead.number}").content.decode()
        assert words in page
        emr.answers = taken
        row = Outgoing.objects.get(lead=lead, what="patient")
        assert dana.post(f"/emr/{row.id}", {"do": "again"}).status_code == 303
        assert tell_all() == 2
        assert events(emr.heard) == ["A04", "A04", "S12"]
        numbers = {str(each.segment("MSH")(10)) for each in emr.heard}
        assert len(numbers) == 3, "written anew, it has a number of its own"
    assert task(lead, "mend_registration") is None


@pytest.mark.usefixtures("by_hl7")
@pytest.mark.parametrize(
    "answers",
    [
        lambda message: None,
        lambda message: b"What do you want?",
        lambda message: answered(message, "AA", control="ANOTHER"),
        lambda message: answered(message, "AE", "locked", error="206"),
        lambda message: answered(message, "??"),
    ],
    ids=["nothing", "garbage", "another number", "locked", "no code"],
)
def test_what_passes_is_said_again_and_after_a_while_is_a_task(
    answers: Any, lead: Lead, dana: Client, settings: Any, set_clock: Any, staff: Staff
) -> None:
    told_by(staff, seconds=1)
    with listening(settings, answers) as emr:
        book(dana, lead)
        assert tell_all() == 1
        assert told(lead)[0] == ("patient", "wanted") and task(lead, "mend_registration") is None
        set_clock(clock.now() + timedelta(minutes=5))
        assert tell_all() == 1
        assert len({str(each.segment("MSH")(10)) for each in emr.heard}) == 1
        set_clock(clock.now() + timedelta(hours=3))
        tell_all()
        wanted = task(lead, "mend_registration")
        assert told(lead)[0] == ("patient", "failed") and wanted is not None and "the EMR" in wanted.reason
        emr.answers = taken
        row = Outgoing.objects.get(lead=lead, what="patient")
        dana.post(f"/emr/{row.id}", {"do": "again"})
        assert tell_all() == 2
        repeated = [each for each in emr.heard if "A04" in str(each.segment("MSH")(9))]
        assert len({str(each.segment("MSH")(10)) for each in repeated}) == 1, "the EMR may have it: the same number"


@pytest.mark.usefixtures("by_hl7")
def test_an_emr_that_is_off_takes_it_when_it_is_back(
    lead: Lead, dana: Client, settings: Any, set_clock: Any
) -> None:
    with listening(settings) as emr:
        url = emr.url
    settings.ENVIRONMENT = replace(live.ENVIRONMENT, emr_url=url)
    book(dana, lead)
    assert tell_all() == 1
    assert "cannot be reached" in Outgoing.objects.get(lead=lead, what="patient").why
    set_clock(clock.now() + timedelta(minutes=5))
    with listening(settings) as emr:
        tell_all()
        assert events(emr.heard) == ["A04", "S12"]


@pytest.mark.usefixtures("by_hl7")
def test_a_late_word_about_what_is_settled_changes_nothing(lead: Lead, dana: Client, settings: Any) -> None:
    with listening(settings):
        book(dana, lead)
        found = take()
        assert found is not None and isinstance(found[1], Saying)
        outcome = say(found[1])
        assert settle(found[0], outcome) and not settle(found[0], outcome)


@pytest.mark.usefixtures("by_hl7")
def test_what_is_kept_of_it_is_sealed(lead: Lead, dana: Client, settings: Any) -> None:
    with listening(settings):
        book(dana, lead)
        tell_all()
    row = Outgoing.objects.get(lead=lead, what="patient")
    assert row.payload is not None and b"Quisenberry" not in bytes(row.payload)
    key = seal.open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
    assert b"Quisenberry" in (outgoing.opened(row, "payload", key) or b"")
    assert b"MSA|AA|" in (outgoing.opened(row, "reply", key) or b"")


def test_a_file_is_put_once_also_when_killed_in_between(
    lead: Lead, dana: Client, settings: Any, tmp_path: Path, staff: Staff, set_clock: Any
) -> None:
    told_by(staff, way="csv")
    settings.ENVIRONMENT = replace(live.ENVIRONMENT, emr_folder=tmp_path)
    visit = book(dana, lead)
    found = take()
    assert found is not None and isinstance(found[1], Saying)
    assert [each.name for each in tmp_path.iterdir() if not each.name.startswith(".")] == []
    say(found[1])  # put, and here it dies
    (put,) = (each for each in tmp_path.iterdir() if not each.name.startswith("."))
    content = put.read_bytes()
    put.unlink()  # the EMR has imported it
    set_clock(clock.now() + timedelta(minutes=1))
    tell_all()
    assert [each.name.partition("-")[0] for each in tmp_path.iterdir()] == ["booked"]
    (row,) = csv.DictReader(io.StringIO(content.decode()))
    assert (row["last_name"], row["coverage_1_member_id"]) == ("Quisenberry", "NHQ-7731-55")
    assert (row["visit"], row["contact_relationship"]) == (str(visit.id), "mother")
    assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged")]


def test_a_folder_that_is_gone_is_said_and_tried_again(
    lead: Lead, dana: Client, settings: Any, tmp_path: Path, staff: Staff, set_clock: Any
) -> None:
    told_by(staff, way="csv")
    folder = tmp_path / "emr"
    settings.ENVIRONMENT = replace(live.ENVIRONMENT, emr_folder=folder)
    book(dana, lead)
    tell_all()
    assert "folder" in Outgoing.objects.get(lead=lead, what="patient").why
    folder.mkdir()
    set_clock(clock.now() + timedelta(minutes=5))
    tell_all()
    assert len([each for each in folder.iterdir() if not each.name.startswith(".")]) == 2


def test_the_copy_card_is_one_task_and_entered_ends_it(lead: Lead, dana: Client, staff: Staff) -> None:
    told_by(staff, way="copy_card")
    book(dana, lead)
    wanted = task(lead, "enter_in_emr")
    assert wanted is not None and "the patient and the visit" in wanted.reason
    assert not tell_next(), "no machine says what a person types"
    page = dana.get(f"/leads/L-{lead.number}/emr-card").content.decode()
    assert "NHQ-7731-55" in page and "Quisenberry" in page and "data-key" in page
    pdf = dana.get(f"/leads/L-{lead.number}/emr-card.pdf")
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF")
    assert dana.post(f"/leads/L-{lead.number}/emr-card", {"do": "entered"}).status_code == 303
    wanted.refresh_from_db()
    assert wanted.status == "done" and wanted.ended_by is not None
    assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged")]
    assert dana.post(f"/leads/L-{lead.number}/emr-card", {"do": "entered"}).status_code in (303, 409)
    press(dana, lead, "move", slot=times(dana, lead)[1])
    again = task(lead, "enter_in_emr")
    assert again is not None and again.id != wanted.id and "new time" in again.reason


def test_the_copy_card_has_every_visit_that_waits_and_the_evaluation_first(
    lead: Lead, dana: Client, staff: Staff
) -> None:
    told_by(staff, way="copy_card")
    token = pattern(treatment(dana, lead, slot=times(dana, lead)[0], a_week="2", weeks="3"))
    assert treat(dana, lead, token).status_code == 303
    visits = list(Appointment.objects.filter(lead=lead).order_by("starts_at"))
    zone = practice().sites["madison"].tz
    card = f"/leads/L-{lead.number}/emr-card"
    page = dana.get(card).content.decode()
    assert "the visit (7 times)" in page
    parts = re.findall(r'<table aria-label="(Visit[^"]*)">(.*?)</table>', page, re.S)
    assert [title.partition(",")[0] for title, _ in parts] == [f"Visit {number} of 7" for number in range(1, 8)]
    for (_, fields), visit in zip(parts, visits, strict=True):
        begins = visit.starts_at.astimezone(zone)
        assert f'data-copy="{begins:%m/%d/%Y}"' in fields and f'data-copy="{begins:%H:%M}"' in fields
    assert ">Evaluation<" in parts[0][1] and ">Treatment<" in parts[1][1]
    assert "Kind" not in parts[2][1] and "the rest as in the one before" in parts[2][0]
    assert page.count("data-key=") >= page.count("data-copy="), "a key a field"
    assert b"%PDF" in dana.get(f"{card}.pdf").content[:9]
    press_all = re.findall(r'name="row" value="([^"]+)"', page)
    seen = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    assert dana.post(card, {"row": press_all, "seen": seen}).status_code == 303
    assert {status for _, status in told(lead)} == {"acknowledged"}
    one = visits[3]
    where = f"/leads/L-{lead.number}/treatment/{one.id}"
    assert dana.post(where, {"do": "cancel", "why": "ill"}).status_code == 303
    page = dana.get(card).content.decode()
    assert page.count('aria-label="Visit') == 1 and ">cancelled<" in page


@pytest.mark.usefixtures("by_hl7")
def test_what_a_dead_process_may_have_said_of_a_visit_is_told_as_cancelled(
    lead: Lead, arrive: Arrive, dana: Client, settings: Any, set_clock: Any
) -> None:
    other = arrive(but(FAMILY, patient={"first_name": "Otis", "last_name": "Underhill"}))
    with listening(settings) as emr:
        book(dana, lead)
        assert tell_next()  # the patient
        found = take()
        assert found is not None and isinstance(found[1], Saying)
        say(found[1])  # the EMR has the visit; whoever said it dies here
        set_clock(clock.now() + timedelta(seconds=20))
        press(dana, other, "book", slot=times(dana, other)[1])
        set_clock(clock.now() + timedelta(minutes=1))
        found = take()
        assert found is not None and Outgoing.objects.get(id=found[0]).lead_id == other.id
        press(dana, lead, "cancel", why="ill")
        assert isinstance(found[1], Saying)
        settle(found[0], say(found[1]))
        for _ in range(3):
            set_clock(clock.now() + timedelta(minutes=1))
            tell_all()
    mine = [each for each in emr.heard if f"P-{lead.number}^" in str(each)]
    assert events(mine) == ["A04", "S12", "S12", "S15"]
    assert str(mine[1].segment("MSH")(10)) == str(mine[2].segment("MSH")(10)), "a repeat, as the EMR knows it"


def test_what_a_dead_process_prepared_and_nobody_knows_does_not_stay_in_the_folder(
    lead: Lead, dana: Client, staff: Staff, settings: Any, tmp_path: Path
) -> None:
    told_by(staff, way="csv")
    settings.ENVIRONMENT = replace(live.ENVIRONMENT, emr_folder=tmp_path)
    book(dana, lead)
    with transaction.atomic():
        assert take() is not None
        transaction.set_rollback(True)  # killed before it was written down
    known, _ = take() or (None, None)  # killed after
    assert known is not None and len(list(tmp_path.glob(".*.part"))) == 2
    (tmp_path / ".theirs.csv.part").touch()
    assert tidy() == 0, "they may be under way"
    long_ago = time.time() - TIDIES_SECONDS - 1
    for each in tmp_path.iterdir():
        os.utime(each, (long_ago, long_ago))
    assert tidy() == 1 and tidy() == 0
    control = Outgoing.objects.get(id=known).control
    assert sorted(each.name for each in tmp_path.iterdir()) == [f".patient-{control}.csv.part", ".theirs.csv.part"]


def test_what_nobody_entered_of_a_cancelled_visit_is_nobodys_task(lead: Lead, dana: Client, staff: Staff) -> None:
    told_by(staff, way="copy_card")
    book(dana, lead)
    press(dana, lead, "cancel", why="ill")
    assert task(lead, "enter_in_emr") is None
    assert {status for _, status in told(lead)} == {"withdrawn"}


def test_who_may_not_see_coverage_sees_no_card(lead: Lead, dana: Client, browser: Callable[[str], Client]) -> None:
    book(dana, lead)
    assert browser("joan").get(f"/leads/L-{lead.number}/emr-card").status_code == 404


def test_odd_names_and_nothing_but_a_name_are_told(
    arrive: Arrive, dana: Client, settings: Any, staff: Staff, tuesday: datetime
) -> None:
    told_by(staff, way="hl7", encoding="latin1")
    odd = but(
        FAMILY, patient={**FAMILY["patient"], "first_name": "Zoë|Anne", "last_name": "O’Brien & Łuczak ^2"},
        concern="Line one\nline two ~ \\ and a | bar",
    )  # fmt: skip
    lead = arrive(odd)
    with listening(settings) as emr:
        emr.encoding = "latin-1"
        book(dana, lead)
        tell_all()
        assert events(emr.heard) == ["A04", "S12"]
        assert str(emr.heard[0].segment("PID")(5)).startswith("O'Brien \\T\\ Luczak \\S\\2^Zo\xeb\\F\\Anne")


@pytest.mark.usefixtures("by_hl7")
def test_what_waits_behind_a_refusal_says_so_and_offers_no_second_sending(
    lead: Lead, dana: Client, settings: Any
) -> None:
    with listening(settings, lambda message: answered(message, "AR")):
        book(dana, lead)
        tell_all()
    page = dana.get("/emr").content.decode()
    assert page.count("Send it again") == 1 and "waits until the one before is settled" in page


@pytest.mark.usefixtures("by_hl7")
def test_nobody_is_registered_without_a_name(arrive: Arrive, dana: Client, settings: Any) -> None:
    lead = arrive(but(FAMILY, patient={"first_name": None, "last_name": None}))
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        assert emr.heard == []
        waits = task(lead, "mend_registration")
        assert waits is not None and "first and last name are not both known" in waits.reason
        correct(dana, lead, patient__first_name="Mirabelle", patient__last_name="Quisenberry", reason="as she said")
        row = Outgoing.objects.get(lead=lead, what="patient")
        assert dana.post(f"/emr/{row.id}", {"do": "again"}).status_code == 303
        tell_all()
        assert events(emr.heard) == ["A04", "S12"]
        assert str(emr.heard[0].segment("PID")(5)).startswith("Quisenberry^Mirabelle")


@pytest.mark.usefixtures("by_hl7")
def test_a_visit_moved_before_the_emr_heard_of_it_is_told_once(lead: Lead, dana: Client, settings: Any) -> None:
    with listening(settings) as emr:
        book(dana, lead)
        press(dana, lead, "move", slot=times(dana, lead)[1])
        tell_all()
        assert events(emr.heard) == ["A04", "S12"]
        begins = clock_of(Appointment.objects.get(lead=lead))
        assert str(emr.heard[-1].segment("SCH")(11)).split("^")[3].startswith(begins)
        press(dana, lead, "move", slot=times(dana, lead)[0])
        tell_all()
        assert events(emr.heard) == ["A04", "S12", "S13"]


@pytest.mark.usefixtures("by_hl7")
def test_a_visit_moved_while_its_booking_is_refused_is_told_once(lead: Lead, dana: Client, settings: Any) -> None:
    def answers(message: hl7.Message) -> bytes:
        return answered(message, "AR" if "SIU" in str(message.segment("MSH")(9)) else "AA")

    with listening(settings, answers) as emr:
        book(dana, lead)
        tell_all()
        assert told(lead) == [("patient", "acknowledged"), ("booked", "refused")]
        press(dana, lead, "move", slot=times(dana, lead)[1])
        emr.answers = taken
        dana.post(f"/emr/{Outgoing.objects.get(lead=lead, what='booked').id}", {"do": "again"})
        tell_all()
        assert events(emr.heard) == ["A04", "S12", "S12"]
        begins = clock_of(Appointment.objects.get(lead=lead))
        assert str(emr.heard[-1].segment("SCH")(11)).split("^")[3].startswith(begins)
    assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged")]


def test_a_card_that_was_opened_before_a_visit_was_moved_does_not_count_as_entered(
    lead: Lead, dana: Client, staff: Staff
) -> None:
    told_by(staff, way="copy_card")
    book(dana, lead)
    card = f"/leads/L-{lead.number}/emr-card"
    for moved in (True, False):
        page = dana.get(card).content.decode()
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        if moved:
            press(dana, lead, "move", slot=times(dana, lead)[1])
        dana.post(card, {"do": "entered", "seen": seen})
        state = "wanted" if moved else "acknowledged"
        assert told(lead) == [("patient", state), ("booked", state)], "one telling, however often it is moved"


def clock_of(visit: Appointment) -> str:
    """When it begins, as a message says it."""
    return visit.starts_at.astimezone(practice().sites[visit.site].tz).strftime("%Y%m%d%H%M%S")


@pytest.mark.parametrize("way", ["hl7", "csv", "copy_card"])
def test_a_medicare_number_goes_out_without_the_dashes_that_are_only_for_reading(
    way: str, arrive: Arrive, dana: Client, settings: Any, tmp_path: Path, staff: Staff, tuesday: datetime
) -> None:
    told_by(staff, way=way)
    numbers = [{"name": "Medicare", "member_id": "1eg4-TE5 MK73"}, {"name": "Northfield Health", "member_id": "NHQ-7"}]
    lead = arrive(but(FAMILY, payers=numbers))
    book(dana, lead)
    with listening(settings) as emr:
        settings.ENVIRONMENT = replace(live.ENVIRONMENT, emr_folder=tmp_path)
        tell_all()
    if way == "hl7":
        first, second = emr.heard[0].segments("IN1")
        assert (str(first(36)), str(first(49)), str(second(36))) == ("1EG4TE5MK73", "1EG4TE5MK73", "NHQ-7")
        assert str(emr.heard[0].segments("IN2")[0](61)) == "1EG4TE5MK73"
    elif way == "csv":
        (put,) = tmp_path.glob("patient-*.csv")
        (row,) = csv.DictReader(io.StringIO(put.read_text("utf-8")))
        assert (row["coverage_1_member_id"], row["coverage_2_member_id"]) == ("1EG4TE5MK73", "NHQ-7")
    else:
        page = dana.get(f"/leads/L-{lead.number}/emr-card").content.decode()
        assert 'data-copy="1EG4TE5MK73"' in page and 'data-copy="NHQ-7"' in page
