"""The versions of the rules in words: what each section is called, what a version changed, who may do what with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from firstvisit.kernel.errors import Problem
from firstvisit.practice import policy, problems, signing
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.practice.shape import Practice
from firstvisit.web.staff.rules.choosing import choices
from firstvisit.web.staff.rules.difference import Difference, differences
from firstvisit.web.staff.rules.tree import find, words_of

SECTIONS: Final[dict[str, tuple[str, str]]] = {
    "qualify": ("Fit and points", "Which leads fit, and how much speaks for an early visit"),
    "routing": ("Routes and clocks", "Who gets a lead, and by when somebody tries to reach them"),
    "tries": ("Tries and reminders", "When to try again, to remind and to stop"),
    "journey": ("Pace", "How long the machine waits before what it does next"),
    "switches": ("Switches", "What the machine does by itself, proposes, or leaves"),
    "questions": ("Questions", "What is asked of whom, in which words"),
    "calls": ("Calls", "How long a call may stand still"),
    "inbox": ("Inbox", "When a value that was read is sure, and how long a document is held"),
    "arriving": ("Arrivals", "By when documents are confirmed, and when a quiet way in is looked at"),
    "second_opinion": ("Second opinion", "Whether a language model is asked about what the rules could not read"),
    "booking": ("Booking", "What is booked, for how long, what is offered first, and how long a time is held"),
    "emr": ("EMR", "How booked patients and their visits reach the EMR"),
    "verification": ("Verification", "When payers are asked about benefits, and how patiently"),
    "authorizing": ("Authorizations", "When a payer is asked how a request stands, and when more is asked for"),
    "fees": ("Fees", "What each service costs, and what is usually done at a first visit"),
    "medicare": ("Medicare", "How early plans of care go out, are signed, certified again and reported on"),
    "matching": ("Matching people", "When two records are one person's"),
    "day_sheets": ("Day sheets", "Whether the machine keeps sheets for the hour without it, and for how long"),
    "importing": ("Importing", "When the clocks of leads from a file start"),
}
"""Sections in the order of the page, with a sentence. One that is not here stands at the end under its name."""


@dataclass(frozen=True, slots=True)
class SectionLine:
    """One section of a version: what it is called, and what the version changes in it."""

    name: str
    title: str
    sentence: str
    changes: tuple[Difference, ...]


def titled(name: str) -> tuple[str, str]:
    """Title and sentence of a section."""
    return SECTIONS.get(name, (words_of(name), ""))


def sections_of(version: PolicyVersion, before: Mapping[str, Any], practice: Practice) -> list[SectionLine]:
    """Every section of a version, with its changes against the sections `before`."""
    known = policy.registered()
    order = [*(name for name in SECTIONS if name in known), *(name for name in known if name not in SECTIONS)]
    now = policy.read(version.sections, version.number).as_json()
    offered = choices(practice, now["qualify"] | now["questions"])
    return [
        SectionLine(name, *titled(name), tuple(differences(known[name], before.get(name), now[name], offered)))
        for name in order
    ]


def why_not_sign(version: PolicyVersion, live: PolicyVersion | None, user: User) -> str:
    """Why this person cannot sign the draft now; "" when they can."""
    if live is not None and live.number > version.number:
        return f"Rules {live.number} went live after this draft was begun. Bring the draft up to date first."
    if not version.note:
        return "Nobody said yet what this draft is for: say it in a few words, then it can be signed."
    if version.ready_at is None:
        return "It is still being written: its author says when it is ready to sign."
    why = signing.signing(version).why_not(user)
    return f"{why[:1].upper()}{why[1:]}." if why else ""


def placed(problem: Problem) -> str:
    """A problem of the rules with its place as the form calls it: "Routes and clocks, routes 2, to the queue: ..."."""
    name, _, field = problem.field.partition(", ")
    model = policy.registered()[name]
    path = problems.path_of(field).split(".")
    said: list[str] = []
    for number, step in enumerate(path, start=1):
        if step.isdecimal():
            said[-1] += f" {int(step) + 1}"
            continue
        try:
            _, info = find(model, ".".join(path[:number]))
        except LookupError:
            info = None
        said.append((info.title if info and info.title else words_of(step)).lower())
    return f"{titled(name)[0]}, {', '.join(said)}: {problem.message}"


def changed_at(version: PolicyVersion) -> datetime:
    return version.live_from or version.changed_at or version.drafted_at
