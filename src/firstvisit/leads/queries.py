"""Reads of the case file; batch first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from firstvisit.leads.models import Lead, Ruling
from firstvisit.people.queries import same_people

_CODE = re.compile(r"[Ll]-?([0-9]{1,18})", re.ASCII)


def code(number: int) -> str:
    """What people call a lead."""
    return f"L-{number}"


def by_code(text: str) -> Lead | None:
    """The lead called `text` (L-2641); None when the code is malformed or nothing has it."""
    found = _CODE.fullmatch(text.strip())
    return Lead.objects.filter(number=int(found[1])).first() if found else None


def codes(ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Codes of many leads."""
    return {
        lead_id: code(number)
        for lead_id, number in Lead.objects.filter(id__in=ids).values_list("id", "number")
    }


def rulings_in_force(leads: Iterable[Lead], *, now: datetime) -> dict[uuid.UUID, list[Ruling]]:
    """What people decided about each lead and has not been withdrawn, in two questions, oldest first.

    A ruling about a person holds for every lead about which we would write to them, by whichever of their records.
    """
    by_id = {lead.id: lead.writes_to_id for lead in leads}
    same = same_people(person for person in by_id.values() if person is not None)
    of_person: dict[uuid.UUID | None, set[uuid.UUID]] = {}
    for lead_id, person in by_id.items():
        for record in same[person] if person is not None else ():
            of_person.setdefault(record, set()).add(lead_id)
    standing = Ruling.objects.filter(Q(lead__in=by_id) | Q(person__in=of_person), withdrawn_at__isnull=True)
    found: dict[uuid.UUID, list[Ruling]] = {lead_id: [] for lead_id in by_id}
    for ruling in standing.defer("sealed").select_related("by").order_by("at"):
        if ruling.until is not None and ruling.until <= now:
            continue
        theirs = {ruling.lead_id, *of_person.get(ruling.person_id, ())}
        for lead_id in theirs & found.keys():
            found[lead_id].append(ruling)
    return found
