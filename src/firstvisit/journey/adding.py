"""A lead that somebody of the practice types: on the phone, or for whoever stands at the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from firstvisit.journey.services import Receipt, receive
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Channel
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import Reading, typed

HOWS: Final[dict[str, tuple[str, Channel]]] = {
    "phone": ("On the phone", "phone"),
    "window": ("At the window", "in_person"),
    "voicemail": ("Voicemail", "phone"),
    "email": ("E-mail", "email"),
    "fax": ("Fax or letter", "fax"),
}
"""How it reached whoever types it: the words, and the channel of the record."""


def add_lead(
    by: User, *, actor: Actor, answers: Mapping[str, Any], how: str, repeat_key: str | None = None
) -> Receipt:
    """Keep what was typed and judge it, by the same door as everything else that arrives.

    BadInput names each field that cannot be used; nothing is kept then. The same `repeat_key` twice is one lead.
    """
    if not (by.may("leads.work") and by.may("identity.see")):
        raise NotAllowed("leads.work")
    if how not in HOWS:
        raise BadInput([Problem("how", "Choose how it reached you.")])
    channel = HOWS[how][1]
    who = typed.By(str(by.id), by.name)
    today, programs = clock.now().date(), practice().program_words
    referral = typed.read(answers, by=who, channel=channel, today=today, programs=programs)
    body = typed.kept(answers, by=who, channel=channel)
    source = "walk_in" if how == "window" else "added"
    arrival = Arrival(source, actor, body, "application/json", repeat_key)
    return receive(arrival, Reading(referral), waits=True)
