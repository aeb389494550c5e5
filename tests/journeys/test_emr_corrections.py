"""What is put right of a patient whom the EMR has already: it hears of it, once, and only of what it was told."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hl7
import pytest
from django.conf import settings as live
from django.test import Client
from tests.emr import listening, tell_all, told_by
from tests.journeys.test_registration_out import book, events, task, told
from tests.people import FAMILY, but
from tests.stated import correct

from firstvisit.config.demo.emr import answered, taken
from firstvisit.kernel import clock
from firstvisit.leads.models import Event, Lead
from firstvisit.practice.models import User
from firstvisit.steps.booking.models import Outgoing

pytestmark = pytest.mark.django_db
Staff = Callable[[str], User]
Move = Callable[[datetime], None]


@pytest.fixture
def by_hl7(staff: Staff, tuesday: datetime) -> None:
    told_by(staff, way="hl7")


@pytest.fixture
def lead(arrive: Callable[[Any], Lead], dana: Client, tuesday: datetime) -> Lead:
    return arrive(FAMILY)


def field(message: hl7.Message, segment: str, number: int) -> str:
    return str(message.segment(segment)(number))


@pytest.mark.usefixtures("by_hl7")
def test_what_is_put_right_within_a_minute_is_one_message(
    lead: Lead, dana: Client, settings: Any, set_clock: Move
) -> None:
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        correct(dana, lead, patient__date_of_birth="09/15/2023")
        correct(dana, lead, payers__0__member_id="NHQ-7731-56")
        assert tell_all() == 0, "a second correction may come along"
        set_clock(clock.now() + timedelta(minutes=2))
        assert tell_all() == 1 and tell_all() == 0
        assert events(emr.heard) == ["A04", "S12", "A08"]
        said = emr.heard[-1]
        assert field(said, "MSH", 9) == "ADT^A08^ADT_A01" and field(said, "EVN", 1) == "A08"
        assert field(said, "PID", 7) == "20230915" and field(said, "IN1", 36) == "NHQ-7731-56"
        assert field(said, "PID", 3) == field(emr.heard[0], "PID", 3)
    row = Outgoing.objects.get(lead=lead, what="corrected")
    assert row.corrects == ["Patient: Date of birth", "Coverage: Member id"]
    page = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert "The EMR has what was corrected: Patient: Date of birth, Coverage: Member id (A08)" in page


@pytest.mark.usefixtures("by_hl7")
def test_what_the_message_does_not_carry_and_what_is_put_back_is_not_told(
    lead: Lead, dana: Client, settings: Any, set_clock: Move
) -> None:
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        correct(dana, lead, timing="asap")
        assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged")]
        correct(dana, lead, patient__first_name="Mirabella")
        correct(dana, lead, patient__first_name="Mirabelle")
        set_clock(clock.now() + timedelta(minutes=2))
        assert tell_all() == 0 and events(emr.heard) == ["A04", "S12"]
        assert told(lead)[-1] == ("corrected", "withdrawn")
        correct(dana, lead, patient__first_name="Mirabella")
        set_clock(clock.now() + timedelta(minutes=2))
        assert tell_all() == 1 and field(emr.heard[-1], "PID", 5).startswith("Quisenberry^Mirabella")


@pytest.mark.usefixtures("by_hl7")
def test_what_is_put_right_before_anything_was_said_is_in_the_first_message(
    lead: Lead, dana: Client, settings: Any
) -> None:
    with listening(settings) as emr:
        book(dana, lead)
        correct(dana, lead, patient__date_of_birth="09/15/2023")
        tell_all()
        assert events(emr.heard) == ["A04", "S12"] and field(emr.heard[0], "PID", 7) == "20230915"


@pytest.mark.usefixtures("by_hl7")
def test_what_was_taken_out_is_told_as_nothing(
    lead: Lead, dana: Client, settings: Any, set_clock: Move
) -> None:
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        correct(dana, lead, patient__date_of_birth="", payers__0__member_id="", payers__0__name="")
        set_clock(clock.now() + timedelta(minutes=2))
        tell_all()
        said = emr.heard[-1]
        assert (field(said, "PID", 7), field(said, "IN1", 3)) == ('""', '""')


@pytest.mark.usefixtures("by_hl7")
def test_a_refused_patient_is_written_anew_and_needs_no_correction(
    lead: Lead, dana: Client, settings: Any, set_clock: Move
) -> None:
    with listening(settings, lambda message: answered(message, "AE", "no", error="101")) as emr:
        book(dana, lead)
        tell_all()
        correct(dana, lead, patient__date_of_birth="09/15/2023")
        assert task(lead, "mend_registration") is not None
        emr.answers = taken
        dana.post(f"/emr/{Outgoing.objects.get(lead=lead, what='patient').id}", {"do": "again"})
        set_clock(clock.now() + timedelta(minutes=2))
        tell_all()
        assert events(emr.heard) == ["A04", "A04", "S12"] and field(emr.heard[1], "PID", 7) == "20230915"


def test_a_person_alone_is_corrected_by_a31(
    lead: Lead, dana: Client, settings: Any, staff: Staff, set_clock: Move
) -> None:
    told_by(staff, way="hl7", register_as="a28")
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        correct(dana, lead, patient__sex="female")
        set_clock(clock.now() + timedelta(minutes=2))
        tell_all()
        assert events(emr.heard) == ["A28", "S12", "A31"] and field(emr.heard[-1], "MSH", 9) == "ADT^A31^ADT_A05"


def test_a_file_says_all_that_stands_and_what_of_it_is_new(
    lead: Lead, dana: Client, settings: Any, tmp_path: Path, staff: Staff, set_clock: Move
) -> None:
    told_by(staff, way="csv")
    settings.ENVIRONMENT = replace(live.ENVIRONMENT, emr_folder=tmp_path)
    book(dana, lead)
    tell_all()
    correct(dana, lead, patient__date_of_birth="09/15/2023")
    set_clock(clock.now() + timedelta(minutes=2))
    tell_all()
    (put,) = tmp_path.glob("corrected-FV*.csv")
    (row,) = csv.DictReader(io.StringIO(put.read_text("utf-8")))
    assert (row["what"], row["corrected"]) == ("corrected", "Patient: Date of birth")
    assert (row["date_of_birth"], row["last_name"]) == ("2023-09-15", "Quisenberry")


def test_the_copy_card_shows_what_was_entered_and_what_stands(lead: Lead, dana: Client, staff: Staff) -> None:
    told_by(staff, way="copy_card")
    book(dana, lead)
    card = f"/leads/L-{lead.number}/emr-card"
    assert "Corrected</h2>" not in dana.get(card).content.decode()
    dana.post(card, {"do": "entered"})
    correct(dana, lead, patient__date_of_birth="09/15/2023")
    correct(dana, lead, payers__0__member_id="NHQ-7731-56")
    wanted = task(lead, "enter_in_emr")
    assert wanted is not None and "Date of birth, Coverage: Member id" in wanted.reason
    assert "2023" not in wanted.reason, "names of facts, and none of them"
    page = dana.get(card).content.decode()
    corrected = page.partition("Corrected</h2>")[2].partition("</table>")[0]
    assert corrected.count("data-key") == 2
    assert "09/15/2023" in corrected and "was 09/14/2023" in corrected and "was NHQ-7731-55" in corrected
    assert dana.post(card, {"do": "entered"}).status_code == 303
    assert task(lead, "enter_in_emr") is None and told(lead)[-1] == ("corrected", "acknowledged")
    assert Event.objects.filter(lead=lead, name="emr_told").count() == 3


def test_what_is_put_right_while_the_card_is_open_is_not_taken_for_entered(
    lead: Lead, dana: Client, staff: Staff
) -> None:
    told_by(staff, way="copy_card")
    book(dana, lead)
    card = f"/leads/L-{lead.number}/emr-card"
    page = dana.get(card).content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    correct(dana, lead, patient__date_of_birth="09/15/2023")
    dana.post(card, {"do": "entered", "seen": seen})
    assert told(lead)[0] == ("patient", "wanted")
    page = dana.get(card).content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    dana.post(card, {"do": "entered", "seen": seen})
    assert told(lead)[0] == ("patient", "acknowledged") and task(lead, "enter_in_emr") is None


@pytest.mark.usefixtures("by_hl7")
def test_what_was_taken_out_of_an_order_is_told_as_removed(
    arrive: Callable[[Any], Lead], dana: Client, settings: Any, set_clock: Move
) -> None:
    ordered = but(
        FAMILY, diagnoses=["F80.1"], access_needs="A ramp",
        referrer={"name": "Elke Brandt", "organization": "Lakeside Pediatrics", "role": "physician"},
    )  # fmt: skip
    lead = arrive(ordered)
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        first = emr.heard[0]
        assert "F80.1" in field(first, "DG1", 3) and field(first, "ROL", 2) == "AD"
        correct(dana, lead, diagnoses__0__code="", access_needs="")
        set_clock(clock.now() + timedelta(minutes=2))
        tell_all()
        said = emr.heard[-1]
        assert events(emr.heard) == ["A04", "S12", "A08"]
        assert (field(said, "DG1", 3), field(said, "ROL", 2)) == ('""', "UP")
        states = {str(obx(3)).split("^")[0]: (str(obx(5)), str(obx(11))) for obx in said.segments("OBX")}
        assert states["ACCESS"] == ('""', "D") and states["REFERRER"] == ("Lakeside Pediatrics", "F")
