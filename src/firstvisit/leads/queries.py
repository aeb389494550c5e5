"""Reads of the case file; batch first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, get_origin, get_type_hints

from django.db.models import Q, QuerySet

from firstvisit.leads.facts import Facts
from firstvisit.leads.models import FactsRow, Lead, Ruling
from firstvisit.people.queries import same_people

FACT_COLUMNS: Final = tuple(f"facts__{name}" for name in Facts._fields)
"""The columns of a lead's facts, as a question about leads asks for them."""
_LISTS: Final = tuple(n for n, hint in enumerate(get_type_hints(Facts).values()) if get_origin(hint) is tuple)
"""Where among the facts those stand that are several."""
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


class LeadSeen(NamedTuple):
    """The columns of a lead that its case is made of, for whoever reads many and changes none."""

    id: uuid.UUID
    number: int
    kind: str
    patient_id: uuid.UUID | None
    contact_id: uuid.UUID | None
    organization_id: uuid.UUID | None
    referrer_id: uuid.UUID | None
    site: str
    stage: str
    outcome: str
    blockers: list[list[Any]]
    owner_user_id: uuid.UUID | None
    owner_queue_id: int | None
    route_queue_id: int | None
    assigned_user_id: uuid.UUID | None
    assigned_queue_id: int | None
    assigned_at: datetime | None
    roused_at: datetime | None
    unreachable: bool
    owner_reason: str
    referrer_mail: str
    received_at: datetime
    closed_at: datetime | None
    closed_how: str
    planned_under: int
    judged: str

    @property
    def writes_to_id(self) -> uuid.UUID | None:
        """As `Lead.writes_to_id`."""
        return self.contact_id or self.patient_id


def seen(leads: QuerySet[Lead]) -> list[LeadSeen]:
    """The leads as plain columns: a fifth of what they cost as objects."""
    return [LeadSeen._make(columns) for columns in leads.values_list(*LeadSeen._fields)]


def facts_by_lead(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Facts]:
    """The facts of many leads, in one question."""
    rows = FactsRow.objects.filter(lead__among=ids).values_list("lead_id", *Facts._fields)
    return {lead_id: facts_of_columns(columns) for lead_id, *columns in rows}


def facts_of_columns(columns: Sequence[Any]) -> Facts:
    """The columns of a row, in the order of the facts, as the plain value that rules read."""
    values = list(columns)
    for at in _LISTS:
        values[at] = tuple(values[at])
    return Facts._make(values)


def rulings_in_force(leads: Iterable[Lead | LeadSeen], *, now: datetime) -> dict[uuid.UUID, list[Ruling]]:
    """What people decided about each lead and has not been withdrawn, in two questions, oldest first.

    A ruling about a person holds for every lead about which we would write to them, by whichever of their records.
    """
    by_id = {lead.id: lead.writes_to_id for lead in leads}
    same = same_people(person for person in by_id.values() if person is not None)
    of_person: dict[uuid.UUID | None, set[uuid.UUID]] = {}
    for lead_id, person in by_id.items():
        for record in same[person] if person is not None else ():
            of_person.setdefault(record, set()).add(lead_id)
    standing = Ruling.objects.filter(Q(lead__among=by_id) | Q(person__among=of_person), withdrawn_at__isnull=True)
    found: dict[uuid.UUID, list[Ruling]] = {lead_id: [] for lead_id in by_id}
    for ruling in standing.defer("sealed").select_related("by").order_by("at"):
        if ruling.until is not None and ruling.until <= now:
            continue
        theirs = {ruling.lead_id, *of_person.get(ruling.person_id, ())}
        for lead_id in theirs & found.keys():
            found[lead_id].append(ruling)
    return found
