"""Letters and notes of every kind: what is no referral is said to be none, and no referral is thrown away."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.referral.record import Referral
from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.tests.alone import read_by_rules
from firstvisit.steps.intake.understanding.settle import sure

MAIL = "From: X Y <xy@example.org>\nTo: intake@example.org\nDate: Thu, 6 Aug 2026 13:00:00 -0400\nSubject: question\nContent-Type: text/plain; charset=utf-8\n\n"
NOTE = "Name: Pat Quell\nPhone: 608-555-0177\nEmail: pq@example.org\nMessage: "

OTHERS = {
    "vendor": [
        (
            "Hi there,\n\nClinics like yours lose a third of calls after hours. Our AI receptionist "
            "answers them all. Could I borrow 10 minutes next Tuesday?\n\nKyle Renner, Account Executive"
        ),
        (
            "Hello, I came across your clinic online and noticed that your website loads slowly. We "
            "redesign sites for therapists. Reply and I'll send a free mockup.\n\nBest,\nMina"
        ),
        (
            "Subject line: Spring sale\n\nTheraband, foam rollers and treatment tables 20% off until "
            "Friday. Free shipping over $200. Shop now: https://shop.example.com\n\nUnsubscribe"
        ),
        (
            "Dear practice owner,\n\nMedicare is cutting reimbursement again. Join our webinar on cash-pay "
            "services and learn how PTs add $8,000 a month. Register here.\n\nTo stop receiving these "
            "mails click here."
        ),
        (
            "We specialize in credentialing and billing for PT, OT and SLP groups. Our clients see "
            "denials drop by half. May I send you our rates?\n\nRegards, Dana, Business Development"
        ),
        (
            "Good afternoon, are you the right person to talk to about your phone and internet contract? "
            "We save small businesses 30 percent. When is a good time for a short call?"
        ),
        (
            "Your domain riverbendtherapy.example expires in 3 days. Renew now to avoid suspension: "
            "https://renew.example.com"
        ),
        (
            "I represent a group of investors who are looking to acquire outpatient therapy practices in "
            "your area. Would you be open to a confidential conversation about selling?"
        ),
        (
            "We have three travel SLPs available in your state for 13 week assignments starting next "
            "month. Let me know if you have needs and I'll send profiles.\n\nJo, Recruiter"
        ),
        (
            "Hi, just following up on my last email. Do you have any interest in getting 15 more "
            "evaluations a month? We only get paid when the patient shows."
        ),
        (
            "Invoice 88213 is past due. Please remit $412.00 for the copier lease by Friday or service "
            "will be interrupted. Accounts Receivable"
        ),
        (
            "Hola, ofrecemos publicidad en Facebook para clínicas de terapia. Le garantizamos pacientes "
            "nuevos cada mes. ¿Le interesa una llamada?"
        ),
    ],
    "records_request": [
        (
            "Please forward the complete chart of Odo Falk, DOB 2/3/1970, dates of service 1/1/2024 to "
            "present, including evaluations and daily notes. Our authorization is attached.\n\nHarmon Legal"
        ),
        (
            "This office is handling the disability appeal of Ida Voss. We request copies of all "
            "physical therapy records and the billing ledger. Kindly invoice us for copying."
        ),
        (
            "Hello, I moved to Ohio and my new therapist would like my records. Could you send my notes "
            "from last year to them? Ida Voss 2/3/1970"
        ),
        (
            "Custodian of Records: enclosed please find a subpoena for the file of Odo Falk. Response is "
            "due within ten days."
        ),
        (
            "We are reviewing a claim for the above member. Send treatment notes supporting dates of "
            "service 5/1 to 6/30. Claims Review Department"
        ),
        (
            "My employer needs the FMLA form filled out again for my PT. Can someone complete it and fax "
            "it back? Ida Voss"
        ),
        ("I need an itemized statement of all my visits in 2025 for my taxes please. Ida Voss, 608-555-0101"),
        (
            "Requesting medical records: patient Odo Falk. Purpose: continuity of care. Signed release "
            "is attached. Please fax to 608-555-0102."
        ),
        "Necesito una copia de mi expediente de terapia para el abogado. Gracias, Ida Voss",
        (
            "Per the attached HIPAA release please provide any and all records, including intake "
            "paperwork and images, regarding our client Ida Voss."
        ),
    ],
    "job_seeker": [
        (
            "Hello, I am a new grad OTR and would love to join your team. My resume is attached. I have "
            "experience in hand therapy and pediatrics."
        ),
        (
            "Are you hiring front desk staff? I have five years of experience in medical offices and I'm "
            "available immediately."
        ),
        (
            "I'm a PT student at State and I'm looking for a site for my last clinical rotation next "
            "spring. Do you take students?"
        ),
        ("Dear hiring manager, please find my CV for the speech-language pathologist role posted on Indeed."),
        ("Hi, I need 40 observation hours for PT school. Could I shadow one of your therapists this summer?"),
        "I'm a COTA looking for PRN work on weekends. What do you pay? Cell 608-555-0101",
        (
            "My daughter is in high school and wants to volunteer at a clinic to see what occupational "
            "therapists do. Do you have a volunteer program?"
        ),
        ("We met at the career fair. I'd like to apply for the rehab aide opening. References on request."),
        "Busco trabajo como asistente de terapia, tengo experiencia y mi curriculum está adjunto.",
        (
            "Clinical fieldwork coordinator here: would your clinic host a Level II OT student from "
            "January to March?"
        ),
    ],
    "patient_in_care": [
        (
            "Hi, this is Ida Voss, I have an appointment with Ben on Thursday at 3 and I can't make it. "
            "Can we do Friday?"
        ),
        (
            "I was there Monday for my third visit and left my umbrella in the waiting room. Is it still "
            "there?"
        ),
        "Please cancel my PT tomorrow, my kid is sick. I'll see Ben next week as usual. Ida Voss",
        ("I got a bill for $180 but my insurance says you never billed them. Who do I talk to? Ida Voss"),
        ("Ben gave me exercises at my last session and I can't find the sheet. Could you email it again?"),
        (
            "Attached is the signed plan of care for Odo Falk, certification period 3/1 to 5/30. Dr. "
            "Kim's office"
        ),
        "I'm running about 15 minutes late for my 2:30, sorry, traffic",
        (
            "Since my session on Tuesday my knee is sore. Should I keep doing the step-ups Ben showed me "
            "or wait until Thursday's visit?"
        ),
        "My copay was charged twice on 6/3 and 6/5. Please refund one. Account 20-11873.",
        (
            "Quisiera cambiar mi cita del jueves con la terapeuta Ana para el viernes. Soy paciente "
            "desde marzo."
        ),
        (
            "I finished therapy with you in May, thank you. Could you write a letter for my gym so they "
            "freeze my membership?"
        ),
        ("What time is my son's speech session this week? He usually sees Kelly on Wednesdays. Mrs. Falk"),
    ],
    "wrong_number": [
        "Hi, is my prescription ready for pickup? Last name Falk.",
        "I'd like to order two large pizzas for delivery to 12 Elm Street.",
        "Good morning, I need to book my dog Rex for his shots and a nail trim.",
        "You towed my car last night from Main Street. How do I get it back?",
        "Is this the place that certifies crane operators? I need my card renewed.",
        "Please confirm my reservation for the cabin, July 4 to July 8, party of six.",
        "I think I have the wrong clinic, I'm looking for the dermatologist on State Street. Sorry.",
        "We'd like a quote for a new roof on our house at 9 Oak Street.",
    ],
    "misdirected": [
        (
            "Thank you for seeing our patient for a crown on tooth 14. Radiographs attached. DOB "
            "2/3/1970. Elm Dental"
        ),
        ("Refill request: lisinopril 10 mg, qty 90, Odo Falk DOB 2/3/1970. Please respond electronically."),
        ("Referral to cardiology for Odo Falk, palpitations, echo requested. Please schedule with Dr. Shah."),
        (
            "This fax was sent to us by mistake. Odo Falk is not our patient; please remove our number "
            "from your list."
        ),
        "Lab results for Ida Voss: hemoglobin A1c 6.8, LDL 120. Reviewed by Dr. Kim.",
        "The school bake sale is on Saturday. Can your clinic donate a gift card for the raffle?",
        (
            "Please see this patient for a hearing aid fitting, audiogram attached. Ida Voss DOB "
            "2/3/1970. (to: Elm Hearing)"
        ),
    ],
}

REFERRALS = [
    (
        "Hi, I was your patient for my shoulder two years ago. Now my hip hurts and my doctor wants "
        "me in PT again. Ida Voss 608-555-0101"
    ),
    (
        "My son Odo is on your waitlist for speech since May. Is there any news? He is four now and "
        "still hard to understand. Ada Falk"
    ),
    (
        "Do you have a job? No, just kidding. My wife says I should ask whether you treat tennis "
        "elbow. I have Aetna. Odo Falk 608-555-0101"
    ),
    (
        "Attached please find an order and records for Odo Falk, DOB 2/3/1970, evaluate and treat "
        "low back pain M54.50. He had PT at another clinic; their notes are enclosed.\n\nDr. Kim's "
        "office"
    ),
    (
        "I got a bill from my last PT place and left. I'd like to switch to you for my knee. Can I "
        "start next week? Ida Voss"
    ),
    (
        "I'm a physical therapist assistant and hurt my own back lifting a patient. I'd like an "
        "evaluation, workers comp claim 44-1. Ida Voss 608-555-0101"
    ),
    ("We represent no one but ourselves: my husband and I both need balance therapy. Medicare. Ida Voss"),
    (
        "Can I change the date of my first evaluation? I'm a new patient, my order for hand therapy "
        "is from Dr. Kim. Ida Voss"
    ),
    (
        "Our company would like ergonomic assessments for 30 employees. Could you send a quote? Ida "
        "Voss, HR manager"
    ),
    (
        "My dog knocked me over and I broke my wrist. The cast came off and my doctor says hand "
        "therapy. Ida Voss"
    ),
    (
        "I manage a dental office and my neck and arm are numb by noon. Do you do ergonomic "
        "evaluations or PT for that? Ida Voss"
    ),
    (
        "She already sees an OT at school but we want private therapy for handwriting as well. My "
        "daughter is 7. Ada Falk 608-555-0101"
    ),
    (
        "I was in a car accident and my attorney told me to start physical therapy. Auto claim "
        "99-12. Ida Voss, DOB 2/3/1970"
    ),
    (
        "Is there any opening? My mother was discharged from the hospital after a stroke and needs "
        "therapy. Ada Falk"
    ),
    (
        "You were recommended by my neighbor. What do you charge for a session without insurance? My "
        "knee swells. Odo Falk"
    ),
    (
        "Please reschedule the intake for Odo Falk, DOB 2/3/2019, his mother could not come. New "
        "referral, speech evaluation. Elm Pediatrics"
    ),
    "We are a preschool and need somebody to screen 40 children for speech. What would it cost?",
    ("Hola, mi mamá necesita terapia física, se cayó dos veces. ¿Aceptan Medicaid? Ana Ruiz 608-555-0101"),
    (
        "I have been going to another clinic for vertigo and it does not help. Could I get a second "
        "opinion? Ida Voss"
    ),
    (
        "Following up on a referral we faxed Monday for Odo Falk, DOB 2/3/1970. Has he been "
        "scheduled? Elm Orthopedics"
    ),
    (
        "My insurance denied more visits at my old clinic. New year, new plan: do you take Cigna for "
        "pelvic floor therapy? Ida Voss"
    ),
    (
        "The hospital is releasing Dad Friday with home exercises. We want someone to come out and "
        "evaluate the house. Ada Falk 608-555-0101"
    ),
    ("I signed up on your website but did not get a call. I need PT for sciatica. Ida Voss 608-555-0101"),
    ("My doctor sent a prescription for therapy to you last week, did you get it? Ida Voss, DOB 2/3/1970"),
]


def read(text: str, name: str, *, by_rules: bool = False) -> Referral:
    document = Document(name, "", text.encode(), dt.date(2026, 8, 20))
    whole = read_by_rules(document).understood if by_rules else readers.read_whole(document)
    return sure(whole.patients[0].referral)


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_referral_is_said_to_be_none(kind: str) -> None:
    forms = {text: (MAIL + text, "mail.eml") for text in OTHERS[kind]}
    forms |= {f"note: {text}": (NOTE + " ".join(text.split()) + "\n", "note.txt") for text in OTHERS[kind]}
    assert [text for text, form in forms.items() if read(*form, by_rules=True).not_a_referral is not True] == []
    # What reads along may only send them to a person.
    assert [text for text, form in forms.items() if read(*form).not_a_referral is False] == []


@pytest.mark.parametrize("text", REFERRALS)
def test_no_referral_is_thrown_away(text: str) -> None:
    assert read(MAIL + text, "mail.eml").not_a_referral is not True
    assert read(NOTE + " ".join(text.split()) + "\n", "note.txt").not_a_referral is not True
