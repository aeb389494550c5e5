"""What somebody stated stands on the lead for whoever works on it, and is never called not stated."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.conftest import ClientPost
from tests.mail import Mailbox
from tests.people import FAMILY, FIRST_STEP, ORGANIZATION, SECOND_STEP, but

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.people.models import ConsentEntry

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Browser = Callable[[str], Client]


def shown(browser: Client, lead: Lead, more: str = "") -> str:
    return html.unescape(browser.get(f"/leads/L-{lead.number}{more}").content.decode())


def test_a_stated_injury_is_not_asked_for(arrive: Arrive, browser: Browser) -> None:
    hurt = (clock.now().date().replace(day=1)).isoformat()
    lead = arrive(
        {
            "lead_kind": "patient",
            "discipline": ["PT"],
            "patient": {"first_name": "Gerlinde", "last_name": "Oberhauser", "date_of_birth": "1979-03-02",
                        "postal_code": "53703"},
            "contact": {"name": "Gerlinde Oberhauser", "relationship": "self", "phone": "+16085550171"},
            "concern": "Back strain",
            "diagnoses": ["S39.012A"],
            "event": {"kind": "injury", "date": hurt},
        }
    )  # fmt: skip
    page = shown(browser("dana"), lead)
    assert lead.outcome == "need_info"
    assert "Stated; how soon hangs on the program" in page
    assert "date behind it is not known" not in page and "Is there a date behind it" not in page
    assert "Date: not stated" not in page and "Program: not stated" in page


def test_what_decides_who_pays_and_how_to_reach_them_is_shown(arrive: Arrive, browser: Browser) -> None:
    payer = {
        "name": "Medicare", "kind": "medicare", "member_id": "1EG4TE5MK73", "group_number": "GRP-8841",
        "subscriber_name": "Odo Quisenberry", "subscriber_date_of_birth": "1951-04-09",
    }  # fmt: skip
    contact = {**FAMILY["contact"], "preferred_method": "sms"}
    referrer = {"name": "Pell Marsh", "organization": "Marsh Foundry", "role": "employer", "phone": "+16085550172"}
    body = but(FAMILY, payers=[payer], contact=contact, referrer=referrer)
    lead = arrive({**body, "home_health": True, "therapy_elsewhere": True, "returning": True})
    for more in ("", "/packet"):
        page = shown(browser("dana"), lead, more)
        for said in (
            "GRP-8841", "Odo Quisenberry, born Apr 9, 1951", "a plan is open, or was within three months",
            "some this calendar year", "Here before", "Prefers", "employer",
        ):  # fmt: skip
            assert said in page, said
    assert "Medicare pays for no therapy here while a home health plan is open" in shown(browser("dana"), lead)


def test_consent_is_shown_with_its_words_moment_way_and_version(arrive: Arrive, browser: Browser) -> None:
    earlier = [{"channel": "email", "given": True, "wording": "email-receipt:1", "at": "2026-11-20T10:00:00-06:00"}]
    lead = arrive(but(FAMILY, consents=earlier))
    page = shown(browser("dana"), lead)
    assert "“You may e-mail me about this request." in page
    assert "Fri Nov 20, 10:00 am, through API, email-receipt:1" in page
    assert "You may e-mail me" not in shown(browser("auditor"), lead)


@pytest.mark.parametrize(
    ("consent", "says"),
    [
        ({"channel": "email", "given": True, "wording": "made-up:9"}, "There is no wording made-up:9 for email"),
        ({"channel": "sms", "given": True, "wording": "email-receipt:1"}, "there are text-request:1"),
        ({"channel": "phone", "given": True, "wording": "call-text:1"}, "we ask nobody to allow it"),
    ],
)
def test_consent_under_words_that_nobody_was_shown_is_refused(
    client_post: ClientPost, consent: dict[str, Any], says: str
) -> None:
    answer = client_post({**but(FAMILY, consents=[]), "additional_records": [but(FAMILY, consents=[consent])]})
    [problem] = answer.json()["problems"]
    assert answer.status_code == 422 and says in problem["message"]
    assert problem["field"] == "additional_records.0.consents.0.wording"
    assert not Lead.objects.exists() and not ConsentEntry.objects.exists()


def test_whoever_says_no_needs_no_wording(arrive: Arrive, browser: Browser) -> None:
    lead = arrive(but(FAMILY, consents=[{"channel": "sms", "given": False, "wording": "our-sheet:3"}]))
    page = shown(browser("dana"), lead)
    assert "In words that we do not know." in page and "through API, our-sheet:3" in page


def test_what_an_organization_needs_is_read_by_whoever_owns_it(arrive: Arrive, browser: Browser) -> None:
    needs = "Speech therapist two days a week"
    lead = arrive(but(ORGANIZATION, organization={**ORGANIZATION.get("organization", {}), "needs": needs}))
    page = shown(browser("imani"), lead)
    wanted = page.split("What is wanted")[1].split("</section>")[0]
    assert f"“{needs}”" in wanted and "hidden from your role" not in wanted


@pytest.mark.usefixtures("pages", "practice")
@pytest.mark.parametrize(
    ("concern", "first"),
    [
        ("My chest feels tight with pain", "We put your request before a clinician. Do not wait for our call"),
        ("His dad hit him and his arm hurts", "What happens next: somebody from our front desk"),
    ],
)
def test_the_receipt_of_a_red_flag_says_what_the_page_says(mailbox: Mailbox, concern: str, first: str) -> None:
    visitor = Client()
    answer = visitor.post("/request", {**FIRST_STEP, "token": "c" * 32})
    visitor.post(answer["Location"], {**SECOND_STEP, "concern": concern, "token": "d" * 32})
    jobs.sweep()
    assert first in " ".join(mailbox.text().split())
