"""The browser in which somebody gave the birth date, or filled in the form: for half an hour it is asked no more.

One signed cookie of ours says so and names nobody. So the address of the page opens for nobody to whom it is sent on.
A device that many people use one after the other keeps none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from firstvisit.steps.booking import links
from firstvisit.steps.booking.links import Given
from firstvisit.web.public.parts import device

COOKIE: Final = "firstvisit_visit"
KEPT: Final = links.OPEN_FOR


def opened_in(request: HttpRequest, given: Given, *, now: datetime) -> bool:
    """Whether the page of this link was opened in this browser a short while ago."""
    return links.was_opened(request.COOKIES.get(COOKIE, ""), given, now=now)


def keep_open(request: HttpRequest, response: HttpResponse, given: Given, *, now: datetime) -> bool:
    """Ask this browser no more for half an hour; False on a shared device, which keeps nothing."""
    if device.begins_at(request):
        return False
    response.set_cookie(
        COOKIE,
        links.opened_mark(given, at=now),
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return True


def shut(response: HttpResponse) -> None:
    """Ask again from now on."""
    response.delete_cookie(COOKIE, samesite="Lax")
