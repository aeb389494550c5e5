"""What the dates demand decides how soon, whichever program was asked; what stands beside it is not forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people import TUESDAY, but, surgeon

from firstvisit.journey import verbs
from firstvisit.journey.queries import explanation
from firstvisit.journey.verify import verify
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput
from firstvisit.leads.models import DecisionRow, Lead, Task
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
OPERATED = (TUESDAY - timedelta(days=3)).date()
CUFF = but(surgeon(TUESDAY.date()), program="orthopedic", diagnoses=[], concern="Rotator cuff repaired on Saturday")
TENDON = but(
    surgeon(TUESDAY.date()), program="hand_therapy", discipline=["OT"], diagnoses=["S66.120A"],
    concern="Zone II flexor tendon repair",
)  # fmt: skip
AT_WORK = but(
    surgeon(TUESDAY.date()), program="post_surgical", diagnoses=["S83.511A"],
    payers=[{"name": "Great Lakes Compensation Mutual", "kind": "workers_comp", "claim_number": "WC-1"}],
)  # fmt: skip


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def open_tasks(lead: Lead) -> dict[str, Task]:
    return {t.kind: t for t in Task.objects.select_related("lead").filter(lead=lead, status="open")}


def said(lead: Lead) -> str:
    return " / ".join(reason["text"] for reason in explanation(lead)["reasons"])


@pytest.mark.parametrize(
    ("body", "last_day", "program"),
    [(CUFF, 7, "ACL, rotator cuff"), (TENDON, 5, "Hand: flexor and extensor tendon repair")],
)
def test_a_surgery_three_days_ago_is_urgent_though_another_program_was_asked(
    body: Any, last_day: int, program: str, arrive: Arrive
) -> None:
    lead = arrive(body)
    offer = open_tasks(lead)["offer_other_program"]
    why = explanation(lead)
    assert lead.outcome == "route_other_location_or_program"
    assert (offer.minutes, why["urgent"]) == (15, True)
    assert why["by"] == (OPERATED + timedelta(days=last_day)).isoformat()
    assert program in offer.reason
    assert "The date behind it presses" in offer.reason
    assert "Time-critical" in said(lead)
    assert "needed before the evaluation" in said(lead), "the order rule is that of the program that fits"
    assert [verify(row) for row in DecisionRow.objects.filter(lead=lead)] == [[]]


def test_without_its_date_a_surgery_hurries_whoever_offers_the_program_that_fits(arrive: Arrive) -> None:
    lead = arrive(but(CUFF, events=[{"kind": "surgery"}]))
    assert (lead.outcome, open_tasks(lead)["offer_other_program"].minutes) == ("route_other_location_or_program", 15)
    assert "decides how soon" in said(lead)


def test_whoever_is_excluded_and_cannot_wait_is_looked_at_at_once(arrive: Arrive) -> None:
    lead = arrive(but(TENDON, program="hand_tendon_repair", patient__postal_code="49855"))
    assert lead.outcome in ("person_looks", "refer_out")
    (task,) = [t for kind, t in open_tasks(lead).items() if kind in ("decide", "tell_other_place")]
    assert task.minutes == 15
    assert "Time-critical" in said(lead)


def test_a_stroke_is_urgent_though_a_program_for_children_was_asked(arrive: Arrive) -> None:
    left = (TUESDAY - timedelta(days=4)).date()
    lead = arrive(
        but(
            surgeon(TUESDAY.date()), program="pediatric", diagnoses=["I63.9"], discipline=["OT", "PT"],
            concern="Stroke", events=[{"kind": "discharge", "date": left.isoformat()}],
        )
    )  # fmt: skip
    why = explanation(lead)
    assert (why["urgent"], why["by"]) == (True, (left + timedelta(days=7)).isoformat())
    assert min(task.minutes for task in open_tasks(lead).values()) == 15


def test_a_surgery_without_a_program_is_urgent_too(arrive: Arrive) -> None:
    body = but(surgeon(TUESDAY.date()), diagnoses=[])
    del body["program"]
    lead = arrive(body)
    assert (lead.outcome, open_tasks(lead)["call_to_book"].minutes) == ("book_now", 15)


def test_no_visit_of_ours_is_due_where_we_refer_elsewhere(arrive: Arrive) -> None:
    lead = arrive(but(CUFF, program="driving", discipline=["OT"], events=[], patient__postal_code="53705"))
    assert (lead.outcome, explanation(lead)["by"]) == ("refer_out", None)


def test_an_authorization_is_asked_beside_a_booking_that_cannot_wait(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(AT_WORK)
    tasks = open_tasks(lead)
    assert lead.outcome in ("book_now", "book_pending_docs")
    assert "authorize" in tasks["call_to_book"].reason.replace("authorized", "authorize")
    assert tasks["authorize_beside"].minutes == 30
    assert ("authorization", "payer") in [(b[0], b[1]) for b in lead.blockers]
    assert "payer authorizes the evaluation first" in said(lead)
    verbs.finish(tasks["authorize_beside"], staff("dana"), actor=SYSTEM, result="sent_email")
    lead.refresh_from_db()
    (asked,) = [b for b in lead.blockers if b[0] == "authorization"]
    assert asked[3] is not None, "asked once, with a day"
    assert "authorize_beside" not in open_tasks(lead)
    assert "call_to_book" in open_tasks(lead), "asking the payer is no try to reach the patient"


def test_once_they_agree_the_lead_stands_in_the_program_that_fits_and_goes_on_by_itself(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(CUFF)
    offer = open_tasks(lead)["offer_other_program"]
    verbs.finish(offer, staff("dana"), actor=SYSTEM, result="reached_agreed", words="She says yes")
    lead.refresh_from_db()
    why, call = explanation(lead), open_tasks(lead)["call_to_book"]
    assert (lead.outcome, why["program"]) == ("book_now", "ACL, rotator cuff, labrum and other repairs")
    assert (call.minutes, why["by"]) == (15, (OPERATED + timedelta(days=7)).isoformat())
    assert set(open_tasks(lead)) == {"call_to_book"}
    assert [verify(row) for row in DecisionRow.objects.filter(lead=lead)] == [[], []]
    arrive(but(CUFF, concern="When will you see her?"))
    lead.refresh_from_db()
    assert lead.outcome == "book_now", "what arrives later does not move it back"


def test_a_person_chooses_the_program_without_a_call_and_nothing_that_does_not_take_the_patient(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(TENDON)
    with pytest.raises(BadInput, match="programs that take this patient"):
        verbs.choose_program(lead, staff("dana"), actor=SYSTEM, program="pediatric", reason="a try")
    verbs.choose_program(lead, staff("dana"), actor=SYSTEM, program="hand_tendon_repair", reason="tendon")
    lead.refresh_from_db()
    assert (lead.outcome, open_tasks(lead)["call_to_book"].minutes) == ("book_now", 15)


def test_on_screen_the_lead_moves_and_both_what_was_asked_and_the_program_stand_there(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(CUFF), browser("dana")
    page = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert page.index("ACL, rotator cuff, labrum and other repairs</option>") < page.index("Vestibular")
    assert "Reached, agrees to what fits" in page
    moved = {"program": "post_surgical", "reason": "operated on Saturday"}
    after = dana.post(f"/leads/L-{lead.number}/program", moved, follow=True).content.decode()
    assert "Yes. Book now." in after
    assert "Program chosen" in after
    assert "PT, Spine, neck, shoulder, knee pain" in after, "what was asked for"
    assert "ACL, rotator cuff, labrum and other repairs, PT" in dana.get("/today").content.decode()


def test_the_therapy_that_the_program_does_not_do_is_named_owned_and_has_a_lead_of_its_own(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(but(CUFF, program="post_surgical", discipline=["PT", "OT"]))
    other = open_tasks(lead)["settle_therapy"]
    assert "OT was asked for too" in other.reason
    assert "Also asked for: OT" in said(lead)
    second = arrive(but(CUFF, program="fall_prevention", discipline=["OT"], events=[]))
    assert second.id != lead.id and second.patient_id == lead.patient_id
    verbs.finish(other, staff("dana"), actor=SYSTEM, result="done", words="L-2 is for OT")
    assert set(open_tasks(lead)) == {"call_to_book"}, "settled once, and no try to reach anybody"


def test_a_therapy_asked_for_later_is_added_and_owned_and_none_is_taken_away(arrive: Arrive) -> None:
    lead = arrive(but(CUFF, program="post_surgical"))
    assert "settle_therapy" not in open_tasks(lead)
    clock.move(timedelta(days=2))
    asks = but(CUFF, program=None, discipline=["PT", "OT"], events=None)
    assert arrive(asks).id == lead.id
    other = open_tasks(lead)["settle_therapy"]
    assert "OT was asked for too" in other.reason and other.due_at > clock.now()
    clock.move(timedelta(hours=1))
    assert arrive(but(CUFF, program=None, discipline=["PT"], events=None)).id == lead.id
    lead.facts.refresh_from_db()
    assert lead.facts.disciplines == ["PT", "OT"]
    assert open_tasks(lead)["settle_therapy"].due_at == other.due_at


def test_a_booking_without_a_program_says_what_is_to_be_settled_first(arrive: Arrive) -> None:
    body = but(surgeon(TUESDAY.date()), diagnoses=[])
    del body["program"]
    lead = arrive(body)
    assert "settle the program with them first" in open_tasks(lead)["call_to_book"].reason
    assert "Settle the program before a time is given" in said(lead)


def test_an_injury_that_was_operated_on_since_hurries_by_its_operation(arrive: Arrive) -> None:
    hurt = {"kind": "injury", "date": (OPERATED - timedelta(days=20)).isoformat()}
    lead = arrive(but(CUFF, events=[hurt, {"kind": "surgery", "date": OPERATED.isoformat()}]))
    assert (explanation(lead)["urgent"], lead.facts.event_kind) == (True, "surgery")
    assert explanation(lead)["by"] == (OPERATED + timedelta(days=7)).isoformat()
