"""The words of every message, in English and, for whoever reads it, in Spanish. Plain; no diagnosis, no
program, no patient's name. Partners read English and see a reference, a status and what is missing.
"""

from __future__ import annotations

import hashlib
from typing import Final

from firstvisit.messages.visit_texts import (
    AGAIN,
    OF_A_VISIT,
    OF_TREATMENT,
    THEN,
    VISIT_PLACE,
    VISITS,
    WITH_IT,
)
from firstvisit.messages.wording import FOOT, HABLAR, TALK, Template

_PARTNER: Final = (
    "This message names nobody on purpose: e-mail is not encrypted on its whole way. Call {phone} and give the "
    "reference to talk about it. To get no such e-mail, tell us there.\n\n" + FOOT
)

_FOOT_BEGINS: Final = ("Rather talk?", "¿Prefiere hablar?", "This message names nobody on purpose")


def parts(body: str) -> tuple[str, str]:
    """The words of a template, and its foot, which nobody changes: how to talk to us, how to stop, who we are."""
    begins = max(body.rfind(f"\n\n{words}") for words in _FOOT_BEGINS)
    if begins < 0:
        raise ValueError("a message without a foot")
    return body[: begins + 2], body[begins + 2 :]


TEMPLATES: Final[dict[tuple[str, str], Template]] = {
    ("receipt", "English"): Template(
        "{practice}: {came} ({code})",
        "Hello{greeting},\n\n"
        "{here} {code}.\n\n"
        "{urgent}What happens next: {who} calls or writes to you {promise}. "
        "You need not send it again.\n\n"
        "Rather talk? {phone}. In danger now? Call 911. Thoughts of suicide: call or text 988.\n\n"
        "You get this e-mail because {because}. To stop e-mail from us: "
        "{stop}\n\n" + FOOT,
    ),
    ("receipt", "Spanish"): Template(
        "{practice}: {came} ({code})",
        "Hola{greeting}:\n\n"
        "{here} {code}.\n\n"
        "{urgent}Qué sigue: {who} le llama o le escribe {promise}. "
        "No hace falta enviarla otra vez.\n\n"
        "¿Prefiere hablar? {phone}. ¿Peligro ahora? Llame al 911. Pensamientos de suicidio: llame o envíe "
        "un mensaje al 988.\n\n"
        "Recibe este correo porque {because}. Para no recibir más correos: "
        "{stop}\n\n" + FOOT,
    ),
    ("reminder", "English"): Template(
        "{practice}: we tried to reach you ({code})",
        "Hello{greeting},\n\n"
        "you asked {practice} for an appointment, and we could not reach you by phone. Your request {code} is "
        "still open.\n\n"
        "Call us at {phone} and give the reference; we go on where we left. If we do not hear from you by "
        "{by}, we close the request. You can ask again at any time.\n\n" + TALK,
    ),
    ("reminder", "Spanish"): Template(
        "{practice}: intentamos comunicarnos con usted ({code})",
        "Hola{greeting}:\n\n"
        "usted pidió una cita en {practice} y no pudimos comunicarnos por teléfono. Su solicitud {code} sigue "
        "abierta.\n\n"
        "Llámenos al {phone} y diga el número de referencia; seguimos donde quedamos. Si no sabemos de usted "
        "antes del {by}, cerramos la solicitud. Puede volver a pedirla en cualquier momento.\n\n" + HABLAR,
    ),
    ("close_note", "English"): Template(
        "{practice}: your request {code} is closed",
        "Hello{greeting},\n\n"
        "we have closed your request {code}: {reason}. Nothing more is asked of you.\n\n"
        "If you still want an appointment, call {phone} and give the reference {code}, or send a new request. "
        "Whoever answers sees what you told us before.\n\n" + TALK,
    ),
    ("close_note", "Spanish"): Template(
        "{practice}: su solicitud {code} está cerrada",
        "Hola{greeting}:\n\n"
        "cerramos su solicitud {code}: {reason}. No tiene que hacer nada más.\n\n"
        "Si todavía quiere una cita, llame al {phone} y diga la referencia {code}, o envíe una solicitud nueva. "
        "Quien le atienda ve lo que ya nos dijo.\n\n" + HABLAR,
    ),
    ("reactivation", "English"): Template(
        "{practice}: do you still want an appointment?",
        "Hello{greeting},\n\n"
        "some time ago you asked {practice} for an appointment (reference {code}), and we did not find each "
        "other. If it would still help, call {phone} or send a new request. If not, there is nothing to do: "
        "we do not write about this again.\n\n" + TALK,
    ),
    ("reactivation", "Spanish"): Template(
        "{practice}: ¿todavía quiere una cita?",
        "Hola{greeting}:\n\n"
        "hace un tiempo pidió una cita en {practice} (referencia {code}) y no logramos comunicarnos. Si todavía "
        "le ayudaría, llame al {phone} o envíe una solicitud nueva. Si no, no tiene que hacer nada: no "
        "volvemos a escribirle sobre esto.\n\n" + HABLAR,
    ),
    ("preferences", "English"): Template(
        "{practice}: when would you like to hear from us? ({code})",
        "Hello{greeting},\n\n"
        "you are not sure yet when you want to start, and that is fine. We keep your request {code}.\n\n"
        "Tell us here when you want to start, which days suit you, and whether you would rather be called or "
        "written to: {link}\n\nOr call {phone}.\n\n" + TALK,
    ),
    ("preferences", "Spanish"): Template(
        "{practice}: ¿cuándo quiere que le llamemos? ({code})",
        "Hola{greeting}:\n\n"
        "todavía no sabe cuándo quiere empezar, y está bien. Guardamos su solicitud {code}.\n\n"
        "Díganos aquí cuándo quiere empezar, qué días le convienen y si prefiere una llamada o un correo: "
        "{link}\n\nO llame al {phone}.\n\n" + HABLAR,
    ),
    ("estimate", "English"): Template(
        "{practice}: what your first visit costs ({code})",
        "Hello{greeting},\n\n"
        "here is what we expect the first visit to cost, for your request {code}. You can read it, keep it and accept "
        "it here: {link}\n\n"
        "The page opens with the birth date of whoever comes to the visit. You may also have it on paper: call "
        "{phone}.\n\n" + TALK,
    ),
    ("estimate", "Spanish"): Template(
        "{practice}: cuánto cuesta su primera visita ({code})",
        "Hola{greeting}:\n\n"
        "aquí está lo que calculamos que costará la primera visita, para su solicitud {code}. Puede leerlo, guardarlo "
        "y aceptarlo aquí: {link}\n\n"
        "La página se abre con la fecha de nacimiento de quien viene a la visita. También puede recibirlo en papel: "
        "llame al {phone}.\n\n" + HABLAR,
    ),
    ("card_request", "English"): Template(
        "{practice}: a photo of your insurance card ({code})",
        "Hello{greeting},\n\n"
        "for your request {code} the insurance plan did not find you by what we have. A photo of both sides of the "
        "card helps; it takes a minute on a phone: {link}\n\n"
        "The page asks for the patient's birth date first. The link works once, for a week. You can also bring the "
        "card or read it to us at {phone}.\n\n" + TALK,
    ),
    ("card_request", "Spanish"): Template(
        "{practice}: una foto de su tarjeta del seguro ({code})",
        "Hola{greeting}:\n\n"
        "para su solicitud {code} el seguro no le encontró con los datos que tenemos. Ayuda una foto de los dos lados "
        "de la tarjeta; con el teléfono toma un minuto: {link}\n\n"
        "La página pide primero la fecha de nacimiento del paciente. El enlace sirve una vez, durante una semana. "
        "También puede traer la tarjeta o leérnosla al {phone}.\n\n" + HABLAR,
    ),
    ("offer", "English"): Template(
        "{practice}: choose a time for the first visit ({code})",
        "Hello{greeting},\n\n"
        "we have times for your first visit. Choose the one that suits you here: {link}\n\n"
        "The page asks for the patient's birth date first. Nothing is booked until you choose; the times are free "
        "until somebody else takes them. You can also call us at {phone}.\n\n" + TALK,
    ),
    ("offer", "Spanish"): Template(
        "{practice}: elija una hora para la primera visita ({code})",
        "Hola{greeting}:\n\n"
        "tenemos horas para su primera visita. Elija aquí la que más le convenga: {link}\n\n"
        "La página pide primero la fecha de nacimiento del paciente. Nada queda reservado hasta que usted elija; las "
        "horas están libres hasta que otra persona las tome. También puede llamarnos al {phone}.\n\n" + HABLAR,
    ),
    **VISITS,
    ("papers_family", "English"): Template(
        "{practice}: what we need for your request ({code})",
        "Hello{greeting},\n\n"
        "for your request {code} we still need:\n\n"
        "{papers}\n\n"
        "{how}\n\n" + TALK,
    ),
    ("papers_family", "Spanish"): Template(
        "{practice}: lo que necesitamos para su solicitud ({code})",
        "Hola{greeting}:\n\n"
        "para su solicitud {code} todavía necesitamos:\n\n"
        "{papers}\n\n"
        "{how}\n\n" + HABLAR,
    ),
    ("partner_receipt", "English"): Template(
        "{practice}: your referral arrived ({code})",
        "Hello,\n\n"
        "the referral you sent on {received} arrived at {practice}. Its reference is {code}. We contact the "
        "patient ourselves{follows}.\n\n"
        "See how it stands, without a login: {link}\n\n" + _PARTNER,
    ),
    ("papers_request", "English"): Template(
        "{practice}: papers needed for {code} by {by}",
        "Hello,\n\n"
        "for the referral you sent on {received} (our reference {code}) we still need from your office:\n\n"
        "{papers}\n\n"
        "Please send all of it together by {by}, with the reference {code}, by fax to {fax} or to the number "
        "below. The patient has not been asked for these papers.\n\n" + _PARTNER,
    ),
    ("partner_status", "English"): Template(
        "{practice}: your referral {code}",
        "Hello,\n\n"
        "the referral you sent on {received} (our reference {code}): {status}.{next_step}\n\n"
        "See how it stands, without a login: {link}\n\n" + _PARTNER,
    ),
    ("status_link", "English"): Template(
        "{practice}: how your referral {code} stands",
        "Hello,\n\n"
        "somebody asked for a new link to your referral {code}. Here it is; it works for 90 days:\n\n"
        "{link}\n\n"
        "If it was not you, do nothing: the link went to nobody else.\n\n" + _PARTNER,
    ),
}

