"""Households: who lives together, as far as is known. Nothing is stored of them.

A household is a patient, the family who speak for them, and the other patients whom that family speaks for. It is
read from who speaks for whom, so a child of two homes stands in both, and lifting or merging a record changes
it at once. Whoever only says that they belong to a patient (`people.strangers`) joins no household to another. An
address in common makes no household: neighbours, clinics and shelters share those.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from firstvisit.people.relations import BY_PROFESSION, KIN

_OTHERS: Final = """
WITH me AS (SELECT coalesce(same_as_id, id) AS id FROM people_person WHERE id = %(patient)s),
records AS (SELECT p.id FROM people_person p, me WHERE p.id = me.id OR p.same_as_id = me.id),
spoke AS (
    SELECT DISTINCT coalesce(p.same_as_id, p.id) AS id
    FROM people_guardian g JOIN people_person p ON p.id = g.guardian_id
    WHERE g.patient_id IN (SELECT id FROM records) AND g.relationship = ANY(%(kin)s) AND NOT g.stranger
),
kin AS (SELECT p.id FROM people_person p JOIN spoke ON p.id = spoke.id OR p.same_as_id = spoke.id)
SELECT DISTINCT coalesce(p.same_as_id, p.id)
FROM people_guardian g JOIN people_person p ON p.id = g.patient_id AND p.erased_at IS NULL
WHERE g.guardian_id IN (SELECT id FROM kin) AND g.relationship = ANY(%(kin)s) AND NOT g.stranger
    AND p.id NOT IN (SELECT id FROM records)
LIMIT 20
"""


def others_at_home(patient: uuid.UUID) -> set[uuid.UUID]:
    """The other patients of a patient's household, twenty at most, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, {"patient": patient, "kin": list(KIN)})
        return {person for (person,) in cursor.fetchall()}


@dataclass(slots=True)
class Kin:
    """The records of a patient, and each record of the others who share a mailbox with them, with who that is."""

    own: set[uuid.UUID] = field(default_factory=set)
    others: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)


_KIN: Final = """
WITH me AS (
    SELECT p.id AS patient, coalesce(p.same_as_id, p.id) AS person
    FROM people_person p WHERE p.id = ANY(%(patients)s)
),
mine AS (
    SELECT patient, person AS record FROM me
    UNION SELECT me.patient, p.id FROM me JOIN people_person p ON p.same_as_id = me.person
),
grown AS (
    SELECT patient, person FROM me
    UNION SELECT mine.patient, coalesce(p.same_as_id, p.id)
    FROM mine
    JOIN people_guardian g ON g.patient_id = mine.record
        AND g.relationship <> ALL(%(by_profession)s) AND NOT g.stranger
    JOIN people_person p ON p.id = g.guardian_id
),
speaks AS (
    SELECT patient, person AS record FROM grown
    UNION SELECT grown.patient, p.id FROM grown JOIN people_person p ON p.same_as_id = grown.person
),
home AS (
    SELECT patient, person FROM grown
    UNION SELECT speaks.patient, coalesce(p.same_as_id, p.id)
    FROM speaks
    JOIN people_guardian g ON g.guardian_id = speaks.record
        AND g.relationship <> ALL(%(by_profession)s) AND NOT g.stranger
    JOIN people_person p ON p.id = g.patient_id
),
records AS (
    SELECT patient, person, person AS record FROM home
    UNION SELECT home.patient, home.person, p.id FROM home JOIN people_person p ON p.same_as_id = home.person
)
SELECT records.patient, records.person, records.record, me.person = records.person FROM records JOIN me USING (patient)
"""


def kin_of(patients: Iterable[uuid.UUID]) -> dict[uuid.UUID, Kin]:
    """With each patient those who speak for them or for whom they speak, and whom those speak for, except by
    profession: what is sent to one may be read by whoever reads for another. One question however many patients."""
    wanted = set(patients)
    found = {patient: Kin({patient}) for patient in wanted}
    if not wanted:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_KIN, {"patients": list(wanted), "by_profession": list(BY_PROFESSION)})
        for patient, person, record, own in cursor.fetchall():
            if own:
                found[patient].own.add(record)
            else:
                found[patient].others[record] = person
    return found
