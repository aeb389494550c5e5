"""What a page says once a request was taken: its reference, who answers by when, and the line of a red flag."""

from __future__ import annotations

from typing import Any

from firstvisit.journey.plan.promised import within
from firstvisit.kernel import clock
from firstvisit.messages.moments import dated, promise
from firstvisit.practice.queries import practice
from firstvisit.steps.routing import clocks
from firstvisit.web.public.parts.frame import Frame
from firstvisit.web.public.parts.links import Kept
from firstvisit.web.public.texts import NAMES


def taken(frame: Frame, kept: Kept, sentence: str, *, usual: int | None = None) -> dict[str, Any]:
    """For the page's template: `code`, `next` (`sentence` with {promise} filled in as the receipt says it), `emergency`
    and `site`. Of somebody for whom a person had decided before, the page says that somebody reads it; once the moment
    of the promise is over, that it is, and to call where nobody has answered.
    `usual` are the business minutes until somebody answers where the receipt says none; else the practice's."""
    shape = practice()
    where = kept.lead.site if kept.lead else kept.told.apart.site if kept.told.apart else ""
    site = shape.sites.get(where) or shape.sites[shape.identity.home_site]
    # Whoever is told nothing is not told either where the family lives and when they are called: see `Kept.lead`.
    told, everywhere = kept.told, frame.words("everywhere")
    neutral = told.neutral and told.apart is None
    minutes, arrived = told.minutes or usual or shape.identity.answers_within_minutes, kept.item.received_at
    by = told.by or clocks.due(arrived, minutes, site)
    if neutral:
        sentence = everywhere["neutral_next"]
    elif by <= clock.now():
        sentence = everywhere["past_next"]
    elif told.again:
        sentence = everywhere["again_next"]
    said = promise(by, within(by, arrived, minutes, site), site, NAMES[frame.language])
    return {
        "emergency": everywhere["emergency"] if kept.flagged else "",
        "code": told.code,
        "neutral": neutral,
        "next": sentence.format(promise=said, by=dated(by, site, NAMES[frame.language]), phone=site.phone),
        "site": site,
    }