NO_TIMES: Final = {
    "English": Template(
        "{practice}: no time for the first visit yet ({code})",
        "Hello{greeting},\n\n"
        "we looked for a time for your first visit, and none that fits is free just now. We call you about "
        "it.\n\n"
        "Should one become free, it stands here, and there you can tell us when you can come: {link}\n\n"
        "The page asks for the patient's birth date first. You can also call us at {phone}.\n\n" + TALK,
    ),
    "Spanish": Template(
        "{practice}: todavía no hay hora para la primera visita ({code})",
        "Hola{greeting}:\n\n"
        "buscamos una hora para su primera visita y ahora mismo no hay ninguna libre que convenga. Le llamaremos "
        "sobre esto.\n\n"
        "Si alguna queda libre, estará aquí, y ahí puede decirnos cuándo puede venir: {link}\n\n"
        "La página pide primero la fecha de nacimiento del paciente. También puede llamarnos al {phone}.\n\n" + HABLAR,
    ),
}
"""What stands in the place of the offer of times where none is free as it leaves."""

OF_ENQUIRY: Final = {
    "partner_receipt": Template(
        "{practice}: your enquiry arrived ({code})",
        "Hello,\n\n"
        "the enquiry you sent on {received} arrived at {practice}. Its reference is {code}. Somebody of ours calls or "
        "writes to you about what your organization needs.\n\n"
        "See how it stands, without a login: {link}\n\n" + _PARTNER,
    ),
    "partner_status": Template(
        "{practice}: your enquiry {code}",
        "Hello,\n\n"
        "the enquiry you sent on {received} (our reference {code}): {status}.{next_step}\n\n"
        "See how it stands, without a login: {link}\n\n" + _PARTNER,
    ),
    "status_link": Template(
        "{practice}: how your enquiry {code} stands",
        "Hello,\n\n"
        "somebody asked for a new link to your enquiry {code}. Here it is; it works for 90 days:\n\n"
        "{link}\n\n"
        "If it was not you, do nothing: the link went to nobody else.\n\n" + _PARTNER,
    ),
}
"""What an organization that asks for services is written in the place of what is said of a referred patient."""

