"""Reads of the case file; batch first."""

from __future__ import annotations

import re
import uuid

from firstvisit.leads.models import Lead

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
