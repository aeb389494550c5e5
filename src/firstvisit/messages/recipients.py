"""To whom each message of the outbox goes: a person with their consent, or a referrer at their desk. Batch first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from firstvisit.kernel import seal
from firstvisit.messages.models import BY_ITSELF, Message
from firstvisit.people import queries as people
from firstvisit.people.models import OrganizationPerson
from firstvisit.people.stopping import stop_mark
from firstvisit.reference import zips


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes. `zone` is None where nobody knows where they live; `consent` None: never asked."""

    email: str
    key: seal.OpenKey
    language: str | None
    first_name: str | None
    zone: str | None
    consent: bool | None
    stop: str
    name: str = ""
    """Who it is, for whoever reads a message before it leaves."""

    @property
    def masked(self) -> str:
        """The address with most of the part before the @ hidden: enough to tell whose it is."""
        before, at, after = self.email.partition("@")
        return f"{before[:1]}•••{at}{after}"


def of(messages: Sequence[Message]) -> dict[uuid.UUID, Recipient]:
    """The recipient of each message, by the message's id; one without an address or erased is left out.

    A contact without an address of their own is written to at the patient's, who may have refused that too.
    """
    persons = [message.person_id for message in messages if message.person_id is not None]
    who = people.identities({*persons, *filter(None, map(_spoken_for, messages))})
    consent = people.consents(who, "email")
    patients = _themselves(messages)
    partners = _partners({message.referrer_id for message in messages if message.referrer_id is not None})
    found: dict[uuid.UUID, Recipient] = {}
    for message in messages:
        if message.person_id is None:
            if message.referrer_id in partners:
                found[message.id] = partners[message.referrer_id]
            continue
        identity, key = who.get(message.person_id, (None, None))
        if identity is None or key is None:
            continue
        # The contact agreed to mail, and the address stands with the patient: it is the one that they gave.
        patient = _spoken_for(message) if identity.email is None else None
        holder = patient if patient in who else message.person_id
        address = who[holder][0]
        if address.email is None:
            continue
        theirs = consent.get(message.person_id)
        found[message.id] = Recipient(
            email=address.email,
            key=key,
            language=identity.language or address.language,
            first_name=identity.first_name if _asked(message) and message.id not in patients else None,
            zone=_zone(identity.postal_code or address.postal_code),
            consent=False if consent.get(holder) is False else theirs,
            stop=f"{settings.ENVIRONMENT.address}/stop/{stop_mark(holder)}",
            name=identity.name,
        )
    return found


def _themselves(messages: Sequence[Message]) -> set[uuid.UUID]:
    """Of the answers to requests by themselves those that go to whoever asked in the patient's own name: no mail says
    that name."""
    alone = [message for message in messages if message.cause_kind == BY_ITSELF and message.person_id is not None]
    records = people.same_people(message.person_id for message in alone) if alone else {}  # type: ignore[misc]
    return {each.id for each in alone if each.lead.patient_id in records[each.person_id]}  # type: ignore[index]


def _asked(message: Message) -> bool:
    return message.lead.contact_id == message.person_id or message.cause_kind == BY_ITSELF


def _spoken_for(message: Message) -> uuid.UUID | None:
    """The patient for whom whoever a message goes to speaks; None where it goes to the patient."""
    lead = message.lead
    return lead.patient_id if message.person_id == lead.contact_id != lead.patient_id else None


def _partners(ids: set[uuid.UUID]) -> dict[uuid.UUID | None, Recipient]:
    """Referrers with an e-mail address, in one question."""
    found: dict[uuid.UUID | None, Recipient] = {}
    for row in OrganizationPerson.objects.filter(id__in=ids).select_related("key"):
        key = seal.open_key(row.key)
        value = seal.unseal_json(key, "people_organizationperson", "sealed", row.id, row.sealed)
        if email := value.get("email"):
            found[row.id] = Recipient(str(email), key, None, None, None, None, "", str(value.get("name") or ""))
    return found


def _zone(postal_code: str | None) -> str | None:
    """The recipient's time zone by their ZIP code, when it is known."""
    home = zips.place(postal_code) if postal_code else None
    return home.zone if home else None
