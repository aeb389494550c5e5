"""Ways in: the doors for machines; each with what came over it last, its switch, its secrets and its settings."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstvisit.journey import desk_tasks
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.steps.intake import recorder, ways_in
from firstvisit.steps.intake.models import Delivery, WayIn
from firstvisit.steps.intake.sources.ways import KINDS
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.ways_in.forms import entries, typed
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of
from firstvisit.web.ui.words import Sign

NEWEST: Final = 20
LONGEST_SHOWN: Final = 4000
UNHEARD: Final = timedelta(seconds=15)
"""A test that nobody has made by then: nobody listens."""
FOUND: Final = {
    "ok": Sign("yes", "As it should be"),
    "look": Sign("soon", "Look"),
    "wrong": Sign("late", "Wrong", hot=True),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One way in as the list shows it."""

    way: WayIn
    title: str
    last: str
    looked: str
    verified: bool


@require_http_methods(["GET", "POST"])
@screen("keys.manage")
def listing(request: HttpRequest) -> HttpResponse:
    """Every way in, and the form for another."""
    if request.method == "GET":
        return _list(request)
    said = {name: request.POST.get(name, "").strip() for name in ("slug", "kind", "name")}
    try:
        way = ways_in.make(
            slug=said["slug"], kind=said["kind"], name=said["name"], actor=actor_of(request)
        )
    except BadInput as bad:
        return _list(request, said=said, problems=bad.problems)
    return HttpResponseRedirect(reverse("way_in", args=[way.slug]), status=303)


@require_GET
@screen("keys.manage")
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """One way in."""
    return _page(request, _found(slug))


@require_POST
@screen("keys.manage")
def verb(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Switch it, give it a secret, change its settings."""
    way, actor = _found(slug), actor_of(request)
    try:
        if verb in WayIn.Status.values:
            ways_in.switch(way, verb, actor=actor)
        elif verb == "test":
            ways_in.want_test(way, actor=actor)
            return HttpResponseRedirect(f"{reverse('way_in', args=[way.slug])}#test", status=303)
        elif verb == "secret":
            name = request.POST.get("name", "")
            value = request.POST.get("value", "")
            shown = ways_in.give_secret(way, name, value, actor=actor)
            return _page(request, way, secret="" if value.strip() else shown)
        elif verb == "settings":
            there = typed(request.POST, KINDS[way.kind].settings)
            ways_in.change(way, actor=actor, name=request.POST.get("name"), settings=there)
        else:
            raise Http404
    except BadInput as bad:
        return _page(request, way, problems=bad.problems, status=422)
    except Conflict as error:
        return _page(request, way, problems=[Problem("", str(error))], status=409)
    return HttpResponseRedirect(reverse("way_in", args=[way.slug]), status=303)


@require_GET
@screen("keys.manage")
def tested(request: HttpRequest, slug: str) -> HttpResponse:
    """The part that waits for a test; 205 once it has ended."""
    way = _found(slug)
    if way.test_wanted_at is None:
        return HttpResponse(status=205)
    return render(request, "staff/ways_in/tested.html", _test(request, way))


@require_http_methods(["GET", "POST"])
@screen("items.resolve")
def seen_to(request: HttpRequest, way: UUID) -> HttpResponse:
    """What is wrong with a way in, for whoever has its task; posted, they have seen to it."""
    found = WayIn.objects.filter(id=way).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        desk_tasks.way_seen_to(found, staff(request), actor=actor_of(request))
        return HttpResponseRedirect(reverse("today"), status=303)
    values = {"way": found, "tasks": desk_tasks.tasks_of_way(found)}
    return render(request, "staff/ways_in/seen_to.html", values)


def _found(slug: str) -> WayIn:
    way = WayIn.objects.select_related("key").filter(slug=slug).first()
    if way is None:
        raise Http404
    return way


def _list(
    request: HttpRequest, *, said: dict[str, str] | None = None, problems: list[Problem] | None = None
) -> HttpResponse:
    user, now = staff(request), clock.now()
    zone = site_of(request, user).tz
    lines = [
        Line(
            way,
            KINDS[way.kind].title,
            words.moment(way.last_at, zone, now) if way.last_at else "",
            words.moment(way.looked_at, zone, now) if way.looked_at else "",
            KINDS[way.kind].verified,
        )
        for way in WayIn.objects.order_by("name")
    ]
    values = {
        "lines": lines,
        "kinds": [(name, kind.title, kind.verified) for name, kind in KINDS.items()],
        "said": said or {},
        "problems": problems or [],
        "wrong": {problem.field: problem.message for problem in problems or []},
    }
    return render(request, "staff/ways_in/ways_in.html", values, status=422 if problems else 200)


def _page(
    request: HttpRequest, way: WayIn, *, secret: str = "", problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    user, now = staff(request), clock.now()
    zone, kind = site_of(request, user).tz, KINDS[way.kind]
    recorded = _recorded(request, way)
    newest = Delivery.objects.filter(way=way).order_by("-at")[:NEWEST]
    missing = ways_in.missing_secrets(way)
    values: dict[str, Any] = {
        "way": way,
        "kind": kind,
        "address": f"{settings.ENVIRONMENT.address}/in/{way.slug}" if kind.transport == "web" else "",
        "last": words.moment(way.last_at, zone, now) if way.last_at else "",
        "looked": words.moment(way.looked_at, zone, now) if way.looked_at else "",
        "deliveries": [(words.moment(each.at, zone, now), each.what, each.came, each.pages) for each in newest],
        "secrets": [(name, name.replace("_", " "), name not in missing) for name in kind.secrets],
        "shown": secret,
        "entries": entries(kind.settings, way.settings),
        "recorded": recorded,
        "problems": problems or [],
        **_test(request, way),
    }
    return render(request, "staff/ways_in/way_in.html", values, status=status)


def _test(request: HttpRequest, way: WayIn) -> dict[str, Any]:
    """What a test found, and whether one is under way."""
    now, zone = clock.now(), site_of(request, staff(request)).tz
    wanted, found = way.test_wanted_at, ways_in.findings_of(way)
    return {
        "tests": wanted is not None,
        "alone": wanted is not None and now - wanted > UNHEARD,
        "tested": words.moment(found[0], zone, now) if found else "",
        "findings": [(FOUND[each.how], each.words) for each in found[1]] if found and wanted is None else [],
    }


def _recorded(request: HttpRequest, way: WayIn) -> dict[str, Any] | None:
    """The recorded delivery: what we made of it and its shape, masked; as it came for whoever may see what is in it,
    noted in the log."""
    user, found = staff(request), recorder.recorded_of(way)
    if found is None:
        return None
    if not (user.may("identity.see") and user.may("narrative.see")):
        return {name: found[name] for name in ("said", "outline", "usable", "since")} | {"hidden": True}
    audit.note(actor_of(request), "viewed", "way_in", [way.slug], why="recorded delivery")
    body = base64.b64decode(found["body"]).decode("utf-8", "replace")
    headers = {name: value for name, value in found["headers"].items() if name not in ("cookie", "authorization")}
    return {**found, "headers": sorted(headers.items()), "body": body[:LONGEST_SHOWN]}
