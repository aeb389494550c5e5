"""The verification queue and the pages of payers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.conf import LazySettings
from django.test import Client

from firstvisit.journey.correcting import correct, stated
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import FactsRow, Lead, Task
from firstvisit.practice.models import User
from firstvisit.steps.coverage.connectors.sandbox import URL
from firstvisit.steps.coverage.models import AuthorizationRequest, Check
from firstvisit.web.tests.conftest import Arrive, SignIn, questions
from firstvisit.web.tests.payers_say import CLEAN, PLAN, answered, asked, down

pytestmark = pytest.mark.django_db
PLANNED = {"insurance": "Northfield Health", "member_id": "NH1"}
Insured = Callable[..., Lead]


@pytest.fixture(autouse=True)
def connected(settings: LazySettings) -> None:
    """The sandbox payer is set up; nobody listens there."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, connectors={URL: "http://127.0.0.1:9"})


@pytest.fixture
def insured(arrive: Arrive) -> Insured:
    """Leads with a plan that a machine asks."""
    return lambda **answers: arrive(**{**PLANNED, **answers})


def rows(browser: Client, query: str = "") -> list[str]:
    text = unescape(browser.get(f"/verification{query}").content.decode())
    found = re.findall(r'<tr class="row">(.*?)</tr>', text, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", each)).strip() for each in found]


def code(lead: Lead) -> str:
    return f"L-{lead.number}"


def test_what_is_clean_does_not_stand_there(insured: Insured, dana: Client) -> None:
    lead = insured()
    answered(lead, *CLEAN)
    assert rows(dana) == []
    assert "Nothing waits." in dana.get("/verification").content.decode()


@pytest.mark.parametrize(
    "words",
    ["NO REFERRAL REQUIRED", "PCP REFERRAL NOT REQUIRED.", "REFERRAL REQUIRED: N", "PRIMARY CARE COPAY APPLIES"],
)
def test_a_plan_that_says_that_it_wants_no_referral_has_nobody_ask_for_one(
    words: str, insured: Insured, dana: Client
) -> None:
    answered(insured(), *CLEAN, f"MSG*{words}")
    assert rows(dana) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("EB*Y**30****100", "The plan pays only once the patient has spent down."),
        ("EB*V**30", "The payer says that it cannot process part of the question."),
        ("EB*F**AF***30***VS*20**Y", "The payer says that a limit is exceeded."),
        ("EB*W**AF", "For part of the answer the payer names another source."),
    ],
)
def test_what_leaves_a_covered_therapy_open_has_somebody_read_it(
    line: str, says: str, insured: Insured, dana: Client
) -> None:
    answered(insured(), *CLEAN, line)
    (row,) = rows(dana)
    assert "Verify by phone or portal" in row and says in row


@pytest.mark.parametrize("line", ["EB|I||AF", "eb*i**af", "EB\0*I**AF"])
def test_a_line_that_nobody_could_read_has_somebody_read_it(line: str, insured: Insured, dana: Client) -> None:
    answered(insured(), *CLEAN, line)
    (row,) = rows(dana)
    assert "Verify by phone or portal" in row and "could not be read" in row


@pytest.mark.parametrize(
    "words",
    [
        "REFERRAL REQUIRED", "NO REFERRAL ON FILE", "NO REFERRAL REQUIRED FOR OB/GYN", "PCP MUST APPROVE",
        "REFERRAL REQUIRED, NOT COVERED WITHOUT",
    ],
)  # fmt: skip
def test_a_plan_that_writes_of_a_referral_has_somebody_read_it(words: str, insured: Insured, dana: Client) -> None:
    answered(insured(), *CLEAN, f"MSG*{words}")
    (row,) = rows(dana)
    assert "Ask for the referral the plan wants" in row and "read that" in row


@pytest.mark.parametrize(
    ("lines", "whom", "action"),
    [
        (("AAA*N**72*C",), "the family", "Correct what the payer refused"),
        (("EB*6**30",), "the family", "Ask for another coverage"),
        ((PLAN, "EB*I**AF"), "somebody of ours", "Say what the plan does not pay"),
        ((PLAN,), "somebody of ours", "Verify by phone or portal"),
    ],
)
def test_what_waits_says_for_whom_and_what_to_do(
    lines: tuple[str, ...], whom: str, action: str, insured: Insured, dana: Client
) -> None:
    lead = insured()
    answered(lead, *lines)
    (row,) = rows(dana)
    assert whom in row and action in row and code(lead) in row and "Northfield Health" in row
    assert "Speech therapy" in row


