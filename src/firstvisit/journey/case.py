"""The case: everything the plan looks at for one lead. Pure values; `journey.loading` reads them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from firstvisit.kernel.intervals import Interval
from firstvisit.leads.facts import Facts

Maker = Literal["planner", "person"]


BESIDE: Final = frozenset({"message_refused", "message_unclear", "ask_whom"})
"""Kinds of planned tasks that do not lead towards the visit: finishing one begins and ends no round."""


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task as it stands. `queue` is a slug, `user` an id as text; exactly one is set."""

    id: uuid.UUID
    key: str | None
    kind: str
    queue: str | None
    user: str | None
    due_at: datetime
    status: str
    ended_at: datetime | None
    result: str = ""

    @property
    def maker(self) -> Maker:
        return "planner" if self.key else "person"

    @property
    def tried(self) -> bool:
        """A finished try to move the lead on; a matter beside it (a stray message) is none."""
        return self.status == "done" and self.maker == "planner" and self.kind not in BESIDE


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A message as it stands."""

    id: uuid.UUID
    status: str
    ended_at: datetime | None


class Flagged(NamedTuple):
    """A part that states a red flag: its item, when that arrived, and when it reached the lead."""

    item: uuid.UUID
    received_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """The last stored decision."""

    outcome: str
    interval: Interval | None
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One lead as the plan sees it.

    `cause` is the item that started the present round (the first since the last human try) and
    `clock_from` when it arrived; keys of planned things end in it, so that a repeated pass asks nothing
    twice and a new round asks again. `rulings` are what people decided, by matter, each with the id of the
    ruling and when it was made. `flagged` are the parts that state a red flag, in the order they came;
    `unnamed` the items (and when they arrived) that joined without saying whom they are about.
    """

    lead: uuid.UUID
    number: int
    kind: str
    site: str
    stage: str
    outcome: str
    queue: str | None
    user: str | None
    blockers: tuple[tuple[str, str], ...]
    received_at: datetime
    closed: bool
    facts: Facts
    cause: uuid.UUID
    clock_from: datetime
    writes_to: uuid.UUID | None
    rulings: dict[str, dict[str, Any]] = field(default_factory=dict)
    tasks: tuple[TaskSeen, ...] = ()
    messages: dict[str, MessageSeen] = field(default_factory=dict)
    decided: Decided | None = None
    last_try: datetime | None = None
    flagged: tuple[Flagged, ...] = ()
    unnamed: tuple[tuple[uuid.UUID, datetime], ...] = ()

    def open_tasks(self) -> tuple[TaskSeen, ...]:
        return tuple(task for task in self.tasks if task.status == "open")

    def unreviewed(self) -> Flagged | None:
        """The first red flag, stated or raised by a ruling, since anybody reviewed or ruled another outcome."""
        reviews = [t.ended_at for t in self.tasks if t.kind == "review_red_flag" and t.status == "done"]
        flags = list(self.flagged)
        ruled = self.rulings.get("outcome")
        if ruled is not None:
            at = datetime.fromisoformat(ruled["at"])
            if ruled["outcome"] == "clinician_review":
                flags.append(Flagged(uuid.UUID(ruled["ruling"]), at, at))
            else:
                reviews.append(at)
        reviewed = max((at for at in reviews if at is not None), default=None)
        waiting = [flag for flag in flags if reviewed is None or flag.at > reviewed]
        return min(waiting, key=lambda flag: flag.at, default=None)

    def ruled_outcome(self) -> str | None:
        """The outcome a person ruled. One ruled before a red flag was stated says nothing about it, ever."""
        ruled = self.rulings.get("outcome")
        if ruled is None:
            return None
        at, outcome = datetime.fromisoformat(ruled["at"]), str(ruled["outcome"])
        known = outcome == "clinician_review" or all(flag.at <= at for flag in self.flagged)
        return outcome if known else None

    def ended(self, key: str) -> TaskSeen | None:
        """The finished task of this key, if somebody has done it."""
        return next((task for task in self.tasks if task.key == key and task.status == "done"), None)

    def with_(self, **changes: Any) -> Case:
        return replace(self, **changes)
