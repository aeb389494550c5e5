"""Lead: one screen for one request, and the verbs a person may do with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.journey import authorizing, calls, papers, placing, undo, verbs, visits, wording
from firstvisit.journey.booking.closed import ends_with
from firstvisit.journey.coverage.card import may_be_asked
from firstvisit.journey.coverage.known import home_health_told
from firstvisit.journey.coverage.medicare import standing
from firstvisit.journey.endings import ABOUT, CLOSES_AS, CLOSINGS, DECLINES, FILED_BY_MISTAKE, VISIT_STAYS
from firstvisit.journey.lead_file import colleagues, lead_file, queues_of
from firstvisit.journey.matches import pairs_of
from firstvisit.journey.queries import last_event
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.merging import goes_on_in
from firstvisit.leads.models import Lead, Task, UndoStep
from firstvisit.leads.queries import by_code
from firstvisit.people.merging import CAPABILITY
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.qualify.organizations import STAGES
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of, typed
from firstvisit.web.staff.lead import snoozing
from firstvisit.web.staff.lead.agreed import agreed, agrees
from firstvisit.web.staff.lead.authorizations import authorizations_of, needs_of
from firstvisit.web.staff.lead.benefits import benefits, may_ask, speaks_spanish
from firstvisit.web.staff.lead.came import came
from firstvisit.web.staff.lead.ended import ends_of
from firstvisit.web.staff.lead.medicare import Line, lines, sees_medicare
from firstvisit.web.staff.lead.otherwise import quotations, stated_otherwise, whose_words
from firstvisit.web.staff.lead.shown import LeadPage, seen_by
from firstvisit.web.staff.lead.verbs import LABELS, LEAD_VERBS, NEEDS, TASK_VERBS, TYPED, text_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.visit.shown import visits_of
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

KEYS: Final = (
    ("T", "take"),
    ("C", "call them: the live call card of this lead"),
    ("D", "done, with a result"),
    ("S", "snooze"),
    ("H", "hand over"),
    ("V", "overrule"),
    ("F", "a clinician: seen, no red flag"),
    ("I", "not this person: the newest entry by which somebody was known"),
    ("N", "do not contact"),
    ("X", "close with a reason"),
    ("O", "reopen"),
    ("Esc", "close what is open"),
)


@require_GET
@screen("leads.see", at_desk=True)
def lead(request: HttpRequest, code: str) -> HttpResponse:
    """Open one lead: lease it, show it, note that it was seen."""
    return _page(request, _seen(request, code))


@names_fields
@require_POST
@screen(at_desk=True)
def lead_verb(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Do one verb with a lead, then show what follows from it."""
    user, found = staff(request), by_code(code)
    if verb == "break-glass":
        if found is None:
            raise NotAllowed("break_glass")
        _may(user, verb)
        if lost := problems_of(request, LABELS):
            raise BadInput(lost)
        verbs.break_glass(found, user, reason=text_of(request, "reason"), actor=actor_of(request))
        return _see(found, request)
    if found is not None and not scope.sees(user, found, now=clock.now()):
        # Pressed twice: by the first press the lead left their hands.
        if (step := undo.just_done(found, user, verb, now=clock.now())) is not None:
            return HttpResponseRedirect(f"{reverse('today')}{_offers(step)}", status=303)
        raise NotAllowed("leads.see")
    if found is None:
        raise NotAllowed("leads.see")
    if verb not in LEAD_VERBS:
        raise NotAllowed(verb)
    _may(user, verb)
    if lost := problems_of(request, LABELS):
        return _page(request, found, problems=lost, verb=verb)
    try:
        to = _do(request, found, verb, partial(LEAD_VERBS[verb], request, found, user))
    except BadInput as bad:
        return _page(request, found, problems=bad.problems, verb=verb)
    return HttpResponseRedirect(f"{_where(found, user)}{to}", status=303)


@names_fields
@require_POST
@screen(at_desk=True)
def task_verb(request: HttpRequest, task: UUID, verb: str) -> HttpResponse:
    """Do one verb with a task of a lead."""
    user, found = staff(request), Task.objects.select_related("lead").filter(id=task).first()
    if found is None or found.lead is None or not scope.sees(user, found.lead, now=clock.now()):
        raise NotAllowed("leads.see")
    if verb not in TASK_VERBS:
        raise NotAllowed(verb)
    _may(user, verb)
    if lost := problems_of(request, LABELS):
        return _page(request, found.lead, problems=lost, verb=verb)
    try:
        to = _do(request, found.lead, verb, partial(TASK_VERBS[verb], request, found, user))
    except BadInput as bad:
        return _page(request, found.lead, problems=bad.problems, verb=verb)
    where = reverse("today") if verb == "done" else _where(found.lead, user)
    return HttpResponseRedirect(f"{where}{to}", status=303)


