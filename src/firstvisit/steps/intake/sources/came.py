"""From the touches of a visitor to how they came to us. Pure.

The touches are what our own pages noted; what of them does not fit the record is left out, for no visitor has a
part in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from firstvisit.kernel.errors import BadInput
from firstvisit.referral.reading import read_record

_NAMES: Final[dict[str, str]] = {"landing": "landing_page"}
_CLICKS: Final = ("gclid", "gbraid", "wbraid", "msclkid")
"""Only a paid click in a search engine leaves one of these; fbclid stands on unpaid links too."""
_PAID: Final = frozenset({"cpc", "ppc", "paid", "paidsearch", "paid_search", "sem"})
_SEARCH: Final = frozenset("google bing duckduckgo yahoo ecosia brave startpage".split())
_SOCIAL: Final = frozenset(
    "facebook fb instagram ig twitter x t linkedin lnkd tiktok youtube pinterest nextdoor reddit".split()
)
_DIRECTORY: Final = frozenset("yelp healthgrades zocdoc webmd vitals ratemds psychologytoday yellowpages".split())
_MEDIA: Final = {"social": "social", "directory": "directory", "event": "event", "referral": "website"}


def attribution(
    came: Mapping[str, Any] | None, *, kind: str | None, today: dt.date
) -> dict[str, Any] | None:
    """The record's `attribution`, as its reader takes it; None when nothing is known.

    `kind` where the way in itself says through what they came (a partner, an event, a guide); else the first
    touch decides, because that is what brought them.
    """
    touches = {when: _touch(each, today) for when, each in (came or {}).items() if when in ("first", "last")}
    found: dict[str, Any] = {when: each for when, each in touches.items() if each}
    known = kind or (kind_of(found["first"]) if "first" in found else None)
    if known:
        found["kind"] = known
    return found or None


def kind_of(touch: Mapping[str, Any]) -> str | None:
    """Search ad, search, social, directory, event or another website; None when they came directly."""
    source, medium = _word(touch.get("utm_source")), _word(touch.get("utm_medium"))
    host = str(touch.get("referrer") or "").partition("/")[0].lower()
    names = {source, *host.split(".")} - {""}
    social = bool(names & _SOCIAL) or "fbclid" in touch
    if any(click in touch for click in _CLICKS) or (medium in _PAID and not social):
        return "search_ad"
    if social or medium == "social":
        return "social"
    if names & _DIRECTORY or medium in _MEDIA:
        return "directory" if names & _DIRECTORY else _MEDIA[medium]
    if names & _SEARCH:
        return "search"
    if host:
        return "website"
    return "other" if source or medium else None


def _touch(touch: Any, today: dt.date) -> dict[str, Any]:
    """One touch as the record has it, without what its reader would refuse."""
    if not isinstance(touch, Mapping):
        return {}
    named = {_NAMES.get(str(name), str(name)): value for name, value in touch.items()}
    return {name: value for name, value in named.items() if _fits(name, value, today)}


def _fits(name: str, value: Any, today: dt.date) -> bool:
    try:
        read_record(
            {"attribution": {"first": {name: value}}},
            channel="web",
            today=today,
            item=None,
            known_programs=None,
        )
    except BadInput:
        return False
    return True


def _word(text: Any) -> str:
    return "".join(c for c in str(text or "").lower() if c.isalnum() or c == "_")
