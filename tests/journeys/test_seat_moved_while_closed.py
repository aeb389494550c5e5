"""A press closes a session seat after seat, each in a transaction of its own: who moves to another session meanwhile
keeps that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
from tests.conftest import TUESDAY, at_once, poster
from tests.installation import wait_until
from tests.journeys.test_booking import tokens
from tests.journeys.test_groups import join, opened
from tests.journeys.test_moved_while_called_off import booked, desk
from tests.people import family

from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.steps.booking.models import Appointment


def test_a_seat_that_is_moved_meanwhile_is_left_alone(
    open_doors: str, committed: psycopg.Connection[Any], pages: None
) -> None:
    clock.move(TUESDAY - clock.now())
    for number in (1, 2):
        assert poster(open_doors)(family(number)).status_code in (201, 202)
    first, second = Lead.objects.order_by("number")
    dana, other = desk(), desk()
    visit = max((booked(each) for each in (first, second)), key=lambda row: row.starts_at)
    one, two = opened(dana, visit, seats="4")
    assert join(dana, first, one) == 303 and join(dana, second, one) == 303
    seat = Appointment.objects.get(lead=second, group=one)
    page = f"/leads/L-{second.number}/treatment/{seat.id}"
    days = {"from": two.starts_at.date().isoformat(), "until": (two.starts_at + timedelta(days=1)).date().isoformat()}
    (slot,) = tokens(other.get(page, days).content.decode())
    committed.autocommit = False
    committed.execute("SELECT 1 FROM leads_lead WHERE id = %s FOR UPDATE", [first.id])

    def pressed() -> str:
        answer = dana.post(f"/calendar/groups/{one.id}/close?site=madison", {"why": "clinician_away"})
        return answer.headers["Location"]

    def moved() -> int:
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        try:
            wait_until("the first seat is cancelled", lambda: committed.execute(asked).fetchone() != (0,), 20)
            return other.post(page, {"do": "move", "shown": str(seat.sequence), "slot": slot}).status_code
        finally:
            committed.commit()

    location, status = at_once(pressed, moved)
    committed.autocommit = True
    assert status == 303
    seat.refresh_from_db()
    one.refresh_from_db()
    assert (seat.status, seat.group_id) == ("booked", two.id)
    assert one.cancelled_at is not None and f"offer=L-{first.number}&" in location and location.endswith("left=")