REQUESTED: Final = {
    "English": (
        "we have your request",
        "your request has arrived at {practice}. Its reference is",
        "you asked us to confirm your request",
    ),
    "Spanish": (
        "recibimos su solicitud",
        "su solicitud llegó a {practice}. Su número de referencia es",
        "pidió que confirmáramos su solicitud",
    ),
}
"""In the receipt of a request: what came, what is here, and why they get this mail."""
FETCHED: Final = {
    "English": (
        "your guide",
        "here is the guide that you fetched from {practice}; the link works for 90 days: {guide}\n\nYour reference is",
        "you said we may write to you about this guide and about starting care",
    ),
    "Spanish": (
        "su guía",
        "aquí está la guía que pidió a {practice}; el enlace funciona 90 días: {guide}\n\nSu número de referencia es",
        "dijo que podemos escribirle sobre esta guía y sobre empezar la atención",
    ),
}
"""The same in the receipt of a guide, whose download asks for nothing yet."""
GAPS: Final = ("came", "here", "because")
"""What these fill in a receipt, in their order."""

DESK: Final = {"English": "somebody from our front desk", "Spanish": "alguien de recepción"}
"""Who calls, in the receipt of a request that states no danger."""
FLAGGED: Final = {
    "English": (
        "We put your request before a clinician. Do not wait for our call if it feels urgent: call 911 or go to the "
        "nearest emergency room.\n\n",
        "a clinician or somebody from our front desk",
    ),
    "Spanish": (
        "Un profesional clínico verá su solicitud. No espere nuestra llamada si siente que es urgente: llame al 911 o "
        "vaya a la sala de emergencias más cercana.\n\n",
        "un profesional clínico o alguien de recepción",
    ),
}
"""In the receipt of a request that states a red flag: what stands first, as on the page, and who calls."""

