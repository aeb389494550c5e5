"""The family shows us its insurance card: a link, a birth date, two photos, and what becomes of them.

The photos are an item of the known lead: they are read, and a person confirms what they say; then the record has it,
and the payer is asked again by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.conf import settings

from firstvisit.journey.arriving import take_enclosed
from firstvisit.journey.verbs import act_on
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads import services
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.people.queries import birth_date_of
from firstvisit.practice.models import User
from firstvisit.steps.intake import card_links
from firstvisit.steps.intake.inbox.card import CARD
from firstvisit.steps.intake.pages import photos
from firstvisit.steps.intake.services import Arrival, OtherBody

MOST: Final = 2
"""Photos of one card: its front and its back."""
NO_BIRTH_DATE: Final = "Nobody has stated the patient's birth date, which the page asks for: note it first."


def address_of(lead: Lead, *, at: dt.datetime) -> str:
    """The whole link, as it stands in a letter or is read out."""
    return f"{settings.ENVIRONMENT.address}/card/{card_links.card_mark(lead, at=at)}"


def may_be_asked(lead: Lead) -> bool:
    """Whether a photo of the card makes sense: of an open lead of somebody whose plan may be asked."""
    return lead.kind != "organization" and lead.closed_at is None


def give_link(lead: Lead, by: User, *, actor: Actor) -> str:
    """A link to read out or to print, good for one use and a week; the timeline says that it was given. BadInput where
    the page could ask for no birth date."""
    given: list[str] = []

    def write(locked: Lead, now: dt.datetime) -> None:
        if locked.kind == "organization":
            raise BadInput([Problem("card", "An organization has no card.")])
        if birth_date_of(locked.patient) is None:
            raise BadInput([Problem("card", NO_BIRTH_DATE)])
        services.noted(locked, "card_link_given", actor, at=now)
        given.append(address_of(locked, at=now))

    act_on(lead, by, "leads.work", write, beside=True)
    return given[0]


def send(text: str, pictures: Sequence[bytes], *, actor: Actor, now: dt.datetime) -> bool:
    """Keep the photos of whoever has a proof; False where it does not hold any more. NoPhoto names the first picture
    that cannot be used; nothing is kept then. Sent twice they are kept once."""
    proven = card_links.proven(text, now=now)
    if proven is None:
        return False
    lead, at = proven
    if card_links.used(lead, since=at):
        return True
    body = photos.as_pdf(pictures)
    about = {"name": f"Insurance card for {code(lead.number)}", "what": "document"}
    arrival = Arrival(CARD, actor, body, "application/pdf", f"{lead.id}:{at.isoformat()}", joins=lead.id, about=about)
    try:
        take_enclosed([arrival], now=clock.now())
    except OtherBody:  # two taps: the first photos are here
        return True
    return True


def sent(text: str, *, now: dt.datetime) -> bool:
    """Whether the photos of this proof are here."""
    proven = card_links.proven(text, now=now)
    return proven is not None and card_links.used(proven[0], since=proven[1])
