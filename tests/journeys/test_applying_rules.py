"""New rules go live: open leads are planned again in batches, and only what changes is decided anew."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.people import UNSURE

from firstvisit.journey.advancing import advance
from firstvisit.journey.jobs import sweep
from firstvisit.journey.queries import explanation
from firstvisit.journey.revising import advance_revised
from firstvisit.journey.verify import verify
from firstvisit.kernel import clock
from firstvisit.leads.models import DecisionRow, Lead, Task
from firstvisit.practice import queries, services
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign(staff: Callable[[str], User]) -> Callable[..., None]:
    """The manager drafts a change of one section, the owner signs."""

    def make(section: str, **changes: Any) -> None:
        sections = queries.live_policy().as_json()
        sections[section] = {**sections[section], **changes}
        services.publish_policy(sections, note="test", drafted_by=staff("mei"), signed_by=staff("ruth"))

    return make


@pytest.fixture
def family(client_post: Any, tuesday: Any) -> Callable[..., Lead]:
    """Leads of people of whom nearly everything is unknown."""

    def make(number: int) -> Lead:
        name = f"Philippa Tweedsmuir{chr(97 + number)}"
        body = deepcopy(UNSURE)
        body["patient"]["last_name"] = name.partition(" ")[2]
        body["contact"] |= {"name": name, "phone": f"+160855501{10 + number}", "email": f"p{number}@example.org"}
        assert client_post(body).status_code == 201
        return Lead.objects.latest("number")

    return make


def decisions(lead: Lead) -> list[DecisionRow]:
    return list(DecisionRow.objects.filter(lead=lead).order_by("at", "id"))


def test_a_longer_clock_moves_the_due_time_and_is_a_new_decision(
    family: Callable[..., Lead], sign: Callable[..., None]
) -> None:
    lead = family(1)
    before = Task.objects.get(lead=lead, status="open").due_at
    sign("routing", high_intent_minutes=60, standard_minutes=240)
    assert advance_revised(now=clock.now()) == 1
    assert Task.objects.get(lead=lead, status="open").due_at > before
    first, second = decisions(lead)
    assert (first.policy_version, second.policy_version) == (1, 2)
    assert not verify(first) and not verify(second)


def test_points_that_lead_to_the_same_are_no_new_decision(
    family: Callable[..., Lead], sign: Callable[..., None]
) -> None:
    lead = family(1)
    factors = queries.live_policy().as_json()["qualify"]["factors"]
    factors[0]["bands"][0]["points"] += 1
    sign("qualify", factors=factors)
    assert advance_revised(now=clock.now()) == 1
    assert len(decisions(lead)) == 1
    lead.refresh_from_db()
    assert lead.planned_under == queries.practice().version
    assert advance([lead.id]) == 0
    assert len(decisions(lead)) == 1
    assert not verify(decisions(lead)[0])


def test_another_queue_is_a_new_decision(family: Callable[..., Lead], sign: Callable[..., None]) -> None:
    lead = family(1)
    sign("routing", routes=[{"lead_kinds": ["patient"], "queue": "clinical_review"}])
    advance_revised(now=clock.now())
    lead.refresh_from_db()
    assert lead.owner_queue is not None and lead.owner_queue.slug == "clinical_review"
    assert [row.policy_version for row in decisions(lead)] == [1, 2]


def test_whoever_is_killed_between_batches_leaves_the_rest_to_the_next(
    family: Callable[..., Lead], sign: Callable[..., None]
) -> None:
    for number in range(5):
        family(number)
    sign("routing", standard_minutes=240, high_intent_minutes=90)
    revision = queries.practice().version
    assert advance_revised(now=clock.now(), limit=2) == 2
    assert Lead.objects.filter(planned_under__lt=revision).count() == 3
    while sweep():
        pass
    assert not Lead.objects.filter(planned_under__lt=revision).exists()
    assert DecisionRow.objects.filter(policy_version=2).count() == 5


def test_a_closed_lead_stays_as_it_was_decided(
    family: Callable[..., Lead], sign: Callable[..., None]
) -> None:
    lead = family(1)
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now(), look_again_at=None)
    sign("routing", standard_minutes=240, high_intent_minutes=90)
    assert advance_revised(now=clock.now()) == 0


def test_the_explanation_says_under_which_rules_it_was_decided_and_that_those_of_now_change_nothing(
    family: Callable[..., Lead], sign: Callable[..., None]
) -> None:
    lead = family(1)
    sign("journey", receipt_after_minutes=11)
    lead.refresh_from_db()
    said = explanation(lead)["decided"]
    assert (said["rules"], said["rules_now"], said["looked_at"]) == (1, 2, False)
    advance_revised(now=clock.now())
    lead.refresh_from_db()
    said = explanation(lead)["decided"]
    assert (said["rules"], said["rules_now"], said["looked_at"]) == (1, 2, True)
