"""Who is who in mails of many kinds of writers: families, patients, offices, schools, neighbours, organizations."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pytest

from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.tests.alone import read_by_rules
from firstvisit.steps.intake.understanding.settle import sure

TODAY = dt.date(2026, 6, 1)

MAILS: Final = """\
From: Odalys Brightwater <odalys.b@example.com>
Subject: OT for Milo

Hi there,

Our pediatrician (Dr. Sana Whitlock over at Cedar Kids) thinks Milo should see an OT. He's 5, turning 6 in March, and melts down over socks, tags, haircuts. His dad and I both work so late afternoons only. His full name is Milo Brightwater-Ames and his birthday is 3/19/2020.

Thanks!
Odalys
617-555-0141
@@ caregiver | Milo Brightwater-Ames | Sana Whitlock
==
From: referrals@summitortho.example.org
Subject: PT eval - Kessler

Pt: Ingrid Kessler
DOB: 11/02/1961
R TKA 4/14, WBAT, home w/ spouse. PT 3x/wk x 4 wks, eval & treat. M17.11
Aetna PPO W2244 81902
Pt cell 303-555-0118

Thx
Marcus, ortho scheduling for Dr. Leland Pruitt
Summit Orthopedics  P 303-555-0100  F 303-555-0101
@@ referral_partner | Ingrid Kessler | Leland Pruitt
==
From: "Whitaker, Paulette" <pwhitaker@example.net>
Subject: my back, again

Good morning. I'm a home health nurse and I lift people all day. Two weeks ago something went in my low back and I can hardly tie my shoes. My husband Ron says I should quit but I'd rather get it fixed. My PCP, Dr. Amy Sorrel, put in an order for PT. I have United through work. After 3 pm any day but Friday.

Paulette Whitaker, RN
Amedivale Home Health
502-555-0133
@@ patient | Paulette Whitaker | Amy Sorrel
==
From: Terrence Moody <tmoody@example.com>
Subject: speech for my mom after stroke

My mother, Lucille Moody, had a stroke on January 9 and came home last week from the rehab hospital. She is 79. She knows what she wants to say and it won't come. The rehab doctor, a Dr. Feld, gave us a prescription for speech therapy and OT. She has Humana Gold Plus. I handle everything, so call me at 704-555-0150. My sister Denise may also call, she's fine to talk to.

Terrence
@@ caregiver | Lucille Moody | Feld
==
From: Dale Buckner <dbuckner@example.com>
Subject: question about dizzy therapy

do yall treat vertigo. every time i roll over the bed spins. doc at the walk in said bppv. i got medicare and a supplement. dale buckner 256 555 0119
@@ patient | Dale Buckner |
==
From: Simone Achterberg <simone@example.org>
Subject: Neighbor needs help

Hi, I'm writing for my neighbor Walter Pflug, he's 84 and doesn't do computers. He fell twice this month and his daughter lives in Oregon. He asked me to find somebody who comes to the house for balance. He has Medicare. You can call him directly at 414-555-0187, or me at 414-555-0190 if he doesn't pick up.

Simone Achterberg
@@ caregiver | Walter Pflug |
==
From: Front Desk <frontdesk@lakecountyent.example.org>
Subject: Referral: swallowing

Dr. Renata Oyelaran would like the following patient seen for a modified barium swallow follow up and dysphagia therapy:

Mr. Clifford Banks, 2/28/1950, phone 847-555-0122
Dx R13.12
Insurance BCBS IL XOF 880213

Office note to follow by fax.
Lake County ENT, 847-555-0111
@@ referral_partner | Clifford Banks | Renata Oyelaran
==
From: Priya Raman <praman@vantagecm.example.com>
Subject: RTW eval - Dominic Falco

Good afternoon,

I'm the nurse case manager on this file. Dominic Falco, DOI 12/1/2025, L shoulder rotator cuff repair 1/20/2026, needs a work conditioning evaluation. Carrier is Keystone Mutual, claim KM-448812, 12 visits approved, auth 99-2210. Surgeon: Dr. Wallace Tran, script attached. Mr. Falco can be reached at 215-555-0144.

Priya Raman, RN, CCM
Vantage Case Management
O 215-555-0199 F 215-555-0198
@@ referral_partner | Dominic Falco | Wallace Tran
==
From: Kip Lindgren <kip.lindgren@example.com>
Subject: my daughter and her pencil

Hello - first grade teacher pulled me aside, says Josie's handwriting is way behind and she can't cut. Is that an OT thing? She's Josephine Lindgren, b. 10/4/2019. We're with Regence. I'm her dad, you can text 406-555-0126.
@@ caregiver | Josephine Lindgren |
==
From: Dr. Hollis Mbeki <hmbeki@example.org>
Subject: Vestibular referral

Colleagues,

Thank you for seeing Theodora Finch, a 61-year-old music teacher with left vestibular neuritis (H81.22) since February 20. She was seen by Dr. Aldo Ricci of ENT, who agrees. Twice weekly for six weeks, please. She may be reached at 919-555-0184.

Hollis Mbeki, DO
Piedmont Family Practice
Tel 919-555-0170 Fax 919-555-0171
@@ referral_partner | Theodora Finch | Hollis Mbeki
""".split("\n==\n")


@pytest.mark.parametrize("text", MAILS)
def test_writer_patient_and_referrer_are_told_apart(text: str) -> None:
    mail, _, record = text.strip().partition("\n@@ ")
    kind, patient, referrer = (each.strip() for each in record.split("|"))
    head, _, body = mail.partition("\n\n")
    content = f"{head}\nDate: Mon, 30 Mar 2026 10:00:00 -0500\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    said = sure(read_by_rules(Document("a.eml", "", content.encode(), TODAY)).understood.patients[0].referral)
    assert said.lead_kind == kind
    assert " ".join(each for each in (said.patient.first_name, said.patient.last_name) if each) == patient
    assert (said.referrer.name or "" if said.referrer else "") == referrer


@pytest.mark.parametrize(
    ("under", "own"),
    [
        ("Greta Lund | Account Manager | Big Print Shop | office 608-555-0199", "+16085550182"),
        ("Greta Lund\nBig Print Shop\nOffice: 608-555-0199", "+16085550182"),
    ],
)
def test_the_number_where_a_mother_works_is_nobodys_who_refers(under: str, own: str) -> None:
    text = (
        "From: Greta Lund <greta.lund@example.org>\nSubject: OT for my son\n\n"
        "My son Emil Lund (born 2019-06-02) has trouble holding a pencil. You can reach me at 608-555-0182.\n\n"
        f"Thank you\n{under}\n"
    )
    said = sure(read_by_rules(Document("a.eml", "message/rfc822", text.encode(), TODAY)).understood.patients[0].referral)
    assert (said.referrer.phone, said.contact.phone) == (None, own)


def test_where_somebody_works_is_how_they_are_reached_if_they_give_nothing_else() -> None:
    text = (
        "From: Greta Lund <greta.lund@example.org>\nSubject: OT for my son\n\n"
        "My son Emil Lund (born 2019-06-02) has trouble holding a pencil.\n\n"
        "Thank you\nGreta Lund | Account Manager | Big Print Shop | office 608-555-0199\n"
    )
    said = sure(read_by_rules(Document("a.eml", "message/rfc822", text.encode(), TODAY)).understood.patients[0].referral)
    assert (said.referrer.phone, said.contact.phone) == (None, "+16085550199")
