"""What is to come and supply no longer allows: visits are called off and their families offered new times, sessions of
groups closed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from firstvisit.journey.booking.reoffering import affected, affected_sessions, close_sessions, reoffer
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.practice.models import User
from firstvisit.practice.queries import home_zone, policy, practice
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.sessions import seats_taken
from firstvisit.steps.booking.unfit import Unfit, UnfitSession
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.supply import sentences
from firstvisit.web.staff.supply.touched import touched_by_it
from firstvisit.web.staff.supply.views import DONE, SEE
from firstvisit.web.staff.whose import each_of
from firstvisit.web.ui import words

_CODES: Final = re.compile(r"L-\d{1,9}")
AT_ONCE: Final = 100
"""Visits, or sessions, that one press calls off at most: each is a transaction of its own."""


@require_http_methods(["GET", "POST"])
@screen(SEE)
def unfit(request: HttpRequest) -> HttpResponse:
    """The list; a press calls the chosen visits off and offers each family new times, another closes sessions."""
    user = staff(request)
    if request.method == "POST":
        return _pressed(request, user)
    done = DONE.get(request.GET.get("done", ""))
    touched = touched_by_it(request) if done else ()
    lines = _lines(request, user, touched)
    sessions = _sessions(user, touched)
    then_stood = [line for line in lines if line["touched"]]
    stood = bool(then_stood or any(line["touched"] for line in sessions))
    others = [line for line in lines if not line["touched"]]
    parts = (("", then_stood), ("Others that no longer fit", others)) if stood else (("", lines),)
    values = {
        "fits_not": sentences.no_longer_fit(len(lines), len(sessions)),
        "lines": lines,
        "groups": [(title, some) for title, some in parts if some],
        "sessions": [{**line, "chosen": line["touched"] or not stood} for line in sessions],
        "visits_stood": bool(then_stood),
        "stood": stood,
        "may_offer": user.may("leads.work"),
        "at_once": AT_ONCE,
        "done": done if lines or sessions else None,
        "offered": _codes(request, "offered"),
        "nobody": _codes(request, "nobody"),
        "to_call": _codes(request, "call"),
        "untold": _codes(request, "untold"),
        "nobody_untold": _codes(request, "both"),
        "duplicates": _codes(request, "told"),
        "not_offered": _codes(request, "not"),
        "closed": _number(request.GET.get("closed", "")),
        "offer": _codes(request, "offer"),
        "left": _codes(request, "left"),
    }
    return render(request, "staff/supply/unfit.html", values)


def _pressed(request: HttpRequest, user: User) -> HttpResponse:
    actor = actor_of(request)
    if "session" in request.POST:
        closed = close_sessions(_ids(request, "session"), by=user, actor=actor)
        told = {"closed": str(closed.sessions), "offer": ",".join(closed.done), "left": ",".join(closed.not_done)}
    else:
        said = reoffer(_ids(request, "visit"), by=user, actor=actor)
        told = {
            "offered": ",".join(said.done), "nobody": ",".join(said.nobody), "call": ",".join(said.to_call),
            "not": ",".join(said.not_done), "untold": ",".join(said.untold), "both": ",".join(said.nobody_untold),
            "told": ",".join(said.closed),
        }  # fmt: skip
    return HttpResponseRedirect(f"{reverse('supply_unfit')}?{urlencode(told)}", status=303)


def _lines(request: HttpRequest, user: User, touched: Collection[str]) -> list[dict[str, Any]]:
    found, may_offer = affected(user), user.may("leads.work")
    names = each_of({one.appointment.lead for one in found}, user)
    if names:
        noted_view(actor_of(request), "supply", list(names))
    lines = []
    for one in found:
        row, lead = one.appointment, f"L-{one.appointment.lead.number}"
        own_page = may_offer and row.service != "evaluation"
        lines.append(
            {
                **_said(one, row.id, touched),
                "lead": lead,
                "name": names.get(row.lead_id, ""),
                "change": reverse("lead_treatment_visit", args=[lead, row.id]) if own_page else "",
                "what": "Evaluation" if row.service == "evaluation" else row.service.capitalize(),
                "held": row.status == "held",
            }
        )
    return lines


def _sessions(user: User, touched: Collection[str]) -> list[dict[str, Any]]:
    found = affected_sessions(user)
    kinds = {each.slug: each.name for each in policy().section(Booking).kinds}
    taken = seats_taken([one.group.id for one in found], now=clock.now())
    return [
        {
            **_said(one, one.group.id, touched),
            "what": kinds.get(one.group.kind, one.group.kind),
            "seats": f"{taken.get(one.group.id, 0)} of {one.group.seats}",
        }
        for one in found
    ]


def _said(one: Unfit | UnfitSession, number: uuid.UUID, touched: Collection[str]) -> dict[str, Any]:
    at = one.group if isinstance(one, UnfitSession) else one.appointment
    site = practice().sites.get(one.site)
    return {
        "id": number,
        "touched": str(number) in touched,
        "when": words.moment(at.starts_at, site.tz if site else home_zone(), clock.now()),
        "who": sentences.whose_time(one),
        "site": site.name if site else one.site,
        "why": sentences.why_unfit(one),
    }


def _ids(request: HttpRequest, name: str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in request.POST.getlist(name)[:AT_ONCE]]
    except ValueError:
        raise Http404 from None


def _codes(request: HttpRequest, name: str) -> list[str]:
    return _CODES.findall(request.GET.get(name, ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
