"""The demo's table: one line for each lead, beginning with its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from firstvisit.leads.models import DecisionRow, Lead, Task
from firstvisit.leads.queries import code
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.web.ui import words

HEADS: Final = ("lead", "what came in", "outcome", "score", "who has it", "by when", "why")
_KINDS: Final = {
    "patient": "patient",
    "caregiver": "family",
    "referral_partner": "partner",
    "organization": "organization",
}
_SCREEN: Final = ("program", "age", "area", "order")
"""Codes of the checks that a decision lists after its own reasons."""


MOST: Final = 40
"""Leads that are printed; of the others, which somebody's own trials have made, the number."""


def lines() -> list[str]:
    """A head line and one line for each of the first leads, by number, then how many more there are. Four
    questions to the database."""
    shape = practice()
    every = Lead.objects.select_related("facts", "owner_queue", "owner_user").order_by("number")
    leads, more = list(every[:MOST]), Lead.objects.count() - MOST
    ids = [lead.id for lead in leads]
    newest = DecisionRow.objects.filter(lead__in=ids).order_by("lead", "-at", "-id").distinct("lead")
    decisions = {row.lead_id: row for row in newest.defer("inputs")}
    tasks: dict[UUID, Task] = {}
    for task in Task.objects.filter(lead__in=ids, status="open").order_by("-safety", "due_at"):
        if task.lead_id is not None:
            tasks.setdefault(task.lead_id, task)
    rows = [_row(lead, decisions.get(lead.id), tasks.get(lead.id), shape) for lead in leads]
    told = list(_aligned([HEADS, *rows]))
    return [*told, f"and {more} more"] if more > 0 else told


def print_table() -> None:
    """The table on standard output."""
    for line in lines():
        print(line)


def _row(lead: Lead, decision: DecisionRow | None, task: Task | None, shape: Practice) -> tuple[str, ...]:
    site = shape.sites.get(lead.site)  # None: a damaged installation, and the table still tells the rest
    return (
        code(lead.number),
        _what(lead, shape),
        lead.outcome or "not judged yet",
        _score(decision),
        _owner(lead),
        _by(task, site) if task and site else "closed" if lead.closed_at else "",
        _reasons(decision.reasons) if decision else "",
    )


def _what(lead: Lead, shape: Practice) -> str:
    """How it came, from whom, for what: never a name."""
    facts = lead.facts
    program = shape.programs.get(facts.program or "")
    asked = program.public_name if program else (facts.asked_program or "").replace("_", " ")
    asked = asked or "/".join(facts.disciplines) or "not said for what"
    half = "" if facts.complete_form else ", step 1 only"
    return f"{facts.source}: {_KINDS.get(lead.kind, lead.kind)}, {asked}{half}"


def _score(decision: DecisionRow | None) -> str:
    if decision is None or decision.score_lo is None:
        return "-"
    lo, hi = decision.score_lo, decision.score_hi
    return f"{lo}%" if lo == hi else f"{lo}-{hi}%"


def _owner(lead: Lead) -> str:
    if lead.owner_user is not None:
        return str(lead.owner_user.name)
    queues = practice().queues
    if lead.owner_queue is None:
        return "nobody"
    queue = queues.get(lead.owner_queue.slug)
    return queue.name if queue else lead.owner_queue.slug


def _by(task: Task, site: Site) -> str:
    """The due time in the site's zone, with the day even when it is today."""
    local = task.due_at.astimezone(site.tz)
    return f"{words.day(local.date())}, {words.clock_time(task.due_at, site.tz)} {local:%Z}"


def _reasons(reasons: Sequence[Mapping[str, str]]) -> str:
    """What decided; then what the checks that every decision lists at its end found missing."""
    screened = tuple(reason["code"] for reason in reasons[-len(_SCREEN) :]) == _SCREEN
    decided = list(reasons[: -len(_SCREEN)] if screened else reasons)
    said = {reason["code"] for reason in decided}
    missing = [r for r in reasons[len(decided) :] if r["code"] not in said and _counts(r)]
    return "; ".join(reason["text"] for reason in [*decided, *missing])


def _counts(reason: Mapping[str, str]) -> bool:
    """A missing order in every shade; of the others a plain no."""
    if reason["code"] == "order":
        return reason["mark"] != "yes"
    return reason["code"] != "program" and reason["mark"] == "no"


def _aligned(rows: list[tuple[str, ...]]) -> Iterable[str]:
    """Columns as wide as their widest entry; the last one runs free."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADS) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        yield "  ".join([*cells, row[-1]]).rstrip()
