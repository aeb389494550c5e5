"""What stood in the way of more times, counted as a search goes. Pure."""

from __future__ import annotations

from collections.abc import Collection


class Hindered:
    """Codes of `Found.missing`: those that were met, and what held up each clinician who fits."""

    def __init__(self) -> None:
        self._met: dict[str, int] = {}
        self._by_road: set[int] = set()
        self._works: set[int] = set()
        self._booked: set[int] = set()

    def add(self, code: str) -> None:
        """Count one more of these."""
        self._met[code] = self._met.get(code, 0) + 1

    def look_at(self, who: int, *, had: bool, by_road: bool, by_limit: bool) -> None:
        """Days were looked at in which this clinician has hours for such a visit. Who had no time in them is booked,
        unless it was the road to another visit or the limit of the day that left none."""
        self._works.add(who)
        if by_road:
            self._by_road.add(who)
        if not (had or by_road or by_limit):
            self._booked.add(who)

    def counted(self, without: Collection[int], leaving: Collection[int], *, group: bool) -> dict[str, int]:
        """All of it, where these clinicians fit and had no time, `leaving` of them because they are not there for all
        of what is looked for. A group has seats, and no hours of a clinician."""
        found, leave = dict(self._met), set(leaving).intersection(without)
        without = set(without) - leave
        full = len(without) if group else len(self._booked.intersection(without))
        no_hours = 0 if group else len(set(without) - self._works)
        more = {"travel": len(self._by_road), "full": full, "no_hours": no_hours, "leaves": len(leave)}
        return found | {code: count for code, count in more.items() if count}
