"""Reading the practice. `practice()` and `policy()` cost nothing most of the time: each process keeps them
and asks once a second whether the revision is still the one it knows."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice import looks, shape
from firstvisit.practice import policy as rules
from firstvisit.practice.content import PracticeFiles
from firstvisit.practice.models import (
    ROWS,
    IdentityRow,
    PolicyVersion,
    PracticeRevision,
    PracticeSnapshot,
    Queue,
    Resource,
    Role,
    SiteRow,
    User,
)
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice

RECHECK_SECONDS = 1.0

Value = TypeVar("Value")
Mark = tuple[int, uuid.UUID | None]

_lock = threading.Lock()
_checked_at = float("-inf")
_mark: Mark | None = None
_kept: dict[str, Any] = {}


def practice() -> Practice:
    """The whole practice. ConfigurationError while nobody has set it up."""
    return _current("practice", _read_practice)


def policy() -> Policy:
    """The rules that are live; number 0 with every default where none was ever published."""
    return _current("policy", lambda mark: live_policy())


def forget() -> None:
    """Read everything again at the next look."""
    global _checked_at, _mark
    with _lock:
        _checked_at, _mark = float("-inf"), None
        _kept.clear()


def user_scope(user: User) -> frozenset[str] | None:
    """The slugs of the sites whose leads the account works with; None is every site.

    Retired sites count, so that an account of a closed site does not suddenly see all the others.
    """
    return frozenset(user.sites.values_list("slug", flat=True)) or None


def home_zone() -> ZoneInfo:
    """The zone of the home site, in which the practice's own days are counted."""
    known = practice()
    return known.sites[known.identity.home_site].tz


def is_set_up() -> bool:
    """Whether the practice has an identity and a site."""
    return IdentityRow.objects.exists() and SiteRow.objects.filter(retired_at=None).exists()


def practice_at(number: int) -> Practice:
    """The practice as it was at a revision. PracticeSnapshot.DoesNotExist."""
    return Practice.model_validate(PracticeSnapshot.objects.get(number=number).data)


def rules_at(number: int) -> Policy | None:
    """The rules that were live at a revision; None where that was not kept."""
    version = PracticeSnapshot.objects.filter(number=number).values_list("rules", flat=True).first()
    if version is None:
        return None
    return policy_version(version) if version else rules.read({}, 0)


def same_practice(one: int, other: int) -> bool:
    """Whether the practice was the same at two revisions, whatever the rules were. False where one is not kept."""
    kept = dict(PracticeSnapshot.objects.filter(number__in=(one, other)).values_list("number", "data"))
    if one not in kept or other not in kept:
        return False
    return {**kept[one], "version": 0} == {**kept[other], "version": 0}


def practice_now() -> Practice:
    """The practice as it stands in this very transaction, past the cache."""
    return _read_practice(_revision())


def live_policy() -> Policy:
    """The live rules, read from the database now."""
    version = PolicyVersion.objects.filter(status=PolicyVersion.Status.LIVE).first()
    if version is None:
        return rules.read({}, 0)
    return rules.read(version.sections, version.number)


def policy_version(number: int) -> Policy:
    """The rules as they were in a version, for verifying an old decision. PolicyVersion.DoesNotExist."""
    return rules.read(PolicyVersion.objects.get(number=number).sections, number)


def as_files() -> PracticeFiles:
    """The practice as it stands, ready to be written to a folder or changed and loaded again."""
    identity = IdentityRow.objects.first()
    accounts = User.objects.filter(is_active=True).select_related("role", "resource").order_by("email")
    return PracticeFiles(
        identity=identity.shape() if identity else None,
        roles=tuple(role.shape() for role in Role.objects.order_by("id")),
        staff=tuple(user.shape() for user in accounts.prefetch_related("sites", "queues")),
        rules=live_policy().as_json(),
        **{collection: tuple(_collection(collection).values()) for collection in ROWS},
    )


def agreement_for(purpose: shape.VendorPurpose, on: date, *, vendor: str = "") -> shape.VendorAgreement | None:
    """The agreement under which a vendor may do this for us on a day; None: the connector stays off.

    With `vendor` only an agreement with that one counts, whatever its capitals. What never leaves our own
    machines (a sandbox, a server on loopback) needs no agreement; whoever asks knows which it is.
    Source: 45 CFR 164.502(e), 164.504(e).
    """
    return next(
        (
            agreement
            for agreement in practice().agreements.values()
            if purpose in agreement.purposes
            and agreement.in_force(on)
            and (not vendor or agreement.vendor.casefold() == vendor.strip().casefold())
        ),
        None,
    )


def _current(name: str, read: Callable[[Mark], Value]) -> Value:
    """The kept value, or a fresh one when the revision moved.

    While one thread asks the database the others go on with what they have.
    """
    global _checked_at, _mark
    if not _lock.acquire(blocking=name not in _kept):
        kept: Value | None = _kept.get(name)
        if kept is not None:
            return kept
        _lock.acquire()
    try:
        if _mark is None or time.monotonic() - _checked_at > RECHECK_SECONDS:
            # The mark is read before the rows: a change in between is noticed at the next look.
            mark = _revision()
            _checked_at = time.monotonic()
            if mark != _mark:
                _kept.clear()
                _mark = mark
        if name not in _kept:
            _kept[name] = read(_mark)
        value: Value = _kept[name]
        return value
    finally:
        _lock.release()


def _revision() -> Mark:
    return PracticeRevision.objects.values_list("number", "stamp").first() or (0, None)


def _read_practice(mark: Mark) -> Practice:
    identity = IdentityRow.objects.first()
    if identity is None:
        raise ConfigurationError(["the practice is not set up yet; run: firstvisit setup"])
    return Practice(
        version=mark[0],
        identity=identity.shape(),
        roles={role.slug: role.shape() for role in Role.objects.order_by("id")},
        **{collection: _collection(collection) for collection in ROWS},
    )


def _collection(name: str) -> dict[str, Any]:
    """The entries in the order of the files: where two programs accept one name, the first counts."""
    rows = ROWS[name]._default_manager.filter(retired_at=None).order_by("id")
    return {row.slug: row.shape() for row in rows}


def queue_ids() -> dict[str, int]:
    """Ids of the queues by slug, retired ones too: old leads still point at them."""
    return _current("queue_ids", lambda mark: dict(Queue.objects.values_list("slug", "id")))


def resource_slugs() -> dict[int, str]:
    """Slugs of the resources by id, retired ones too: old appointments still point at them."""
    return _current("resource_slugs", lambda mark: dict(Resource.objects.values_list("id", "slug")))


def resource_names() -> dict[str, str]:
    """Names of the resources by slug; of retired ones as they were last known."""
    return _current("resource_names", lambda mark: dict(Resource.objects.values_list("slug", "data__name")))


def staffed_queues() -> frozenset[str]:
    """The queues that somebody is in who may sign in and work on leads."""
    accounts = User.objects.filter(is_active=True).select_related("role").prefetch_related("queues")
    return frozenset(queue.slug for user in accounts if user.may("leads.work") for queue in user.queues.all())


def wants_a_look(today: date) -> list[looks.Look]:
    """What in the practice somebody should do something about, on the practice's day `today`."""
    return looks.looks(practice(), staffed_queues(), today)
