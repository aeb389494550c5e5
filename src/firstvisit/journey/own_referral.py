"""Which of the requests that make a lead an office sent itself: of that one it is told, and of no family's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from firstvisit.kernel.folding import folded
from firstvisit.leads.models import Event, Lead, LeadReferral
from firstvisit.leads.services import read
from firstvisit.people.mailboxes import mailbox
from firstvisit.people.models import OrganizationPerson
from firstvisit.people.referrers import referrer_token, ways_on_file
from firstvisit.practice.queries import practice
from firstvisit.referral.joining_office import KnownBy, is_known_office, is_unknown_office, office_joined
from firstvisit.referral.record import Clinician, Referral, Referrer
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
    """Whether an item that an office sent belongs to a lead which somebody else's request had opened."""
    part = Part.objects.filter(item=item, lead=lead).order_by("id").first()
    if part is None:
        return False
    token = referrer_token(referral_of(part))
    first = _parts([lead.id]).filter(end="opened").first()
    return first is not None and referrer_token(referral_of(first)) != token


def may_follow(item: Item, lead: Lead) -> bool:
    """Whether the office that sent an item and joined somebody else's lead may read how that lead stands: it is the one
    that refers, and the family or one of ours knows it, or its authorization was read."""
    return _refers_now(item, lead) and (is_known_office(reading_now(lead)) or told_of(item, lead))


def told_of(item: Item, lead: Lead) -> bool:
    """Whether a person pressed a letter to whoever sent an item and said that the patient's authorization was read: the
    page behind that letter says no less than it."""
    pressed = Event.objects.filter(lead=lead, name="proposal_answered", data__authorized=True)
    return pressed.filter(data__referrer=str(lead.referrer_id)).exists() and _refers_now(item, lead)


def _refers_now(item: Item, lead: Lead) -> bool:
    part = Part.objects.filter(item=item, lead=lead).order_by("id").first()
    mark = referrer_token(referral_of(part)) if part is not None else None
    return mark is not None and lead.referrer is not None and mark == lead.referrer.token


def reading_now(lead: Lead) -> Referral:
    """The reading of a lead as it stands."""
    return read(LeadReferral.objects.select_related("key").get(lead=lead))


def marked(before: Referral, newer: Referral, both: Referral, *, since: datetime, by_staff: bool = False) -> Referral:
    """The reading of both, which says so where whoever refers, or the way by which they are reached, came with the
    newer one to what somebody else had asked since then. `by_staff`: one of ours typed it and so set who refers."""
    theirs = both.referrer
    if by_staff and is_unknown_office(both) and _reached(newer.referrer) == _reached(theirs):
        return office_joined(both, "staff")
    if referrer_token(both) is None or _reached(theirs) == _reached(before.referrer) or not _named_in(theirs, newer):
        return both
    known_by: KnownBy | None = "staff" if by_staff else "family" if named_before(before, newer, since) else None
    return office_joined(both, known_by)


def named_before(asked: Referral, newer: Referral, since: datetime) -> bool:
    """Whether a request names the office of a newer one as whoever refers or ordered, and that is reached only by
    phones, faxes and mailboxes that were on file for it before then: whoever makes one up has none there."""
    refers = newer.referrer
    office = folded(refers.organization or "")
    if not office:
        return False
    named: list[Referrer | Clinician] = [asked.referrer, asked.ordering]
    named += [*(asked.also_referred or ()), *(asked.also_ordered or ())]
    said = {folded(each.organization or "") for each in named}
    if office not in said and not any(office in folded(each.name or "") for each in named):
        return False
    ways = _reached(refers)
    return bool(ways) and ways <= ways_on_file(newer, before=since)


def _reached(who: Referrer) -> frozenset[str]:
    return frozenset(mailbox(way) for way in (who.phone, who.fax, who.email) if way)


def _named_in(who: Referrer, newer: Referral) -> bool:
    """Whether a request states a way by which whoever refers is reached, or is the one that names them."""
    return bool(_reached(who) & _reached(newer.referrer)) or who.name == newer.referrer.name


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
