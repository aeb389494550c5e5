"""Changing the practice, its rules and its accounts. Every change of the practice raises its revision,
and the revision's row is locked first: changes happen one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, ConfigurationError, Conflict, NotAllowed, Problem
from firstvisit.practice import checks, drafting, policy, revisions, signing
from firstvisit.practice.content import PracticeFiles
from firstvisit.practice.loading import Loaded, account_columns, load_all, set_lists
from firstvisit.practice.models import (
    EntryChange,
    PolicyVersion,
    Queue,
    Resource,
    Role,
    SiteRow,
    User,
)
from firstvisit.practice.shape import StaffMember

__all__ = [
    "Loaded",
    "add_user",
    "disable_user",
    "draft_policy",
    "load",
    "publish_policy",
    "set_password",
    "sign_policy",
]


@transaction.atomic
def load(files: PracticeFiles, *, by: str) -> Loaded:
    """Make the practice what the files say: entries by slug, accounts by e-mail.

    A collection of which the files name none is left alone; in every other, what the files no longer name
    is retired (a role: deleted, once no account has it). Accounts are added and changed, never disabled.
    The rules go live only where no version exists yet, as version 1. The same files twice change nothing.
    ConfigurationError, with every problem, when entries do not fit together.
    """
    if found := checks.problems(files):
        raise ConfigurationError(found)
    revision = revisions.lock()
    loaded = Loaded(by, revision)
    load_all(files, loaded)
    EntryChange.objects.bulk_create(loaded.changes)
    if loaded.anything:
        revisions.raise_by_one(revision)
    return loaded


@transaction.atomic
def draft_policy(sections: Mapping[str, Any], *, note: str, drafted_by: User) -> PolicyVersion:
    """Keep a draft of the rules under the next number. Sections left out are as shipped.

    NotAllowed without `practice.edit`; ConfigurationError with every problem of the sections.
    """
    _need(drafted_by, "practice.edit")
    full = policy.read(sections, 0).as_json()
    revisions.lock()
    return drafting.new_draft(full, note=note, by=drafted_by)


@transaction.atomic
def sign_policy(number: int, *, signed_by: User, edits: int | None = None) -> PolicyVersion:
    """A draft goes live and the version before it retires.

    Whoever wrote part of it may sign only where everybody with `rules.sign` did, 24 hours after the last change.
    `edits` is the state of the draft that the signer saw.
    NotAllowed without `rules.sign`; Conflict for an author, for what is no draft or was changed since, without a
    note of what it is for, before its author said that it is ready, and for a draft older than the live version's
    start (sign a fresh draft instead, so that nobody's change is lost unseen); ConfigurationError for rules that the
    practice cannot carry.
    """
    _need(signed_by, "rules.sign")
    revision = revisions.lock()
    draft = PolicyVersion.objects.filter(number=number, status=PolicyVersion.Status.DRAFT).first()
    if draft is None:
        raise Conflict(f"rules version {number} is no draft any more")
    live = PolicyVersion.objects.filter(status=PolicyVersion.Status.LIVE).first()
    if live is not None and live.number > number:
        raise Conflict(f"rules version {live.number} went live after draft {number} was made; draft it anew")
    if edits is not None and draft.edits != edits:
        raise Conflict(f"draft {number} was changed after you opened it; look at it again before you sign")
    if not draft.note:
        raise Conflict(f"nobody said what draft {number} is for; say it in a few words before it is signed")
    if draft.ready_at is None:
        raise Conflict(f"nobody said yet that draft {number} is ready to sign: it is still being written")
    if (why := signing.signing(draft).why_not(signed_by)) is not None:
        raise Conflict(why)
    rules = policy.read(draft.sections, number)
    if found := policy.unmet(rules, drafting.ground()):
        raise ConfigurationError([f"rules, {problem.field}: {problem.message}" for problem in found])
    _go_live(draft, live, signed_by=signed_by)
    revisions.raise_by_one(revision)
    return draft


@transaction.atomic
def publish_policy(
    sections: Mapping[str, Any], *, note: str, drafted_by: User, signed_by: User
) -> PolicyVersion:
    """Draft and sign in one go, or sign the drafter's waiting draft of just these sections.

    Errors are those of `draft_policy` and `sign_policy`; on any of them nothing is kept, so a drafter who
    must wait calls `draft_policy` first.
    """
    full = policy.read(sections, 0).as_json()
    live = PolicyVersion.objects.filter(status=PolicyVersion.Status.LIVE).first()
    drafts = PolicyVersion.objects.filter(
        status=PolicyVersion.Status.DRAFT, drafted_by=drafted_by, sections=full
    ).order_by("number")
    waiting = drafts.filter(number__gt=live.number if live else 0).first()
    draft = waiting or draft_policy(sections, note=note, drafted_by=drafted_by)
    if draft.ready_at is None:
        drafting.mark_ready(draft, drafted_by)
    return sign_policy(draft.number, signed_by=signed_by)


@transaction.atomic
def add_user(
    *,
    email: str,
    name: str,
    role: str,
    sites: Iterable[str] = (),
    queues: Iterable[str] = (),
    resource: str | None = None,
    password: str | None = None,
) -> User:
    """Add an account; role, sites, queues and resource by slug. Without a password nobody can sign in to it.

    BadInput names each field that is wrong, the password's weaknesses among them.
    """
    email, sites, queues = email.strip().lower(), tuple(sites), tuple(queues)
    found = [
        *_missing("role", Role, (role,)),
        *_missing("sites", SiteRow, sites),
        *_missing("queues", Queue, queues),
        *_missing("resource", Resource, (resource,) if resource else ()),
    ]
    try:
        validate_email(email)
    except ValidationError:
        found.append(Problem("email", "enter an e-mail address, such as dana@example.org"))
    if not name.strip():
        found.append(Problem("name", "enter the person's name"))
    if password is not None:
        found += _weaknesses(password, User(email=email, name=name))
    if found:
        raise BadInput(found)
    member = StaffMember(email=email, name=name, role=role, sites=sites, queues=queues, resource=resource)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, **account_columns(member))
    except IntegrityError:
        raise BadInput([Problem("email", "there is an account with this address already")]) from None
    set_lists(user, member)
    return user


@transaction.atomic
def disable_user(*, user: User) -> User:
    """Disable an account and sign it out everywhere; its work keeps its name.

    Conflict when nobody would be left who may manage accounts.
    """
    revisions.lock()  # two administrators who disable each other at the same moment come one after the other
    user = User.objects.select_for_update().get(id=user.id)
    if user.is_active and user.may("users.manage") and not _others_with("users.manage", user):
        raise Conflict("this is the only account that may manage accounts; give another one that right first")
    user.is_active = False
    user.session_epoch += 1
    user.save(update_fields=["is_active", "session_epoch"])
    return user


@transaction.atomic
def set_password(*, user: User, password: str) -> User:
    """Set a password and sign the account out everywhere. BadInput names the password's weaknesses."""
    user = User.objects.select_for_update().get(id=user.id)
    if found := _weaknesses(password, user):
        raise BadInput(found)
    user.set_password(password)
    user.session_epoch += 1
    user.save(update_fields=["password", "session_epoch"])
    return user


def _need(user: User, capability: str) -> None:
    if not user.may(capability):
        raise NotAllowed(capability)


def _others_with(capability: str, user: User) -> bool:
    holders = User.objects.filter(is_active=True, role__capabilities__contains=[capability])
    return holders.exclude(id=user.id).exists()


def _go_live(draft: PolicyVersion, live: PolicyVersion | None, *, signed_by: User | None) -> None:
    if live is not None:
        live.status = PolicyVersion.Status.RETIRED
        live.save(update_fields=["status"])
    draft.status, draft.signed_by, draft.live_from = PolicyVersion.Status.LIVE, signed_by, clock.now()
    draft.save(update_fields=["status", "signed_by", "live_from"])


def _missing(
    field: str, model: type[Role | SiteRow | Queue | Resource], slugs: Iterable[str]
) -> list[Problem]:
    """A problem for each slug that names no entry, or only a retired one."""
    wanted = set(slugs)
    rows = model._default_manager.filter(slug__in=wanted)
    known = {row.slug for row in rows if isinstance(row, Role) or row.retired_at is None}
    return [Problem(field, f"there is no {slug!r}") for slug in sorted(wanted - known)]


def _weaknesses(password: str, user: User) -> list[Problem]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [Problem("password", message) for message in error.messages]
    return []
