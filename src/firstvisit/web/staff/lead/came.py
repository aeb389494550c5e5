"""How they came to us, as the lead page tells it: what brought them first and last. Nothing of it ranks."""

from __future__ import annotations

from typing import Final

from firstvisit.referral.record import SourceKind, Touch
from firstvisit.web.staff.lead.facts import Fact, Seen

KINDS: Final[dict[SourceKind, str]] = {
    "partner": "a partner",
    "search_ad": "an ad beside a search",
    "search": "a search",
    "social": "social media",
    "website": "another website",
    "directory": "a directory",
    "event": "an event",
    "guide": "a guide",
    "word_of_mouth": "word of mouth",
    "returning": "they were with us before",
    "walk_in": "they walked in",
    "phone": "they called",
    "import": "a file",
    "other": "another way",
}
"""What stands behind "through"."""


def came(seen: Seen) -> list[Fact]:
    """Kind of source, first and last touch, and their own words for it; nothing for who may not see who it is."""
    how = seen.file.referral.attribution
    if how is None or not seen.named:
        return []
    found = [Fact("Through", KINDS[how.kind])] if how.kind else []
    found += _touch(seen, "First touch", how.first)
    if how.last != how.first:
        found += _touch(seen, "Last touch", how.last)
    label = {"event": "Event", "guide": "Guide"}.get(how.kind or "", "In their words")
    return found + ([Fact(label, how.heard_of_us)] if how.heard_of_us else [])


def _touch(seen: Seen, label: str, touch: Touch | None) -> list[Fact]:
    """One touch in at most three lines: when and on which page, from where, with which campaign words."""
    if touch is None:
        return []
    campaign = (touch.utm_source, touch.utm_medium, touch.utm_campaign, touch.utm_term, touch.utm_content)
    shown = (
        (label, (seen.at(touch.at), touch.landing_page and f"on our page {touch.landing_page}")),
        ("From", (touch.referrer,)),
        ("Campaign", campaign),
        ("Click ids", tuple(f"{name} {value}" for name, value in sorted(touch.click_ids.items()))),
    )
    return [Fact(name, text) for name, parts in shown if (text := ", ".join(part for part in parts if part))]
