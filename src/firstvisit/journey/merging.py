"""Possible matches: what a person decides about a pair of records, and what follows for their leads."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import one_chart
from firstvisit.journey.deriving import derived
from firstvisit.journey.meanwhile import came_since, part_what_came, sent_to_both
from firstvisit.journey.own_referral import marked
from firstvisit.journey.policy import Cadence
from firstvisit.journey.verbs import LEASE
from firstvisit.kernel import audit, clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.kernel.seal import open_key
from firstvisit.leads import merging as lead_merging
from firstvisit.leads import scope, services
from firstvisit.leads.models import Event, FactsRow, Lead, LeadMerge, LeadReferral
from firstvisit.leads.queries import code
from firstvisit.people import merging
from firstvisit.people.merging import CAPABILITY
from firstvisit.people.models import Merge, PossibleMatch
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.referral.merge import joined
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.booking import merging as booking

TAKEN_BACK: Final = "Taken back at once"
"""The reason on the timelines of a decision that was undone within seconds."""


def pairs_for(user: User) -> QuerySet[PossibleMatch]:
    """The pairs inside a person's scope: they see a lead of each side, or the known side never had one."""
    if not (user.may(CAPABILITY) and user.may("identity.see")):
        return PossibleMatch.objects.none()
    seen = scope.leads_for(user).exclude(patient=None).values("patient")
    alone = ~Q(known__leads__isnull=False)
    return PossibleMatch.objects.filter(Q(newcomer__in=seen), Q(known__in=seen) | alone).distinct()


def pair_for(user: User, pair_id: uuid.UUID) -> PossibleMatch:
    """One pair in scope. NotAllowed otherwise, whether or not it exists."""
    found = pairs_for(user).filter(id=pair_id).select_related("known", "newcomer", "decided_by").first()
    if found is None:
        raise NotAllowed(CAPABILITY)
    return found


def same_person(pair: PossibleMatch, by: User, *, actor: Actor) -> None:
    """The two records are one person's: open leads of the same therapy become one, the others stay."""

    def write(locked: PossibleMatch, now: datetime) -> None:
        merging.decide(locked, "same", by=by, at=now)
        _merge(locked, by, actor, now)

    _do(pair, by, actor, "people_merged", write)


def same_after_all(pair: PossibleMatch, by: User, *, reason: str, actor: Actor) -> None:
    """The two were told apart, and they are one person's: what follows is what follows of "same person", and the reason
    is on the timelines of their open leads."""
    words = _reason(reason)

    def write(locked: PossibleMatch, now: datetime) -> None:
        merging.reconsider(locked, by=by, at=now)
        for lead in lead_merging.locked_leads(merging.records(locked)):
            services.noted(lead, "same_after_all", actor, at=now, words=words)
        _merge(locked, by, actor, now, apart=True)

    _do(pair, by, actor, "people_merged", write)


def different_people(pair: PossibleMatch, by: User, *, actor: Actor) -> None:
    """The two records are two people's; nobody is asked about them again."""
    _do(pair, by, actor, "people_told_apart", lambda locked, now: merging.decide(locked, "different", by=by, at=now))


def ask_first(pair: PossibleMatch, by: User, *, actor: Actor) -> None:
    """A person asks the family before they decide; the pair stays open and says who asks."""
    _do(pair, by, actor, "people_asked", lambda locked, now: merging.decide(locked, "asking", by=by, at=now))


def undo(pair: PossibleMatch, by: User, *, reason: str, actor: Actor) -> None:
    """"Same person" is taken back: both records, both leads and the question whether they are one as they were; the
    reason is on both timelines. What came meanwhile goes to whom it names."""
    words = _reason(reason)
    _do(pair, by, actor, "people_merge_undone", lambda locked, now: _unmerge(locked, by, actor, now, words))


def take_back(pair: PossibleMatch, by: User, *, actor: Actor) -> None:
    """What this person decided a moment ago is undone without a reason: the pair is the question it was, or told apart
    again. Conflict when it is too late, or somebody else decided."""

    def write(locked: PossibleMatch, now: datetime) -> None:
        if seconds_left(locked, by, now=now) == 0:
            raise Conflict("it is too late to undo this at once; say why, and it is undone all the same")
        if locked.status == "same":
            _unmerge(locked, by, actor, now, TAKEN_BACK)
        else:
            merging.ask_again(locked)

    _do(pair, by, actor, "people_decision_taken_back", write)


def seconds_left(pair: PossibleMatch, by: User, *, now: datetime) -> int:
    """For how many seconds this person can still take back at once what they decided; 0 where they cannot."""
    if pair.decided_at is None or pair.decided_by_id != by.id:
        return 0
    if Merge.objects.filter(match=pair, undone_at=pair.decided_at).exists():
        return 0  # what stands again is an older decision
    both = (pair.known_id, pair.newcomer_id)
    if Event.objects.filter(lead__patient__in=both, name="parted_off", at=pair.decided_at).exists():
        return 0  # "not this person" parted what came as well: one person after all, with a reason, joins it again
    until = pair.decided_at + timedelta(seconds=policy().section(Cadence).undo_seconds)
    return max(0, round((until - now).total_seconds()))


