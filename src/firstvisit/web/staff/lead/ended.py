"""The click by which a clinician says that the evaluation is completed, the plan of care sent, or the care ended; and
that one of these was noted by mistake."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest

from firstvisit.journey.booking import ended, taking_back
from firstvisit.journey.booking.ended import CAPABILITY, ENDS, EVALUATED
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.practice.shape import Site
from firstvisit.referral.text import free_text
from firstvisit.web.middleware import actor_of

LONGEST: Final = 500


def note_end(request: HttpRequest, lead: Lead, user: User) -> None:
    """What was pressed, with its day."""
    what, on = request.POST.get("end", ""), request.POST.get("ended_on", "")
    ended.note(lead, user, actor=actor_of(request), what=what, on=on)


def take_back_end(request: HttpRequest, lead: Lead, user: User) -> None:
    """What was noted by mistake, with the reason."""
    try:
        reason = free_text(request.POST.get("reason", ""), LONGEST)
    except ValueError as error:
        raise BadInput([Problem("reason", str(error))]) from None
    what = request.POST.get("end", "")
    taking_back.take_back(lead, user, actor=actor_of(request), what=what, reason=reason)


def ends_of(lead: Lead, user: User, site: Site, now: datetime, *, locked: bool) -> dict[str, Any]:
    """What may be noted of this lead now, by whom may: the evaluation first, then what follows it; and what may be
    taken back."""
    if locked or not user.may(CAPABILITY) or lead.kind == "organization":
        return {"ends": {}}
    if not scope.leads_for(user).filter(id=lead.id).exists():
        return {"ends": {}}
    noted = {what: ENDS[what] for what in taking_back.noted_ends(lead)}
    if lead.closed_at and lead.closed_how != EVALUATED:
        return {"ends": {}, "noted_ends": noted}
    known = ended.known_ends(lead)
    evaluated = "evaluation_completed" in known or lead.closed_how == EVALUATED
    left = {what: words for what, words in ENDS.items() if what not in known}
    may = left if evaluated else {what: words for what, words in left.items() if what == "evaluation_completed"}
    visit = None if evaluated else ended.last_visit(lead, now)
    day = (visit.starts_at if visit is not None else now).astimezone(site.tz).date()
    return {"ends": may, "ends_today": day.isoformat(), "noted_ends": noted}
