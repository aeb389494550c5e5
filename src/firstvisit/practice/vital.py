"""What somebody who may sign in must always be able to do, or nobody could mend the practice again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from firstvisit.practice.capabilities import CAPABILITIES
from firstvisit.practice.models import User

VITAL: Final = ("users.manage", "practice.edit", "rules.sign")


def unheld(*, without: User | None = None) -> list[str]:
    """Those of them that no active account has, as things stand in this transaction; `without` one account."""
    accounts = User.objects.filter(is_active=True)
    if without is not None:
        accounts = accounts.exclude(id=without.id)
    held = {
        capability
        for capabilities in accounts.values_list("role__capabilities", flat=True)
        for capability in capabilities
    }
    return [capability for capability in VITAL if capability not in held]


def words(lost: Iterable[str]) -> str:
    """A sentence for whoever was about to take the last right."""
    said = "; nobody could ".join(CAPABILITIES[capability] for capability in lost)
    return f"then nobody could {said}: give another account that right first"
