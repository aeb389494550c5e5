"""An office that joined somebody else's request is known after all: a person says so, and it may be told what it says
it may."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from firstvisit.journey.deriving import derived
from firstvisit.journey.verbs import act_on, reason_of
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import FactsRow, Lead, LeadReferral
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.joining_office import is_unknown_office, office_joined

OFFICE_KNOWN: Final = "office_confirmed"
"""The event by which an office that joined is known."""


def confirm_office(lead: Lead, by: User, *, sure: bool, reason: str, actor: Actor) -> None:
    """The record says that one of ours knows the office that joined, the timeline by which word; letters and page go
    on by themselves. `sure`: the family confirmed it, or the patient's authorization was read; BadInput without it, and
    where nobody unknown joined."""
    if not sure:
        raise BadInput([Problem("office_sure", "Say that the family confirmed it or the authorization was read.")])
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        row = LeadReferral.objects.select_related("key").get(lead=locked)
        key = open_key(row.key)
        reading = services.read(row, key)
        if not is_unknown_office(reading):
            raise BadInput([Problem("office_sure", "Nobody waits for this any more.")])
        known = office_joined(reading, "staff", str(by.id))
        before = services.facts_of_row(FactsRow.objects.get(lead=locked))
        services.replace_reading(locked, key, known, derived(locked, known, practice(), before=before))
        services.noted(locked, OFFICE_KNOWN, actor, at=now, words=words)

    act_on(lead, by, "leads.work", write, closed=True)
