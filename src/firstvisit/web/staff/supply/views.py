"""Supply: the list of who and what can be booked, one of them with their week, and every change of it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.models import Resource
from firstvisit.practice.queries import home_zone, policy, practice, user_scope
from firstvisit.practice.shape import Site
from firstvisit.steps.booking import feeds, spans, supply, supplying
from firstvisit.steps.booking.models import Block, Change, Feed, Terms
from firstvisit.steps.booking.policy import Booking
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.supply import forms, sentences, shown
from firstvisit.web.staff.supply.forms import Form
from firstvisit.web.staff.supply.touched import Without, no_longer_fit, then, without_place

SEE: Final = "practice.see"
EDIT: Final = "practice.edit"
DONE: Final = {
    "kept": "Kept. Times offered from now on follow it.",
    "closed": "The site is closed then. Nobody is offered a time there.",
    "left": "Noted.",
    "back": "Taken back.",
    "out": "Taken out.",
    "already": "Somebody had taken it out already.",
    "ended": "Those hours end then.",
    "except": "Left out. Those hours do not hold on that day.",
    "again": "Taken back. Those hours hold on that day again.",
    "already_except": "That day was left out already.",
    "already_again": "Those hours hold on that day already.",
    "forgotten": "The calendar is no longer read; what it kept busy is open again.",
}
"""What was just done."""


@require_GET
@screen(SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody and everything that can be booked, by site."""
    return _list(request)


@names_fields
@require_POST
@screen(EDIT)
def close(request: HttpRequest) -> HttpResponse:
    """Close a site for a day, or some hours of it."""
    form = forms.closing_form(practice(), [site.slug for site in _sites(request)])
    before = without_place(staff(request))
    problems = problems_of(request, {field.name: field.label for field in form.fields})
    try:
        if problems:
            raise BadInput(problems)
        if request.POST.get("site") not in {site.slug for site in _sites(request)}:
            raise BadInput([Problem("site", "Choose the site.")])
        supplying.close_site(
            request.POST.get("site", ""), **forms.dated(request.POST), why=request.POST.get("why", ""),
            by=staff(request), actor=actor_of(request), now=clock.now(),
        )  # fmt: skip
    except BadInput as bad:
        return _list(request, closing=forms.filled(form, request.POST, bad.problems), problems=bad.problems)
    return then(request, staff(request), before, reverse("supply"), "closed")


@require_GET
@screen(SEE)
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """One resource."""
    return _one(request, _resource(request, slug))


