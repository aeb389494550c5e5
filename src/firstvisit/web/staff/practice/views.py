"""Practice: what we offer and how we work, entry by entry. Parse, call one service, render."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstvisit.journey import changing as moving
from firstvisit.journey.booking import left_over
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.practice import changing, queries, references, staffing
from firstvisit.practice.changing import ChangedMeanwhile, stamp
from firstvisit.practice.models import EntryChange, User
from firstvisit.practice.shape import Practice, Shape
from firstvisit.steps.booking.models import Terms
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.practice import fields, forms, shown
from firstvisit.web.staff.practice.forms import Form
from firstvisit.web.staff.practice.register import COLLECTIONS, Collection
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.supply.touched import no_longer_fit, then, without_place
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

KEYS: Final = (
    ("S", "save the entry"),
    ("N", "add an entry"),
    ("J / K", "next row, row before"),
    ("Enter", "open the row"),
)
PAGE: Final = 50
LEAD_CODE: Final = re.compile(r"L-\d{1,9}")
RECENT: Final = 10


@require_GET
@screen("practice.see")
def overview(request: HttpRequest) -> HttpResponse:
    """What wants a look, every collection with its size, and what was changed last."""
    practice, now = queries.practice_now(), clock.now()
    today = now.astimezone(practice.sites[practice.identity.home_site].tz).date()
    sizes = {name: len(getattr(practice, name, ())) for name, one in COLLECTIONS.items() if not one.single}
    sizes["staff"] = User.objects.filter(is_active=True).count()
    changes = _changes(request, EntryChange.objects.filter(made_by__isnull=False), practice, RECENT)
    context = {
        "looks": queries.wants_a_look(today),
        "collections": [(one, sizes[one.name]) for one in COLLECTIONS.values() if not one.single],
        "identity": shown.identity_said(practice.identity, practice),
        "changes": changes,
        "names": shown.names(practice),
    }
    return _page(request, "overview", context)


@require_GET
@screen("practice.see")
def listing(request: HttpRequest, collection: str) -> HttpResponse:
    """One collection, every entry in one table."""
    ours, practice = COLLECTIONS[collection], queries.practice_now()
    if ours.single:
        return HttpResponseRedirect(reverse("practice_entry", args=[collection, collection]))
    members = _members() if collection in ("staff", "queues", "roles") else []
    context: dict[str, Any] = {
        "ours": ours,
        "heads": shown.HEADS[collection],
        "lines": shown.lines(collection, practice, members),
        "may_edit": staff(request).may(changing.capability_for(collection)),
        "beside": None,
    }
    if collection == "programs":
        context["beside"] = COLLECTIONS["not_offered"]
        context["beside_heads"] = shown.HEADS["not_offered"]
        context["beside_lines"] = shown.lines("not_offered", practice, ())
    return _page(request, "list", context)


@require_http_methods(["GET", "POST"])
@screen("practice.see")
def new(request: HttpRequest, collection: str) -> HttpResponse:
    """Add an entry."""
    ours, user = COLLECTIONS[collection], staff(request)
    if ours.single:
        raise Http404
    _may(user, collection)
    if request.method == "GET":
        return _entry(request, ours, forms.standing(ours, _defaults(collection), _year()), None)
    form = forms.posted(ours, request.POST.getlist)
    values = form.values()
    actor = actor_of(request)
    try:
        if collection == "staff":
            joined = staffing.add_member(values=values, by=user, actor=actor)
            if not form.problems:
                return _page(request, "joined", {"ours": ours, "joined": joined, "new": True})
        saved = changing.add_entry(collection=collection, values=values, by=user, actor=actor)
    except BadInput as error:
        form.take(error.problems)
        return _entry(request, ours, form, None, status=422)
    return HttpResponseRedirect(f"{reverse('practice_entry', args=[collection, saved.slug])}?saved=1")


@require_http_methods(["GET", "POST"])
@screen("practice.see")
def entry(request: HttpRequest, collection: str, slug: str) -> HttpResponse:
    """One entry with all its fields, what points at it, and its history."""
    ours, user = COLLECTIONS[collection], staff(request)
    lost: tuple[str, ...] = ()
    standing = _standing(collection, slug)
    if request.method == "GET" or standing is None:
        if standing is None:
            return _gone(request, ours, slug)
        return _entry(
            request, ours, forms.standing(ours, standing.model_dump(mode="json"), _year()), standing, slug
        )
    form = forms.posted(ours, request.POST.getlist)
    form.typed.setdefault("slug", slug)
    values, seen = form.values(), request.POST.get("seen", "")
    values = forms.in_order(ours.fields, values, standing.model_dump(mode="json"))
    if form.problems:
        return _entry(request, ours, form, standing, slug, status=422)
    actor = actor_of(request)
    try:
        if collection == "staff":
            account = uuid.UUID(slug)
            lost = moving.change_member(user_id=account, values=values, seen=seen, by=user, actor=actor)
        else:
            lost = moving.change_entry(
                collection=collection, slug=slug, values=values, seen=seen, by=user, actor=actor,
                knowing=bool(request.POST.get("knowing")),
            )  # fmt: skip
    except ChangedMeanwhile as error:
        _say_what_stands(form, ours, values, error)
        return _entry(request, ours, form, error.entry, slug, status=409, meanwhile=error)
    except BadInput as error:
        form.take([problem for problem in error.problems if problem.field != left_over.MEANT])
        lost_visits = [problem.message for problem in error.problems if problem.field == left_over.MEANT]
        return _entry(request, ours, form, standing, slug, status=422, lost_visits=lost_visits)
    return _saved(collection, slug, lost)


@require_http_methods(["GET", "POST"])
@screen("practice.see")
def retire(request: HttpRequest, collection: str, slug: str) -> HttpResponse:
    """What an entry that is to go has standing on it, and taking it out of the practice."""
    ours, user = COLLECTIONS[collection], staff(request)
    _may(user, collection)
    standing = _standing(collection, slug)
    if ours.single or standing is None:
        return _gone(request, ours, slug)
    problems: list[str] = []
    if request.method == "POST":
        before = without_place(user)
        try:
            if collection == "staff":
                moving.disable_member(
                    user_id=uuid.UUID(slug), by=user, actor=actor_of(request), last_day=_last_day(request)
                )
                return then(request, user, before, reverse("practice_entry", args=[collection, slug]), "")
            moving.retire_entry(
                collection=collection,
                slug=slug,
                by=user,
                actor=actor_of(request),
                move_to=request.POST.get("move_to", ""),
                knowing=bool(request.POST.get("knowing")),
            )
            return then(request, user, before, reverse("practice_list", args=[collection]), "")
        except BadInput as error:
            problems = [problem.message for problem in error.problems]
        except Conflict as error:
            problems = str(error).split("; ")
    practice = queries.practice_now()
    names = shown.names(practice)
    context = {
        "ours": ours,
        "slug": slug,
        "name": _name(ours, standing),
        "problems": problems,
        "stands": moving.standing_on(collection, slug),
        "last_day": _last_day_typed(request, slug) if collection == "staff" else None,
        "left_empty": staffing.queues_left_empty(uuid.UUID(slug)) if collection == "staff" else [],
        "named_by": _named_by(collection, standing, slug, practice),
        "queues": {to: name for to, name in names["queues"].items() if to != slug},
    }
    return _page(request, "retire", context, status=422 if problems else 200)


@require_POST
@screen("practice.see")
def verb(request: HttpRequest, collection: str, slug: str, verb: str) -> HttpResponse:
    """What one press does: a place checked again; an account enabled, given a password, freed of its factor."""
    user, actor = staff(request), actor_of(request)
    if (collection, verb) == ("places", "verify"):
        changing.verify_place(slug=slug, by=user, actor=actor)
    elif collection == "staff":
        account = _uuid(slug)
        if verb == "enable":
            staffing.enable_member(user_id=account, by=user, actor=actor)
        elif verb == "factor":
            staffing.forget_second_factor(user_id=account, by=user, actor=actor)
        elif verb == "password":
            joined = staffing.new_password(user_id=account, by=user, actor=actor)
            return _page(request, "joined", {"ours": COLLECTIONS["staff"], "joined": joined, "new": False})
    return HttpResponseRedirect(f"{reverse('practice_entry', args=[collection, slug])}?saved=1")


@require_GET
@screen("practice.see")
def history(request: HttpRequest) -> HttpResponse:
    """Every change of the practice, newest first."""
    changes = EntryChange.objects.all()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        changes = changes.filter(id__lt=int(before))
    found = _changes(request, changes, queries.practice_now(), PAGE + 1)
    more = f"?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    return _page(request, "history", {"changes": found[:PAGE], "more": more})


@require_POST
@screen("practice.see")
def go_back(request: HttpRequest, change: int) -> HttpResponse:
    """One entry as it was before or after an earlier change."""
    side = "before" if request.POST.get("to") == "before" else "after"
    try:
        lost = moving.return_entry(change=change, to=side, by=staff(request), actor=actor_of(request))  # type: ignore[arg-type]
    except BadInput as error:
        problems = [
            f"{problem.field}: {problem.message}" if problem.field else problem.message
            for problem in error.problems
        ]
        raise Conflict(
            "This cannot be as it was, because the practice around it has changed: " + "; ".join(problems)
        ) from None
    past = EntryChange.objects.get(id=change)
    return _saved(past.collection, past.slug, lost)


def _last_day_typed(request: HttpRequest, slug: str) -> str | None:
    """What stands in the field of the last day: what was typed, else the one that is noted, else today. None of whoever
    cannot be booked and has no such field."""
    resource = staffing.member(_uuid(slug)).resource
    if resource is None:
        return None
    noted = Terms.objects.filter(resource=resource).values_list("last_day", flat=True).first()
    today = clock.now().astimezone(queries.home_zone()).date()
    return request.POST.get("last_day", (noted or today).isoformat())


def _last_day(request: HttpRequest) -> date | None:
    """The last day on which whoever leaves can be booked; None where nothing is entered."""
    text = request.POST.get("last_day", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput([Problem("last_day", "Enter the last day with us, such as 2026-11-30.")]) from None


def _saved(collection: str, slug: str, returned: tuple[str, ...]) -> HttpResponse:
    """Back to the entry, which says which leads went back to their queues."""
    back = f"&returned={','.join(returned)}" if returned else ""
    return HttpResponseRedirect(f"{reverse('practice_entry', args=[collection, slug])}?saved=1{back}")


def _entry(
    request: HttpRequest,
    ours: Collection,
    form: Form,
    standing: Shape | None,
    slug: str = "",
    *,
    status: int = 200,
    meanwhile: ChangedMeanwhile | None = None,
    lost_visits: Sequence[str] = (),
) -> HttpResponse:
    user, practice = staff(request), queries.practice_now()
    site = site_of(request, user)
    shown_fields = form.shown(practice, fixed=standing is not None)
    sections = [
        (section, [shown_fields[field.name] for field in section.fields]) for section in ours.sections
    ]
    history = EntryChange.objects.filter(collection=ours.name, slug=slug)
    context = {
        "ours": ours,
        "slug": slug,
        "name": _name(ours, standing) if standing else f"New {ours.one}",
        "sections": sections,
        "form": form,
        "problems": [(name, text) for name, found in form.problems.items() for text in found],
        "seen": stamp(standing) if standing else "",
        "saved": request.method == "GET" and "saved" in request.GET,
        "returned": [code for code in request.GET.get("returned", "").split(",") if LEAD_CODE.fullmatch(code)],
        "may_edit": user.may(changing.capability_for(ours.name)),
        "meanwhile": meanwhile,
        "lost_visits": lost_visits,
        "knowing": bool(lost_visits or (form.problems and request.POST.get("knowing"))),
        "unfit": no_longer_fit(user)
        if request.method == "GET" and "saved" in request.GET and ours.name in moving.BOOKED
        else "",
        "meanwhile_at": words.moment(meanwhile.at, site.tz, clock.now())
        if meanwhile and meanwhile.at
        else "",
        "changes": _changes(request, history, practice, RECENT) if standing else [],
        "stands": moving.standing_on(ours.name, slug) if standing else None,
        "named_by": _named_by(ours.name, standing, slug, practice) if standing else [],
        "account": staffing.member(uuid.UUID(slug)) if standing and ours.name == "staff" else None,
    }
    return _page(request, "entry", context, status=status)


def _gone(request: HttpRequest, ours: Collection, slug: str) -> HttpResponse:
    """A retired entry: its history, from which it can come back; 404 for what never was."""
    found = EntryChange.objects.filter(collection=ours.name, slug=slug)
    changes = _changes(request, found, queries.practice_now(), RECENT)
    if not changes:
        raise Http404
    context = {"ours": ours, "slug": slug, "name": changes[0].entry, "changes": changes}
    context["may_edit"] = staff(request).may(changing.capability_for(ours.name))
    return _page(request, "gone", context, status=200 if request.method == "GET" else 409)


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    here = context["ours"].name if "ours" in context else name
    nav = [(one.name, one.title, one.name == here) for one in COLLECTIONS.values()]
    found = {**context, "nav": nav, "history_here": name == "history", "keys": KEYS}
    return render(request, f"staff/practice/{name}.html", found, status=status)


def _changes(request: HttpRequest, found: Any, practice: Practice, limit: int) -> list[shown.Change]:
    """The newest of these changes; of each entry the newest one may not be returned to, it is what stands."""
    zone, now = site_of(request, staff(request)).tz, clock.now()
    rows = list(found.select_related("made_by").order_by("-id")[:limit])
    newest = {
        (row["collection"], row["slug"]): row["last"]
        for row in EntryChange.objects.filter(slug__in={row.slug for row in rows})
        .values("collection", "slug")
        .annotate(last=Max("id"))
    }
    return [
        shown.change(row, practice, zone, now, newest=newest[row.collection, row.slug] == row.id)
        for row in rows
    ]


def _say_what_stands(form: Form, ours: Collection, values: dict[str, Any], error: ChangedMeanwhile) -> None:
    """At each field that somebody else changed to something else than is typed: what stands there now."""
    now, called = error.entry.model_dump(mode="json"), shown.names(queries.practice_now())
    form.now = {
        one.name: fields.said(one, now.get(one.name), shown.refs(one, called))
        for one in ours.fields
        if fields.typed_of(one, now.get(one.name), _year())
        != fields.typed_of(one, values.get(one.name), _year())
    }


def _standing(collection: str, slug: str) -> Shape | None:
    if collection == "staff":
        return staffing.member(_uuid(slug)).shape()
    return changing.entry(collection, slug)


def _named_by(
    collection: str, standing: Shape | None, slug: str, practice: Practice
) -> list[tuple[str, str, str]]:
    """Who names the entry: (collection, slug, name); accounts lead to their list."""
    found = references.naming(queries.as_files(), collection, slug) if standing else ()
    called = shown.names(practice)
    return [
        (where, "", name.partition("@")[0])
        if where == "staff"
        else (where, name, called.get(where, {}).get(name, name.replace("_", " ")))
        for where, name, _ in found
    ]


def _members() -> list[User]:
    return list(
        User.objects.select_related("role", "resource").prefetch_related("sites", "queues").order_by("name")
    )


def _name(ours: Collection, entry: Shape) -> str:
    return str(getattr(entry, ours.called))


def _defaults(collection: str) -> dict[str, Any]:
    """What a new entry starts from, so that only what differs is typed."""
    today = clock.now().astimezone(queries.home_zone()).date().isoformat()
    week = {day: [{"opens": "08:00", "closes": "17:00"}] for day in ("mon", "tue", "wed", "thu", "fri")}
    starts: dict[str, dict[str, Any]] = {
        "programs": {"minutes": 60, "settings": ["clinic"], "status": "open", "order_rule": "not_required"},
        "sites": {"area_miles": 25, "hours": week},
        "payers": {"as_of": today, **dict.fromkeys(("in_network", "order_required"), "not_stated")},
        "resources": {"kind": "clinician", "languages": ["English"]},
        "places": {"verified_on": today, "area_miles": 25, "languages": ["English"]},
    }
    return starts.get(collection, {})


def _may(user: User, collection: str) -> None:
    if not user.may(changing.capability_for(collection)):
        raise NotAllowed(changing.capability_for(collection))


def _year() -> int:
    local: datetime = clock.now().astimezone(queries.home_zone())
    return local.year


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
