"""None of the times fits: half days and hours that suit, kept with the lead like every wish of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest

from firstvisit.journey import own_visit
from firstvisit.journey.own_visit import Own
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.hours import kept
from firstvisit.steps.intake.sources import answers as form_answers
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.parts import shown
from firstvisit.web.public.parts.about import about
from firstvisit.web.public.parts.door import take_post
from firstvisit.web.public.parts.frame import frame_of
from firstvisit.web.public.request.fields import DAYS
from firstvisit.web.readable import unreadable_fields

FIELDS: Final = ("from", "until")
LISTS: Final = ("times",)
EVERY: Final = [f"{day}_{half}" for day in DAYS for half in ("am", "pm")]
"""Every half day that the page offers."""
WHOLE_DAY: Final = (0, 24 * 60)
NONE_CHOSEN: Final = "Choose at least one half day, or an hour."
BACKWARDS: Final = "This is not after the first hour: choose a later one."


def keep(request: HttpRequest, found: Own) -> str:
    """Keep what they chose; the query by which the page looks again. BadInput names what is wrong."""
    language = frame_of(request).language
    typed = shown.typed_on(request, FIELDS, LISTS, language=language)
    if problems := shown.damaged(typed.answers, unreadable_fields(request), (*FIELDS, *LISTS)):
        raise BadInput(problems)
    between, stood = hours(typed.answers.get("from", ""), typed.answers.get("until", "")), own_visit.hours_of(found)
    times = typed.answers.get("times")
    if not times and between is None and stood is None:
        raise BadInput([Problem("times", NONE_CHOSEN)])
    if between is not None and between[0] >= between[1]:
        raise BadInput([Problem("until", BACKWARDS)])
    answers: dict[str, Any] = {"times": times or EVERY}  # an hour alone is meant of every day
    if between is not None or stood is not None:
        answers["hours"] = kept(*(between or WHOLE_DAY))
    body = form_answers.kept(answers, about=about(found.lead), language=language)
    take_post(request, "preferences", body, joins=found.lead.id)
    if between is not None:
        own_visit.say_hours(found, between, actor=actor_of(request))
    return urlencode({"said": "looked_again"})


def hours(first: str, last: str) -> tuple[int, int] | None:
    """Minutes of the day between which they can come; None where they named no hour that we offer."""
    begins, ends = _minutes(first), _minutes(last)
    if begins is None and ends is None:
        return None
    return begins or 0, ends if ends is not None else WHOLE_DAY[1]


def standing(found: Own) -> tuple[dict[str, str], Sequence[str]]:
    """What they stated before, as the page's fields have it: hours, where an open end is none, and half days."""
    hours, half_days = own_visit.hours_of(found), own_visit.half_days_of(found)
    named = zip(FIELDS, hours or (), strict=False)
    return {name: str(minute) for name, minute in named if minute not in WHOLE_DAY}, half_days


def _minutes(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= 24 * 60 else None
