"""The consent ledger: what was agreed to or refused, and a channel that somebody stops."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from firstvisit.kernel.blind import token
from firstvisit.people.identity import contact_of, patient_of
from firstvisit.people.models import ConsentEntry, Person
from firstvisit.people.records import Known
from firstvisit.referral.record import Referral


def consented(
    known: Known, referral: Referral, *, source_kind: str, source_id: uuid.UUID, at: datetime
) -> list[ConsentEntry]:
    """Ledger lines for what was agreed to or refused on this occasion, not yet written.

    `source_kind` is the way in; what came in the person's own words (`OWN_WORDS`) weighs more than what
    somebody reports of them. The moment is that at which they said it. What is said of another phone or e-mail address
    than the one on file allows nothing there.
    """
    addresses = {"email": known.identity.email, "sms": known.identity.phone, "phone": known.identity.phone}
    whole = contact_of(referral) or patient_of(referral, at.year)
    stated = {"email": whole.email, "sms": whole.phone, "phone": whole.phone} if whole is not None else {}
    return [
        ConsentEntry(
            person_id=known.person.id,
            channel=consent.channel,
            given=consent.given,
            wording=consent.wording,
            address=token("reach", address.casefold())
            if (address := addresses.get(consent.channel))
            else None,
            source_kind=source_kind,
            source_id=source_id,
            at=consent.at or at,
        )
        for consent in referral.consents
        if not _of_another(consent.channel, addresses, stated)
    ]


def _of_another(channel: str, addresses: Mapping[str, str | None], stated: Mapping[str, str | None]) -> bool:
    on_file, said = addresses.get(channel), stated.get(channel)
    return bool(on_file and said and on_file.casefold() != said.casefold())


def withdraw_consent(
    *, person: Person, channel: str, address: str, source_id: uuid.UUID, at: datetime
) -> None:
    """Stop a channel for an address, for everyone who shares it, at once."""
    ConsentEntry(
        person=person,
        channel=channel,
        given=False,
        wording="stop",
        address=token("reach", address.casefold()),
        source_kind="preferences",
        source_id=source_id,
        at=at,
    ).save(force_insert=True)
