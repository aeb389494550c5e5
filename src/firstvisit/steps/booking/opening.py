"""What is open of one resource, once everything that opens it and everything that takes from it is laid together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from firstvisit.steps.booking import spans
from firstvisit.steps.booking.shapes import Bookable, Span, Stretch


class Opened(NamedTuple):
    """A stretch that something opens, and how new that is: of two at different sites at once the newer holds."""

    stretch: Stretch
    newness: tuple[int, str] = (0, "")


def laid_together(opened: Sequence[Opened]) -> tuple[Stretch, ...]:
    """Sorted stretches of which no two overlap.

    Where several are open at once: those for some programs alone hold against those for all; of two sites the newer
    holds, for nobody is at two places; what is then still open at once is open for the settings and programs of all.
    """
    ordered = sorted(opened, key=lambda one: one.stretch[:2])
    found: list[Stretch] = []
    cluster: list[Opened] = []
    reach = 0
    for one in ordered:
        if one.stretch.start >= one.stretch.end:
            continue
        if cluster and one.stretch.start >= reach:
            found.extend(_flattened(cluster))
            cluster = []
        cluster.append(one)
        reach = max(reach, one.stretch.end) if len(cluster) > 1 else one.stretch.end
    found.extend(_flattened(cluster))
    return tuple(closed_up(found))


def closed_up(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sorted stretches, those that touch and are alike made one."""
    found: list[Stretch] = []
    for one in stretches:
        if found and found[-1].end == one.start and found[-1][2:] == one[2:]:
            found[-1] = found[-1]._replace(end=one.end)
        else:
            found.append(one)
    return found


def kept_free(
    stretches: Iterable[Stretch], taken: Sequence[Span], at_site: Mapping[str, Sequence[Span]]
) -> tuple[Stretch, ...]:
    """What is left of sorted stretches without what is taken of the resource, and of the site each is at."""
    found: list[Stretch] = []
    for one in stretches:
        left: list[Span] = [(one.start, one.end)]
        if taken:
            left = spans.without(left, taken)
        if left and at_site.get(one.site):
            left = spans.without(left, at_site[one.site])
        if left == [(one.start, one.end)]:
            found.append(one)
        else:
            found.extend(one._replace(start=start, end=end) for start, end in left)
    return tuple(found)


def is_open(one: Bookable, during: Span, *, site: str, setting: str, program: str) -> bool:
    """Whether somebody or something is open for all of a span there, for such a visit. A room or a device is not asked
    for which settings."""
    hours = spans.joined(
        (stretch.start, stretch.end)
        for stretch in one.open
        if stretch.end > during[0]
        and stretch.start < during[1]
        and stretch.site == site
        and (one.kind != "clinician" or setting in stretch.settings)
        and (not stretch.programs or program in stretch.programs)
    )
    return any(start <= during[0] and during[1] <= end for start, end in hours)


def _flattened(cluster: Sequence[Opened]) -> list[Stretch]:
    if len(cluster) < 2:
        return [one.stretch for one in cluster]
    edges = sorted({edge for one in cluster for edge in one.stretch[:2]})
    found = []
    for start, end in pairwise(edges):
        here = [one for one in cluster if one.stretch.start <= start and one.stretch.end >= end]
        here = [one for one in here if one.stretch.programs] or here
        if not here:
            continue
        site = max(here, key=lambda one: one.newness).stretch.site
        there = [one.stretch for one in here if one.stretch.site == site]
        found.append(
            Stretch(
                start,
                end,
                site,
                frozenset().union(*(one.settings for one in there)),
                frozenset().union(*(one.programs for one in there)),
            )
        )
    return found
