"""Drafts of the rules: worked on together, brought up to date, dropped, and held against the practice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import firstvisit.journey.policy
import firstvisit.steps.qualify.policy  # noqa: F401
from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConfigurationError, Conflict, NotAllowed
from firstvisit.practice import drafting, queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import PolicyVersion, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample(db: None) -> None:
    services.load(read_folder(SAMPLE), by="test")


@pytest.fixture
def account() -> Callable[[str], User]:
    return lambda name: User.objects.get(email=f"{name}@cedarstreet.example.org")


def routing(**changes: Any) -> dict[str, Any]:
    """One changed section."""
    return {"routing": {**queries.live_policy().as_json()["routing"], **changes}}


def test_a_draft_begins_as_the_live_rules_and_is_changed_by_section(account: Callable[[str], User]) -> None:
    draft = drafting.begin_draft(by=account("mei"), note=" Longer clocks ")
    assert (draft.number, draft.base, draft.note) == (2, 1, "Longer clocks")
    assert draft.sections == queries.live_policy().as_json()
    changed = drafting.change_draft(2, by=account("ruth"), edits=0, changes=routing(standard_minutes=150))
    assert (changed.edits, changed.changed_by) == (1, account("ruth"))
    assert changed.sections["routing"]["standard_minutes"] == 150
    assert drafting.change_draft(2, by=account("mei"), edits=1, changes=routing(standard_minutes=150)).edits == 1


def test_the_second_of_two_who_edit_at_once_is_told_by_name(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=account("ruth"), edits=0, changes=routing(standard_minutes=150))
    with pytest.raises(drafting.Overtaken, match="Ruth Adler"):
        drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(standard_minutes=90))
    assert PolicyVersion.objects.get(number=2).sections["routing"]["standard_minutes"] == 150


def test_whoever_changed_a_draft_is_not_its_second_person(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=account("ruth"), edits=0, changes=routing(standard_minutes=150))
    with pytest.raises(Conflict, match="nobody else may sign"):
        services.sign_policy(2, signed_by=account("ruth"))
    clock.move(timedelta(hours=24, minutes=1))
    assert services.sign_policy(2, signed_by=account("ruth")).status == "live"


def test_whoever_only_says_what_a_draft_is_for_may_still_sign_it(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(standard_minutes=150))
    told = drafting.change_draft(2, by=account("ruth"), edits=1, changes={}, note="Longer clocks for the holidays")
    assert (told.edits, told.changed_by) == (2, account("mei"))
    assert services.sign_policy(2, signed_by=account("ruth")).status == "live"


def test_a_draft_changed_after_it_was_looked_at_is_not_signed_unseen(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(standard_minutes=150))
    with pytest.raises(Conflict, match="changed after you opened it"):
        services.sign_policy(2, signed_by=account("ruth"), edits=0)
    assert services.sign_policy(2, signed_by=account("ruth"), edits=1).status == "live"


def test_a_route_to_nobody_is_refused_and_named(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    routes = [{"lead_kinds": ["patient"], "queue": "moon_base"}]
    with pytest.raises(ConfigurationError, match="routes 1, queue: there is no queue 'moon_base'"):
        drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(routes=routes))
    User.objects.exclude(email__startswith="imani").update(is_active=False)
    routes = [{"lead_kinds": ["patient"], "queue": "clinical_review"}]
    User.objects.filter(email__startswith="mei").update(is_active=True)
    User.objects.get(email__startswith="mei").queues.clear()
    mei = account("mei")
    mei.role.capabilities = ["practice.edit"]
    mei.role.save()
    with pytest.raises(ConfigurationError, match="clinical_review' leads to nobody"):
        drafting.change_draft(2, by=mei, edits=0, changes=routing(routes=routes))


def test_a_draft_that_others_overtook_is_made_anew_with_its_changes(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="mine")
    drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(standard_minutes=150))
    other = drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(other.number, by=account("mei"), edits=0, changes=routing(urgent_minutes=20))
    services.sign_policy(other.number, signed_by=account("ruth"))
    with pytest.raises(Conflict, match="draft it anew"):
        services.sign_policy(2, signed_by=account("ruth"))
    anew = drafting.renew_draft(2, by=account("mei"))
    assert anew.sections["routing"]["standard_minutes"] == 150
    assert anew.sections["routing"]["urgent_minutes"] == 20
    assert PolicyVersion.objects.get(number=2).status == "dropped"


def test_an_earlier_version_comes_back_as_a_draft(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(standard_minutes=150))
    services.sign_policy(2, signed_by=account("ruth"))
    back = drafting.return_to(1, by=account("mei"))
    assert (back.status, back.note) == ("draft", "Return to version 1")
    assert back.sections == PolicyVersion.objects.get(number=1).sections


def test_a_dropped_draft_cannot_be_signed_and_stays_to_be_seen(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.drop_draft(2, by=account("mei"))
    with pytest.raises(Conflict, match="no draft any more"):
        services.sign_policy(2, signed_by=account("ruth"))
    assert drafting.begin_draft(by=account("mei"), note="Longer clocks").number == 3


def test_only_who_may_edit_the_practice_drafts(account: Callable[[str], User]) -> None:
    with pytest.raises(NotAllowed):
        drafting.begin_draft(by=account("dana"))


def test_changed_rules_in_files_become_one_draft_of_nobodys(account: Callable[[str], User]) -> None:
    files = read_folder(SAMPLE)
    changed = replace(files, rules={**files.rules, **routing(standard_minutes=150)})
    loaded = services.load(changed, by="test")
    assert loaded.draft == 2 and "draft 2" in str(loaded)
    assert services.load(changed, by="test").draft == 2
    assert services.sign_policy(2, signed_by=account("ruth"))
    assert services.load(changed, by="test").draft is None


def test_a_draft_is_signed_only_once_it_says_what_it_is_for(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"))
    with pytest.raises(Conflict, match="what draft 2 is for"):
        services.sign_policy(2, signed_by=account("ruth"))
    drafting.change_draft(2, by=account("mei"), edits=0, changes={}, note="Longer clocks")
    assert services.sign_policy(2, signed_by=account("ruth")).status == "live"
