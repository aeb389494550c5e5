"""Which of the requests that make a lead an office sent itself: of that one it is told, and of no family's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from firstvisit.leads.models import Lead
from firstvisit.people.models import OrganizationPerson
from firstvisit.people.referrers import referrer_token
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.readings import reading_of


def referral_of(part: Part) -> Referral:
    """What a part says of its patient, read once more."""
    each = reading_of(part.item, practice().program_words).each()
    return next(reading.referral for reading in each if reading.number == part.number)


def began(lead: Lead, refers: OrganizationPerson) -> bool:
    """Whether this office's own request opened the lead. One that joined a family's lead is no less a stranger to it
    when it asks again, though by then it stands on the lead as who referred."""
    first = _parts([lead.id]).filter(end="opened").first()
    return first is not None and referrer_token(referral_of(first)) == refers.token


def joined_anothers(item: Item, lead: Lead) -> bool:
    """Whether an item that an office sent joined a lead which somebody else's request had opened."""
    part = Part.objects.filter(item=item, lead=lead).order_by("id").first()
    if part is None or part.end != "joined":
        return False
    token = referrer_token(referral_of(part))
    first = _parts([lead.id]).filter(end="opened").first()
    return first is not None and referrer_token(referral_of(first)) != token


def own_items(asked: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> dict[tuple[uuid.UUID, uuid.UUID], Item]:
    """By lead and office (the id of its `OrganizationPerson`) the first item by which it referred, else the lead's
    first: somebody of ours noted it. Only of a lead of several items is anything read."""
    pairs = set(asked)
    tokens = dict(OrganizationPerson.objects.filter(id__in={who for _, who in pairs}).values_list("id", "token"))
    parts: dict[uuid.UUID | None, list[Part]] = {}
    for part in _parts({lead for lead, _ in pairs}):
        parts.setdefault(part.lead_id, []).append(part)
    found = {}
    for lead, who in pairs:
        if not (theirs := parts.get(lead)):
            continue
        several = len(theirs) > 1
        own = (part for part in theirs if several and referrer_token(referral_of(part)) == tokens.get(who))
        found[lead, who] = next(own, theirs[0]).item
    return found


def _parts(leads: Iterable[uuid.UUID]) -> QuerySet[Part]:
    return Part.objects.filter(lead__in=list(leads)).select_related("item__key", "item__document").order_by("id")
