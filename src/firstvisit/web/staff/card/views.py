"""A link by which the family shows us its insurance card: to read out, to print, or to let them scan here."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from firstvisit.journey.coverage import card
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, NotAllowed
from firstvisit.leads import scope
from firstvisit.leads.queries import by_code
from firstvisit.people.queries import birth_date_of
from firstvisit.steps.intake.card_links import GOOD_FOR
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of


@require_http_methods(["GET", "POST"])
@screen("insurance.see", at_desk=True)
def lead_card(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the link is for; pressed, show a new one."""
    user, lead = staff(request), by_code(code)
    if lead is None or not scope.sees(user, lead, now=clock.now()) or not card.may_be_asked(lead):
        raise NotAllowed("leads.see")
    link, problem = "", ""
    if request.method == "POST":
        try:
            link = card.give_link(lead, user, actor=actor_of(request))
        except BadInput as bad:
            problem = bad.problems[0].message
    noted_view(actor_of(request), "card", [lead.id])
    until = (clock.now() + GOOD_FOR).astimezone(site_of(request, user).tz).date()
    context: dict[str, Any] = {
        "code": code,
        "link": link,
        "said": link.partition("://")[2],
        "qr": _qr(link) if link else "",
        "until": words.day(until),
        "problem": problem or ("" if birth_date_of(lead.patient) else card.NO_BIRTH_DATE),
    }
    return render(request, "staff/card/card.html", context, status=422 if request.method == "POST" and problem else 200)


def _qr(address: str) -> SafeString:
    """The code as SVG, made here and asked of nobody."""
    made = segno.make(address, error="m", micro=False)
    # Safe: the library draws modules only, the address stands nowhere in it as text.
    return mark_safe(made.svg_inline(border=4, omitsize=True, dark="#15181b", light="#ffffff"))  # noqa: S308
