"""What a preview counts: changes of outcome, owner and due time, and the same by group. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from firstvisit.journey.standing import Standing
from firstvisit.leads.facts import Facts

SMALLEST: Final = 11
"""Groups of fewer people are not shown."""
MOST_EXAMPLES: Final = 40
BOOKED: Final = frozenset({"book_now", "book_pending_docs"})
"""Outcomes that a group's share is taken of: a first visit is booked."""
GROUPED_BY: Final[dict[str, str]] = {
    "site": "Site",
    "program": "Program",
    "lead_kind": "Who asks",
    "payer_kind": "Coverage",
    "language": "Language",
    "age": "Age",
    "sex": "Sex",
}
"""By what leads are grouped, with the words for it. Groups are checked, never scored."""


@dataclass(slots=True)
class Tally:
    """Counts of one share of the leads; shares add up.

    `moves` counts leads by (outcome as it is, outcome with the draft); `groups` holds for (by, name) how many
    leads, how many change, how many book as it is and with the draft; `examples` are lead numbers by what
    changes: "book_now>person_looks", "owner", "sooner", "later"; "ruled" where the rules would say otherwise and
    a person's ruling stands. `by_clock` are open leads that change just so under the live rules, because of a clock
    that broke or of who is present, whenever they are looked at next.
    """

    leads: int = 0
    open: int = 0
    points: int = 0
    unreadable: int = 0
    changed: int = 0
    changed_open: int = 0
    owner: int = 0
    sooner: int = 0
    later: int = 0
    ruled: int = 0
    by_clock: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    groups: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    examples: dict[str, list[int]] = field(default_factory=dict)

    def count(
        self, number: int, facts: Facts, was: Standing, will: Standing, *, is_open: bool, by_clock: bool = False
    ) -> None:
        """One lead, by its number and facts, as it is and with the draft."""
        self.leads += 1
        self.open += is_open
        self.moves[was.outcome, will.outcome] += 1
        changed = was != will
        if changed:
            self.changed += 1
            self.changed_open += is_open
            self.by_clock += by_clock
            self._explain(number, was, will)
        self._group(facts, was.outcome in BOOKED, will.outcome in BOOKED, changed)

    def stays(self, facts: Facts, outcome: str) -> None:
        """One open lead that stands with the draft as it is."""
        self.leads += 1
        self.open += 1
        self.moves[outcome, outcome] += 1
        booked = outcome in BOOKED
        self._group(facts, booked, booked, False)

    def _group(self, facts: Facts, before: bool, after: bool, changed: bool) -> None:
        for group in groups_of(facts):
            counts = self.groups.get(group)
            if counts is None:
                counts = self.groups[group] = [0, 0, 0, 0]
            counts[0] += 1
            counts[1] += changed
            counts[2] += before
            counts[3] += after

    def _explain(self, number: int, was: Standing, will: Standing) -> None:
        kinds = []
        if was.outcome != will.outcome:
            kinds.append(f"{was.outcome}>{will.outcome}")
        elif was.judged != will.judged:
            self.ruled += 1
            kinds.append("ruled")
        if was.owner != will.owner:
            self.owner += 1
            kinds.append("owner")
        if was.due_at != will.due_at and was.due_at is not None and will.due_at is not None:
            sooner = will.due_at < was.due_at
            self.sooner += sooner
            self.later += not sooner
            kinds.append("sooner" if sooner else "later")
        for kind in kinds:
            shown = self.examples.setdefault(kind, [])
            if len(shown) < MOST_EXAMPLES:
                shown.append(number)

    def add(self, other: Tally) -> None:
        """Add another share."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.moves.update(other.moves)
        for group, counts in other.groups.items():
            mine = self.groups.get(group, [0, 0, 0, 0])
            self.groups[group] = [one + two for one, two in zip(mine, counts, strict=True)]
        for kind, numbers in other.examples.items():
            self.examples[kind] = [*self.examples.get(kind, []), *numbers][:MOST_EXAMPLES]

    def as_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives an equal tally."""
        return {
            **{name: getattr(self, name) for name in _NUMBERS},
            "moves": [[*move, n] for move, n in self.moves.items()],
            "groups": [[*group, counts] for group, counts in self.groups.items()],
            "examples": self.examples,
        }


_NUMBERS: Final = (
    "leads", "open", "points", "unreadable", "changed", "changed_open", "owner", "sooner", "later", "ruled",
    "by_clock",
)  # fmt: skip


def from_json(value: dict[str, Any]) -> Tally:
    """A tally from what `as_json` made."""
    return Tally(
        **{name: value[name] for name in _NUMBERS},
        moves=Counter({(was, will): n for was, will, n in value["moves"]}),
        groups={(by, name): counts for by, name, counts in value["groups"]},
        examples=value["examples"],
    )


def groups_of(facts: Facts) -> Iterable[tuple[str, str]]:
    """The groups one lead counts in; not stated is a group of its own."""
    return (
        ("site", facts.site),
        ("program", facts.program or ""),
        ("lead_kind", facts.lead_kind or ""),
        ("payer_kind", facts.payer_kind or ""),
        ("language", facts.language or ""),
        ("age", _age(facts.age_months)),
        ("sex", facts.sex or ""),
    )


def _age(months: int | None) -> str:
    if months is None:
        return ""
    if months < 36:
        return "under 3"
    if months < 18 * 12:
        return "3 to 17"
    return "18 to 64" if months < 65 * 12 else "65 and over"
