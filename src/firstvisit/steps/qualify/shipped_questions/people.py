"""Who calls, who the patient is, and how to reach them."""

from __future__ import annotations

from typing import Final

from firstvisit.steps.qualify.questions import Question
from firstvisit.steps.qualify.shipped_questions.answers import NO, YES, known

QUESTIONS: Final = (
    Question(
        slug="red_flags",
        text="Listen for what cannot wait, through the whole call",
        text_es="Escuche lo que no puede esperar, durante toda la llamada",
        why="A red flag stops the script: read the approved line and alert a clinician.",
        kind="red_flags",
        facts=("red_flags",),
        purpose="safety",
    ),
    Question(
        slug="callback",
        text="What is the best number to call you back, in case we are cut off?",
        text_es="¿A qué número le llamamos si se corta la llamada?",
        why="The call survives being cut off.",
        kind="phone",
        record="contact.phone",
        facts=("has_phone", "ways_to_reach"),
        purpose="booking",
    ),
    Question(
        slug="may_text",
        text="May we send you text messages about this?",
        text_es="¿Podemos enviarle mensajes de texto sobre esto?",
        why="No text leaves without a yes.",
        kind="yes_no",
        record="consents.sms.given",
        facts=("may_text",),
        purpose="keeping",
    ),
    Question(
        slug="email",
        text="Which e-mail address may we write to?",
        text_es="¿A qué correo electrónico podemos escribirle?",
        why="Receipts and forms go there.",
        kind="email",
        record="contact.email",
        facts=("has_email", "ways_to_reach"),
        purpose="keeping",
    ),
    Question(
        slug="caller",
        text="Whom am I speaking with?",
        text_es="¿Con quién hablo?",
        why="We call back a person by name.",
        kind="text",
        record="contact.name",
        facts=("has_name",),
        purpose="booking",
    ),
    Question(
        slug="relationship",
        text="How are you related to the patient, and who decides for them?",
        text_es="¿Qué relación tiene con el paciente y quién decide por él?",
        why="Only a parent or guardian decides for a child.",
        kind="text",
        record="contact.relationship",
        purpose="booking",
    ),
    Question(
        slug="patient_name",
        text="What is the patient's name, as it stands on the insurance card?",
        text_es="¿Cómo se llama el paciente, tal como está en la tarjeta del seguro?",
        why="The plan knows the patient by that name.",
        kind="text",
        record="patient.last_name",
        purpose="registration",
    ),
    Question(
        slug="returning",
        text="Has the patient been with us before?",
        text_es="¿El paciente ya ha venido con nosotros?",
        why="More than 90 days without a visit means a new evaluation.",
        kind="yes_no",
        record="returning",
        facts=("returning",),
        purpose="registration",
        choices=(known("yes", *YES, returning=True), known("no", *NO, returning=False)),
    ),
)
