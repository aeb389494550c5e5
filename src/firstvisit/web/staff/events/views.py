"""Events and guides: set them up, print the sheet with its QR code, type in what was written on paper."""

from __future__ import annotations

from typing import Any, Final

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads.scope import leads_for
from firstvisit.people import wordings
from firstvisit.practice.queries import practice, user_scope
from firstvisit.practice.texts import signed_versions
from firstvisit.steps.intake.models import CommunityEvent, Guide
from firstvisit.steps.intake.outreach import (
    LARGEST_GUIDE,
    end_offer,
    make_event,
    make_guide,
    may_see,
    sign_ups,
)
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.parts import device
from firstvisit.web.public.texts import pages, words
from firstvisit.web.readable import names_fields, problems_of, typed
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui.words import day

EVENT: Final = {
    "name": "Name",
    "on": "Day",
    "site": "Site",
    "program": "What it is about",
    "welcome_en": "What the form says, in English",
    "welcome_es": "What the form says, in Spanish",
}
GUIDE: Final = {"title": "Title", "language": "Language", "address": "Address"}
"""The fields of the two forms, as they label them."""
LINES: Final = 14
"""Lines of the printed sheet, and rows to type it in."""

AGREED: Final = ("text-request", "email-receipt")
"""What a tick on the sheet agrees to."""


@names_fields
@require_http_methods(["GET", "POST"])
@screen("outreach.edit")
def events(request: HttpRequest) -> HttpResponse:
    """What there is, newest first, and the form for another event."""
    if request.method == "GET":
        return _list(request)
    said = typed(request, tuple(EVENT))
    if problems := problems_of(request, EVENT):
        return _list(request, event=said, problems=problems)
    try:
        made = make_event(**said, by=staff(request), actor=actor_of(request))
    except BadInput as bad:
        return _list(request, event=said, problems=bad.problems)
    return HttpResponseRedirect(reverse("event_setup", args=[made.slug]), status=303)


@names_fields
@require_http_methods(["GET", "POST"])
@screen("outreach.edit")
def guides(request: HttpRequest) -> HttpResponse:
    """Another guide: a PDF or an address. Whoever opens the address of a refused form finds the list again."""
    if request.method == "GET":
        return HttpResponseRedirect(reverse("events"))
    said = typed(request, tuple(GUIDE))
    if problems := problems_of(request, GUIDE):
        return _list(request, guide=said, problems=problems)
    pdf = request.FILES.get("pdf")
    try:
        if pdf is not None and (pdf.size or 0) > LARGEST_GUIDE:
            raise BadInput([Problem("pdf", "This PDF has more than 10 MB; choose a smaller one.")])
        body = pdf.read() if pdf is not None else None
        make_guide(**said, pdf=body or None, by=staff(request), actor=actor_of(request))
    except BadInput as bad:
        return _list(request, guide=said, problems=bad.problems)
    return HttpResponseRedirect(reverse("events"), status=303)


@require_POST
@screen("outreach.edit")
def end(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Take an event or a guide back."""
    found: CommunityEvent | Guide | None = None
    if kind == "event":
        found = event_of(request, slug)
    elif kind == "guide":
        found = Guide.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    end_offer(found, by=staff(request), actor=actor_of(request))
    return HttpResponseRedirect(reverse("events"), status=303)


@require_GET
@screen("outreach.edit")
def setup(request: HttpRequest, slug: str) -> HttpResponse:
    """One event: its address and QR code, and whoever signed up so far."""
    event = event_of(request, slug)
    came = sign_ups(event)
    theirs = leads_for(staff(request)).filter(parts__item__in=came).order_by("number").distinct()
    values = {"came": len(came), "leads": [f"L-{number}" for number in theirs.values_list("number", flat=True)]}
    return render(request, "staff/events/event.html", {**_shown(event), **values})


@require_GET
@screen("outreach.edit")
def printed(request: HttpRequest, slug: str) -> HttpResponse:
    """The sign-up sheet on paper: the QR code, what people agree to in both languages, and lines."""
    agreed = [(wordings.text(which), wordings.text(which, "Spanish")) for which in AGREED]
    shown, ours = _shown(event_of(request, slug)), practice().identity.name
    both = [(words("everywhere", language)["danger"]) for language in ("en", "es")]
    values = {
        **shown,
        # Paper lies about without the page around it: it says whose it is.
        "place": shown["site"] if shown["site"].startswith(ours) else f"{ours}, {shown['site']}",
        "agreed": agreed,
        "danger": both,
        "unreviewed": [] if _spanish_signed() else [words("everywhere", code)["unreviewed"] for code in ("es", "en")],
        "lines": range(1, LINES + 1),
    }
    return render(request, "staff/events/printed.html", values)


def _spanish_signed() -> bool:
    """Whether somebody signed the Spanish that the sheet quotes: what people agree to, and the words of danger."""
    signed = signed_versions("es")
    quoted = {f"wording-{which}": wordings.version(which) for which in AGREED}
    quoted["everywhere"] = pages()["everywhere"].version
    return all(version in signed.get(slug, ()) for slug, version in quoted.items())


def event_of(request: HttpRequest, slug: str) -> CommunityEvent:
    """The event; Http404 for one of a site that is none of theirs."""
    found = CommunityEvent.objects.filter(slug=slug).first()
    if found is None or not may_see(staff(request), found):
        raise Http404
    return found


def _shown(event: CommunityEvent) -> dict[str, Any]:
    site = practice().sites.get(event.site)
    address = f"{settings.ENVIRONMENT.address}{reverse('event', args=[event.slug])}"
    return {
        "event": event,
        "day": f"{day(event.on)}, {event.on.year}",
        "site": site.name if site else event.site,
        "address": address,
        "qr": _qr(address),
        "tablet": f"{address}?{device.ASKED}=1",
    }


def _qr(address: str) -> SafeString:
    """The code as SVG, made here and asked of nobody; dark on light, with its quiet zone."""
    made = segno.make(address, error="m", micro=False)
    # Safe: the library draws modules only, the address stands nowhere in it as text.
    return mark_safe(made.svg_inline(border=4, omitsize=True, dark="#15181b", light="#ffffff"))  # noqa: S308


def _list(
    request: HttpRequest,
    event: dict[str, str] | None = None,
    guide: dict[str, str] | None = None,
    problems: list[Problem] | None = None,
) -> HttpResponse:
    shape, scope = practice(), user_scope(staff(request))
    known = CommunityEvent.objects.all() if scope is None else CommunityEvent.objects.filter(site__in=scope)
    wrong: dict[str, str] = {}
    for problem in problems or ():
        wrong.setdefault(problem.field, problem.message)
    base = settings.ENVIRONMENT.address
    values = {
        "tablet": f"{base}{reverse('request_start')}?{device.ASKED}=1",
        "events": [
            (each, f"{day(each.on)}, {each.on.year}", shape.sites[each.site].name if each.site in shape.sites else "")
            for each in known.order_by("-on", "-made_at")[:100]
        ],
        "guides": [
            (each, f"{base}{reverse('guide', args=[each.slug])}")
            for each in Guide.objects.order_by("-made_at")[:100]
        ],
        "sites": [(site.slug, site.name) for site in shape.sites.values() if scope is None or site.slug in scope],
        "programs": sorted((p.slug, p.name) for p in shape.programs.values()),
        "event": event or {},
        "guide": guide or {},
        "problems": problems or (),
        "wrong": wrong,
    }
    return render(request, "staff/events/events.html", values, status=422 if problems else 200)
