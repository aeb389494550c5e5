"""Estimates as rows: made once, given, accepted. None is ever changed; a newer one supersedes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from firstvisit.documents import services as documents
from firstvisit.documents.models import Document
from firstvisit.kernel import seal
from firstvisit.kernel.ids import new_id
from firstvisit.leads.models import Lead
from firstvisit.people.models import Person
from firstvisit.practice.models import User
from firstvisit.steps.coverage.estimate_words import Language
from firstvisit.steps.coverage.estimating import Estimate as Reckoned
from firstvisit.steps.coverage.estimating import as_json, from_json
from firstvisit.steps.coverage.models import Estimate, EstimateStep

Given = Literal["email", "print", "aloud"]
WRITTEN: Final = ("email", "print")
"""How an estimate is given in writing, as 45 CFR 149.610(e) wants it; what is read aloud alone is not."""


class Made(NamedTuple):
    """What is kept of a new estimate besides its own columns: the arithmetic by language, and the PDF."""

    reckoned: Mapping[Language, Reckoned]
    pdf: bytes


def newest(lead: uuid.UUID) -> Estimate | None:
    """The estimate that holds now."""
    return Estimate.objects.filter(lead=lead, superseded_by__isnull=True).order_by("-made_at").first()


def keep(lead: Lead, key: seal.OpenKey, made: Made, *, by: User, at: datetime, **columns: Any) -> Estimate:
    """A new estimate of a locked lead; what was the newest is superseded."""
    document = documents.kept(key=key, body=made.pdf, media_type="application/pdf")
    document.save(force_insert=True)
    row_id = new_id()
    plain = json.dumps({language: as_json(one) for language, one in made.reckoned.items()}).encode()
    row = Estimate(
        id=row_id,
        lead=lead,
        made_at=at,
        made_by=by,
        supersedes=newest(lead.id),
        document=document,
        sealed=seal.seal(key, "coverage_estimate", "sealed", row_id, plain),
        **columns,
    )
    row.save(force_insert=True)
    return row


def reckoned(row: Estimate, key: seal.OpenKey) -> dict[str, Reckoned]:
    """The arithmetic as it was then, by language."""
    plain = json.loads(seal.unseal(key, "coverage_estimate", "sealed", row.id, row.sealed))
    return {language: from_json(value) for language, value in plain.items()}


def pdf(row: Estimate, key: seal.OpenKey) -> bytes:
    """The PDF as it was given."""
    return documents.body(Document.objects.get(id=row.document_id), key)


def note(
    row: Estimate,
    what: Literal["given", "accepted"],
    how: str,
    *,
    at: datetime,
    by: User | None,
    to: Person | None,
) -> EstimateStep:
    """What became of it. IntegrityError where it was accepted before."""
    step = EstimateStep(estimate=row, what=what, how=how, at=at, by=by, to=to)
    step.save(force_insert=True)
    return step


def history(rows: Iterable[Estimate]) -> dict[uuid.UUID, list[EstimateStep]]:
    """What became of each, oldest first."""
    found: dict[uuid.UUID, list[EstimateStep]] = {row.id: [] for row in rows}
    for step in EstimateStep.objects.filter(estimate__in=list(found)).select_related("by").order_by("id"):
        found[step.estimate_id].append(step)
    return found
