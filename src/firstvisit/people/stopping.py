"""The link that stops mail: signed, without end, and good for nothing else."""

from __future__ import annotations

import uuid

from django.core import signing
from django.db import transaction

from firstvisit.kernel import audit, seal
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.clock import now
from firstvisit.kernel.ids import new_id
from firstvisit.people.consenting import withdraw_consent
from firstvisit.people.models import Person
from firstvisit.people.queries import email_addresses
from firstvisit.people.records import opened

_SALT = "people.stop"


def stop_mark(person: uuid.UUID) -> str:
    """The signed part of a person's stop link."""
    return signing.Signer(salt=_SALT).sign(person.hex)


def person_behind(mark: str) -> Person | None:
    """Whose mail a link stops; None when it is not ours or the person was erased."""
    try:
        person_id = uuid.UUID(hex=signing.Signer(salt=_SALT).unsign(mark))
    except (signing.BadSignature, ValueError):
        return None
    return Person.objects.select_related("key").filter(id=person_id, erased_at__isnull=True).first()


@transaction.atomic
def stop_mail(person: Person, *, actor: Actor) -> None:
    """Stop e-mail to every address of the person, for everyone who shares one, from this moment.

    Every one: the letter may have gone to an address that was the person's before another became known.
    """
    key, moment = seal.open_key(person.key), now()
    addresses = {opened(person, key).email, *email_addresses(person, key)} - {None}
    for address in sorted(filter(None, addresses)):
        withdraw_consent(person=person, channel="email", address=address, source_id=new_id(), at=moment)
    if addresses:
        audit.note(actor, "mail_stopped", "person", [person.id])
