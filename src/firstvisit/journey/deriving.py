"""The facts of a lead that stands, anew: from its reading and from what people chose beside what was asked."""

from __future__ import annotations

import uuid

from firstvisit.journey.flags import PROGRAM, SETTING, chosen_by
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import FactsRow, Lead, LeadReferral, Ruling
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Practice
from firstvisit.referral.record import Referral
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.qualify.facts import Chosen, facts_of


def chosen_for(lead: uuid.UUID) -> Chosen:
    """What people chose for a lead: its program, its site, its setting."""
    standing = Ruling.objects.filter(lead=lead, what__in=(PROGRAM, SETTING), withdrawn_at__isnull=True)
    return chosen_by(dict(standing.values_list("what", "value")))


def derived(
    lead: Lead,
    referral: Referral,
    shape: Practice,
    *,
    before: Facts,
    complete: bool = False,
    chosen: Chosen | None = None,
) -> Facts:
    """The facts of this reading of a lead whose facts were `before`. What arrived once stays received when it was, a
    form that was complete stays so, and a red flag that was stated once stays until it is judged."""
    facts = facts_of(
        referral,
        shape,
        received_at=before.received_at,
        source=before.source,
        complete=before.complete_form or complete,
        chosen=chosen_for(lead.id) if chosen is None else chosen,
    )
    stated = {*before.red_flags, *facts.red_flags}
    return facts._replace(red_flags=tuple(flag for flag in RED_FLAGS if flag in stated))


def derive_again(lead: Lead) -> None:
    """The facts of a locked lead from its reading as it stands, where what was chosen for it changed."""
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    key, before = open_key(row.key), services.facts_of_row(FactsRow.objects.get(lead=lead))
    reading = services.read(row, key)
    services.replace_reading(lead, key, reading, derived(lead, reading, practice(), before=before))
