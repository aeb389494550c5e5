"""What became of a visit, said from the calendar's day."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from firstvisit.journey.booking import visits
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads import scope
from firstvisit.steps.booking.models import Appointment
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff

VERBS: Final[dict[str, Callable[..., Appointment]]] = {
    "arrived": visits.arrived,
    "missed": visits.missed,
    "left": visits.left,
}


@require_POST
@screen("leads.work", at_desk=True)
def became(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Note it and go back to the day."""
    user, verb = staff(request), VERBS.get(request.POST.get("do", ""))
    row = Appointment.objects.filter(id=number, lead__in=scope.leads_for(user)).first()
    if row is None or verb is None:
        raise NotAllowed("leads.work")
    verb(row, by=user, actor=actor_of(request))
    return HttpResponseRedirect(_back(request), status=303)


def _back(request: HttpRequest) -> str:
    """The calendar as it was; never an address elsewhere."""
    home, back = reverse("calendar"), request.POST.get("back", "")
    return back if back.startswith(f"{home}?") and len(back) < 300 else home
