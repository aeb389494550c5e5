"""The exact words people agree to. A changed text is a new version; old versions stay in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    slug: str
    version: int
    language: str
    text: str


WORDINGS: Final = (
    Wording(
        "email-receipt",
        1,
        "English",
        "You may e-mail me about this request. E-mail is not encrypted on its whole way; I can stop it at any time.",
    ),
    Wording(
        "email-receipt",
        1,
        "Spanish",
        "Pueden escribirme por correo electrónico sobre esta solicitud. El correo no va cifrado en todo el "
        "trayecto; puedo detenerlo en cualquier momento.",
    ),
    Wording(
        "text-request",
        1,
        "English",
        "You may text me about this request. Reply STOP at any time. No advertising.",
    ),
    Wording(
        "text-request",
        1,
        "Spanish",
        "Pueden enviarme mensajes de texto sobre esta solicitud. Responda STOP en cualquier momento. Sin publicidad.",
    ),
)


def text(slug: str, language: str = "English") -> str:
    """The newest text of a wording in a language, English where there is none."""
    fitting = [w for w in WORDINGS if w.slug == slug and w.language == language] or [
        w for w in WORDINGS if w.slug == slug and w.language == "English"
    ]
    return max(fitting, key=lambda wording: wording.version).text
