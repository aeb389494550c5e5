"""What whoever refers is asked."""

from __future__ import annotations

from typing import Final

from firstvisit.steps.qualify.questions import Asks, Question
from firstvisit.steps.qualify.shipped_questions.answers import choice

QUESTIONS: Final = (
    Question(
        slug="patient_knows",
        text="Does the patient or family know that we will call, and at which number?",
        text_es="¿Sabe el paciente o la familia que llamaremos, y a qué número?",
        why="They pick up when they expect us.",
        kind="phone",
        record="patient.phone",
        facts=("has_phone",),
        whom="referrer",
        purpose="booking",
    ),
    Question(
        slug="send_order",
        text="Please send the signed, dated order with diagnosis, therapy and frequency.",
        text_es="Por favor envíen la orden firmada y con fecha, con diagnóstico, terapia y frecuencia.",
        why="Missing orders are asked of the office, once, with one list.",
        kind="choice",
        facts=("order_readiness",),
        whom="referrer",
        purpose="readiness",
        when=(Asks(fact="order_to_get", test="is", value=True),),
        choices=(
            choice("signed", "Sent, signed", "Enviada, firmada", {"order_signed": True, "documents": ["order"]},
               {"order_state": "signed"}),
            choice("none", "There is none", "No hay", {"order": "none"}, {"order_state": "none"}),
        ),
    ),
    Question(
        slug="updates",
        text="How would you like to hear what became of it?",
        text_es="¿Cómo le gustaría saber qué pasó?",
        why="Received, scheduled, arrived, evaluated: a partner is told each time.",
        kind="choice",
        record="referrer.updates_by",
        whom="referrer",
        purpose="keeping",
        choices=(
            choice("email", "By e-mail", "Por correo electrónico", {"referrer.updates_by": "email"}),
            choice("fax", "By fax", "Por fax", {"referrer.updates_by": "fax"}),
            choice("phone", "By phone", "Por teléfono", {"referrer.updates_by": "phone"}),
            choice("none", "Not at all", "De ninguna manera", {"referrer.updates_by": "none"}),
        ),
    ),
    Question(
        slug="partner_capacity",
        text="How many patients like this one do you expect to send in a month?",
        text_es="¿Cuántos pacientes como este espera enviar al mes?",
        why="We keep room for those who are sent.",
        kind="text",
        record="asks",
        whom="referrer",
        purpose="keeping",
    ),
)
