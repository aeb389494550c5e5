"""Possible matches: pairs of records that may be one person's, side by side, and what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.journey import matches as reading
from firstvisit.journey import merging
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.people.merging import CAPABILITY
from firstvisit.people.models import WAITING, PossibleMatch
from firstvisit.practice.models import User
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of, start_of
from firstvisit.web.staff.matches.shown import STATUSES, leads_of, line_of, rows_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

KEYS: Final = (
    ("S", "same person"),
    ("D", "different people"),
    ("A", "ask first"),
    ("U", "undo, or one person after all"),
)
LIST_KEYS: Final = (("J", "next pair"), ("K", "pair before"), ("Enter", "compare the two"))
LABELS: Final = {"reason": "Why"}


@require_GET
@screen(CAPABILITY)
def matches(request: HttpRequest) -> HttpResponse:
    """The pairs that wait, and the latest that were decided; one row in the log says who was shown."""
    user, now = staff(request), clock.now()
    found, tz = reading.pair_list(user, start=start_of(request)), site_of(request, user).tz
    ends = found.start + len(found.waiting)
    lines = [*found.waiting, *found.decided]
    if lines:
        people = [person for line in lines for person in (line.pair.known_id, line.pair.newcomer_id)]
        audit.note(actor_of(request), "viewed", "person", people)
    values = {
        "waiting": [line_of(line, tz, now) for line in found.waiting],
        "decided": [line_of(line, tz, now) for line in found.decided],
        "total": found.total,
        "from": found.start + 1,
        "to": ends,
        "before": f"?from={max(found.start - reading.PAGE, 0)}" if found.start else "",
        "next": f"?from={ends}" if ends < found.total else "",
        "keys": LIST_KEYS,
    }
    return render(request, "staff/matches/matches.html", values)


@require_GET
@screen(CAPABILITY)
def match(request: HttpRequest, pair: UUID) -> HttpResponse:
    """One pair side by side; one row in the log says that both were seen."""
    found = merging.pair_for(staff(request), pair)
    audit.note(actor_of(request), "viewed", "person", [found.known_id, found.newcomer_id])
    return _page(request, found)


@names_fields
@require_POST
@screen(CAPABILITY)
def match_verb(request: HttpRequest, pair: UUID, verb: str) -> HttpResponse:
    """Decide about a pair, or take a decision back."""
    user = staff(request)
    found = merging.pair_for(user, pair)
    if verb not in VERBS:
        raise NotAllowed(verb)
    if lost := problems_of(request, LABELS):
        return _page(request, found, problems=lost)
    try:
        VERBS[verb](request, found, user)
    except BadInput as bad:
        return _page(request, found, problems=bad.problems)
    return HttpResponseRedirect(reverse("match", args=[found.id]), status=303)


def _same(request: HttpRequest, pair: PossibleMatch, user: User) -> None:
    merging.same_person(pair, user, actor=actor_of(request))


def _different(request: HttpRequest, pair: PossibleMatch, user: User) -> None:
    merging.different_people(pair, user, actor=actor_of(request))


def _ask(request: HttpRequest, pair: PossibleMatch, user: User) -> None:
    merging.ask_first(pair, user, actor=actor_of(request))


def _undo(request: HttpRequest, pair: PossibleMatch, user: User) -> None:
    merging.undo(pair, user, reason=request.POST.get("reason", ""), actor=actor_of(request))


def _same_after_all(request: HttpRequest, pair: PossibleMatch, user: User) -> None:
    merging.same_after_all(pair, user, reason=request.POST.get("reason", ""), actor=actor_of(request))


def _take_back(request: HttpRequest, pair: PossibleMatch, user: User) -> None:
    merging.take_back(pair, user, actor=actor_of(request))


VERBS: Final[dict[str, Callable[[HttpRequest, PossibleMatch, User], None]]] = {
    "same": _same,
    "different": _different,
    "ask": _ask,
    "undo": _undo,
    "take-back": _take_back,
    "same-after-all": _same_after_all,
}


def _just_done(pair: PossibleMatch, user: User, now: datetime) -> dict[str, object] | None:
    """What they decided a moment ago and can still take back, as the page offers it."""
    if not (seconds := merging.seconds_left(pair, user, now=now)):
        return None
    what = STATUSES[pair.status]
    return {
        "url": reverse("match_verb", args=[pair.id, "take-back"]),
        "what": f"{what[:1].upper()}{what[1:]}",
        "seconds": seconds,
        "stays": "It can be taken back without a reason.",
    }


def _page(
    request: HttpRequest, pair: PossibleMatch, *, problems: list[Problem] | tuple[Problem, ...] = ()
) -> HttpResponse:
    user, now = staff(request), clock.now()
    tz, file = site_of(request, user).tz, reading.pair_file(pair)
    if file is None:
        raise NotAllowed(CAPABILITY)
    decided = ""
    if pair.decided_by and pair.decided_at:
        decided = f"{STATUSES[pair.status]}, {pair.decided_by.name}, {words.moment(pair.decided_at, tz, now)}"
    values = {
        "pair": pair,
        "rows": rows_of(file, user),
        "known": leads_of(file.known, tz, now),
        "newcomer": leads_of(file.newcomer, tz, now),
        "names": (file.known.identity.name, file.newcomer.identity.name),
        "why": file.why,
        "weight": f"{file.comparison.weight:+.0f}",
        "waits": pair.status in WAITING,
        "just_done": _just_done(pair, user, now),
        "merged": file.merge is not None,
        "apart": pair.status == "different",
        "joined": [(f"L-{each.going.number}", f"L-{each.staying.number}") for each in file.joined],
        "decided": decided[:1].upper() + decided[1:],
        "problems": problems,
        "typed": request.POST.get("reason", "")[:500],
        "keys": KEYS,
    }
    return render(request, "staff/matches/match.html", values, status=422 if problems else 200)
