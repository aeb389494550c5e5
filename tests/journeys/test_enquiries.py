"""An organization's enquiry moves by hand, stage by stage, and what follows is planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, ORGANIZATION

from firstvisit.journey import stages, verbs
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """It is a Tuesday at ten."""


def kinds(lead: Lead) -> list[str]:
    return list(Task.objects.filter(lead=lead, status="open").values_list("kind", flat=True))


def test_an_enquiry_moves_with_a_reason_and_its_task_follows(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead, imani = arrive(ORGANIZATION), staff("imani")
    assert (lead.stage, kinds(lead)) == ("enquiry", ["call_organization"])
    verbs.finish(Task.objects.select_related("lead").get(lead=lead), imani, actor=SYSTEM, result="no_answer")
    stages.move(lead, imani, actor=SYSTEM, to="discovery", reason="Ms. Oppenshaw called back")
    lead.refresh_from_db()
    assert (lead.stage, kinds(lead)) == ("discovery", ["confirm_needs"])
    with pytest.raises(BadInput, match="Confirm first: who decides"):
        stages.move(lead, imani, actor=SYSTEM, to="proposal", reason="they want one")
    with pytest.raises(BadInput, match="Proposal comes first"):
        stages.move(lead, imani, actor=SYSTEM, to="won", reason="why not")
    page = browser("imani").get(f"/leads/L-{lead.number}").content.decode()
    assert "Moved to discovery" in page and "Move the enquiry" in page
    stages.move(lead, imani, actor=SYSTEM, to="lost", reason="no budget this year")
    lead.refresh_from_db()
    assert (lead.stage, kinds(lead)) == ("lost", ["close_lost"])
    verbs.close(lead, imani, actor=SYSTEM, how="lost", reason="no budget this year")
    assert kinds(lead) == []


def test_a_patients_lead_has_no_such_stages(arrive: Arrive, staff: Staff) -> None:
    with pytest.raises(BadInput, match="organization"):
        stages.move(arrive(FAMILY), staff("dana"), actor=SYSTEM, to="discovery", reason="x")
