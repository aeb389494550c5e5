"""Adding and correcting what was stated of a lead, on one form."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from firstvisit.journey.undo_reading import reading_of
from firstvisit.leads.models import Lead
from firstvisit.web.tests.conftest import Arrive, SignIn

pytestmark = pytest.mark.django_db


def address(lead: Lead) -> str:
    return f"/leads/L-{lead.number}/stated"


def typed_into(browser: Client, lead: Lead, **said: str) -> dict[str, str]:
    """The form as its page shows it, with these fields typed over ("__" for a full stop)."""
    shown = browser.get(address(lead)).content.decode()
    fields = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input [^>]*?name="([\w.]+)" value="([^"]*)"', shown)
    }
    for name, options in re.findall(r'<select id="[\w.]+" name="([\w.]+)"[^>]*>(.*?)</select>', shown):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    typed = {name.replace("__", "."): value for name, value in said.items()}
    assert typed.keys() <= fields.keys()
    return fields | typed


def page(browser: Client, lead: Lead) -> str:
    return unescape(browser.get(f"/leads/L-{lead.number}").content.decode())


def test_what_nobody_asked_for_is_added_and_stands_on_the_lead(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(), signed_in("dana")
    assert address(lead) in page(browser, lead), "the lead leads to it"
    said = typed_into(
        browser, lead,
        patient__preferred_name="Lulu", patient__interpreter="yes", patient__no_voicemail="yes",
        payers__0__kind="va", payers__0__name="VA Community Care", payers__0__member_id="V-77",
        events__0__kind="surgery", events__0__date="11/02/2026",
        diagnoses__0__code="m25561", diagnoses__0__words="knee pain", diagnoses__0__side="right",
        frequencies__0__discipline="SLP", frequencies__0__visits_per_week="2-3", frequencies__0__weeks="6",
        ordering__name="Dr. Ansel Roth", ordering__organization="Mendota Joint", ordering__npi="1234567893",
        attribution__kind="word_of_mouth", attribution__heard_of_us="Her neighbor",
    )  # fmt: skip
    answer = browser.post(address(lead), said)
    assert answer.status_code == 303, re.findall("problems.*?</ul>", answer.content.decode())
    second = typed_into(
        browser, lead,
        payers__1__kind="commercial", payers__1__name="Northfield Health", payers__1__claim_number="CLM-9",
        events__1__kind="discharge", events__1__date="11/05/2026",
        diagnoses__1__words="shoulder pain", diagnoses__1__side="left",
        frequencies__1__discipline="OT", frequencies__1__visits_per_week="1", frequencies__1__weeks="3",
    )  # fmt: skip
    assert browser.post(address(lead), second).status_code == 303
    shown = page(browser, lead)
    for words in (
        "Lulu", "interpreter needed", "leave none", "Veterans Affairs", "V-77", "Northfield Health", "CLM-9",
        "surgery Mon Nov 2", "discharged Thu Nov 5", "M25.561", "knee pain", "shoulder pain", "SLP 2-3 a week",
        "OT 1 a week",
        "Dr. Ansel Roth", "1234567893", "Her neighbor",
    ):  # fmt: skip
        assert words in shown
    assert "What was stated was added to or corrected" in shown
    lead.refresh_from_db()
    evidence = reading_of(lead).evidence["payers.1.claim_number"]
    assert evidence.place == "typed by Dana Whitlock" and evidence.confirmed_by


@pytest.mark.parametrize("kind", ["va", "workers_comp"])
def test_a_payer_whose_kind_is_said_by_a_person_waits_for_its_authorization(
    arrive: Arrive, signed_in: SignIn, kind: str
) -> None:
    lead, browser = arrive(), signed_in("dana")
    browser.post(address(lead), typed_into(browser, lead, payers__0__kind=kind, payers__0__name="Whoever pays"))
    lead.refresh_from_db()
    assert lead.facts.payer_kind == kind
    assert any(what == "authorization" for what, *_ in lead.blockers), "it is judged again by itself"


def test_what_was_wrong_is_changed_or_taken_out_and_can_be_undone(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(), signed_in("dana")
    two = {"diagnoses__0__words": "wrong knee", "diagnoses__0__side": "left"}
    browser.post(address(lead), typed_into(browser, lead, **two))
    browser.post(address(lead), typed_into(browser, lead, diagnoses__1__words="stiff neck"))
    out = typed_into(browser, lead, diagnoses__0__words="", diagnoses__0__side="")
    answer = browser.post(address(lead), out)
    left = reading_of(lead)
    assert left.diagnoses is not None and [each.words for each in left.diagnoses] == ["stiff neck"]
    assert "diagnoses.0.words" in left.evidence and "diagnoses.1.words" not in left.evidence
    step = answer.headers["Location"].rpartition("=")[2]
    assert browser.post(f"/undo/{step}").status_code == 303
    back = reading_of(lead).diagnoses
    assert back is not None and [each.words for each in back] == ["wrong knee", "stiff neck"]


def test_what_cannot_be_read_is_named_and_nothing_typed_is_lost(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(), signed_in("dana")
    said = {"diagnoses__0__code": "X99999", "ordering__name": "Dr. Roth", "events__0__date": "11/02/2026"}
    answer = browser.post(address(lead), typed_into(browser, lead, **said))
    shown = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Diagnosis: " in shown and 'value="Dr. Roth"' in shown and 'value="X99999"' in shown
    answer = browser.post(address(lead), typed_into(browser, lead, events__0__date="11/02/2026"))
    assert "Say what happened on that day." in answer.content.decode()
    assert reading_of(lead).ordering.name is None


def test_who_saw_an_older_reading_writes_nothing(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(), signed_in("dana")
    older = typed_into(browser, lead, payers__0__name="Northfield Health")
    browser.post(address(lead), typed_into(browser, lead, payers__0__name="Medicare"))
    assert browser.post(address(lead), older).status_code == 409
    payers = reading_of(lead).payers
    assert payers is not None and payers[0].name == "Medicare"


def test_it_is_closed_to_who_may_not_work_with_leads_and_shows_only_what_a_role_sees(
    arrive: Arrive, signed_in: SignIn
) -> None:
    lead = arrive()
    assert signed_in("auditor").get(address(lead)).status_code == 404
    assert "payers.0.name" in signed_in("dana").get(address(lead)).content.decode()


def test_a_birth_among_the_dates_is_not_taken_for_the_patients_own(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(birth_date=None), signed_in("dana")
    when = {"events__0__kind": "birth", "events__0__date": "10/01/2026"}
    assert browser.post(address(lead), typed_into(browser, lead, **when)).status_code == 303
    shown = page(browser, lead)
    assert "a birth Thu Oct 1, 2026" in shown and "born Thu" not in shown


def test_when_they_can_come_is_put_right_and_looked_for_so(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(program="early_language"), signed_in("dana")
    said = typed_into(browser, lead, availability="mon pm, wed am", hours="1 pm to 4 pm")
    assert browser.post(address(lead), said).status_code == 303
    assert "1:00 pm to 4:00 pm" in page(browser, lead)
    looked_for = unescape(browser.get(f"/leads/L-{lead.number}/visit").content.decode())
    assert "best Mon pm, Wed am; best 1:00 pm to 4:00 pm" in looked_for
    refused = browser.post(address(lead), typed_into(browser, lead, hours="4 pm to 1 pm"))
    assert refused.status_code == 422 and "write am or pm" in refused.content.decode()
    assert browser.post(address(lead), typed_into(browser, lead, hours="")).status_code == 303
    assert "1:00 pm to 4:00 pm" not in page(browser, lead)
