"""What a page says once a request was taken: its reference, who answers by when, and the line of a red flag."""

from __future__ import annotations

from typing import Any

from firstvisit.journey.plan.promised import within
from firstvisit.messages.moments import promise
from firstvisit.practice.queries import practice
from firstvisit.steps.routing import clocks
from firstvisit.web.public.parts.frame import Frame
from firstvisit.web.public.parts.links import Kept
from firstvisit.web.public.texts import NAMES


def taken(frame: Frame, kept: Kept, sentence: str, *, usual: int | None = None) -> dict[str, Any]:
    """For the page's template: `code`, `next` (`sentence` with {promise} filled in as the receipt says it), `emergency`
    and `site`. Of somebody for whom a person had decided before, the page says that somebody reads it.
    `usual` are the business minutes until somebody answers where the receipt says none; else the practice's."""
    shape = practice()
    where = kept.lead.site if kept.lead else kept.told.apart.site if kept.told.apart else ""
    site = shape.sites.get(where) or shape.sites[shape.identity.home_site]
    # Whoever is told nothing is not told either where the family lives and when they are called: see `Kept.lead`.
    told = kept.told
    neutral = told.neutral and told.apart is None
    if neutral or told.again:
        sentence = frame.words("everywhere")["neutral_next" if neutral else "again_next"]
    minutes, arrived = told.minutes or usual or shape.identity.answers_within_minutes, kept.item.received_at
    by = told.by or clocks.due(arrived, minutes, site)
    said = promise(by, within(by, arrived, minutes, site), site, NAMES[frame.language])
    return {
        "emergency": frame.words("everywhere")["emergency"] if kept.flagged else "",
        "code": told.code,
        "neutral": neutral,
        "next": sentence.format(promise=said),
        "site": site,
    }