def test_an_answer_that_wants_a_call_leads_to_the_questions(insured: Insured, dana: Client) -> None:
    lead = insured()
    answered(lead, PLAN)
    assert f'href="/leads/{code(lead)}/told/0/SLP"' in dana.get("/verification").content.decode()


def test_questions_under_way_say_when_they_are_asked_again(insured: Insured, dana: Client) -> None:
    lead = insured()
    asked(lead)
    assert "the payer Asked asked" in rows(dana)[0]
    Check.objects.update(status="wanted")
    down(lead)
    (row,) = rows(dana)
    assert "asked again at" in row and "after 1 try: Sandbox payer did not answer within 30 seconds" in row
    assert "rests" not in row


def test_a_payer_that_fails_in_a_row_rests_and_since_when_is_said(insured: Insured, dana: Client) -> None:
    leads = [insured(member_id=f"NH{n}") for n in range(5)]
    for lead in leads:
        down(lead)
    assert all("rests since" in row and "5 failures in a row" in row for row in rows(dana))
    assert "rests until" in dana.get("/payers").content.decode()
    last = Check.objects.latest("failed_at")
    Check.objects.filter(id=last.id).update(status="answered", answered_at=clock.now(), finding="clean")
    assert not any("rests" in row for row in rows(dana))


def test_a_plan_that_lacks_a_field_stands_there_with_its_form(insured: Insured, dana: Client) -> None:
    lead = insured(member_id="")
    (row,) = rows(dana)
    assert "Nobody can be asked without: member number" in row and "no promise" in row and "the family" in row
    assert f"/leads/{code(lead)}/stated?field=payers.0.member_id" in dana.get("/verification").content.decode()


def test_whoever_wants_their_plan_told_nothing_stands_nowhere(
    insured: Insured, dana: Client, account: Callable[[str], User]
) -> None:
    lead = insured(member_id="")
    correct(lead, account("dana"), actor=SYSTEM, texts={"withhold_from_plan": "yes"}, mark=stated(lead).mark)
    assert rows(dana) == []


def test_a_corrected_field_takes_the_row_away_and_asks_by_itself(
    insured: Insured, dana: Client, account: Callable[[str], User]
) -> None:
    lead = insured()
    answered(lead, "AAA*N**72*C")
    texts = {"payers.0.member_id": "NH9"}
    correct(lead, account("dana"), actor=SYSTEM, texts=texts, mark=stated(lead).mark)
    (row,) = rows(dana)
    assert "the payer Asked" in row
    answered(lead, *CLEAN)
    assert rows(dana) == []


def test_an_authorization_that_the_payer_has_waits_for_its_day(insured: Insured, dana: Client) -> None:
    lead = insured()
    answered(lead, *CLEAN)
    now = clock.now()
    AuthorizationRequest.objects.create(
        key="k", lead=lead, payer="northfield_health", discipline="SLP", service="evaluation", status="requested",
        needed_by="rule", needed_at=now, trace="T1", requested_at=now, expected_at=now - timedelta(days=1),
    )  # fmt: skip
    (row,) = rows(dana)
    assert "Authorization asked for" in row and "late" in row
    Task.objects.create(
        lead=lead, about_kind="lead", about_id=lead.id, site=lead.site, kind="nudge_payer", reason="The day is past",
        owner_queue=lead.owner_queue, made_at=now, due_at=now, minutes=60,
    )  # fmt: skip
    (row,) = rows(dana)
    assert "Ask the payer how the authorization stands" in row and "the payer" in row


def test_old_leads_of_a_file_stand_there_only_once_somebody_reached_for_them(insured: Insured, dana: Client) -> None:
    lead = insured(member_id="")
    FactsRow.objects.filter(lead=lead).update(source="csv")
    assert rows(dana) == []
    Lead.objects.filter(id=lead.id).update(first_tried_at=clock.now())
    assert len(rows(dana)) == 1


def test_the_oldest_promise_stands_first_and_what_promises_nothing_last(insured: Insured, dana: Client) -> None:
    first, second, third = insured(), insured(), insured(member_id="")
    for lead in (first, second):
        answered(lead, PLAN)
    Task.objects.filter(lead=second, kind="verify_by_hand").update(due_at=clock.now() - timedelta(days=2))
    assert [re.findall(r"L-\d+", row)[0] for row in rows(dana)] == [code(second), code(first), code(third)]


