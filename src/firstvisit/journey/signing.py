"""What a draft of the rules asks of who may sign it: one task each from "ready to sign" until it is signed, changed,
dropped or taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

from django.db import transaction

from firstvisit.kernel import clock
from firstvisit.leads.models import Task
from firstvisit.practice import queries, signing
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.policy import Routing

KIND: Final = "sign_rules"
ABOUT: Final = "rules"


@transaction.atomic
def with_tasks(change: Callable[[], PolicyVersion]) -> PolicyVersion:
    """A verb on a draft, and what it asks of whom, in one transaction."""
    version = change()
    settle()
    return version


@transaction.atomic
def settle() -> None:
    """Make the tasks that drafts ready to sign ask for, and end those that nothing asks for any more."""
    wanted: dict[str, tuple[PolicyVersion, User]] = {}
    ready = PolicyVersion.objects.filter(status=PolicyVersion.Status.DRAFT, ready_at__isnull=False)
    for draft in ready.select_related("ready_by"):
        for signer in signing.signing(draft).signers:
            wanted[f"rules:{draft.number}:{draft.edits}:{signer.id}"] = (draft, signer)
    now, open_tasks = clock.now(), Task.objects.filter(about_kind=ABOUT, kind=KIND, status="open")
    open_tasks.exclude(key__in=wanted).update(status="withdrawn", ended_at=now)
    standing = set(Task.objects.filter(key__in=wanted, status="open").values_list("key", flat=True))
    for key, (draft, signer) in wanted.items():
        if key not in standing:
            Task.objects.filter(key=key).update(key=f"{key}:{uuid.uuid4().hex[:8]}")  # said ready once more
            _ask(key, draft, signer)


def number_of(task: Task) -> int:
    """The number of the draft that a task is about."""
    return task.about_id.int


def _ask(key: str, draft: PolicyVersion, signer: User) -> None:
    now, shape = clock.now(), queries.practice()
    site = shape.sites[shape.identity.home_site]
    minutes = queries.policy().section(Routing).later_minutes
    author = draft.ready_by.name if draft.ready_by else "the practice files"
    Task.objects.create(
        key=key,
        about_kind=ABOUT,
        about_id=uuid.UUID(int=draft.number),
        site=site.slug,
        kind=KIND,
        reason=f"Ready to sign, says {author}: {draft.note}"[:200],
        owner_user=signer,
        made_at=now,
        due_at=clocks.due(now, minutes, site),
        minutes=minutes,
    )
