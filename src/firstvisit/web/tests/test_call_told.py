"""What is told on a call, or at the window, stands on its lead: who pays, in which order, and who ordered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from firstvisit.journey.lead_file import lead_file
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.referral.record import Referral
from firstvisit.web.tests.conftest import Arrive, SignIn

pytestmark = pytest.mark.django_db

HERSELF = {
    "caller": "Abigail Quist",
    "phone": "6085550163",
    "who": "self",
    "first_name": "Abigail",
    "last_name": "Quist",
    "birth_date": "02/08/1950",
    "concern": "The knee hurts on stairs",
    "therapy": "PT",
    "returning": "no",
    "red_flags_asked": "none",
}


def say(browser: Client, card: str, **said: str) -> None:
    assert browser.post(f"{card}/answer", said).status_code == 303


def end(browser: Client, card: str) -> str:
    """The lead's page once the call has ended."""
    answer = browser.post(f"{card}/end", {"result": "reached_answered"})
    assert answer.status_code == 303, answer.content
    return browser.get(answer["Location"]).content.decode()


def told(account: Callable[[str], User]) -> Referral:
    """What the one lead says."""
    return lead_file(Lead.objects.get(), now=clock.now(), narrative=True, user=account("dana")).referral


def plans(referral: Referral) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(p.kind, p.name, p.member_id, p.claim_number) for p in referral.payers or ()]


def test_a_second_plan_stands_behind_the_first(
    dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, **HERSELF, payer="Medicare", member_id="X1", pays="card")
    say(dana, call, **{"q.second_payer": "AARP Supplement 12"})
    page = end(dana, call)
    assert page.index("Medicare") < page.index("AARP Supplement 12")
    assert plans(told(account)) == [(None, "Medicare", "X1", None), (None, "AARP Supplement 12", None, None)]


def test_a_second_plan_stays_the_second_where_the_first_is_told_later_or_was_before(
    dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, **HERSELF, **{"q.second_payer": "AARP Supplement 12"})
    end(dana, call)
    assert plans(told(account)) == [("unknown", None, None, None), (None, "AARP Supplement 12", None, None)]
    again = dana.post("/call/start", {"lead": f"L-{Lead.objects.get().number}"})["Location"]
    say(dana, again, payer="Medicare Part B", member_id="X1", pays="card")
    end(dana, again)
    assert [name for _, name, *_ in plans(told(account))] == ["Medicare Part B", "AARP Supplement 12"]
    third = dana.post("/call/start", {"lead": f"L-{Lead.objects.get().number}"})["Location"]
    say(dana, third, **{"q.second_payer": "AARP Supplement 13"})
    end(dana, third)
    assert plans(told(account))[0][1] == "Medicare Part B"


def test_that_there_is_no_second_plan_is_no_plans_name(
    dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, **HERSELF, payer="Medicare", pays="card", **{"q.second_payer": "No"})
    assert "second payer: No" in end(dana, call)
    assert [name for _, name, *_ in plans(told(account))] == ["Medicare"]


def test_an_accident_has_a_payer_of_its_own_and_stays_one_when_the_card_is_read(
    dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, **{**HERSELF, "birth_date": "02/08/1980"})
    say(
        dana,
        call,
        injury="work",
        claim="CLM-88",
        carrier="Badger Mutual",
        adjuster="Ana Holt",
        adjuster_phone="6085550199",
    )
    assert "Yes, after the payer authorizes the evaluation" in dana.get(call).content.decode()
    say(dana, call, payer="Northfield Health", member_id="NH1", pays="card")
    assert "Yes, after the payer authorizes the evaluation" in dana.get(call).content.decode()
    page = end(dana, call)
    assert "Ana Holt" in page and page.index("CLM-88") < page.index("Northfield Health")
    assert plans(told(account)) == [
        ("workers_comp", "Badger Mutual", None, "CLM-88"),
        (None, "Northfield Health", "NH1", None),
    ]
    assert Lead.objects.get().outcome == "need_auth_first"


def test_an_accident_told_later_goes_before_the_plan_that_the_lead_has_and_takes_nothing_from_it(
    dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, **HERSELF, payer="Northfield Health", member_id="NH1", pays="card")
    end(dana, call)
    again = dana.post("/call/start", {"lead": f"L-{Lead.objects.get().number}"})["Location"]
    say(dana, again, injury="auto", claim="CLM-77")
    say(dana, again, **{"q.subscriber": "Tom Quist"})
    end(dana, again)
    first, second = told(account).payers or ()
    assert (first.kind, first.claim_number, first.subscriber_name) == ("auto", "CLM-77", None)
    assert (second.name, second.member_id, second.claim_number) == ("Northfield Health", "NH1", None)
    assert second.subscriber_name == "Tom Quist"


