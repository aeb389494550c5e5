"""An order that was only stated is never said to be here; once somebody noted it, it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from tests.people import FAMILY, but

from firstvisit.journey import papers
from firstvisit.journey.queries import explanation
from firstvisit.journey.verify import verify
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import DecisionRow, FactsRow, Lead
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
LEO = but(
    FAMILY,
    program="hand_therapy",
    discipline=["OT"],
    patient__date_of_birth="1961-03-04",
    patient__last_name="Dahl",
    payers=[{"name": "Medicare", "kind": "medicare"}],
)


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """Everything begins on a Tuesday at ten in Madison."""


def said_of_the_order(lead: Lead) -> tuple[str, str]:
    """What fit and points say of the order."""
    told = explanation(Lead.objects.select_related("facts").get(id=lead.id))
    [fit] = [reason["text"] for reason in told["reasons"] if reason["code"] == "order"]
    [points] = [line["text"] for line in told["score"]["lines"] if line["slug"] == "order"]
    return fit, points


@pytest.mark.parametrize(
    ("order_signed", "fit", "points"),
    [
        (None, "Order stated, not seen here, needed", "Order stated or here, signature not seen"),
        (True, "Order stated signed, not seen here, needed", "Signed order stated or here, or none known to be needed"),
        (False, "Order not signed, needed", "Order stated or here, signature not seen"),
    ],
)
def test_a_stated_order_is_called_stated(arrive: Arrive, order_signed: bool | None, fit: str, points: str) -> None:
    lead = arrive(but(LEO, order_signed=order_signed))
    said = said_of_the_order(lead)
    assert said[0].startswith(fit) and said[1] == points


@pytest.mark.parametrize("order_signed", [None, True])
def test_it_is_here_once_somebody_noted_it_and_stays_so_whatever_is_said_again(
    arrive: Arrive, staff: Staff, order_signed: bool | None
) -> None:
    lead = arrive(but(LEO, order_signed=order_signed))
    papers.arrived(lead, staff("dana"), actor=SYSTEM, paper="order_signed")
    assert said_of_the_order(lead)[0].startswith("Order here, signed, needed")
    arrive(but(LEO, order_signed=True, concern="once more"))
    assert FactsRow.objects.get(lead=lead).order_here is True
    assert said_of_the_order(lead)[0].startswith("Order here, signed, needed")
    assert not any(verify(row) for row in DecisionRow.objects.filter(lead=lead))


def test_an_order_that_came_unsigned_is_not_called_signed(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(but(LEO, order_signed=None))
    papers.arrived(lead, staff("dana"), actor=SYSTEM, paper="order_unsigned")
    assert said_of_the_order(lead)[0].startswith("Order not signed, needed")
    assert papers.may_arrive(Lead.objects.select_related("facts").get(id=lead.id)), "the signed one is still to come"
