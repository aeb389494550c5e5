"""What a page that stands open asks every few seconds: has anything happened since?"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from firstvisit.journey import desk
from firstvisit.journey.inbox import seeing
from firstvisit.journey.queries import changed_since
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads import scope
from firstvisit.leads.queries import by_code
from firstvisit.web.staff.screen import staff


@require_GET
def changes(request: HttpRequest) -> JsonResponse:
    """`?since=<entry>[&lead=L-5]`, and of the Inbox `inbox=<mark>` or `document=<mark>`, with it or alone; cheap,
    and not counted as activity of the person.

    400 when `since` is no number: nobody is told "changed" by a mistake in the address.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"signed_off": True}, status=401)
    user, text, named = staff(request), request.GET.get("since", ""), request.GET.get("lead", "")
    lead = by_code(named) if named else None
    desk.seen(user)
    if named and (lead is None or not scope.sees(user, lead, now=clock.now())):
        raise NotAllowed("leads.see")
    for name in ("inbox", "document"):
        if name not in request.GET:
            continue
        changed = seeing.mark(user, counts=name == "inbox") != request.GET[name]
        if changed or not text:
            return JsonResponse({"changed": changed})
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        problem = {"field": "since", "message": "give the number of an entry, such as since=120"}
        return JsonResponse({"problems": [problem]}, status=400)
    return JsonResponse({"changed": changed_since(int(text), user, lead=lead)})
