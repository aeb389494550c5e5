"""Changing one entry of the practice: what a manager saves, retires and returns to, each as a revision.

Every verb holds the whole practice against `checks` as it would then stand, writes the entry and what was
changed in it, raises the revision and leaves an audit row, in one transaction. What was wrong elsewhere before
does not stand in the way; what would become wrong does, and is named by field.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.db import transaction
from pydantic import ValidationError

from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.practice import checks, completing, loading, problems, queries, references, revisions, vital
from firstvisit.practice.content import KINDS, Kind, PracticeFiles
from firstvisit.practice.models import ROWS, EntryChange, IdentityRow, PracticeRevision, Role, User
from firstvisit.practice.shape import Identity, Shape

IDENTITY: Final = "identity"
"""The one entry that is a collection of its own; its slug is the same word."""
CAPABILITY: Final = {"roles": "users.manage", "staff": "users.manage"}
"""What a collection takes to change where it is not `practice.edit`."""
ENTRIES: Final[dict[str, Kind]] = {kind.collection: kind for kind in KINDS if kind.collection != "staff"}
"""The collections of this module. Accounts have verbs of their own in `staffing`."""


_NOT_AFTER_TODAY: Final = ("verified_on", "as_of")
_NOT_BEFORE_TODAY: Final = ("status_until",)

Change = tuple[str, str, Shape | None, Shape | None, str]
"""Collection, name, the entry before and after, and how it came."""


class ChangedMeanwhile(Conflict):
    """Somebody saved the entry after it was opened. `entry` is how it stands now, by whom and when if known."""

    def __init__(self, entry: Shape, change: EntryChange | None) -> None:
        self.entry = entry
        self.who = (
            change.made_by.name if change and change.made_by else (change.how if change else "somebody")
        )
        self.at: datetime | None = change.at if change else None
        super().__init__(
            "the entry was changed after you opened it; look at what is there now and save again"
        )


@dataclass(frozen=True, slots=True)
class Saved:
    """What a verb did: the entry's slug, whether anything changed, and the practice's revision."""

    slug: str
    changed: bool
    revision: int


def stamp(entry: Shape) -> str:
    """A short mark of an entry's content: a form carries it, so that a second editor is noticed."""
    text = json.dumps(entry.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def capability_for(collection: str) -> str:
    """What one must be able to do to change this collection."""
    return CAPABILITY.get(collection, "practice.edit")


def entry(collection: str, slug: str) -> Shape | None:
    """One entry as it stands; None where it is not, or not any more, part of the practice."""
    if collection == IDENTITY:
        row = IdentityRow.objects.first()
        return row.shape() if row else None
    if collection == "roles":
        role = Role.objects.filter(slug=slug).first()
        return role.shape() if role else None
    found = ROWS[collection]._default_manager.filter(slug=slug, retired_at=None).first()
    return found.shape() if found else None


@transaction.atomic
def add_entry(*, collection: str, values: Mapping[str, Any], by: User, actor: Actor) -> Saved:
    """Add an entry; without a slug it gets one from its name. BadInput names every field that is wrong."""
    _need(by, collection)
    said = dict(values)
    said["slug"] = said.get("slug") or slug_of(str(said.get("name") or said.get("vendor") or ""))
    revision = revisions.lock()
    before = queries.as_files()
    added = _shaped(collection, said)
    slug: str = getattr(added, "slug")  # noqa: B009  (every shape of ENTRIES has one)
    if _taken(collection, slug):
        raise BadInput([Problem("slug", f"{slug!r} is taken, perhaps by a retired entry; choose another")])
    return _keep(revision, before, collection, slug, None, added, by, actor, "added")


@transaction.atomic
def change_entry(
    *, collection: str, slug: str, values: Mapping[str, Any], seen: str, by: User, actor: Actor
) -> Saved:
    """Save an entry that was opened with the stamp `seen`. Unchanged values change nothing.

    BadInput names every field that is wrong; ChangedMeanwhile when somebody else saved it since; Conflict when
    it is no part of the practice any more; NotAllowed.
    """
    _need(by, collection)
    revision = revisions.lock()
    before = queries.as_files()
    standing = _standing(collection, slug)
    fixed = {} if collection == IDENTITY else {"slug": slug}
    wanted = _shaped(collection, {**values, **fixed})
    if seen != stamp(standing) and wanted != standing:
        raise ChangedMeanwhile(standing, last_change(collection, slug))
    return _keep(revision, before, collection, slug, standing, wanted, by, actor, "changed")


@transaction.atomic
def retire_entry(*, collection: str, slug: str, by: User, actor: Actor) -> Saved:
    """Take an entry out of the practice. It leaves the lists that merely name it (a payer a clinician accepts);
    BadInput says what cannot be without it. What is under way with it, `journey.changing` looks at first.
    """
    _need(by, collection)
    revision = revisions.lock()
    before = queries.as_files()
    standing = _standing(collection, slug)
    if collection == IDENTITY:
        raise Conflict("a practice has an identity; change it instead")
    after = references.without(before, collection, slug)
    _refuse(before, after, collection, slug)
    changed = [(collection, slug, standing, None), *references.changed(before, after)]
    changes: list[Change] = [
        (where, name, old, new, "retired" if new is None else "left a list")
        for where, name, old, new in changed
    ]
    return _written(revision, changes, by, actor, "practice_retired")


@transaction.atomic
def return_entry(*, change: int, to: Literal["before", "after"], by: User, actor: Actor) -> Saved:
    """Make an entry what it was before or after an earlier change; a retired one comes back.

    BadInput when the practice around it no longer allows that; Conflict for what was nothing then.
    """
    past = EntryChange.objects.filter(id=change).first()
    if past is None or past.collection == "staff":
        raise Conflict("there is no such change to return to")
    _need(by, past.collection)
    revision = revisions.lock()
    data = past.before if to == "before" else past.after
    if data is None:
        raise Conflict("at that moment the entry was no part of the practice; retire it instead")
    before = queries.as_files()
    wanted = _shaped(past.collection, data)
    standing = entry(past.collection, past.slug)
    return _keep(revision, before, past.collection, past.slug, standing, wanted, by, actor, "returned")


@transaction.atomic
def verify_place(*, slug: str, by: User, actor: Actor) -> Saved:
    """Note that somebody asked the other place today and what we say of it is still so."""
    standing = _standing("places", slug)
    today = clock.now().astimezone(queries.home_zone()).date()
    values = {**standing.model_dump(mode="json"), "verified_on": today.isoformat()}
    seen = stamp(standing)
    return change_entry(collection="places", slug=slug, values=values, seen=seen, by=by, actor=actor)


def last_change(collection: str, slug: str) -> EntryChange | None:
    """The newest change of an entry."""
    changes = EntryChange.objects.filter(collection=collection, slug=slug).select_related("made_by")
    return changes.order_by("-id").first()


def slug_of(name: str) -> str:
    """ "Hand & wrist therapy" as a slug: hand_wrist_therapy."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:60]


def _keep(
    revision: PracticeRevision,
    before: PracticeFiles,
    collection: str,
    slug: str,
    standing: Shape | None,
    wanted: Shape,
    by: User,
    actor: Actor,
    how: str,
) -> Saved:
    if wanted == standing:
        return Saved(slug, False, revision.number)
    if how != "returned":
        _refuse_days(standing, wanted)
    _refuse(before, references.with_entry(before, collection, wanted), collection, slug)
    changes: list[Change] = [(collection, slug, standing, wanted, how)]
    return _written(revision, changes, by, actor, f"practice_{how}")


def _written(
    revision: PracticeRevision,
    changes: list[Change],
    by: User,
    actor: Actor,
    verb: str,
) -> Saved:
    """Write each change under one new revision; the first is what was asked for."""
    noted, before = [], vital.unheld()
    for collection, name, old, new, how in changes:
        noted.append(revisions.change(revision, collection, name, old, new, by=by, how=how))
        loading.write_entry(collection, name, new)
    EntryChange.objects.bulk_create(noted)
    collection, slug = changes[0][:2]
    if lost := [capability for capability in vital.unheld() if capability not in before]:
        raise BadInput([Problem("capabilities", vital.words(lost))])
    audit.note(actor, verb, "practice", [collection, slug])
    return Saved(slug, True, revisions.raise_by_one(revision))


def _refuse_days(standing: Shape | None, wanted: Shape) -> None:
    """BadInput where a day that was entered now is on the wrong side of today; one that stood before may stay."""
    today, found = clock.now().astimezone(queries.home_zone()).date(), list[Problem]()
    for field in (*_NOT_AFTER_TODAY, *_NOT_BEFORE_TODAY):
        day = getattr(wanted, field, None)
        if day is None or day == getattr(standing, field, None):
            continue
        if field in _NOT_AFTER_TODAY and day > today:
            found.append(Problem(field, f"{day} is still to come; enter the day on which it was looked up."))
        if field in _NOT_BEFORE_TODAY and day < today:
            found.append(Problem(field, f"{day} is over already; enter a day to come, or leave it empty."))
    if found:
        raise BadInput(found)


def _refuse(before: PracticeFiles, after: PracticeFiles, collection: str, name: str) -> None:
    """BadInput with what would no longer hold and held before: at the field, or with the other entry named."""
    known = set(checks.findings(before))
    found = [
        Problem(one.field, one.message)
        if (one.collection, one.name) == (collection, name if collection != IDENTITY else "")
        else Problem("", references.words(one, after))
        for one in checks.findings(after)
        if one not in known
    ]
    if found:
        raise BadInput(found)


def _shaped(collection: str, values: Mapping[str, Any]) -> Shape:
    shape = Identity if collection == IDENTITY else ENTRIES[collection].shape
    try:
        return shape.model_validate(completing.completed(collection, values))
    except ValidationError as error:
        raise BadInput(problems.of(error)) from None


def _standing(collection: str, slug: str) -> Shape:
    standing = entry(collection, slug)
    if standing is None:
        raise Conflict("this is no part of the practice any more; somebody retired it meanwhile")
    return standing


def _taken(collection: str, slug: str) -> bool:
    if collection == "roles":
        return Role.objects.filter(slug=slug).exists()
    return ROWS[collection]._default_manager.filter(slug=slug).exists()


def _need(by: User, collection: str) -> None:
    if collection != IDENTITY and collection not in ENTRIES:
        raise NotAllowed("practice.edit")
    if not by.may(capability_for(collection)):
        raise NotAllowed(capability_for(collection))
