"""Find: a person by what somebody says of them, listed while it is typed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstvisit.journey.finding import Found, find_people
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads.queries import code
from firstvisit.practice.models import User
from firstvisit.practice.shape import Site
from firstvisit.referral.text import one_line
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import naming, words
from firstvisit.web.ui.context import site_of

KEYS: Final = (("J", "next row"), ("K", "row before"), ("Enter", "open the row"))


@require_http_methods(["GET", "POST"])
@screen("leads.see")
def find(request: HttpRequest) -> HttpResponse:
    """The leads found, each with what tells people apart; while typing the list alone, after Enter the page.

    What is looked for is posted, so that no name stands in an address or a server's log.
    """
    user, now = staff(request), clock.now()
    try:
        text = one_line(request.POST.get("q", ""), 120)
    except ValueError as error:
        raise BadInput([Problem("q", str(error))]) from None
    live = request.headers.get("X-While-Typing") == "1"
    found = find_people(user, text, now=now) if text else []
    if found:
        noted_view(actor_of(request), "find", list(dict.fromkeys(i for one in found for i in one.ids)))
    if len(found) == 1 and not live:
        return HttpResponseRedirect(reverse("lead", args=[code(found[0].lead.number)]), status=303)
    site = site_of(request, user)
    lines = [line_of(one, user, site, now) for one in found]
    page = "staff/find/list.html" if live else "staff/find/find.html"
    return render(request, page, {"lines": lines, "asked": text, "keys": KEYS})


def line_of(one: Found, user: User, site: Site, now: datetime) -> dict[str, str]:
    """One lead in a line: name, birth date and who speaks, then code and when it came."""
    named = user.may("identity.see")
    lead = one.lead
    patient, contact = (one.patient, one.contact) if named else (None, None)
    who = []
    if patient is not None and patient.born:
        who.append(f"born {patient.born:%b} {patient.born.day}, {patient.born.year}")
    if contact is not None and patient is not None and naming.named(contact):
        who.append(f"contact {contact.name}")
    reach = contact if contact and contact.phone else patient
    if reach is not None and reach.phone:
        who.append(words.phone(reach.phone, reach.extension))
    state = f"closed {words.moment(lead.closed_at, site.tz, now)}" if lead.closed_at else "open"
    return {
        "url": reverse("lead", args=[code(lead.number)]),
        "code": code(lead.number),
        "name": naming.called(patient, contact, None, code(lead.number)),
        "who": ", ".join(who),
        "note": f"{code(lead.number)}, {state}, received {words.moment(lead.received_at, site.tz, now)}",
        "why": one.why,
    }
