"""The first visit of one lead: times that fit, with reasons; hold, book, move, cancel; arrived, left, missed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from firstvisit.journey import visits as people
from firstvisit.journey.booking import twice, visits
from firstvisit.journey.booking.adrift import asked_of, followers
from firstvisit.journey.booking.offering import Offers, has_times, offers, with_one_more, within
from firstvisit.journey.booking.seen import appointments_of_lead
from firstvisit.journey.booking.therapists import who_can
from firstvisit.journey.booking.visits import Treatment
from firstvisit.journey.booking.wanting import Wanted, wanted, wanted_for
from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.journey.twice import twice as booked_twice
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.practice.queries import home_zone, practice
from firstvisit.steps.booking.claims import AlreadyBooked
from firstvisit.steps.booking.endings import REASONS
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.shapes import Want
from firstvisit.steps.booking.taking import Taken
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.visit import shown
from firstvisit.web.staff.visit.days_asked import DaysAsked, days_asked
from firstvisit.web.staff.visit.in_the_way import missing
from firstvisit.web.staff.whose import whose

SHOWN: Final = 9
TYPED: Final = 4000
"""Characters of a refused text that stand in its field again."""
LABELS: Final = {"why": "Why it is cancelled", "words": "In words"}
GONE: Final[dict[str, str]] = {
    "taken": "Somebody else has just taken this time. The next best stand below.",
    "limit": "That therapist has all the evaluations of that day by now. The next best stand below.",
    "road": "A visit booked just now leaves that therapist too little time on the road. The next best stand below.",
    "full": "No seat is left there. The next best stand below.",
    "own": "They have another visit of their own at that time. The next best stand below.",
    "over": "That time has passed. The next best stand below.",
    "unfit": "That time does not fit what they need any more. The next best stand below.",
    "other": "The time could not be booked as the call ended. What can be booked stands below.",
}


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.work", at_desk=True)
def lead_visit(request: HttpRequest, code: str) -> HttpResponse:
    """Show what stands and the times that fit; do what was pressed."""
    user, lead = staff(request), lead_of(request, code)
    if request.method == "GET":
        gone = GONE.get(request.GET.get("gone", ""))
        return _page(request, lead, [Problem("slot", gone)], status=200) if gone else _page(request, lead)
    verb = VERBS.get(request.POST.get("do", ""))
    if verb is None:
        raise NotAllowed("visit")
    if lost := problems_of(request, LABELS):
        return _page(request, lead, lost)
    try:
        verb(request, lead, user)
    except BadInput as bad:
        return _page(request, lead, bad.problems)
    except Taken as taken:
        return _page(request, lead, [Problem("slot", GONE[taken.why])], status=409)
    except AlreadyBooked:
        return _page(request, lead, [Problem("slot", "A first visit is booked already: move it instead.")], status=409)
    except Conflict as conflict:
        return _page(request, lead, [Problem("", f"{str(conflict).capitalize()}.")], status=409)
    return HttpResponseRedirect(reverse("lead_visit", args=[code]), status=303)


@require_GET
@screen("leads.work")
def next_times(request: HttpRequest, code: str) -> HttpResponse:
    """The next two times, for the lead's own page, which asks for them once it is read."""
    lead = lead_of(request, code)
    now = clock.now()
    found = offers(lead, now=now, count=2)
    times = shown.times(with_one_more(found.offers, now=now))
    values = {"code": code, "times": times, "why_not": found.wanted.why_not}
    return render(request, "staff/visit/next.html", values)


def lead_of(request: HttpRequest, code: str) -> Lead:
    """The lead of a page about visits, where somebody may see it. NotAllowed else."""
    user, lead = staff(request), by_code(code)
    seen = lead is not None and user.may("identity.see") and scope.leads_for(user).filter(id=lead.id).exists()
    if lead is None or not seen or lead.kind == "organization":
        raise NotAllowed("leads.see")
    return lead


