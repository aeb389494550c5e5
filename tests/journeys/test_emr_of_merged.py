"""Two requests become one person's: the EMR hears what stands, and that its two patients are one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import hl7
import pytest
from django.conf import settings as live
from django.test import Client
from tests.emr import listening, tell_all, told_by
from tests.journeys.test_not_this_person import COUSIN
from tests.journeys.test_possible_matches import HALE, MISTYPED
from tests.journeys.test_registration_out import events
from tests.journeys.test_visits_follow import booked
from tests.people import but

from firstvisit.journey import merging, own_visit
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import entering
from firstvisit.journey.parting import not_this_person
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, Task
from firstvisit.people.models import PossibleMatch
from firstvisit.practice.models import User
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.models import Appointment, Outgoing
from firstvisit.steps.intake.models import Part

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Move = Callable[[datetime], None]
OTHER_MAIL = but(MISTYPED, contact__email="rh@example.org")
ONE_MAIL = but(HALE, contact__email="robert.halvorsgaard@example.org")


@pytest.fixture
def by_hl7(staff: Callable[[str], User], tuesday: datetime) -> None:
    told_by(staff, way="hl7")


@pytest.fixture
def desk(staff: Callable[[str], User], tuesday: datetime) -> User:
    return staff("dana")


def field(message: hl7.Message, segment: str, number: int) -> str:
    return str(message.segment(segment)(number))


def one_person(desk: User) -> None:
    merging.same_person(PossibleMatch.objects.get(), desk, actor=SYSTEM)


@pytest.mark.usefixtures("by_hl7")
def test_a_correction_after_a_merge_carries_what_stands_on_the_page_and_names_all_that_differs(
    arrive: Arrive, dana: Client, desk: User, settings: Any, set_clock: Move
) -> None:
    first, second = arrive(ONE_MAIL), arrive(OTHER_MAIL)
    with listening(settings) as emr:
        booked(first)
        booked(second, days=9)
        tell_all()
        one_person(desk)
        set_clock(clock.now() + timedelta(minutes=2))
        tell_all()
        said = emr.heard[-1]
        assert events([said]) == ["A08"] and field(said, "PID", 3).startswith(f"P-{first.number}^")
        assert field(said, "PID", 7) == "19580314", "the birth date that stands, not the one also stated"
        assert "rh@example.org" not in str(said)
    assert events(emr.heard).count("A08") == 1
    page = dana.get(f"/leads/L-{first.number}").content.decode()
    assert "born Mar 14, 1958" in page and "The EMR has what was corrected: Order: Reason (A08)" in page


def test_the_family_s_link_opens_with_the_birth_date_that_stands(arrive: Arrive, desk: User) -> None:
    first, _ = arrive(ONE_MAIL), arrive(OTHER_MAIL)
    booked(first)
    one_person(desk)
    link, said = f"/book/{own_visit.mark_of(Lead.objects.get(id=first.id), at=clock.now())}", OTHER_MAIL["patient"]
    other = date.fromisoformat(said["date_of_birth"])
    assert Client().post(link, {"birth": f"{other:%m/%d/%Y}"}).status_code == 422, "also stated, and not what stands"
    assert Client().post(link, {"birth": "03/14/1958"}).status_code == 303


@pytest.mark.usefixtures("by_hl7")
def test_the_emr_hears_once_that_its_two_patients_are_one_and_what_follows_under_the_number_that_stays(
    arrive: Arrive, dana: Client, desk: User, settings: Any, set_clock: Move
) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    with listening(settings) as emr:
        booked(first)
        theirs = booked(second, days=9)
        tell_all()
        one_person(desk)
        theirs.refresh_from_db()
        claims.cancel(theirs, why="ill", now=clock.now())
        advance([first.id])
        set_clock(clock.now() + timedelta(minutes=2))
        tell_all()
        advance([first.id])
        assert tell_all() == 0
        after = emr.heard[4:]
        assert events(after) == ["A40", "S15", "A08"] or events(after) == ["A40", "A08", "S15"]
        merge = after[0]
        assert field(merge, "MSH", 9) == "ADT^A40^ADT_A39" and field(merge, "EVN", 1) == "A40"
        assert field(merge, "PID", 3) == field(emr.heard[0], "PID", 3)
        assert field(merge, "MRG", 1) == field(emr.heard[2], "PID", 3) == f"P-{second.number}^^^FIRSTVISIT^PI"
        assert {field(each, "PID", 3) for each in after} == {field(merge, "PID", 3)}
    said = f"The EMR has that P-{second.number} is the same patient as P-{first.number} (A40)"
    assert said in dana.get(f"/leads/L-{first.number}").content.decode()


@pytest.mark.usefixtures("by_hl7")
def test_of_two_of_whom_the_emr_has_one_nothing_is_merged(
    arrive: Arrive, desk: User, settings: Any, set_clock: Move
) -> None:
    arrive(HALE)
    second = arrive(MISTYPED)
    with listening(settings) as emr:
        row = booked(second)
        tell_all()
        one_person(desk)
        claims.cancel(Appointment.objects.get(id=row.id), why="ill", now=clock.now())
        advance([second.id])
        set_clock(clock.now() + timedelta(minutes=2))
        tell_all()
        assert {"A04", "S12", "S15"} <= set(events(emr.heard)) <= {"A04", "S12", "S15", "A08"}
        assert {field(each, "PID", 3) for each in emr.heard} == {f"P-{second.number}^^^FIRSTVISIT^PI"}


@pytest.mark.usefixtures("by_hl7")
def test_two_who_were_one_are_parted_in_the_emr_by_a_person(
    arrive: Arrive, dana: Client, desk: User, settings: Any
) -> None:
    first, second = arrive(HALE), arrive(MISTYPED)
    with listening(settings) as emr:
        booked(first)
        booked(second, days=9)
        tell_all()
        one_person(desk)
        merging.undo(PossibleMatch.objects.get(), desk, reason="His father of the same name", actor=SYSTEM)
        assert not Outgoing.objects.filter(what="parted").exists(), "the EMR had not heard of it"
        one_person(desk)
        tell_all()
        assert events(emr.heard).count("A40") == 1
        merging.undo(PossibleMatch.objects.get(), desk, reason="His father of the same name", actor=SYSTEM)
        tell_all()
        assert events(emr.heard).count("A40") == 1
    task = Task.objects.get(lead=first, kind="enter_in_emr", status="open")
    assert f"that P-{second.number} and P-{first.number} are two people after all" in task.reason
    card = dana.get(f"/leads/L-{first.number}/emr-card").content.decode()
    assert f"that P-{second.number} and P-{first.number} are two people after all" in card


@pytest.mark.usefixtures("by_hl7")
@pytest.mark.parametrize("told", [True, False])
def test_what_the_emr_has_under_somebody_else_s_number_a_person_puts_right(
    arrive: Arrive, dana: Client, desk: User, settings: Any, *, told: bool
) -> None:
    known = arrive(ONE_MAIL)
    Lead.objects.filter(id=known.id).update(closed_at=clock.now(), closed_how="evaluated")
    lead = arrive(COUSIN)
    assert lead.patient_id == known.patient_id
    with listening(settings) as emr:
        booked(lead)
        if told:
            tell_all()
        item = Part.objects.filter(lead=lead).latest("id").item_id
        other = not_this_person(lead, desk, item=item, reason="He is the cousin", actor=SYSTEM)
        tell_all()
        numbers = {field(each, "PID", 3).partition("^")[0] for each in emr.heard if events([each]) != ["A08"]}
        assert numbers == ({f"P-{known.number}"} if told else {f"P-{other.number}"})
    asked = Task.objects.filter(lead=other, kind="enter_in_emr", status="open").values_list("reason", flat=True)
    words = f"that P-{other.number} and P-{known.number} are two people after all"
    assert any(words in reason for reason in asked) is told
    assert (words in dana.get(f"/leads/L-{other.number}/emr-card").content.decode()) is told


def test_by_csv_a_file_says_it(
    staff: Callable[[str], User], arrive: Arrive, desk: User, settings: Any, tmp_path: Path
) -> None:
    told_by(staff, way="csv")
    settings.ENVIRONMENT = replace(live.ENVIRONMENT, emr_folder=tmp_path)
    first, second = arrive(HALE), arrive(MISTYPED)
    booked(first)
    booked(second, days=9)
    tell_all()
    one_person(desk)
    tell_all()
    (file,) = tmp_path.glob("merged-FV*.csv")
    (line,) = csv.DictReader(io.StringIO(file.read_text()))
    assert line["patient_number"] == f"P-{first.number}" and line["patient_number_that_goes"] == f"P-{second.number}"


def test_by_copy_card_a_task_says_it(
    staff: Callable[[str], User], arrive: Arrive, dana: Client, desk: User
) -> None:
    told_by(staff, way="copy_card")
    first, second = arrive(HALE), arrive(MISTYPED)
    booked(first)
    booked(second, days=9)
    for lead in (first, second):
        rows = Outgoing.objects.filter(lead=lead).values_list("id", flat=True)
        entering.entered(lead, list(rows), by=desk, actor=SYSTEM)
    one_person(desk)
    said = f"that P-{second.number} is the same patient as P-{first.number}"
    assert said in Task.objects.get(lead=first, kind="enter_in_emr", status="open").reason
    assert said in dana.get(f"/leads/L-{first.number}/emr-card").content.decode()
