"""Which program of ours a lead is for, where that is another than was asked for, or none was: a person chooses it, or
the family agrees to the one that fits. What was asked stays as it was; from then on the lead is judged in the chosen
program and goes on by itself."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.flags import PROGRAM
from firstvisit.journey.queries import judged_now
from firstvisit.kernel.audit import Actor
from firstvisit.leads import services
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.steps.qualify.elsewhere import may_be_chosen


def choices(lead: Lead, *, now: datetime) -> dict[str, str]:
    """The programs that a person may choose for an open lead, slugs to names: the one that fits first, then those of
    the therapy that was asked."""
    if lead.kind == "organization" or lead.closed_at is not None:
        return {}
    judgement = judged_now(lead, now=now)
    found = may_be_chosen(judgement.checks, practice())
    return {program.slug: program.name for program in sorted(found, key=lambda each: each != judgement.instead)}


def agreed(locked: Lead, by: User, *, actor: Actor, at: datetime, words: str) -> None:
    """They agreed to the program of ours that fits: the locked lead is for it from now on. Where another answer has
    made the one asked for fit meanwhile, nothing changes."""
    fits = judged_now(locked, now=at).instead
    if fits is not None:
        place(locked, by, actor=actor, program=fits.slug, words=words or "They agreed to it", at=at)


def place(locked: Lead, by: User, *, actor: Actor, program: str, words: str, at: datetime) -> None:
    """The locked lead is for this program until a person chooses another."""
    services.rule(lead=locked, what=PROGRAM, value={"program": program}, reason=words, by=by, actor=actor, at=at)