PAPERS: Final[dict[str, dict[str, str]]] = {
    "English": {
        "order": "the order for therapy, signed and dated",
        "order_unsigned": "the order for therapy with its signature and date",
        "order_not_stated": "the order for therapy, signed and dated, if there is one",
        "way_to_reach": "a phone number or e-mail address of the patient or family",
        "event_date": "the date of the surgery or of the discharge",
        "surgery_day": "the day of the surgery: we were told two different days",
        "home_place": "the home ZIP code and town: the two we have do not fit together",
    },
    "Spanish": {
        "order": "la orden para la terapia, firmada y con fecha",
        "order_unsigned": "la orden para la terapia con su firma y fecha",
        "order_not_stated": "la orden para la terapia, firmada y con fecha, si la hay",
        "way_to_reach": "un teléfono o correo del paciente o de la familia",
        "event_date": "la fecha de la cirugía o del alta",
        "surgery_day": "el día de la cirugía: nos dijeron dos días distintos",
        "home_place": "el código postal y la ciudad de la casa: los que tenemos no coinciden",
    },
}
"""What an office or a family is asked for, by blocker."""

HOW_TO_SEND: Final[dict[str, dict[str, str]]] = {
    "English": {
        "papers": "Please tell us at {phone} which doctor orders it, and we ask them: you need not fetch it yourself. "
        "Their office may also send it to us by {by}, with the reference {code}, by fax to {fax}.",
        "answer": "Please call {phone} by {by}, give the reference {code}, and tell us which is right.",
    },
    "Spanish": {
        "papers": "Díganos al {phone} qué médico la ordena y se la pedimos nosotros: no hace falta que la recoja "
        "usted. Su consultorio también puede enviárnosla antes del {by}, con la referencia {code}, por fax al {fax}.",
        "answer": "Llame al {phone} antes del {by}, dé la referencia {code} y díganos cuál es el correcto.",
    },
}
"""How a family sends what its doctor has, and how it answers what only it knows."""
ANSWERED_BY_FAMILY: Final = frozenset({"home_place", "surgery_day"})
"""Blockers that a family ends by a word."""

