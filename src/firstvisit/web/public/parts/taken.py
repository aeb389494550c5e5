"""What a page says once a request was taken: its reference, who answers by when, and the line of a red flag."""

from __future__ import annotations

from typing import Any

from firstvisit.messages.templates import duration
from firstvisit.practice.queries import practice
from firstvisit.web.public.parts import opening
from firstvisit.web.public.parts.frame import Frame
from firstvisit.web.public.parts.links import Kept
from firstvisit.web.public.texts import NAMES


def taken(frame: Frame, kept: Kept, sentence: str, *, within: int | None = None) -> dict[str, Any]:
    """For the page's template: `code`, `next` (`sentence` with {within} and {by} filled in), `emergency` and `site`.
    Of somebody for whom a person had decided before, the page says that somebody reads it.
    `within` are the business minutes until somebody answers where the receipt says none; else the practice's."""
    shape = practice()
    site = shape.sites.get(kept.lead.site) if kept.lead else None
    site = site or shape.sites[shape.identity.home_site]
    if kept.answer.get("again"):
        sentence = frame.words("everywhere")["again_next"]
    minutes = kept.answer.get("minutes") or within or shape.identity.answers_within_minutes
    by = opening.promise_words(kept.item.received_at, minutes, site, frame.language)
    return {
        "emergency": frame.words("everywhere")["emergency"] if kept.flagged else "",
        "code": kept.answer.get("code"),
        "next": sentence.format(within=duration(minutes, NAMES[frame.language]), by=by),
        "site": site,
    }
