"""Leads that changed rules do not move, told without loading their cases.

A plan reads how leads are judged through `Judgement.steers` and nothing else. So where the rules differ in nothing but
that, a lead at rest whose judgement steers as before is planned as before: its facts are enough to know.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from firstvisit.journey.plan import reads_alike
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import FACT_COLUMNS, facts_of_columns
from firstvisit.practice.policy import Policy
from firstvisit.practice.shape import Practice
from firstvisit.scorecard.card import Score
from firstvisit.steps.qualify.checks import Checks, check
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import Judgement, decide, same_side, score_of


class Unmoved(NamedTuple):
    """A lead that stands under the other rules as it stands."""

    lead: uuid.UUID
    number: int
    outcome: str
    judged: str
    facts: Facts
    checks: Checks
    score: Score | None

    def judgement(self, practice: Practice, after: Policy) -> Judgement:
        """The judgement of the other rules."""
        return decide(self.checks, self.score, practice, after.section(Judging))


def unmoved(
    leads: QuerySet[Lead], practice: Practice, before: Policy, after: Policy, now: datetime
) -> Iterator[Unmoved]:
    """Those of these open leads that were planned by `before` in this practice, have nothing waiting for this
    moment, and that `after` does not move.

    `leads` are to have been planned under the revision of `practice` and `before`. None at all where the rules differ
    in more than how leads are judged.
    """
    if not reads_alike(before, after):
        return
    was, will = before.section(Judging), after.section(Judging)
    same_screen = was.model_copy(update={"low": will.low, "high": will.high, "factors": will.factors}) == will
    same_points = same_screen and was.factors == will.factors
    at_rest = leads.filter(Q(look_again_at__isnull=True) | Q(look_again_at__gt=now), failures=0, closed_at=None)
    at_rest = at_rest.exclude(judged="")
    for lead, number, site, outcome, judged, *columns in at_rest.values_list(
        "id", "number", "site", "outcome", "judged", *FACT_COLUMNS
    ):
        facts = facts_of_columns(columns)
        if facts.site != site or facts.red_flags:  # a clinician may have seen them: the case tells
            continue
        checks = check(facts, practice, will, now)
        score = score_of(checks, will)
        stays = same_points and same_side(score, was, will)
        if not stays:
            before_checks = checks if same_screen else check(facts, practice, was, now)
            before_score = score if same_points else score_of(before_checks, was)
            before_steers = decide(before_checks, before_score, practice, was).steers
            stays = decide(checks, score, practice, will).steers == before_steers
        if stays:
            yield Unmoved(lead, number, outcome, judged, facts, checks, score)
