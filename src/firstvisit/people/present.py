"""Whoever stands at the window beside the one who asks, as one of ours typed it: held against restrictions too."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.people.identity import Identity
from firstvisit.people.models import Guardian, Restriction
from firstvisit.people.queries import identities
from firstvisit.people.relations import relationship_of
from firstvisit.people.same_name import may_go_by

_BETWEEN: Final = re.compile(r"\s(?:and|with|plus|y|con)\s|[&+/;()\n]", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_][\w.'’-]*")
_APART: Final = 3
"""So many words further the last name may stand: two middle names come between."""
_LONGEST: Final = 40
"""Words of it that are read."""


def named_present(present: str, asks: Identity | None = None) -> tuple[Identity, ...]:
    """Of the names that may stand in these words those by which somebody goes whom a restriction in force names, or a
    talk-to list leaves out; not that of whoever `asks`, who is known by more than it. Whether it bars them from a
    patient `barring` says. Three questions at most, none where nobody stands there."""
    own = _folded(asks) if asks is not None else None
    may_be = [one for one in dict.fromkeys(_names_in(present)) if _folded(one) != own]
    if not may_be:
        return ()
    in_force = Restriction.objects.filter(lifted_at=None, person__isnull=False).values_list("person", flat=True)
    left_out = Guardian.objects.filter(may_be_told=False).values_list("guardian", flat=True)
    ids: Iterable[uuid.UUID] = {person for person in (*in_force, *left_out) if person is not None}
    named = [who for who, _ in identities(ids).values()] if ids else []
    return tuple(one for one in may_be if any(may_go_by(who, one) for who in named))


def _names_in(present: str) -> Iterator[Identity]:
    """What may be somebody's first and last name, in the order of the words, and each name that stands alone beside no
    more than how they are related ("her father Roderick")."""
    for group in _BETWEEN.split(present):
        words = [found.group().rstrip(".") for found in _WORD.finditer(group)][:_LONGEST]
        for (at, first), (end, last) in combinations(enumerate(words), 2):
            if end - at <= _APART:
                yield Identity(first_name=first, last_name=last)
        for piece in group.split(","):
            names = [word for word in _WORD.findall(piece) if not _relates(word)]
            if len(names) == 1 and len(names[0]) > 2:
                yield Identity(first_name=names[0])


def _folded(who: Identity) -> tuple[str, str]:
    return folded(who.first_name or ""), folded(who.last_name or "")


def _relates(word: str) -> bool:
    return word.casefold() in _OF_WHOM or relationship_of(word) != "other"


_OF_WHOM: Final = frozenset({"the", "her", "his", "their", "my", "a", "child", "patient", "alone", "only", "other"})
