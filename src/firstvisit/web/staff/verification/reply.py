"""One check as it was sent and answered: what the payer was asked, its reply word for word, and what that says."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firstvisit.journey.coverage.known import one_check, plans_of
from firstvisit.journey.lead_file import lead_file
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads import scope
from firstvisit.leads.queries import by_code
from firstvisit.practice.queries import practice
from firstvisit.steps.coverage.kept import Kept
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.lead.benefits import THERAPIES, said
from firstvisit.web.staff.lead.shown import seen_by
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

CAUSES: Final = {
    "captured": "when the lead came or a field was corrected",
    "night": "in the night after nobody had answered",
    "month": "for the new month",
    "visit": "before the visit",
    "hand": "somebody asked again",
    "told": "told by phone or portal",
}
"""Why a payer was asked."""


@require_GET
@screen("insurance.see")
def reply(request: HttpRequest, code: str, check: UUID) -> HttpResponse:
    """Show one check; the log says who read it."""
    user, lead, now = staff(request), by_code(code), clock.now()
    if lead is None or not user.may("identity.see") or not scope.sees(user, lead, now=now):
        raise NotAllowed("leads.see")
    kept = one_check(lead, check)
    if kept is None:
        raise NotAllowed("insurance.see")
    noted_view(actor_of(request), "benefits_reply", [lead.id, kept.check.id])
    site = site_of(request, user)
    page = seen_by(user, lead_file(lead, now=now, narrative=False, user=user), site)
    plan = next((each for each in plans_of(lead, page.file.referral) if each.insured.rank == kept.check.rank), None)
    payer = practice().payers.get(kept.check.payer)
    context: dict[str, Any] = {
        "code": f"L-{lead.number}",
        "kept": kept,
        "payer": payer.name if payer else "The payer",
        "therapy": THERAPIES.get(kept.check.discipline, kept.check.discipline),
        "said": said(kept, plan, page) if plan is not None else None,
        "asked": words.moment(kept.check.wanted_at, site.tz, now),
        "cause": CAUSES.get(kept.check.cause, kept.check.cause),
        "faults": list(_faults(kept)),
    }
    return render(request, "staff/verification/reply.html", context)


def _faults(kept: Kept) -> list[tuple[str, str]]:
    """What of the reply is odd: a segment with why it was not understood, and what is wrong with its envelope."""
    faults = kept.benefits.faults if kept.benefits is not None else ()
    return [*kept.not_understood, *(("", each.said) for each in faults)]
