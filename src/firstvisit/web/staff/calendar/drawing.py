"""The strip of a day: what is taken, kept and open, to scale. Pure; every mark is said in words below it too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe

from firstvisit.journey.booking.weeks import Day, Stretch
from firstvisit.steps.booking import spans

WIDTH: Final = 190.0
Mark = Literal["visit", "gone", "held", "treatment", "open", "kept", "away"]


class Scale(NamedTuple):
    """The hours of the day that the strips of a page run through, in minutes of the wall clock."""

    first: int
    last: int
    zone: ZoneInfo

    def x(self, minute: int) -> float:
        """Where a minute stands, within the strip."""
        local = spans.moment(minute).astimezone(self.zone)
        wall = local.hour * 60 + local.minute
        share = (min(max(wall, self.first), self.last) - self.first) / (self.last - self.first)
        return round(share * WIDTH, 1)


class Box(NamedTuple):
    """One mark of a strip: `y` and `height` of the ten that a strip is high."""

    mark: Mark
    x: float
    width: float
    y: float
    height: float


_TALL: Final[dict[Mark, tuple[float, float]]] = {
    "visit": (0, 10),
    "gone": (1, 8),
    "held": (1, 8),
    "treatment": (3, 6),
    "open": (1, 8),
    "kept": (0.5, 9),
    "away": (4, 3),
}


def scale(shown: Stretch) -> Scale:
    """From the first whole half-hour to the last in which anything is open or taken at the site in these days."""
    zone = shown.site.tz
    walls = [wall for row in shown.rows for day in row.days for wall in _walls(day, zone)]
    for day in shown.days:
        for opens, closes in shown.site.openings(day):
            walls += [_wall(opens.astimezone(zone)), _wall(closes.astimezone(zone))]
    if not walls:
        return Scale(8 * 60, 17 * 60, zone)
    return Scale(min(walls) // 30 * 30, -(-max(walls) // 30) * 30, zone)


def boxes(day: Day, on: Scale) -> list[Box]:
    """The marks of one day, what covers others last."""
    found: list[tuple[Mark, int, int]] = []
    found += [("away" if one.what in ("away", "busy", "closed") else "kept", one.start, one.end) for one in day.kept]
    found += [("open", one.start, one.end) for one in day.openings]
    for visit in day.visits:
        mark: Mark = "treatment"
        if visit.service == "evaluation":
            mark = "held" if visit.status == "held" else "gone" if visit.status in ("missed", "left") else "visit"
        found.append((mark, visit.start, visit.end))
    return [box for mark, start, end in found if (box := _box(mark, start, end, day, on)) is not None]


def marks(day: Day, on: Scale) -> SafeString:
    """The marks as SVG: a template would ask a thousand times over how a number is written."""
    # Safe: the mark is one of ours and all else is a number.
    return mark_safe(  # noqa: S308
        "".join(
            f'<rect class="m-{box.mark}" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"/>'
            for box in boxes(day, on)
        )
    )


def _box(mark: Mark, start: int, end: int, day: Day, on: Scale) -> Box | None:
    left = on.x(max(start, day.span[0]))
    right = WIDTH if end >= day.span[1] else on.x(end)
    y, height = _TALL[mark]
    return Box(mark, left, round(right - left, 1), y, height) if right > left else None


def _walls(day: Day, zone: ZoneInfo) -> Iterable[int]:
    taken = [(one.start, one.end) for one in day.visits]
    for start, end in taken + [(one.start, one.end) for one in day.openings]:
        yield _wall(spans.moment(start).astimezone(zone))
        if end < day.span[1]:
            yield _wall(spans.moment(end).astimezone(zone))


def _wall(local: datetime) -> int:
    return local.hour * 60 + local.minute
