"""Accounts as people with `users.manage` keep them: who works here, in which role, where."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from firstvisit.kernel import audit
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.practice import accounts, checks, loading, problems, queries, references, revisions, vital
from firstvisit.practice.changing import ChangedMeanwhile, last_change, stamp
from firstvisit.practice.models import PracticeRevision, Queue, User
from firstvisit.practice.shape import StaffMember

CAPABILITY = "users.manage"
PASSWORD_BYTES = 12
"""Of chance in a first password: 96 bits, sixteen letters to type once."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A new account or a new password; the password is shown once and kept nowhere."""

    user: User
    password: str


def member(user_id: uuid.UUID) -> User:
    """An account, disabled ones too. NotAllowed (the web's 404) where there is none."""
    found = User.objects.select_related("role", "resource").filter(id=user_id).first()
    if found is None:
        raise NotAllowed(CAPABILITY)
    return found


def queues_left_empty(user_id: uuid.UUID) -> list[str]:
    """The names of the queues that nobody is in once this account may not sign in any more."""
    theirs = Queue.objects.filter(users=user_id, users__is_active=True, retired_at=None)
    shared = User.queues.through.objects.filter(user__is_active=True).exclude(user=user_id).values("queue")
    return sorted(queue.shape().name for queue in theirs.exclude(id__in=shared))


@transaction.atomic
def add_member(*, values: Mapping[str, Any], by: User, actor: Actor) -> Joined:
    """Add an account with a first password. BadInput names each field that is wrong."""
    _need(by)
    revision = revisions.lock()
    wanted = _shaped(values)
    _refuse(wanted, replacing="")
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        with transaction.atomic():
            user = User.objects.create_user(wanted.email, password, **loading.account_columns(wanted))
    except IntegrityError:
        raise BadInput([Problem("email", "there is an account with this address already")]) from None
    loading.set_lists(user, wanted)
    revisions.change(revision, "staff", user.email, None, wanted, by=by, how="added").save()
    audit.note(actor, "account_added", "user", [user.id])
    revisions.raise_by_one(revision)
    return Joined(user, password)


@transaction.atomic
def change_member(
    *, user_id: uuid.UUID, values: Mapping[str, Any], seen: str, by: User, actor: Actor
) -> bool:
    """Save an account that was opened with the stamp `seen`; whether anything changed.

    Another role, site or queue counts from the next page on. BadInput, ChangedMeanwhile, NotAllowed.
    """
    _need(by)
    revision = revisions.lock()
    user = member(user_id)
    standing, wanted = user.shape(), _shaped(values)
    if wanted == standing:
        return False
    if seen != stamp(standing):
        raise ChangedMeanwhile(standing, last_change("staff", str(user_id)))
    _refuse(wanted, replacing=standing.email)
    lacking = vital.unheld()
    for column, value in {"email": wanted.email, **loading.account_columns(wanted)}.items():
        setattr(user, column, value)
    user.save()
    loading.set_lists(user, wanted)
    if lost := [capability for capability in vital.unheld() if capability not in lacking]:
        raise BadInput([Problem("role", vital.words(lost))])
    revisions.change(revision, "staff", user.email, standing, wanted, by=by, how="changed").save()
    audit.note(actor, "account_changed", "user", [user.id])
    revisions.raise_by_one(revision)
    return True


@transaction.atomic
def disable_member(*, user_id: uuid.UUID, by: User, actor: Actor) -> None:
    """Nobody signs in to it any more. Conflict for one's own account and for the last that may do what is vital.

    What the person held, `journey.changing` gives back in the same transaction.
    """
    _need(by)
    revision = revisions.lock()
    user = member(user_id)
    if user.id == by.id:
        raise Conflict("this is your own account; ask a colleague to disable it")
    if not user.is_active:
        return
    lost = [one for one in vital.unheld(without=user) if one not in vital.unheld()]
    if lost:
        raise Conflict(vital.words(lost))
    _noted(revision, user, by, "disabled")
    accounts.disable(user, actor=actor, why="")
    revisions.raise_by_one(revision)


@transaction.atomic
def enable_member(*, user_id: uuid.UUID, by: User, actor: Actor) -> None:
    """A disabled account may sign in again, with the password it had."""
    _need(by)
    revision = revisions.lock()
    user = member(user_id)
    if user.is_active:
        return
    accounts.enable(user, actor=actor, why="")
    _noted(revision, user, by, "enabled")
    revisions.raise_by_one(revision)


@transaction.atomic
def new_password(*, user_id: uuid.UUID, by: User, actor: Actor) -> Joined:
    """A fresh password for somebody who lost theirs; signed out everywhere."""
    _need(by)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    return Joined(accounts.set_password(member(user_id), password, actor=actor, why=""), password)


@transaction.atomic
def forget_second_factor(*, user_id: uuid.UUID, by: User, actor: Actor) -> int:
    """Forget authenticator app and recovery codes; at the next sign-in a new one is set up."""
    _need(by)
    return accounts.reset_second_factor(member(user_id), actor=actor, why="")


def _noted(revision: PracticeRevision, user: User, by: User, how: str) -> None:
    standing = user.shape()
    before, after = (standing, None) if how == "disabled" else (None, standing)
    revisions.change(revision, "staff", user.email, before, after, by=by, how=how).save()


def _shaped(values: Mapping[str, Any]) -> StaffMember:
    try:
        wanted = StaffMember.model_validate(values)
    except ValidationError as error:
        raise BadInput(problems.of(error)) from None
    return wanted.model_copy(
        update={
            "email": wanted.email.lower(),
            "sites": tuple(sorted(wanted.sites)),
            "queues": tuple(sorted(wanted.queues)),
        }
    )


def _refuse(wanted: StaffMember, *, replacing: str) -> None:
    """BadInput with what would not hold: one address twice, a resource of somebody else, a queue that is gone."""
    if wanted.email != replacing and User.objects.filter(email=wanted.email).exists():
        raise BadInput([Problem("email", "there is an account with this address already")])
    before = queries.as_files()
    others = tuple(one for one in before.staff if one.email != replacing)
    after = references.with_entry(replace(before, staff=others), "staff", wanted)
    known = set(checks.findings(before))
    if found := [
        Problem(one.field or ("resource" if "resource" in one.message else ""), one.message)
        for one in checks.findings(after)
        if one not in known
    ]:
        raise BadInput(found)


def _need(by: User) -> None:
    if not by.may(CAPABILITY):
        raise NotAllowed(CAPABILITY)
