"""What every page shows around its own content: who we are, what time it is there, where one can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from firstvisit.journey import undo
from firstvisit.journey.inbox.seeing import count_for
from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConfigurationError
from firstvisit.leads.queries import code
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice, user_scope
from firstvisit.practice.shape import Site
from firstvisit.steps.routing import clocks
from firstvisit.web.ui import words

PLACES: Final = (
    ("Today", "today", ""),
    ("Inbox", "inbox", "items.resolve"),
    ("Calendar", "calendar", "leads.see"),
    ("Call", "calls", "leads.work"),
    ("Verification", "verification", "insurance.see"),
    ("EMR", "emr", "insurance.see"),
    ("Matches", "matches", "people.merge"),
    ("Events", "events", "outreach.edit"),
    ("Practice", "practice", "practice.see"),
    ("Supply", "supply", "practice.see"),
    ("Rules", "rules", "practice.see"),
    ("Ways in", "ways_in", "keys.manage"),
    ("Texts", "texts", "texts.review"),
    ("Audit", "audit", "audit.see"),
)
"""Where one can go: the words, the name of the address, and the capability it asks for. One whose address is not
there is left out."""
AT_HAND: Final = 5
"""So many places stand in the top line, which is one line at 1280 px; the others under "More", but for the one where
somebody is."""
UNDO_KEYS: Final = (("U", "undo what was just done"),)
"""Not of a screen with a key of its own for that, which says so by `screen_undoes`."""
KEYS: Final = (("/", "find a person"), ("?", "this list"))
"""The keys of every staff screen; a screen's own stand in a table beside its view, shown as `keys`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go."""

    label: str
    url: str
    here: bool
    count: int = 0


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor; the name is `chrome`."""
    user = getattr(request, "user", None)
    try:
        name = practice().identity.name
    except ConfigurationError:
        return {"chrome": {"practice": "firstvisit", "signed_in": False}}
    if user is None or not user.is_authenticated:
        return {"chrome": {"practice": name, "signed_in": False}}
    nav = _nav(request, user)
    further = [] if len(nav) <= AT_HAND + 1 else [entry for entry in nav[AT_HAND:] if not entry.here]
    return {
        "chrome": {
            "practice": name,
            "signed_in": True,
            "user": user.name,
            "nav": [entry for entry in nav if entry not in further],
            "further": further,
            "finds": user.may("leads.see"),
            "clock": clock_line(site_of(request, user)),
            "keys": KEYS,
            "undo_keys": UNDO_KEYS,
            "undo": _undo(request, user),
        }
    }


def site_of(request: HttpRequest, user: User) -> Site:
    """The site in whose zone a person's pages are written: the first of their own, else the home site."""
    known: Site | None = getattr(request, "_site", None)
    if known is None:
        shape = practice()
        own = user_scope(user)
        known = next((site for slug, site in shape.sites.items() if own and slug in own), None)
        known = known or shape.sites[shape.identity.home_site]
        request._site = known  # type: ignore[attr-defined]
    return known


def clock_line(site: Site) -> str:
    """ "Tue Nov 17, 10:42 am CST, open until 5:30"; the zone is named here, once per page."""
    now = clock.now()
    local = now.astimezone(site.tz)
    closes, opens = clocks.closes_at(now, site), clocks.opens_at(now, site)
    if closes is not None:
        state = f"open until {words.clock_time(closes, site.tz)}"
    else:
        state = f"closed until {words.moment(opens, site.tz, now)}" if opens else "closed"
    return f"{words.day(local.date())}, {words.clock_time(now, site.tz)} {local:%Z}, {state}"


def _undo(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """What was done a moment ago and can still be undone; asked only on the page that follows it."""
    try:
        step = undo.offered(UUID(request.GET["done"]), user, now=clock.now())
    except (KeyError, ValueError):
        return None
    if step is None:
        return None
    seconds = max(1, round((step.until - clock.now()).total_seconds()))
    what = f"{undo.VERBS[step.verb]}: {code(step.lead.number)}"
    stays = undo.STAYS.get(step.verb, "")
    return {"url": reverse("undo", args=[step.id]), "what": what, "seconds": seconds, "stays": stays}


def _nav(request: HttpRequest, user: User) -> list[Entry]:
    entries = []
    for label, name, capability in PLACES:
        if capability and not user.may(capability):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        here = request.path == url or request.path.startswith(f"{url}/")
        entries.append(Entry(label, url, here, count_for(user) if name == "inbox" else 0))
    if settings.DEMO:
        try:
            mail = reverse("demo_mail")
        except NoReverseMatch:
            return entries
        entries.append(Entry("Received mail", mail, request.path == mail))
    return entries
