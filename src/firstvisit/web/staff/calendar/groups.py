"""Groups of a site: the sessions to come with their seats; one is opened, and one that does not take place closed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstvisit.journey.booking import grouping
from firstvisit.journey.booking.grouping import Opening, Session
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads.scope import leads_for, works_at
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.steps.booking.policy import Booking
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.whose import each_of
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

LABELS: Final = {
    "kind": "Kind", "program": "Program", "clinician": "Therapist", "room": "Room", "on": "First day",
    "at": "Begins", "seats": "Seats", "weeks": "Weeks", "why": "Why it does not take place",
}  # fmt: skip


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.work", at_desk=True)
def group_list(request: HttpRequest) -> HttpResponse:
    """The list, and the form that opens a session."""
    user = staff(request)
    site = practice().sites.get(request.GET.get("site", "")) or site_of(request, user)
    if not works_at(user, site.slug):
        raise NotAllowed("leads.work")
    if request.method == "GET":
        return _page(request, site)
    said = request.POST
    try:
        if lost := problems_of(request, LABELS):
            raise BadInput(lost)
        asked = Opening(
            site.slug, said.get("kind", ""), said.get("program", ""), said.get("clinician", ""), said.get("room", ""),
            _day(said.get("on", "")), _time(said.get("at", "")), _number(said.get("seats", "")),
            _number(said.get("weeks", "")),
        )  # fmt: skip
        made = grouping.open_sessions(asked, by=user, actor=actor_of(request))
    except BadInput as bad:
        return _page(request, site, bad.problems)
    return _back(site, opened=len(made))


@names_fields
@require_POST
@screen("leads.work", at_desk=True)
def group_close(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """One session does not take place."""
    user = staff(request)
    site = practice().sites.get(request.GET.get("site", ""))
    if site is None:
        raise NotAllowed("leads.work")
    try:
        said = grouping.close(number, why=request.POST.get("why", ""), by=user, actor=actor_of(request))
    except BadInput as bad:
        return _page(request, site, bad.problems)
    except Conflict as conflict:
        return _page(request, site, [Problem("", f"{str(conflict).capitalize()}.")], status=409)
    return _back(site, closed="yes", offer=",".join(said.done), left=",".join(said.not_done))


def _page(request: HttpRequest, site: Site, problems: Iterable[Problem] = (), status: int = 0) -> HttpResponse:
    now, shape, problems = clock.now(), practice(), list(problems)
    user, kinds = staff(request), [each for each in policy().section(Booking).kinds if each.service == "group"]
    found = grouping.sessions([site.slug], now=now)
    ids = {lead for each in found for lead, _ in each.sits}
    leads = list(leads_for(user).filter(id__in=ids))
    seen, names = {each.id for each in leads}, each_of(leads, user)
    if names:
        noted_view(actor_of(request), "visit", sorted(names))
    typed = request.POST if "kind" in request.POST else {}
    values: dict[str, Any] = {
        "site": site,
        "sites": [each for each in shape.sites.values() if works_at(user, each.slug)],
        "lines": [_line(each, shape, site, now, seen, names) for each in found],
        "kinds": {each.slug: each.name for each in kinds},
        "programs": {each.slug: each.name for each in shape.programs.values() if site.slug in each.sites},
        "therapists": grouping.therapists_of(site.slug),
        "rooms": grouping.rooms_of(site.slug),
        "seats": kinds[0].seats if kinds else 6,
        "most_weeks": grouping.MOST_WEEKS,
        "reasons": grouping.WHY_CLOSED,
        "typed": typed,
        "problems": problems,
        "wrong": {each.field: each.message for each in problems},
        "opened": 0 if problems else _number(request.GET.get("opened", "")),
        "closed": "closed" in request.GET,
        "offer": _named(_codes(request, "offer"), user),
        "left": _named(_codes(request, "left"), user),
        "back": f"{reverse('calendar')}?{urlencode({'site': site.slug})}",
    }
    return render(request, "staff/calendar/groups.html", values, status=status or (422 if problems else 200))


def _line(
    one: Session, shape: Practice, site: Site, now: datetime, seen: set[uuid.UUID], names: Mapping[uuid.UUID, str]
) -> dict[str, Any]:
    group = one.group
    kinds = {each.slug: each.name for each in policy().section(Booking).kinds}
    takes = [shape.resources[slug].name for slug in one.resources if slug in shape.resources]
    program = shape.programs.get(group.program)
    return {
        "id": group.id,
        "when": words.moment(group.starts_at, site.tz, now),
        "what": ", ".join(filter(None, (kinds.get(group.kind, group.kind), program.name if program else ""))),
        "who": ", ".join(takes),
        "seats": f"{group.seats - one.left} of {group.seats}",
        "full": one.left <= 0,
        "sits": [{"code": code, "name": names.get(lead, "")} for lead, code in one.sits if lead in seen],
        "others": sum(lead not in seen for lead, _ in one.sits),
    }


def _back(site: Site, **said: object) -> HttpResponse:
    query = urlencode({"site": site.slug, **said})
    return HttpResponseRedirect(f"{reverse('calendar_groups')}?{query}", status=303)


def _codes(request: HttpRequest, name: str) -> list[str]:
    texts = request.GET.get(name, "").split(",")[:60]
    return [text for text in texts if text.startswith("L-") and text[2:].isdecimal() and len(text) < 12]


def _named(codes: list[str], user: User) -> list[str]:
    """Codes with the names of those whom somebody may see."""
    leads = {f"L-{each.number}": each for each in leads_for(user).filter(number__in=[int(code[2:]) for code in codes])}
    names = each_of(leads.values(), user)
    called = {code: names.get(lead.id, "") for code, lead in leads.items()}
    return [f"{called[code]} ({code})" if called.get(code) else code for code in codes]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if len(text) == 5 else None
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
