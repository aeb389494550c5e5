"""The exact words people agree to. A changed text is a new version; old versions stay in the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in one language; `slug` names what is agreed to, and `ABOUT` the channel it is about."""

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


ABOUT: Final = {
    "email-receipt": "email",
    "email-guide": "email",
    "text-request": "sms",
    "call-email": "email",
    "call-text": "sms",
    "call-voicemail": "voicemail",
}
"""The channel that somebody allows by agreeing to a wording."""
UNSHOWN: Final = {
    "stop": "They stopped it.",
    "text-start": "They wrote START.",
    "imported:1": "A file says so; in which words they were asked it does not say.",
    "their own words": "They wrote so themselves.",
}
"""What stands in the ledger where no wording of ours was shown."""
LANGUAGES: Final = {"English": "", "Spanish": ":es"}
"""How the ledger marks the language in which somebody was shown a wording."""


def text(slug: str, language: str = "English") -> str:
    """The newest text of a wording in a language, English where there is none."""
    return _newest(slug, language).text


def mark(slug: str, language: str = "English") -> str:
    """What the ledger keeps of a wording shown in a language: "email-receipt:1", "email-receipt:1:es"."""
    return _mark(_newest(slug, language))


def version(slug: str) -> str:
    """Twelve letters that change with the newest text of a wording in any language."""
    texts = [(language, text(slug, language)) for language in LANGUAGES]
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:12]


def quoted(mark: str) -> str | None:
    """The words behind what the ledger keeps; None where no wording of ours has this name, version and language."""
    return next((wording.text for wording in WORDINGS if _mark(wording) == mark), None)


def marks_about(channel: str) -> list[str]:
    """Every wording of ours by which somebody allows a channel, as the ledger names them."""
    return [_mark(wording) for wording in WORDINGS if ABOUT[wording.slug] == channel]


def _mark(wording: Wording) -> str:
    return f"{wording.slug}:{wording.version}{LANGUAGES[wording.language]}"


def _newest(slug: str, language: str) -> Wording:
    fitting = [w for w in WORDINGS if w.slug == slug and w.language == language] or [
        w for w in WORDINGS if w.slug == slug and w.language == "English"
    ]
    return max(fitting, key=lambda wording: wording.version)
