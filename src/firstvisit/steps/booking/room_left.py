"""Which first visits still fit into somebody's day, for anybody at all. Pure.

A calendar says where there is room before anybody is named: the payer, the language and the hours of one person are the
search's matter (`slots`), which has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from firstvisit.steps.booking import fitting, spans
from firstvisit.steps.booking.shapes import Bookable, Span, Want


class Opening(NamedTuple):
    """A free stretch in which a first visit of these programs fits, `times` of the shortest one after the other
    (never more than the day still allows; the openings of a day may allow less together)."""

    start: int
    end: int
    programs: tuple[str, ...]
    times: int


class Asked(NamedTuple):
    """A program's first visit for nobody in particular; `rooms` is when what it needs beside a therapist is free (None:
    it needs nothing)."""

    want: Want
    rooms: Sequence[Span] | None = None


def of_day(
    who: Bookable, asked: Iterable[Asked], taken: Sequence[Span], day: Span, *, site: str, most: int
) -> list[Opening]:
    """The openings of one clinician on one day at one site, in the order of time. `taken` sorted; `most` first visits
    are still allowed that day."""
    suits = [one for one in asked if not fitting.stands_in_the_way(one.want, who)]
    found: list[Opening] = []
    for free in _free(who, taken, day, site):
        if most <= 0 or not suits:
            break
        programs, shortest = [], 0
        for one in suits:
            open_for = [each for each in who.open if not each.programs or one.want.program in each.programs]
            here = spans.common([free], spans.joined((each.start, each.end) for each in open_for if each.site == site))
            if one.rooms is not None:
                here = spans.common(here, one.rooms)
            length = one.want.before + one.want.minutes + one.want.after
            if any(end - start >= length for start, end in here):
                programs.append(one.want.program)
                shortest = min(shortest or length, length)
        if programs:
            times = min(most, (free[1] - free[0]) // shortest)
            found.append(Opening(free[0], free[1], tuple(dict.fromkeys(programs)), times))
    return found


def free_spans(which: Iterable[Bookable], taken: Mapping[int, Sequence[Span]], site: str) -> list[Span]:
    """When any one of several resources is free at a site."""
    return spans.joined(
        span
        for one in which
        for span in spans.without(
            spans.joined((each.start, each.end) for each in one.open if each.site == site), taken.get(one.id, ())
        )
    )


def _free(who: Bookable, taken: Sequence[Span], day: Span, site: str) -> list[Span]:
    open_there = spans.joined(
        (each.start, each.end) for each in who.open if each.site == site and "clinic" in each.settings
    )
    return spans.without(spans.common(open_there, [day]), taken)


def starts(who: Bookable, one: Asked, taken: Sequence[Span], day: Span, *, site: str) -> list[int]:
    """When first visits of one program could begin with one clinician on one day, one after the other."""
    if fitting.stands_in_the_way(one.want, who):
        return []
    length = one.want.before + one.want.minutes + one.want.after
    open_for = spans.joined(
        (each.start, each.end)
        for each in who.open
        if each.site == site
        and one.want.setting in each.settings
        and (not each.programs or one.want.program in each.programs)
        and each.start < day[1]
        and each.end > day[0]
    )
    free = spans.without(spans.common(open_for, [day]), taken)
    if one.rooms is not None:
        free = spans.common(free, one.rooms)
    return [at + one.want.before for start, end in free for at in range(start, end - length + 1, length)]
