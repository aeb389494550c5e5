"""What `firstvisit check` would find, for tests that end with nothing broken."""

from __future__ import annotations

from django.conf import settings

from firstvisit.journey import invariants
from firstvisit.kernel import clock


def faults() -> list[str]:
    """Every fault of every invariant in the whole installation; none is what a test wants."""
    scope = invariants.Scope(clock.now(), settings.AUDIT_HEADS, everything=True)
    return [fault for invariant in invariants.INVARIANTS for fault in invariant.breaks(scope)]
