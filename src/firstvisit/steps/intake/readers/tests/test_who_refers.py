"""Of several people in a letter or form: who refers, who only sends it, whose patient it is."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.referral.record import Referral
from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.understanding.settle import sure

HEAD = "From: {}\nTo: intake@example.org\nDate: Thu, 6 Aug 2026 13:00:00 -0400\nSubject: {}\nContent-Type: text/plain; charset=utf-8\n\n"


def mail(text: str, sender: str = "Ida Voss <ida.voss@example.org>", subject: str = "therapy") -> Referral:
    content = (HEAD.format(sender, subject) + text).encode()
    return sure(readers.read_whole(Document("mail.eml", "", content, dt.date(2026, 8, 20))).patients[0].referral)


def note(text: str) -> Referral:
    return sure(readers.read_whole(Document("note.txt", "", text.encode(), dt.date(2026, 8, 20))).patients[0].referral)


@pytest.mark.parametrize(
    "text",
    [
        "My cardiologist, Dr. Bo Thorne, cleared me. My primary, Dr. Ann Kim at Elm Family Medicine, put in a referral for PT for my knee.",
        "Dr. Bo Thorne did the surgery. Dr. Ann Kim ordered PT for my knee.",
        "Dr. Ann Kim wants me in PT for my knee. I also see Dr. Bo Thorne for my heart.",
        "I saw Dr. Bo Thorne first. It was Dr. Ann Kim who prescribed physical therapy for my knee.",
        "Dr. Ann Kim recommended PT for my back. Dr. Bo Thorne read the pictures.",
        "Dr. Ann Kim wrote a script for PT, my hip is stiff. Dr. Bo Thorne replaced it in May.",
        "My old doctor was Dr. Bo Thorne. Dr. Ann Kim sent me to you for PT, it is my shoulder.",
        "Dr. Ann Kim suggested PT for my ankle. Dr. Bo Thorne looked at the films.",
        "Dr. Bo Thorne is my dentist. For my knee Dr. Ann Kim told me to see you for PT.",
        "I have PT orders from Dr. Ann Kim for my knee. Dr. Bo Thorne gave me the shot.",
    ],
)
def test_of_several_doctors_the_one_who_orders_refers(text: str) -> None:
    referral = mail(f"Hello,\n\n{text} I need therapy.\n\nIda Voss\n608-555-0101\n")
    assert referral.referrer.name == "Ann Kim"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Submitted by: Vicky Lund (MA)\nOrdering provider: Ann Kim, DO\n", "Ann Kim"),
        ("Sent by: Vicky Lund\nProvider: Dr. Ann Kim\n", "Ann Kim"),
        ("Adjuster: Vicky Lund\nTreating physician: Ann Kim, MD\n", "Ann Kim"),
        ("Case manager: Vicky Lund\nReferring physician: Ann Kim, MD\n", "Ann Kim"),
        ("Coordinator: Vicky Lund\nSurgeon: Ann Kim, MD\n", "Ann Kim"),
        ("Completed by: Vicky Lund\nReferring provider: Ann Kim, NP\n", "Ann Kim"),
        ("Staff: Vicky Lund\nPrescriber: Ann Kim, PA-C\n", "Ann Kim"),
        ("Requested by: Vicky Lund\nPhysician: Ann Kim, MD\n", "Ann Kim"),
        ("Social worker: Vicky Lund\nAttending: Ann Kim, MD\n", "Ann Kim"),
        ("Form completed by: Vicky Lund\nOrdered by: Ann Kim, MD\n", "Ann Kim"),
        ("Referring provider: Ann Kim, MD\nRequesting: Physical therapy\n", "Ann Kim"),
    ],
)
def test_of_several_labels_the_one_that_asks_who_orders_counts(text: str, name: str) -> None:
    referral = note(f"{text}Patient: Odo Falk\nDOB: 02/03/1970\nPatient phone: 608-555-0101\nDx: M54.50\nTherapy: PT\n")
    assert referral.referrer.name == name


@pytest.mark.parametrize(
    "text",
    [
        "I am co-managing Ms. Odette Falk (b. 5 December 1994) after a collision.",
        "Thank you for seeing Mrs. Odette Falk, DOB 12/05/1994, for her neck.",
        "Our patient Odette Falk, born 12/5/1994, needs PT for her neck.",
        "Please evaluate Odette Falk, 31 (DOB 12/5/1994), neck pain.",
        "I have been following Ms. Odette Falk (DOB 12/05/1994) for neck pain.",
        "Re: Odette Falk (b. 12/05/1994)\n\nShe has neck pain and I would like PT.",
        "We are referring Odette Falk, F, DOB 12/05/1994, for PT of the neck.",
        "Patient: Odette Falk\nDOB: 12/05/1994\nPT for neck pain please.",
        "The patient is Odette Falk, date of birth December 5, 1994, neck pain.",
        "Our client Odette Falk, a 31-year-old (date of birth December 5, 1994), has neck pain.",
    ],
)
def test_the_patient_of_a_colleagues_letter(text: str) -> None:
    referral = mail(f"Dear colleagues,\n\n{text}\n\nKind regards,\nBo Thorne, MD\nElm Medical Group\n608-555-0100\n", "Bo Thorne <bt@example.org>")
    assert (referral.patient.first_name, referral.patient.last_name, str(referral.patient.date_of_birth)) == ("Odette", "Falk", "1994-12-05")
    assert referral.lead_kind == "referral_partner"
