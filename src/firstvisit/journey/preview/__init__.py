"""What a draft of the rules would change, before anybody signs it. Reads, judges, writes nothing.

Open leads are planned with the draft as applying it would plan them, from the same case by the same function, pass
after pass, and compared in the same way: a preview says what applying then changes. Decisions of the last 90 days on
leads that are closed since are judged once more from the facts then known, by the live rules and by the draft, both in
the practice as it is today, so that every difference is the draft's. No later behaviour is invented: what people
would have done, and when, is not said.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from firstvisit.journey.preview.helper import Helper
from firstvisit.journey.preview.share import Draft, tally
from firstvisit.journey.preview.tally import Tally
from firstvisit.journey.settling import Hands
from firstvisit.leads.models import Lead
from firstvisit.practice import policy as rules
from firstvisit.practice.queries import live_policy, practice_now, queue_ids

DAYS: Final = 90
SHARE: Final = 1000
"""Lead numbers judged at a time."""
ALONE: Final = 6 * SHARE
"""Up to so many leads a second process would take longer to start than to help."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The counts, since when decisions of closed leads were looked at, and how long it took."""

    tally: Tally
    since: datetime
    seconds: float


def preview(sections: Mapping[str, Any], *, now: datetime, processes: int = 2) -> Preview:
    """Judge open leads and the last 90 days' decisions once more with these sections.

    ConfigurationError with every problem when the sections are no valid rules. Up to `processes` processes, this
    one included; few leads are done by this one alone.
    """
    begun = time.monotonic()
    since = now - timedelta(days=DAYS)
    shape, live = practice_now(), live_policy()
    queues = {number: slug for slug, number in queue_ids().items()}
    ground = Draft(shape, live, rules.read(sections, live.number + 1), queues, since, now, Hands())
    recent = Lead.objects.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=since) | Q(received_at__gte=since))
    numbers = list(recent.order_by("number").values_list("number", flat=True))
    cut = [numbers[at : at + SHARE] for at in range(0, len(numbers), SHARE)]
    shares = deque((share[0], share[-1]) for share in cut)
    alone = len(numbers) < ALONE
    helpers = [] if alone else [Helper(ground, shares) for _ in range(processes - 1)]
    found = Tally()
    try:
        _work_off(ground, shares, found)
        for helper in helpers:
            found.add(helper.total())
        _work_off(ground, shares, found)  # what a helper that died gave back
    finally:
        for helper in helpers:
            helper.end()
    return Preview(found, since, time.monotonic() - begun)


def _work_off(ground: Draft, shares: deque[tuple[int, int]], found: Tally) -> None:
    while shares:
        try:
            share = shares.popleft()
        except IndexError:
            return  # a helper took the last one in between
        found.add(tally(ground, *share))
