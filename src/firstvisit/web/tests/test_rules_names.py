"""Every name in a rule is one that exists, chosen on screen and refused by name wherever else it comes from; and every
field of every section says in words what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin

import pytest
from django.test import Client
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice import names, policy, queries, services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.practice.queries import practice
from firstvisit.web.staff.rules.choosing import choices
from firstvisit.web.staff.rules.versions import SECTIONS
from firstvisit.web.tests.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei(signed_in: SignIn) -> Client:
    return signed_in("mei")


@pytest.fixture
def draft(mei: Client) -> PolicyVersion:
    assert mei.post("/rules/begin", {"note": "Trying something"}).status_code == 303
    return PolicyVersion.objects.get(number=2)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def fields_of(model: type[BaseModel], where: str) -> Iterator[tuple[str, FieldInfo]]:
    """Every field of a section at any depth."""
    for name, info in model.model_fields.items():
        yield f"{where}.{name}", info
        for inner in models(info.annotation):
            yield from fields_of(inner, f"{where}.{name}")


FIELDS = [one for name, model in policy.registered().items() for one in fields_of(model, name)]


def leaf(annotation: Any) -> Any:
    """What a field or the entries of its list are made of."""
    while get_args(annotation) and get_origin(annotation) is not Literal:
        annotation = get_args(annotation)[0]
    return annotation


def test_every_section_and_every_field_of_it_says_in_words_what_it_is() -> None:
    assert set(SECTIONS) == set(policy.registered())
    assert [where for where, info in FIELDS if not info.title or not info.description] == []


def test_every_list_of_names_is_closed_or_says_where_its_names_come_from() -> None:
    """Whatever is no text of the practice's own and no short name of an entry is chosen."""
    own = {"slug", "code", "value", "record"}
    open_lists = [
        where
        for where, info in FIELDS
        if leaf(info.annotation) is str
        and get_origin(info.annotation) is not dict
        and not names.source(info)
        and where.rpartition(".")[2] not in own
        and not any(getattr(one, "max_length", None) for one in info.metadata)
    ]
    assert open_lists == []


def test_whatever_kind_of_names_a_field_takes_is_offered() -> None:
    offered = set(choices(practice())) | {"answers"}
    assert {names.source(info) for _, info in FIELDS if names.source(info)} <= offered


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("qualify", {"ready_timings": "banana"}, "banana"),
        ("qualify", {"same_day_timings.-": "", "same_day_timings": ["asap", "soonish"]}, "soonish"),
        ("qualify", {"nurture_timings": "banana"}, "'two_weeks'"),
        ("qualify", {"nurture_sources": "hearsay"}, "'word_of_mouth'"),
        ("qualify", {"factors.0.applies_to": "aunt", "at": "factors.0"}, "no kind of lead 'aunt'; there are caregiver"),
        ("qualify", {"age_clocks.0.programs": "knitting"}, "no program 'knitting'; there are"),
        ("qualify", {"next_steps.0.code": "weather"}, "no reason 'weather'; there are"),
        ("questions", {"questions.3.record": "patient.shoe", "at": "questions.3"}, "no field 'patient.shoe'"),
        ("routing", {"routes.0.outcomes": "maybe"}, "no outcome 'maybe'; there are book_now"),
        ("routing", {"routes.0.lead_kinds": "aunt"}, "'caregiver'"),
        ("routing", {"routes.0.site": "atlantis"}, "no site 'atlantis'; there are madison, marquette"),
        ("routing", {"routes.0.programs": "knitting"}, "no program 'knitting'"),
        ("routing", {"routes.0.payers": "bank"}, "no payer 'bank'"),
        ("routing", {"fallback_queue": "nobody"}, "no queue 'nobody'; there are clinical_review"),
        ("routing", {"escalation_queue": "nobody"}, "no queue 'nobody'"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_those_that_do(
    mei: Client, draft: PolicyVersion, name: str, typed: dict[str, Any], said: str
) -> None:
    answer = mei.post(f"/rules/2/{name}", {**typed, "do": "save", "edits": "0"})
    page = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert said.lower() in page.lower(), re.findall(r'class="problems".*?</div>', page, re.S)
    assert PolicyVersion.objects.get(number=2).edits == 0


def hard_rule(fact: str, value: Any) -> dict[str, Any]:
    rule = {"code": "no", "text": "Not here", "when": [{"fact": fact, "test": "is", "value": value}]}
    return {"qualify": {**queries.live_policy().as_json()["qualify"], "hard_rules": [rule]}}


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        (lambda: {"qualify": {"ready_timings": ["banana"]}}, "rules, qualify, ready_timings 1: must be 'asap'"),
        (lambda: {"qualify": {"nurture_sources": ["hearsay"]}}, "rules, qualify, nurture_sources 1: must be"),
        (lambda: {"routing": {"routes": [{"queue": "nowhere"}]}}, "routes 1, queue: there is no queue 'nowhere'"),
        (lambda: {"routing": {"fallback_queue": "nobody"}}, "fallback_queue: there is no queue 'nobody'"),
        (lambda: hard_rule("payer", "bank"), "hard_rules 1, when 1, value: 'bank' is no answer; there are"),
        (lambda: hard_rule("cause", "weather"), "'weather' is no answer; there are auto, none"),
        (lambda: hard_rule("icd_categories", "Q99X"), "'Q99X' is no category of ICD-10-CM"),
        (lambda: hard_rule("payer_kind", "medicaid"), "reads 'payer_kind', a protected trait or its proxy"),
        (lambda: hard_rule("shoe_size", 9), "'shoe_size', which is no known fact; there are"),
    ],
)
def test_files_that_name_what_does_not_exist_are_refused_whole(
    account: Callable[[str], User], sections: Callable[[], dict[str, Any]], said: str
) -> None:
    files = read_folder(SAMPLE)
    with pytest.raises(ConfigurationError) as refused:
        services.load(replace(files, rules={**files.rules, **sections()}), by="test")
    assert said in str(refused.value)
    assert not PolicyVersion.objects.filter(status="draft").exists()


