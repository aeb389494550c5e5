"""Day sheet: a site's open list to print now; the machine keeps one for outages by itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firstvisit.documents.made import pdf
from firstvisit.journey.day_sheet import Sheet, sheet
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads import scope
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui.context import site_of

KEYS = (("P", "print, by the browser"),)


@require_GET
@screen("leads.see_site")
def day_sheet(request: HttpRequest) -> HttpResponse:
    """The sheet of one site on screen; its print is the sheet itself."""
    site, made = _made(request)
    user, shape = staff(request), practice()
    sites = [other for other in shape.sites.values() if scope.works_at(user, other.slug)]
    return render(
        request, "staff/day_sheet/day_sheet.html", {"sheet": made, "site": site, "sites": sites, "keys": KEYS}
    )


@require_GET
@screen("leads.see_site")
def day_sheet_pdf(request: HttpRequest) -> HttpResponse:
    """The same as a PDF."""
    site, made = _made(request)
    answer = HttpResponse(pdf("sheet", made.as_json()), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="day-sheet-{site.slug}.pdf"'
    return answer


def _made(request: HttpRequest) -> tuple[Site, Sheet]:
    user, now = staff(request), clock.now()
    if not user.may("identity.see"):
        raise NotAllowed("identity.see")
    slug = request.GET.get("site", "")
    site = practice().sites.get(slug) if slug else site_of(request, user)
    if site is None or not scope.works_at(user, site.slug):
        raise NotAllowed("leads.see_site")
    made = sheet(site, now=now, tells=user.may("narrative.see"))
    noted_view(actor_of(request), "day sheet", list(made.leads))
    return site, made
