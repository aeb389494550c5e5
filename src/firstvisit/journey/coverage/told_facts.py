"""The facts of a lead with what its payer said beside what was stated. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from firstvisit.journey.case import CheckSeen, InsuredSeen
from firstvisit.leads.facts import Facts


def as_answered(facts: Facts, insured: Sequence[InsuredSeen], checks: Sequence[CheckSeen]) -> Facts:
    """The facts as rules read them: whether therapy wants an authorization, as the payer says of the plan as it is
    known now, where nobody has stated how that stands. What is needed for one therapy is needed."""
    if facts.authorization is not None or not checks or not insured:
        return facts
    first = insured[0]
    answers = {
        check.discipline: check.authorization
        for check in checks  # in their order: a later answer goes before
        if check.status == "answered" and (check.rank, check.token) == (first.rank, first.token)
    }
    said = {answers.get(discipline) for discipline in first.disciplines}
    if True in said:
        return facts._replace(authorization="required")
    return facts._replace(authorization="not_required") if said == {False} else facts
