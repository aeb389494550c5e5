"""Two leads of one person: one is continued in the other, and they can be parted again as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from firstvisit.kernel import seal
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.ids import new_id
from firstvisit.leads.facts import Facts, from_json
from firstvisit.leads.models import Event, FactsRow, Lead, LeadMerge, LeadReferral, Ruling, Task
from firstvisit.leads.queries import code
from firstvisit.leads.services import facts_of_row, noted, open_tasks, read, replace_reading, rule
from firstvisit.people.models import Merge, Person
from firstvisit.practice.models import User
from firstvisit.referral.record import Referral


def locked_leads(records: Iterable[Person]) -> list[Lead]:
    """The open leads of these records, locked, in the order in which everybody locks several leads."""
    found = Lead.objects.select_for_update(of=("self",)).filter(patient__in=records, closed_at__isnull=True)
    return list(found.select_related("facts").order_by("id"))


def share_therapy(one: Lead, other: Lead) -> bool:
    """Whether two leads ask for the same: a therapy in common, or one that does not say which."""
    asked, has = set(one.facts.disciplines), set(other.facts.disciplines)
    return not asked or not has or bool(asked & has)


def continue_merged(
    going: Lead, staying: Lead, merge: Merge, *, reading: Referral, facts: Facts, by: User, actor: Actor, at: datetime
) -> LeadMerge:
    """End `going`, whose request goes on in `staying` with the joined `reading` and `facts`. Both are locked.

    What people made for `going` moves along; what the planner made is withdrawn. Everything needed to part them again
    is kept.
    """
    reading_row = LeadReferral.objects.select_related("key").get(lead=staying)
    key = seal.open_key(reading_row.key)
    row_id, before = new_id(), read(reading_row, key)
    own = open_tasks(going)
    made, moved = list(own.filter(key__isnull=False)), list(own.filter(key__isnull=True))
    row = LeadMerge(
        id=row_id,
        merge=merge,
        going=going,
        staying=staying,
        stage=going.stage,
        withdrawn=[task.id for task in made],
        moved=[task.id for task in moved],
        sealed=seal.seal(key, "leads_leadmerge", "sealed", row_id, _plain(before)),
        facts=facts_of_row(FactsRow.objects.get(lead=staying)).as_json(),
    )
    replace_reading(staying, key, reading, facts)
    row.written = _digest(LeadReferral.objects.get(lead=staying))
    row.save(force_insert=True)
    Task.objects.filter(id__in=row.withdrawn).update(status="withdrawn", ended_at=at, ended_by=by)
    Task.objects.filter(id__in=row.moved).update(lead=staying, about_id=staying.id)
    _carry_owner(row, actor, at)
    noted(going, "merged_into", actor, at=at, data={"in": code(staying.number)})
    noted(staying, "merged_from", actor, at=at, data={"from": code(going.number)})
    going.closed_at, going.stage, going.look_again_at = at, "closed", None
    going.save(update_fields=["closed_at", "stage", "look_again_at"])
    staying.look_again_at = at
    return row


def goes_on_in(lead: Lead) -> str:
    """The code of the lead in which a merge continued this one; empty where none did."""
    row = LeadMerge.objects.filter(going=lead, undone_at__isnull=True).select_related("staying").first()
    return code(row.staying.number) if row is not None else ""


def part(row: LeadMerge, *, words: str, by: User, actor: Actor, at: datetime, stayed: int = 0) -> None:
    """Part two leads again: the one that went is open as it was, the other has its own reading back unless that was
    completed since. Both are locked. `stayed` is how many requests came meanwhile and stay with the latter."""
    going, staying = row.going, row.staying
    current = LeadReferral.objects.select_related("key").get(lead=staying)
    if _digest(current) == row.written:
        key = seal.open_key(current.key)
        plain = seal.unseal(key, "leads_leadmerge", "sealed", row.id, row.sealed)
        replace_reading(staying, key, Referral.model_validate_json(plain), from_json(row.facts))
    Task.objects.filter(id__in=row.withdrawn, status="withdrawn").update(
        status="open", ended_at=None, ended_by=None
    )
    Task.objects.filter(id__in=row.moved).update(lead=going, about_id=going.id)
    carried = Ruling.objects.filter(lead=staying, what="owner", value__merge=str(row.id))
    carried.filter(withdrawn_at__isnull=True).update(withdrawn_at=at)
    going.closed_at, going.stage, going.look_again_at = None, row.stage, at
    going.save(update_fields=["closed_at", "stage", "look_again_at"])
    more = {"stayed": stayed} if stayed else {}
    noted(going, "merge_undone", actor, at=at, data={"with": code(staying.number), **more}, words=words)
    more = {**more, "here": True} if stayed else {}
    noted(staying, "merge_undone", actor, at=at, data={"with": code(going.number), **more}, words=words)
    row.undone_at = at
    row.save(update_fields=["undone_at"])


def _carry_owner(row: LeadMerge, actor: Actor, at: datetime) -> None:
    """Whoever had the lead that goes has the one it goes on in, unless that is somebody's already."""
    owned = Ruling.objects.filter(lead__in=(row.going, row.staying), what="owner", withdrawn_at__isnull=True)
    found = {ruling.lead_id: ruling for ruling in owned.select_related("by")}
    if row.going_id not in found or row.staying_id in found:
        return
    theirs = found[row.going_id]
    value, reason = {**theirs.value, "merge": str(row.id)}, f"Theirs as {code(row.going.number)}"
    rule(lead=row.staying, what="owner", value=value, reason=reason, by=theirs.by, actor=actor, at=at)


def told(event: Event) -> str:
    """The lead that an entry about merging names."""
    return next((str(event.data[name]) for name in ("in", "from", "with") if name in event.data), "")


def _plain(referral: Referral) -> bytes:
    return referral.model_dump_json(exclude_none=True, exclude_defaults=True).encode()


def _digest(reading: LeadReferral) -> str:
    return hashlib.sha256(bytes(reading.sealed)).hexdigest()
