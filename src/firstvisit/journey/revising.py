"""A change of practice or rules reaches the open leads: each is planned again, unless its facts alone tell that the
change does not move it (docs/why/0017)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final, NamedTuple

import structlog
from django.db import transaction

from firstvisit.journey import act
from firstvisit.journey.advancing import TRIES, advance_alone, advance_locked
from firstvisit.journey.unmoved import Unmoved, unmoved
from firstvisit.kernel import writes
from firstvisit.leads.models import Lead
from firstvisit.practice.policy import Policy
from firstvisit.practice.queries import policy, practice, rules_at, same_practice

log = structlog.get_logger("journey")

BATCH: Final = 400
LOOKED_AT: Final = 1000
"""Leads a batch where most may be told by their facts."""


def advance_revised(*, now: datetime, limit: int | None = None) -> int:
    """Plan open leads again that were last planned under an older revision of practice or rules; the number
    looked at.

    Each batch is one transaction and says on the lead itself under what it was planned, so whoever is killed
    leaves the rest to the next. Leads that another process holds come in a later batch.
    """
    shape = practice()
    open_leads = Lead.objects.filter(closed_at__isnull=True, failures__lt=TRIES)
    behind = open_leads.filter(planned_under__lt=shape.version)
    oldest = behind.order_by("planned_under").values_list("planned_under", flat=True).first()
    if oldest is None:
        return 0
    before = _rules_before(oldest, shape.version)
    batch = behind.filter(planned_under=oldest).order_by("planned_under")  # as the index has them
    ids: list[uuid.UUID] = []
    try:
        with transaction.atomic():
            taken = batch.select_for_update(skip_locked=True, of=("self",))
            most = limit or (BATCH if before is None else LOOKED_AT)
            ids = list(taken.values_list("id", flat=True)[:most])
            stay: list[Unmoved] = []
            if before is not None:
                rules = policy()
                stay = list(unmoved(Lead.objects.filter(id__among=ids), shape, before, rules, now))
                judged = (act.judged_as(lead.judgement(shape, rules)) for lead in stay)
                passed = [Passed(lead.lead, shape.version, said) for lead, said in zip(stay, judged, strict=True)]
                writes.update(Lead, passed, "planned_under", "judged")
            rest = set(ids) - {lead.lead for lead in stay}
            if rest:
                advance_locked(list(Lead.objects.filter(id__among=rest).order_by("id")), now, present=True)
    except Exception as error:
        log.error("advance_failed", leads=len(ids), exc_info=error)
        for lead_id in ids:
            advance_alone(lead_id, now)
    return len(ids)


def _rules_before(revision: int, present: int) -> Policy | None:
    """The rules of an older revision, where nothing else of the practice has changed since."""
    return rules_at(revision) if same_practice(revision, present) else None


class Passed(NamedTuple):
    """The columns of a lead that changed rules do not move: it is planned under this revision, and its last judgement
    is that of its rules."""

    id: uuid.UUID
    planned_under: int
    judged: str
