"""The door at which calendar programs read: GET of an address that its owner made and can revoke."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from firstvisit.journey.booking import subscribing
from firstvisit.kernel.addresses import client_address
from firstvisit.steps.booking import ics


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar, or 304 where the program has it already; 404 for an address that opens nothing."""
    forwarded, proxies = request.headers.get("X-Forwarded-For", ""), settings.ENVIRONMENT.trusted_proxies
    address = client_address(request.META.get("REMOTE_ADDR", ""), forwarded, proxies)
    known = request.headers.get("If-None-Match", "").removeprefix("W/")
    found = subscribing.read(secret, address=address, known=known)
    if found is None:
        return HttpResponse("There is no calendar here.\n", status=404, content_type="text/plain; charset=utf-8")
    answer: HttpResponse
    if found.etag == known:
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(found.body, content_type=ics.MEDIA_TYPE)
        answer["Content-Disposition"] = 'inline; filename="firstvisit.ics"'
    answer["ETag"] = found.etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return answer