def test_files_with_a_route_to_a_queue_that_nobody_is_in_are_taken_with_a_word(account: Callable[[str], User]) -> None:
    account("reggie").queues.clear()
    files = read_folder(SAMPLE)
    routes = [{"lead_kinds": ["patient"], "queue": "front_desk_marquette"}]
    staff = tuple(one.model_copy(update={"queues": ()}) if one.name == "Reggie Soto" else one for one in files.staff)
    loaded = services.load(replace(files, rules={"routing": {"routes": routes}}, staff=staff), by="test")
    assert loaded.draft == 2
    assert [one for one in loaded.looks if "routes 1, queue: nobody is in the queue Front desk Marquette" in one]


def test_a_draft_page_warns_of_a_queue_that_nobody_is_in_and_of_red_flags_without_a_clinician(
    mei: Client, account: Callable[[str], User], draft: PolicyVersion
) -> None:
    account("reggie").queues.clear()
    routes = [
        {"outcomes": ["clinician_review"], "queue": "partners"},
        {"lead_kinds": ["patient"], "queue": "front_desk_marquette"},
    ]
    draft.sections["routing"] |= {"routes": routes, "fallback_queue": "front_desk_marquette"}
    draft.save()
    page = mei.get("/rules/2").content.decode()
    assert "Look at this before it is signed" in page
    assert "routes 1, to the queue: nobody in the queue Partners may judge a red flag" in page
    assert "routes 2, to the queue: nobody is in the queue Front desk Marquette" in page
    assert "where no route and no front desk fits: nobody is in the queue Front desk Marquette" in page


def test_a_draft_page_warns_of_red_flags_that_fall_where_nobody_may_judge_them(
    mei: Client, draft: PolicyVersion
) -> None:
    flags = {"outcomes": ["clinician_review"], "queue": "clinical_review"}
    desk = "a red flag of {} that none takes goes to the queue Front desk {}, where nobody may judge it"
    madison = desk.format("Cedar Street Therapy Madison", "Madison")
    marquette = desk.format("Cedar Street Therapy Marquette", "Marquette")

    def warned(*routes: dict[str, object]) -> str:
        draft.sections["routing"] |= {"routes": [{"lead_kinds": ["organization"], "queue": "partners"}, *routes]}
        draft.save()
        return mei.get("/rules/2").content.decode()

    assert "may judge" not in warned(flags)
    assert "may judge" not in warned({**flags, "urgent": True})
    assert "may judge" not in warned({**flags, "site": "madison"}, {**flags, "site": "marquette"})
    page = warned({**flags, "site": "marquette"})
    assert madison in page and marquette not in page
    page = warned({**flags, "languages": ["Spanish"]})
    assert madison in page and marquette in page
    page = warned({"payers": ["badgercare_plus"], "queue": "front_desk_madison"}, flags)
    assert "routes 2, to the queue: nobody in the queue Front desk Madison may judge a red flag" in page


def test_a_draft_page_warns_of_clocks_of_which_the_more_pressing_is_slower(mei: Client, draft: PolicyVersion) -> None:
    assert "slower than" not in mei.get("/rules/2").content.decode()
    form = {"urgent_minutes": "600", "review_minutes": "130", "do": "save", "edits": "0"}
    assert mei.post("/rules/2/routing", form).status_code == 303
    page = mei.get("/rules/2").content.decode()
    assert "urgent, minutes: 600 minutes are slower than 30 for high intent" in page
    assert "red flag, minutes: 130 minutes are slower than 120 for standard and partners" in page
    assert page.count("slower than") == 2


