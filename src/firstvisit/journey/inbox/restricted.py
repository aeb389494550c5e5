"""Whoever speaks in a document and is named in a restriction: said before anything of it is filed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from firstvisit.journey.finding import newest_lead_of
from firstvisit.people.guarding import of_others
from firstvisit.people.identity import Identity, contact_of, sender_of
from firstvisit.practice.models import User
from firstvisit.referral.record import Contact, Referral, Referrer
from firstvisit.referral.vocabulary import e164, email_address
from firstvisit.steps.intake.inbox.weighing import Part


@dataclass(frozen=True, slots=True)
class Warned:
    """That somebody in a document is named in a restriction, in words, and the lead where it stands, if it is in
    scope."""

    text: str
    lead: str


def restricted(parts: Iterable[Part], user: User) -> list[Warned]:
    """What to know of whoever writes or refers in these parts before they are filed; two questions to the database
    where nobody is named anywhere."""
    found = of_others([who for part in parts for who in _speaking(part)], (), ())
    leads = newest_lead_of(user, [each.whose for each in found if each.whose is not None]) if found else {}
    return [Warned(each.text, leads.get(each.whose, "") if each.whose else "") for each in found]


def _speaking(part: Part) -> list[Identity]:
    contact = Contact(
        name=_value(part, "contact.name", str),
        phone=_value(part, "contact.phone", e164),
        email=_value(part, "contact.email", email_address),
    )
    referrer = Referrer(
        name=_value(part, "referrer.name", str),
        phone=_value(part, "referrer.phone", e164),
        email=_value(part, "referrer.email", email_address),
    )
    asks = contact_of(Referral(channel="email", contact=contact))
    refers = sender_of(Referral(channel="email", lead_kind="referral_partner", referrer=referrer))
    return [who for who in (asks, refers) if who is not None]


def _value(part: Part, path: str, read: Callable[[str], str]) -> str | None:
    """A value as restrictions are compared with; None where it is not stated or is none."""
    stated = part.value(path)
    try:
        return read(str(stated)) if stated else None
    except ValueError:
        return None