def _page(request: HttpRequest, lead: Lead, problems: list[Problem] | None = None, status: int = 0) -> HttpResponse:
    now, asked = clock.now(), request.GET
    rows = Appointment.objects.filter(lead=lead).order_by("-made_at")
    standing = sorted(
        (row for row in rows if row.status in ("held", "booked", "arrived")), key=lambda row: row.starts_at
    )
    before = [row for row in rows if row not in standing and row.status != "lapsed" and row.why not in shown.LET_GO]
    stays = lead.closed_how in VISIT_STAYS and bool(standing)
    booked = next((row for row in standing if row.status == "booked" and row.service == "evaluation"), None)
    needs = wanted_for(booked, lead, now=now) if stays and booked is not None else wanted(lead, now=now)
    want = next((each for each in needs.wants if each.discipline == asked.get("therapy")), None) or next(
        iter(needs.wants), None
    )
    firsts = [row for row in standing if _is_first(row, want)]
    first = next((row for row in firsts if str(row.id) == asked.get("moving")), next(iter(firsts), None))
    begun = first is not None and (first.status == "arrived" or first.starts_at <= now)
    moves = first if not begun else None
    after = int(asked.get("after", "")) if asked.get("after", "").isdecimal() and len(asked["after"]) < 4 else 0
    days = days_asked(asked)
    found = Offers(needs, (), False, {}) if days.problems else _search(lead, request, now, after, moves, needs, days)
    wrong = [*(problems or []), *days.problems]
    listed = found.offers if after else with_one_more(found.offers, now=now, moving=moves)
    noted_view(actor_of(request), "visit", [lead.id])
    follow = followers(lead, now=now)
    can = who_can([within(each, days.since, days.until) for each in found.wanted.wants], now=now)
    therapists = people.evaluators(practice(), [each.discipline for each in found.wanted.wants])
    labels = people.labels(therapists, practice())
    today = now.astimezone(home_zone()).date()
    looked = found.offers[0].want if found.offers else want and within(want, days.since, days.until)
    no_end = want and within(want._replace(not_after=None), days.since, days.until)  # where none is, all were looked at
    values: dict[str, Any] = {
        "code": f"L-{lead.number}",
        "whose": whose(lead, staff(request)),
        "closed": lead.closed_at is not None and not stays,
        "stays": stays,
        "standing": [shown.visit(row, now, follows=follow.get(row.id, 0)) for row in standing],
        "twice": [shown.visit(row, now) for row in twice_of(lead, now)],
        "adrift": shown.adrift_of(asked_of(lead, now=now), now),
        "before": [shown.visit(row, now) for row in before],
        "begun": begun,
        "no_times": not (needs.why_not or standing or lead.closed_at) and not has_times(lead, now=now),
        "times": shown.times(listed) if not begun else [],
        "more": after + SHOWN if found.more and not begun else 0,
        "needs": shown.needs(found.wanted, looked, today),
        "window": shown.window(found),
        "untreated": shown.untreated(listed, now) if not begun else "",
        "authorization": shown.authorization(found.wanted, looked),
        "beyond": bool(found.offers) and found.offers[0].want.not_after is None,
        "missing": missing(found.missing, looked if found.offers else no_end, today, none=not found.offers),
        "why_not": found.wanted.why_not,
        "do": "move" if moves else "book",
        "moves": moves,
        "moving": [shown.visit(row, now) for row in firsts] if len(firsts) > 1 else [],
        "therapies": [each.discipline for each in found.wanted.wants],
        "therapy": want.discipline if want is not None else "",
        "clinicians": {slug: name for slug, name in labels.items() if slug in can},
        "only": asked.get("with", ""),
        "from": asked.get("from", ""),
        "until": asked.get("until", ""),
        "reasons": {each.code: each.words for each in REASONS if each.by != "system"},
        "problems": wrong,
        "asked_wrong": bool(days.problems),
        "call_ended": request.method == "GET" and bool(problems),
        "typed": {name: request.POST.get(name, "")[:TYPED] for name in ("visit", "why", "words")},
    }
    return render(request, "staff/visit/visit.html", values, status=status or (422 if wrong else 200))