CLOSED: Final[dict[str, dict[str, str]]] = {
    "English": {
        "evaluated": "the first evaluation has taken place",
        "unable_to_reach": "we could not reach you",
        "patient_declined": "you told us that you do not need it now",
        "out_of_scope": "it is not a service of ours",
        "out_of_area": "it is outside our area",
        "not_covered": "it is not covered",
        "other_provider": "you found another provider",
        "duplicate": "it is the same as another request of yours, which stays open",
        "not_a_match": "we are not the right place for it",
    },
    "Spanish": {
        "evaluated": "la primera evaluación ya se hizo",
        "unable_to_reach": "no logramos comunicarnos con usted",
        "patient_declined": "nos dijo que por ahora no la necesita",
        "out_of_scope": "no es un servicio nuestro",
        "out_of_area": "está fuera de nuestra zona",
        "not_covered": "no está cubierta",
        "other_provider": "encontró otro lugar",
        "duplicate": "es igual a otra solicitud suya, que sigue abierta",
        "not_a_match": "no somos el lugar indicado",
    },
}
"""Why a request was closed, as the family reads it."""

TOLD_FURTHER: Final[dict[str, str]] = {
    "": " and tell you what becomes of it as far as we may",
    "received_only": "; what becomes of it we may tell you only with their permission",
}
"""What whoever referred hears after the receipt, by what they may be told."""
CLOSED_TO_PARTNER: Final[dict[str, str]] = {
    "evaluated": "the first evaluation has taken place",
    "unable_to_reach": "closed, because nobody could be reached",
    "patient_declined": "closed, because the patient or family declined",
    "out_of_scope": "closed, because we do not offer this service",
    "out_of_area": "closed, because the home is outside our area",
    "not_covered": "closed, because it is not covered",
    "other_provider": "closed, because another provider was chosen",
    "not_a_match": "closed, because we are not the right place",
}
"""What became of a referral, as whoever sent it reads it."""
VISIT_TO_PARTNER: Final[dict[str, str]] = {
    "arrived": "they came to the first visit",
    "missed": "they did not come to two visits that were agreed; we go on trying to reach them",
    "not_evaluated": "we told you that the first evaluation has taken place; that was our mistake, it has not",
}
"""What a partner is told of a first visit once it was to be."""
AGREED_TO_PARTNER: Final = "the first visit is agreed"

MONTHS: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip


def in_spanish() -> list[str]:
    """Templates that have a Spanish, in their order."""
    return [name for name, language in TEMPLATES if language == "Spanish"]


def version(template: str) -> str:
    """Twelve letters that change with any word of a template in either language."""
    both = [TEMPLATES[template, language] for language in ("English", "Spanish")]
    said: list[object] = [tuple(each) for each in both]
    if is_receipt(template):
        said += [FLAGGED, REQUESTED, FETCHED]
    if template == "offer":
        said += [tuple(NO_TIMES[language]) for language in ("English", "Spanish")]
    if template in (*OF_A_VISIT, *OF_TREATMENT):
        said.append(VISIT_PLACE)
    if "{with_it}" in both[0].body:
        said.append(WITH_IT)
    if "{then}" in both[0].body:
        said.append(THEN)
    if "{again}" in both[0].body:
        said.append(AGAIN)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def is_receipt(template: str) -> bool:
    """Whether a template has places for what came (`REQUESTED`, `FETCHED`), and for what stands first where a red flag
    was stated (`FLAGGED`)."""
    return "{here}" in TEMPLATES[template, "English"].body