@require_POST
@screen("leads.see", at_desk=True)
def undo_step(request: HttpRequest, step: UUID) -> HttpResponse:
    """Put a lead back as it stood before the last thing done with it; then show it."""
    lead = undo.undo(step, staff(request), actor=actor_of(request))
    return HttpResponseRedirect(_where(lead, staff(request)), status=303)


def _may(user: User, verb: str) -> None:
    """NotAllowed before anything that was typed is looked at: whoever may not do it reads nothing of how it is done."""
    if not user.may(NEEDS.get(verb, "leads.work")):
        raise NotAllowed(NEEDS.get(verb, "leads.work"))


def _do(request: HttpRequest, lead: Lead, verb: str, do: Callable[[], None]) -> str:
    """Carry out a verb; what the next address says so that its page offers to undo it."""
    if verb not in undo.VERBS:
        do()
        return ""
    return _offers(undo.undoable(lead, staff(request), verb, do))


def _offers(step: UndoStep) -> str:
    """What an address says so that its page offers to undo the step."""
    return f"?{urlencode({'done': step.id})}"


FIRST_VERBS: Final = (
    "", "take", "done", "no-red-flag", "reopen", "answer", "papers", "authorization", "program", "setting",
    "authorization-needed",
    "unmask",
    "not-this-person",
    "end-status-links",
    "ask-again",
    "ended",
    "take-back-end",
)  # fmt: skip
"""What stands in the bar of a phone or on the page itself; the others stand behind "More", which is open after a
refusal of one."""
def _page(
    request: HttpRequest, lead: Lead, *, problems: list[Problem] | None = None, verb: str = ""
) -> HttpResponse:
    """The whole page; after a refused form with what is wrong and what was typed."""
    user, now = staff(request), clock.now()
    site = site_of(request, user)
    held = verbs.open_lease(lead, user) if lead.closed_at is None and user.may("leads.work") else None
    file = lead_file(lead, now=now, narrative=user.may("narrative.see"), user=user)
    page = seen_by(user, replace(file, held=held or file.held), site)
    verbs.noted_view(actor_of(request), "lead", file.shown)
    context: dict[str, Any] = {
        "page": page,
        "problems": problems or [],
        "wrong": {problem.field: problem.message for problem in problems or []},
        "verb": verb,
        "more": verb not in FIRST_VERBS,
        "typed": typed(request, TYPED),
        "changes": f"{reverse('changes')}?{urlencode({'since': last_event(), 'lead': page.code})}",
        "band": _band(page),
        "benefits": benefits(page),
        "visits": (standing := visits_of(lead, page.now)),
        "visit_stays": lead.closed_how in VISIT_STAYS and any(each.status == "booked" for each in standing),
        "asks_payers": may_ask(user),
        "spanish": speaks_spanish(page),
        "came": came(page),
        "agreed": agreed(page),
        "agrees": agrees(page),
        "quotations": quotations(page),
        "whose": whose_words(page),
        "otherwise": stated_otherwise(page),
        "goes_on_in": goes_on_in(lead) if lead.closed_at is not None else "",
        "mistaken": lead.closed_how == FILED_BY_MISTAKE,
        "pairs": pairs_of(user, lead),
        "restrictions": page.restrictions,
        "tells": user.may("narrative.see"),
        "card": user.may("insurance.see") and may_be_asked(lead),
        "medicare": _medicare(page, user, site, now),
        **authorizations_of(page, user),
        "keys": KEYS,
        **ends_of(lead, user, site, now, locked=bool(page.locked_by)),
        **_choices(page, user, site, now),
    }
    return render(request, "staff/lead/lead.html", context, status=422 if problems else 200)


def _medicare(page: LeadPage, user: User, site: Site, now: datetime) -> list[Line]:
    """How the lead stands with Medicare, where Medicare pays first and somebody may see it."""
    lead = page.file.lead
    if not sees_medicare(user, lead):
        return []
    today = now.astimezone(site.tz).date()
    told = home_health_told(lead, page.file.referral, today)
    return lines(standing(lead, page.file.referral, today=today, home_health=told))


