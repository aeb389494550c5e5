"""Whether a link to how a referral stands still opens: staff end those that were given, a restriction does so too."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from firstvisit.journey.verbs import act_on, reason_of
from firstvisit.kernel.audit import Actor
from firstvisit.leads import services
from firstvisit.leads.models import Event, Lead
from firstvisit.people.barring import bars
from firstvisit.people.identity import Identity
from firstvisit.practice.models import User

LINKS_ENDED: Final = "status_links_ended"
"""The event by which links end."""


def link_opens(lead: Lead, sender: Identity | None, *, given_at: datetime) -> bool:
    """Whether a link to how a referral stands that was given then still opens: nobody of ours has ended those given so
    far, and no restriction about the patient names whoever it was given to."""
    if Event.objects.filter(lead=lead, name=LINKS_ENDED, at__gte=given_at).exists():
        return False
    return lead.patient_id is None or sender is None or not bars([lead.patient_id], sender)


def end_status_links(lead: Lead, by: User, *, reason: str, actor: Actor) -> None:
    """No link to how it stands that was given so far opens any more, with a reason; a later letter carries another."""
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        services.noted(locked, LINKS_ENDED, actor, at=now, words=words)

    act_on(lead, by, "leads.work", write, closed=True)


def links_ended(lead: Lead) -> datetime | None:
    """When somebody last ended the links to how a referral stands."""
    return Event.objects.filter(lead=lead, name=LINKS_ENDED).order_by("-id").values_list("at", flat=True).first()
