"""Medicare on a lead: how each point stands, and what a clinician or the desk notes of it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstvisit.journey.coverage import medicare
from firstvisit.journey.coverage.known import home_health_told
from firstvisit.journey.lead_file import lead_file
from firstvisit.journey.plan import TASK_WORDS
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.steps.coverage.medicare import GROUPS, SOURCES, longest_interval
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.lead.medicare import lines, sees_medicare
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.whose import whose
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

FIELDS: Final = (
    "what", "on", "order", "order_seen", "how", "which", "days", "group", "whose", "dollars", "source", "as_of",
    "mistaken",
)  # fmt: skip
LABELS: Final = {
    "what": "What happened", "on": "On which day", "order": "If the plan was sent", "how": "How",
    "which": "Which certification", "days": "Days",
    "group": "Which therapies", "whose": "Whose", "dollars": "Dollars this year", "source": "Who says so",
    "as_of": "As of", "mistaken": "What was noted by mistake",
}  # fmt: skip


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.see", at_desk=True)
def lead_medicare(request: HttpRequest, code: str) -> HttpResponse:
    """Show how the lead stands with Medicare; note what was typed."""
    user, lead = staff(request), by_code(code)
    if lead is None or not scope.sees(user, lead, now=clock.now()) or not sees_medicare(user, lead):
        raise NotAllowed("leads.see")
    if request.method == "GET":
        return _page(request, lead, user)
    if not user.may("leads.work"):
        raise NotAllowed("leads.work")
    if lost := problems_of(request, LABELS):
        return _page(request, lead, user, lost)
    try:
        _note(request, lead, user)
    except BadInput as bad:
        return _page(request, lead, user, bad.problems)
    # Once nothing is left to do, the lead may have left their hands.
    where = reverse("lead_medicare", args=[code]) if scope.sees(user, lead, now=clock.now()) else reverse("today")
    return HttpResponseRedirect(where, status=303)


def _note(request: HttpRequest, lead: Lead, user: User) -> None:
    texts = {name: request.POST.get(name, "") for name in FIELDS}
    actor, today = actor_of(request), _today(request, user)
    match request.POST.get("form", ""):
        case "dollars":
            medicare.note_dollars(lead, user, actor=actor, texts=texts, today=today)
        case "mistaken":
            medicare.take_back(lead, user, actor=actor, what=texts["mistaken"])
        case _:
            medicare.note(lead, user, actor=actor, what=texts["what"], texts=texts, today=today)


def _today(request: HttpRequest, user: User) -> dt.date:
    return clock.now().astimezone(site_of(request, user).tz).date()


def _page(request: HttpRequest, lead: Lead, user: User, problems: list[Problem] | None = None) -> HttpResponse:
    today, zone = _today(request, user), site_of(request, user).tz
    file = lead_file(lead, now=clock.now(), narrative=False, user=user)
    told = home_health_told(lead, file.referral, today)
    standing = medicare.standing(lead, file.referral, today=today, home_health=told)
    typed = {name: request.POST.get(name, "") for name in FIELDS} if problems else {}
    noted_view(actor_of(request), "medicare", [lead.id])
    context: dict[str, Any] = {
        "code": f"L-{lead.number}",
        "whose": whose(lead, staff(request)),
        "medicare": lines(standing),
        "noted": True,
        "tasks": [
            (TASK_WORDS[task.kind], words.day(task.due_at.astimezone(zone).date()), task.reason)
            for task in standing.tasks
        ],
        "advantage": standing.episode.part == "advantage",
        "order_here": standing.order_here,
        "begun": standing.episode.evaluated_on is not None,
        "works": user.may("leads.work") and scope.leads_for(user).filter(id=lead.id).exists(),
        "whats": medicare.NOTED,
        "counted": medicare.COUNTED,
        "groups": GROUPS,
        "sources": SOURCES,
        "longest": longest_interval(),
        "today": today.isoformat(),
        "typed": typed,
        "wrong": {problem.field: problem.message for problem in problems or []},
        "problems": [(LABELS.get(problem.field, ""), problem.message) for problem in problems or []],
    }
    return render(request, "staff/medicare/medicare.html", context, status=422 if problems else 200)
