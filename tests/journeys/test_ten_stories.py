"""The ten stories that the main job must tell, each through the doors that people use, the clock moved by hand.

A family's form is filled in by a browser without a script, partners send by the REST door, staff press the buttons
of their own screens; nothing is called that a person could not reach.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.conftest import ClientPost
from tests.mail import Mailbox
from tests.people import FAMILY, FIRST_STEP, MADISON, SECOND_STEP, Body, but

from firstvisit.journey import jobs
from firstvisit.journey.invariants import INVARIANTS, Scope
from firstvisit.journey.queries import explanation
from firstvisit.kernel import audit, clock
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.leads.queries import by_code, code
from firstvisit.messages.models import Message

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Browser = Callable[[str], Client]
ROW = re.compile(r'href="/leads/(L-[0-9]+)')


@pytest.fixture(autouse=True)
def _morning(tuesday: object, pages: None) -> None:
    """Every story begins on a Tuesday at ten in Madison."""


@pytest.fixture(autouse=True)
def _sound_afterwards(_morning: None, tmp_path: Any) -> Any:
    """Whatever a story did, `firstvisit check` finds nothing and every decision can be made again."""
    yield
    heads = tmp_path / "heads.txt"
    audit.close(heads, now=clock.now())
    scope = Scope(now=clock.now(), heads=heads, everything=True)
    assert {i.name: found for i in INVARIANTS if (found := list(i.breaks(scope)))} == {}


def form(first: Any, second: Any = None, *, token: str = "0123456789") -> Lead:
    """The public form, step by step."""
    family = Client()
    answer = family.post("/request", {**first, "token": f"story-step-one-{token}"})
    assert answer.status_code == 303, answer.content.decode()
    if second is not None:
        answer = family.post(answer["Location"], {**second, "token": f"story-step-two-{token}"})
        assert answer.status_code == 303, answer.content.decode()
    lead = Lead.objects.order_by("-number").first()
    assert lead is not None
    return lead


def fresh(lead: Lead) -> Lead:
    return Lead.objects.select_related("facts", "owner_queue", "owner_user").get(id=lead.id)


def tasks(lead: Lead) -> dict[str, Task]:
    return {task.kind: task for task in Task.objects.filter(lead=lead, status="open")}


def shown(desk: Client, lead: Lead) -> str:
    """The lead's screen as text."""
    page = desk.get(f"/leads/{code(lead.number)}").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def press(desk: Client, where: str, /, **said: Any) -> None:
    answer = desk.post(where, said)
    assert answer.status_code == 303, (where, answer.status_code, answer.content.decode()[:3000])


def tried(desk: Client, lead: Lead, kind: str, **said: Any) -> None:
    press(desk, f"/tasks/{tasks(lead)[kind].id}/done", **said)


def days(number: float, *, sweeps: int = 1) -> None:
    """Time passes; the worker looks at what has come due."""
    for _ in range(sweeps):
        clock.move(timedelta(days=number / sweeps))
        jobs.sweep()


def test_a_a_complete_request_for_a_child_is_to_be_booked_and_nothing_more_is_asked(browser: Browser) -> None:
    lead = fresh(form(FIRST_STEP, SECOND_STEP))
    why = explanation(lead)
    assert (lead.outcome, why["question"], lead.blockers) == ("book_now", None, [])
    assert why["score"]["lo"] >= why["score"]["high"]
    assert set(tasks(lead)) == {"call_to_book"}
    due = tasks(lead)["call_to_book"].due_at
    assert due <= clock.now() + timedelta(minutes=31)
    page = shown(browser("dana"), lead)
    assert "Book now" in page and "Tue am, Thu am" in page


def test_a_where_an_order_is_needed_the_doctor_they_name_is_asked_and_not_the_family(browser: Browser) -> None:
    child = {"therapy": "occupational", "program": "pediatric", "birth_date": "05/06/2021"}
    answers = {**SECOND_STEP, **child, "insurance": "BadgerCare Plus", "member_id": "4430017752"}
    lead = fresh(form(FIRST_STEP, {**answers, "order": "sent", "doctor": "Dr. Ines Okafor, Lakeshore Pediatrics"}))
    assert lead.outcome == "book_pending_docs" and explanation(lead)["question"] is None
    assert [(blocker[0], blocker[1]) for blocker in lead.blockers] == [("order", "orderer")]
    unsure = form(FIRST_STEP, {**answers, "patient_first_name": "Benedikt", "order": "sent", "times": []})
    asked = explanation(fresh(unsure))["question"]
    assert asked is None or "order" not in asked["text"].lower(), "what they answered is not asked again"
    assert set(tasks(lead)) == {"call_to_book", "request_papers"}
    assert "the doctor whom the family named" in tasks(lead)["request_papers"].reason
    page = shown(browser("dana"), lead)
    assert "Dr. Ines Okafor, Lakeshore Pediatrics" in page


