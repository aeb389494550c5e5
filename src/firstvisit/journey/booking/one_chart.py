"""Two records of people are one person's, and the EMR was told of a patient for each: it hears that they are one.

HL7 has an event for it (A40) and none that undoes it reliably: where the two are parted again, a person does it there.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from firstvisit.journey.booking.known import own_number, patient_number, told_numbers
from firstvisit.kernel.ids import new_id
from firstvisit.leads.models import Lead
from firstvisit.people.models import Merge
from firstvisit.people.queries import same_people
from firstvisit.practice.queries import policy
from firstvisit.steps.booking import outgoing
from firstvisit.steps.booking.emr.owed import OF_TWO
from firstvisit.steps.booking.emr.rules import Emr
from firstvisit.steps.booking.models import Outgoing


def want_one(merge: Merge, staying: Sequence[Lead], *, now: datetime) -> None:
    """The EMR is to hear that the patients it has of a merged person are one; nothing where it has one at most. The
    number that stays is that of a lead that goes on (`staying`), else the lowest."""
    rules, records = policy().section(Emr), same_people([merge.standing_id])[merge.standing_id]
    told = told_numbers(records)
    if rules.way == "none" or len(told) < 2:
        return
    stays = next((number for lead in staying if (number := own_number(lead)) in told), next(iter(told)))
    for goes in told:
        if goes != stays and not _is_one(goes, now=now):
            _want(told[stays], "merged", rules.way, merge.id, (goes, stays), now=now)


def want_two(merge: Merge, *, now: datetime) -> None:
    """They are two after all: what the EMR has not heard it never hears; what it has, a person parts there."""
    known, newcomer = (_numbers(record) for record in (merge.standing_id, merge.merged_id))
    rows = Outgoing.objects.select_for_update(of=("self",)).select_related("lead").filter(what="merged")
    for row in rows.filter(corrects__0__in=[*known, *newcomer]).exclude(status="withdrawn"):
        goes, stays = row.corrects
        if {goes, stays} <= known or {goes, stays} <= newcomer or _newest(goes) != row:
            continue
        if row.status == "refused" or (row.status == "wanted" and not row.tries):
            outgoing.needless(row, now=now)
        else:
            _want(row.lead, "parted", "copy_card", merge.id, row.corrects, now=now)


def want_apart(lead: Lead, other: Lead, *, now: datetime) -> None:
    """What was told of `lead` is of another person, whose lead is `other`: what the EMR has under the known patient's
    number a person puts under theirs, for no message moves a visit from one patient to another."""
    told = Outgoing.objects.filter(lead=lead).exclude(what__in=OF_TWO).exclude(status__in=("withdrawn", "refused"))
    if told.exclude(status="wanted", tries=0, payload__isnull=True).exists():
        _want(other, "parted", "copy_card", other.id, (own_number(other), patient_number(lead)), now=now)


def _is_one(goes: str, *, now: datetime) -> bool:
    """Whether the EMR has heard, or is about to, that this number goes on in another; that a person parts the two there
    is needless where nobody has yet."""
    newest = _newest(goes)
    if newest is not None and newest.what == "parted" and newest.status == "wanted":
        outgoing.needless(newest, now=now)
        return True
    return newest is not None and newest.what == "merged"


def _newest(goes: str) -> Outgoing | None:
    rows = Outgoing.objects.filter(what__in=list(OF_TWO), corrects__0=goes).exclude(status="withdrawn")
    return rows.order_by("-number").first()


def _numbers(record: uuid.UUID) -> set[str]:
    leads = Lead.objects.filter(patient__in=same_people([record])[record])
    return {own_number(lead) for lead in leads}


def _want(lead: Lead, what: str, way: str, of: uuid.UUID, numbers: Sequence[str], *, now: datetime) -> None:
    locked = Lead.objects.select_for_update(of=("self",)).get(id=lead.id)
    last = Outgoing.objects.filter(lead=locked).aggregate(last=Max("number"))["last"] or 0
    Outgoing.objects.create(
        id=new_id(), key=f"{what}:{of}:{numbers[0]}", lead=locked, what=what, way=way, number=last + 1,
        wanted_at=now, again_at=now, corrects=list(numbers),
    )  # fmt: skip

