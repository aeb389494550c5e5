"""The people of a referral as far as it says, and the tokens by which somebody may know them."""

from __future__ import annotations

import uuid
from itertools import islice
from typing import Final, NamedTuple

from firstvisit.kernel import clock
from firstvisit.people.identity import Identity, contact_of, patient_of
from firstvisit.people.keys import block_tokens, strong_keys
from firstvisit.people.matching.described import Described, described
from firstvisit.people.referrers import organization_token, referrer_token
from firstvisit.referral.record import Referral

LOCKED: Final = 12
"""How many blocks of a newcomer are locked."""


class Marks(NamedTuple):
    """The people of a referral and the tokens that they are found and locked by."""

    patient: Identity | None
    contact: Identity | None
    patient_keys: set[uuid.UUID]
    contact_keys: set[uuid.UUID]
    organization: uuid.UUID | None
    referrer: uuid.UUID | None
    described: Described | None
    """The patient as the matcher sees them, where they are named."""
    blocks: dict[int, int]
    """Tokens of the patient's blocks, the most telling first, with what each stands for."""

    @property
    def all(self) -> list[int]:
        """What two ways in at once wait for each other by; the most telling blocks too, so that of two who are
        possibly one the second sees the first."""
        named = [mark for mark in (self.organization, self.referrer) if mark]
        tokens = [mark.int >> 65 for mark in (*self.patient_keys, *self.contact_keys, *named)]
        return [*tokens, *islice(self.blocks, LOCKED)]


def marks_of(referral: Referral) -> Marks:
    """Everything by which somebody may know the people of a referral."""
    patient, contact = patient_of(referral, clock.now().year), contact_of(referral)
    member_ids = [p.member_id for p in referral.payers or () if p.member_id]
    reached_by = [reach for reach in (contact.phone, contact.email) if reach] if contact else []
    named = patient is not None and bool(patient.first_name or patient.last_name)
    who = described(patient, reached_by=reached_by, member_ids=member_ids) if patient and named else None
    return Marks(
        patient,
        contact,
        strong_keys(patient, reached_by=reached_by, member_ids=member_ids) if patient else set(),
        strong_keys(contact) if contact else set(),
        organization_token(referral),
        referrer_token(referral),
        who,
        block_tokens(who) if who else {},
    )
