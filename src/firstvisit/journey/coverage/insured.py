"""The plans of a lead as rows: made with its reading, and anew whenever the reading has changed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Exists, F, OuterRef, Q

from firstvisit.journey.case import CheckSeen, InsuredSeen
from firstvisit.kernel import blind, writes
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Practice
from firstvisit.referral.record import Referral
from firstvisit.steps.coverage.cards import HEALTH_PLANS, cards
from firstvisit.steps.coverage.models import Check, Insured


def rows(
    lead: uuid.UUID, referral: Referral, shape: Practice, disciplines: Sequence[str], *, revision: int = 1
) -> list[Insured]:
    """The plans that this reading states, not yet written."""
    return [
        Insured(
            lead_id=lead,
            rank=card.rank,
            revision=revision,
            kind=card.kind,
            payer=card.payer,
            token=blind.token("coverage", *card.says),
            missing=list(card.missing),
            withheld=card.withheld,
            disciplines=list(card.disciplines),
        )
        for card in cards(referral, shape, tuple(disciplines))
    ]


def seen(row: Insured) -> InsuredSeen:
    """The row as the plan sees it."""
    return InsuredSeen(
        row.rank, row.kind, row.payer, str(row.token), tuple(row.missing), row.withheld, tuple(row.disciplines)
    )


def refresh(locked: Sequence[Lead]) -> None:
    """Make the plans of these locked leads anew where their reading has changed since, or where nobody of our list was
    their payer and the list may have changed. One question to the database where none has."""
    ids = [lead.id for lead in locked if lead.closed_at is None and lead.kind != "organization"]
    if not ids:
        return
    made = Insured.objects.filter(lead=OuterRef("lead"), rank=0, revision=OuterRef("revision"))
    found, shape = [], practice()
    unlisted = Insured.objects.filter(lead=OuterRef("lead"), payer="", kind__in=HEALTH_PLANS)
    listed_since = Exists(unlisted) & ~Q(lead__planned_under=shape.version)
    changed = LeadReferral.objects.filter(lead__among=ids).filter(~Exists(made) | listed_since)
    for reading in changed.select_related("key", "lead__facts"):
        stated = leads.read(reading, open_key(reading.key))
        facts = reading.lead.facts
        found += rows(reading.lead_id, stated, shape, facts.disciplines, revision=reading.revision)
    if found:
        Insured.objects.filter(lead__among=[row.lead_id for row in found]).delete()
        writes.insert(found)


def of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[InsuredSeen, ...]]:
    """The plans of these leads, by lead, first to second."""
    found: dict[uuid.UUID, list[InsuredSeen]] = defaultdict(list)
    for row in Insured.objects.filter(lead__among=list(ids)).order_by("rank"):
        found[row.lead_id].append(seen(row))
    return {lead: tuple(plans) for lead, plans in found.items()}


def checks_of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[CheckSeen, ...]]:
    """What payers were asked about these leads, by lead, in the order it was wanted."""
    found: dict[uuid.UUID, list[CheckSeen]] = defaultdict(list)
    asked = Check.objects.filter(lead__among=list(ids)).order_by("wanted_at", "id")
    for lead, *columns, refused in asked.values_list("lead_id", *_COLUMNS, F("refused")):
        found[lead].append(check_seen(columns, refused))
    return {lead: tuple(checks) for lead, checks in found.items()}


_COLUMNS = (
    "id", "key", "rank", "token", "discipline", "cause", "status", "service_date", "wanted_at", "again_at",
    "answered_at", "tries", "finding", "authorization", "referral", "why",
)  # fmt: skip


def check_seen(columns: Sequence[object], refused: list[dict[str, object]]) -> CheckSeen:
    """A row of `_COLUMNS` as the plan sees it."""
    values = dict(zip(_COLUMNS, columns, strict=True))
    day = values.pop("service_date")
    return CheckSeen(**{**values, "token": str(values["token"]), "day": day, "refused": tuple(refused)})  # type: ignore[arg-type]
