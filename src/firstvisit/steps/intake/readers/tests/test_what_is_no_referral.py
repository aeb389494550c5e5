"""Mails that are no referral, and as many that are one and only sound otherwise. Doubt goes to a person; none is thrown away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import pytest

from firstvisit.steps.intake.readers import Document, Read, read
from firstvisit.steps.intake.readers.tests.alone import read_by_rules
from firstvisit.steps.intake.understanding.been_here import says_so
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.settle import sure

TODAY = dt.date(2026, 6, 1)

NO_REFERRALS: Final = """\
Subject: Thursday
Hi, it's Carla Whitfield. Something came up at work so I won't make my 3:15 with Devon this Thursday. Could you slide me to the following week, same time? Thanks so much for the new stretches, they're helping.
----
Subject: question about what I owe
Good morning, I received a letter saying I owe $86.40 for the visit on March 9. I thought my deductible was met in February. Could someone in your office look into it and call me back? My account is under Rupert Lindqvist.
----
Subject: Your listing
Hello there, I was searching for physical therapists in your town and saw that you are not showing up in the top results. Our team has helped over 300 clinics fix that. Would you be open to a ten minute call next week? Regards, Tyler at Beacon Reach.
----
Subject: Ordering
Dear Purchasing, our spring catalog of hot packs, bands and treatment tables is here. Use code SPRING15 at checkout for 15 percent off your first purchase. Marla, Northfield Rehab Supply
----
Subject: OT openings?
Hello, my name is Priscilla Yoon and I am finishing my master's in occupational therapy this May. I was hoping to find out whether you anticipate any openings for a new graduate. I have attached my resume and would welcome the chance to talk.
----
Subject: Shadowing
Hi! I'm a junior at the university studying kinesiology and need 40 hours of observing a physical therapist for my PT school application. Is that something you allow? I can come Tuesdays and Thursdays. Best, Jordan
----
Subject: COTA new in town
Hello, I am a licensed COTA relocating from Boise with my husband. Dr. Hale referred me to you. For six years I treated children, two visits a week each. My resume is attached. May I come in for an interview?
----
Subject: Our client Gwen Astor
This firm represents Ms. Astor, DOB 4/4/1971, whom Dr. Hale referred to you for physical therapy, evaluation and treatment, of her neck (M54.2). Kindly furnish her complete chart, daily notes and itemized ledger. A signed HIPAA authorization is attached. We will pay your copying fee.
----
Subject: Directory
Dear Participating Provider, please verify this directory record within 30 days so that our members can be referred. Languages: English. Records that are not attested leave the directory. Do not reply to this mailbox.
----
Subject: Tuesday
I'm down for Tuesday at 10 but the furnace man is coming. Can you switch me to Wednesday? It's visit 6 I believe. Do I still do the clam shells?
----
Subject: receipts
My boy has been coming to OT with Ms. Alicia since winter and can't make the 4:15 this Thursday. Our HSA also wants a superbill for September, could billing send me one?
----
Subject: Records needed
To whom it may concern: We are processing a claim for long term disability benefits for our insured, Gwen Astor, DOB 4/4/1971. Please forward all chart notes from 1/1/2025 through the present within 15 business days. You may bill us for the copies.
----
Subject: my notes
Could you please send the notes from my visits last summer to my new physical therapist in Tulsa? I moved in October. I can sign whatever you need. Thanks, Melody Brandt
----
Subject: Fwd: results
Please find the MRI brain report attached for Dr. Osei's review. Thank you, Lakeside Imaging.
----
Subject: Re: Saturday
Hey Pam, are we still on for the fish fry on Saturday? I'll bring the slaw. Tell Rick to bring chairs.
----
Subject: table for six
Good afternoon, we would like to book a table for six on the 14th at 7 pm. One of us is in a wheelchair, is your dining room accessible?
----
Subject: your plan of care for H. Brandywine
Attached please find the signed plan of care for Harold Brandywine, certification period 3/1 to 5/29. Thank you. Dr. Lucero's office
----
Subject: Signature
Please return the signed physician certification for our mutual patient, Ms. Ada Krol, at your earliest convenience. Home Care of the Valley.
----
Subject: Invoice 20419
Please see attached invoice for the copier service call of February 3. Terms net 30. Accounts receivable, Delmar Office Machines
----
Subject: Partnership
We are a staffing firm that connects outpatient clinics with PRN therapists. I have two PTAs who are available immediately in your area. Would you like their profiles?
----
Subject: Prior authorization medication
The prior authorization for atorvastatin 40 mg for your patient has been approved through 2027. No action is required. PharmaDirect
----
Subject: running behind
stuck on the interstate, be there by 10:20 hopefully. Tell Nina sorry! - Bev Ostrander
----
Subject: lost glove
Hi, I think I left a green knit glove in the gym area yesterday during my appointment. Could somebody look for it? Ivo
----
Subject: home exercises
Hi Nina, I misplaced the sheet with my home exercises. Could you e-mail me another copy before I leave town Friday? Also the band broke. Thank you, Sol Abernathy
----
Subject: Accreditation webinar
Join us on April 2 for a complimentary webinar on the new documentation rules for outpatient rehab. Earn 1.5 credits. Register by March 28. You are receiving this because you are a member.
----
Subject: Is my car ready
Hi, dropped off the Subaru Monday for brakes, ticket 4471. Is it done yet? Lou
----
Subject: Girls softball
Would your business consider sponsoring our team this year? $250 puts your name on the outfield fence. Coach Dale
----
Subject: superbill
Can you send me a superbill for all of the sessions in January and February so I can submit to my HSA? Thanks! Gretchen Vail
----
Subject: Discharge
I wanted to let you know that I'm feeling great and don't think I need to come back. Please cancel the rest of my appointments. Thank Omar for everything! Liv Sandoval
----
Subject: hearing aid batteries
My mother's hearing aid is whistling and needs new batteries, do I bring it to you or to the audiologist upstairs?
----
Subject: refill
I need a refill of my meloxicam, the pharmacy said they faxed you twice. Please call it in to Corner Drug.
----
Subject: Attorney request
Our office represents Mr. Julio Farias in connection with a motor vehicle collision on 11/2/2025. Enclosed is a HIPAA compliant authorization. Kindly provide a complete copy of his therapy file and billing ledger.
----
Subject: Account verification
Your mailbox storage has reached its limit. Confirm your password within 24 hours to keep receiving messages.
----
Subject: cita del jueves
Buenas tardes, no voy a poder llegar a mi cita del jueves con la terapeuta. ¿Me la puede cambiar para el lunes? Gracias, Ofelia
----
Subject: FMLA
My employer gave me FMLA paperwork that needs to be completed by my treating therapist. I see Kendra twice a week. Where do I send it?
----
Subject: thank you
Just a note to say thank you to the whole team. Mom finished therapy last Friday and is walking without the cane. We brought cookies, hope you liked them!
----
Subject: Lease renewal
Your lease for suite 210 ends in August. Please contact the management office to discuss renewal terms.
----
Subject: Feb 11
Hi all, I'm down with the flu and can't come in for my 9 o'clock with Marcy tomorrow. Next week is fine. Bev T.
----
Subject: balance due?
Your text said I have a balance of $40 but I paid at the desk last Tuesday, I have the receipt. Please fix this. Glenn Amory
----
Subject: Grow with us
We noticed many families in your area looking for pediatric speech therapy cannot find you online. Our campaigns fill schedules in 30 days or you don't pay. Worth a chat Thursday? - Kip, BrightPath Media
----
Subject: electronic records for therapists
Tired of charting after hours? NoteNimble writes your evaluations and daily notes while you treat. Clinics like yours save six hours a week. See it in action: https://notenimble.example
----
Subject: COTA looking for PRN hours
Good afternoon, I am a licensed COTA with eight years in SNF and outpatient. I'm available Mondays and Fridays and wondered if you need any coverage. References available. Shanice Dole
----
Subject: internship
Hello, I teach the allied health course at the high school and would like to place a student with you for two hours a week to observe. Who should I speak to?
----
Subject: Request for chart - our insured R. Delacroix
Pursuant to the enclosed authorization, kindly provide the evaluation, progress notes and discharge summary for Renee Delacroix, DOB 5/5/1980, from 6/1/25 to date. Great Lakes Mutual, Claims
----
Subject: school nurse needs a note
My daughter Ivy sees Paula on Wednesdays. Her school wants a letter that says she can skip gym. Could Paula write one this week? Thanks, Hannah
----
Subject: CT results Bernard Oh
Please see attached CT abdomen. Impression: stable. Sent for Dr. Lanza, GI.
----
Subject: lost and found
My son left his blue water bottle in the waiting area after speech on Monday. Is it there?
----
Subject: holiday hours
Are you open the Friday after Thanksgiving? My regular time is 2 pm with Joel.
----
Subject: (sin asunto)
Hola, quiero cancelar la terapia de mi hijo de mañana porque tiene fiebre. Gracias.
----
Subject: plan of care back to you
Enclosed you will find the recert for Edna Stroud, signed by Dr. Mahmoud 3/3. Please call with questions. Thanks, Family Care Partners
----
Subject: Great Clips
Is this the place on Oak that does kids haircuts? Need two boys in before picture day.
----
Subject: Order 99812 shipped
Your order of 12 therapy putty tubs has shipped. Track your package here. Thank you for shopping with RehabDepot.
----
Subject: review request follow up
Hi, it's Ann from the survey company. You recently visited a clinic, please rate your experience 1 to 5.
""".split("\n----\n")

REFERRALS: Final = """\
Subject: help with my wrist
Hello, I broke my wrist in January and the cast is off now. My doctor said I should do therapy. Do you have anything after 4? I'm Dana Whitlow, 555-0142.
----
Subject: switching to you
I've been going to another clinic for my knee for six weeks and I'm not happy. Can I move my care to your place? I have Aetna. Bryce Tannenbaum 555-0177
----
Subject: my appointment
I have an order from Dr. Lin for hand therapy and was told to e-mail to set up an appointment. Mornings are good. Tova Reiss
----
Subject: came to you last year
I finished PT with you last year for my back. Now my neck is acting up and I would like to come back. Do I need a new referral? Wes Calloway
----
Subject: Copy of the report
Please see attached records and order for our patient Lenora Pike, DOB 2/2/1949, for PT eval and treat for gait. Please call her to schedule at 555-0133. Fax the evaluation to us. Ridgeview Family Medicine
----
Subject: cost?
How much do you charge for a speech evaluation if we pay cash? My son is 3 and only has ten words.
----
Subject: Cancelled elsewhere
The clinic across town cancelled our evaluation because they no longer take our insurance. My daughter needs OT for handwriting. Do you take Molina? Can you call me?
----
Subject: job injury
I hurt my back at work on 3/3 and my employer wants me to go to therapy. The claim number is 88-1023. When can you see me? Pavel Dragic 555-0102
----
Subject: job coach question
I'm a job coach and one of my clients, Terrell Banks, needs an ergonomic evaluation at his workstation. His case manager will pay. Who do I talk to?
----
Subject: Rescheduling intake
We missed the call to schedule the first evaluation for my son Otto. Can you call again? We are free Monday afternoons.
----
Subject: dog walker
I was pulled over by a dog and now my shoulder will not lift. I don't have a doctor. Can I come see you without one?
----
Subject: resume therapy
I had to stop therapy in the fall because of my heart surgery. The doctor has released me and sent a new order. I want to resume as soon as you have room. Iris Pemberton
----
Subject: screenings
Our preschool would like somebody to screen 24 children for speech in September. What are your rates? Ms. Fay Dunning, director
----
Subject: student
We have a student with an IEP who needs an OT evaluation by April 30. Parents have consented. Can you take a contract case?
----
Subject: terapia para mi mamá
Mi mamá se cayó y el doctor quiere que haga terapia física en casa. Tiene Medicaid. ¿Pueden ayudarnos? Lupe 555-0155
----
Subject: bill
My friend said you bill Medicare directly. I'm 71 and dizzy when I get out of bed and my doctor wrote a prescription for vestibular therapy. Can I get in soon?
----
Subject: moving to town
We are moving to your area in June and our son, who has autism, gets OT and speech twice a week now. We'd like to set up an evaluation. I have his records and can send them.
----
Subject: records are coming
Dr. Pryor's office will fax my records and the MRI report. I need PT for a herniated disc. When is your first opening? Curtis Bly 555-0121
----
Subject: bill question and therapy
Do you bill worker's comp directly? I hurt my shoulder at work and the adjuster says I can pick my own place for PT.
----
Subject: my resume of problems
I'm 62, bad knees, bad back, new hip. My doctor wrote a script for physical therapy. Do you take Humana? Please call 555-0131. Norma
----
Subject: job
My job is very physical and my elbow has been killing me for 2 months. Looking for someone who does hand therapy and can see me before work.
----
Subject: teacher asked
My daughter's teacher says she can't hold a pencil. She is in first grade. Who do I talk to about an evaluation? Do you need a doctor's note?
----
Subject: cancel my other place
I cancelled my sessions at Summit PT because they kept double booking. My surgeon Dr. Roy said to try you. I'm 5 weeks after ACL surgery. Dalia 555-0166
----
Subject: student athlete
I'm a student at the university and tore my hamstring at track. The team doctor wants me in PT this week. Blue Cross. Theo
----
Subject: wrong place?
I'm not sure if this is the right place. My mother chokes a little when she eats since her stroke and her doctor mentioned a swallow therapist. If that's not you who do I call?
----
Subject: claim 7718 Torres
Please schedule Maria Torres for PT eval, DOI 2/2, claim 7718, authorized 8 visits. Orders from Dr. Bell attached. Kim, nurse case manager
----
Subject: volunteer fireman
I'm a volunteer fireman and wrenched my back on a call. Do you have anything this week? No insurance, I'll pay cash.
----
Subject: relocating with my family
We are relocating from Boise in June. My wife had visit 6 of 12 there after her knee replacement and needs PT to go on. I am a licensed electrician and on the road, so please call her, 503-555-0144.
----
Subject: referral
I represent the district as its nurse. I'd like a speech evaluation for Odo Falk, DOB 2/3/2019, who stutters. His HIPAA authorization is attached and so are copies of his notes.
----
Subject: new insurance
I have new insurance starting May 1 and would like to start PT for my shoulder. I never saw anybody for it. Do I need an order?
----
Subject: dog bite
My son was bitten by a dog on the hand, the hand surgeon repaired a tendon last Thursday and says he needs a splint and hand therapy right away. His name is Ezra Kim.
----
Subject: please evaluate
Hi, our mutual patient Ms. June Abara (DOB 8/8/1944) finished cardiac rehab with us. Please evaluate and treat for balance. Order attached. Thank you, Elm Cardiology
----
Subject: refund from last clinic
I got a refund from my last clinic because they never had a speech therapist. Do you have one who works with stuttering? My boy is 9.
----
Subject: cambio de clínica
Quiero cambiar a mi hija a su clínica. Tiene parálisis cerebral y necesita terapia física y ocupacional. Tenemos Medicaid. Rosa 555-0199
""".split("\n----\n")


def flag(mail: str, reads: Callable[[Document], Read] = read) -> bool | None:
    """Whether it is printed to be no referral; None where that is left to a person."""
    head, _, body = mail.partition("\n")
    text = f"From: Ida Voss <ida@example.org>\n{head}\nDate: Mon, 01 Jun 2026 10:00:00 -0500\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    return sure(reads(Document("a.eml", "", text.encode(), TODAY)).understood.patients[0].referral).not_a_referral


@pytest.mark.parametrize("mail", NO_REFERRALS)
def test_what_asks_for_no_care_is_no_referral(mail: str) -> None:
    assert flag(mail, read_by_rules) is True
    # What reads along may only send it to a person.
    assert flag(mail) is not False


@pytest.mark.parametrize("mail", REFERRALS)
def test_a_wish_for_care_is_never_thrown_away(mail: str) -> None:
    assert flag(mail) is not True


@pytest.mark.parametrize(
    ("question", "answer", "returns"),
    [
        ("New patient?", "No", True), ("Are you a new patient?", "no, I come to Kelsey", True), ("new or returning", "Returning", True), ("Existing patient?", "Yes", True),
        ("New patient?", "Yes", False), ("new or returning", "New", False), ("Current patient?", "No", False), ("Reason", "No", False),
    ],
)  # fmt: skip
def test_who_has_been_here_says_so(question: str, answer: str, returns: bool) -> None:
    assert says_so(Passage(answer, 0, "label", question=question)) is returns
