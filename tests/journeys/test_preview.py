"""A preview says what applying then changes, and writes nothing."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.people import FAMILY, FAR_AWAY, RED_FLAG, UNSURE

from firstvisit.journey.advancing import advance, advance_due
from firstvisit.journey.desk import seen
from firstvisit.journey.loading import load
from firstvisit.journey.preview import Preview, preview
from firstvisit.journey.revising import advance_revised
from firstvisit.journey.standing import Standing, of_case
from firstvisit.kernel import clock
from firstvisit.leads.models import DecisionRow, Event, Lead, Task
from firstvisit.practice import queries, services
from firstvisit.practice.models import PolicyVersion, User

pytestmark = pytest.mark.django_db

Sections = dict[str, Any]


@pytest.fixture
def desk(client_post: Any, tuesday: Any) -> list[Lead]:
    """Open leads of four kinds."""
    for number, body in enumerate((FAMILY, RED_FLAG, UNSURE, FAR_AWAY) * 3):
        own = deepcopy(body)
        own["patient"]["last_name"] += chr(97 + number)
        own["contact"]["name"] += chr(97 + number)
        own["contact"] |= {"phone": f"+160855501{10 + number}", "email": f"p{number}@example.org"}
        assert client_post(own).status_code == 201
    return list(Lead.objects.order_by("number"))


def standings() -> dict[int, Standing]:
    """How every open lead stands, from the rows."""
    queues = {number: slug for slug, number in queries.queue_ids().items()}
    leads = Lead.objects.filter(closed_at__isnull=True).select_related("facts")
    return {case.number: of_case(case) for case in load(leads, queues, clock.now())}


def changed_to(**sections: Any) -> Sections:
    live = queries.live_policy().as_json()
    return {name: {**value, **sections.get(name, {})} for name, value in live.items()}


def looked(sections: Sections) -> Preview:
    return preview(sections, now=clock.now())


def apply(sections: Sections) -> tuple[dict[int, Standing], dict[int, Standing], int]:
    """Every standing before and after the sections went live, and how many decisions that made."""
    before, rows = standings(), DecisionRow.objects.count()
    mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
    services.publish_policy(sections, note="A try", drafted_by=mei, signed_by=ruth)
    while advance_revised(now=clock.now()):
        pass
    return before, standings(), DecisionRow.objects.count() - rows


def test_the_live_rules_change_nothing(desk: list[Lead]) -> None:
    found = looked(changed_to()).tally
    assert (found.leads, found.open, found.changed) == (len(desk), len(desk), 0)


def test_it_writes_nothing(desk: list[Lead]) -> None:
    def rows() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (DecisionRow, Event, Task, PolicyVersion))

    before, stood = rows(), standings()
    assert looked(changed_to(routing={"standard_minutes": 300, "high_intent_minutes": 300})).tally.changed
    assert (rows(), standings()) == (before, stood)


drafts = st.fixed_dictionaries(
    {
        "thresholds": st.tuples(st.integers(0, 99), st.integers(1, 100)).filter(lambda pair: pair[0] < pair[1]),
        "points": st.lists(st.integers(0, 100), min_size=3, max_size=3),
        "minutes": st.integers(1, 600),
        "queue": st.sampled_from(["clinical_review", "partners", "front_desk_madison"]),
        "receipt": st.sampled_from(["off", "propose", "do"]),
        "only_judging": st.booleans(),
    }
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(drafts)
def test_a_preview_equals_what_applying_then_changes(desk: list[Lead], drawn: dict[str, Any]) -> None:
    sections = changed_to(**({} if drawn["only_judging"] else {"switches": {"receipt": drawn["receipt"]}}))
    sections["qualify"] |= dict(zip(("low", "high"), drawn["thresholds"], strict=True))
    for number, points in enumerate(drawn["points"]):
        sections["qualify"]["factors"][number]["bands"][0]["points"] = points
    if not drawn["only_judging"]:
        sections["routing"] |= {
            "high_intent_minutes": drawn["minutes"],
            "routes": [{"lead_kinds": ["patient"], "queue": drawn["queue"]}],
        }
    while advance_revised(now=clock.now()):
        pass
    said = looked(sections).tally
    before, after, decided = apply(sections)
    changed = {number for number in before if before[number] != after[number]}
    assert said.changed_open == said.changed == len(changed) == decided
    moved = [(before[n].outcome, after[n].outcome) for n in before]
    assert {move: moved.count(move) for move in set(moved)} == dict(said.moves)
    assert said.owner == sum(before[n].owner != after[n].owner for n in before)
    named = {number for numbers in said.examples.values() for number in numbers}
    assert named == changed
    assert advance([lead.id for lead in desk]) == 0  # planned whole, leads that were told by their facts stay


def test_whoever_is_present_is_given_in_the_preview_what_applying_gives_them(desk: list[Lead]) -> None:
    """Outcomes change while clocks are broken: the new next thing is late from birth, and goes to who is there."""
    clock.move(timedelta(days=1))
    seen(User.objects.get(email="mei@cedarstreet.example.org"))
    sections = changed_to(routing={"most_in_hand": 3})
    sections["qualify"] |= {"high": 98}
    said = looked(sections).tally
    before, after, _ = apply(sections)
    given = {n for n in before if before[n].owner != after[n].owner}
    assert given, "the draft moves what lies broken to who is present"
    assert said.owner == len(given)
    assert said.changed_open == sum(before[n] != after[n] for n in before)
    assert set(said.examples["owner"]) == given


def test_what_a_clock_moves_whatever_the_rules_is_told_from_what_the_draft_moves(desk: list[Lead]) -> None:
    clock.move(timedelta(days=1))
    while advance_due(now=clock.now()):
        pass
    seen(User.objects.get(email="mei@cedarstreet.example.org"))
    said = looked(changed_to()).tally
    assert said.owner and said.by_clock == said.changed_open


def test_a_decision_on_a_lead_closed_since_is_judged_from_what_was_known_then(desk: list[Lead]) -> None:
    lead = desk[2]
    Lead.objects.filter(id=lead.id).update(closed_at=clock.now(), look_again_at=None)
    clock.move(timedelta(days=30))
    same = looked(changed_to()).tally
    assert (same.leads, same.open) == (len(desk), len(desk) - 1)
    assert lead.number not in {n for numbers in same.examples.values() for n in numbers}
    longer = looked(changed_to(routing={"standard_minutes": 300, "high_intent_minutes": 300})).tally
    assert lead.number in longer.examples["later"]


def test_older_than_ninety_days_is_not_looked_at(desk: list[Lead]) -> None:
    Lead.objects.update(closed_at=clock.now(), look_again_at=None)
    clock.move(timedelta(days=91))
    assert looked(changed_to()).tally.leads == 0


def test_a_second_process_counts_the_same(desk: list[Lead]) -> None:
    """Shares add up, whoever counts them."""
    from firstvisit.journey.preview.tally import Tally, from_json

    whole = looked(changed_to(routing={"standard_minutes": 300})).tally
    twice = Tally()
    twice.add(from_json(whole.as_json()))
    assert twice == whole
