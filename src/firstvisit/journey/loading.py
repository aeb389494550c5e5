"""Reading the cases of many leads in a constant number of questions to the database."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import dropwhile
from typing import Any, NamedTuple

from django.db.models import F, Max, Q

from firstvisit.journey import desk
from firstvisit.journey.authorization import loading as authorization
from firstvisit.journey.booking import seen as booking
from firstvisit.journey.booking.seen import Telling
from firstvisit.journey.case import (
    RESTRICTED,
    AppointmentSeen,
    Arrived,
    Assigned,
    AuthorizationSeen,
    Blocker,
    Case,
    CheckSeen,
    Deciders,
    EstimateSeen,
    Flagged,
    InsuredSeen,
    Member,
    MessageSeen,
    TaskSeen,
)
from firstvisit.journey.coverage import insured as coverage
from firstvisit.journey.coverage.told_costs import estimates_of
from firstvisit.journey.coverage.told_facts import as_answered
from firstvisit.journey.deciders import deciders_at
from firstvisit.journey.endings import ATTEMPTS
from firstvisit.journey.flags import as_seen, unseen
from firstvisit.journey.plan.authorization import EVALUATED
from firstvisit.journey.plan.breach import CLOCKED
from firstvisit.journey.status_mail import ASKED
from firstvisit.journey.told import stands, told_by
from firstvisit.kernel import leases
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import Event, Lead, Ruling, Task
from firstvisit.leads.queries import LeadSeen, code, facts_by_lead, rulings_in_force
from firstvisit.messages.models import BY_ITSELF, Message
from firstvisit.people.barring import barred_referrers
from firstvisit.people.queries import possible_matches
from firstvisit.practice.queries import policy
from firstvisit.referral.red_flags import STAFF_ONLY
from firstvisit.steps.coverage.medicare import EVENTS, Episode, episode_of
from firstvisit.steps.intake.models import Part
from firstvisit.steps.routing.policy import Routing

AnyLead = Lead | LeadSeen


def load(
    leads: Iterable[AnyLead], queues: dict[int, str], now: datetime, *, present: bool = False
) -> list[Case]:
    """Cases of many leads. Fourteen questions to the database, sixteen at most, however many leads; three where
    somebody referred them, and more where a restriction about those patients names anybody; six more, at most, to see
    who is present when a clock has broken or a route balances, three to see who may decide where somebody answered
    after a ruling, one where Medicare pays for any of them, and six where a visit is so near that
    reminders look at it.

    `queues` maps queue ids to slugs. `present`: look who is present whatever their clocks say, because other rules may
    break a clock, or balance a route, that nobody could have foreseen from the rows.
    """
    leads = list(leads)
    ids = [lead.id for lead in leads]
    facts = facts_by_lead(ids)
    tasks: dict[uuid.UUID, list[TaskSeen]] = defaultdict(list)
    for lead_id, *columns in Task.objects.filter(lead__among=ids).order_by("made_at").values_list(
        "lead_id", *_TASK_COLUMNS
    ):
        tasks[lead_id].append(_seen(columns, queues))
    rulings = {
        lead_id: {ruling.what: _ruled(ruling) for ruling in found}
        for lead_id, found in rulings_in_force(leads, now=now).items()
    }
    messages: dict[uuid.UUID, dict[str, MessageSeen]] = defaultdict(dict)
    by_itself: dict[uuid.UUID, dict[uuid.UUID, datetime]] = defaultdict(dict)
    planned = Message.objects.filter(lead__among=ids).exclude(cause_kind=ASKED).order_by("made_at")
    for lead_id, key, message, status, ended, why, referrer, person, kind, made_at in planned.values_list(
        "lead_id", "key", "id", "status", "ended_at", "why", "referrer", "person", "cause_kind", "made_at"
    ):
        if kind == BY_ITSELF:
            by_itself[lead_id] |= {person or referrer: made_at} if status not in ("withdrawn", "refused") else {}
            continue
        messages[lead_id][key] = MessageSeen(message, status, ended, why, referrer is not None)
    # In the order in which they were settled: a cause stays the cause when one that arrived before it, and
    # took longer to be judged, joins afterwards. Otherwise a second receipt would be wanted.
    parts: dict[uuid.UUID, list[_Part]] = defaultdict(list)
    for lead_id, item, received_at, at, red_flags, names_patient, clock_from, quiet, source, answer in (
        Part.objects.filter(lead__among=ids)
        .order_by("id")
        .values_list(
            "lead_id", "item_id", "item__received_at", "at", "red_flags", "names_patient", "clock_from", "quiet",
            "item__source", "item__answer",
        )
    ):
        parts[lead_id].append(
            _Part(item, received_at, at, red_flags, names_patient, clock_from or received_at, quiet, source, answer)
        )
    pairs: dict[uuid.UUID, list[tuple[uuid.UUID, datetime]]] = defaultdict(list)
    for newcomer, pair, found_at in possible_matches(lead.patient_id for lead in leads if lead.patient_id):
        pairs[newcomer].append((pair, found_at))
    _mark_restricted(parts)
    elsewhere = _continued_elsewhere(ids) if any(_unnamed(found, None) for found in parts.values()) else {}
    again = _asked_again(leads)
    late = ids if present else _late(leads, tasks, now)
    at_desk = desk.members(now) if late or balances() else None
    in_hand = leases.held("lead", late, now=now) if late else {}
    deciders = deciders_at(lead.site for lead in leads if _answered_since(rulings[lead.id], parts[lead.id]))
    open_ids = [lead.id for lead in leads if lead.closed_at is None]
    episodes = medicare_episodes(lead for lead in ids if facts[lead].payer_kind == "medicare")
    requests = authorization.requests_of(
        lead.id for lead in leads if lead.closed_at is None or lead.closed_how == EVALUATED
    )
    insured, checks, said_to_cost = coverage.of(open_ids), coverage.checks_of(open_ids), estimates_of(open_ids)
    visits, told_emr = booking.with_unfit(booking.appointments_of(ids), now=now), booking.told_of(ids)
    told_nothing = barred_referrers(
        {lead.id: (lead.patient_id, lead.referrer_id) for lead in leads if lead.patient_id and lead.referrer_id}
    )
    return [
        _case(
            lead,
            queues,
            facts[lead.id],
            tasks[lead.id],
            rulings[lead.id],
            messages[lead.id],
            parts[lead.id],
            elsewhere.get(lead.id),
            pairs[lead.patient_id] if lead.patient_id else [],
            again,
            at_desk,
            in_hand.get(lead.id),
            deciders.get(lead.site),
            RESTRICTED if lead.id in told_nothing else lead.referrer_mail,
            by_itself[lead.id],
            insured.get(lead.id, ()),
            checks.get(lead.id, ()),
            episodes.get(lead.id),
            requests.get(lead.id, ()),
            said_to_cost.get(lead.id, ()),
            visits.get(lead.id, ()),
            told_emr.get(lead.id, Telling()),
        )
        for lead in leads
    ]


def _case(
    lead: AnyLead,
    queues: dict[int, str],
    facts: Facts,
    tasks: list[TaskSeen],
    rulings: dict[str, dict[str, Any]],
    messages: dict[str, MessageSeen],
    parts: list[_Part],
    elsewhere: datetime | None,
    possible: list[tuple[uuid.UUID, datetime]],
    again: set[uuid.UUID],
    at_desk: tuple[Member, ...] | None,
    held: leases.Held | None,
    deciders: Deciders | None,
    referrer_mail: str,
    by_itself: dict[uuid.UUID, datetime],
    insured: tuple[InsuredSeen, ...],
    checks: tuple[CheckSeen, ...],
    episode: Episode | None,
    requests: tuple[AuthorizationSeen, ...],
    said_to_cost: tuple[EstimateSeen, ...],
    visits: tuple[AppointmentSeen, ...],
    telling: Telling,
) -> Case:
    tries = [task.ended_at for task in tasks if task.tried and task.ended_at is not None]
    cause, clock_from = round_of([(part.item, part.clock_from) for part in parts if not part.restricted], tries) or (
        lead.id,
        lead.received_at,
    )
    return Case(
        lead=lead.id,
        number=lead.number,
        kind=lead.kind,
        site=lead.site,
        stage=lead.stage,
        outcome=lead.outcome,
        queue=queues[lead.owner_queue_id] if lead.owner_queue_id else None,
        user=str(lead.owner_user_id) if lead.owner_user_id else None,
        blockers=tuple(Blocker(*blocker) for blocker in lead.blockers),
        received_at=lead.received_at,
        closed=lead.closed_at is not None,
        facts=as_answered(
            as_seen(facts, rulings, ((part.item, part.red_flags) for part in parts)), insured, checks
        ),
        cause=cause,
        clock_from=clock_from,
        writes_to=lead.writes_to_id,
        rulings=rulings,
        tasks=tuple(tasks),
        messages=messages,
        planned_under=lead.planned_under,
        judged=lead.judged,
        last_try=max(tries, default=None),
        flagged=tuple(
            Flagged(p.item, p.received_at, p.at, bool(set(p.red_flags) - STAFF_ONLY))
            for p in parts
            if p.red_flags and unseen(rulings, p.item)
        ),
        unnamed=_unnamed(parts, elsewhere),
        possible=tuple(possible),
        answers=round_of([(part.item, part.received_at) for part in _of_the_family(parts)], tries),
        quiet=bool(parts) and all(part.quiet for part in parts),
        arrived=tuple(Arrived(p.item, p.clock_from, p.at) for p in parts if not p.quiet and "outcome" in rulings),
        deciders=deciders,
        closed_at=lead.closed_at,
        closed_how=lead.closed_how,
        asked_again=lead.id in again,
        owner_reason=lead.owner_reason,
        assigned=_assigned(lead, queues),
        route=queues[lead.route_queue_id] if lead.route_queue_id else "",
        roused_at=lead.roused_at,
        unreachable=lead.unreachable,
        referrer=lead.referrer_id,
        referrer_mail=referrer_mail,
        office=lead.referrer_id is not None or lead.organization_id is not None,
        desk=at_desk,
        promised=stands(
            (
                (p.at, told_by(p.source, p.answer, code(lead.number), mailed=facts.may_email))
                for p in parts
                if not p.quiet
            ),
            (
                *(t.ended_at for t in tasks if t.tried and t.ended_at is not None and t.result in ATTEMPTS),
                *(each.booked_at for each in visits if each.booked_at is not None),
            ),
        ),
        in_hand=held.until if held is not None else None,
        answered_apart=by_itself,
        insured=insured,
        checks=checks,
        requests=requests,
        estimates=said_to_cost,
        appointments=visits,
        told_emr=telling.told,
        told_otherwise=telling.stands,
        turn=_turn(parts),
        medicare=episode,
    )


class _Part(NamedTuple):
    item: uuid.UUID
    received_at: datetime
    at: datetime
    red_flags: list[str]
    names_patient: bool
    clock_from: datetime
    quiet: bool
    source: str
    answer: dict[str, Any] | None
    """What its sender was told."""
    restricted: bool = False
    """It joined, and a restriction names whoever sent it: the family waits for nothing by it."""


def _mark_restricted(parts: dict[uuid.UUID, list[_Part]]) -> None:
    """Tell what was kept of somebody whom a restriction names from what the family asked. What they began themselves is
    theirs; one of whom a person said that it was a namesake is quiet no more."""
    asked = [lead for lead, found in parts.items() if any(part.quiet for part in found[1:])]
    if not asked:
        return
    came = Event.objects.filter(lead__among=asked, name="joined", data__restricted=True)
    theirs = set(came.values_list("data__item", flat=True))
    for lead in asked if theirs else ():
        parts[lead] = [part._replace(restricted=part.quiet and str(part.item) in theirs) for part in parts[lead]]



def _turn(parts: list[_Part]) -> datetime | None:
    """When a lead has its turn whose first request waits for it; None where that did not wait."""
    if not parts or parts[0].clock_from <= parts[0].at:
        return None
    return min([parts[0].clock_from, *(part.received_at for part in parts if not part.quiet)])


def _answered_since(rulings: dict[str, dict[str, Any]], parts: list[_Part]) -> bool:
    """Whether anything that somebody waits behind arrived since a person ruled the outcome."""
    ruled = rulings.get("outcome")
    return ruled is not None and any(p.at > datetime.fromisoformat(ruled["at"]) for p in parts if not p.quiet)


def _unnamed(parts: list[_Part], elsewhere: datetime | None) -> tuple[tuple[uuid.UUID, datetime], ...]:
    """What joined a lead of a named patient without a name of its own, and was never continued with one."""
    named = [n for n, part in enumerate(parts) if part.names_patient]
    if not named:
        return ()
    return tuple(
        (part.item, part.received_at)
        for part in parts[named[-1] + 1 :]
        if elsewhere is None or part.received_at > elsewhere
    )


def _continued_elsewhere(ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Leads whose latest form went on under another lead (it named another patient), and when."""
    found = (
        Part.objects.filter(item__joins__in=ids, lead__isnull=False)
        .exclude(lead=F("item__joins"))
        .values("item__joins")
        .annotate(latest=Max("item__received_at"))
    )
    return {row["item__joins"]: row["latest"] for row in found}


