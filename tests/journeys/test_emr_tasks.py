"""A task about the EMR that is finished on Today says what becomes of the telling: one truth, whichever is pressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.emr import listening, tell_all, told_by
from tests.journeys.test_registration_out import book, events, task, told
from tests.people import FAMILY

from firstvisit.config.demo.emr import answered, taken
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Staff = Callable[[str], User]


@pytest.fixture
def lead(arrive: Callable[[Any], Lead], dana: Client, tuesday: datetime) -> Lead:
    return arrive(FAMILY)


def finish(client: Client, found: Task, result: str) -> int:
    return client.post(f"/tasks/{found.id}/done", {"result": result}).status_code


def open_task(lead: Lead, kind: str) -> Task:
    found = task(lead, kind)
    assert found is not None
    return found


def test_entering_finished_on_today_is_entered(lead: Lead, dana: Client, staff: Staff) -> None:
    told_by(staff, way="copy_card")
    book(dana, lead)
    wanted = open_task(lead, "enter_in_emr")
    for result in ("done", "reviewed", "no_answer", "said_again"):
        assert finish(dana, wanted, result) == 422, "it ends with what becomes of the telling"
    assert told(lead) == [("patient", "wanted"), ("booked", "wanted")]
    assert finish(dana, wanted, "entered_in_emr") == 303
    assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged")]
    assert task(lead, "enter_in_emr") is None
    page = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert "Entered in the EMR" in page and "The EMR has the patient (entered by hand)" in page
    assert "To enter by hand" not in dana.get("/emr").content.decode()


def test_mending_finished_on_today_says_it_again_or_that_it_is_entered(
    lead: Lead, dana: Client, settings: Any, staff: Staff, set_clock: Any
) -> None:
    told_by(staff, way="hl7")
    with listening(settings, lambda message: answered(message, "AE", "no", error="101")) as emr:
        book(dana, lead)
        tell_all()
        assert finish(dana, open_task(lead, "mend_registration"), "said_again") == 303
        assert told(lead)[0] == ("patient", "wanted") and task(lead, "mend_registration") is None
        tell_all()
        assert told(lead)[0] == ("patient", "refused"), "it was not mended: the task is there again"
        emr.answers = taken
        assert finish(dana, open_task(lead, "mend_registration"), "entered_in_emr") == 303
        set_clock(clock.now() + timedelta(minutes=1))
        tell_all()
        assert events(emr.heard) == ["A04", "A04", "S12"]
    assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged")]


def test_no_other_task_ends_so(lead: Lead, dana: Client) -> None:
    call = Task.objects.filter(lead=lead, status="open").exclude(kind__startswith="propose").first()
    assert call is not None and finish(dana, call, "entered_in_emr") == 422


def test_who_may_not_see_coverage_enters_nothing(
    lead: Lead, dana: Client, browser: Callable[[str], Client], staff: Staff
) -> None:
    told_by(staff, way="copy_card")
    book(dana, lead)
    assert finish(browser("joan"), open_task(lead, "enter_in_emr"), "entered_in_emr") == 404
    assert told(lead)[0] == ("patient", "wanted")
