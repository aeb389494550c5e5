"""A press under Supply calls off visits of several leads, one lead after the other: what a family moves meanwhile to a
time that fits is left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
from django.test import Client
from tests.conftest import TUESDAY, at_once, poster
from tests.installation import wait_until
from tests.people import family

from firstvisit.journey import own_visit
from firstvisit.journey.booking import offering, visits
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.services import read
from firstvisit.practice.models import User
from firstvisit.steps.booking import supply
from firstvisit.steps.booking.models import Appointment, Change


def booked(lead: Lead) -> Appointment:
    (offer, *_) = offering.offers(lead, now=clock.now()).offers
    return visits.book(lead, offer.token, by=None, actor=SYSTEM, door="family")


def desk() -> Client:
    client = Client()
    dana = User.objects.get(email="dana@cedarstreet.example.org")
    client.force_login(dana, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_visit_that_its_family_moves_meanwhile_is_left_alone(
    open_doors: str, committed: psycopg.Connection[Any], pages: None
) -> None:
    clock.move(TUESDAY - clock.now())
    for number in (1, 2):
        assert poster(open_doors)(family(number)).status_code in (201, 202)
    first, second = sorted(map(booked, Lead.objects.order_by("number")), key=lambda row: (row.starts_at, row.id))
    for who in {first.clinician_id, second.clinician_id}:
        during = (TUESDAY, TUESDAY + timedelta(days=3))
        Change.objects.create(resource_id=who, what="away", why="illness", during=during, made_at=TUESDAY)
    supply.raise_revision()
    mother, dana = Client(), desk()
    link = f"/book/{own_visit.mark_of(second.lead, at=clock.now())}"
    born = read(LeadReferral.objects.get(lead=second.lead_id)).patient.date_of_birth
    assert mother.post(link, {"birth": f"{born:%m/%d/%Y}"}).status_code == 303
    others = offering.offers(second.lead, now=clock.now(), moving=second, count=20, alone=True).offers
    later = next(each for each in others if each.starts_at > TUESDAY + timedelta(days=4))
    committed.autocommit = False
    committed.execute("SELECT 1 FROM leads_lead WHERE id = %s FOR UPDATE", [first.lead_id])

    def pressed() -> str:
        answer = dana.post("/supply/unfit", {"visit": [str(first.id), str(second.id)]})
        return answer.headers["Location"]

    def moved() -> int:
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        try:
            wait_until("the first is called off", lambda: committed.execute(asked).fetchone() != (0,), 20)
            return mother.post(f"{link}/move", {"slot": later.token}).status_code
        finally:
            committed.commit()

    location, status = at_once(pressed, moved)
    committed.autocommit = True
    assert status == 303
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, second.starts_at) == ("cancelled", "booked", later.starts_at)
    assert f"not=L-{second.lead.number}" in location and f"offered=L-{first.lead.number}" in location
