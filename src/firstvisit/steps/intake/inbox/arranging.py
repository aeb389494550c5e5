"""Whose which page is: a page goes with its patient, and what was read from it goes along.

Parts keep their numbers whatever moves: what was read of a part without pages of its own must find it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

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


def fresh_of(used: Iterable[int]) -> int:
    """The number of a part that nobody had yet: what was answered for somebody who is gone is never another's."""
    return max(used, default=-1) + 1


def cut(now: Pages, before: int, fresh: int) -> dict[int, int]:
    """The pages of one part, from page `before` on, become the part `fresh`. ValueError where nothing would be left of
    the part before the cut."""
    part = now[before]
    rest = [page for page, whose in now.items() if whose == part and page >= before]
    if len(rest) == sum(1 for whose in now.values() if whose == part):
        raise ValueError("This is the first page of its person; choose a later one to cut before.")
    return {page: fresh if page in rest else whose for page, whose in now.items()}


def merged(now: Pages, part: int) -> dict[int, int]:
    """A part and the one before it are one person's. ValueError for the first."""
    order = sorted(set(now.values()))
    if part not in order or order.index(part) == 0:
        raise ValueError("There is nobody before the first person to join.")
    before = order[order.index(part) - 1]
    return {page: before if whose == part else whose for page, whose in now.items()}


def moved(now: Pages, page: int, part: int, known: Collection[int]) -> dict[int, int]:
    """One page goes to another of the `known` parts, of which one may be new."""
    if page not in now:
        raise ValueError("There is no page of that number.")
    if part not in known:
        raise ValueError("There is nobody of that number; choose one that stands in the list, or the next.")
    return {each: part if each == page else whose for each, whose in now.items()}


Heirs = Mapping[int, tuple[int, int]]
"""Into whom a part went that is no more, and at which step."""


def heirs_of(moves: Sequence[tuple[int, Pages, Pages]]) -> dict[int, tuple[int, int]]:
    """Into whom each part went whose pages all became somebody else's, of moves in order: (step, before, after)."""
    went: dict[int, tuple[int, int]] = {}
    for step, before, after in moves:
        for part in set(before.values()) - set(after.values()):
            into = {after[page] for page, whose in before.items() if whose == part and page in after}
            if len(into) != 1:
                continue
            heir = into.pop()
            went = {gone: (heir, step) if now == part else (now, at) for gone, (now, at) in went.items()}
            went[part] = (heir, step)
    return went
