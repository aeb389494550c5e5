"""What they need, by which date it is, and after a surgery what goes with it."""

from __future__ import annotations

from typing import Final

from firstvisit.steps.qualify.questions import Asks, Question
from firstvisit.steps.qualify.shipped_questions.answers import choice, known

QUESTIONS: Final = (
    Question(
        slug="concern",
        text="What brings you to us, and what should get better?",
        text_es="¿Qué le trae con nosotros y qué debería mejorar?",
        why="In their own words; it goes to the therapist as it was said.",
        kind="text",
        record="concern",
        facts=("says_why",),
        purpose="fit",
        guardrails=("diagnosis", "visits"),
    ),
    Question(
        slug="therapy",
        text="Which therapy is it for: occupational, physical or speech?",
        text_es="¿Para qué terapia es: ocupacional, física o del habla?",
        why="It decides the program and whether we are the right place.",
        kind="many",
        record="disciplines",
        facts=("disciplines", "program_offered"),
        purpose="fit",
        choices=(
            known("OT", "Occupational therapy", "Terapia ocupacional", disciplines=["OT"]),
            known("PT", "Physical therapy", "Fisioterapia", disciplines=["PT"]),
            known("SLP", "Speech therapy", "Terapia del habla", disciplines=["SLP"]),
        ),
    ),
    Question(
        slug="date_of_birth",
        text="When was the patient born?",
        text_es="¿Cuándo nació el paciente?",
        why="Programs have age ranges, and the plan asks for it.",
        kind="date",
        record="patient.date_of_birth",
        facts=("age_months", "age_and_setting_fit"),
        purpose="registration",
    ),
    Question(
        slug="date",
        text="Is there a date behind it: a surgery, a discharge, an injury, a school meeting?",
        text_es="¿Hay una fecha detrás: una cirugía, un alta, una lesión, una reunión en la escuela?",
        why="The date decides how soon the first visit must be.",
        kind="event",
        record="events",
        facts=("event_on", "event_kind", "days_left"),
        purpose="fit",
    ),
    Question(
        slug="surgery_date",
        text="What day was the surgery, or what day is it planned?",
        text_es="¿Qué día fue la cirugía, o para qué día está planeada?",
        why="After a surgery the first visit has its days.",
        kind="date",
        record="events.surgery.date",
        facts=("event_on", "days_left"),
        purpose="fit",
        when=(Asks(fact="after_surgery", test="is", value=True),),
    ),
    Question(
        slug="surgery_day",
        text="We were told two days for the surgery. On which day was it, or is it planned?",
        text_es="Nos dijeron dos días para la cirugía. ¿Qué día fue, o para qué día está planeada?",
        why="Until it is settled the day that wants the sooner visit counts.",
        kind="date",
        record="events.surgery.date",
        facts=("surgery_or_on",),
        purpose="fit",
        when=(Asks(fact="surgery_or_on", test="known"),),
    ),
    Question(
        slug="surgeon",
        text="Which surgeon and which office?",
        text_es="¿Qué cirujano y qué consultorio?",
        why="The protocol and the order come from there.",
        kind="text",
        record="ordering.name",
        purpose="readiness",
    ),
    Question(
        slug="protocol",
        text="Please send the surgeon's protocol and the operative note.",
        text_es="Por favor envíen el protocolo del cirujano y el informe de la operación.",
        why="The therapist follows the surgeon's sheet.",
        kind="many",
        record="documents",
        whom="referrer",
        purpose="readiness",
        choices=(
            choice("operative_note", "Operative note", "Informe de la operación"),
            choice("discharge_summary", "Discharge summary", "Informe de alta"),
        ),
    ),
    Question(
        slug="brace",
        text="Is there a cast, a brace or a limit the surgeon gave you?",
        text_es="¿Tiene yeso, férula o algún límite que le dio el cirujano?",
        why="It decides what the first visit prepares.",
        kind="text",
        record="access_needs",
        purpose="booking",
        guardrails=("diagnosis",),
    ),
)
