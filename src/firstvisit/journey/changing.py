"""Taking something out of the practice while work stands on it: where the work goes, or why it cannot go.

`practice.changing` and `practice.staffing` do what concerns the practice alone; these verbs first settle the
leads, in the same transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from firstvisit.journey import retiring
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import left_over
from firstvisit.journey.verbs import LEASE
from firstvisit.kernel import clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.leads import scope, services
from firstvisit.leads.models import Lead, Ruling, Task
from firstvisit.practice import changing, queries, staffing
from firstvisit.practice.changing import Saved
from firstvisit.practice.models import Queue, Resource, User
from firstvisit.steps.booking import supplying
from firstvisit.steps.routing.policy import Routing
from firstvisit.steps.routing.rules import queue_for

BOOKED: Final = ("resources", "sites")
"""Collections of which an entry decides when visits can be."""
CODES = 8
"""Leads named on screen; of the rest the number is said."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Open work that stands on an entry: leads by code (the first few), how many in all, tasks beside them, and how
    many visits to come at which site."""

    codes: tuple[str, ...]
    leads: int
    tasks: int
    at_sites: tuple[tuple[str, int], ...] = ()

    @property
    def visits(self) -> int:
        return sum(number for _, number in self.at_sites)

    @property
    def any(self) -> bool:
        return bool(self.leads or self.tasks or self.at_sites)


def standing_on(collection: str, slug: str) -> Standing:
    """What is under way with a site, program, payer, queue, account (by its id), or whoever and whatever can be booked;
    of others nothing."""
    match collection:
        case "sites":
            return _standing(Q(site=slug), Q(site=slug))
        case "programs":
            return _standing(Q(facts__program=slug), None)
        case "payers":
            return _standing(Q(facts__payer=slug), None)
        case "queues":
            return _standing(Q(owner_queue__slug=slug), Q(owner_queue__slug=slug))
        case "staff":
            found = _standing(Q(owner_user=slug), Q(owner_user=slug))
            return replace(found, at_sites=_visits_of(Resource.objects.filter(users__id=slug)))
        case "resources":
            return Standing((), 0, 0, _visits_of(Resource.objects.filter(slug=slug)))
    return Standing((), 0, 0)


@transaction.atomic
def retire_entry(
    *, collection: str, slug: str, by: User, actor: Actor, move_to: str = "", knowing: bool = False
) -> Saved:
    """Take an entry out of the practice. A site or a queue with open work is refused; a queue's work may move to
    another queue (`move_to`). A program or payer with open leads goes once `knowing` says that they were seen:
    they are judged again without it; so does whoever and whatever can be booked, with visits to come. BadInput,
    Conflict and NotAllowed say what is in the way.
    """
    stands = standing_on(collection, slug)
    if collection == "queues" and stands.any and move_to:
        _move_queue(slug, move_to, by, actor, clock.now())
    elif collection in ("programs", "payers") and stands.leads and not knowing:
        words = f"{stands.leads} open lead{'s' if stands.leads > 1 else ''} would be judged again without it"
        raise BadInput([Problem("knowing", f"{words}: say that this is meant")])
    with left_over.meant(knowing or collection not in BOOKED):
        saved = changing.retire_entry(collection=collection, slug=slug, by=by, actor=actor)
    word = {"sites": "site", "queues": "queue"}.get(collection)
    if word and (found := retiring.needed([f"{word} {slug}"])):
        raise Conflict("; ".join(found))  # and nothing was changed
    return saved


@transaction.atomic
def disable_member(*, user_id: uuid.UUID, by: User, actor: Actor, last_day: date | None = None) -> int:
    """Disable an account; each open lead the person held returns to the queue of its route. How many did. Of whoever
    can be booked `last_day` is the last day for that; without it they can be booked on as before.

    Conflict for one's own account and for the last that may do what is vital; NotAllowed.
    """
    staffing.disable_member(user_id=user_id, by=by, actor=actor)
    resource = Resource.objects.filter(users=user_id).first()
    if resource is not None and last_day is not None:
        supplying.set_last_day(resource, last_day, actor=actor)
    return return_work(user_id, actor=actor)


@transaction.atomic
def change_member(
    *, user_id: uuid.UUID, values: Mapping[str, Any], seen: str, by: User, actor: Actor
) -> tuple[str, ...]:
    """Change an account as `practice.staffing` does; each open lead the person held and may no longer see or work on
    returns to the queue of its route. The codes of those that did."""
    changed = staffing.change_member(user_id=user_id, values=values, seen=seen, by=by, actor=actor)
    return return_lost(actor=actor) if changed else ()


@transaction.atomic
def change_entry(
    *, collection: str, slug: str, values: Mapping[str, Any], seen: str, by: User, actor: Actor, knowing: bool = False
) -> tuple[str, ...]:
    """Change an entry as `practice.changing` does; where a role may do less now, open leads of whoever has it return to
    the queue of their route. The codes of those that did. Where visits to come would no longer fit, it is changed once
    `knowing` says that they were seen: BadInput at the field `left_over.MEANT` before."""
    with left_over.meant(knowing or collection not in BOOKED):
        changing.change_entry(collection=collection, slug=slug, values=values, seen=seen, by=by, actor=actor)
    return return_lost(actor=actor) if collection == "roles" else ()


@transaction.atomic
def return_entry(*, change: int, to: Literal["before", "after"], by: User, actor: Actor) -> tuple[str, ...]:
    """Make an entry what it was at an earlier change, as `practice.changing` does; leads return as after a change."""
    changing.return_entry(change=change, to=to, by=by, actor=actor)
    return return_lost(actor=actor)


def return_lost(*, actor: Actor) -> tuple[str, ...]:
    """Each open lead of somebody who may no longer see it or work on it returns to the queue of its route, however that
    came about. Their codes."""
    found: list[int] = []
    for user in User.objects.filter(id__in=_owners()).order_by("email"):
        held = Lead.objects.filter(owner_user=user, closed_at__isnull=True)
        if user.may("leads.work"):
            held = held.exclude(id__in=scope.leads_for(user).values("id"))
        lost = dict(held.values_list("id", "number"))
        if lost:
            return_work(user.id, actor=actor, only=list(lost))
            found += lost.values()
    return tuple(f"L-{number}" for number in sorted(found))


@transaction.atomic
def return_work(user_id: uuid.UUID, *, actor: Actor, only: Collection[uuid.UUID] | None = None) -> int:
    """Every open lead of an account that is no longer active returns to the queue of its route, with a line on
    its timeline; a closed one, of which a task may be open or come up later, goes there without a word; tasks return to
    the owner of their lead. How many open leads did. `only` these leads of an account that goes on and may not have
    them any more."""
    now = clock.now()
    of = Q() if only is None else Q(id__in=only)
    held = _lock(Lead.objects.filter(of, owner_user=user_id, closed_at__isnull=True))
    Lead.objects.filter(of, assigned_user=user_id).update(assigned_user=None, assigned_at=None)
    for lead in held:
        Ruling.objects.filter(lead=lead, what="owner", withdrawn_at__isnull=True).update(withdrawn_at=now)
        services.noted(lead, "owner_left", actor, at=now, data={"user": str(user_id)})
        leases.give_back(LEASE, lead.id, user_id)
    advance([lead.id for lead in held], now=now)
    if only is None:
        _return_closed(user_id)
    of_leads = Q(lead__isnull=False) if only is None else Q(lead__in=only)
    theirs = Task.objects.filter(of_leads, owner_user=user_id, status="open")
    for task in theirs.select_related("lead"):
        if task.lead is not None:
            Task.objects.filter(id=task.id).update(
                owner_user=task.lead.owner_user_id, owner_queue=task.lead.owner_queue_id
            )
    return len(held)


def _return_closed(user_id: uuid.UUID) -> None:
    """What somebody closed and had until then is its route's: asking the family again comes up weeks later, and telling
    whoever referred how it ended may still be open."""
    shape = queries.practice_now()
    front = queue_for("person_looks", None, shape.identity.home_site, queries.policy().section(Routing), shape)
    route = Coalesce("route_queue", Value(queries.queue_ids()[front]))
    theirs = Lead.objects.filter(owner_user=user_id, closed_at__isnull=False)
    theirs.update(owner_user=None, owner_queue=route)


def _move_queue(slug: str, to: str, by: User, actor: Actor, now: datetime) -> None:
    """Hand every open lead and task of a queue to another, as somebody would by hand."""
    target = queries.practice_now().queues.get(to)
    if target is None or to == slug:
        raise BadInput([Problem("move_to", "choose another queue that its work goes to")])
    held = _lock(Lead.objects.filter(owner_queue__slug=slug, closed_at__isnull=True))
    if target.site is not None and any(lead.site != target.site for lead in held):
        raise BadInput([Problem("move_to", f"{target.name} takes leads of {target.site} only")])
    for lead in held:
        reason = f"The queue {slug} is retired"
        value = {"queue": to}
        services.rule(lead=lead, what="owner", value=value, reason=reason, by=by, actor=actor, at=now)
    row = Queue.objects.get(slug=to)
    Task.objects.filter(retiring.OPEN_TASK, owner_queue__slug=slug).update(owner_queue=row)
    advance([lead.id for lead in held], now=now)


def _visits_of(resources: QuerySet[Resource]) -> tuple[tuple[str, int], ...]:
    one = resources.first()
    return left_over.by_site(left_over.to_come(one.id, clock.now())) if one is not None else ()


def _owners() -> QuerySet[Lead, Any]:
    return Lead.objects.filter(owner_user__isnull=False, closed_at__isnull=True).values("owner_user")


def _lock(leads: QuerySet[Lead]) -> list[Lead]:
    return list(leads.select_for_update(of=("self",)).order_by("id"))


def _standing(of_leads: Q, of_tasks: Q | None) -> Standing:
    leads = Lead.objects.filter(of_leads, closed_at__isnull=True)
    numbers = leads.order_by("number").values_list("number", flat=True)[:CODES]
    tasks = (
        Task.objects.filter(retiring.OPEN_TASK, of_tasks, lead__isnull=True).count()
        if of_tasks is not None
        else 0
    )
    return Standing(tuple(f"L-{number}" for number in numbers), leads.count(), tasks)
