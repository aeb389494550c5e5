"""Who gets what and how fast, by table."""

from __future__ import annotations

from functools import cache

import pytest

from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import Practice
from firstvisit.steps.routing.policy import Route, Routing
from firstvisit.steps.routing.rules import minutes_for, queue_for


@cache
def cedar_street() -> tuple[Practice, Routing]:
    files = read_folder(SAMPLE)
    return files.practice(1), Routing.model_validate(files.rules["routing"])


@pytest.mark.parametrize(
    ("outcome", "kind", "site", "queue"),
    [
        ("book_now", "caregiver", "madison", "front_desk_madison"),
        ("book_now", "patient", "marquette", "front_desk_marquette"),
        ("clinician_review", "patient", "marquette", "clinical_review"),
        ("discovery", "organization", "madison", "partners"),
        ("", None, "madison", "front_desk_madison"),
    ],
)
def test_each_lead_has_its_queue(outcome: str, kind: str | None, site: str, queue: str) -> None:
    practice, routing = cedar_street()
    assert queue_for(outcome, kind, site, routing, practice) == queue


def test_a_route_to_a_queue_that_is_gone_is_passed_over() -> None:
    practice, _ = cedar_street()
    routing = Routing(routes=(Route(queue="gone"),), fallback_queue="gone_too")
    without_desks = practice.model_copy(
        update={"queues": {slug: q for slug, q in practice.queues.items() if q.site is None}}
    )
    assert queue_for("book_now", "patient", "madison", routing, practice) == "front_desk_madison"
    assert queue_for("book_now", "patient", "madison", routing, without_desks) in without_desks.queues


@pytest.mark.parametrize(
    ("outcome", "kind", "urgent", "timing", "minutes"),
    [
        ("clinician_review", "patient", True, None, 15),
        ("book_now", "patient", True, None, 15),
        ("book_now", "patient", False, None, 30),
        ("need_info", "caregiver", False, "asap", 30),
        ("book_now", "patient", False, "later", 480),
        ("book_now", "referral_partner", False, None, 120),
        ("discovery", "organization", False, None, 120),
        ("refer_out", "patient", False, None, 120),
    ],
)
def test_each_lead_has_its_clock(
    outcome: str, kind: str, urgent: bool, timing: str | None, minutes: int
) -> None:
    _, routing = cedar_street()
    assert minutes_for(outcome, kind, urgent=urgent, timing=timing, routing=routing)[0] == minutes
