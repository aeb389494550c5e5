"""Loading, publishing and accounts, on the real database."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, ConfigurationError, Conflict, NotAllowed
from firstvisit.practice import drafting, policy, queries, services
from firstvisit.practice.files import SAMPLE, STARTER, PracticeFiles, read_folder
from firstvisit.practice.models import IdentityRow, PolicyVersion, PracticeRevision, Role, SiteRow, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    queries.forget()
    yield
    queries.forget()


@pytest.fixture
def files() -> PracticeFiles:
    """The sample, without its rules: which sections are known depends on what else is loaded."""
    return dataclasses.replace(read_folder(SAMPLE), rules={})


@pytest.fixture
def loaded(files: PracticeFiles) -> PracticeFiles:
    services.load(files, by="test")
    return files


def account(name: str) -> User:
    return User.objects.get(email=f"{name}@cedarstreet.example.org")


def without(files: PracticeFiles, site: str) -> PracticeFiles:
    """The files as if the practice had closed a site."""
    return dataclasses.replace(
        files,
        sites=tuple(one for one in files.sites if one.slug != site),
        programs=tuple(
            one.model_copy(update={"sites": tuple(s for s in one.sites if s != site)})
            for one in files.programs
        ),
        resources=tuple(one for one in files.resources if site not in one.sites),
        queues=tuple(one for one in files.queues if one.site != site),
        staff=tuple(one for one in files.staff if site not in one.sites),
    )


def test_a_practice_loaded_is_the_practice_read(loaded: PracticeFiles) -> None:
    practice = queries.practice()
    assert practice == loaded.practice(version=practice.version)
    assert list(practice.programs) == [program.slug for program in loaded.programs]
    assert queries.policy().number == 1
    assert PolicyVersion.objects.get().note == "as shipped"
    assert queries.is_set_up()


def test_loading_twice_changes_nothing_and_says_so(loaded: PracticeFiles) -> None:
    revision = PracticeRevision.objects.get().number
    again = services.load(loaded, by="test")
    assert not again.anything and str(again).startswith("nothing changed, ")
    assert PracticeRevision.objects.get().number == revision


def test_what_files_no_longer_name_is_retired_and_can_return(loaded: PracticeFiles) -> None:
    reggie = account("reggie")
    closed = services.load(without(loaded, "marquette"), by="test")
    assert "site marquette" in closed.retired and "queue front_desk_marquette" in closed.retired
    assert set(queries.practice().sites) == {"madison"}
    assert queries.user_scope(reggie) == {"marquette"}
    assert "site marquette" in services.load(loaded, by="test").changed
    assert set(queries.practice().sites) == {"madison", "marquette"}


def test_a_collection_the_files_leave_out_is_left_alone(loaded: PracticeFiles) -> None:
    services.load(read_folder(STARTER), by="test")
    practice = queries.practice()
    assert set(practice.sites) == {"madison", "marquette"}
    assert set(practice.queues) == {"front_desk", "clinical_review", "partners"}


def test_entries_that_do_not_fit_together_are_refused_whole(loaded: PracticeFiles) -> None:
    with pytest.raises(ConfigurationError, match="there is no site"):
        services.load(dataclasses.replace(loaded, sites=loaded.sites[:1]), by="test")
    assert SiteRow.objects.filter(retired_at=None).count() == 2


def test_unknown_sections_of_rules_are_refused_by_name(files: PracticeFiles) -> None:
    with pytest.raises(ConfigurationError, match="rules, no_such_section"):
        services.load(dataclasses.replace(files, rules={"no_such_section": {}}), by="test")
    assert not SiteRow.objects.exists()


def test_the_practice_as_it_stands_can_be_loaded_again(loaded: PracticeFiles) -> None:
    standing = queries.as_files()
    assert standing.practice() == loaded.practice()
    assert {member.email for member in standing.staff} == {member.email for member in loaded.staff}
    assert not services.load(standing, by="test").anything


def test_a_vendor_may_do_what_a_signed_agreement_says_while_it_holds(loaded: PracticeFiles) -> None:
    day = date(2026, 11, 21)
    found = queries.agreement_for("email", day, vendor="lakeside secure mail")
    assert found is not None and found.slug == "lakeside_mail"
    assert queries.agreement_for("email", day, vendor="Another Mail") is None
    assert queries.agreement_for("sms", day) is None
    assert queries.agreement_for("email", date(2028, 2, 16)) is None


def test_a_practice_nobody_set_up_says_so() -> None:
    with pytest.raises(ConfigurationError, match="not set up yet"):
        queries.practice()
    assert queries.policy() == policy.read({}, 0)
    assert not queries.is_set_up()


def test_reading_the_practice_again_asks_the_database_nothing(
    loaded: PracticeFiles, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    first = queries.practice()
    with django_assert_num_queries(0):
        assert queries.practice() is first


def test_a_change_made_by_another_process_is_noticed(
    loaded: PracticeFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = queries.practice()
    monkeypatch.setattr(queries, "RECHECK_SECONDS", -1.0)
    assert queries.practice() is before
    row = IdentityRow.objects.get()
    row.data["answers_within_minutes"] = 45
    row.save()
    PracticeRevision.objects.update(number=before.version + 1, stamp=uuid.uuid4())
    assert queries.practice().identity.answers_within_minutes == 45
    assert queries.practice().version == before.version + 1


def test_a_revision_number_given_twice_is_not_taken_for_the_same_state(
    loaded: PracticeFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "RECHECK_SECONDS", -1.0)
    before = queries.practice()
    PracticeRevision.objects.update(stamp=uuid.uuid4())
    assert queries.practice() is not before


def sign(number: int, by: User) -> PolicyVersion:
    """Sign a draft whose author handed it over."""
    drafting.mark_ready(PolicyVersion.objects.get(number=number), None)
    return services.sign_policy(number, signed_by=by)


def test_a_manager_drafts_and_the_owner_signs(loaded: PracticeFiles) -> None:
    published = services.publish_policy({}, note="n", drafted_by=account("mei"), signed_by=account("ruth"))
    assert (published.number, published.status) == (2, "live")
    assert queries.policy().number == 2
    assert PolicyVersion.objects.get(number=1).status == "retired"


def test_who_lacks_the_right_neither_drafts_nor_signs(loaded: PracticeFiles) -> None:
    with pytest.raises(NotAllowed, match=r"practice\.edit"):
        services.draft_policy({}, note="A try", drafted_by=account("dana"))
    draft = services.draft_policy({}, note="A try", drafted_by=account("ruth"))
    with pytest.raises(NotAllowed, match=r"rules\.sign"):
        sign(draft.number, account("mei"))


def test_the_only_one_who_may_sign_waits_a_day(loaded: PracticeFiles) -> None:
    ruth = account("ruth")
    with pytest.raises(Conflict, match="may be signed unchanged from"):
        services.publish_policy({}, note="A try", drafted_by=ruth, signed_by=ruth)
    assert PolicyVersion.objects.count() == 1
    draft = services.draft_policy({}, note="A try", drafted_by=ruth)
    PolicyVersion.objects.filter(id=draft.id).update(drafted_at=clock.now() - timedelta(hours=24))
    assert services.publish_policy({}, note="A try", drafted_by=ruth, signed_by=ruth).number == draft.number


def test_where_another_may_sign_nobody_signs_their_own_draft(loaded: PracticeFiles) -> None:
    ruth = account("ruth")
    services.add_user(email="second@example.org", name="Second Owner", role="owner")
    draft = services.draft_policy({}, note="A try", drafted_by=ruth)
    PolicyVersion.objects.filter(id=draft.id).update(drafted_at=clock.now() - timedelta(days=9))
    with pytest.raises(Conflict, match="second person"):
        sign(draft.number, ruth)


def test_a_draft_overtaken_by_a_newer_version_is_not_signed(loaded: PracticeFiles) -> None:
    mei, ruth = account("mei"), account("ruth")
    old = services.draft_policy({}, note="old", drafted_by=mei)
    new = services.draft_policy({}, note="new", drafted_by=mei)
    sign(new.number, ruth)
    with pytest.raises(Conflict, match="draft it anew"):
        sign(old.number, ruth)
    with pytest.raises(Conflict, match="is no draft"):
        sign(new.number, ruth)
    assert services.publish_policy({}, note="A try", drafted_by=mei, signed_by=ruth).number == 4


def test_the_database_keeps_one_live_version_and_what_was_live_as_it_was(loaded: PracticeFiles) -> None:
    live = PolicyVersion.objects.get(status="live")
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(
            number=9, sections={}, status="live", drafted_at=clock.now(), live_from=clock.now()
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(id=live.id).update(sections={"x": 1})
    with pytest.raises(DatabaseError), transaction.atomic():
        live.delete()


def test_an_account_is_added_whatever_the_capitals_of_its_address(loaded: PracticeFiles) -> None:
    user = services.add_user(
        email=" Nora@Example.org ", name="Nora", role="intake", sites=["madison"], password=PASSWORD
    )
    assert user.email == "nora@example.org" and user.check_password(PASSWORD)
    assert User.objects.get_by_natural_key("NORA@example.org") == user
    assert queries.user_scope(user) == {"madison"} and queries.user_scope(account("ruth")) is None
    assert user.may("leads.see") and not user.may("rules.sign")
    with pytest.raises(ValueError, match="no capability"):
        user.may("leads.sea")
    with pytest.raises(BadInput, match="already"):
        services.add_user(email="NORA@example.org", name="Nora", role="intake")


def test_everything_wrong_with_a_new_account_is_told_at_once(loaded: PracticeFiles) -> None:
    with pytest.raises(BadInput) as raised:
        services.add_user(email="nora", name=" ", role="desk", sites=["lodi"], queues=["q"], resource="r")
    assert {one.field for one in raised.value.problems} == {
        "email", "name", "role", "sites", "queues", "resource",
    }  # fmt: skip


def test_a_disabled_account_may_nothing_and_is_signed_out(loaded: PracticeFiles) -> None:
    dana = account("dana")
    session = dana.get_session_auth_hash()
    gone = services.disable_user(user=dana)
    assert gone.capabilities == frozenset()
    assert gone.get_session_auth_hash() != session


def test_the_last_one_who_manages_accounts_stays(loaded: PracticeFiles) -> None:
    services.disable_user(user=account("admin"))
    with pytest.raises(Conflict, match="only account"):
        services.disable_user(user=account("ruth"))


def test_a_new_password_signs_out_everywhere(loaded: PracticeFiles) -> None:
    dana = account("dana")
    assert not dana.has_usable_password()
    changed = services.set_password(user=dana, password=PASSWORD)
    assert changed.check_password(PASSWORD) and changed.session_epoch == dana.session_epoch + 1


def test_a_role_nobody_has_goes_with_the_files_and_a_used_one_stays(loaded: PracticeFiles) -> None:
    spare = Role.objects.create(slug="spare", name="Spare", capabilities=[])
    used = Role.objects.create(slug="used", name="Used", capabilities=[])
    User.objects.create_user("used@example.org", name="Used", role=used)
    assert services.load(loaded, by="test").retired == [f"role {spare.slug}"]
    assert set(Role.objects.values_list("slug", flat=True)) >= {"used"}