@names_fields
@require_POST
@screen(EDIT)
def verb(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Change one resource's supply."""
    row = _resource(request, slug)
    said, actor, now = request.POST, actor_of(request), clock.now()
    before = without_place(staff(request))
    if verb in ("drop", "end", "forget", "except", "again"):
        return _take_out(request, row, verb, before)
    form = next((each for each in _forms(row) if each.verb == verb), None)
    if form is None:
        raise Http404
    default = next((slug for slug in practice().resources[slug].sites if slug in practice().sites), "")
    try:
        if problems := problems_of(request, {field.name: field.label for field in form.fields}):
            raise BadInput(problems)
        match verb:
            case "hours" | "protected":
                typed = forms.repeating(said, default)
                if (typed["what"] in supplying.OPEN) != (verb == "hours"):
                    raise BadInput([Problem("what", "Choose what these hours are for.")])
                supplying.add_block(row, **typed, actor=actor, now=now)
            case "away" | "extra":
                supplying.add_change(
                    row, what=verb, **forms.dated(said), site=said.get("site", default), why=said.get("why", ""),
                    by=staff(request), actor=actor, now=now,
                )  # fmt: skip
            case "terms":
                supplying.set_terms(
                    row,
                    evaluations_a_day=forms.number(said, "evaluations_a_day"),
                    new_patients_a_day=forms.number(said, "new_patients_a_day"),
                    per_diem=said.get("per_diem") == "yes",
                    last_day=forms.day_of(said, "last_day"),
                    home_miles=forms.number(said, "home_miles"),
                    home_zips=said.get("home_zips", "").replace(",", " ").split(),
                    seen=said.get("seen", ""),
                    actor=actor,
                )
            case _:
                feeds.make_feed(
                    row, name=said.get("name", ""), address=said.get("address", ""),
                    every_minutes=forms.number(said, "every_minutes") or 0, actor=actor, now=now,
                )  # fmt: skip
    except BadInput as bad:
        return _one(request, row, wrong=forms.filled(form, said, bad.problems), problems=bad.problems)
    return then(request, staff(request), before, reverse("supply_of", args=[slug]), "kept")


@require_POST
@screen(EDIT)
def drop_change(request: HttpRequest, change: uuid.UUID) -> HttpResponse:
    """Take a day away, extra hours or a closure back."""
    row = Change.objects.select_related("resource").filter(id=change).first()
    if row is None:
        of = request.POST.get("of", "")
        back = reverse("supply_of", args=[of]) if of in practice().resources else reverse("supply")
        return HttpResponseRedirect(f"{back}?done=already", status=303)
    if row.resource is not None:
        _resource(request, row.resource.slug)
    elif row.site not in {site.slug for site in _sites(request)}:
        raise Http404
    before = without_place(staff(request))
    supplying.drop_change(row, actor=actor_of(request))
    back = reverse("supply_of", args=[row.resource.slug]) if row.resource is not None else reverse("supply")
    return then(request, staff(request), before, back, "back")


def _take_out(request: HttpRequest, row: Resource, verb: str, before: Without) -> HttpResponse:
    """A block out, at its end or not on one day, or a calendar no longer read."""
    actor, back = actor_of(request), reverse("supply_of", args=[row.slug])
    try:
        which = uuid.UUID(request.POST.get("which", ""))
    except ValueError:
        raise Http404 from None
    already = HttpResponseRedirect(f"{back}?done=already", status=303)
    if verb == "forget":
        feed = Feed.objects.select_related("resource", "key").filter(id=which, resource=row).first()
        if feed is None:
            return already
        feeds.drop_feed(feed, actor=actor)
        return then(request, staff(request), before, back, "forgotten")
    block = Block.objects.select_related("resource").filter(id=which, resource=row).first()
    if block is None:
        return already
    if verb == "drop":
        supplying.drop_block(block, actor=actor)
        return then(request, staff(request), before, back, "out")
    try:
        if verb in ("except", "again"):
            day = forms.day_of(request.POST, "day")
            if day is None:
                raise BadInput([Problem("day", "Enter the day on which these hours do not hold.")])
            if (day in block.except_days) == (verb == "except"):
                return HttpResponseRedirect(f"{back}?done=already_{verb}", status=303)
            if verb == "except":
                supplying.except_day(block, day, actor=actor, now=clock.now())
            else:
                supplying.take_back_day(block, day, actor=actor)
            return then(request, staff(request), before, back, verb)
        last = forms.day_of(request.POST, "last_day")
        if last is None:
            raise BadInput([Problem("last_day", "Enter the last day on which these hours hold.")])
        supplying.end_block(block, last, actor=actor)
    except BadInput as bad:
        return _one(request, row, problems=bad.problems)
    return then(request, staff(request), before, back, "ended")


def _list(
    request: HttpRequest, *, closing: Form | None = None, problems: Iterable[Problem] = ()
) -> HttpResponse:
    user, shape, now = staff(request), practice(), clock.now()
    today = now.astimezone(home_zone()).date()
    monday = today - timedelta(days=today.weekday())
    sites = _sites(request)
    terms = {row.resource_id: row for row in Terms.objects.all()}
    calendars: dict[int, list[bool]] = defaultdict(list)
    for number, failed in Feed.objects.values_list("resource_id", "failed"):
        calendars[number].append(bool(failed))
    away: dict[int, str] = {}
    for row in Change.objects.filter(what="away", during__endswith__gt=now).order_by("-during"):
        if row.resource_id is not None:
            away[row.resource_id] = sentences.change(
                row.what, row.why, row.during.lower, row.during.upper, _zone_of(row.site), now
            )
    groups = []
    found = supply.bookables(shape, policy().section(Booking), monday, monday + timedelta(days=6))
    for site in sites:
        lines = []
        for one in found:
            first = next((slug for slug in shape.resources[one.slug].sites if slug in shape.sites), "")
            if first != site.slug:
                continue
            minutes = sum(end - start for start, end in spans.joined(stretch[:2] for stretch in one.open))
            lines.append(
                {
                    "slug": one.slug,
                    "name": one.name,
                    "about": shown.about(shape, one, terms.get(one.id)),
                    "open": sentences.length(minutes) if minutes else "nothing",
                    "away": away.get(one.id, ""),
                    "limit": ""
                    if one.kind != "clinician"
                    else "treats, never evaluates"
                    if one.assistant
                    else f"{one.evaluations_a_day} evaluations a day",
                    "calendars": len(calendars[one.id]),
                    "failing": any(calendars[one.id]),
                }
            )
        closed = [
            {
                "id": row.id,
                "words": sentences.change(row.what, row.why, row.during.lower, row.during.upper, site.tz, now),
            }
            for row in Change.objects.filter(resource=None, site=site.slug, during__endswith__gt=now).order_by("during")
        ]
        groups.append({"name": site.name, "lines": lines, "closed": closed})
    values = {
        "groups": groups,
        "unfit": no_longer_fit(user),
        "nobody_does": shown.nobody_does([site.slug for site in sites], now),
        "nobody_treats": shown.nobody_treats([site.slug for site in sites], now),
        "may_edit": user.may(EDIT),
        "closing": closing or forms.closing_form(shape, [site.slug for site in sites]),
        "problems": list(problems),
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "staff/supply/supply.html", values, status=422 if problems else 200)


def _one(
    request: HttpRequest, row: Resource, *, wrong: Form | None = None, problems: Iterable[Problem] = ()
) -> HttpResponse:
    user, shape, now = staff(request), practice(), clock.now()
    booking, zone = policy().section(Booking), feeds.zone_of(row)
    today = now.astimezone(zone).date()
    monday = _monday(request, today)
    terms = Terms.objects.filter(resource=row).first()
    bookable = next(one for one in supply.bookables(shape, booking, monday, monday) if one.id == row.id)
    blocks = list(Block.objects.filter(resource=row))
    known, sites = shape.resources[row.slug], shown.sites_of(shape, row.slug)
    apart = len({site.tz.key for site in sites}) > 1
    changes = [
        {
            "id": each.id,
            "words": sentences.change(
                each.what, each.why, each.during.lower, each.during.upper, _zone_of(each.site), now
            )
            + (f", times of {shape.sites[each.site].city}" if apart and each.site in shape.sites else ""),
        }
        for each in Change.objects.filter(resource=row, feed=None, during__endswith__gt=now).order_by("during")
    ]
    hours = [block for block in blocks if block.what in supplying.OPEN]
    values: dict[str, Any] = {
        "slug": row.slug,
        "name": known.name,
        "about": shown.about(shape, bookable, terms),
        "zone": shown.zones(sites, now),
        "week": shown.week_of(shape, booking, row, monday, today, zone),
        "blocks": shown.block_lines(shape, blocks, known.sites, today),
        "by_hours": "" if hours else "own" if known.hours else "site",
        "per_diem": terms is not None and terms.per_diem,
        "several": len(known.sites) > 1,
        "changes": changes,
        "feeds": [(each, shown.feed_line(each, now, zone)) for each in row.feeds.order_by("name")],
        "forms": [wrong if wrong and wrong.verb == form.verb else form for form in _forms(row)],
        "wrong": wrong,
        "may_edit": user.may(EDIT),
        "problems": list(problems),
        "done": DONE.get(request.GET.get("done", "")),
        "unfit": no_longer_fit(user),
    }
    return render(request, "staff/supply/one.html", values, status=422 if problems else 200)


def _forms(row: Resource) -> tuple[Form, ...]:
    today = clock.now().astimezone(feeds.zone_of(row)).date()
    return forms.forms_of(
        practice(), practice().resources[row.slug], Terms.objects.filter(resource=row).first(), today
    )


def _monday(request: HttpRequest, today: date) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        asked = today
    if not -400 < (asked - today).days < 800:
        asked = today
    return asked - timedelta(days=asked.weekday())


def _zone_of(site: str) -> ZoneInfo:
    known = practice().sites.get(site)
    return known.tz if known else home_zone()


def _sites(request: HttpRequest) -> list[Site]:
    """The sites of whoever looks."""
    scope = user_scope(staff(request))
    return [site for site in practice().sites.values() if scope is None or site.slug in scope]


def _resource(request: HttpRequest, slug: str) -> Resource:
    """A resource of a site of theirs; 404 for any other."""
    row = Resource.objects.filter(slug=slug, retired_at=None).first()
    known = practice().resources.get(slug)
    if row is None or known is None:
        raise Http404
    scope = user_scope(staff(request))
    if scope is not None and not scope & set(known.sites):
        raise Http404
    return row
