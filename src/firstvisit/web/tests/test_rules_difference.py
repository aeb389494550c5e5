"""What a draft changes is told whole, in words, on the draft, on the version and beside what somebody typed."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from firstvisit.practice import drafting, queries
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.web.tests.conftest import SignIn

pytestmark = pytest.mark.django_db

FACTOR = {
    "slug": "near",
    "label": "Near",
    "fact": "miles",
    "bands": [
        {"test": "at_most", "value": 10, "points": 5, "text": "Within ten miles"},
        {"test": "otherwise", "value": None, "points": 0, "text": "Farther away"},
    ],
    "question": "Where do they live?",
    "applies_to": ["patient", "caregiver"],
    "when": [{"fact": "setting", "test": "in", "value": ["clinic", "home"]}],
}
RULE = {
    "code": "plan",
    "text": "We have no contract",
    "when": [{"fact": "payer", "test": "is", "value": "badgercare_plus"}],
    "instead": None,
}


def qualify(**changes: Any) -> dict[str, Any]:
    return {"qualify": {**queries.live_policy().as_json()["qualify"], **changes}}


def changes_of(client: Client, number: int) -> list[tuple[str, str, str]]:
    """The table of changes: where, what it was, what it is."""
    page = unescape(client.get(f"/rules/{number}").content.decode())
    rows = re.findall(r'<tr class="changed">(.*?)</tr>', page, re.S)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in rows]
    return [tuple(re.sub("<.*?>", "", cell) for cell in row[1:]) for row in cells]  # type: ignore[misc]


@pytest.fixture
def mei(signed_in: SignIn) -> Client:
    return signed_in("mei")


@pytest.fixture
def author(mei: Client) -> User:
    by = User.objects.get(email="mei@cedarstreet.example.org")
    drafting.begin_draft(by=by, note="A try")
    return by


def test_whoever_signs_sees_what_a_new_factor_gives_points_for(
    mei: Client, author: User, signed_in: SignIn
) -> None:
    factors = queries.live_policy().as_json()["qualify"]["factors"]
    drafting.change_draft(2, by=author, edits=0, changes=qualify(factors=[*factors, FACTOR]))
    ((where, was, now),) = changes_of(signed_in("ruth"), 2)
    assert (where, was) == ("Factors, “Near”", "")
    assert now == (
        "added: name of the factor: Near; fact: distance; bands: is at most 10: 5 points, “Within ten miles”; "
        "otherwise: 0 points, “Farther away”; question: Where do they live?; applies to: Patient, Caregiver; "
        "applies when: setting is one of Clinic, Home"
    )


def test_what_is_taken_out_is_told_whole_and_stays_to_be_read_in_the_version(
    mei: Client, author: User, signed_in: SignIn
) -> None:
    factors = queries.live_policy().as_json()["qualify"]["factors"]
    drafting.change_draft(2, by=author, edits=0, changes=qualify(factors=factors[:-1], hard_rules=[RULE]))
    mei.post("/rules/2/do/ready", {"edits": "1"})
    assert signed_in("ruth").post("/rules/2/do/sign", {"edits": "1"}).status_code == 303
    gone, rule = changes_of(mei, 2)
    assert gone[0] == "Factors, “Reachable”" and gone[2] == "taken out"
    assert "fact: ways to reach them; bands: is at least 2: 5 points, “Phone and e-mail”; is at least 1" in gone[1]
    name = queries.practice().payers["badgercare_plus"].name
    assert rule[0] == "Hard rules, “We have no contract”"
    assert rule[2] == f"added: said on the lead: We have no contract; where: payer is {name}"
    assert PolicyVersion.objects.get(number=2).status == "live"


def test_a_band_put_in_front_moves_the_others_and_changes_none(mei: Client, author: User) -> None:
    factors = queries.live_policy().as_json()["qualify"]["factors"]
    first = {"test": "at_most", "value": 1, "points": 15, "text": "Tomorrow"}
    changed = [
        one if one["slug"] != "date" else {**one, "bands": [first, *one["bands"]]} for one in factors
    ]
    drafting.change_draft(2, by=author, edits=0, changes=qualify(factors=changed))
    ((where, was, now),) = changes_of(mei, 2)
    assert where.startswith("Factors, “Date behind it”, bands") and was == ""
    assert now == "added: is at most 1: 15 points, “Tomorrow”"


def test_routes_and_lists_are_told_by_the_names_on_screen(mei: Client, author: User) -> None:
    routing = queries.live_policy().as_json()["routing"]
    route = {**routing["routes"][1], "lead_kinds": ["caregiver"], "languages": ["Spanish"], "queue": "partners"}
    routing["routes"].append(route)
    drafting.change_draft(2, by=author, edits=0, changes={"routing": routing})
    drafting.change_draft(2, by=author, edits=1, changes=qualify(ready_timings=["asap", "later"]))
    timings, added = changes_of(mei, 2)
    assert timings == ("Ready to begin", "as soon as possible, within two weeks, within a month", timings[2])
    assert timings[2] == "as soon as possible, later"
    assert added[2] == "added: who asks: Caregiver; language: Spanish; to the queue: Partners; given to: queue"