def test_it_is_filtered_by_whom_payer_and_site(insured: Insured, dana: Client, account: Callable[[str], User]) -> None:
    one, other = insured(), insured(insurance="BadgerCare Plus", member_id="1234567890")
    answered(one, "AAA*N**72*C")
    answered(other, PLAN)
    assert [code(one) in row for row in rows(dana, "?whom=family")] == [True]
    assert [code(other) in row for row in rows(dana, "?payer=badgercare_plus")] == [True]
    assert rows(dana, "?whom=payer") == [] and rows(dana, "?site=marquette") == []
    assert len(rows(dana, "?whom=nobody&payer=&site=")) == 2
    text = dana.get("/verification?payer=badgercare_plus").content.decode()
    assert 'value="badgercare_plus" selected' in text and "payer=badgercare_plus&amp;whom=person" in text


def test_it_is_for_who_may_see_coverage_and_shows_only_leads_of_theirs(
    insured: Insured, signed_in: SignIn, dana: Client
) -> None:
    lead = insured()
    answered(lead, PLAN)
    assert len(rows(dana)) == 1
    assert AuditRow.objects.filter(subject_kind="verification", subjects__contains=[str(lead.id)]).count() == 1
    for other in User.objects.filter(is_active=True).select_related("role"):
        browser = Client(HTTP_HOST="127.0.0.1")
        browser.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")
        if not other.may("insurance.see"):
            assert browser.get("/verification").status_code == 404
            assert browser.get("/payers/northfield_health").status_code == 404
            assert ">Verification<" not in browser.get("/today").content.decode()
        elif other.sites.exists() and not other.sites.filter(slug=lead.site).exists():
            assert rows(browser) == []


def test_a_closed_lead_waits_for_nothing(insured: Insured, dana: Client) -> None:
    lead = insured(member_id="")
    dana.post(f"/leads/{code(lead)}/close", {"how": "patient_declined", "reason": "Said so"})
    assert rows(dana) == []


def test_more_rows_ask_the_database_no_more(insured: Insured, dana: Client) -> None:
    answered(insured(), PLAN)
    insured(member_id="")
    asked(insured())
    few = questions(dana, "/verification")
    for n in range(4):
        answered(insured(member_id=f"X{n}"), PLAN)
        insured(member_id="")
        asked(insured(member_id=f"Y{n}"))
    assert len(rows(dana)) == 15
    assert questions(dana, "/verification") == few


def test_payers_are_listed_with_how_they_are_asked(dana: Client) -> None:
    text = unescape(dana.get("/payers").content.decode())
    assert "asked by machine" in text and "by phone or portal" in text
    assert text.index("Northfield Health") and "none asked" in text


def test_whoever_answers_authorizations_fastest_stands_first(insured: Insured, dana: Client) -> None:
    lead, now = insured(), clock.now()
    for n in range(10):
        payer, days = ("northfield_health", 9) if n % 2 else ("michigan_medicaid", 3)
        AuthorizationRequest.objects.create(
            key=f"k{n}", lead=lead, payer=payer, discipline="SLP", service="evaluation", status="approved",
            needed_by="rule", needed_at=now, trace=f"T{n}", requested_at=now - timedelta(days=days), decided_at=now,
        )  # fmt: skip
    text = dana.get("/payers").content.decode()
    names = re.findall(r'<th scope="row"><a href="/payers/(\w+)"', text)
    assert names[:2] == ["michigan_medicaid", "northfield_health"]
    assert "3 days" in text and "9 days" in text
    assert "5 approved, 0 in part, 0 denied" in dana.get("/payers/northfield_health").content.decode()


def test_a_payer_s_page_says_its_rules_with_their_source_and_why_it_refused(insured: Insured, dana: Client) -> None:
    answered(insured(), "AAA*N**72*C")
    answered(insured(member_id="NH2"), *CLEAN)
    text = unescape(dana.get("/payers/northfield_health").content.decode())
    assert "Invented for the sample" in text and "as of Nov 21, 2026" in text
    assert "Member id missing or wrong" in text and ">72<" in text and "50 %" in text
    assert "too few to say" in text and "2 of 2 answered" in text
    assert dana.get("/payers/nobody").status_code == 404


def test_a_connector_that_is_off_says_why(dana: Client, settings: LazySettings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, connectors={})
    assert f"{URL} is missing in the environment" in dana.get("/payers/northfield_health").content.decode()
