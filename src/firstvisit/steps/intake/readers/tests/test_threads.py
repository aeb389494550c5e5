"""Mails with older parts: each has its author, a newer part puts an older one right, and what we wrote ourselves tells nothing."""

from __future__ import annotations

import datetime as dt

from firstvisit.referral.record import Referral
from firstvisit.steps.intake.readers import Document, thread
from firstvisit.steps.intake.readers.tests.alone import read_by_rules
from firstvisit.steps.intake.understanding.settle import sure

TODAY = dt.date(2026, 6, 1)


def printed(sender: str, subject: str, body: str) -> Referral:
    mail = f"From: {sender}\nTo: Front Desk <desk@ours.example.org>\nSubject: {subject}\nDate: Mon, 01 Jun 2026 10:00:00 -0500\n\n{body}"
    understood = read_by_rules(Document("a.eml", "message/rfc822", mail.encode(), TODAY)).understood
    assert len(understood.patients) == 1
    return sure(understood.patients[0].referral)


def test_what_an_office_wrote_fills_what_the_family_that_sends_it_on_leaves_open() -> None:
    said = printed(
        "Ottla Marsh <ottla@example.org>",
        "Fwd: Order for your father",
        "Hello, this is what his doctor sent us. It is about my father, Emil Marsh. Please call me and not him, he does "
        "not hear well: 608-555-0110. He lives with us in Madison and can come on any Monday morning.\n\nThanks, Ottla\n\n"
        "---------- Forwarded message ---------\nFrom: Hillside Neurology <noreply@hillside.example.org>\n"
        "Date: Fri, May 29, 2026\nSubject: Order for your father\nTo: <ottla@example.org>\n\n"
        "Patient: Emil Marsh\nDOB: 03/04/1944\nDx: G20.A1\nPhysical therapy, evaluate and treat.\n\n"
        "Dara Quill, MD\nHillside Neurology\nPhone 608-555-0120\n",
    )
    assert said.lead_kind == "caregiver"
    assert str(said.patient.date_of_birth) == "1944-03-04"
    assert said.patient.first_name == "Emil"
    assert said.contact is not None and said.contact.phone == "+16085550110"
    assert said.referrer is not None and said.referrer.name == "Dara Quill"


def test_a_newer_part_puts_the_same_authors_older_one_right_and_our_own_question_tells_nothing() -> None:
    said = printed(
        "Noor Haddad <noor@example.org>",
        "RE: new PT referral",
        "You are right, I turned two digits round. The claim number is WC-2026-771204. The rest stands.\n\nNoor Haddad\n"
        "Claims Adjuster, Plains Casualty\n\n-----Original Message-----\nFrom: Front Desk\nSent: Monday, June 1, 2026 9:40 AM\n"
        "To: Noor Haddad\nSubject: RE: new PT referral\n\nThat number is another person's, Ms. Vera Holt. Could you check?\n\n"
        "-----Original Message-----\nFrom: Noor Haddad\nSent: Monday, June 1, 2026 9:10 AM\nTo: Front Desk\n"
        "Subject: new PT referral\n\nPlease schedule this injured worker for PT evaluation and treatment:\n\n"
        "Jorge Salas, DOB 12/19/1979\nClaim WC-2026-717204\n",
    )
    assert said.patient.first_name == "Jorge" and said.patient.last_name == "Salas"
    assert said.payers[0].claim_number == "WC-2026-771204"
    assert said.not_a_referral is False


def test_the_parts_of_a_thread_are_told_apart_with_their_authors() -> None:
    body = "Yes, Tuesday is fine.\n\nOn Mon, Jun 1, 2026 at 9:14 AM Ida Voss <ida@example.org> wrote:\n> Can she come?\n"
    newest, older = thread.parts(body)
    assert newest.text.strip() == "Yes, Tuesday is fine."
    assert (older.author, older.address, older.text.strip()) == ("Ida Voss", "ida@example.org", "Can she come?")
    assert body[older.start :].lstrip("\n> ").startswith("Can she come?")


def test_a_body_of_nothing_but_heads_is_cut_in_a_moment() -> None:
    parts = thread.parts("From: x\nTo: y\nSubject: z\n" * 1000)
    assert "".join(each.author for each in parts[1:]).startswith("x")
