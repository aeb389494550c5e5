"""Whoever signs a letter or stands in its From line. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding.people.naming import Naming
from firstvisit.steps.intake.understanding.values import names, people_words
from firstvisit.steps.intake.understanding.values.names import NAME

_SIGNED: Final = re.compile(rf"\s*(?:{names.TITLE}\s+)?({NAME})(?=\s*(?:,|$|\||-|–|\(|\n|[-–] \d))")

_INVERTED: Final = re.compile(rf"({NAME}), (?!{names.CREDENTIALS})({NAME})(?:\s*\(.*\))?$")
"""As address books write it: "Okerlund, Trudy"."""


def undersigned(naming: Naming) -> None:
    """Whoever signs or sends a letter writes it, unless somebody else orders."""
    _signature(naming)
    _sender(naming)


def _signature(naming: Naming) -> None:
    party, finding = naming.me(), naming.finding
    signed = [each for each in naming.told.passages if each.zone == "signature" and each.text.strip()]
    for n, passage in enumerate(signed[:3]):
        match = _SIGNED.match(names.without_nickname(passage.text))
        if match is None or passage.asked or not (n == 0 or len(match[1].split()) >= 2):
            continue
        if not names.is_name(match[1]):
            continue
        name = re.sub(r" +", " ", names.trimmed(match[1]))
        orders = any(m.role == "clinician" and m.passage.zone != "signature" for m in finding.mentions)
        if name and not (party == "referrer" and (finding.has("referrer.name") or orders)):
            less = 0.0 if len(name.split()) > 1 else 0.1
            naming.note(party, name, passage, match.start(1), match.start(1) + len(name), "signature", less)
        if party == "contact" and (own := _OWN_BEHIND.match(passage.text, match.end(1))) and (word := people_words.own_relationship(own[1])):
            finding.add("contact.relationship", word, passage, own.start(1), own.end(1), "signature")
        return


_OWN_BEHIND: Final = re.compile(rf"[,(–-]\s*(?:his |her |the |su |la |el )?({people_words.OWN_WORD})\b\s*\)?", re.I)


def _sender(naming: Naming) -> None:
    party, finding, told = naming.me(), naming.finding, naming.told
    sender = _INVERTED.sub(r"\2 \1", (told.sender_name or "").strip().strip("\"'"))
    if not sender or not told.passages or not names.is_name(names.trimmed(sender)):
        return
    if names.is_organization(sender) or (party == "referrer" and finding.has("referrer.name")):
        return
    sender = re.sub(r"\s+[A-Z]\.?$", "", sender)
    clean = re.sub(r"\s*\(.*?\)|,.*$", "", names.trimmed(re.sub(rf"^{names.TITLE}\s+", "", sender)))
    if len(clean.split()) < 2 and finding.has(f"{party}.name"):
        return
    known = finding.values("patient.first_name")
    if party == "patient" and known and sender.split()[0].lower() not in str(known[0].value).lower():
        return
    naming.note(party, clean, told.passages[0], 0, 0, "sender", 0.0 if len(clean.split()) > 1 else 0.2)
