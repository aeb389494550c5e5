"""A patient's name, birth date or sex, put right by a person: they stay who they are, and are found by the new value as
by the old one, which is kept beside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from firstvisit.kernel import clock, writes
from firstvisit.people import records
from firstvisit.people.identity import patient_of
from firstvisit.people.marks import marks_of
from firstvisit.people.models import Person, PersonKey
from firstvisit.people.services import compare_again
from firstvisit.referral.record import Referral


def put_right(person: Person, referral: Referral, names: Iterable[str]) -> None:
    """The patient of a lead is called, or was born, as `referral` says it now; `names` are the fields of their identity
    that a person put right. Whoever they may be by it is compared with them. Runs inside the caller's transaction."""
    said = patient_of(referral, clock.now().year)
    if said is None:
        return
    known, marks = records.known(person), marks_of(referral)
    was = known.identity
    identity = replace(was, **{name: getattr(said, name) for name in names})
    identity = replace(identity, also_stated=identity.beside((*(was.also_stated or ()), *was.naming)) or None)
    records.reseal(known.person, known.key, identity, {*known.person.blocks, *marks.blocks})
    kept = PersonKey.objects.filter(person=known.person, token__in=marks.patient_keys)
    held = set(kept.values_list("token", flat=True))
    writes.insert([PersonKey(token=key, person=known.person) for key in marks.patient_keys - held])
    known.identity = identity
    compare_again(known, referral)
