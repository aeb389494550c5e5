"""What is plainly something else, and what somebody wishes for, in words of no document."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.understanding.kinds import NOT_REFERRALS, judged

SOMETHING_ELSE = [
    "Hi, this is Mark with BrightReach. We bring qualified leads to clinics like yours, could I get ten minutes on your calendar?",
    "You are receiving this because you subscribed. Unsubscribe here. In this issue: new codes for PT evaluations.",
    "Your mailbox password will expire. Click here to verify your password.",
    "Press one to claim your Google listing before it is removed.",
    "We are conducting a short survey about local businesses, this is not a sales call.",
    "Our AI scribe helps OT and PT practices cut documentation by half. Book a demo.",
    "Your business is pre-approved for working capital.",
    "Aumente sus pacientes con posicionamiento web en Google",
    "Please note our new bank details for the next payment. Our company updated remittance.",
    "I'm a COTA moving to the area and wondering, are you hiring? My resume is attached.",
    "I am a new grad PT relocating in June, do you have a full-time position available as a PT?",
    "Hi, I'm in high school and I need twenty observation hours, could I shadow at your clinic?",
    "Busco trabajo, ¿están contratando? Le mando mi hoja de vida.",
    "We need a copy of all therapy notes and billing for our client, date of loss 3/4/25.",
    "This is a request for the complete chart of Ana Ruiz, disability claim 2231.",
    "Could you fill out my FMLA paperwork and fax it to my work?",
    "I need my treatment records sent to my new address.",
    "Necesito copias de mi expediente del año pasado.",
    "I got charged twice for June, I have a question about my bill.",
    "Running late, stuck in traffic, be there at ten past.",
    "I can't make it tomorrow, my car died.",
    "I see Jenna on Mondays at four, can I come Tuesday instead?",
    "I need to cancel Thursday, see you next week.",
    "Voy a llegar tarde a mi sesión de hoy",
    "Can you resend the exercises from last time? I lost the sheet.",
    "Dr. Hale signed the recert for Mr. Poole, I faxed it back to you.",
    "Is my prescription ready? It's the heart pill.",
    "Is this the animal hospital? My cat ate string.",
    "Número equivocado, perdón.",
    "I'd like an appointment for my dog, he needs therapy. ha ha",
    "We got your fax by mistake, this lady is not our patient. Please take our number off your list.",
    "Would you donate a basket to our school raffle?",
]
REFERRALS = [
    "I'd like to start PT for my knee, do you take Aetna?",
    "My son stutters and his teacher suggested a speech evaluation.",
    "Do you have any openings for hand therapy?",
    "Please evaluate and treat, 2x a week for six weeks, right rotator cuff repair.",
    "We are a law firm of twelve and would like an ergonomic assessment, one of us needs therapy for her wrist.",
    "I work for a staffing agency and need PT for my back.",
    "My job posting means I sit all day, I need therapy for my neck.",
    "I'm a PT student and I tore my ACL, I need an appointment for therapy.",
    "My lawyer said I should get PT after the accident, date of loss is May 1.",
    "I had to cancel my first evaluation, can I get in next week? New patient.",
    "I was a patient in 2022 and would like to come back for my other shoulder.",
    "My mom already comes to you and now my dad needs OT.",
    "Our OT is leaving and we need someone two days a week at the school.",
    "The discharge planner told us to set up home therapy for my husband.",
    "Necesito una cita de terapia para mi hija.",
    "Me mandaron a terapia física por la espalda.",
    "Busco terapia del habla para mi niño de tres años.",
    "I got a bill from my last PT place, that's why I want to ask what an evaluation with you costs.",
    "I sell insurance and hurt my elbow, my doctor wants me in therapy.",
    "Can someone call me about getting my wife in? She had a stroke.",
    "Referral for speech therapy attached, patient can be reached at 555-0101.",
    "Dr. Woo ordered occupational therapy for my hand.",
    "I am the owner of a marketing agency, my shoulder is frozen and I'd like an evaluation.",
    "I need a copy of the order for you? My doctor wants me to start PT.",
    "I'm moving to town and want to switch to you for my PT.",
    "Do you treat vertigo?",
    "Are you taking new patients?",
    "I recommend vestibular therapy for Ms. Hall; she had been seen elsewhere.",
    "I'd like my horse-riding injury looked at, I need PT for my hip.",
    "My pharmacy sent me over, they said I need therapy for my balance.",
]  # fmt: skip


def sort_of(text: str) -> str:
    return judged(text, names_a_patient=False, wants_care=True, codes=False).sort


@pytest.mark.parametrize("text", SOMETHING_ELSE)
def test_what_nobody_who_wants_care_would_say_is_no_referral(text: str) -> None:
    assert sort_of(text) in NOT_REFERRALS


@pytest.mark.parametrize("text", REFERRALS)
def test_a_wish_for_care_is_never_thrown_away(text: str) -> None:
    assert sort_of(text) not in NOT_REFERRALS