def test_who_wrote_the_order_and_who_calls_for_an_office_are_two_people(
    dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, caller="Bea Quist", phone="6085550164", who="office")
    assert "Which office or organization are you calling from?" in dana.get(call).content.decode()
    say(
        dana, call, office="Lakeside Orthopedics", first_name="Abel", last_name="Nyk", birth_date="02/08/1980"
    )
    say(dana, call, referrer_name="Dr. Ansel Roth", referrer_office="Mendota Joint", order="unsigned")
    page = end(dana, call)
    for words in ("Bea Quist", "Lakeside Orthopedics", "Ordered by", "Ansel Roth, Mendota Joint"):
        assert words in page, words
    referral = told(account)
    assert (referral.referrer.name, referral.referrer.organization) == ("Bea Quist", "Lakeside Orthopedics")
    assert referral.ordering.organization == "Mendota Joint"


def test_medicare_as_the_card_calls_it_is_asked_for_home_health(dana: Client, call: str) -> None:
    for plan in ("Medicare", "Medicare Part B"):
        say(dana, call, **HERSELF, payer=plan, pays="card")
        assert "Is a home health nurse or therapist coming" in dana.get(call).content.decode(), plan
    say(dana, call, payer="Northfield Health")
    assert "Is a home health nurse or therapist coming" not in dana.get(call).content.decode()


def test_an_organization_is_asked_its_name_and_is_called_by_it(
    dana: Client, call: str, signed_in: SignIn
) -> None:
    say(dana, call, caller="Lou Bauer", phone="6085550165", who="organization")
    page = dana.get(call).content.decode()
    assert 'id="ask">“Which office or organization are you calling from?”' in page
    say(dana, call, office="Prairie School District")
    assert "<h1>Prairie School District" in dana.get(call).content.decode()
    assert "<h1>Prairie School District" in end(dana, call)
    assert "Prairie School District" in signed_in("imani").get("/today").content.decode()


def test_the_name_of_an_organization_can_be_told_later(dana: Client, call: str) -> None:
    say(dana, call, caller="Lou Bauer", phone="6085550165", who="organization")
    end(dana, call)
    again = dana.post("/call/start", {"lead": f"L-{Lead.objects.get().number}"})["Location"]
    say(dana, again, office="Prairie School District")
    assert "<h1>Prairie School District" in end(dana, again)


def test_an_organization_is_added_by_hand(signed_in: SignIn) -> None:
    said = {"how": "phone", "who": "organization", "office": "Prairie School District", "phone": "6085550165"}
    answer = signed_in("dana").post("/add", {**said, "concern": "Two therapists", "token": "o1"}, follow=True)
    assert "<h1>Prairie School District" in answer.content.decode()
    assert Lead.objects.get().kind == "organization"


@pytest.mark.parametrize("how", ["window", "phone"])
def test_what_is_taken_at_a_site_stays_there_while_no_home_is_known(signed_in: SignIn, how: str) -> None:
    said = {"how": how, "caller": "Ada Walkin", "phone": "9065550104", "who": "self", "concern": "shoulder"}
    browser = signed_in("reggie")  # works at Marquette alone
    answer = browser.post("/add", {**said, "token": "w1"})
    lead = Lead.objects.get()
    assert (lead.site, answer.status_code) == ("marquette", 303)
    card = browser.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    say(browser, card, therapy="PT")
    end(browser, card)
    lead.refresh_from_db()
    assert lead.site == "marquette"
    card = browser.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    say(browser, card, zip="53703")
    browser.post(f"{card}/end", {"result": "reached_answered"})
    lead.refresh_from_db()
    assert lead.site == "madison"


def test_whoever_works_at_several_sites_says_nothing_of_where_it_belongs(signed_in: SignIn) -> None:
    said = {
        "how": "window",
        "caller": "Ada Walkin",
        "phone": "9065550104",
        "who": "self",
        "concern": "shoulder",
    }
    signed_in("ruth").post("/add", {**said, "token": "w1"})
    assert Lead.objects.get().site == "madison"


def test_whoever_has_the_typed_name_and_phone_stands_before_others_of_the_house(
    signed_in: SignIn, arrive: Arrive
) -> None:
    names = ("Abel", "Berta", "Carl", "Dora", "Emil", "Fritz", "Gerda")
    found = [
        arrive(phone="2625550109", patient_first_name=n, patient_last_name=f"{n}sen", name=f"{n} {n}sen")
        for n in names
    ]
    page = (
        signed_in("dana")
        .post("/add/save", {"phone": "2625550109", "caller": "Abel Abelsen"})
        .content.decode()
    )
    shown = [page.find(f"Open L-{lead.number}") for lead in found]
    assert shown[0] == min(at for at in shown if at >= 0)
