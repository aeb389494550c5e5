"""Which visits one change of supply leaves without a place, beside those that had none before it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Final

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from firstvisit.journey.booking.reoffering import affected
from firstvisit.practice.models import User

_KEPT: Final = "supply_touched"
"""Where the session keeps the visits of the change that was made last."""
Without = frozenset[tuple[uuid.UUID, str, str]]
"""Visits that no longer fit, each with why and whose time is missing: for another reason it is touched anew."""


def without_place(user: User) -> Without:
    """The visits to come that no longer fit, for a comparison with those after a change."""
    return frozenset((one.appointment.id, one.why, one.resource) for one in affected(user))


def then(request: HttpRequest, user: User, before: Without, back: str, done: str) -> HttpResponseRedirect:
    """Back to where it was changed; on to the visits that this very change leaves without a place, where there are
    any."""
    touched = {each for each, *_ in without_place(user) - before}
    if not touched:
        return HttpResponseRedirect(f"{back}?done={done}" if done else back, status=303)
    request.session[_KEPT] = [str(each) for each in touched]
    return HttpResponseRedirect(f"{reverse('supply_unfit')}?done={done or 'left'}", status=303)


def touched_by_it(request: HttpRequest) -> Collection[str]:
    """The visits (ids) of the change that was made last in this browser."""
    return frozenset(request.session.get(_KEPT, ()))
