"""Why a lead is where it is."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import Any

from firstvisit.config.commands import ACTOR, DONE, PROBLEMS, WHY, Operation, out
from firstvisit.journey.flags import NO_RED_FLAG
from firstvisit.journey.queries import explanation
from firstvisit.journey.verify import Verifier, same_engine
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads.models import DecisionRow, Lead
from firstvisit.leads.queries import by_code
from firstvisit.leads.services import facts_of_row
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.web.ui import words


class Command(Operation):
    words = (
        "Say why a lead is where it is: facts, reasons, the score's arithmetic, the one question, who "
        "owns it and by when, what it waits for, and every decision judged again from its stored "
        "inputs. Names nobody."
    )
    example = "firstvisit explain L-2641 --json"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("code", help="what people call the lead, such as L-2641")
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        lead = by_code(options.code)
        if lead is None:
            raise BadInput([Problem("code", f"there is no lead {options.code}")])
        lead = Lead.objects.select_related("facts", "owner_user", "owner_queue").get(id=lead.id)
        audit.note(ACTOR, "explained", "lead", [lead.id], why=WHY)
        told = {
            **explanation(lead),
            "owner": _owner(lead),
            "facts": facts_of_row(lead.facts).as_json(),
            "decisions": [_decision(row, verifier) for verifier in [Verifier()] for row in _rows(lead)],
        }
        out(json.dumps(told, indent=1, default=str)) if options.json else _print(told, _site_of(lead))
        broken = any(decision["differences"] and decision["same_engine"] for decision in told["decisions"])
        return PROBLEMS if broken else DONE


def _rows(lead: Lead) -> list[DecisionRow]:
    return list(DecisionRow.objects.filter(lead=lead).order_by("at", "id"))


def _decision(row: DecisionRow, verifier: Verifier) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "outcome": row.outcome,
        "lo": row.score_lo,
        "hi": row.score_hi,
        "rules": row.policy_version,
        "practice": row.practice_version,
        "engine": row.engine_version,
        "same_engine": same_engine(row),
        "differences": verifier.differences(row),
    }


def _owner(lead: Lead) -> str:
    """As the screen says it: the name of a colleague or of a queue."""
    if lead.owner_user is not None:
        return lead.owner_user.name
    queue = lead.owner_queue
    return str(queue.data.get("name", queue.slug)) if queue is not None else "nobody"


def _site_of(lead: Lead) -> Site:
    """The site in whose hours and zone a lead runs; the home site of one whose own is gone."""
    shape = practice()
    return shape.sites.get(lead.site) or shape.sites[shape.identity.home_site]


def _print(told: dict[str, Any], site: Site) -> None:
    """For eyes: one fact a line, moments as the screen says them."""

    def at(text: str) -> str:
        return words.moment(datetime.fromisoformat(text), site.tz, now)

    now = clock.now()
    out(f"{told['code']}  {told['stage']}  {told['verdict']}")
    out(f"Times are those of {site.name} ({site.zone}); it is {words.moment(now, site.tz, now)} there.")
    if closed := told["closed"]:
        out(f"Closed {at(closed['at'])}: {closed['words'] or closed['how']}")
    if told["outcome"] != told["judged"]:
        out(f"A person ruled {told['outcome']}; the rules say {told['judged']}.")
    for ruling in told["rulings"]:
        if ruling["what"] == NO_RED_FLAG:
            out(f"{ruling['by']} said that there is no red flag, {at(ruling['at'])}.")
    out("\nReasons")
    for reason in told["reasons"]:
        out(f"  {reason['mark']:<8} {reason['text']}")
    if score := told["score"]:
        out("\nScore")
        for line in score["lines"]:
            out(f"  {_points(line)}  {line['label']}: {line['text']}")
        out(
            f"  {_span(score['points_lo'], score['points_hi']):>8}  of {score['of']} points"
            f" = {_span(score['lo'], score['hi'])} per cent (book from {score['high']}, a person below "
            f"{score['low']})"
        )
    if question := told["question"]:
        out(f"\nThe one question: {question['text']} ({question['why']})")
        for answer in question["answers"]:
            out(f"  {answer['answer']}: {answer['words']}")
    if hold := told["hold"]:
        out(f"\nHeld: {hold['text']} (opens again by {hold['trigger']}, {hold['until'] or 'no day known'})")
    out(f"\nOwner: {told['owner']}")
    for task in told["tasks"]:
        out(f"Next: {task['words']}, due {at(task['due_at'])}, because: {task['why']}{_other(task, told)}")
        if broken := task["broken"]:
            out(f"  Clock broken, {at(broken['at'])}, given to {broken['to'] or 'nobody else'}")
    for blocker in told["blockers"]:
        what = words.blocker(blocker["what"], blocker["whom"], told["outcome"]).word
        out(f"Waits for {words.whom(blocker['whom'])}: {what}")
    stored = told["decided"]
    if stored and stored["rules"] != stored["rules_now"]:
        same = "change nothing" if stored["looked_at"] else "are not yet applied to it"
        out(f"Decided under rules {stored['rules']}; rules {stored['rules_now']} {same}.")
    out("\nFacts")
    for name, value in told["facts"].items():
        shown = at(value) if name == "received_at" else value
        out(f"  {name:<16} {'not stated' if shown is None else shown}")
    out("\nDecisions")
    for decision in told["decisions"]:
        span = "" if decision["lo"] is None else f" {_span(decision['lo'], decision['hi'])}"
        verified = "verified" if not decision["differences"] else "differs"
        if decision["differences"] and not decision["same_engine"]:
            verified = f"of engine {decision['engine']}; judged today it would differ"
        out(f"  {at(decision['at'])}  {decision['outcome']}{span}  rules {decision['rules']}  {verified}")
        for difference in decision["differences"]:
            out(f"    {difference}")


def _other(task: dict[str, Any], told: dict[str, Any]) -> str:
    """Whose task it is, where that is not the owner of the lead."""
    return "" if task["owner"] == told["owner"] else f"; with {task['owner']}"


def _span(lo: int, hi: int) -> str:
    return str(lo) if lo == hi else f"{lo} to {hi}"


def _points(line: dict[str, Any]) -> str:
    return f"{_span(line['lo'], line['hi']):>8}"
