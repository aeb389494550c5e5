"""One patient after all: a request whose names or words tell of two is about one, as a person says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from firstvisit.journey.deriving import derived
from firstvisit.journey.flags import ONE
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import FactsRow, Lead, LeadReferral
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.record import ONE_PATIENT, Evidence, Referral
from firstvisit.steps.intake.sources import Reading


def one_patient(lead: Lead, by: User, *, actor: Actor, at: datetime, words: str) -> None:
    """The record of a locked lead says that it is about one patient, the timeline who said so; its clock starts anew.
    Planning it again is the caller's."""
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    key, before = open_key(row.key), services.facts_of_row(FactsRow.objects.get(lead=lead))
    reading = _settled(services.read(row, key), Evidence(place="typed", confirmed_by=str(by.id)))
    services.replace_reading(lead, key, reading, derived(lead, reading, practice(), before=before))
    services.rule(lead=lead, what=ONE, value={}, reason=words or "It is one patient", by=by, actor=actor, at=at)


def each_of_several(readings: Sequence[Reading]) -> list[Reading]:
    """The readings of a delivery about several patients, each of which is about one, whatever its words say of all."""
    if len(readings) < 2:
        return list(readings)
    beside = Evidence(place="one of several in one delivery")
    return [replace(each, referral=_settled(each.referral, beside)) for each in readings]


def _settled(referral: Referral, evidence: Evidence) -> Referral:
    return referral.model_copy(update={"evidence": {**referral.evidence, ONE_PATIENT: evidence}})
