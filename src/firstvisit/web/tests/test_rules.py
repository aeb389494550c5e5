"""Rules on screen: drafts, the form made from the sections, the preview, the second signature, the way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import DecisionRow, Task
from firstvisit.practice import policy
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.steps.intake.policy import SecondOpinion
from firstvisit.web.staff.rules import tree
from firstvisit.web.tests.conftest import Arrive, SignIn, questions

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei(signed_in: SignIn) -> Client:
    return signed_in("mei")


@pytest.fixture
def draft(mei: Client) -> PolicyVersion:
    assert mei.post("/rules/begin", {"note": "Trying something"}).status_code == 303
    return PolicyVersion.objects.get(number=2)


def fields(page: str) -> dict[str, Any]:
    """What a browser would post of the form, unchanged."""
    found: dict[str, Any] = {}
    form = page[page.index('id="section"') :]
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (not re.search('type="(radio|checkbox)"', tag) or " checked" in tag):
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        found[name] = re.findall(r'value="([^"]*)" selected', inner)
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = text
    return found


def section(number: int, name: str) -> dict[str, Any]:
    found: dict[str, Any] = PolicyVersion.objects.get(number=number).sections[name]
    return found


@pytest.mark.parametrize("name", sorted(policy.registered()))
def test_every_section_has_a_form_that_saved_unchanged_changes_nothing(
    mei: Client, draft: PolicyVersion, name: str
) -> None:
    page = mei.get(f"/rules/2/{name}").content.decode()
    answer = mei.post(f"/rules/2/{name}", {**fields(page), "do": "save"})
    assert answer.status_code == 303, re.findall(r'class="problems".*?</div>', answer.content.decode(), re.S)
    assert section(2, name) == draft.sections[name]
    assert PolicyVersion.objects.get(number=2).edits == 0


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("qualify", "factors.2"),
        ("qualify", "approved_lines.0"),
        ("questions", "questions.3"),
        ("questions", "sets.0"),
        ("fees", "services.0"),
        ("fees", "visits.4"),
    ],
)
def test_an_entry_on_a_page_of_its_own_saved_unchanged_changes_nothing(
    mei: Client, draft: PolicyVersion, name: str, at: str
) -> None:
    page = mei.get(f"/rules/2/{name}?at={at}").content.decode()
    answer = mei.post(f"/rules/2/{name}", {**fields(page), "do": "save"})
    assert answer.status_code == 303, re.findall(r'class="problems".*?</div>', answer.content.decode(), re.S)
    assert section(2, name) == draft.sections[name]


def test_a_number_is_changed_and_said_in_words(mei: Client, draft: PolicyVersion) -> None:
    mei.post("/rules/2/qualify", {"factors.0.bands.0.points": "31", "do": "save", "edits": "0"})
    assert section(2, "qualify")["factors"][0]["bands"][0]["points"] == 31
    page = mei.get("/rules/2").content.decode()
    assert "Factors, “Service”, bands" in page
    assert 'data-label="Was">is Yes: 25 points, “A therapy we offer”<' in page
    assert "<b>is Yes: 31 points, “A therapy we offer”</b>" in page
    page = mei.get("/rules/2/qualify").content.decode()
    assert re.search(r'class="num was">25<', page)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("qualify", {"low": "80", "high": "60"}, "low threshold 80 is not below the high threshold 60"),
        ("qualify", {"low": "eighty"}, "whole number"),
        ("qualify", {"factors.0.fact": "payer_kind", "at": "factors.0"}, "protected"),
        ("qualify", {"factors.1.fact": "language", "at": "factors.1"}, "protected"),
        ("qualify", {"factors.4.fact": "site", "at": "factors.4"}, "'site' is a word, so it cannot be at least 4"),
        ("qualify", {"factors.0.fact": "miles", "at": "factors.0"}, "'miles' is a number, so it is never True"),
        ("routing", {"routes.0.languages": "klingon"}, "klingon: no language that a lead may carry"),
        ("qualify", {"factors.0.slug": "no spaces", "at": "factors.0"}, "must be a short name of small letters"),
        ("qualify", {"factors.1.fact": "shoe_size", "at": "factors.1"}, "no known fact"),
        ("routing", {"routes.0.queue": "moon_base"}, "there is no queue"),
        ("routing", {"standard_minutes": "0"}, "greater than 0"),
        ("switches", {"receipt": "sometimes"}, "must be"),
        ("tries", {"standard.close_day": "1"}, "close_day"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(
    mei: Client, draft: PolicyVersion, name: str, typed: dict[str, str], said: str
) -> None:
    answer = mei.post(f"/rules/2/{name}", {**typed, "do": "save", "edits": "0"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said.lower() in page.replace("&#x27;", "'").lower(), re.findall(r'class="problems".*?</div>', page, re.S)
    assert section(2, name) == draft.sections[name]
    value = next(iter(typed.values()))
    assert value in page


def test_a_fee_is_dollars_and_cents_and_no_cash_price_is_above_its_charge(mei: Client, draft: PolicyVersion) -> None:
    shown = fields(mei.get("/rules/2/fees?at=services.0").content.decode())
    saved = mei.post("/rules/2/fees", {**shown, "services.0.cash": "150.5", "do": "save"})
    assert saved.status_code == 303 and float(section(2, "fees")["services"][0]["cash"]) == 150.5
    shown = fields(mei.get("/rules/2/fees?at=services.0").content.decode())
    for typed, said in (("999", "above the charge"), ("1.005", "dollars and cents"), ("a lot", "12.50")):
        refused = mei.post("/rules/2/fees", {**shown, "services.0.cash": typed, "do": "save"})
        assert refused.status_code == 422 and said in refused.content.decode(), typed
    empty = mei.post("/rules/2/fees", {**shown, "services.0.cash": "", "do": "save"})
    assert empty.status_code == 303 and section(2, "fees")["services"][0]["cash"] is None


def test_an_entry_is_added_filled_moved_and_taken_out(mei: Client, draft: PolicyVersion) -> None:
    before = len(draft.sections["routing"]["routes"])
    shown = mei.get("/rules/2/routing").content.decode()
    added = mei.post("/rules/2/routing", {**fields(shown), "do": "add:routes"}).content.decode()
    assert "Not saved yet" in added and section(2, "routing") == draft.sections["routing"]
    filled = {
        **fields(added),
        f"routes.{before}.queue": "partners",
        f"routes.{before}.lead_kinds": ["patient"],
    }
    moved = mei.post("/rules/2/routing", {**filled, "do": f"up:routes.{before}"}).content.decode()
    assert mei.post("/rules/2/routing", {**fields(moved), "do": "save"}).status_code == 303
    routes = section(2, "routing")["routes"]
    assert len(routes) == before + 1 and routes[before - 1]["lead_kinds"] == ["patient"]
    shown = mei.get("/rules/2/routing").content.decode()
    out = mei.post("/rules/2/routing", {**fields(shown), "do": f"drop:routes.{before - 1}"}).content.decode()
    assert mei.post("/rules/2/routing", {**fields(out), "do": "save"}).status_code == 303
    assert section(2, "routing") == draft.sections["routing"]


def test_two_who_edit_at_once_the_second_is_told_and_keeps_what_they_typed(
    mei: Client, signed_in: SignIn, draft: PolicyVersion
) -> None:
    assert (
        signed_in("ruth")
        .post("/rules/2/routing", {"standard_minutes": "150", "do": "save", "edits": "0"})
        .status_code
        == 303
    )
    answer = mei.post("/rules/2/routing", {"urgent_minutes": "25", "do": "save", "edits": "0"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ruth Adler" in page and 'value="25"' in page and 'name="edits" value="1"' in page
    assert section(2, "routing")["urgent_minutes"] == draft.sections["routing"]["urgent_minutes"]
    assert (
        mei.post("/rules/2/routing", {"urgent_minutes": "25", "do": "save", "edits": "1"}).status_code == 303
    )
    assert section(2, "routing")["standard_minutes"] == 150


def test_of_two_who_edit_a_whole_page_only_what_differs_is_listed(
    mei: Client, signed_in: SignIn, draft: PolicyVersion
) -> None:
    opened = fields(mei.get("/rules/2/qualify").content.decode())
    ruth = signed_in("ruth")
    theirs = {**opened, "factors.0.bands.0.points": "23", "do": "save"}
    assert ruth.post("/rules/2/qualify", theirs).status_code == 303
    page = mei.post("/rules/2/qualify", {**opened, "high": "81", "do": "save"}).content.decode()
    listed = re.findall(r"<li>(.*?: stored .*?, you .*?)</li>", page)
    assert [re.findall(r"(?:stored|you|Yes:) (\d+)", line) for line in listed] == [["23", "25"], ["70", "81"]]


def test_a_second_person_signs_and_one_click_returns(
    mei: Client, signed_in: SignIn, draft: PolicyVersion
) -> None:
    mei.post("/rules/2/routing", {"standard_minutes": "150", "do": "save", "edits": "0"})
    assert mei.post("/rules/2/do/sign", {"edits": "1"}).status_code == 404
    early = signed_in("ruth").post("/rules/2/do/sign", {"edits": "1"})
    assert early.status_code == 409 and "still being written" in early.content.decode()
    assert mei.post("/rules/2/do/ready", {"edits": "1"}).status_code == 303
    stale = signed_in("ruth").post("/rules/2/do/sign", {"edits": "0"})
    assert stale.status_code == 409 and "changed after you opened it" in stale.content.decode()
    assert signed_in("ruth").post("/rules/2/do/sign", {"edits": "1"}).status_code == 303
    assert PolicyVersion.objects.get(status="live").number == 2
    assert mei.post("/rules/1/do/return").status_code == 303
    assert PolicyVersion.objects.get(number=3).sections == PolicyVersion.objects.get(number=1).sections
    assert {"rules_drafted", "rules_changed", "rules_sign", "rules_return"} <= set(
        AuditRow.objects.filter(subject_kind="rules").values_list("verb", flat=True)
    )


def test_who_may_sign_is_given_a_task_until_the_draft_is_signed_changed_or_taken_back(
    mei: Client, signed_in: SignIn, draft: PolicyVersion
) -> None:
    ruth = signed_in("ruth")
    asked = Task.objects.filter(about_kind="rules", status="open")
    mei.post("/rules/2/routing", {"standard_minutes": "150", "do": "save", "edits": "0"})
    assert not asked.exists() and "Still being written." in ruth.get("/rules/2").content.decode()
    unseen = mei.post("/rules/2/do/ready")
    assert unseen.status_code == 409 and "which state of the draft you saw" in unseen.content.decode()
    mei.post("/rules/2/do/ready", {"edits": "1"})
    assert [task.owner_user.name for task in asked.all() if task.owner_user] == ["Ruth Adler"]
    today = ruth.get("/today").content.decode()
    assert "Rules, draft 2" in today and "Ready to sign, says Mei Tanaka: Trying something" in today
    assert 'href="/rules/2"' in today and "Rules, draft 2" not in mei.get("/today").content.decode()
    mei.post("/rules/2/do/write_on")
    assert not asked.exists()
    mei.post("/rules/2/do/ready", {"edits": "1"})
    assert asked.count() == 1
    mei.post("/rules/2/routing", {"standard_minutes": "160", "do": "save", "edits": "1"})
    assert not asked.exists()
    mei.post("/rules/2/do/ready", {"edits": "2"})
    assert ruth.post("/rules/2/do/sign").status_code == 409
    assert ruth.post("/rules/2/do/sign", {"edits": "2"}).status_code == 303
    assert not asked.exists()


def test_a_draft_page_says_who_wrote_it_and_who_may_sign(
    mei: Client, signed_in: SignIn, draft: PolicyVersion
) -> None:
    mei.post("/rules/2/routing", {"standard_minutes": "150", "do": "save", "edits": "0"})
    page = mei.get("/rules/2").content.decode()
    assert "Written by Mei Tanaka. Ruth Adler may sign" in page and "Ready to sign</button>" in page
    ruth = signed_in("ruth")
    ruth.post("/rules/2/routing", {"urgent_minutes": "20", "do": "save", "edits": "1"})
    mei.post("/rules/2/do/ready", {"edits": "2"})
    page = ruth.get("/rules/2").content.decode()
    assert "Written by Mei Tanaka and Ruth Adler" in page and "Sign and make live" not in page
    assert "Everybody who may sign rules (Ruth Adler) wrote part of this draft" in page
    assert "Ruth Adler may sign from " in page and "has a task for it" not in page
    assert not re.search(r"\d\d\d\d-\d\d-\d\dT", page)


def test_a_draft_begun_twice_from_one_form_is_one_until_somebody_changed_it(mei: Client, signed_in: SignIn) -> None:
    pressed = [mei.post("/rules/begin", {"note": "Longer clocks"})["Location"] for _ in range(2)]
    assert pressed == ["/rules/2", "/rules/2"] and PolicyVersion.objects.filter(status="draft").count() == 1
    assert signed_in("ruth").post("/rules/begin", {"note": "Longer clocks"})["Location"] == "/rules/3"
    assert mei.post("/rules/begin", {"note": "Another matter"})["Location"] == "/rules/4"
    mei.post("/rules/2/routing", {"standard_minutes": "150", "do": "save", "edits": "0"})
    assert mei.post("/rules/begin", {"note": "Longer clocks"})["Location"] == "/rules/5"


def test_the_preview_counts_names_leads_and_writes_nothing(
    mei: Client, arrive: Arrive, draft: PolicyVersion
) -> None:
    lead = arrive()
    decisions = DecisionRow.objects.count()
    mei.post("/rules/2/routing", {"high_intent_minutes": "10", "standard_minutes": "10", "do": "save", "edits": "0"})
    page = mei.get("/rules/2/preview").content.decode()
    assert f"L-{lead.number}" in page and "1 of 1 lead would stand otherwise" in page
    assert "no group of 11 or more" in page
    assert DecisionRow.objects.count() == decisions


def test_the_preview_says_how_many_more_there_are_than_it_names(
    mei: Client, arrive: Arrive, draft: PolicyVersion
) -> None:
    for _ in range(8):
        arrive()
    mei.post("/rules/2/routing", {"high_intent_minutes": "10", "standard_minutes": "10", "do": "save", "edits": "0"})
    page = mei.get("/rules/2/preview").content.decode()
    said = re.sub(r"<[^>]+>", "", page[page.index("Leads to look at") :])[:600]
    assert "Due sooner:" in said and "and 1 more" in said, "of eight requests seven leads"


def test_the_preview_links_only_leads_that_one_may_open(
    mei: Client, arrive: Arrive, account: Callable[[str], User], draft: PolicyVersion
) -> None:
    lead = arrive()
    mei.post("/rules/2/routing", {"high_intent_minutes": "10", "standard_minutes": "10", "do": "save", "edits": "0"})
    account("mei").sites.set(account("reggie").sites.all())
    page = mei.get("/rules/2/preview").content.decode()
    assert f"L-{lead.number}" not in page and "none that you may open" in page


@pytest.mark.parametrize(
    "path", ["/rules/9", "/rules/2/nothing", "/rules/2/qualify?at=factors.99", "/rules/2/qualify?at=x.y"]
)
def test_what_is_not_there_is_not_found(mei: Client, draft: PolicyVersion, path: str) -> None:
    assert mei.get(path).status_code == 404


def test_who_may_not_edit_reads_and_changes_nothing(signed_in: SignIn, draft: PolicyVersion) -> None:
    dana = signed_in("dana")
    page = dana.get("/rules/2/routing")
    assert page.status_code == 200 and b"Save in the draft" not in page.content
    assert dana.post("/rules/2/routing", {"standard_minutes": "150", "do": "save"}).status_code == 404
    assert dana.get("/rules/2/preview").status_code == 404
    assert dana.post("/rules/begin").status_code == 404


def test_live_rules_are_read_and_not_edited(mei: Client) -> None:
    assert b"Save in the draft" not in mei.get("/rules/1/routing").content
    assert mei.post("/rules/1/routing", {"standard_minutes": "150", "do": "save"}).status_code == 404


def test_pages_ask_a_constant_number_of_questions(mei: Client, arrive: Arrive, draft: PolicyVersion) -> None:
    arrive()
    few = {path: questions(mei, path) for path in ("/rules", "/rules/2", "/rules/2/preview")}
    for number in range(5):
        arrive()
        mei.post("/rules/begin", {"note": f"Draft {number}"})
    assert {path: questions(mei, path) for path in few} == few


@pytest.mark.parametrize(("value", "live", "shown"), [(True, True, ""), (False, False, ""), (True, False, "no")])
def test_a_yes_or_no_says_what_is_live_only_where_it_differs(value: bool, live: bool, shown: str) -> None:
    [ask, *_] = tree.section(SecondOpinion, {"ask": value}, {"ask": live}, {}, {})
    assert (ask.path, ask.was) == ("ask", shown)


def test_what_is_wrong_names_the_factor_it_stands_in(mei: Client, draft: PolicyVersion) -> None:
    page = mei.get("/rules/2/qualify").content.decode()
    typed = {"factors.0.bands.0.points": "-3", "factors.1.bands.0.test": "known", "do": "save"}
    answer = mei.post("/rules/2/qualify", {**fields(page), **typed})
    label = [factor["label"] for factor in section(2, "qualify")["factors"]]
    listed = " ".join(re.findall(r'<a href="#f-[^<]*</a>', answer.content.decode()))
    assert answer.status_code == 422
    for name in label[:2]:
        assert f"Factors, {name}" in listed, listed
