"""Whose a red flag of a document is once its pages were moved: where nobody can tell, everybody's. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final

from firstvisit.steps.intake.inbox.arranging import Pages, part_of
from firstvisit.steps.intake.inbox.values import Value, WholeReading

_FLAG: Final = ("escalate", "escalate_reason")


def flags_of(whole: WholeReading, now: Pages, parts: Collection[int]) -> dict[int, str]:
    """The red flag of each of `parts` that has one, in words. `now` is whose each page is.

    It is theirs whose words it is: of a page of one person that person's, of one that several stand on each one's. What
    tells of danger and stands nowhere, or whose part is gone, is everybody's.
    """
    read = {leaf.number: leaf.part for leaf in whole.leaves}
    found: dict[int, list[str]] = defaultdict(list)
    for value in whole.values:
        if value.path not in _FLAG or not value.value:
            continue
        owners = {part for part in _owners(value, whole, read, now) if part in parts} or set(parts)
        for part in owners:
            found[part].append(str(value.value) if value.path == "escalate_reason" else "")
    if whole.escalates and not found:
        return dict.fromkeys(parts, whole.escalate_reason)
    return {part: "; ".join(dict.fromkeys(filter(None, said))) or whole.escalate_reason for part, said in found.items()}


def _owners(flag: Value, whole: WholeReading, read: Pages, now: Pages) -> Iterator[int]:
    page = flag.place.page if flag.place else None
    if page is not None and page in now:
        yield now[page]
        for value in whole.values:
            if value.path not in _FLAG and value.place is not None and value.place.page == page:
                yield part_of(value, read, now)
        return
    went = {now[each] for each, whose in read.items() if whose == flag.patient and each in now}
    yield from went or {flag.patient}
