"""Pages that a person told apart, each share understood by itself: what stands on one says nothing of another's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.readers.apart import understanding
from firstvisit.steps.intake.understanding.settle import Understood


def understood_by_part(
    pages: Sequence[Page], whose: Mapping[int, int], received_on: dt.date
) -> dict[int, Understood]:
    """What each part's pages say. `whose` is the part by page number. Raises Unreadable in words."""
    parts = sorted({whose.get(page.number, 0) for page in pages})
    return {
        part: understanding().understood([page for page in pages if whose.get(page.number, 0) == part], received_on)
        for part in parts
    }