@pytest.mark.parametrize(
    ("said", "waits", "words"),
    [
        ({"order": "none"}, ("order", "family"), ", not there"),
        ({"order": "none", "doctor": "Dr. Ines Okafor"}, ("order", "orderer"), ", not there"),
        ({"order": "have"}, ("order", "family"), ": announced, not here yet"),
        ({"doctor": "Dr. Ines Okafor"}, ("order_not_stated", "orderer"), "not stated whether there is one"),
    ],
)
def test_what_a_family_says_of_the_order_is_what_the_lead_says(
    said: Body, waits: tuple[str, str], words: str, browser: Browser
) -> None:
    child = {"therapy": "occupational", "program": "pediatric", "birth_date": "05/06/2021"}
    lead = fresh(form(FIRST_STEP, {**SECOND_STEP, **child, "insurance": "BadgerCare Plus", "member_id": "44", **said}))
    assert [(blocker[0], blocker[1]) for blocker in lead.blockers] == [waits]
    page = shown(browser("dana"), lead)
    assert words in page and "signature not seen" not in page


OFFICE = "office@lakesidehand.example.org"
HAND: Body = {
    "lead_kind": "patient",
    "discipline": ["OT"],
    "program": "hand_therapy",
    "patient": {
        "first_name": "Ottoline",
        "last_name": "Fairweather",
        "date_of_birth": "1979-07-21",
        "postal_code": "53703",
    },
    "contact": {
        "name": "Ottoline Fairweather",
        "relationship": "self",
        "phone": "+16085550131",
        "email": "ottoline.fairweather@example.org",
    },
    "referrer": {
        "name": "Basil Thornquist",
        "credential": "MD",
        "organization": "Lakeside Hand Surgery",
        "role": "physician",
        "phone": "+16085550132",
        "email": OFFICE,
    },
    "concern": "Broke two fingers, the splint came off on Friday",
    "events": [{"kind": "injury", "date": "2026-11-20"}],
    "availability": ["mon_am", "wed_am", "thu_am", "fri_am"],
    "payers": [{"name": "BadgerCare Plus", "member_id": "4430017752"}],
    "documents": ["clinical_notes"],
    "consents": [{"channel": "email", "given": True, "wording": "email-receipt:1"}],
}


def test_b_a_hand_injury_without_an_order_waits_for_the_office_and_moves_by_itself_when_it_comes(
    arrive: Arrive, browser: Browser, mailbox: Mailbox
) -> None:
    lead = fresh(arrive(HAND))
    assert lead.outcome == "book_pending_docs"
    assert ["order", "referrer"] in [blocker[:2] for blocker in lead.blockers]
    assert not any(whom == "family" for _, whom, *_ in lead.blockers), "an order is the office's to send"
    jobs.sweep()
    proposal = tasks(lead)["propose_papers_request"]
    assert proposal.due_at > clock.now()
    press(browser("dana"), f"/tasks/{proposal.id}/answer", answer="accepted")
    clock.move(timedelta(minutes=1))
    jobs.sweep()
    asked = [mail for mail in mailbox.to(OFFICE) if "papers needed" in str(mail["Subject"])]
    assert len(asked) == 1, "one request, to the office"
    assert "Fairweather" not in asked[0]["Subject"]
    days(0.01)
    arrive({**HAND, "documents": ["order"], "order_signed": True})
    moved = fresh(lead)
    assert (moved.outcome, [b for b in moved.blockers if b[0].startswith("order")]) == ("book_now", [])
    jobs.sweep()
    assert "propose_papers_request" not in tasks(lead)
    subjects = [str(mail["Subject"]) for mail in mailbox.to(OFFICE)]
    assert len(set(subjects)) == len(subjects), "nothing is asked twice"


