"""Texts: the Spanish of every public page beside its English, and the reviewer who signs that it says the same."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.practice.models import TextReview
from firstvisit.practice.texts import sign_text, signed_versions, take_back_signature
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.texts.register import Reviewable, reviewables
from firstvisit.web.readable import names_fields, problems_of, typed
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui.context import site_of
from firstvisit.web.ui.words import day

LANGUAGE: Final = "es"
LABELS: Final = {"name": "Reviewed by", "qualification": "Qualification"}


@require_GET
@screen("practice.see")
def texts(request: HttpRequest) -> HttpResponse:
    """Every set of texts and whether its present Spanish is signed; unsigned ones first."""
    versions = signed_versions(LANGUAGE)
    listed = [(each, each.signed(versions), _critical(each)) for each in reviewables()]
    listed.sort(key=lambda row: (row[1], -row[2]))
    left = sum(not signed for _, signed, _ in listed)
    return render(request, "staff/texts/texts.html", {"rows": listed, "left": left})


@names_fields
@require_http_methods(["GET", "POST"])
@screen("practice.see")
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """One set, side by side, and the signature."""
    found = next((each for each in reviewables() if each.slug == slug), None)
    if found is None:
        raise Http404
    if request.method == "GET":
        return _page(request, found, {})
    said = typed(request, ("name", "qualification", "version"))
    if problems := problems_of(request, LABELS):
        return _page(request, found, said, problems)
    if said["version"] != found.version:
        raise Conflict("this text has changed since the page was loaded")
    by, actor = staff(request), actor_of(request)
    if "take_back" in request.POST:
        take_back_signature(page=slug, language=LANGUAGE, version=found.version, by=by, actor=actor)
        return HttpResponseRedirect(reverse("text", args=[slug]), status=303)
    try:
        sign_text(
            page=slug,
            language=LANGUAGE,
            version=found.version,
            name=said["name"],
            qualification=said["qualification"],
            by=by,
            actor=actor,
        )
    except BadInput as bad:
        return _page(request, found, said, bad.problems)
    return HttpResponseRedirect(reverse("texts"), status=303)


def _page(
    request: HttpRequest, found: Reviewable, said: dict[str, str], problems: list[Problem] | None = None
) -> HttpResponse:
    zone = site_of(request, staff(request)).tz
    reviews = TextReview.objects.filter(page=found.slug, language=LANGUAGE).select_related("by", "taken_back_by")
    signed = list(reviews.order_by("-at")[:20])
    wrong: dict[str, str] = {}
    for problem in problems or ():
        wrong.setdefault(problem.field, problem.message)
    values = {
        "found": found,
        "said": said,
        "problems": problems or (),
        "wrong": wrong,
        "signs": staff(request).may("texts.review"),
        "reviews": [
            (each, day(local := each.at.astimezone(zone).date()) + f", {local.year}", each.version == found.version)
            for each in signed
        ],
        "standing": any(each.version == found.version and each.taken_back_at is None for each in signed),
    }
    return render(request, "staff/texts/text.html", values, status=422 if problems else 200)


def _critical(each: Reviewable) -> int:
    return sum(entry.critical for entry in each.entries)
