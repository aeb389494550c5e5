"""Call: one question at a time while somebody is on the phone, everything saved as it is typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.journey import call_booking, calls, visits
from firstvisit.journey.call_view import CallView, call_view
from firstvisit.journey.finding import alike
from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.booking.taking import Taken
from firstvisit.steps.intake.call_script import LATER
from firstvisit.steps.intake.calls import LISTS, is_field, said
from firstvisit.steps.intake.models import CallCard
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import agreed_moment, agreed_visit, names_fields, problems_of, typed
from firstvisit.web.staff.call.shown import card_line, shown
from firstvisit.web.staff.find.views import line_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.visit.shown import times
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

KEYS: Final = (
    ("1 to 9", "the answer of that number"),
    ("Enter", "next question"),
    ("N", "type a note in their own words"),
    ("L", "ask later"),
    ("B", "back to the question before"),
    ("F", "heard a red flag: stop the script"),
    ("W", "wrap up, with the outcome of the call and the times that can be booked"),
    ("1 to 3", "when wrapping up: book that time and end the call"),
    ("Esc", "out of a field, so that the keys act"),
)
ENDS_WITH: Final = ("result", "again_at", "decline", "words", "visit_site", "visit_with")
"""Fields of the end of a call, which a refusal shows again."""
LIST_KEYS: Final = (("N", "start a call"), ("R", "resume the first one"))


@require_GET
@screen("leads.work", at_desk=True)
def call_list(request: HttpRequest) -> HttpResponse:
    """The calls that could be gone on with, and the way to start one."""
    user, now = _caller(request), clock.now()
    found = calls.unended(user)
    audit.note(actor_of(request), "viewed", "calls", [card.id for card in found])
    held = {card.id: calls.held_by(card, now=now) for card in found}
    site = site_of(request, user)
    lines = [card_line(card, user, site, now, held=held[card.id]) for card in found]
    return render(request, "staff/call/list.html", {"lines": lines, "keys": LIST_KEYS})


@require_POST
@screen("leads.work", at_desk=True)
def call_start(request: HttpRequest) -> HttpResponse:
    """A new card, about a lead where one is named; then its first question."""
    user, text = _caller(request), request.POST.get("lead", "")
    lead = by_code(text) if text else None
    if text and lead is None:
        raise NotAllowed("leads.see")
    return _to(calls.begin(user, actor=actor_of(request), lead=lead))


@require_GET
@screen("leads.work", at_desk=True)
def call_card(request: HttpRequest, card: UUID) -> HttpResponse:
    """One card: gone on with by its holder on whatever machine; a colleague's is offered once it was let go."""
    user, now = _caller(request), clock.now()
    found = calls.card_for(card, user)
    if found.status == "ended":
        return _ended(request, found)
    held = calls.held_by(found, now=now)
    if found.kind == "add" and found.holder_id == user.id:
        return HttpResponseRedirect(reverse("add"))
    if found.holder_id != user.id:
        line = card_line(found, user, site_of(request, user), now, held=held)
        audit.note(actor_of(request), "viewed", "call", [found.id])
        return render(request, "staff/call/other.html", {"line": line})
    try:
        calls.resume(found, user, actor=actor_of(request))
    except Conflict:
        line = card_line(found, user, site_of(request, user), now, held=held)
        return render(request, "staff/call/other.html", {"line": line}, status=409)
    return _page(request, calls.card_for(card, user))


@names_fields
@require_POST
@screen("leads.work", at_desk=True)
def call_verb(request: HttpRequest, card: UUID, verb: str) -> HttpResponse:
    """Save, answer, end and the rest; each answers with what the card shows next."""
    user, actor = _caller(request), actor_of(request)
    found = calls.card_for(card, user)
    try:
        if verb == "save":
            return _save(request, found)
        if verb == "answer":
            _answer(request, found)
            if request.headers.get("Prefer") == "return=minimal":  # RFC 7240: the page's script goes on by itself
                return HttpResponse(status=204)
        elif verb == "take-over":
            calls.resume(found, user, actor=actor)
        elif verb == "about":
            lead = by_code(request.POST.get("lead", ""))
            if lead is None:
                raise NotAllowed("leads.see")
            calls.about(found, lead, user, actor=actor)
        elif verb == "turn":
            calls.turn(found, user, actor=actor, inbound=request.POST.get("who") == "they")
            return HttpResponseRedirect(f"{reverse('call', args=[found.id])}?end", status=303)
        elif verb == "apart":
            calls.apart(found, user, actor=actor)
        elif verb == "end":
            return _end(request, found)
        else:
            raise NotAllowed(verb)
    except BadInput as bad:
        return _page(request, calls.card_for(card, user), problems=bad.problems)
    return _to(found)


def _caller(request: HttpRequest) -> User:
    user = staff(request)
    if not calls.may_call(user):
        raise NotAllowed("narrative.see")
    return user


def _to(card: CallCard) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("call", args=[card.id]), status=303)


def _typed(request: HttpRequest) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What was posted of the card's own fields; a list is named by `lists`, so that an empty one is one."""
    if lost := problems_of(request, {}):
        raise BadInput(lost)
    texts = {name: request.POST[name] for name in request.POST if is_field(name)}
    return texts, {name: request.POST.getlist(name) for name in request.POST.getlist("lists") if name in LISTS}


