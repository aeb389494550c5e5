"""The office that somebody writes for, and what they say of authorization."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake.understanding import letters, offices
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.values import payers


def told(text: str, sender: str | None = None) -> Told:
    return Told("email", dt.date(2026, 6, 1), tuple(letters.passages(text)), sender)


@pytest.mark.parametrize(
    ("sender", "office"),
    [
        ("Front Desk - Inland ENT", "Inland ENT"),
        ("Inland ENT Referrals", "Inland ENT"),
        ("Referral Coordinator, Elm Street Pediatrics", "Elm Street Pediatrics"),
        ("Scheduling | Harbor Spine Center", "Harbor Spine Center"),
        ("Intake at Oak Hill Hospital", "Oak Hill Hospital"),
        ("Gulf Ortho Clinic (Front Desk)", "Gulf Ortho Clinic"),
        ("Elm Family Medicine", "Elm Family Medicine"),
        ("Medical Records / Elm Family Medicine", "Elm Family Medicine"),
        ("Ida Voss, Elm Family Medicine", "Elm Family Medicine"),
        ("Ida Voss (Surgery Scheduling)", None),
        ("Ida Voss", None),
        ("Front Desk", None),
        (None, None),
    ],
)
def test_the_office_in_the_senders_line(sender: str | None, office: str | None) -> None:
    assert offices.of_sender(told("Hello there, a patient for you.", sender)) == office


@pytest.mark.parametrize(
    ("lines", "office"),
    [
        ("Ida Voss, DC\nVoss Chiropractic, Trenton · NPI 1490227182", "Voss Chiropractic"),
        ("Ida Voss\nSurgery scheduler\nOhio Valley Upper Extremity\nDirect 502-555-0111 | Fax 502-555-0119", "Ohio Valley Upper Extremity"),
        ("Ida Voss, MD | Elm Family Medicine | 608-555-0101", "Elm Family Medicine"),
        ("Ida Voss RN\nElm Hospital   ph 509.555.0100   fx 509.555.0101", "Elm Hospital"),
        ("Ida Voss, program manager\nSage Creek Supported Living", "Sage Creek Supported Living"),
        ("Ida Voss\nSpecial Education Coordinator\nFargo River Schools\n12 Elm Street, Fargo, ND 58102", "Fargo River Schools"),
        ("Ida Voss, NP – Harbor Neurology – T 608-555-0101", "Harbor Neurology"),
        ("Ida Voss, LCSW\nOak House Hospice\nida@example.org", "Oak House Hospice"),
        ("Ida Voss\nDirector of Nursing\nPoplar House", "Poplar House"),
        ("Ida Voss, CCM\nMidland Case Partners\n608-555-0101", "Midland Case Partners"),
        ("Ida Voss\nMadison, WI\n608-555-0101", None),
        ("Ida Voss\nSent from my phone", None),
    ],
)
def test_the_office_under_a_letter(lines: str, office: str | None) -> None:
    text = f"Please see our patient, who fell twice this spring.\n\nThank you,\n{lines}\n"
    assert next((name for _, _, name, _ in offices.under_signature(told(text, "Ida Voss"))), None) == office


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("none needed", "not_required"),
        ("none required per plan", "not_required"),
        ("No auth required", "not_required"),
        ("rep states no auth for outpatient PT", "not_required"),
        ("Required, not yet requested", "required"),
        ("Prior approval has to be requested from the plan, nobody has done so yet", "required"),
        ("required, please obtain", "required"),
        ("requires prior authorization", "required"),
        ("submitted, no answer yet", "pending"),
        ("The precertification went in on 18 May and has not been answered", "pending"),
        ("AUTH REQUESTED 8/27, NOT BACK YET", "pending"),
        ("todavía no aprueban", "pending"),
        ("12 visits approved", "approved"),
        ("approved through June", "approved"),
    ],
)
def test_what_is_said_of_authorization(text: str, status: str) -> None:
    assert [span.value for span in payers.authorization(text, asked=True)][:1] == [status]
