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
    stop: str = ""


@dataclass(frozen=True, slots=True)
class _Template:
    subject: str
    body: str


_TEMPLATES: Final[dict[tuple[str, str], _Template]] = {
    ("receipt", "English"): _Template(
        "{practice}: we have your request ({code})",
        "Hello{greeting},\n\n"
        "your request has arrived at {practice}. Its reference is {code}.\n\n"
        "What happens next: somebody from our front desk calls or writes to you within {within} "
        "of our opening hours. You need not send it again.\n\n"
        "Rather talk? {phone}. In danger now? Call 911. Thoughts of suicide: call or text 988.\n\n"
        "You get this e-mail because you asked us to confirm your request. To stop e-mail from us: "
        "{stop}\n\n"
        "{legal_name}\n{address}\n",
    ),
    ("receipt", "Spanish"): _Template(
        "{practice}: recibimos su solicitud ({code})",
        "Hola{greeting}:\n\n"
        "su solicitud llegó a {practice}. Su número de referencia es {code}.\n\n"
        "Qué sigue: alguien de recepción le llama o le escribe dentro de {within} de nuestro "
        "horario. No hace falta enviarla otra vez.\n\n"
        "¿Prefiere hablar? {phone}. ¿Peligro ahora? Llame al 911. Pensamientos de suicidio: llame o envíe "
        "un mensaje al 988.\n\n"
        "Recibe este correo porque pidió que confirmáramos su solicitud. Para no recibir más correos: "
        "{stop}\n\n"
        "{legal_name}\n{address}\n",
    ),
}


def render(
    template: str,
    language: str | None,
    *,
    practice: Identity,
    site: Site,
    code: str,
    first_name: str | None,
    minutes: int,
    stop: str,
) -> Text:
    """Fill a template; English where the language has none. KeyError for an unknown template.

    `minutes` are business minutes to the promised answer, `stop` the address that stops such mail.
    """
    words = _TEMPLATES.get((template, language or "English")) or _TEMPLATES[template, "English"]
    values = {
        "practice": practice.name,
        "legal_name": practice.legal_name,
        "address": practice.address,
        "phone": site.phone,
        "within": duration(minutes, "Spanish" if language == "Spanish" else "English"),
        "stop": stop,
        "code": code,
        "greeting": f" {first_name}" if first_name else "",
    }
    return Text(words.subject.format(**values), words.body.format(**values), stop)


def duration(minutes: int, language: str = "English") -> str:
    """Business minutes in words: "30 minutes", "2 hours", "1 working day" of eight hours."""
    units = {"English": ("minute", "hour", "working day"), "Spanish": ("minuto", "hora", "día hábil")}[
        language
    ]
    for size, unit in ((480, units[2]), (60, units[1]), (1, units[0])):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit if count == 1 else _PLURAL.get(unit, unit + 's')}"
    return f"{minutes} {units[0]}s"


_PLURAL: Final = {"día hábil": "días hábiles"}
