"""What every page shows around its own content: who we are, what time it is there, where one can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice, user_scope
from firstvisit.practice.shape import Site
from firstvisit.steps.routing import clocks
from firstvisit.web.ui import words

KEYS: Final = (
    ("J", "next row"),
    ("K", "row before"),
    ("Enter", "open the row"),
    ("T", "take"),
    ("D", "done, with a result"),
    ("S", "snooze"),
    ("H", "hand over"),
    ("R", "back to the lead you have open"),
    ("/", "find"),
    ("?", "this list"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go."""

    label: str
    url: str
    here: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor; the name is `chrome`."""
    user = getattr(request, "user", None)
    try:
        name = practice().identity.name
    except ConfigurationError:
        return {"chrome": {"practice": "firstvisit", "signed_in": False}}
    if user is None or not user.is_authenticated:
        return {"chrome": {"practice": name, "signed_in": False}}
    return {
        "chrome": {
            "practice": name,
            "signed_in": True,
            "user": user.name,
            "nav": _nav(request, user),
            "finds": user.may("leads.see"),
            "clock": clock_line(site_of(request, user)),
            "keys": KEYS,
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


def _nav(request: HttpRequest, user: User) -> list[Entry]:
    places = [("Today", "today", True), ("Audit", "audit", user.may("audit.see"))]
    entries = [
        Entry(label, reverse(name), request.path == reverse(name))
        for label, name, allowed in places
        if allowed
    ]
    if settings.DEMO:
        try:
            mail = reverse("demo_mail")
        except NoReverseMatch:
            return entries
        entries.append(Entry("Received mail", mail, request.path == mail))
    return entries
