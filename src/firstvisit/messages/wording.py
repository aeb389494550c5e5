"""What every template is made of: subject, body, and the foot of what a family is sent."""

from __future__ import annotations

from typing import Final, NamedTuple


class Template(NamedTuple):
    """Subject and body with named gaps; what may stand in them is listed in `templates.render`."""

    subject: str
    body: str


FOOT: Final = "{legal_name}\n{address}\n"
TALK: Final = (
    "Rather talk? {phone}. In danger now? Call 911. Thoughts of suicide: call or text 988.\n\n"
    "You get this e-mail because you said we may write to you about your request. To stop e-mail from us: "
    "{stop}\n\n" + FOOT
)
HABLAR: Final = (
    "¿Prefiere hablar? {phone}. ¿Peligro ahora? Llame al 911. Pensamientos de suicidio: llame o envíe "
    "un mensaje al 988.\n\n"
    "Recibe este correo porque dijo que podemos escribirle sobre su solicitud. Para no recibir más correos: "
    "{stop}\n\n" + FOOT
)
