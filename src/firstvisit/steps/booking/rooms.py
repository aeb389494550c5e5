"""Which rooms and devices a visit takes: the fewest that have what it needs and are free together. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import combinations

from firstvisit.steps.booking import spans
from firstvisit.steps.booking.shapes import Bookable, Busy, Span, Want


class Rooms:
    """Rooms and devices of one site, for one want.

    Of several that would do, the fewest are taken, then the least equipped, so that what is rare stays free. Visits
    lie between the minutes `since` and `until`, buffers included.
    """

    def __init__(
        self, want: Want, site: str, supply: Sequence[Bookable], busy: Busy, since: int, until: int
    ) -> None:
        here = [one for one in supply if one.kind != "clinician" and site in one.sites]
        self._tags = want.equipment
        self._room = want.room and any(one.kind == "room" for one in here)
        useful = (one for one in here if one.equipment & self._tags or (self._room and one.kind == "room"))
        self._useful = sorted(useful, key=lambda one: (len(one.equipment), one.id))
        self._site, self._program, self._busy = site, want.program, busy
        self._between = since, until
        self._free: dict[int, tuple[list[int], list[int]]] = {}
        self._alone: list[int] | None = None
        self._sets: dict[int, list[tuple[Bookable, ...]]] = {}

    def free_together(self, start: int, end: int) -> tuple[int, ...] | None:
        """The ids to take from `start` to `end`, sorted; () where none is needed, None where they are not free."""
        if not self._tags and not self._room:
            return ()
        for size in range(1, len(self._tags) + self._room + 1):
            if size == 1 and not self._one_is_free(start, end):
                continue
            for chosen in self._chosen(size):
                if all(self._is_free(one, start, end) for one in chosen):
                    return tuple(sorted(one.id for one in chosen))
        return None

    def _one_is_free(self, start: int, end: int) -> bool:
        """Whether any single one that does is free; most times that fail fail here, without a look at each."""
        if self._alone is None:
            long = end - start
            fits = (
                (a, b - long + 1)
                for (one,) in self._chosen(1)
                for a, b in zip(*self._spans(one), strict=True)
            )
            self._alone = [end for span in spans.joined(fits) for end in span]
        return bisect_right(self._alone, start) % 2 == 1

    def _is_free(self, one: Bookable, start: int, end: int) -> bool:
        starts, ends = self._spans(one)
        at = bisect_right(starts, start) - 1
        return at >= 0 and ends[at] >= end

    def _chosen(self, size: int) -> list[tuple[Bookable, ...]]:
        """All sets of that size that have what is needed, the least equipped first."""
        if size not in self._sets:
            order = combinations(self._useful, size)
            found = [chosen for chosen in order if self._do(chosen)]
            found.sort(key=lambda chosen: sum(len(one.equipment) for one in chosen))
            self._sets[size] = found
        return self._sets[size]

    def _do(self, chosen: Sequence[Bookable]) -> bool:
        has = frozenset[str]().union(*(one.equipment for one in chosen))
        return self._tags <= has and (not self._room or any(one.kind == "room" for one in chosen))

    def _spans(self, one: Bookable) -> tuple[list[int], list[int]]:
        """Where it is free: starts, and their ends."""
        if one.id not in self._free:
            opened = spans.joined(self._open(one))
            found = spans.without(opened, spans.joined(self._busy.spans.get(one.id, ())))
            self._free[one.id] = [start for start, _ in found], [end for _, end in found]
        return self._free[one.id]

    def _open(self, one: Bookable) -> Iterator[Span]:
        return (
            (stretch.start, stretch.end)
            for stretch in one.open
            if stretch.start < self._between[1]
            and stretch.end > self._between[0]
            and stretch.site == self._site
            and (not stretch.programs or self._program in stretch.programs)
        )
