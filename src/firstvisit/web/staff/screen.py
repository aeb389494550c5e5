"""What every staff screen needs: somebody signed in, with the capability that the screen demands."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from firstvisit.journey import desk
from firstvisit.kernel.errors import NotAllowed
from firstvisit.practice.models import User

View = Callable[..., HttpResponse]


def screen(capability: str = "", *, at_desk: bool = False) -> Callable[[View], View]:
    """Demand a signed-in person, and the capability where one is named; NotAllowed otherwise.

    `at_desk`: whoever looks at this page works on leads now, and may be given one; who reads rules or practice is not.
    """

    def around(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if capability and not staff(request).may(capability):
                raise NotAllowed(capability)
            if at_desk:
                desk.seen(staff(request))
            return view(request, *args, **kwargs)

        return guarded

    return around


def staff(request: HttpRequest) -> User:
    """The signed-in account."""
    if not isinstance(request.user, User):
        raise NotAllowed("signed in")
    return request.user
