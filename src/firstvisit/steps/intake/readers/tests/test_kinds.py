"""Referral or something else, and what cannot wait: in words that nobody built on."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.referral.record import Referral
from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.understanding.settle import sure

MAIL = "From: X Y <xy@example.org>\nTo: intake@example.org\nDate: Thu, 6 Aug 2026 13:00:00 -0400\n"

REFERRALS = [
    (
        "AGENT: Intake.\n"
        "CALLER: Hi, I was a patient there two years ago for my shoulder and now my knee is acting up. "
        "I'd like to come back. Do I need a new referral? My name is Ann Beck, 608-555-0101."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: Hi, my wife already sees you for PT and she loves it, I need OT for my hand now. It's "
        "Greg Tull, 608-555-0102."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: I need to cancel my appointment for the evaluation next week and reschedule. I'm a new "
        "patient, Tom Hale, 608-555-0103. It's for my back."
    ),
    (
        "[voicemail 2026-08-01 10:00]\n"
        "Hi, I'm calling to see if you got the referral from Dr. Kim for my daughter Lily Park, she's "
        "5, for speech therapy. We haven't heard anything. 608-555-0105."
    ),
    MAIL + (
        "Subject: PT eval\n"
        "\n"
        "Hi, my doctor says I need PT for my rotator cuff. Do you bill Cigna? What would I owe? My last "
        "PT place sent me a huge bill so I want to know first. Joan Ames 608-555-0106"
    ),
    MAIL + (
        "Subject: Speech therapy for stutter - referral needed?\n"
        "\n"
        "Do you accept patients without a referral? My 6 year old son Noel stutters a lot. Thanks, Abby "
        "Crane 608-555-0107"
    ),
    MAIL + (
        "Subject: Second opinion\n"
        "\n"
        "I've been seeing a PT elsewhere for plantar fasciitis for three months with no change and "
        "would like to try your clinic. Insurance Aetna. Pat Quill, 608-555-0108, DOB 3/3/1975"
    ),
    (
        "Name: Mo Sahl\n"
        "Phone: 608-555-0109\n"
        "Message: are you taking new patients for neck pain?"
    ),
    (
        "Name: Tia Cole\n"
        "Phone: 608-555-0110\n"
        "Message: I work for a vendor of medical supplies and hurt my wrist lifting boxes. Need hand "
        "therapy, workers comp."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: My dad had a heart attack last spring, he's been cleared by cardiology, and now they "
        "want PT for balance. He's Ed Ruiz, 77."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: My leg swells up at the end of the day, it's lymphedema, not hot or red or anything. "
        "I'm Rita Moss, 608-555-0112."
    ),
    MAIL + (
        "Subject: OT\n"
        "\n"
        "My son bangs his head on the floor when he is upset and he bites himself. The teacher "
        "suggested OT for sensory issues. He is 4. Kay Lund 608-555-0113"
    ),
    MAIL + (
        "Subject: referral\n"
        "\n"
        "Please evaluate Ms. Ann Shaw, DOB 4/5/1960, for vestibular therapy. She denies chest pain, "
        "syncope, focal weakness, slurred speech or headache. History of depression, no suicidal "
        "ideation. J. Hart, MD"
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: She had a fever last week with the flu but she's over it. Her incision healed fine. "
        "She needs PT for the knee. It's Nan Dow, 608-555-0114."
    ),
    (
        "AGENT: Any chest pain, shortness of breath, numbness in the groin?\n"
        "CALLER: No, none of that.\n"
        "AGENT: OK, name?\n"
        "CALLER: Bo Ray, 608-555-0115, PT for my low back."
    ),
    MAIL + (
        "Subject: PT for Dad\n"
        "\n"
        "My father gets short of breath easily because of COPD but that's his normal, his pulmonologist "
        "wants pulmonary rehab or PT. Mark Dent 608-555-0116"
    ),
    MAIL + (
        "Subject: tremor and stuttering\n"
        "\n"
        "I choke up when I have to speak in public and I stutter. I'm 31. Speech therapy please. Lon "
        "Pike 608-555-0117"
    ),
    (
        "Name: Vi Stone\n"
        "Phone: 608-555-0118\n"
        "Message: My arm has been numb and tingly on and off for a year, doctor says pinched nerve in "
        "my neck, wants PT"
    ),
    (
        "Name: Al Marsh\n"
        "Phone: 608-555-0119\n"
        "Message: Killing myself trying to keep up with my kids with this bad back lol. Need PT."
    ),
]

OTHERS = [
    (
        "AGENT: Intake.\n"
        "CALLER: Hi, it's Pam. I need to cancel today, my daughter's sick. I'll see Jen next Tuesday as "
        "usual."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: Yes, I got a bill for sixty dollars and I thought my insurance covered that. Who do I "
        "talk to? Account is under Lewis Grant."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: Hello, this is Cheryl with Apex Staffing. We have several travel PTs and OTs available "
        "for contracts starting next month, who handles hiring?"
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: Hi, do you guys have any openings for a PT tech? I'm a college student looking for "
        "observation hours for PT school."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: Yeah can I get a large pepperoni for delivery?\n"
        "AGENT: This is a therapy clinic.\n"
        "CALLER: Oh wow, sorry, wrong number."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: This is Dana at Brightline Insurance calling to request the treatment notes for Frank "
        "Moss, dates of service March through May, for claim review."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: Hi, this is the attorney's office for Wanda Lee. We need her complete records and "
        "billing, I'm faxing an authorization."
    ),
    (
        "[voicemail 2026-08-01 10:00]\n"
        "Hi, this is Rob from SpeedyCopy, just checking whether you need toner or service on your "
        "copier. We've got a special this month. Call me at 608-555-0104."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: Is this Dr. Patel's office? I need a refill on my blood pressure pills.\n"
        "AGENT: No sir, this is physical therapy.\n"
        "CALLER: Sorry about that."
    ),
    MAIL + (
        "Subject: Invoice 2209\n"
        "\n"
        "Please find attached invoice 2209 for August linen service. Payment due within 30 days. "
        "Accounts Receivable, CleanCo"
    ),
    MAIL + (
        "Subject: Grow your practice with AI scheduling\n"
        "\n"
        "Hi, I'm the founder of SlotPilot. Practices like yours lose 20% of revenue to no-shows. Could "
        "we set up a quick demo next week?"
    ),
    MAIL + (
        "Subject: Application - front desk\n"
        "\n"
        "Hello, I would like to apply for the front desk position you posted on Indeed. I have attached "
        "my resume and references. Thank you, Kara Voss"
    ),
    MAIL + (
        "Subject: Change to Thursday?\n"
        "\n"
        "Hi Marcus, could Ellie come at 3:30 instead of 4 this Thursday? She has a recital. Thanks, Dawn"
    ),
    MAIL + (
        "Subject: Signed POC - M. Tully\n"
        "\n"
        "Attached is the signed plan of care for Martin Tully, cert period 7/1-9/30. Dr. Ives' office"
    ),
    MAIL + (
        "Subject: Fieldwork student\n"
        "\n"
        "Hello, I am the fieldwork coordinator at State University OT program. Would your clinic take a "
        "Level II student this spring?"
    ),
    MAIL + (
        "Subject: Your account has been suspended\n"
        "\n"
        "Dear user, your mailbox is almost full. Click here to verify your password within 24 hours."
    ),
    MAIL + (
        "Subject: Subpoena duces tecum\n"
        "\n"
        "You are commanded to produce all records concerning Helen Marsh, DOB 1/2/1960. Baxter Legal "
        "Services"
    ),
    (
        "Name: Chris Doe\n"
        "Email: cdoe@example.org\n"
        "Message: Can you donate a gift certificate for our school auction?"
    ),
    (
        "Name: Deb Small\n"
        "Email: dsmall@example.org\n"
        "Message: I left my water bottle in the gym on Tuesday, did anyone find it?"
    ),
    (
        "Name: Alex\n"
        "Email: alex@seo.example.org\n"
        "Message: We can get your website on the first page of Google. Reply for a free audit."
    ),
]

CANNOT_WAIT = [
    (
        "AGENT: Intake.\n"
        "CALLER: I'm calling about my husband's therapy but he just collapsed, his speech is all "
        "garbled and one side of his face is hanging."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: I had a hip replacement nine days ago. Since yesterday my calf's been swollen and it "
        "hurts and it's hot."
    ),
    MAIL + (
        "Subject: therapy\n"
        "\n"
        "I don't want to be here anymore since the injury. I have been thinking of ways to end it. "
        "Please cancel my evaluation. Dale"
    ),
    (
        "Name: Jo\n"
        "Phone: 608-555-0111\n"
        "Message: my boyfriend shoved me down the stairs last night and now my wrist is really swollen, "
        "can you splint it"
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: My back went out again, and since last night I can't feel when I go to the bathroom "
        "and I had an accident in bed."
    ),
    MAIL + (
        "Subject: question\n"
        "\n"
        "My mom had her shoulder fixed on Monday. Tonight she has a fever of 102 and the cut is oozing. "
        "Should she still do the exercises?"
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: My baby chokes on every bottle and she's lost weight, today she turned bluish around "
        "her lips."
    ),
    (
        "Name: Kit\n"
        "Message: I felt a snap in my finger where they fixed the tendon last week, now I can't bend it "
        "at all."
    ),
    (
        "AGENT: Intake.\n"
        "CALLER: He fell off the bike and hit his head this afternoon, now he keeps repeating himself "
        "and he's vomiting. Should I bring him to his PT visit?"
    ),
]


def read(text: str) -> Referral:
    name = "mail.eml" if text.startswith("From:") else "text.txt"
    document = Document(name, "", text.encode(), dt.date(2026, 8, 20))
    return sure(readers.read_whole(document).patients[0].referral)


@pytest.mark.parametrize("text", REFERRALS)
def test_a_referral_is_never_thrown_away_and_waits_where_it_can(text: str) -> None:
    referral = read(text)
    assert referral.not_a_referral is not True
    assert referral.escalate is False


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_plainly_something_else_is_no_referral(text: str) -> None:
    assert read(text).not_a_referral is True


@pytest.mark.parametrize("text", CANNOT_WAIT)
def test_what_cannot_wait_is_escalated(text: str) -> None:
    assert read(text).escalate is True
