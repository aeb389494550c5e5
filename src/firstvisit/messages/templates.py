"""What messages say. Plain words; no diagnosis, no program, no name of a child in a subject line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from firstvisit.practice.shape import Identity, Site


@dataclass(frozen=True, slots=True)
class Text:
    """A message ready to leave."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class _Template:
    subject: str
    body: str


_TEMPLATES: Final[dict[tuple[str, str], _Template]] = {
    ("receipt", "English"): _Template(
        "{practice}: we have your request ({code})",
        "Hello{greeting},\n\n"
        "your request has arrived at {practice}. Its reference is {code}.\n\n"
        "What happens next: somebody from our front desk calls or writes to you within {minutes} minutes "
        "of our opening hours. You need not send it again.\n\n"
        "Rather talk? {phone}. In danger now? Call 911. Thoughts of suicide: call or text 988.\n\n"
        "You get this e-mail because you asked us to confirm your request. To stop e-mail from us, answer "
        "with the word STOP or call the number above.\n\n"
        "{legal_name}\n{address}\n",
    ),
    ("receipt", "Spanish"): _Template(
        "{practice}: recibimos su solicitud ({code})",
        "Hola{greeting}:\n\n"
        "su solicitud llegó a {practice}. Su número de referencia es {code}.\n\n"
        "Qué sigue: alguien de recepción le llama o le escribe dentro de {minutes} minutos de nuestro "
        "horario. No hace falta enviarla otra vez.\n\n"
        "¿Prefiere hablar? {phone}. ¿Peligro ahora? Llame al 911. Pensamientos de suicidio: llame o envíe "
        "un mensaje al 988.\n\n"
        "Recibe este correo porque pidió que confirmáramos su solicitud. Para no recibir más correos, "
        "responda con la palabra STOP o llame al número de arriba.\n\n"
        "{legal_name}\n{address}\n",
    ),
}


def render(
    template: str, language: str | None, *, practice: Identity, site: Site, code: str, first_name: str | None
) -> Text:
    """Fill a template; English where the language has none. KeyError for an unknown template."""
    words = _TEMPLATES.get((template, language or "English")) or _TEMPLATES[template, "English"]
    values = {
        "practice": practice.name,
        "legal_name": practice.legal_name,
        "address": practice.address,
        "phone": site.phone,
        "minutes": practice.answers_within_minutes,
        "code": code,
        "greeting": f" {first_name}" if first_name else "",
    }
    return Text(words.subject.format(**values), words.body.format(**values))
