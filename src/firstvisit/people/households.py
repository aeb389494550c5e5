"""Households: who lives together, as far as is known. Nothing is stored of them.

A household is a patient, the family who speak for them, and the other patients whom that family speaks for. It is
read from who speaks for whom, so a child of two homes stands in both, and lifting or merging a record changes
it at once. An address in common makes no household: neighbours, clinics and shelters share those.
"""

from __future__ import annotations

import uuid
from typing import Final

from django.db import connection

KIN: Final = (
    "mother", "father", "parent", "guardian", "foster_parent", "grandparent", "spouse", "partner", "daughter", "son",
    "child", "sibling", "relative",
)  # fmt: skip
"""Relationships that make a household; a case manager or teacher speaks for many who have nothing in common."""


_OTHERS: Final = """
WITH me AS (SELECT coalesce(same_as_id, id) AS id FROM people_person WHERE id = %(patient)s),
records AS (SELECT p.id FROM people_person p, me WHERE p.id = me.id OR p.same_as_id = me.id),
spoke AS (
    SELECT DISTINCT coalesce(p.same_as_id, p.id) AS id
    FROM people_guardian g JOIN people_person p ON p.id = g.guardian_id
    WHERE g.patient_id IN (SELECT id FROM records) AND g.relationship = ANY(%(kin)s)
),
kin AS (SELECT p.id FROM people_person p JOIN spoke ON p.id = spoke.id OR p.same_as_id = spoke.id)
SELECT DISTINCT coalesce(p.same_as_id, p.id)
FROM people_guardian g JOIN people_person p ON p.id = g.patient_id AND p.erased_at IS NULL
WHERE g.guardian_id IN (SELECT id FROM kin) AND g.relationship = ANY(%(kin)s)
    AND p.id NOT IN (SELECT id FROM records)
LIMIT 20
"""


def others_at_home(patient: uuid.UUID) -> set[uuid.UUID]:
    """The other patients of a patient's household, twenty at most, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, {"patient": patient, "kin": list(KIN)})
        return {person for (person,) in cursor.fetchall()}
