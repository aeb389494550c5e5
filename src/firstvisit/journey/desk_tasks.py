"""Tasks that no plan made: about an item, a way in, or what came for a lead. Nobody but a person ends them."""

from __future__ import annotations

import uuid

from django.db import transaction

from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.policy import Arriving
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import queue_for


def person_looks(
    item_id: uuid.UUID, kind: str, reason: str, *, urgent: bool = False, cause: uuid.UUID | None = None
) -> None:
    """A task about an item, a red flag's with the clinicians: nothing that arrived is ever lost. Once an item, kind and
    `cause`, which is the item itself where nothing else is said."""
    routing, arriving = policy().section(Routing), policy().section(Arriving)
    minutes = arriving.confirm_minutes if kind == "confirm_item" else routing.high_intent_minutes
    minutes = arriving.urgent_minutes if urgent else minutes
    outcome = "clinician_review" if kind == "review_item" else "person_looks"
    _task(f"{item_id}:{kind}:item:{cause or item_id}", "item", item_id, kind, reason, minutes, outcome, urgent=urgent)


def person_looks_at_way(way: WayIn, what: str, reason: str) -> None:
    """A task about a way in: something did not come as it should. Once a way, kind of thing and day."""
    minutes = policy().section(Arriving).confirm_minutes
    key = f"{way.id}:way_differs:{what}:{clock.now().date()}"
    _task(key, "way", way.id, "way_differs", reason, minutes, "person_looks", urgent=False)


def person_looks_on_lead(lead: Lead, kind: str, reason: str, *, urgent: bool) -> None:
    """A task about a lead that the planner neither made nor withdraws, for whoever has the lead."""
    now, arriving = clock.now(), policy().section(Arriving)
    site = practice().sites[lead.site]
    minutes = arriving.urgent_minutes if urgent else arriving.confirm_minutes
    Task.objects.create(
        lead=lead,
        about_kind="lead",
        about_id=lead.id,
        site=lead.site,
        kind=kind,
        reason=reason,
        safety=urgent,
        made_at=now,
        due_at=clocks.due(now, minutes, site),
        minutes=minutes,
        owner_user_id=lead.owner_user_id,
        owner_queue_id=lead.owner_queue_id,
    )


def file_refused(way: WayIn, lying: int) -> None:
    """The task of the day that a folder refused a file, with how many lie there now. Their names may be a patient's:
    the folder says them, and no task does."""
    many = "1 file lies" if lying == 1 else f"{lying} files lie"
    reason = f"{way.name} refused a file; {many} in its folder “refused”, each beside the reason"
    person_looks_at_way(way, "refused", reason)
    key = f"{way.id}:way_differs:refused:{clock.now().date()}"
    Task.objects.filter(key=key, status="open").update(reason=reason)


def tasks_of_way(way: WayIn) -> list[Task]:
    """What is open about a way in, oldest first."""
    return list(Task.objects.filter(about_kind="way", about_id=way.id, status="open").order_by("made_at"))


@transaction.atomic
def way_seen_to(way: WayIn, by: User, *, actor: Actor) -> None:
    """A person has seen to what was open about a way in."""
    if not by.may("items.resolve"):
        raise NotAllowed("items.resolve")
    now = clock.now()
    Task.objects.filter(about_kind="way", about_id=way.id, status="open").update(
        status="done", ended_at=now, ended_by=by
    )
    audit.note(actor, "way_seen_to", "way_in", [way.slug])


def _task(
    key: str,
    about: str,
    about_id: uuid.UUID,
    kind: str,
    reason: str,
    minutes: int,
    outcome: str,
    *,
    urgent: bool,
) -> None:
    """A task of the home site, in the queue to which such an outcome goes."""
    now, shape = clock.now(), practice()
    site = shape.sites[shape.identity.home_site]
    queue = queue_for(outcome, None, site.slug, policy().section(Routing), shape)
    Task.objects.get_or_create(
        key=key,
        defaults={
            "about_kind": about,
            "about_id": about_id,
            "site": site.slug,
            "kind": kind,
            "reason": reason,
            "safety": urgent,
            "made_at": now,
            "due_at": clocks.due(now, minutes, site),
            "minutes": minutes,
            "owner_queue_id": queue_ids()[queue],
        },
    )
