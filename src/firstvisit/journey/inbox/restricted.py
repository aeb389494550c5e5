"""Whoever speaks in a document and is named in a restriction: said before anything of it is filed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from firstvisit.journey.warned import Warned, warned
from firstvisit.people.barring import named_among
from firstvisit.people.guarding import of_others
from firstvisit.people.identity import Identity, contact_of, sender_of
from firstvisit.practice.models import User
from firstvisit.referral.record import Contact, Referral, Referrer
from firstvisit.referral.vocabulary import e164, email_address
from firstvisit.steps.intake.inbox.values import WholeReading
from firstvisit.steps.intake.inbox.weighing import Part


def restricted(parts: Iterable[Part], user: User) -> list[Warned]:
    """What to know of whoever writes or refers in these parts before they are filed; two questions to the database
    where nobody is named anywhere."""
    return warned(of_others([who for part in parts for who in _speaking(part.value)], (), ()), user)


def from_restricted(wholes: Mapping[uuid.UUID, WholeReading]) -> dict[uuid.UUID, bool]:
    """Of documents as they were read those in which somebody named in a restriction writes or refers, and whether that
    is sure; three questions however many documents."""
    return named_among({item: [who for said in _by_part(whole) for who in _speaking(said)]
                        for item, whole in wholes.items()})  # fmt: skip


def _by_part(whole: WholeReading) -> list[Callable[[str], Any]]:
    said: dict[int, dict[str, Any]] = {}
    for value in whole.values:
        said.setdefault(value.patient, {}).setdefault(value.path, value.value)
    return [each.get for each in said.values()]


def _speaking(said: Callable[[str], Any]) -> list[Identity]:
    contact = Contact(
        name=_read(said("contact.name"), str),
        phone=_read(said("contact.phone"), e164),
        email=_read(said("contact.email"), email_address),
    )
    referrer = Referrer(
        name=_read(said("referrer.name"), str),
        phone=_read(said("referrer.phone"), e164),
        email=_read(said("referrer.email"), email_address),
    )
    asks = contact_of(Referral(channel="email", contact=contact))
    refers = sender_of(Referral(channel="email", lead_kind="referral_partner", referrer=referrer))
    return [who for who in (asks, refers) if who is not None]


def _read(stated: Any, read: Callable[[str], str]) -> str | None:
    """A value as restrictions are compared with; None where it is not stated or is none."""
    try:
        return read(str(stated)) if stated else None
    except ValueError:
        return None
