"""The calendar elsewhere: addresses at which a person's own program reads it; made, shown once, revoked."""

from __future__ import annotations

import uuid
from typing import Final, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstvisit.journey.booking import subscribing
from firstvisit.kernel import clock
from firstvisit.leads.scope import works_at
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.steps.booking.models import Subscription
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

OWN: Final = "own"


class Line(NamedTuple):
    """One address that is open."""

    of: str
    says: str
    made: str
    read: str
    url: str


@require_http_methods(["GET", "POST"])
@screen("leads.see")
def elsewhere(request: HttpRequest) -> HttpResponse:
    """The addresses; pressed, a new one, whose text is shown this once."""
    user, address = staff(request), ""
    if request.method == "POST":
        of = request.POST.get("of", "")
        initials = request.POST.get("initials") == "yes"
        _, secret = subscribing.subscribe(
            user, site="" if of == OWN else of or "-", initials=initials, actor=actor_of(request)
        )
        address = f"{settings.ENVIRONMENT.address}{reverse('calendar_feed', args=[secret])}"
    context = {
        "address": address,
        "lines": [_line(request, user, each) for each in subscribing.subscriptions(user)],
        "choices": _choices(user),
        "may_name": user.may("identity.see"),
    }
    answer = render(request, "staff/calendar/elsewhere.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@screen("leads.see")
def revoke_one(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """The address opens nothing any more."""
    subscribing.revoke(staff(request), number, actor=actor_of(request))
    return HttpResponseRedirect(reverse("calendar_elsewhere"), status=303)


def _choices(user: User) -> dict[str, str]:
    found = {OWN: f"My own visits: {user.resource.data['name']}"} if user.resource is not None else {}
    if user.may("leads.see_site"):
        sites = practice().sites.values()
        found |= {each.slug: f"First visits at {each.name}" for each in sites if works_at(user, each.slug)}
    return found


def _line(request: HttpRequest, user: User, row: Subscription) -> Line:
    site, now = site_of(request, user), clock.now()
    shape = practice()
    of = row.resource.data["name"] if row.resource is not None else shape.sites[row.site].name
    return Line(
        of,
        "initials" if row.initials else "names nobody",
        words.moment(row.made_at, site.tz, now),
        words.moment(row.read_at, site.tz, now) if row.read_at else "never",
        reverse("calendar_revoke", args=[row.id]),
    )
