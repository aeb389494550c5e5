"""Medicare pays: the evaluation starts the clocks, they go on after the lead is closed, and end when it is done."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.payer import answering, ask_all
from tests.people import TUESDAY, but, surgeon

from firstvisit.journey.jobs import sweep
from firstvisit.journey.loading import load
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.practice.queries import queue_ids
from firstvisit.steps.coverage.models import TherapyYear

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
PATIENT = surgeon(TUESDAY.date())
ADVANTAGE = but(PATIENT, payers=[{"name": "Medicare", "member_id": "H4461-001-77"}])
EVALUATED = {"form": "noted", "what": "evaluation_completed", "on": "2026-11-24"}
SENT = {"form": "noted", "what": "plan_sent", "on": "2026-11-24"}
SIGNED = {"form": "noted", "what": "plan_certified", "on": "2026-11-24", "how": "signed", "which": "first"}


@pytest.fixture
def anna(browser: Callable[[str], Client], tuesday: datetime) -> Client:
    return browser("anna")


def wanted(lead: Lead) -> dict[str, Task]:
    kinds = ("send_plan", "chase_certification", "recertify", "progress_report")
    return {t.kind: t for t in Task.objects.filter(lead=lead, status="open", kind__in=kinds)}


def says(client: Client, lead: Lead, path: str = "/medicare") -> str:
    page = client.get(f"/leads/L-{lead.number}{path}")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(page.content.decode())))


def notes(client: Client, lead: Lead, **said: str) -> Any:
    return client.post(f"/leads/L-{lead.number}/medicare", said)


def later(set_clock: Callable[[datetime], None], **ahead: int) -> datetime:
    moment = TUESDAY + timedelta(**ahead)
    set_clock(moment)
    while sweep():
        pass
    return moment


def closed(dana: Client, lead: Lead) -> None:
    done = dana.post(f"/leads/L-{lead.number}/close", {"how": "evaluated", "reason": "Seen today"})
    assert done.status_code == 303


def test_before_the_evaluation_everything_stands_there_and_nothing_is_wanted(
    dana: Client, arrive: Arrive, tuesday: datetime
) -> None:
    lead = arrive(PATIENT)
    page = says(dana, lead, "")
    assert "Medicare" in page and "Part B" in page
    assert "MD: may order and certify" in page
    assert "ask: does a nurse or therapist come to the house" in page
    assert "dollars used elsewhere are not known" in page and "$2,480.00 left of $2,480" in page
    assert not wanted(lead)


def test_the_clocks_of_an_evaluation_go_on_after_it_closed_the_lead(
    dana: Client, anna: Client, arrive: Arrive, set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(PATIENT)
    assert notes(dana, lead, **EVALUATED).status_code == 303
    closed(dana, lead)
    send = wanted(lead)["send_plan"]
    assert send.owner_queue is not None and send.owner_queue.slug == "clinical_review"
    assert "certified by Thu Dec 24" in send.reason and send.due_at > TUESDAY
    assert "Send the plan of care" in says(anna, lead)
    assert notes(anna, lead, **SENT).status_code == 303
    chase = wanted(lead)["chase_certification"]
    assert chase.due_at.date().isoformat() == "2026-12-04" and "send_plan" not in wanted(lead)
    later(set_clock, days=12)
    assert anna.post(f"/tasks/{chase.id}/done", {"result": "done", "words": "Called the office"}).status_code == 303
    again = wanted(lead)["chase_certification"]
    assert again.id != chase.id and again.due_at.date().isoformat() == "2026-12-11"
    later(set_clock, days=17)
    assert notes(anna, lead, **{**SIGNED, "on": "2026-12-09"}).status_code == 303
    assert not wanted(lead)
    assert "signed Dec 9, 2026" in says(anna, lead)
    assert "Feb 21, 2027" in says(anna, lead)
    later(set_clock, days=75)
    assert set(wanted(lead)) == set()
    later(set_clock, days=76)
    assert "Certified through Sun Feb 21" in wanted(lead)["recertify"].reason
    assert notes(anna, lead, **{**SIGNED, "on": "2027-02-08", "which": "again", "days": "60"}).status_code == 303
    assert not wanted(lead)
    assert "by Thu Apr 22, 2027" in says(anna, lead)
    assert "count_treatment" in {task.kind for task in Task.objects.filter(lead=lead, status="open")}
    assert notes(anna, lead, form="noted", what="therapy_ended", on="2027-02-08").status_code == 303
    assert not Task.objects.filter(lead=lead, status="open", owner_queue__slug="clinical_review").exists()
    assert anna.get(f"/leads/L-{lead.number}").status_code == 404
    names = list(Event.objects.filter(lead=lead, name__startswith="plan_").values_list("name", flat=True))
    assert sorted(names) == ["plan_certified", "plan_certified", "plan_sent"]


def test_an_order_and_the_sent_plan_stand_in_for_the_first_signature(
    dana: Client, arrive: Arrive, tuesday: datetime
) -> None:
    lead = arrive(PATIENT)
    notes(dana, lead, **EVALUATED)
    unseen = notes(dana, lead, **SENT, order="yes")
    assert unseen.status_code == 422 and "nobody has seen it here" in html.unescape(unseen.content.decode())
    assert "no signature needed" not in says(dana, lead) and set(wanted(lead)) == {"send_plan"}
    closed(dana, lead)
    assert notes(dana, lead, **SENT, order="yes", order_seen="yes").status_code == 303
    assert Lead.objects.get(id=lead.id).facts.order_here
    assert not wanted(lead)
    assert "no signature needed" in says(dana, lead)
    notes(dana, lead, form="mistaken", mistaken="plan_sent")
    assert set(wanted(lead)) == {"send_plan"}
    assert "noted by mistake, taken back: the plan of care was sent" in says(dana, lead, "")


@pytest.mark.parametrize(
    ("changes", "seen", "lacks"),
    [
        ({"referrer__credential": "DC"}, "yes", "DC: chiropractors and dentists neither refer nor certify"),
        ({"referrer__credential": None}, "yes", "the letters behind the name of whoever ordered are not stated"),
        ({"referrer": {}, "documents": [], "order_signed": None}, "", "none was stated"),
    ],
)
def test_no_tick_stands_in_for_the_signature_of_somebody_who_may_not_certify(
    dana: Client, arrive: Arrive, tuesday: datetime, changes: dict[str, Any], seen: str, lacks: str
) -> None:
    lead = arrive(but(PATIENT, **changes))
    notes(dana, lead, **EVALUATED)
    answer = notes(dana, lead, **SENT, order="yes", order_seen=seen)
    assert answer.status_code == 422 and lacks in html.unescape(answer.content.decode())
    assert not Event.objects.filter(lead=lead, name__in=("plan_sent", "papers_arrived")).exists()
    assert notes(dana, lead, **SENT).status_code == 303
    assert set(wanted(lead)) == {"chase_certification"}
    assert "no signature needed" not in says(dana, lead)


def test_a_word_is_chased_for_its_signature(dana: Client, arrive: Arrive, tuesday: datetime) -> None:
    lead = arrive(PATIENT)
    notes(dana, lead, **EVALUATED)
    notes(dana, lead, **{**SIGNED, "how": "verbal"})
    assert "due by Tue Dec 8" in wanted(lead)["chase_certification"].reason
    assert "Send it. Approved by word" in wanted(lead)["send_plan"].reason
    assert notes(dana, lead, **SENT).status_code == 303
    assert set(wanted(lead)) == {"chase_certification"}


def test_a_word_after_the_last_day_is_late_and_one_before_it_holds_until_its_signature(
    dana: Client, arrive: Arrive, tuesday: datetime, set_clock: Callable[[datetime], None]
) -> None:
    lead = arrive(PATIENT)
    notes(dana, lead, **EVALUATED)
    later(set_clock, days=31)
    late = {**SIGNED, "how": "verbal", "on": "2026-12-25"}
    assert notes(dana, lead, **late).status_code == 303
    for task in ("chase_certification", "send_plan"):
        assert "after the last day Thu Dec 24 (keep the proof" in wanted(lead)[task].reason
    assert "by word on Dec 25, 2026, late: the last day was Dec 24, 2026; keep the proof" in says(dana, lead)
    assert notes(dana, lead, **{**late, "on": "2026-12-24"}).status_code == 303
    assert "late" not in wanted(lead)["send_plan"].reason and ", late" not in says(dana, lead)
    later(set_clock, days=40)
    assert notes(dana, lead, **{**SIGNED, "on": "2027-01-03"}).status_code == 303
    assert "signed Jan 3, 2027" in says(dana, lead) and ", late" not in says(dana, lead)


def test_the_days_of_a_plan_stay_where_an_order_stands_in_for_the_signature(
    dana: Client, arrive: Arrive, tuesday: datetime
) -> None:
    lead = arrive(PATIENT)
    notes(dana, lead, **EVALUATED)
    notes(dana, lead, **SENT, order="yes", order_seen="yes")
    assert "Feb 21, 2027" in says(dana, lead)
    notes(dana, lead, **{**SIGNED, "how": "verbal", "days": "60"})
    assert "Jan 22, 2027" in says(dana, lead) and "Feb 21, 2027" not in says(dana, lead)


def test_a_report_is_due_by_treatment_days_and_not_by_the_calendar(
    dana: Client, arrive: Arrive, tuesday: datetime
) -> None:
    lead = arrive(PATIENT)
    notes(dana, lead, **EVALUATED)
    notes(dana, lead, form="noted", what="treatment_counted", on="2026-11-24", days="7")
    assert "progress_report" not in wanted(lead)
    notes(dana, lead, form="noted", what="treatment_counted", on="2026-11-24", days="8")
    assert "8 treatment days since" in wanted(lead)["progress_report"].reason
    assert "The progress report is written (enter the days below)" in says(dana, lead)
    notes(dana, lead, form="noted", what="progress_reported", on="2026-11-24", days="9")
    assert "progress_report" not in wanted(lead)


def test_dollars_have_their_source_and_day_and_the_newest_counts(
    dana: Client, arrive: Arrive, tuesday: datetime
) -> None:
    lead = arrive(but(PATIENT, therapy_elsewhere=True))
    spent = {"form": "dollars", "group": "pt_slp", "whose": "elsewhere", "source": "hets", "as_of": "2026-11-20"}
    assert notes(dana, lead, **spent, dollars="2,300.50").status_code == 303
    assert notes(dana, lead, **{**spent, "whose": "ours", "source": "billing"}, dollars="200").status_code == 303
    page = says(dana, lead)
    assert "$2,300.50 elsewhere (Medicare's own answer (HETS 271), as of Fri Nov 20, 2026)" in page
    assert "$2,500.50: above $2,480, claims carry KX" in page
    assert notes(dana, lead, **spent, dollars="100").status_code == 303
    assert "$2,180.00 left of $2,480" in says(dana, lead)
    assert TherapyYear.objects.filter(lead=lead).count() == 3


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({**EVALUATED, "on": "2026-11-25"}, "This day is still to come"),
        ({**EVALUATED, "on": "soon"}, "On which day"),
        ({**SENT, "on": "2026-11-24"}, "Note first on which day the evaluation was completed"),
        ({"form": "noted", "what": "treatment_counted", "on": "2026-11-24", "days": "x"}, "whole number of days"),
        ({"form": "dollars", "dollars": "-1"}, "Enter dollars"),
        ({"form": "noted", "what": "nonsense", "on": "2026-11-24"}, "Choose what to note"),
        ({**SENT, "order_seen": "yes"}, "Say too that the plan went"),
        ({"form": "mistaken"}, "Choose what was noted by mistake"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    dana: Client, arrive: Arrive, tuesday: datetime, said: dict[str, str], words: str
) -> None:
    lead = arrive(PATIENT)
    answer = notes(dana, lead, **said)
    assert answer.status_code == 422 and words in html.unescape(answer.content.decode())
    assert not Event.objects.filter(lead=lead, name="evaluation_completed").exists()


def test_which_medicare_is_asked_where_it_is_not_known_and_another_payer_has_no_such_page(
    dana: Client, arrive: Arrive, tuesday: datetime
) -> None:
    lead = arrive(ADVANTAGE)
    notes(dana, lead, **EVALUATED)
    assert "Part B or an Advantage plan is not known: ask" in wanted(lead)["send_plan"].reason
    who = {"first_name": "Ottilie", "last_name": "Brandvold", "date_of_birth": "1980-02-03"}
    other = arrive(but(PATIENT, patient=who, payers=[{"name": "Northfield Health"}]))
    assert dana.get(f"/leads/L-{other.number}/medicare").status_code == 404
    assert "KX" not in says(dana, other, "")


def test_many_leads_are_loaded_with_one_question_for_medicare(
    dana: Client, arrive: Arrive, tuesday: datetime, django_assert_num_queries: Any
) -> None:
    lead = arrive(PATIENT)
    notes(dana, lead, **EVALUATED)
    (case,) = load([Lead.objects.get(id=lead.id)], {n: s for s, n in queue_ids().items()}, TUESDAY)
    assert case.medicare is not None and case.medicare.part == "b"


def test_medicares_own_answer_brings_the_dollars_of_the_year(
    dana: Client, arrive: Arrive, tuesday: datetime, settings: Any
) -> None:
    with answering(settings):
        lead = arrive(but(PATIENT, payers=[{"name": "Medicare", "member_id": "MEDICARE1"}]))
        ask_all()
    rows = {(row.group, str(row.dollars), row.source) for row in TherapyYear.objects.filter(lead=lead)}
    assert rows == {("ot", "1056.50", "hets"), ("pt_slp", "1232.50", "hets")}
    assert "$1,232.50 elsewhere (Medicare's own answer (HETS 271), as of Tue Nov 24, 2026)" in says(dana, lead)
    for path in ("", "/medicare"):
        assert "Medicare's answer names PRAIRIE HOME HEALTH, 2026-11-" in says(dana, lead, path)
        assert "does a nurse or therapist come to the house" not in says(dana, lead, path)
    panel = says(dana, lead, "")
    assert "Home health care (2026-11-" in panel and "USED AMOUNT: $1,232.50" in panel


def test_care_at_home_in_medicares_answer_is_said_to_the_family_with_its_price_and_is_somebodys_to_ask(
    dana: Client, arrive: Arrive, tuesday: datetime, settings: Any
) -> None:
    with answering(settings):
        lead = arrive(but(PATIENT, payers=[{"name": "Medicare", "member_id": "MEDICARE1"}]))
        ask_all()
    (task,) = Task.objects.filter(lead=lead, status="open", kind="verify_by_hand")
    assert task.reason.startswith("Home health care is named; until its agency has discharged, Part B pays nothing")
    panel = says(dana, lead, "")
    for said in ("Medicare Part B does not pay for visits with us.", "la Parte B de Medicare no paga las visitas"):
        assert said in panel, said
    assert "the home health agency has discharged by then" in says(dana, lead, "/estimate")


def test_closed_with_its_evaluation_somebody_is_asked_for_its_day(
    dana: Client, anna: Client, arrive: Arrive, tuesday: datetime
) -> None:
    lead = arrive(PATIENT)
    closed(dana, lead)
    (task,) = Task.objects.filter(lead=lead, status="open", owner_queue__slug="clinical_review")
    assert task.kind == "note_evaluation"
    assert notes(anna, lead, **EVALUATED).status_code == 303
    assert set(wanted(lead)) == {"send_plan"}
    assert not Task.objects.filter(lead=lead, status="open", kind="note_evaluation").exists()