def test_c_a_counselor_outside_the_area_is_told_a_named_place_and_the_next_step_is_kept(
    arrive: Arrive, browser: Browser
) -> None:
    lead = fresh(
        arrive(
            {
                "lead_kind": "referral_partner",
                "discipline": ["SLP"],
                "patient": {
                    "first_name": "Thaddeus",
                    "last_name": "Okonjo",
                    "date_of_birth": "2018-05-11",
                    "postal_code": "55802",
                },
                "referrer": {
                    "name": "Perpetua Lindqvist",
                    "organization": "Lester Park School",
                    "role": "school",
                    "phone": "+12185550133",
                    "email": "p.lindqvist@lesterpark.example.org",
                },
                "concern": "Hard to understand in class",
            }
        )
    )
    assert lead.outcome == "refer_out"
    reasons = {reason["code"]: reason["text"] for reason in explanation(lead)["reasons"]}
    assert "outside the area" in reasons["area"]
    desk, page = browser("mei"), shown(browser("mei"), lead)
    assert "(555) " not in page and re.search(r"\(\d{3}\) 555-01\d\d", page), "the place's own number"
    told = tasks(lead)["tell_other_place"]
    press(desk, f"/tasks/{told.id}/done", result="told_referrer")
    assert set(tasks(fresh(lead))) >= {"close_told"}
    assert fresh(lead).stage != "contacted", "the school was told; nobody has spoken with the family"


def test_d_within_two_weeks_and_complete_is_scheduled_the_same_day(arrive: Arrive) -> None:
    lead = fresh(arrive({**FAMILY, "timing": "two_weeks"}))
    task = tasks(lead)["call_to_book"]
    assert lead.outcome == "book_now"
    assert task.due_at.astimezone(MADISON).date() == clock.now().astimezone(MADISON).date()


def test_f_a_facility_that_wants_a_quote_next_quarter_is_discovered_first(
    client_post: ClientPost, browser: Browser
) -> None:
    told = client_post(
        {
            "lead_kind": "organization",
            "discipline": ["PT"],
            "contact": {"name": "Ingram Vasquez-Holt", "phone": "+16085550134"},
            "referrer": {"organization": "Fernhollow Senior Living", "role": "other"},
            "organization": {"needs": "Fall prevention classes", "size": 60, "timeline": "next quarter"},
            "asks": "Please send a quote for weekly classes",
        }
    ).json()
    lead = by_code(told["reference"])
    assert lead is not None and told["outcome"] == "discovery"
    assert lead.owner_queue is not None and lead.owner_queue.slug == "partners"
    assert set(tasks(lead)) == {"call_organization"}
    page = shown(browser("mei"), lead)
    assert "60 people" in page and "next quarter" in page
    assert "decision path" in page.lower() or "who decides" in page.lower()


def test_g_twins_on_one_phone_are_two_children(arrive: Arrive) -> None:
    first = arrive(but(FAMILY, patient__first_name="Casimir"))
    second = arrive(but(FAMILY, patient__first_name="Crispin"))
    again = arrive(but(FAMILY, patient__first_name="Crispin", concern="Is there any news?"))
    assert first.patient_id != second.patient_id
    assert (again.id, first.contact_id) == (second.id, second.contact_id)
    assert Lead.objects.count() == 2


def test_i_chest_pain_goes_before_a_clinician_whatever_else_is_said(browser: Browser) -> None:
    lead = fresh(
        form(
            FIRST_STEP, {**SECOND_STEP, "concern": "Since this morning she has chest pain and cannot breathe"}
        )
    )
    task = tasks(lead)["review_red_flag"]
    assert (lead.outcome, task.safety) == ("clinician_review", True)
    assert task.due_at <= clock.now() + timedelta(minutes=16)
    today = browser("dana").get("/today").content.decode()
    assert ROW.findall(today)[0] == code(lead.number), "safety stands first"
    assert "911" in shown(browser("dana"), lead)


def test_j_what_a_person_overrules_no_later_pass_undoes(arrive: Arrive, browser: Browser) -> None:
    lead = arrive(FAMILY)
    said = {"outcome": "waitlist", "reason": "Their therapist is back in January"}
    press(browser("dana"), f"/leads/{code(lead.number)}/overrule", **said)
    days(3, sweeps=6)
    arrive(but(FAMILY, concern="Is there any news?"))
    days(1)
    after = fresh(lead)
    assert after.outcome == "waitlist"
    assert "Their therapist is back in January" in shown(browser("dana"), lead)
    assert Event.objects.filter(lead=lead, name="outcome_ruled").count() == 1
    assert not Message.objects.filter(lead=lead, status="sending").exists()


