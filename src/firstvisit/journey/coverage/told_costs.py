"""The estimates of leads as the plan sees them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from firstvisit.journey.case import EstimateSeen
from firstvisit.steps.coverage.models import Estimate


def estimates_of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[EstimateSeen, ...]]:
    """By lead, the newest last, each with how and when it was given. One question to the database."""
    found: dict[uuid.UUID, dict[uuid.UUID, EstimateSeen]] = defaultdict(dict)
    rows = Estimate.objects.filter(lead__among=list(ids)).order_by("made_at", "id", "history__id")
    for lead, what, how, at, *columns in rows.values_list(
        "lead_id", "history__what", "history__how", "history__at",
        "id", "made_at", "good_faith", "prices", "discipline", "program",
    ):  # fmt: skip
        seen = found[lead].setdefault(columns[0], EstimateSeen(*columns))
        if what == "given":
            found[lead][seen.id] = seen._replace(given=(*seen.given, (how, at)))
    return {lead: tuple(estimates.values()) for lead, estimates in found.items()}
