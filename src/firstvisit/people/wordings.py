"""The exact words people agree to. A changed text is a new version; old versions stay in the database."""

from __future__ import annotations

import hashlib
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
    Wording(
        "email-guide",
        1,
        "English",
        "You may e-mail me about this guide and about starting care. E-mail is not encrypted on its whole way; I can "
        "stop it at any time.",
    ),
    Wording(
        "email-guide",
        1,
        "Spanish",
        "Pueden escribirme por correo electrónico sobre esta guía y sobre empezar la atención. El correo no va cifrado "
        "en todo el trayecto; puedo detenerlo en cualquier momento.",
    ),
    Wording(
        "call-email",
        1,
        "English",
        "May we e-mail you about this request? E-mail is not encrypted on its whole way; you can stop it at any time.",
    ),
    Wording(
        "call-text",
        1,
        "English",
        "May we text you about this request? You can reply STOP at any time. No advertising.",
    ),
    Wording(
        "call-voicemail",
        1,
        "English",
        "May we leave a voicemail with our name and number at this number?",
    ),
)


LANGUAGES: Final = {"English": "", "Spanish": ":es"}
"""How the ledger marks the language in which somebody was shown a wording."""


def text(slug: str, language: str = "English") -> str:
    """The newest text of a wording in a language, English where there is none."""
    return _newest(slug, language).text


def mark(slug: str, language: str = "English") -> str:
    """What the ledger keeps of a wording shown in a language: "email-receipt:1", "email-receipt:1:es"."""
    shown = _newest(slug, language)
    return f"{slug}:{shown.version}{LANGUAGES[shown.language]}"


def version(slug: str) -> str:
    """Twelve letters that change with the newest text of a wording in any language."""
    texts = [(language, text(slug, language)) for language in LANGUAGES]
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:12]


def _newest(slug: str, language: str) -> Wording:
    fitting = [w for w in WORDINGS if w.slug == slug and w.language == language] or [
        w for w in WORDINGS if w.slug == slug and w.language == "English"
    ]
    return max(fitting, key=lambda wording: wording.version)