def test_e_a_guide_download_that_is_not_sure_is_kept_and_asked_later(
    browser: Browser, mailbox: Mailbox
) -> None:
    offer = {"title": "Talking with a late talker", "language": "en", "address": "https://example.org/guide"}
    manager = browser("mei")
    press(manager, "/events/guides", **offer)
    found = re.search(r"/guide/[a-z0-9]+", manager.get("/events").content.decode())
    assert found is not None, "the screen shows the address to hand out"
    visitor = Client()
    answers = {
        "first_name": "Ludmila",
        "email": "ludmila.brandvold@example.org",
        "timing": "not_sure",
        "may_email": "yes",
        "token": "guide-story-0123456789",
    }
    answer = visitor.post(f"{found[0]}?utm_source=newsletter&utm_campaign=fall", answers)
    assert answer.status_code == 303, answer.content.decode()
    assert "https://example.org/guide" in visitor.get(answer["Location"]).content.decode()
    lead = Lead.objects.select_related("facts").get()
    assert (lead.outcome, lead.facts.source_kind) == ("nurture", "guide")
    assert set(tasks(lead)) == {"keep_in_touch"}
    assert tasks(lead)["keep_in_touch"].due_at > clock.now() + timedelta(hours=4), "nobody is hurried"
    jobs.sweep()
    assert len(mailbox.mails) == 1, "nothing but the receipt"
    again = re.search(r"/guide/[a-z0-9]+/ready/\S+", mailbox.text())
    assert again is not None and "https://example.org/guide" in visitor.get(again[0]).content.decode()
    assert "by Thu Dec 24" in mailbox.text(), "what the plan keeps, and no sooner"
    page = shown(browser("dana"), lead)
    assert "Not yet. Keep in touch." in page
    days(1)
    assert fresh(lead).outcome == "nurture"


def test_h_silence_is_reminded_then_closed_and_asked_once_more(browser: Browser, mailbox: Mailbox) -> None:
    desk, lead = browser("dana"), fresh(form(FIRST_STEP, {**SECOND_STEP, "birth_date": "05/08/2022"}))
    jobs.sweep()
    receipts = len(mailbox.mails)
    tried(desk, lead, "call_to_book", result="reached_thinking", words="will talk to her husband")
    assert set(tasks(lead)) == {"call_back"}
    until_nothing_to_try(desk, lead)
    days(14, sweeps=14)
    for kind in ("propose_reminder", "propose_close_out"):
        days(14, sweeps=14)
        if kind in tasks(lead):
            press(desk, f"/tasks/{tasks(lead)[kind].id}/answer", answer="accepted")
            clock.move(timedelta(minutes=1))
            jobs.sweep()
    after = fresh(lead)
    assert (after.stage, after.closed_how, tasks(lead)) == ("closed", "unable_to_reach", {})
    assert after.look_again_at is not None
    assert timedelta(days=60) <= after.look_again_at - (after.closed_at or clock.now()) <= timedelta(days=90)
    before = len(mailbox.mails)
    assert before > receipts, "they were written to before the lead was closed"
    days(95, sweeps=95)
    proposal = tasks(lead)["propose_reactivation"]
    assert f"/tasks/{proposal.id}/answer" in desk.get(f"/leads/{code(lead.number)}").content.decode()
    press(desk, f"/tasks/{proposal.id}/answer", answer="accepted")
    clock.move(timedelta(minutes=1))
    jobs.sweep()
    assert len(mailbox.mails) == before + 1, "they are asked once more"


def test_whoever_asks_again_by_themselves_is_not_asked_once_more(browser: Browser, mailbox: Mailbox) -> None:
    asked = (FIRST_STEP, {**SECOND_STEP, "birth_date": "05/08/2022"})
    desk, lead = browser("dana"), fresh(form(*asked))
    press(desk, f"/leads/{code(lead.number)}/close", how="unable_to_reach", reason="Nobody answered for weeks")
    days(95, sweeps=95)
    assert "propose_reactivation" in tasks(lead)
    again = form(*asked, token="9876543210")
    assert again.id != lead.id and again.closed_at is None
    jobs.sweep()
    assert "propose_reactivation" not in tasks(lead)


def until_nothing_to_try(desk: Client, lead: Lead) -> None:
    """Every further try is made when it is due, and nobody answers."""
    for _ in range(12):
        open_now = tasks(lead)
        kind = next((kind for kind in ("follow_up", "call_back") if kind in open_now), None)
        if kind is None:
            return
        clock.move(max(open_now[kind].due_at - clock.now(), timedelta(minutes=1)))
        jobs.sweep()
        tried(desk, lead, kind, result="no_answer")
    raise AssertionError(f"after twelve tries there is still one to make: {set(tasks(lead))}")
