"""What a person decides about two records: one person, two people, or ask first; and taking it back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from firstvisit.kernel.errors import Conflict
from firstvisit.people.models import WAITING, Merge, Person, PersonKey, PossibleMatch
from firstvisit.practice.models import User

CAPABILITY: Final = "people.merge"
"""What it takes to say who is one person and who is not."""
_UNDECIDED: Final[dict[str, Any]] = {"status": "open", "decided_by": None, "decided_at": None}


def lock_pair(pair: PossibleMatch) -> PossibleMatch:
    """Lock a pair with everything that names its people, in the order in which a way in does: their strong keys first,
    then their rows. A way in that recognises one of them waits, and then sees what was decided."""
    people = (pair.known_id, pair.newcomer_id)
    tokens = PersonKey.objects.filter(Q(person__in=people) | Q(person__same_as__in=people))
    keys = sorted({token.int >> 65 for token in tokens.values_list("token", flat=True)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(k) FROM (SELECT unnest(%s::bigint[]) k ORDER BY 1) s", [keys]
        )
    # Without the key lock: rows that name a person may be written meanwhile by whoever holds one of their leads.
    list(Person.objects.select_for_update(no_key=True).filter(id__in=people).order_by("id"))
    return PossibleMatch.objects.select_for_update().get(id=pair.id)


def records(pair: PossibleMatch) -> list[Person]:
    """Every record of either, those merged before too."""
    people = (pair.known_id, pair.newcomer_id)
    standing = set(Person.objects.filter(id__in=people).values_list("same_as", flat=True)) - {None}
    ids = {*people, *standing}
    return list(Person.objects.filter(Q(id__in=ids) | Q(same_as__in=ids)).order_by("id"))


def decide(pair: PossibleMatch, status: str, *, by: User, at: datetime) -> None:
    """Write what was decided about a locked pair. Conflict when somebody was faster."""
    if pair.status not in WAITING:
        raise Conflict("this pair has been decided already")
    pair.status, pair.decided_by, pair.decided_at = status, by, at
    pair.save(update_fields=["status", "decided_by", "decided_at"])


def ask_again(pair: PossibleMatch) -> None:
    """What was decided about a locked pair a moment ago is taken back: it is a question again."""
    pair.status, pair.decided_by, pair.decided_at = "open", None, None
    pair.save(update_fields=["status", "decided_by", "decided_at"])


def reconsider(pair: PossibleMatch, *, by: User, at: datetime) -> None:
    """Two people, it was said of a locked pair, and they are one after all. Conflict when it was not decided so."""
    if pair.status != "different":
        raise Conflict("nobody said of these two that they are two people")
    pair.status, pair.decided_by, pair.decided_at = "same", by, at
    pair.save(update_fields=["status", "decided_by", "decided_at"])


def merge(pair: PossibleMatch, *, by: User, at: datetime, apart: bool = False) -> Merge:
    """The newcomer's record is the known person's: nothing sealed is moved, so taking it back is easy. `apart`: the
    pair had been told apart before.

    Where one of the two was merged since, the records that stand for them are. Conflict when they are one already.
    """
    standing, merged = _standing(pair.known_id), _standing(pair.newcomer_id)
    if standing.id == merged.id:
        raise Conflict("these two records are one person's already")
    followed = list(Person.objects.filter(same_as=merged).values_list("id", flat=True))
    Person.objects.filter(Q(id=merged.id) | Q(id__in=followed)).update(same_as=standing)
    return Merge.objects.create(
        match=pair, merged=merged, standing=standing, followed=followed, apart=apart, by=by, at=at
    )


def undo(merge: Merge, *, by: User, at: datetime) -> None:
    """That they are one person is taken back: records that had followed follow the first again, and the pair is what it
    was before, told apart or a question for a person."""
    if merge.undone_at is not None:
        raise Conflict("this was undone already")
    if Person.objects.filter(id=merge.standing_id, same_as__isnull=False).exists():
        raise Conflict("the record that stands was merged into another since; undo that first")
    Person.objects.filter(id__in=merge.followed).update(same_as=merge.merged_id)
    Person.objects.filter(id=merge.merged_id).update(same_as=None)
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    decided = {"status": "different", "decided_by": by, "decided_at": at} if merge.apart else _UNDECIDED
    PossibleMatch.objects.filter(id=merge.match_id).update(**decided)


def _standing(person_id: uuid.UUID) -> Person:
    person = Person.objects.select_related("same_as").get(id=person_id)
    return person.same_as or person