def _choices(page: LeadPage, user: User, site: Site, now: datetime) -> dict[str, Any]:
    lead = page.file.lead
    works = user.may("leads.work") and not page.locked_by
    if not works:
        return {"works": False}
    decides = lead.outcome != "clinician_review" or user.may("clinical.review")
    own = scope.leads_for(user).filter(id=lead.id).exists()
    overruled = any(ruling["what"] == "outcome" for ruling in page.file.why["rulings"])
    silent = any(ruling["what"] == "do_not_contact" for ruling in page.file.why["rulings"])
    return {
        "works": True,
        "texts": {str(k): v for k, v in wording.proposed(lead).items()} if wording.may_reword(user) else {},
        "may_call": decides and calls.may_call(user) and not silent,
        "own": own,
        "to_do": any(not task.proposal for task in page.next),
        "closed": lead.closed_at is not None,
        "mine": lead.owner_user_id == user.id,
        "decides": decides,
        "may_take": decides and own and lead.owner_user_id != user.id,
        "flagged": _flagged(page) if lead.outcome == "clinician_review" and user.may("clinical.review") else None,
        "may_overrule": decides and user.may("leads.overrule"),
        "overruled": overruled,
        "about": ABOUT,
        "declines": DECLINES,
        "sites": practice().sites,
        "evaluators": visits.labels(visits.evaluators(practice(), lead.facts.disciplines), practice()),
        "may_part": own and user.may(CAPABILITY) and user.may("identity.see"),
        "stages": {k: v for k, v in STAGES.items() if k != lead.stage} if lead.kind == "organization" else {},
        "papers": papers.may_arrive(lead),
        "authorizations": authorizing.ANSWERS if own and decides and authorizing.may_be_answered(lead) else {},
        **needs_of(lead, user, now.astimezone(site.tz).date()),
        "programs": placing.choices(lead, page.file.referral, now=now) if decides and own else {},
        "settings": _settings(page, now) if decides and own else [],
        "closes_as": next((how for task in page.next if (how := CLOSES_AS.get(task.kind))), ""),
        "outcomes": {key: text for key, text in OUTCOMES.items() if key not in ("not_a_match", lead.outcome)},
        "closings": CLOSINGS,
        "cancels": _cancels(lead, now) if own else "",
        "colleagues": colleagues(lead, user),
        "queues": queues_of(lead) if lead.outcome != "clinician_review" else [],
        "snoozes": snoozing.choices(page, page.promised_by, site, now),
        "silent": silent,
    }


def _cancels(lead: Lead, now: datetime) -> str:
    """Which visits are cancelled with a lead, in words; "" where none is booked."""
    visits = ends_with(lead, now=now)
    if not visits:
        return ""
    first, shape = visits[0], practice()
    site = shape.sites.get(first.site) or shape.sites[shape.identity.home_site]
    more = f" and {len(visits) - 1} more" if len(visits) > 1 else ""
    return f"{words.moment(first.starts_at, site.tz, now)}{more}"


def _settings(page: LeadPage, now: datetime) -> list[tuple[str, str, str]]:
    """The settings to choose: value, words, and what the lead would be judged there."""
    found = placing.settings(page.file.lead, page.file.referral, now=now)
    return [(value, words.SETTINGS[value], OUTCOMES[judged.outcome]) for value, judged in found.items()]


def _flagged(page: LeadPage) -> list[UUID]:
    """The items shown here that state a red flag."""
    return [part.item_id for part in page.file.parts if part.red_flags]


def _band(page: LeadPage) -> dict[str, Any] | None:
    """The score as two drawings, one for a desk and one for a phone, so that the template only prints.

    A drawing scales with its words: one drawing for both would make them too small to read on a phone.
    """
    score = page.file.why["score"]
    if score is None:
        return None
    settled = score["lo"] == score["hi"]
    return {"score": score, "settled": settled, "desk": _drawn(score, 572), "phone": _drawn(score, 320)}


def _drawn(score: dict[str, Any], width: int) -> dict[str, Any]:
    """Positions in units of a drawing so many units wide."""
    at = {name: round(score[name] * width / 100, 1) for name in ("lo", "hi", "low", "high")}
    return {
        **at,
        "whole": width,
        "width": round(at["hi"] - at["lo"], 1),
        "mid_low": round(at["low"] / 2, 1),
        "mid_between": round((at["low"] + at["high"]) / 2, 1),
        "mid_high": round((at["high"] + width) / 2, 1),
        "label": min(max(at["lo"], 14), width - (14 if score["lo"] == score["hi"] else 42)),
        "other": min(max(at["hi"], at["lo"] + 28), width - 14),
        "wide": at["lo"] > 74,
        "at_low": min(max(at["low"], 14), at["high"] - 28 if at["high"] - 28 > 14 else 14, width - 42),
        "at_high": min(max(at["high"], 42), width - 14),
        "books": width - at["high"] > 76,
        "looks": at["low"] > 118,
        "asks": at["high"] - at["low"] > 128,
    }


def _seen(request: HttpRequest, code: str) -> Lead:
    found = by_code(code)
    if found is None or not scope.sees(staff(request), found, now=clock.now()):
        raise NotAllowed("leads.see")
    return found


def _see(lead: Lead, request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(_address(lead), status=303)


def _where(lead: Lead, user: User) -> str:
    """The lead, or Today where what was just done took it out of the person's scope."""
    return _address(lead) if scope.sees(user, lead, now=clock.now()) else reverse("today")


def _address(lead: Lead) -> str:
    return reverse("lead", args=[f"L-{lead.number}"])
