"""Who speaks for a patient, as requests say it: how they are related, and what they say they may decide."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import models

from firstvisit.kernel import clock
from firstvisit.people.authority import Doubt, Others, take_said
from firstvisit.people.models import Guardian, Person, Restriction
from firstvisit.people.queries import same_people
from firstvisit.people.records import Known
from firstvisit.people.relations import relationship_of
from firstvisit.referral.record import Referral


def guard(
    patient: Known,
    contact: Known,
    referral: Referral,
    rows: list[models.Model],
    *,
    maybe: Iterable[uuid.UUID] = (),
    stranger: bool | None = None,
) -> Doubt:
    """Who speaks for whom joins `rows`, once, with what they say they may decide; why a person decides that, or "".
    `maybe` are those the patient may be: what is on file about them counts until somebody decides. `stranger`: whether
    nothing but their word says that they belong to a patient who is known; None where that was not asked."""
    said = referral.contact.authority
    both_known, pair = not (patient.new or contact.new), None
    if both_known:
        pair = Guardian.objects.filter(patient=patient.person, guardian=contact.person).first()
        if pair is not None and pair.stranger and stranger is False:
            pair.stranger = False
            pair.save(update_fields=["stranger"])
        if pair is not None and said is None:
            return ""
    made = pair is None
    if pair is None:
        word = relationship_of(referral.contact.relationship)
        pair = Guardian(
            patient_id=patient.person.id, guardian_id=contact.person.id, relationship=word, stranger=bool(stranger)
        )
        rows.append(pair)
    if said is None:
        return ""
    known = [*maybe, *(() if patient.new else (patient.person.id,))]
    others = _others(known, contact.person) if known else Others()
    doubt = take_said(pair, said, source=referral.channel, at=clock.now(), others=others)
    if not made:
        pair.save(update_fields=["authority", "authority_from", "authority_at"])
    return doubt


def _others(patients: Iterable[uuid.UUID], contact: Person) -> Others:
    """What else is on file about who decides for patients, by whichever of their records."""
    theirs = {record for records in same_people(patients).values() for record in records}
    ordered = Restriction.objects.filter(patient__in=theirs, kind="court_order", lifted_at__isnull=True)
    limited = Guardian.objects.filter(patient__in=theirs).exclude(guardian=contact)
    limits = set(limited.values_list("authority", flat=True))
    return Others(ordered.exists() or "court_order" in limits, "shared" in limits)