def test_a_draft_page_warns_of_a_queue_whose_people_do_not_see_the_leads(
    mei: Client, account: Callable[[str], User], draft: PolicyVersion
) -> None:
    reggie = account("reggie")
    assert [site.slug for site in reggie.sites.all()] == ["marquette"]
    draft.sections["routing"] |= {"routes": [{"lead_kinds": ["patient"], "queue": "front_desk_marquette"}]}
    draft.save()
    page = mei.get("/rules/2").content.decode()
    assert "nobody in the queue Front desk Marquette sees leads of Cedar Street Therapy Madison" in page
    assert "where no route and no front desk fits" not in page, "both sites have a front desk of their own"


def test_the_answers_of_a_fact_are_chosen_and_follow_the_fact(mei: Client, draft: PolicyVersion) -> None:
    page = mei.get("/rules/2/qualify?at=factors.0").content.decode()
    assert re.search(r'name="factors.0.bands.0.value" value="yes" checked', page)
    said = {"code": "far", "text": "Too far", "when.-n": "1"}
    rule = {"at": "hard_rules.0", **{f"hard_rules.0.{name}": value for name, value in said.items()}}
    first = {"hard_rules.0.when.0.fact": "setting", "hard_rules.0.when.0.test": "in"}
    page = mei.post("/rules/2/qualify", {**rule, **first, "do": "look:hard_rules.0.when.0.fact"}).content.decode()
    assert "Not saved yet" in page and "Too far" in page
    chosen = {"hard_rules.0.when.0.value.-": "", "hard_rules.0.when.0.value": ["home", "school"]}
    moon = {**chosen, "hard_rules.0.when.0.value": ["moon"]}
    wrong = mei.post("/rules/2/qualify", {**rule, **first, **moon, "do": "save"})
    assert wrong.status_code == 422
    assert "&#x27;moon&#x27; is no answer; there are clinic, home, school, telehealth" in wrong.content.decode()
    assert mei.post("/rules/2/qualify", {**rule, **first, **chosen, "do": "save"}).status_code == 303
    kept = PolicyVersion.objects.get(number=2).sections["qualify"]["hard_rules"][0]
    assert kept["when"] == [{"fact": "setting", "test": "in", "value": ["home", "school"]}]
    page = mei.get("/rules/2/qualify?at=hard_rules.0").content.decode()
    assert re.search(r'type="checkbox"[^>]*value="school" checked', page)


def test_a_hard_rule_is_not_offered_what_nobody_may_be_excluded_by(mei: Client, draft: PolicyVersion) -> None:
    page = mei.post(
        "/rules/2/qualify", {"at": "hard_rules.0", "do": "add:hard_rules.0.when"}
    ).content.decode()
    offered = re.search(r'<select[^>]*name="hard_rules.0.when.0.fact".*?</select>', page, re.S)
    assert offered is not None
    values = set(re.findall(r'value="([^"]*)"', offered[0]))
    assert {"payer", "cause", "home_health"} <= values
    assert not values & {"payer_kind", "language", "sex", "interpreter", "age_months", "red_flags"}


def test_fields_a_model_may_be_asked_for_are_called_as_the_inbox_calls_them(mei: Client, draft: PolicyVersion) -> None:
    page = mei.get("/rules/2/second_opinion").content.decode()
    assert "member number" in page
    assert "diagnosis in words" in page
    assert not re.search(r">[^<]*\.0\.[^<]*<", page)


def test_several_names_that_are_ticked_are_all_kept(mei: Client, draft: PolicyVersion) -> None:
    typed = {"routes.1.lead_kinds.-": "", "routes.1.lead_kinds": ["organization", "patient", "caregiver"]}
    assert mei.post("/rules/2/routing", {**typed, "do": "save", "edits": "0"}).status_code == 303
    kept = PolicyVersion.objects.get(number=2).sections["routing"]["routes"][1]["lead_kinds"]
    assert kept == ["organization", "patient", "caregiver"]


def test_the_questions_of_a_set_are_chosen_one_by_one_and_moved(mei: Client, draft: PolicyVersion) -> None:
    before = draft.sections["questions"]["sets"][0]["questions"]
    page = mei.get("/rules/2/questions?at=sets.0").content.decode()
    assert re.search(rf'<select[^>]*name="sets.0.questions.0".*?value="{before[0]}" selected', page, re.S)
    move = {"at": "sets.0", "sets.0.questions.-n": str(len(before)), "do": "up:sets.0.questions.1", "whole": "1"}
    mei.post("/rules/2/questions", {**move, "edits": "0"})
    after = PolicyVersion.objects.get(number=2).sections["questions"]["sets"][0]["questions"]
    assert after[:2] == [before[1], before[0]] and after[2:] == before[2:]
