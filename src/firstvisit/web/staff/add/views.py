"""Add: a lead that somebody takes on the phone or at the window, in twenty seconds."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstvisit.journey import adding, calls
from firstvisit.journey.adding import add_lead
from firstvisit.journey.call_answers import HOWS, record
from firstvisit.journey.call_sending import alarm_of
from firstvisit.journey.call_view import lines_for, named_about
from firstvisit.journey.finding import alike
from firstvisit.journey.warned import warned
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.queries import by_code
from firstvisit.referral.vocabulary import person_name
from firstvisit.steps.intake import calls as cards
from firstvisit.steps.intake.models import CallCard
from firstvisit.steps.intake.services import OtherBody
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of, typed
from firstvisit.web.staff.call.shown import alarm_shown
from firstvisit.web.staff.find.views import line_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

LONGEST: Final = {"concern": 4000}
LABELS: Final = {
    "caller": "Who",
    "phone": "Number to call back",
    "email": "E-mail",
    "concern": "What it is about",
    "who": "Who needs care",
    "office": "Office or organization",
    "first_name": "Patient's first name",
    "last_name": "Patient's last name",
    "birth_date": "Birth date",
    "therapy": "Therapy",
    "how": "How it reached you",
    "present": "Who is at the window",
    "source_kind": "How did they hear of us?",
}
"""The fields of the form, as it labels them."""
WHO: Final = {
    "self": "Themselves",
    "child": "Their child",
    "other": "Somebody they care for",
    "office": "A patient of their office",
    "organization": "No patient: an organization asks",
}
THERAPIES: Final = {"": "Not said", "PT": "Physical", "OT": "Occupational", "SLP": "Speech and feeding"}
KEYS: Final = (("Enter", "add the lead"), ("Tab", "next field"))


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.work", at_desk=True)
def add(request: HttpRequest) -> HttpResponse:
    """The form, and what it makes: a lead by the same door as every other."""
    if not staff(request).may("identity.see"):
        raise NotAllowed("identity.see")
    if request.method == "GET":
        return _page(request, _begun(request))
    said = typed(request, (*LABELS, "token"))
    if lost := problems_of(request, LABELS):
        return _page(request, said, lost)
    how, token = said.pop("how"), said.pop("token")
    answers = {name: text.strip() for name, text in said.items() if text.strip()}
    try:
        receipt = add_lead(
            staff(request), actor=actor_of(request), answers=answers, how=how, repeat_key=token or None
        )
    except BadInput as bad:
        return _page(request, {**said, "how": how, "token": token}, bad.problems)
    except OtherBody:
        again = [Problem("caller", "This form was sent before and has changed since; send it once more.")]
        return _page(request, {**said, "how": how, "token": str(uuid4())}, again)
    lead = by_code(receipt.code) if receipt.code else None
    if lead is not None and scope.sees(staff(request), lead, now=clock.now()):
        return HttpResponseRedirect(reverse("lead", args=[receipt.code]), status=303)
    return render(request, "staff/add/added.html", {"code": receipt.code})


@names_fields
@require_POST
@screen("leads.work", at_desk=True)
def add_verb(request: HttpRequest, verb: str) -> HttpResponse:
    """Keep what is being typed and show who may be known; or throw it away and start empty."""
    user, actor = staff(request), actor_of(request)
    if not user.may("identity.see") or verb not in ("save", "drop"):
        raise NotAllowed("identity.see")
    if verb == "drop":
        adding.drop(user, actor=actor)
        return HttpResponseRedirect(reverse("add"), status=303)
    try:
        if lost := problems_of(request, LABELS):
            raise BadInput(lost)
        answers = {n: request.POST[n] for n in LABELS if n in request.POST}
        card = adding.save(user, actor=actor, answers=answers, settled=request.POST.get("settled") == "1")
    except BadInput as bad:
        return HttpResponse(bad.problems[0].message, status=422, content_type="text/plain; charset=utf-8")
    except Conflict as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    said, tz = cards.said(card).answers, site_of(request, user).tz
    known = {
        **_known(request, said, card),
        "saved": words.clock_time(card.changed_at, tz),
        **_alarm(request, card),
    }
    return render(request, "staff/add/live.html", known)


def _begun(request: HttpRequest) -> dict[str, Any]:
    """What was typed before and never added, with the moment it was begun; else an empty form."""
    user, how = staff(request), request.GET.get("how", "")
    card, said = adding.begun(user), dict[str, Any]()
    if card is not None and cards.said(card).answers:
        said = dict(cards.said(card).answers)
        audit.note(actor_of(request), "viewed", "call", [card.id])
        said["begun"] = words.moment(card.started_at, site_of(request, user).tz, clock.now())
    wanted = how or str(said.get("how", ""))
    return {**said, "how": wanted if wanted in HOWS else "phone", "token": str(uuid4())}


def _known(request: HttpRequest, said: dict[str, Any], card: CallCard | None) -> dict[str, Any]:
    """Leads of people who may be the one that is being added, and who of those typed is named in a restriction: as
    beside a call, noted once a person."""
    user, now = staff(request), clock.now()
    first, last = str(said.get("first_name") or ""), str(said.get("last_name") or "")
    if not (first or last) and said.get("caller"):
        first, last = _named(str(said["caller"]))
    typed_of = {"phone": str(said.get("phone") or ""), "born": str(said.get("birth_date") or "")}
    found = alike(user, **typed_of, first=first, last=last, today=now.date())
    typed_so_far = record({name: said[name] for name in LABELS if said.get(name)}, user)
    named = named_about(typed_so_far, now, present=str(said.get("present") or ""))
    about = [each.whose for each in named if each.whose is not None]
    if found or about:
        ids = list(dict.fromkeys([*(i for one in found for i in one.ids), *about]))
        if card is not None:
            calls.shown(card, ids, actor=actor_of(request))
        else:
            audit.note(actor_of(request), "viewed", "call matches", ids)
    return {
        "matches": [line_of(one, user, site_of(request, user), now) for one in found],
        "restrictions": warned(named, user),
    }


def _alarm(request: HttpRequest, card: CallCard | None) -> dict[str, Any]:
    """The red flags in what is being typed, and what is read out."""
    if card is None:
        return {}
    user = staff(request)
    alarm = alarm_of(card, cards.said(card), user)
    return alarm_shown(alarm, lines_for(alarm), site_of(request, user), clock.now())


def _named(caller: str) -> tuple[str, str]:
    try:
        first, last = person_name(caller)
    except ValueError:
        return "", ""
    return first or "", last or ""


def _page(request: HttpRequest, said: dict[str, Any], problems: list[Problem] | None = None) -> HttpResponse:
    card = adding.begun(staff(request))
    context = {
        **_alarm(request, card),
        "said": said,
        "begun": said.get("begun", ""),
        **_known(request, said, card),
        "problems": problems or [],
        "wrong": {problem.field: problem.message for problem in problems or []},
        "hows": {key: label for key, (label, _) in HOWS.items()},
        "window": said.get("how") == "window",
        "who": WHO,
        "therapies": THERAPIES,
        "sources": words.HEARD_OF_US,
        "keys": KEYS,
    }
    return render(request, "staff/add/add.html", context, status=422 if problems else 200)
