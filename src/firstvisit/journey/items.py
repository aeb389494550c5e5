"""What a person does with an item that could not be judged: try again, or sign that it is no lead.

Nothing that arrived is lost: until one of the two has happened the item waits, sealed, with its task.
"""

from __future__ import annotations

import uuid
from typing import Final

import structlog
from django.db import transaction

from firstvisit.journey.receiving import Receipt, settle
from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice, user_scope
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item

log = structlog.get_logger("journey")

REVIEW: Final = "review_item"
"""The task that a red flag of a document puts before the clinicians."""
LOOK_FIRST: Final = "a clinician looks at the red flag first"

NOT_A_LEAD: Final[dict[str, str]] = {
    "wrong_recipient": "Meant for somebody else",
    "vendor": "An offer to sell something",
    "job_seeker": "Somebody looks for work",
    "records_request": "A request for records",
    "test": "A test or a mistake of ours",
    "nobody_here": "About nobody who is known here",
    "unusable": "Nothing in it can be used",
}
"""Why an item is no lead; signed with the person's name."""


def waiting(item_id: uuid.UUID, by: User) -> Item:
    """An item for whoever settles items. NotAllowed when there is none or it is not theirs to see.

    Theirs are the items that became leads they see, and those without a lead where their task is at their site.
    """
    item = Item.objects.select_related("key", "document").filter(id=item_id).first()
    if item is None or not by.may("items.resolve") or not _in_scope(item, by):
        raise NotAllowed("items.resolve")
    return item


def _in_scope(item: Item, by: User) -> bool:
    became = [part.lead for part in item.parts.select_related("lead") if part.lead is not None]
    if became:
        return all(scope.sees(by, lead, now=clock.now()) for lead in became)
    sites = user_scope(by)
    return sites is None or practice().identity.home_site in sites


def settle_again(item: Item, by: User, *, actor: Actor) -> Receipt:
    """Judge a waiting item once more. Conflict when it still cannot be judged; it then waits on."""
    waiting(item.id, by)
    try:
        receipt = settle(item)
    except Exception as error:
        log.error("settling_failed", item=str(item.id), exc_info=error)
        raise Conflict(f"it still cannot be judged ({type(error).__name__}); it is safely kept") from error
    end_tasks(item, by)
    audit.note(actor, "settled_again", "item", [item.id])
    return receipt


@transaction.atomic
def sign_not_a_lead(item: Item, by: User, *, actor: Actor, reason: str) -> None:
    """End an item's part as no lead, with person and reason. Conflict while a red flag in it was not looked at."""
    if reason not in NOT_A_LEAD:
        raise BadInput([Problem("reason", "Choose why it is no lead.")])
    waiting(item.id, by)
    if not intake.claim(item.id):
        raise Conflict("this item has found its end already")
    check_looked(item)
    intake.sign_not_a_lead(item, by=by, reason=reason, at=clock.now())
    end_tasks(item, by)
    audit.note(actor, "not_a_lead", "item", [item.id], why=reason)


def check_looked(item: Item) -> None:
    """Conflict while no clinician has looked at the red flag of an item."""
    if Task.objects.filter(about_kind="item", about_id=item.id, kind=REVIEW, status="open").exists():
        raise Conflict(LOOK_FIRST)


def end_tasks(item: Item, by: User) -> None:
    """What was open about an item is done, but for a red flag: a clinician ends that, and nothing else."""
    open_tasks = Task.objects.filter(about_kind="item", about_id=item.id, status="open").exclude(kind=REVIEW)
    open_tasks.update(status="done", ended_at=clock.now(), ended_by=by)
