"""What is booked is booked once, a hold is kept and no longer, and a verb pressed twice does what it did once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from firstvisit.kernel.errors import Conflict
from firstvisit.leads.models import Lead
from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.claims import AlreadyBooked, Taken
from firstvisit.steps.booking.models import Appointment, Claim, Terms
from firstvisit.steps.booking.tests.slots import NOW, WANT, new_lead, resource, slot

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 15, tzinfo=UTC)
SOON = NOW + timedelta(minutes=10)


@pytest.fixture
def ana() -> Lead:
    services.load(read_folder(SAMPLE), by="test")
    return new_lead(1)


@pytest.fixture
def ben(ana: Lead) -> Lead:
    return new_lead(2)


@pytest.fixture
def anna(ana: Lead) -> int:
    return resource("anna_lindqvist")


def booked(lead: Lead, where: Any, **said: Any) -> Appointment:
    return claims.book(where, lead, said.pop("want", WANT), made_by="desk", now=said.pop("now", NOW))


def held(lead: Lead, where: Any, **said: Any) -> Appointment:
    return claims.hold(where, lead, WANT, until=said.pop("until", SOON), made_by="desk", now=said.pop("now", NOW))


def test_a_time_is_booked_once_with_its_buffers_and_its_room(ana: Lead, ben: Lead, anna: int) -> None:
    room, other = resource("room_1"), resource("marcus_bell")
    row = booked(ana, slot(FRIDAY, anna, room))
    assert (row.status, row.site, row.clinician_id, row.sequence) == ("booked", "madison", anna, 0)
    assert row.starts_at == FRIDAY and row.ends_at == FRIDAY + timedelta(minutes=45)
    taken = Claim.objects.filter(appointment=row).order_by("resource")
    assert [(each.resource_id, each.expires_at) for each in taken] == [(each, None) for each in sorted([anna, room])]
    for where in (
        slot(FRIDAY + timedelta(minutes=45), anna),  # in her ten minutes for notes
        slot(FRIDAY - timedelta(minutes=30), other, room),
        slot(FRIDAY, anna),
    ):
        with pytest.raises(Taken):
            booked(ben, where)
    assert booked(ben, slot(FRIDAY + timedelta(minutes=55), anna, room)).status == "booked"


def test_no_claim_is_longer_than_a_day_by_whatever_way_it_is_written(ana: Lead, anna: int) -> None:
    row = booked(ana, slot(FRIDAY, anna))
    taken = Claim.objects.filter(appointment=row)
    assert taken.update(during=TimestamptzRange(FRIDAY, FRIDAY + timedelta(days=1))) == 1
    with pytest.raises(IntegrityError, match="claim_within_a_day"), transaction.atomic():
        taken.update(during=TimestamptzRange(FRIDAY, FRIDAY + timedelta(days=1, minutes=1)))


def test_a_double_tap_is_one_appointment_and_two_times_are_not_two_evaluations(ana: Lead, anna: int) -> None:
    first = booked(ana, slot(FRIDAY, anna))
    assert booked(ana, slot(FRIDAY, anna)).id == first.id
    with pytest.raises(AlreadyBooked) as refused:
        booked(ana, slot(FRIDAY + timedelta(hours=2), anna))
    assert refused.value.appointment.id == first.id
    other = WANT._replace(discipline="OT")
    assert booked(ana, slot(FRIDAY + timedelta(hours=2), anna), want=other).id != first.id
    assert Claim.objects.count() == 2


def test_a_hold_keeps_a_time_and_is_taken_also_a_second_late(ana: Lead, ben: Lead, anna: int) -> None:
    row = held(ana, slot(FRIDAY, anna))
    assert row.status == "held" and Claim.objects.get().expires_at == SOON
    with pytest.raises(Taken):
        booked(ben, slot(FRIDAY, anna))
    late = claims.take(row, now=SOON + timedelta(seconds=1))
    assert (late.id, late.status, late.held_until) == (row.id, "booked", None)
    assert Claim.objects.get().expires_at is None
    assert claims.take(row, now=SOON + timedelta(seconds=2)).booked_at == late.booked_at


def test_an_expired_hold_is_whoevers_wants_its_time(ana: Lead, ben: Lead, anna: int) -> None:
    room = resource("room_1")
    row = held(ana, slot(FRIDAY, anna, room))
    after = SOON + timedelta(seconds=1)
    theirs = booked(ben, slot(FRIDAY + timedelta(minutes=15), anna), now=after)
    assert set(Claim.objects.values_list("appointment", "resource")) == {(theirs.id, anna), (row.id, room)}
    with pytest.raises(Taken):
        claims.take(row, now=after)
    row.refresh_from_db()
    assert row.status == "held", "it is ended later"
    claims.cancel(theirs, why="ill", now=after)
    assert claims.take(row, now=after).status == "booked", "as long as it is free it is theirs"
    assert Claim.objects.filter(appointment=row, expires_at=None).count() == 2


def test_holds_that_nobody_took_are_ended(ana: Lead, anna: int) -> None:
    row = held(ana, slot(FRIDAY, anna))
    assert claims.run_out(SOON + timedelta(seconds=1)) == []
    assert claims.lapse(row, now=SOON + timedelta(seconds=1)).status == "held"
    assert [each.id for each in claims.run_out(SOON + claims.KINDLY)] == [row.id]
    assert claims.lapse(row, now=SOON + claims.KINDLY).status == "lapsed"
    row.refresh_from_db()
    assert (row.status, row.held_until, Claim.objects.count()) == ("lapsed", None, 0)
    assert claims.take(row, now=SOON + timedelta(hours=1)).status == "booked"
    assert claims.lapse(row, now=SOON + timedelta(hours=2)).status == "booked"


def test_the_same_hold_again_lasts_longer_and_whoever_books_lets_go_of_all(ana: Lead, anna: int) -> None:
    row = held(ana, slot(FRIDAY, anna))
    later = SOON + timedelta(minutes=5)
    assert held(ana, slot(FRIDAY, anna), until=later).id == row.id
    assert Claim.objects.get().expires_at == later
    other = held(ana, slot(FRIDAY + timedelta(hours=3), anna))
    assert set(Claim.objects.values_list("appointment", flat=True)) == {row.id, other.id}
    assert booked(ana, slot(FRIDAY + timedelta(hours=2), anna)).status == "booked"
    assert set(Appointment.objects.exclude(status="booked").values_list("status", flat=True)) == {"lapsed"}
    assert not Claim.objects.filter(appointment__in=[row, other]).exists(), "who booked holds nothing more"


@pytest.mark.parametrize("let_go", [True, False])
def test_a_hold_is_no_second_evaluation_where_one_was_booked_meanwhile(ana: Lead, anna: int, let_go: bool) -> None:
    row = held(ana, slot(FRIDAY, anna))
    if not let_go:  # of another program, so booking does not let it go
        Appointment.objects.filter(id=row.id).update(program="other")
    other = booked(ana, slot(FRIDAY + timedelta(hours=2), anna))
    Appointment.objects.filter(id=row.id).update(program=other.program)
    with pytest.raises(AlreadyBooked) as refused:
        claims.take(row, now=NOW)
    assert refused.value.appointment == other
    with pytest.raises(AlreadyBooked):
        booked(ana, slot(FRIDAY, anna))
    row.refresh_from_db()
    assert row.status == ("lapsed" if let_go else "held")


def test_whoever_takes_one_hold_lets_the_others_go(ana: Lead, ben: Lead, anna: int) -> None:
    first, second = (held(ana, slot(FRIDAY + timedelta(hours=n), anna)) for n in (0, 2))
    assert claims.take(second, now=NOW).status == "booked"
    assert booked(ben, slot(FRIDAY, anna)).status == "booked"
    first.refresh_from_db()
    assert first.status == "lapsed"


def test_moving_frees_and_takes_at_once_and_keeps_the_appointment(ana: Lead, ben: Lead, anna: int) -> None:
    row = booked(ana, slot(FRIDAY, anna))
    claims.confirmed(row, now=NOW)
    later = slot(FRIDAY + timedelta(minutes=30), anna)  # over its own old time
    moved = claims.move(row, later, now=NOW)
    assert (moved.id, moved.sequence, moved.confirmed_at) == (row.id, 1, None)
    assert claims.move(row, later, now=NOW).sequence == 1
    theirs = booked(ben, slot(FRIDAY - timedelta(minutes=30), anna))
    with pytest.raises(Taken):
        claims.move(theirs, later, now=NOW)
    theirs.refresh_from_db()
    assert theirs.starts_at == FRIDAY - timedelta(minutes=30) and Claim.objects.count() == 2


def test_a_cancelled_time_is_free_and_a_cancelled_visit_stays_so(ana: Lead, ben: Lead, anna: int) -> None:
    row = booked(ana, slot(FRIDAY, anna))
    gone = claims.cancel(row, why="ill", now=NOW)
    assert (gone.status, gone.why, gone.sequence, Claim.objects.count()) == ("cancelled", "ill", 1, 0)
    assert claims.cancel(row, why="cost", now=NOW).why == "ill"
    for verb in (claims.take, claims.arrived, claims.confirmed):
        with pytest.raises(Conflict):
            verb(row, now=NOW)
    assert booked(ben, slot(FRIDAY, anna)).status == "booked"


def test_what_became_of_a_visit(ana: Lead, anna: int) -> None:
    row = booked(ana, slot(FRIDAY, anna))
    with pytest.raises(Conflict):
        claims.missed(row, now=NOW)
    late = FRIDAY + timedelta(minutes=20)
    assert claims.missed(row, now=late).status == "missed"
    assert claims.arrived(row, now=late).status == "arrived", "they came after all"
    assert claims.completed(row, now=late).status == "completed"
    assert claims.completed(row, now=late + timedelta(hours=1)).status_at == late
    for verb in (claims.left, claims.missed):
        with pytest.raises(Conflict):
            verb(row, now=late)
    assert Claim.objects.count() == 1


def test_a_therapist_has_so_many_evaluations_and_new_patients_a_day(ana: Lead, ben: Lead, anna: int) -> None:
    Terms.objects.create(resource_id=anna, evaluations_a_day=2, new_patients_a_day=1)
    booked(ana, slot(FRIDAY, anna))
    evening = slot(FRIDAY + timedelta(hours=10), anna)  # Saturday in London, Friday in Madison
    with pytest.raises(Taken) as refused:
        booked(ben, evening)
    assert refused.value.why == "limit"
    known = WANT._replace(new_patient=False)
    row = booked(ben, evening, want=known)
    assert claims.move(row, slot(FRIDAY + timedelta(hours=3), anna), now=NOW).sequence == 1, "it counts once"
    with pytest.raises(Taken):
        booked(new_lead(3), slot(FRIDAY + timedelta(hours=6), anna), want=known)
    treatment = WANT._replace(service="treatment", kind="treatment")
    assert booked(new_lead(4), slot(FRIDAY + timedelta(hours=6), anna), want=treatment).status == "booked"
    assert booked(new_lead(5), slot(FRIDAY + timedelta(days=3), anna), want=WANT).status == "booked"


def test_what_has_begun_is_not_booked(ana: Lead, anna: int) -> None:
    with pytest.raises(Taken) as refused:
        booked(ana, slot(NOW, anna))
    assert refused.value.why == "over"
