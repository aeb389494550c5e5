"""Administering accounts: each verb with its line in the audit log, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db import transaction

from firstvisit.kernel import audit
from firstvisit.kernel.audit import Actor
from firstvisit.practice import services
from firstvisit.practice.models import User


def by_email(email: str) -> User | None:
    """The account with this address, whatever its capitals."""
    return User.objects.select_related("role").filter(email=email.strip().lower()).first()


@transaction.atomic
def add(
    *,
    email: str,
    name: str,
    role: str,
    sites: Iterable[str],
    queues: Iterable[str],
    resource: str | None,
    password: str | None,
    actor: Actor,
    why: str,
) -> User:
    """Add an account; errors are those of `services.add_user`."""
    user = services.add_user(
        email=email, name=name, role=role, sites=sites, queues=queues, resource=resource, password=password
    )
    audit.note(actor, "account_added", "user", [user.id], why=why)
    return user


@transaction.atomic
def disable(user: User, *, actor: Actor, why: str) -> User:
    """Nobody signs in to it any more; Conflict for the last one that may manage accounts."""
    user = services.disable_user(user=user)
    audit.note(actor, "account_disabled", "user", [user.id], why=why)
    return user


@transaction.atomic
def enable(user: User, *, actor: Actor, why: str) -> User:
    """A disabled account may sign in again, with the password it had."""
    user = User.objects.select_for_update().get(id=user.id)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.note(actor, "account_enabled", "user", [user.id], why=why)
    return user


@transaction.atomic
def set_password(user: User, password: str, *, actor: Actor, why: str) -> User:
    """A new password; signed out everywhere. BadInput names the password's weaknesses."""
    user = services.set_password(user=user, password=password)
    audit.note(actor, "password_set", "user", [user.id], why=why)
    return user


@transaction.atomic
def reset_second_factor(user: User, *, actor: Actor, why: str) -> int:
    """Forget authenticator app and recovery codes and sign out everywhere; the number of factors removed.

    At the next sign-in the person sets a second factor up anew.
    """
    user = User.objects.select_for_update().get(id=user.id)
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    audit.note(actor, "second_factor_reset", "user", [user.id], why=why)
    return removed
