"""Ends of a document that are no filing: signed as no referral, answered, its red flag looked at."""

from __future__ import annotations

from django.db import transaction

from firstvisit.journey import items
from firstvisit.journey.inbox.holding import held, noted
from firstvisit.journey.inbox.seeing import LEASE
from firstvisit.kernel import audit, clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads import services as leads
from firstvisit.leads.models import Task
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item


def looked(item: Item, by: User, *, actor: Actor, words: str) -> None:
    """A clinician has looked at the red flag of a document, and says what they did."""
    if not by.may("clinical.review"):
        raise NotAllowed("clinical.review")
    if not words.strip():
        raise BadInput([Problem("words", "Say what you found and did.")])
    with transaction.atomic():
        now = clock.now()
        found = Task.objects.filter(about_kind="item", about_id=item.id, kind=items.REVIEW, status="open")
        if not found.update(status="done", result="reviewed", ended_at=now, ended_by=by):
            raise Conflict("somebody has looked at it already")
        noted(item, by, now, words.strip()[:500])
        audit.note(actor, "item_reviewed", "item", [item.id])


def not_a_referral(item: Item, by: User, *, actor: Actor, reason: str) -> None:
    """Sign the whole document as no referral. Conflict while a red flag in it was not looked at."""
    with held(item, by):
        items.sign_not_a_lead(item, by, actor=actor, reason=reason)
        leases.give_back(LEASE, item.id, by.id)


def answered(item: Item, by: User, *, actor: Actor, lead: str, words: str) -> None:
    """A document that asked about a known matter was answered: it ends there, and the lead says what was answered.
    Conflict while a red flag in it was not looked at."""
    found = by_code(lead)
    if found is None or not scope.sees(by, found, now=clock.now()):
        raise BadInput([Problem("lead", "There is no lead of this number that you see.")])
    if not words.strip():
        raise BadInput([Problem("words", "Say what you answered, and to whom.")])
    with held(item, by) as now:
        items.check_looked(item)
        intake.answered_by_a_person(item, found, by=by, at=now)
        said = words.strip()[:500]
        leads.noted(found, "asked_about", actor, at=now, words=said, subject=("item", item.id))
        items.end_tasks(item, by)
        leases.give_back(LEASE, item.id, by.id)
