"""What stood in the way of other times, in words that are true of those who are meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from firstvisit.practice.queries import policy, practice
from firstvisit.steps.booking.fitting import NO_FIRST_VISITS
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Place, Want
from firstvisit.steps.booking.travel import miles
from firstvisit.web.ui import words

NOBODY: Final[dict[str, str]] = {
    "no_discipline": "nobody does this therapy",
    "assistant": "only an assistant does this therapy, who does not evaluate",
    "no_site": "nobody who can do it works at this site",
    "no_skill": "no therapist has the skills that this program needs",
    "no_credential": "no therapist has the credential that this visit needs",
    "no_payer": "nobody who can do it is credentialed with this payer",
    "no_first_visits": "nobody who can do it takes first visits: their limit of evaluations a day is 0",
    "left": "the therapist who can do it has left{then}",
    "no_place": "it is not known where they live, so nobody can be sent there",
    "too_far": "nobody who can do it drives as far as their home{miles}",
}
"""Why nobody is one for them, in the order in which it is looked at: true of the last that was met."""
OF_TIMES: Final[dict[str, str]] = {
    "no_room": "no room or device is free together with a therapist",
    "limit": "a therapist has all the evaluations of that day",
    "travel": "a visit at another place leaves a therapist no time on the road",
    "outside_window": "free times lie outside the window",
}
"""What stood in the way of times of those who fit."""
ALL_LEAVE: Final = "whoever can do it leaves us, and has no time left until then"
ONE_LEAVES: Final = "a therapist who can do it leaves us, and has no time left until then"
ONE_TAKES_NONE: Final = "a therapist who can do it takes no first visits: the limit of evaluations a day is 0"
_HOURS: Final = {"home": "hours for visits at home", "telehealth": "hours for visits by video"}


def missing(counted: Mapping[str, int], want: Want | None, today: date, *, none: bool) -> list[str]:
    """What most often did first; codes that nobody words are left to the log. `none`: there is no time at all, so that
    what is true of those who were left out is true of everybody."""
    if want is None:
        return []
    by_count = sorted((code for code in counted if counted[code]), key=lambda code: -counted[code])
    works = [code for code in by_count if code in OF_TIMES or code in ("full", "leaves")]
    if none and not works and "no_hours" not in by_count:
        last = next((code for code in reversed(NOBODY) if code in by_count), None)
        then = " by then" if want.not_before is not None and want.not_before > today else ""
        return [NOBODY[last].format(miles=_miles(want), then=then)] if last is not None else []
    takes_none = NO_FIRST_VISITS in by_count
    alone = none and len(works) == 1 and "no_hours" not in by_count and not takes_none
    found = [
        OF_TIMES[code] if code in OF_TIMES else
        (ALL_LEAVE if alone else ONE_LEAVES) if code == "leaves" else
        _full(want, today, others=not none or takes_none or "leaves" in works)
        for code in works
    ]  # fmt: skip
    if "no_hours" in by_count:
        found.append(_no_hours(want, others=not none or takes_none or bool(works)))
    return [*found, *([ONE_TAKES_NONE] if takes_none else [])]


def _full(want: Want, today: date, *, others: bool) -> str:
    last = today + timedelta(days=policy().section(Booking).horizon_days)
    last = last if want.not_after is None else min(last, want.not_after)
    who = "others who could do it are" if others else "everybody who has hours for it is"
    return f"{who} booked through {words.day(last)}"


def _no_hours(want: Want, *, others: bool) -> str:
    what = _HOURS.get(want.setting, "hours there")
    asked = " in these days" if want.not_before is not None or want.not_after is not None else ""
    return f"others who could do it have no {what}{asked}" if others else f"nobody who can do it has {what}{asked}"


def _miles(want: Want) -> str:
    """How far their home is from the nearest of the sites that are looked at: ", 41 miles from Madison"."""
    if want.home is None:
        return ""
    home, sites = want.home, [practice().sites[slug] for slug in want.sites]
    near = min(((miles(Place(site.latitude, site.longitude), home), site.name) for site in sites), default=None)
    return f", {round(near[0])} miles from {near[1]}" if near is not None else ""