def _answer(request: HttpRequest, card: CallCard) -> None:
    texts, lists = _typed(request)
    if put_off := request.POST.get("put_off", ""):
        lists[LATER] = [*(said(card).answers.get(LATER) or []), put_off[:40]]
    leaving = "" if put_off else request.POST.get("asking", "")
    calls.save(
        card,
        staff(request),
        actor=actor_of(request),
        typed_texts=texts,
        lists=lists,
        settled=True,
        leaving=leaving,
    )


def _save(request: HttpRequest, card: CallCard) -> HttpResponse:
    """Saved while typing: what changes beside the field, as parts of the page. A refusal is said in words."""
    user = staff(request)
    try:
        texts, lists = _typed(request)
        settled, at = request.POST.get("settled") == "1", request.POST.get("asking", "")
        calls.save(card, user, actor=actor_of(request), typed_texts=texts, lists=lists, settled=settled, at=at)
    except BadInput as bad:
        return HttpResponse(bad.problems[0].message, status=422, content_type="text/plain; charset=utf-8")
    except Conflict as error:
        why = str(error)
        return HttpResponse(f"{why[:1].upper()}{why[1:]}.", status=409, content_type="text/plain; charset=utf-8")
    return render(request, "staff/call/live.html", _context(request, calls.card_for(card.id, user)))


def _end(request: HttpRequest, card: CallCard) -> HttpResponse:
    user, actor = staff(request), actor_of(request)
    if card.status == "ended" and card.lead is not None and "slot" in request.POST:
        return HttpResponseRedirect(reverse("lead_visit", args=[f"L-{card.lead.number}"]), status=303)  # pressed twice
    texts, lists = _typed(request)
    about = texts.pop("words", "")
    calls.save(card, user, actor=actor, typed_texts=texts, lists=lists)
    card = calls.card_for(card.id, user)
    if token := request.POST.get("slot", ""):
        return _booked(card, user, actor, token)
    result = request.POST.get("result", "")
    ended = calls.end(
        card,
        user,
        actor=actor,
        result=result,
        words=about[:500],
        again_at=agreed_moment(request, site_of(request, user)),
        visit=agreed_visit(request),
        why=request.POST.get("decline", ""),
    )
    if ended.lead is None:
        return HttpResponseRedirect(reverse("calls"), status=303)
    offer = f"?{urlencode({'done': ended.step.id})}" if ended.step else ""
    times = call_booking.stands_before_times(ended.lead, result, now=clock.now())
    page = "lead_visit" if times else "lead"
    return HttpResponseRedirect(reverse(page, args=[f"L-{ended.lead.number}"]) + offer, status=303)


def _booked(card: CallCard, user: User, actor: Actor, token: str) -> HttpResponse:
    """End the call with the time that was chosen; where it is gone, the next best stand before whoever talks."""
    done = call_booking.end_booked(card, user, actor=actor, token=token)
    if done.lead is None:
        return HttpResponseRedirect(reverse("calls"), status=303)
    to = reverse("lead_visit", args=[f"L-{done.lead.number}"])
    if done.refused is not None:
        to += f"?{urlencode({'gone': done.refused.why if isinstance(done.refused, Taken) else 'other'})}"
    return HttpResponseRedirect(to, status=303)


def _ended(request: HttpRequest, card: CallCard) -> HttpResponse:
    code = f"L-{card.lead.number}" if card.lead is not None else ""
    return render(request, "staff/call/ended.html", {"code": code})


def _page(request: HttpRequest, card: CallCard, *, problems: list[Problem] | None = None) -> HttpResponse:
    context = _context(request, card, problems=problems)
    ids = [card.id, *([card.lead_id] if card.lead_id else [])]
    audit.note(actor_of(request), "viewed", "call", ids)
    return render(request, "staff/call/call.html", context, status=422 if problems else 200)


def _context(
    request: HttpRequest, card: CallCard, *, problems: list[Problem] | None = None
) -> dict[str, Any]:
    user, now = staff(request), clock.now()
    site = site_of(request, user)
    view = call_view(card, user, now=now, asked=request.GET.get("q", ""))
    known = card.lead.facts.disciplines if card.lead else ()
    return {
        **shown(view, user, site, now),
        "matches": _matches(request, view, user, site, now),
        "programs": call_booking.programs_to_choose(view),
        "program": view.said.answers.get("program", ""),
        "slots": list(enumerate(times(call_booking.times_for(view, now=now)), 1)),
        "typed": typed(request, ENDS_WITH),
        "wrong_end": {problem.field: problem.message for problem in problems or []},
        "sites": practice().sites,
        "evaluators": visits.labels(visits.evaluators(practice(), known), practice()),
        "ending": "end" in request.GET or request.path.endswith("/end"),
        "problems": problems or [],
        "keys": KEYS,
        "saved": words.clock_time(card.changed_at, site.tz),
    }


def _matches(
    request: HttpRequest, view: CallView, user: User, site: Site, now: datetime
) -> list[dict[str, str]]:
    """People who may be the one on the phone, but for the lead that the card is about already."""
    answers = view.said.answers
    found = alike(
        user,
        phone=str(answers.get("phone", "")),
        first=str(answers.get("first_name", "")),
        last=str(answers.get("last_name", "")),
        born=str(answers.get("birth_date", "")),
        today=now.date(),
    )
    others = [one for one in found if one.lead.id != view.card.lead_id]
    if others or view.named_about:
        ids = list(dict.fromkeys([*(i for one in others for i in one.ids), *view.named_about]))
        calls.shown(view.card, ids, actor=actor_of(request))
    return [line_of(one, user, site, now) for one in others]

