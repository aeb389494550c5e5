"""Times, places and reasons of a visit, as the family's pages say them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from firstvisit.journey.booking.offering import Offer as Found
from firstvisit.practice.shape import Resource, Site
from firstvisit.steps.booking.shapes import Why
from firstvisit.web.public.parts import opening
from firstvisit.web.public.texts import Language
from firstvisit.web.ui import words as said

_SAID: Final = ("soonest", "stated_times", "continuity", "language", "site", "nearer", "earlier")
"""Reasons that a family is told; how a time fits our calendar is nothing to them."""
MOST_REASONS: Final = 2


class Offer(NamedTuple):
    """One time as it stands on the page. `token` is what its button sends."""

    token: str
    day: str
    at: str
    about: str
    why: str


def offer(
    one: Found, words: Mapping[str, str], who: Resource | None, language: Language, *, several: bool, soonest: bool
) -> Offer:
    """A time in words: when, how long, with whom, where if `several` places are offered, and why it stands there.
    `soonest` of those beside it; the zone is named once on the page."""
    slot = one.slot
    about = with_whom(words, slot.end - slot.start, who, one.want.discipline)
    if slot.setting != "clinic":
        about = f"{about}, {words[f'at_{slot.setting}']}"
    elif several:
        about = f"{about}, {words['at_site'].format(city=one.site.city)}"
    # Where there is one site it is no reason, and only one time is the soonest.
    untold = {code for code, told in (("site", several), ("soonest", soonest)) if not told}
    why = reasons([each for each in slot.why if each.code not in untold], words)
    day = opening.day_words(one.starts_at.date(), language)
    return Offer(one.token, day, said.clock_time(one.starts_at, one.site.tz), about, why)


def with_whom(words: Mapping[str, str], minutes: int, who: Resource | None, discipline: str) -> str:
    """ "60 minutes with Imani Foster, speech therapist"."""
    if who is None:
        return words["minutes_only"].format(minutes=minutes)
    own = discipline if discipline in who.disciplines else next(iter(who.disciplines), "")
    named = words.get(f"who_{own}", "{name}").format(name=who.name)
    return words["minutes_with"].format(minutes=minutes, who=named)


def reasons(why: Iterable[Why], words: Mapping[str, str]) -> str:
    """The weightiest reasons of a slot's place, as far as they say something to a family."""
    told = [each for each in sorted(why, key=lambda each: -each.points) if each.code in _SAID and each.points >= 0]
    return " ".join(filter(None, (_reason(each, words) for each in told[:MOST_REASONS])))


def _reason(why: Why, words: Mapping[str, str]) -> str:
    if why.code != "language":
        return words[f"why_{why.code}"]
    name = dict(why.data).get("language", "")
    return words["why_language"].format(language=words.get(f"language_{name}", name)) if name else ""


def where(site: Site, setting: str, words: Mapping[str, str]) -> tuple[str, str]:
    """The place in words, and the address of a map with the way there; "" where they need not go anywhere."""
    if setting != "clinic":
        return words[f"where_{setting}"], ""
    address = f"{site.street}, {site.city}, {site.state} {site.postal_code}"
    return address, f"https://www.google.com/maps/dir/?api=1&destination={quote(address)}"


def closed_on(days: Sequence[date], language: Language) -> str:
    """The first three of these days."""
    return ", ".join(opening.day_words(day, language) for day in days[:3])


def hours(words: Mapping[str, str], chosen: Any) -> list[tuple[str, str, bool]]:
    """The hours a family may name, and the one they named, as a list offers them: minutes, and how they are said."""
    asked = str(chosen or "")
    own = {int(asked)} if len(asked) <= 4 and asked.isdecimal() and int(asked) < 24 * 60 else set()
    named = [(str(each), _hour(each)) for each in sorted({*range(7 * 60, 20 * 60, 60), *own})]
    return [(value, name, value == chosen) for value, name in [("", words["any_hour"]), *named]]


def _hour(minute: int) -> str:
    hour, past = divmod(minute, 60)
    return f"{hour % 12 or 12}:{past:02} {'am' if hour < 12 else 'pm'}"
