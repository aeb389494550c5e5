"""What a newcomer broke: a second receipt after a try, a red flag that no clinician sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.mail import Mailbox
from tests.people import FAMILY, but

from firstvisit.journey import jobs, verbs
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db

FLAG = "since this morning chest pain and I cannot breathe"


def test_a_finished_try_brings_no_second_receipt(
    arrive: Callable[[Any], Lead], staff: Callable[[str], User], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    assert arrive(but(FAMILY, concern="once more")).id == lead.id
    jobs.send_wanted()
    task = Task.objects.get(lead=lead, status="open")
    verbs.finish(task, staff("dana"), actor=SYSTEM, result="reached_booked")
    jobs.send_wanted()
    assert len(mailbox.mails) == 1
    assert Task.objects.get(lead=lead, status="open").kind == "await_visit"


def test_a_red_flag_that_joins_a_taken_lead_goes_to_review_and_is_not_the_desks_to_lift(
    arrive: Callable[[Any], Lead], staff: Callable[[str], User]
) -> None:
    lead, dana = arrive(FAMILY), staff("dana")
    verbs.take(lead, dana, actor=SYSTEM)
    arrive(but(FAMILY, concern=FLAG))
    lead.refresh_from_db()
    assert lead.owner_queue is not None
    assert (lead.outcome, lead.owner_queue.slug, lead.owner_user) == ("clinician_review", "clinical_review", None)
    with pytest.raises(NotAllowed):
        verbs.overrule(lead, dana, actor=SYSTEM, outcome="book_now", reason="no")
    with pytest.raises(NotAllowed):
        verbs.close(lead, dana, actor=SYSTEM, how="patient_declined", reason="no")
