"""A paper that came by a way which nobody reads for us yet (the fax on the desk): somebody says so, once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from firstvisit.journey.case import PROPOSAL
from firstvisit.journey.deriving import derived
from firstvisit.journey.verbs import act_on
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import FactsRow, Lead, LeadReferral, Task
from firstvisit.messages.models import Message
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.merge import joined
from firstvisit.referral.record import ORDER_HERE, Evidence, Referral

ARRIVED: Final[dict[str, tuple[str, bool]]] = {
    "order_signed": ("The order, signed and dated", True),
    "order_unsigned": ("The order, not signed yet", False),
}
"""What can be marked as arrived, in words, and whether it is signed."""


WANTED: Final = ("request_papers", f"{PROPOSAL}papers_request")
"""Tasks by which a person asks an office for papers."""


def asked_for(lead: Lead) -> bool:
    """Whether the plan asks an office for what is missing of this lead, by a person or by a letter, or has asked."""
    tasks = Task.objects.filter(lead=lead, kind__in=WANTED, status__in=("open", "done"))
    letters = Message.objects.filter(lead=lead, template="papers_request").exclude(status="withdrawn")
    return tasks.exists() or letters.exists()


def may_arrive(lead: Lead) -> dict[str, tuple[str, bool]]:
    """What can be marked as arrived: an order that the lead waits for, or one that was stated and nobody has seen. Of
    one that nothing waits for it is enough that it came unsigned."""
    waited = any(str(what).startswith("order") for what, *_ in lead.blockers)
    stated = lead.facts.order_state not in ("unknown", "none", "unsigned") and not lead.facts.order_here
    return ARRIVED if waited or stated else {}


def arrived(lead: Lead, by: User, *, actor: Actor, paper: str) -> None:
    """The order is here: the record and the facts say so, and the lead moves by itself. BadInput for another paper."""
    if paper not in ARRIVED:
        raise BadInput([Problem("paper", "Choose what has arrived.")])

    def write(locked: Lead, now: datetime) -> None:
        note_arrived(locked, by, actor=actor, paper=paper, at=now)

    act_on(lead, by, "leads.work", write)


def note_arrived(locked: Lead, by: User, *, actor: Actor, paper: str, at: datetime) -> Referral:
    """Write into a locked lead's record, its facts and its timeline that a paper of `ARRIVED` is here; the record."""
    signed = ARRIVED[paper][1]
    row = LeadReferral.objects.select_related("key").get(lead=locked)
    key = open_key(row.key)
    here = Evidence(place="typed", confirmed_by=str(by.id))
    before_it = services.read(row, key)
    news = Referral(
        channel=before_it.channel,
        documents=("order",),
        order_signed=signed,
        evidence={"order_signed": here, "documents": here, **({ORDER_HERE: here} if signed else {})},
    )
    merged, changed = joined(before_it, news)
    before = services.facts_of_row(FactsRow.objects.get(lead=locked))
    services.replace_reading(locked, key, merged, derived(locked, merged, practice(), before=before))
    services.noted(locked, "papers_arrived", actor, at=at, data={"paper": paper, "changed": list(changed)})
    return merged
