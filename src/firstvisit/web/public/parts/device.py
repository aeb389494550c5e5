"""A device that many people use one after the other: a tablet at a stand, a screen in the waiting room.

Whoever sets it up opens a form with `?tablet=1`. From then on the form begins anew for each person: nothing of the one
before is inherited (how they came, their language) or offered to be filled in, and every page leads back to the
beginning. `?tablet=0` makes it anybody's own device again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "firstvisit_tablet"
ASKED: Final = "tablet"
KEPT: Final = timedelta(days=365)
SHOWN_FOR: Final = 60
"""Seconds for which the page after a form is shown before it makes way for the next person."""
_SALT: Final = "public.tablet"


def begins_at(request: HttpRequest) -> str:
    """The path at which the form of a shared device begins; "" on anybody's own device."""
    asked = request.GET.get(ASKED)
    if asked is not None and _begins(request):
        return "" if asked == "0" else request.path
    try:
        kept: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT)
    except signing.BadSignature:
        return ""
    return kept if isinstance(kept, str) and kept.startswith("/") else ""


def next_person(request: HttpRequest) -> bool:
    """Whether this opens the form of a shared device for whoever comes next."""
    return request.method in ("GET", "HEAD") and request.path == begins_at(request)


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Keep that the device is shared, or that it is not any more."""
    if request.GET.get(ASKED) is None or not _begins(request):
        return
    if not (path := begins_at(request)):
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE,
        signing.dumps(path, salt=_SALT),
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def make_way(request: HttpRequest, response: HttpResponse) -> None:
    """The page after a form leaves a shared device by itself."""
    if path := begins_at(request):
        response["Refresh"] = f"{SHOWN_FOR}; url={path}"


def _begins(request: HttpRequest) -> bool:
    """Whether a form begins at this page: not one behind a signed link."""
    found = request.resolver_match
    return request.method in ("GET", "HEAD") and found is not None and not {"link", "mark"} & set(found.kwargs)
