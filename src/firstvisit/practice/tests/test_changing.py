"""One entry at a time: saved, refused, retired, returned to; on the real database."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed
from firstvisit.kernel.models import AuditRow
from firstvisit.practice import changing, queries, services, staffing
from firstvisit.practice.changing import ChangedMeanwhile, stamp
from firstvisit.practice.content import KINDS
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import EntryChange, PracticeRevision, PracticeSnapshot, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample() -> Iterator[None]:
    queries.forget()
    services.load(dataclasses.replace(read_folder(SAMPLE), rules={}), by="test")
    yield
    queries.forget()


def account(name: str) -> User:
    return User.objects.get(email=f"{name}@cedarstreet.example.org")


def who(name: str) -> dict[str, Any]:
    user = account(name)
    return {"by": user, "actor": Actor("user", str(user.id))}


def values(collection: str, slug: str, **other: Any) -> dict[str, Any]:
    found = changing.entry(collection, slug)
    assert found is not None
    return {**found.model_dump(mode="json"), **other}


def change(collection: str, slug: str, by: str = "mei", **other: Any) -> changing.Saved:
    found = changing.entry(collection, slug)
    assert found is not None
    said = {**found.model_dump(mode="json"), **other}
    return changing.change_entry(collection=collection, slug=slug, values=said, seen=stamp(found), **who(by))


def said(error: pytest.ExceptionInfo[BadInput]) -> dict[str, str]:
    return {problem.field: problem.message for problem in error.value.problems}


def test_what_is_saved_is_the_practice_and_a_revision_with_who_and_what() -> None:
    before = PracticeRevision.objects.get().number
    saved = change("programs", "hand_therapy", minutes=45)
    assert saved.changed and saved.revision == before + 1
    assert queries.practice().programs["hand_therapy"].minutes == 45
    noted = EntryChange.objects.get(revision=saved.revision)
    assert (noted.made_by, noted.how) == (account("mei"), "changed")
    assert noted.before is not None and noted.after is not None
    assert (noted.before["minutes"], noted.after["minutes"]) == (60, 45)
    assert (
        PracticeSnapshot.objects.get(number=saved.revision).data["programs"]["hand_therapy"]["minutes"] == 45
    )
    assert AuditRow.objects.filter(verb="practice_changed", subjects=["programs", "hand_therapy"]).exists()


def test_saving_what_stands_changes_nothing() -> None:
    before = PracticeRevision.objects.get().number
    assert not change("programs", "hand_therapy").changed
    assert PracticeRevision.objects.get().number == before


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.collection)
def test_every_entry_of_the_sample_can_be_saved_as_it_stands(kind: Any) -> None:
    if kind.collection == "staff":
        return
    for one in getattr(queries.as_files(), kind.collection):
        assert not change(kind.collection, one.slug, by="ruth").changed


def test_all_that_is_wrong_is_named_by_field_at_once() -> None:
    with pytest.raises(BadInput) as raised:
        change("programs", "hand_therapy", minutes=0, status="full", equipment="hoist")
    assert set(said(raised)) >= {"minutes", "status", "equipment"}


def test_what_would_not_hold_elsewhere_is_said_with_the_other_entry_named() -> None:
    with pytest.raises(BadInput) as raised:
        change("resources", "anna_lindqvist", skills=["hand"])
    assert "program Hand: flexor and extensor tendon repair, skills: no clinician" in str(raised.value)
    assert changing.entry("resources", "anna_lindqvist") is not None


def test_the_second_of_two_editors_is_told_what_the_first_changed() -> None:
    opened = changing.entry("programs", "hand_therapy")
    assert opened is not None
    change("programs", "hand_therapy", minutes=45)
    theirs = {**opened.model_dump(mode="json"), "order_rule": "not_required"}
    arguments: dict[str, Any] = {"collection": "programs", "slug": "hand_therapy", "values": theirs}
    with pytest.raises(ChangedMeanwhile) as raised:
        changing.change_entry(**arguments, seen=stamp(opened), **who("ruth"))
    assert raised.value.who == "Mei Tanaka"
    now = raised.value.entry
    assert now.minutes == 45  # type: ignore[attr-defined]
    assert changing.change_entry(**arguments, seen=stamp(now), **who("ruth")).changed


def test_two_who_save_the_same_are_both_content() -> None:
    opened = changing.entry("programs", "hand_therapy")
    assert opened is not None
    change("programs", "hand_therapy", minutes=45)
    said = {**opened.model_dump(mode="json"), "minutes": 45}
    again = changing.change_entry(
        collection="programs", slug="hand_therapy", values=said, seen=stamp(opened), **who("ruth")
    )
    assert not again.changed


def test_a_new_entry_is_called_by_its_name_and_a_taken_name_is_refused() -> None:
    new = {**values("places", "four_lakes_seating"), "name": "Prairie & River Therapy", "slug": ""}
    added = changing.add_entry(collection="places", values=new, **who("mei"))
    assert added.slug == "prairie_river_therapy"
    assert "prairie_river_therapy" in queries.practice().places
    with pytest.raises(BadInput, match="is taken"):
        changing.add_entry(collection="places", values=new, **who("mei"))


def test_a_retired_entry_leaves_the_lists_that_name_it_and_can_come_back() -> None:
    saved = changing.retire_entry(collection="payers", slug="northfield_health", **who("mei"))
    practice = queries.practice()
    assert "northfield_health" not in practice.payers
    assert all("northfield_health" not in one.payers for one in practice.resources.values())
    assert EntryChange.objects.filter(revision=saved.revision, collection="resources").exists()
    gone = EntryChange.objects.get(revision=saved.revision, collection="payers")
    changing.return_entry(change=gone.id, to="before", **who("mei"))
    assert "northfield_health" in queries.practice().payers


def test_what_the_practice_cannot_be_without_is_not_retired() -> None:
    with pytest.raises(BadInput, match="identity") as raised:
        changing.retire_entry(collection="sites", slug="madison", **who("mei"))
    assert "identity, home site: there is no site 'madison'" in str(raised.value)
    with pytest.raises(BadInput, match="exclusions"):
        changing.retire_entry(collection="programs", slug="hand_tendon_repair", **who("mei"))


def test_an_account_is_never_left_without_sites_because_one_is_retired() -> None:
    """An account without sites sees all of them."""
    with pytest.raises(BadInput, match="account Reggie Soto, sites: there is no site 'marquette'"):
        changing.retire_entry(collection="sites", slug="marquette", **who("mei"))


def test_an_entry_returns_to_what_it_was() -> None:
    change("programs", "hand_therapy", minutes=45)
    change("programs", "hand_therapy", minutes=30, order_rule="not_required")
    first = EntryChange.objects.filter(slug="hand_therapy", how="changed").order_by("id")[0]
    changing.return_entry(change=first.id, to="after", **who("mei"))
    program = queries.practice().programs["hand_therapy"]
    assert (program.minutes, program.order_rule) == (45, "before_treatment")
    newest = changing.last_change("programs", "hand_therapy")
    assert newest is not None and newest.how == "returned"


def test_history_cannot_be_rewritten() -> None:
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        EntryChange.objects.filter(slug="hand_therapy").update(after=None)


def test_who_may_not_edit_is_refused() -> None:
    with pytest.raises(NotAllowed):
        change("programs", "hand_therapy", by="dana", minutes=45)
    with pytest.raises(NotAllowed):
        change("roles", "intake", by="mei", name="Desk")


def test_the_last_holder_of_a_vital_right_keeps_it() -> None:
    owner = Role.objects.get(slug="owner").capabilities
    with pytest.raises(BadInput, match="nobody could sign a draft"):
        left = [one for one in owner if one != "rules.sign"]
        change("roles", "owner", by="ruth", capabilities=left)
    assert account("ruth").may("rules.sign")


def test_a_place_is_verified_again_today() -> None:
    changing.verify_place(slug="four_lakes_seating", **who("mei"))
    found = queries.practice().places["four_lakes_seating"].verified_on
    assert found == changing.clock.now().astimezone(queries.home_zone()).date()


def test_a_member_is_added_changed_and_disabled_with_history() -> None:
    new = {
        "email": "Nora@cedarstreet.example.org",
        "name": "Nora Vance",
        "role": "intake",
        "sites": ["madison"],
    }
    joined = staffing.add_member(values=new, **who("ruth"))
    assert joined.user.email == "nora@cedarstreet.example.org" and joined.user.check_password(joined.password)
    seen = stamp(joined.user.shape())
    changed = {**new, "queues": ["front_desk_madison"]}
    assert staffing.change_member(user_id=joined.user.id, values=changed, seen=seen, **who("ruth"))
    with pytest.raises(ChangedMeanwhile):
        other = {**new, "name": "Nora V."}
        staffing.change_member(user_id=joined.user.id, values=other, seen=seen, **who("ruth"))
    staffing.disable_member(user_id=joined.user.id, **who("ruth"))
    assert not staffing.member(joined.user.id).is_active
    kept = EntryChange.objects.filter(collection="staff", slug=str(joined.user.id)).order_by("id")
    assert [one.how for one in kept] == ["added", "changed", "disabled"]
    assert all("email" not in (one.after or {}) for one in kept)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"email": "dana@cedarstreet.example.org"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"),
        ({"role": "desk"}, "role"),
        ({"queues": ["nowhere"]}, "queues"),
        ({"resource": "anna_lindqvist"}, "resource"),
    ],
)
def test_a_wrong_field_of_a_member_is_named(other: dict[str, Any], field: str) -> None:
    new = {"email": "nora@cedarstreet.example.org", "name": "Nora Vance", "role": "intake", **other}
    with pytest.raises(BadInput) as raised:
        staffing.add_member(values=new, **who("ruth"))
    assert field in said(raised)


def test_nobody_disables_their_own_account_or_takes_the_last_vital_right() -> None:
    ruth = account("ruth")
    with pytest.raises(Conflict, match="your own account"):
        staffing.disable_member(user_id=ruth.id, **who("ruth"))
    with pytest.raises(Conflict, match="nobody could sign"):
        staffing.disable_member(user_id=ruth.id, **who("admin"))
    shape = ruth.shape()
    with pytest.raises(BadInput) as raised:
        lesser = {**shape.model_dump(), "role": "manager"}
        staffing.change_member(user_id=ruth.id, values=lesser, seen=stamp(shape), **who("admin"))
    assert "role" in said(raised)


def test_what_screens_write_the_files_say() -> None:
    change(
        "programs", "hand_therapy", status="waitlist", status_until="2026-12-04", status_reason="Anna is away"
    )
    before = queries.as_files()
    again = services.load(before, by="test")
    assert not again.anything
