"""Whose which page is: a page goes with its patient, and what was read from it goes along.

Parts keep their numbers whatever moves: what was read of a part without pages of its own must find it again.
"""

from __future__ import annotations

from collections.abc import Mapping

from firstvisit.steps.intake.inbox.values import Value

Pages = Mapping[int, int]
"""Part by page number."""


def part_of(value: Value, read: Pages, now: Pages) -> int:
    """Whose a value is once pages were moved: it follows its page, unless its page was another patient's when it was
    read (a table with several patients on one page). One without a page goes where all pages of its patient went."""
    page = value.place.page if value.place else None
    if page is None:
        went = {now[each] for each, whose in read.items() if whose == value.patient and each in now}
        return went.pop() if len(went) == 1 else value.patient
    if page not in now or read.get(page) != value.patient:
        return value.patient
    return now[page]


def cut(now: Pages, before: int) -> dict[int, int]:
    """The pages of one part, from page `before` on, become a part of their own. ValueError where nothing would be
    left of the part before the cut."""
    part = now[before]
    rest = [page for page, whose in now.items() if whose == part and page >= before]
    if len(rest) == sum(1 for whose in now.values() if whose == part):
        raise ValueError("This is the first page of its person; choose a later one to cut before.")
    fresh = max(now.values()) + 1
    return {page: fresh if page in rest else whose for page, whose in now.items()}


def merged(now: Pages, part: int) -> dict[int, int]:
    """A part and the one before it are one person's. ValueError for the first."""
    order = sorted(set(now.values()))
    if part not in order or order.index(part) == 0:
        raise ValueError("There is nobody before the first person to join.")
    before = order[order.index(part) - 1]
    return {page: before if whose == part else whose for page, whose in now.items()}


def moved(now: Pages, page: int, part: int) -> dict[int, int]:
    """One page goes to another part; a part one above the last is new."""
    if page not in now:
        raise ValueError("There is no page of that number.")
    if not 0 <= part <= max(now.values()) + 1:
        raise ValueError("There is nobody of that number; choose one that stands in the list, or the next.")
    return {each: part if each == page else whose for each, whose in now.items()}
