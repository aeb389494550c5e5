"""TA1, 999 and 997: what comes back in the place of an answer when the question itself was not taken. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from firstvisit.steps.coverage.x12.transactions import Transaction, at

KINDS: Final = frozenset({"TA1", "999", "997"})
_TAKEN: Final = {"A": True, "E": True, "P": None, "R": False, "M": False, "W": False, "X": False}


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """`taken`: the question was taken in (with errors, too), was not, or None where it cannot be told. `interchange`,
    `group` and `transactions` are our own control numbers, by which the question is found. `errors` in words."""

    kind: str
    taken: bool | None
    interchange: str
    group: str
    transactions: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def said(self) -> str:
        """One sentence for the desk. Never anything about benefits: this is no answer."""
        taken = {True: "was taken in", False: "was not taken in", None: "was perhaps not taken in"}[
            self.taken
        ]
        why = f" ({'; '.join(self.errors)})" if self.errors else ""
        return f"This is a {self.kind}, not an answer about benefits: our question {taken}{why}."


def acknowledgment(transaction: Transaction) -> Acknowledgment:
    """What a TA1, 999 or 997 says; the worst word of several counts."""
    group = interchange = ""
    words: list[str] = []
    numbers: list[str] = []
    errors: list[str] = []
    for n in range(1, len(transaction.segments) + 1):
        segment = transaction.elements(n)
        match segment[0]:
            case "TA1":
                interchange = at(segment, 1)
                words.append(at(segment, 4))
                if at(segment, 5) not in ("", "000"):
                    errors.append(f"interchange error {at(segment, 5)}")
            case "AK1":
                group = at(segment, 2)
            case "AK2":
                numbers.append(at(segment, 2))
            case "IK5" | "AK5" | "AK9":
                words.append(at(segment, 1))
            case "IK3" | "AK3":
                loop = f" in loop {at(segment, 3)}" if at(segment, 3) else ""
                errors.append(f"segment {at(segment, 1)} at {at(segment, 2)}{loop}: error {at(segment, 4)}")
            case "IK4" | "AK4":
                errors.append(f"element {at(segment, 1)}: error {at(segment, 3)}")
    said = [_TAKEN.get(word) for word in words]
    taken = False if False in said else None if None in said or not said or not transaction.complete else True
    return Acknowledgment(transaction.kind, taken, interchange, group, tuple(numbers), tuple(errors))
