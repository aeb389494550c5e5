"""What was stated of a lead: one form in which a person adds what nobody asked for and puts right what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstvisit.journey import correcting, undo, verbs
from firstvisit.journey.correcting import Group, Stated
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.referral import record
from firstvisit.referral.called import label
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.inbox.saying import written
from firstvisit.web.staff.lead.came import KINDS
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words

VERB: Final = "correct"
LONGEST: Final = 500
_YES_NO: Final = {"yes": "yes", "no": "no"}
_SIDES: Final = {"left": "left", "right": "right", "both": "both sides"}
CHOICES: Final[dict[str, dict[str, str]]] = {
    "patient.sex": {"female": "female", "male": "male", "other": "other"},
    "patient.interpreter": {"yes": "needed", "no": "not needed"},
    "patient.no_voicemail": {"yes": "leave none", "no": "may be left"},
    "contact.no_voicemail": {"yes": "leave none", "no": "may be left"},
    "contact.preferred_method": {"phone": "by phone", "sms": "by text message", "email": "by e-mail"},
    "timing": words.TIMING,
    "cause": {**words.CAUSES, "none": "no accident"},
    "returning": _YES_NO,
    "home_health": _YES_NO,
    "therapy_elsewhere": _YES_NO,
    "withhold_from_plan": {"yes": "tell their plan nothing, they pay in full", "no": "their plan may know"},
    "events.kind": words.DATES,
    "diagnoses.side": _SIDES,
    "frequencies.discipline": {each: each for each in get_args(record.Discipline)},
    "referrer.role": {str(role): called for role, called in words.ROLES.items()},
    "referrer.updates_by": words.UPDATES,
    "payers.kind": words.PAYER_KINDS,
    "attribution.kind": {str(kind): called for kind, called in KINDS.items()},
}
"""Fields with fixed words, by path without the number of the entry: each word as the page says it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the form; `choices` where its words are fixed."""

    path: str
    label: str
    text: str
    choices: dict[str, str] | None
    problem: str = ""


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.work", at_desk=True)
def lead_stated(request: HttpRequest, code: str) -> HttpResponse:
    """Show everything that can be put right on a lead, and put right what was typed."""
    user, lead = staff(request), by_code(code)
    if lead is None or not user.may("identity.see") or not scope.leads_for(user).filter(id=lead.id).exists():
        raise NotAllowed("leads.see")
    if request.method == "GET":
        return _page(request, lead, user)
    if lost := problems_of(request, {}):
        return _page(request, lead, user, lost)
    try:
        step = undo.undoable(lead, user, VERB, lambda: _correct(request, lead, user))
    except BadInput as bad:
        return _page(request, lead, user, bad.problems)
    return HttpResponseRedirect(f"{reverse('lead', args=[code])}?{urlencode({'done': step.id})}", status=303)


def _correct(request: HttpRequest, lead: Lead, user: User) -> None:
    now = correcting.stated(lead)
    shown = {line.path: line.text for _, lines in _lines(now, user) for line in lines}
    texts = {path: said for path, was in shown.items() if (said := _text(request, path)) is not None and said != was}
    correcting.correct(lead, user, actor=actor_of(request), texts=texts, mark=request.POST.get("mark", ""))


def _text(request: HttpRequest, path: str) -> str | None:
    said = request.POST.get(path)
    return None if said is None else said.strip()[: LONGEST + 1]


def _page(request: HttpRequest, lead: Lead, user: User, problems: list[Problem] | None = None) -> HttpResponse:
    now = correcting.stated(lead)
    wrong = {problem.field: problem.message for problem in problems or []}
    groups = [
        {"title": group.title, "lines": [_again(request, line, wrong.get(line.path, "")) for line in lines]}
        for group, lines in _lines(now, user)
    ]
    if lead.closed_at is None:
        verbs.open_lease(lead, user)
    verbs.noted_view(actor_of(request), "lead", [lead.id])
    context = {
        "code": f"L-{lead.number}",
        "groups": groups,
        "mark": request.POST.get("mark", now.mark),
        "closed": lead.closed_at is not None,
        "problems": [(label(problem.field), problem.message) for problem in problems or []],
        "most": LONGEST,
        "field": request.GET.get("field", ""),
    }
    return render(request, "staff/stated/stated.html", context, status=422 if problems else 200)


def _lines(now: Stated, user: User) -> list[tuple[Group, list[Line]]]:
    return [(group, [_line(now, path) for path in paths]) for group, paths in now.groups(user)]


def _line(now: Stated, path: str) -> Line:
    choices, value = CHOICES.get(".".join(part for part in path.split(".") if not part.isdigit())), now.value(path)
    text = written(path, _plain(value)) if choices is None or isinstance(value, bool) else str(value or "")
    return Line(path, label(path), text, choices)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _again(request: HttpRequest, line: Line, problem: str) -> Line:
    """A field as it was typed, after a refusal."""
    said = _text(request, line.path) if request.method == "POST" else None
    return Line(line.path, line.label, line.text if said is None else said, line.choices, problem)
