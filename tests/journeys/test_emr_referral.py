"""A referral that the EMR takes as a message of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.emr import listening, tell_all, told_by
from tests.journeys.test_registration_out import book, events, task, told
from tests.people import FAMILY, surgeon

from firstvisit.config.demo.emr import answered
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]


@pytest.fixture
def by_ref(staff: Callable[[str], User], tuesday: datetime) -> None:
    told_by(staff, way="hl7", referral_as="ref_i12")


@pytest.mark.usefixtures("by_ref")
def test_a_referral_follows_its_patient_once(arrive: Arrive, dana: Client, settings: Any, tuesday: datetime) -> None:
    lead = arrive(surgeon(tuesday.date()))
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        assert tell_all() == 0 and events(emr.heard) == ["A04", "S12", "I12"]
        patient, _, referral = emr.heard
        sends, receives = referral.segments("PRD")
        assert str(sends(1)).startswith("RP^") and str(receives(1)).startswith("RT^")
        assert str(sends(2)).split("^")[0] and str(patient.segment("PID")(3)) == str(referral.segment("PID")(3))
    assert "The EMR has the referral (I12)" in dana.get(f"/leads/L-{lead.number}").content.decode()


@pytest.mark.usefixtures("by_ref")
def test_where_nobody_refers_nothing_is_sent(arrive: Arrive, dana: Client, settings: Any, tuesday: datetime) -> None:
    lead = arrive(FAMILY)
    with listening(settings) as emr:
        book(dana, lead)
        tell_all()
        assert events(emr.heard) == ["A04", "S12"]
    assert task(lead, "mend_registration") is None


@pytest.mark.usefixtures("by_ref")
def test_a_refused_referral_is_a_task_and_holds_no_visit_back(
    arrive: Arrive, dana: Client, settings: Any, tuesday: datetime
) -> None:
    lead = arrive(surgeon(tuesday.date()))
    with listening(settings, lambda message: answered(message, "AR" if "I12" in str(message) else "AA")) as emr:
        book(dana, lead)
        tell_all()
        assert told(lead) == [("patient", "acknowledged"), ("booked", "acknowledged"), ("referral", "refused")]
        wanted = task(lead, "mend_registration")
        assert wanted is not None and "the referral (I12)" in wanted.reason
        visit = lead.appointments.get()
        dana.post(f"/leads/L-{lead.number}/visit", {"do": "cancel", "why": "ill", "visit": str(visit.id)})
        tell_all()
        assert events(emr.heard) == ["A04", "S12", "I12", "S15"]


def test_the_rule_stands_on_the_form_of_the_rules(browser: Callable[[str], Client]) -> None:
    mei = browser("mei")
    draft = mei.post("/rules/begin", {"note": "Another EMR"})
    assert "Referral sent as" in mei.get(f"{draft['Location'].partition('?')[0]}/emr").content.decode()
