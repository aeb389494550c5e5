"""Authorizations as the plan sees them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from firstvisit.journey.case import AuthorizationSeen
from firstvisit.steps.coverage.models import AuthorizationRequest


def requests_of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[AuthorizationSeen, ...]]:
    """What payers were asked to authorize for these leads, by lead, in the order it was needed. One question."""
    found: dict[uuid.UUID, list[AuthorizationSeen]] = defaultdict(list)
    rows = AuthorizationRequest.objects.filter(lead__among=list(ids)).order_by("needed_at", "id")
    for lead, *columns in rows.values_list("lead_id", *_COLUMNS):
        found[lead].append(AuthorizationSeen(*columns))
    return {lead: tuple(requests) for lead, requests in found.items()}


_COLUMNS = tuple({"extends": "extends_id"}.get(name, name) for name in AuthorizationSeen._fields)
