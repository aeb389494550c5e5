"""The practice's revision: one change after the other, each noted with what it changed."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from firstvisit.kernel import clock
from firstvisit.practice import queries
from firstvisit.practice.models import EntryChange, PracticeRevision, PracticeSnapshot, User
from firstvisit.practice.shape import Shape, StaffMember


def lock() -> PracticeRevision:
    """Wait until no other transaction changes the practice, and hold the others back until this one ends."""
    PracticeRevision.objects.get_or_create(id=1)
    return PracticeRevision.objects.select_for_update().get(id=1)


def raise_by_one(revision: PracticeRevision) -> int:
    """Raise the locked revision and keep the whole practice as it now is; its number."""
    revision.number += 1
    revision.stamp = uuid.uuid4()
    revision.save()
    if queries.is_set_up():
        PracticeSnapshot.objects.create(
            number=revision.number,
            data=queries.practice_now().model_dump(mode="json"),
            rules=queries.live_policy().number,
        )
    queries.forget()
    transaction.on_commit(queries.forget)
    return revision.number


def change(
    revision: PracticeRevision,
    collection: str,
    name: str,
    before: Shape | None,
    after: Shape | None,
    *,
    by: User | None,
    how: str,
) -> EntryChange:
    """What happened to one entry, not yet written, under the number that the locked revision will have.

    An account is called by its id, and its address is not kept.
    """
    return EntryChange(
        revision=revision.number + 1,
        at=clock.now(),
        made_by=by,
        how=how,
        collection=collection,
        slug=str(User.objects.get(email=name.lower()).id) if collection == "staff" else name,
        before=_kept(before),
        after=_kept(after),
    )


def _kept(entry: Shape | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return entry.model_dump(mode="json", exclude={"email"} if isinstance(entry, StaffMember) else None)
