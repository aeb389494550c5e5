"""Which visits and sessions one change of supply leaves without a place, beside those that had none before it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Final

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from firstvisit.journey.booking.reoffering import affected, affected_sessions
from firstvisit.practice.models import User
from firstvisit.web.staff.supply import sentences

_KEPT: Final = "supply_touched"
"""Where the browser's session keeps what the change that was made last left without a place."""
Without = frozenset[tuple[uuid.UUID, str, str]]
"""Visits and sessions of groups that no longer fit, each with why and whose time is missing: for another reason it is
touched anew."""


def without_place(user: User) -> Without:
    """What is to come and no longer fits, for a comparison with that after a change."""
    visits = {(one.appointment.id, one.why, one.resource) for one in affected(user)}
    return frozenset(visits | {(one.group.id, one.why, one.resource) for one in affected_sessions(user)})


def no_longer_fit(user: User) -> str:
    """How much to come no longer fits, in words."""
    return sentences.no_longer_fit(len(affected(user)), len(affected_sessions(user)))


def then(request: HttpRequest, user: User, before: Without, back: str, done: str) -> HttpResponseRedirect:
    """Back to where it was changed; on to what this very change leaves without a place, where there is
    any."""
    touched = {each for each, *_ in without_place(user) - before}
    if not touched:
        return HttpResponseRedirect(f"{back}?done={done}" if done else back, status=303)
    request.session[_KEPT] = [str(each) for each in touched]
    return HttpResponseRedirect(f"{reverse('supply_unfit')}?done={done or 'left'}", status=303)


def touched_by_it(request: HttpRequest) -> Collection[str]:
    """The visits and sessions (ids) of the change that was made last in this browser."""
    return frozenset(request.session.get(_KEPT, ()))
