"""What a page that stands open asks every few seconds: has anything happened since?"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from firstvisit.journey.queries import changed_since
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads import scope
from firstvisit.leads.queries import by_code
from firstvisit.web.staff.screen import staff


@require_GET
def changes(request: HttpRequest) -> JsonResponse:
    """`?since=<entry>[&lead=L-5]`; cheap, and not counted as activity of the person."""
    if not request.user.is_authenticated:
        return JsonResponse({"signed_off": True}, status=401)
    user, text, named = staff(request), request.GET.get("since", ""), request.GET.get("lead", "")
    since = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    lead = by_code(named) if named else None
    if named and (lead is None or not scope.sees(user, lead, now=clock.now())):
        raise NotAllowed("leads.see")
    return JsonResponse({"changed": changed_since(since, user, lead=lead)})
