"""What each sign weighs for each role, as learned from documents; the table is `weights.txt`. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parent / "weights.txt"
ROLES: Final[dict[str, tuple[str, ...]]] = {
    "name": ("patient", "contact", "referrer", "nobody"),
    "phone": ("patient", "contact", "referrer", "fax", "nobody"),
    "birth": ("patient", "nobody"),
    "house": ("referrer", "nobody"),
}
"""Whose something of a kind may be: the patient's, of whom to get back to, of who refers, or of nobody the record keeps.
`fax` is the referrer's fax, `house` an organization."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one kind the weights of each sign, one a role in the order of `ROLES`."""

    kind: str
    signs: Mapping[str, tuple[float, ...]]

    def shares(self, signs: Iterable[str]) -> tuple[float, ...]:
        """How probable each role is by `signs`; they add up to one. A sign that was never learned weighs nothing."""
        sums = [0.0] * len(ROLES[self.kind])
        for sign in signs:
            for n, weight in enumerate(self.signs.get(sign, ())):
                sums[n] += weight
        highest = max(sums)
        powers = [math.exp(each - highest) for each in sums]
        return tuple(each / sum(powers) for each in powers)


@cache
def learned(kind: str) -> Weights:
    """The learned weights of one kind. Raises KeyError for a kind that is not in `ROLES`."""
    return table()[kind]


@cache
def table() -> dict[str, Weights]:
    """The weights of every kind, read once."""
    read: dict[str, dict[str, tuple[float, ...]]] = defaultdict(dict)
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, sign, *numbers = line.split("\t")
            read[kind][sign] = tuple(map(float, numbers))
    return {kind: Weights(kind, read[kind]) for kind in ROLES}