def _search(
    lead: Lead,
    request: HttpRequest,
    now: datetime,
    after: int,
    moving: Appointment | None,
    known: Wanted,
    days: DaysAsked,
) -> Offers:
    asked = request.GET
    only = asked.get("with", "")
    narrowed = bool(only or asked.get("from") or asked.get("until"))
    look = partial(
        offers,
        lead,
        now=now,
        count=SHOWN,
        after=after,
        discipline=asked.get("therapy", "")[:3],
        only=frozenset({only}) if only in practice().resources else frozenset(),
        not_before=days.since,
        not_after=days.until,
        known=known,
        moving=moving,
        a_half_day=0 if narrowed else 1,  # neighbours are no choice, unless it is that day they ask for
    )
    found = look(beyond="beyond" in asked)
    return found if found.offers or after else look(beyond=True)


def _is_first(row: Appointment, want: Want | None) -> bool:
    """Whether a first visit of the therapy that is looked at is booked, or here: another time moves it."""
    same = want is None or row.discipline == want.discipline
    return row.status in ("booked", "arrived") and row.service == "evaluation" and same


def _book(request: HttpRequest, lead: Lead, user: User) -> None:
    visits.book(lead, request.POST.get("slot", ""), by=user, actor=actor_of(request), door="desk")


def _hold(request: HttpRequest, lead: Lead, user: User) -> None:
    visits.hold(lead, request.POST.get("slot", ""), by=user, actor=actor_of(request))


def _move(request: HttpRequest, lead: Lead, user: User) -> None:
    visits.move(_of(request, lead), request.POST.get("slot", ""), by=user, actor=actor_of(request))


def _cancel(request: HttpRequest, lead: Lead, user: User) -> None:
    why, said = request.POST.get("why", ""), request.POST.get("words", "")
    row, actor = _of(request, lead), actor_of(request)
    treatment: Treatment = "keep" if request.POST.get("treatment") == "keep" else "cancel"
    visits.cancel(row, why=why, by=user, actor=actor, words=said, treatment=treatment)


def _simple(verb: Callable[..., object]) -> Callable[[HttpRequest, Lead, User], None]:
    def do(request: HttpRequest, lead: Lead, user: User) -> None:
        verb(_of(request, lead), by=user, actor=actor_of(request))

    return do


def _of(request: HttpRequest, lead: Lead) -> Appointment:
    """The appointment that was meant, of this very lead."""
    try:
        number = uuid.UUID(request.POST.get("visit", ""))
    except ValueError as error:
        raise NotAllowed("visit") from error
    row = Appointment.objects.filter(id=number, lead=lead).first()
    if row is None:
        raise NotAllowed("visit")
    unchanged(request, row)
    return row


def unchanged(request: HttpRequest, row: Appointment) -> None:
    """Conflict where a visit is not what it was when the page was made that was pressed."""
    if request.POST.get("shown", str(row.sequence)) != str(row.sequence):
        raise Conflict("somebody has changed this visit since this page was opened; it stands below as it is now")


def _link(request: HttpRequest, lead: Lead, user: User) -> None:
    visits.send_link(lead, by=user, actor=actor_of(request))


def _both(request: HttpRequest, lead: Lead, user: User) -> None:
    twice.both_stand(lead, by=user, actor=actor_of(request))


def twice_of(lead: Lead, now: datetime) -> list[Appointment]:
    """The first visits of which somebody is asked which one is kept."""
    if not twice.asked(lead):
        return []
    ids = [each.id for each in booked_twice(appointments_of_lead(lead.id), now=now)]
    return list(Appointment.objects.filter(id__in=ids).order_by("starts_at"))


VERBS: Final[dict[str, Callable[[HttpRequest, Lead, User], None]]] = {
    "book": _book,
    "hold": _hold,
    "keep": _simple(twice.keep),
    "both": _both,
    "link": _link,
    "take": _simple(visits.take),
    "let_go": _simple(visits.let_go),
    "move": _move,
    "cancel": _cancel,
    "confirm": _simple(visits.confirm),
    "arrived": _simple(visits.arrived),
    "left": _simple(visits.left),
    "missed": _simple(visits.missed),
}
