"""Today's list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead, Task
from firstvisit.practice.models import User
from firstvisit.web.tests.conftest import Arrive, SignIn, questions

pytestmark = pytest.mark.django_db


def names(page: str) -> list[str]:
    return re.findall(r'<a class="name"[^>]*>([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("who", "need"), [("child", "parent, child not named yet"), ("other", "patient not named yet")]
)
def test_while_the_patient_has_no_name_the_one_who_asks_stands_large(
    arrive: Arrive, signed_in: SignIn, who: str, need: str
) -> None:
    unsaid = {"patient_first_name": "", "patient_last_name": "", "birth_date": ""}
    lead = arrive(who=who, name="Rosa Example", **unsaid)
    browser = signed_in("dana")
    page = browser.get("/today").content.decode()
    assert names(page) == ["Rosa Example"] and f"<small>{need}</small>" in page
    page = browser.get(f"/leads/L-{lead.number}").content.decode()
    assert "<h1>Rosa Example</h1>" in page and need.rpartition(", ")[2] in page
    assert "Name not stated" not in page


def test_sixty_leads_take_as_many_questions_as_ten(arrive: Arrive, signed_in: SignIn) -> None:
    browser = signed_in("dana")
    for _ in range(10):
        arrive()
    few = questions(browser, "/today")
    for _ in range(50):
        arrive()
    assert questions(browser, "/today") == few


def test_the_order_is_safety_then_due(arrive: Arrive, signed_in: SignIn) -> None:
    clock.move(datetime(2026, 11, 24, 16, 0, tzinfo=UTC) - clock.now())  # a Tuesday, so that late is late at any hour
    early, late, flag = arrive(), arrive(), arrive(concern="She is choking at feeds and losing weight.")
    now = clock.now()
    Task.objects.filter(lead=late).update(due_at=now - timedelta(hours=2))
    Task.objects.filter(lead=early).update(due_at=now - timedelta(hours=30))
    Task.objects.filter(lead=flag).update(due_at=now + timedelta(minutes=20))
    page = signed_in("dana").get("/today").content.decode()
    found = re.findall(r'<a class="name" href="/leads/L-(\d+)"', page)
    assert found == [str(flag.number), str(early.number), str(late.number)]
    assert page.index("Safety first") < page.index("late ")


def test_both_groups_of_counters_add_up_to_the_total(arrive: Arrive, signed_in: SignIn) -> None:
    for _ in range(5):
        arrive()
    away = arrive()
    Task.objects.filter(lead=away).update(snoozed_until=clock.now() + timedelta(hours=1))
    counts = signed_in("dana").get("/today").context["counts"]
    assert counts.total == 5 == sum(counts.by_time.values()) == sum(counts.by_kind.values())
    assert counts.snoozed == 1


def test_a_counter_is_a_link_to_what_it_counts(arrive: Arrive, signed_in: SignIn) -> None:
    first, _second = arrive(), arrive()
    Task.objects.filter(lead=first).update(due_at=clock.now() - timedelta(hours=1))
    Task.objects.exclude(lead=first).update(due_at=clock.now() + timedelta(days=3))
    browser = signed_in("dana")
    assert len(names(browser.get("/today?time=late").content.decode())) == 1
    assert len(names(browser.get("/today?time=later").content.decode())) == 1
    empty = browser.get("/today?time=hour").content.decode()
    assert "Nothing falls due this hour." in empty and "Show all" in empty


def test_the_list_comes_fifty_at_a_time(arrive: Arrive, signed_in: SignIn) -> None:
    for _ in range(53):
        arrive()
    browser = signed_in("dana")
    page = browser.get("/today")
    assert len(names(page.content.decode())) == 50
    assert len(names(browser.get("/today" + page.context["next"]).content.decode())) == 3


def test_a_colleague_at_another_site_does_not_see_it(arrive: Arrive, signed_in: SignIn) -> None:
    arrive()
    assert names(signed_in("reggie").get("/today").content.decode()) == []


def test_a_clinician_sees_the_review_queue_and_not_the_front_desk(arrive: Arrive, signed_in: SignIn) -> None:
    arrive()
    flag = arrive(concern="She is choking at feeds and losing weight.")
    page = signed_in("anna").get("/today").content.decode()
    assert re.findall(r"/leads/L-(\d+)\"", page).count(str(flag.number)) >= 1
    assert len(names(page)) == 1


def test_who_may_not_see_names_sees_codes(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive()
    page = signed_in("auditor").get("/today").content.decode()
    assert names(page) == [f"L-{lead.number}"] and "Delgado" not in page and "555" not in page


def test_one_look_is_one_row_in_the_log_with_the_leads_shown(
    arrive: Arrive, signed_in: SignIn, account: Callable[[str], User]
) -> None:
    leads = {str(arrive().id), str(arrive().id)}
    signed_in("dana").get("/today")
    row = AuditRow.objects.get(verb="viewed", actor=f"user:{account('dana').id}")
    assert row.subject_kind == "today" and set(row.subjects) == leads


def test_an_item_that_waits_is_on_the_list_of_those_who_settle_items(
    signed_in: SignIn, arrive: Arrive
) -> None:
    arrive()
    model = Task.objects.get()
    Task.objects.create(
        about_kind="item",
        about_id=model.id,
        site="madison",
        kind="item_waits",
        reason="It could not be judged",
        made_at=clock.now(),
        due_at=clock.now(),
        minutes=30,
        owner_queue=model.owner_queue,
    )
    assert "Look at what could not be read" in signed_in("dana").get("/today").content.decode()
    assert "Look at what could not be read" not in signed_in("walt").get("/today").content.decode()


def test_taking_from_the_row_leads_to_the_lead(
    arrive: Arrive, signed_in: SignIn, account: Callable[[str], User]
) -> None:
    lead = arrive()
    answer = signed_in("dana").post(f"/leads/L-{lead.number}/take")
    assert answer.status_code == 303 and answer["Location"].startswith(f"/leads/L-{lead.number}?done=")
    assert Lead.objects.get(id=lead.id).owner_user_id == account("dana").id


def test_the_page_allows_no_style_or_script_of_its_own(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive()
    browser = signed_in("dana")
    for path in ("/today", f"/leads/L-{lead.number}"):
        page = browser.get(path).content.decode()
        assert " style=" not in page and "<style" not in page and re.search(r"<script(?! src)", page) is None
        assert " onclick" not in page


def test_something_new_is_told_to_a_page_that_stands_open(arrive: Arrive, signed_in: SignIn) -> None:
    arrive()
    browser = signed_in("dana")
    address = browser.get("/today").context["changes"]
    assert browser.get(address).json() == {"changed": False}
    arrive()
    assert browser.get(address).json() == {"changed": True}
    assert signed_in("reggie").get(address).json() == {"changed": False}
