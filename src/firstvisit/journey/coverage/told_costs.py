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
    for lead, estimate, made_at, good_faith, prices, discipline, program, what, how, at in rows.values_list(
        "lead_id", "id", "made_at", "good_faith", "prices", "discipline", "program",
        "history__what", "history__how", "history__at",
    ):  # fmt: skip
        new = EstimateSeen(estimate, made_at, good_faith, prices, discipline, program)
        seen = found[lead].setdefault(estimate, new)
        if what == "given":
            found[lead][estimate] = seen._replace(given=(*seen.given, (how, at)))
    return {lead: tuple(estimates.values()) for lead, estimates in found.items()}
