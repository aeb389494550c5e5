"""What a comparison says: for each field how well it agrees, what that weighs, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Agreement = Literal["same", "close", "differs", "unknown"]
Verdict = Literal["same", "possibly_same", "different"]


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """One field of two records. `bits` is log2 of how much likelier this finding is for one person than for two
    (Fellegi and Sunter 1969); below zero it speaks for two. `level` names the finding, `text` says it."""

    field: str
    level: str
    agreement: Agreement
    bits: float
    text: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why no machine may call two records the same, whatever the weight."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on two records, with everything it stands on. `weight` is the sum in bits, the rarity of a true
    pair taken off: above zero one person is likelier than two."""

    verdict: Verdict
    weight: float
    fields: tuple[FieldWeight, ...]
    doubts: tuple[Doubt, ...]

    @property
    def codes(self) -> list[str]:
        """Field and level of every finding that counts, and the doubts: names nobody."""
        found = [f"{each.field}:{each.level}" for each in self.fields if each.agreement != "unknown"]
        return [*found, *(f"doubt:{each.code}" for each in self.doubts)]
