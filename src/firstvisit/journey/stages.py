"""An organization's enquiry moves by hand: one stage on with what that needs, back, or lost."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.verbs import act_on, reason_of
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads import services
from firstvisit.leads.models import FactsRow, Lead
from firstvisit.practice.models import User
from firstvisit.steps.qualify.organizations import STAGES, may_move


def move(lead: Lead, by: User, *, actor: Actor, to: str, reason: str) -> None:
    """Move an enquiry to another stage, with a word why; what comes next is planned at once.

    BadInput for a lead that is no organization's, an unknown stage, and a move for which something is missing.
    """
    if lead.kind != "organization":
        raise BadInput([Problem("stage", "Only an organization's enquiry has these stages.")])
    if to not in STAGES:
        raise BadInput([Problem("stage", "Choose a stage.")])
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        stage = locked.stage if locked.stage in STAGES else "enquiry"
        allowed = may_move(stage, to, FactsRow.objects.get(lead=locked).organization_states)
        if not allowed.allowed:
            raise BadInput([Problem("stage", f"{allowed.why}.")])
        services.rule(
            lead=locked, what="stage", value={"stage": to}, reason=words, by=by, actor=actor, at=now
        )

    act_on(lead, by, "leads.work", write)