def _unmerge(pair: PossibleMatch, by: User, actor: Actor, now: datetime, words: str) -> None:
    merge = Merge.objects.filter(match=pair, undone_at__isnull=True).first()
    if merge is None:
        raise BadInput([Problem("reason", "These two are not merged.")])
    merging.undo(merge, by=by, at=now)
    one_chart.want_two(merge, now=now)
    rows = LeadMerge.objects.filter(merge=merge, undone_at__isnull=True).select_related("merge")
    found = _locked(rows)
    _nobody_else_at({lead for row in found for lead in (row.going, row.staying)}, by, now)
    for row in found:
        sent = sent_to_both(row)
        came = came_since(row, sent)
        stayed = sum(each.stays for each in came)
        lead_merging.part(row, words=words, by=by, actor=actor, at=now, stayed=stayed)
        booking.part(row.going, row.staying)
        if came:
            part_what_came(row, sent, words=words, actor=actor, at=now)


def _reason(text: str) -> str:
    words = text.strip()
    if not words:
        raise BadInput([Problem("reason", "Say why, in a few words.")])
    if len(words) > 500:
        raise BadInput([Problem("reason", "Keep the reason under 500 characters.")])
    return words


def _merge(pair: PossibleMatch, by: User, actor: Actor, now: datetime, *, apart: bool = False) -> None:
    merge = merging.merge(pair, by=by, at=now, apart=apart)
    couples = _couples(lead_merging.locked_leads(merging.records(pair)))
    _nobody_else_at({lead for couple in couples for lead in couple}, by, now)
    for going, staying in couples:
        _continue(going, staying, merge, by, actor, now)
    one_chart.want_one(merge, [staying for _, staying in couples], now=now)


def _do(
    pair: PossibleMatch, by: User, actor: Actor, name: str, write: Callable[[PossibleMatch, datetime], None]
) -> None:
    if not by.may(CAPABILITY):
        raise NotAllowed(CAPABILITY)
    with transaction.atomic():
        locked = merging.lock_pair(pair_for(by, pair.id))
        now = clock.now()
        write(locked, now)
        leads = lead_merging.locked_leads(merging.records(locked))
        audit.note(actor, name, "person", [locked.known_id, locked.newcomer_id])
        advance([lead.id for lead in leads], now=now)


def _nobody_else_at(found: Iterable[Lead], by: User, now: datetime) -> None:
    """Conflict where somebody else has one of these leads open: nothing is taken from under their hands."""
    numbers = {lead.id: lead.number for lead in found}
    for lead, held in leases.held(LEASE, numbers, now=now).items():
        if held.holder != by.id:
            name = User.objects.values_list("name", flat=True).filter(id=held.holder).first() or "somebody"
            mine = code(numbers[lead])
            raise Conflict(f"{name} is working on {mine}; ask them, or do this when they are done", lead=mine)


def _couples(leads: list[Lead]) -> list[tuple[Lead, Lead]]:
    """Which lead is continued in which: one where a red flag waits stays, else one with a visit, of which the EMR and
    the family know, else the older."""
    visits = booking.with_visits(lead.id for lead in leads)
    order = sorted(leads, key=lambda lead: (lead.outcome != "clinician_review", lead.id not in visits, lead.number))
    couples, staying = [], list[Lead]()
    for lead in order:
        into = next((other for other in staying if lead_merging.share_therapy(lead, other)), None)
        if into is None:
            staying.append(lead)
        else:
            couples.append((lead, into))
    return couples


def _continue(going: Lead, staying: Lead, merge: Merge, by: User, actor: Actor, now: datetime) -> None:
    """The older request completed by the newer; a red flag of either is a red flag."""
    readings = {
        row.lead_id: services.read(row, open_key(row.key))
        for row in LeadReferral.objects.filter(lead__in=(going, staying)).select_related("key")
    }
    rows = {row.lead_id: services.facts_of_row(row) for row in FactsRow.objects.filter(lead__in=(going, staying))}
    older, newer = sorted((going, staying), key=lambda lead: lead.received_at)
    first, second = readings[older.id], readings[newer.id]
    reading = marked(first, second, joined(first, second)[0], since=older.received_at)
    stated = {flag for each in rows.values() for flag in each.red_flags}
    kept = rows[staying.id]._replace(red_flags=tuple(flag for flag in RED_FLAGS if flag in stated))
    complete = any(each.complete_form for each in rows.values())
    facts = derived(staying, reading, practice(), before=kept, complete=complete)
    lead_merging.continue_merged(
        going, staying, merge, reading=reading, facts=facts, by=by, actor=actor, at=now
    )
    booking.follow(going, staying)


def _locked(rows: Iterable[LeadMerge]) -> list[LeadMerge]:
    """The merges of leads whose leads still stand as the merge left them, with both locked."""
    found = list(rows)
    ids = {lead for row in found for lead in (row.going_id, row.staying_id)}
    locked = Lead.objects.select_for_update(of=("self",)).filter(id__in=ids).order_by("id")
    leads = {lead.id: lead for lead in locked.select_related("patient__key")}
    for row in found:
        row.going, row.staying = leads[row.going_id], leads[row.staying_id]
    return [row for row in found if row.going.stage == "closed"]


