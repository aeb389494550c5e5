"""Times on the form's last page, for whoever filled it in, in this very browser: no birth date again, a tap books."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from firstvisit.journey import own_visit
from firstvisit.journey.booking import offering
from firstvisit.kernel import clock
from firstvisit.practice.queries import practice
from firstvisit.web.public.book import browser, pages
from firstvisit.web.public.parts import opening
from firstvisit.web.public.parts.frame import Frame
from firstvisit.web.public.parts.links import Kept

NONE: Final[dict[str, Any]] = {}


def opens(request: HttpRequest, response: HttpResponse, kept: Kept | None) -> HttpResponse:
    """Keep in this browser that they filled in the form, where times follow on the next page."""
    now = clock.now()
    if kept is None or kept.lead is None or kept.flagged:
        return response
    found = own_visit.after_form(kept.lead, kept.item, now=now)
    if found is not None:
        browser.keep_open(request, response, found.given, now=now)
    return response


def times(request: HttpRequest, frame: Frame, kept: Kept) -> dict[str, Any]:
    """For the page's template, the three best times; nothing in any other browser, after a red flag, while somebody has
    to look first, or once there is a visit."""
    now = clock.now()
    if kept.lead is None or kept.flagged or browser.COOKIE not in request.COOKIES:
        return NONE
    found = own_visit.after_form(kept.lead, kept.item, now=now)
    if found is None or not browser.opened_in(request, found.given, now=now):
        return NONE
    words, mark = frame.words("book"), own_visit.mark_of(found.lead, at=now)
    if (visit := own_visit.visit_of(found.lead, now=now)) is not None:
        sites = practice().sites
        site = sites.get(visit.site) or sites[practice().identity.home_site]
        at = opening.dated_words(visit.starts_at, site, frame.language)
        said = words["booked_for"].format(at=at) if visit.status == "booked" else ""
        return {"b": words, "booked": said, "book": reverse("book", args=[mark])}
    three, more = own_visit.first_times(found.lead, now=now, count=pages.FIRST, most=pages.MORE)
    if not three:
        return NONE
    zone = opening.zone_words(now, three[0].site, frame.language)
    return {
        "b": words,
        "offers": pages.offers(offering.with_one_more(three, now=now), frame),
        "fitting": words[pages.fitting(three)],
        "more": more,
        "zone": words["zone"].format(zone=zone),
        "book": reverse("book", args=[mark]),
        "none_fits": reverse("book_when", args=[mark]),
    }
