"""Drafts of the rules: worked on together, brought up to date, dropped, and held against the practice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import firstvisit.journey.policy
import firstvisit.steps.qualify.policy  # noqa: F401
from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConfigurationError, Conflict, NotAllowed
from firstvisit.practice import drafting, queries, services, signing
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import PolicyVersion, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample(db: None) -> None:
    services.load(read_folder(SAMPLE), by="test")


@pytest.fixture
def account() -> Callable[[str], User]:
    return lambda name: User.objects.get(email=f"{name}@cedarstreet.example.org")


def sign(number: int, by: User, **said: Any) -> PolicyVersion:
    """Sign a draft whose author handed it over."""
    drafting.mark_ready(PolicyVersion.objects.get(number=number), None)
    return services.sign_policy(number, signed_by=by, **said)


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
        sign(2, account("ruth"))
    clock.move(timedelta(hours=24, minutes=1))
    assert sign(2, account("ruth")).status == "live"


def test_whoever_only_says_what_a_draft_is_for_may_still_sign_it(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(standard_minutes=150))
    told = drafting.change_draft(2, by=account("ruth"), edits=1, changes={}, note="Longer clocks for the holidays")
    assert (told.edits, told.changed_by) == (2, account("mei"))
    assert sign(2, account("ruth")).status == "live"


def test_a_draft_changed_after_it_was_looked_at_is_not_signed_unseen(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(standard_minutes=150))
    with pytest.raises(Conflict, match="changed after you opened it"):
        sign(2, account("ruth"), edits=0)
    assert sign(2, account("ruth"), edits=1).status == "live"


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
    sign(other.number, account("ruth"))
    with pytest.raises(Conflict, match="draft it anew"):
        sign(2, account("ruth"))
    anew = drafting.renew_draft(2, by=account("mei"))
    assert anew.sections["routing"]["standard_minutes"] == 150
    assert anew.sections["routing"]["urgent_minutes"] == 20
    assert PolicyVersion.objects.get(number=2).status == "dropped"


def test_an_earlier_version_comes_back_as_a_draft(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=account("mei"), edits=0, changes=routing(standard_minutes=150))
    sign(2, account("ruth"))
    back = drafting.return_to(1, by=account("mei"))
    assert (back.status, back.note) == ("draft", "Return to version 1")
    assert back.sections == PolicyVersion.objects.get(number=1).sections


def test_a_dropped_draft_cannot_be_signed_and_stays_to_be_seen(account: Callable[[str], User]) -> None:
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.drop_draft(2, by=account("mei"))
    with pytest.raises(Conflict, match="no draft any more"):
        sign(2, account("ruth"))
    assert drafting.begin_draft(by=account("mei"), note="Longer clocks").number == 3


def test_only_who_may_edit_the_practice_drafts(account: Callable[[str], User]) -> None:
    with pytest.raises(NotAllowed):
        drafting.begin_draft(by=account("dana"))


def test_what_is_still_being_written_is_signed_by_nobody(account: Callable[[str], User]) -> None:
    mei, ruth = account("mei"), account("ruth")
    drafting.begin_draft(by=mei, note="Longer clocks")
    drafting.change_draft(2, by=mei, edits=0, changes=routing(standard_minutes=150))
    with pytest.raises(Conflict, match="still being written"):
        services.sign_policy(2, signed_by=ruth)
    with pytest.raises(Conflict, match="Mei Tanaka wrote this draft and says when it is ready"):
        drafting.say_ready(2, by=ruth, edits=1)
    with pytest.raises(drafting.Overtaken):
        drafting.say_ready(2, by=mei, edits=0)
    drafting.say_ready(2, by=mei, edits=1)
    drafting.change_draft(2, by=mei, edits=1, changes=routing(standard_minutes=160))
    with pytest.raises(Conflict, match="still being written"):
        services.sign_policy(2, signed_by=ruth)
    drafting.say_ready(2, by=mei, edits=2)
    drafting.take_back_ready(2, by=mei)
    with pytest.raises(Conflict, match="still being written"):
        services.sign_policy(2, signed_by=ruth)
    drafting.say_ready(2, by=mei, edits=2)
    assert services.sign_policy(2, signed_by=ruth, edits=2).status == "live"


def test_who_changed_a_draft_and_changed_it_back_may_sign_it(account: Callable[[str], User]) -> None:
    mei, ruth = account("mei"), account("ruth")
    drafting.begin_draft(by=mei, note="Longer clocks")
    drafting.change_draft(2, by=mei, edits=0, changes=routing(standard_minutes=150))
    drafting.change_draft(2, by=ruth, edits=1, changes=routing(standard_minutes=170, urgent_minutes=20))
    with pytest.raises(Conflict, match=r"everybody who may sign rules \(Ruth Adler\) wrote part of this draft"):
        sign(2, ruth)
    drafting.change_draft(2, by=ruth, edits=2, changes=routing(standard_minutes=150, urgent_minutes=15))
    assert sign(2, ruth).status == "live"


def test_where_another_may_sign_the_refusal_names_them(account: Callable[[str], User]) -> None:
    ruth = account("ruth")
    services.add_user(email="second@example.org", name="Second Owner", role="owner")
    drafting.begin_draft(by=account("mei"), note="Longer clocks")
    drafting.change_draft(2, by=ruth, edits=0, changes=routing(standard_minutes=150))
    with pytest.raises(Conflict, match="you wrote part of this draft, so a second person signs it: Second Owner may"):
        sign(2, ruth)


def test_who_brings_a_draft_up_to_date_has_not_written_it(account: Callable[[str], User]) -> None:
    mei, ruth = account("mei"), account("ruth")
    drafting.begin_draft(by=mei, note="mine")
    drafting.change_draft(2, by=mei, edits=0, changes=routing(standard_minutes=150))
    drafting.begin_draft(by=mei, note="other")
    drafting.change_draft(3, by=mei, edits=0, changes=routing(urgent_minutes=20))
    sign(3, ruth)
    anew = drafting.renew_draft(2, by=ruth)
    assert signing.signing(anew).authors == (mei,)
    assert sign(anew.number, ruth).status == "live"


def test_the_day_from_which_one_alone_may_sign_is_said_in_the_practices_time(account: Callable[[str], User]) -> None:
    clock.move(datetime(2026, 11, 24, 14, 16, tzinfo=UTC) - clock.now())
    ruth = account("ruth")
    drafting.begin_draft(by=ruth, note="mine")
    drafting.change_draft(2, by=ruth, edits=0, changes=routing(standard_minutes=150))
    with pytest.raises(Conflict, match="may be signed unchanged from Wed Nov 25, 8:16 am CST"):
        sign(2, ruth)


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
        sign(2, account("ruth"))
    drafting.change_draft(2, by=account("mei"), edits=0, changes={}, note="Longer clocks")
    assert sign(2, account("ruth")).status == "live"