def _late(leads: list[AnyLead], tasks: dict[uuid.UUID, list[TaskSeen]], now: datetime) -> list[uuid.UUID]:
    """Leads with a clock that broke, whatever came of it: who has them may have left since, or done nothing."""
    return [
        lead.id
        for lead in leads
        if any(
            task.status == "open" and task.due_at <= now and task.kind in CLOCKED
            for task in tasks.get(lead.id, ())
        )
    ]


def medicare_episodes(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, Episode]:
    """What was noted for Medicare of these leads, of those of which anything was; one question, none without leads."""
    ids = list(leads)
    if not ids:
        return {}
    found: dict[uuid.UUID, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    events = Event.objects.filter(lead__among=ids, name__in=EVENTS).order_by("id")
    for lead, name, data in events.values_list("lead_id", "name", "data"):
        found[lead].append((name, data))
    return {lead: episode_of(entries) for lead, entries in found.items()}


def balances() -> bool:
    """Whether any route gives leads to people by itself."""
    return any(route.assign == "balance" for route in policy().section(Routing).routes)


def _assigned(lead: AnyLead, queues: dict[int, str]) -> Assigned | None:
    if lead.assigned_at is None:
        return None
    queue = queues[lead.assigned_queue_id] if lead.assigned_queue_id else None
    user = str(lead.assigned_user_id) if lead.assigned_user_id else None
    # Whom it was given to may have been taken back (an account that was disabled): then nobody was.
    return Assigned(queue, user, lead.assigned_at, lead.owner_reason) if queue or user else None


def _asked_again(leads: list[AnyLead]) -> set[uuid.UUID]:
    """Closed leads whose patient, or whose contact where no patient is known, has a newer one."""
    closed = [lead for lead in leads if lead.closed_at is not None]
    if not closed:
        return set()
    patients = {lead.patient_id for lead in closed if lead.patient_id}
    contacts = {lead.contact_id for lead in closed if lead.contact_id and not lead.patient_id}
    newest: dict[uuid.UUID | None, int] = {}
    theirs = Q(patient__in=patients) | Q(contact__in=contacts)
    for patient, contact, number in Lead.objects.filter(theirs).values_list("patient_id", "contact_id", "number"):
        for person in (patient, contact):
            newest[person] = max(number, newest.get(person, 0))
    return {lead.id for lead in closed if newest.get(lead.patient_id or lead.contact_id, 0) > lead.number}


def standing_rulings(lead: Lead, now: datetime) -> dict[str, dict[str, Any]]:
    """What was ruled about the person of a lead that is not yet written."""
    return {ruling.what: _ruled(ruling) for ruling in rulings_in_force([lead], now=now)[lead.id]}


def _ruled(ruling: Ruling) -> dict[str, Any]:
    """A ruling as the plan sees it: its value, its id, by whom and when it was made."""
    by = str(ruling.by_id) if ruling.by_id else None
    return {**ruling.value, "ruling": str(ruling.id), "by": by, "at": ruling.at.isoformat()}


def _of_the_family(parts: Iterable[_Part]) -> list[_Part]:
    """What is answered: of a lead that a stranger opened what came once one of the family had asked."""
    loud = [part for part in parts if not part.quiet]
    return list(dropwhile(lambda part: (part.answer or {}).get("apart"), loud)) or loud


def round_of(
    items: list[tuple[uuid.UUID, datetime]], tries: list[datetime]
) -> tuple[uuid.UUID, datetime] | None:
    """The item that began the present round and when it arrived.

    A round begins with the first item after a human try and stays what it is when the next try ends it, so
    that whatever was planned for it is not wanted a second time.
    """
    begun: tuple[uuid.UUID, datetime] | None = None
    for item, at in items:
        if begun is None or any(begun[1] < tried <= at for tried in tries):
            begun = (item, at)
    return begun


_TASK_COLUMNS = (
    "id", "key", "kind", "owner_queue_id", "owner_user_id", "due_at", "status", "ended_at", "result",
    "attempt__again_at", "breached_at", "reason", "attempt__visit_site", "attempt__visit_with",
)  # fmt: skip
"""Read as columns, in the order of `TaskSeen`: rows as objects took a third of the time to load a case."""


def _seen(columns: list[Any], queues: dict[int, str]) -> TaskSeen:
    task, key, kind, queue, user, due_at, status, ended_at, result, again_at, breached_at, reason, *visit = columns
    return TaskSeen(
        task,
        key,
        kind,
        queues[queue] if queue else None,
        str(user) if user else None,
        due_at,
        status,
        ended_at,
        result,
        again_at,
        breached_at is not None,
        reason,
        *(each or "" for each in visit),
    )
