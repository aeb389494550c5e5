"""Possible matches: the list, two records side by side, and the buttons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.journeys.test_possible_matches import HALE, MISTYPED
from tests.people import but

from firstvisit.journey.matches import pair_list
from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditRow, Lease
from firstvisit.leads.models import Lead
from firstvisit.people.models import PossibleMatch
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Browser = Callable[[str], Client]


@pytest.fixture
def pair(arrive: Arrive, tuesday: datetime) -> PossibleMatch:
    arrive(HALE)
    arrive(MISTYPED)
    return PossibleMatch.objects.get()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_list_names_both_and_says_why(browser: Browser, pair: PossibleMatch) -> None:
    page = text(browser("dana").get("/matches"))
    assert page.count("Robert Halvorsgaard") == 2
    assert "same first name, last name, phone, address; in doubt: birth date" in page
    assert AuditRow.objects.filter(verb="viewed", subjects__contains=[pair.known_id]).count() == 1


def test_an_empty_list_says_what_comes_here(browser: Browser, tuesday: datetime) -> None:
    assert "No pair waits" in text(browser("dana").get("/matches"))


def test_every_field_stands_side_by_side_with_its_agreement(browser: Browser, pair: PossibleMatch) -> None:
    page = text(browser("dana").get(f"/matches/{pair.id}"))
    for words in ("03/14/1958", "07/02/1961", "Another birth date", "Same phone", "12 Birch Lane", "differs"):
        assert words in page
    assert "The birth dates do not agree" in page


def test_junior_is_called_so_and_what_one_side_states_is_said(
    browser: Browser, arrive: Arrive, tuesday: datetime
) -> None:
    father = arrive(but(HALE, patient__suffix="Sr."))
    son = arrive(but(HALE, patient__suffix="Jr", patient__date_of_birth=None))
    dana, pair = browser("dana"), PossibleMatch.objects.get()
    page = text(dana.get(f"/matches/{pair.id}"))
    assert "Halvorsgaard Sr" in page and "Halvorsgaard Jr" in page
    assert "stated on one side only" in page and "stated on neither side" in page and "in both" not in page
    for lead, name in ((father, "Robert Halvorsgaard Sr"), (son, "Robert Halvorsgaard Jr")):
        assert f"<h1>{name}</h1>" in text(dana.get(f"/leads/L-{lead.number}"))
    found = text(dana.post("/find", {"q": "halvorsg"}))
    assert "Robert Halvorsgaard Sr" in found and "Robert Halvorsgaard Jr" in found


def test_the_list_is_gone_through_page_by_page(
    browser: Browser, pair: PossibleMatch, staff: Callable[[str], User], arrive: Arrive
) -> None:
    body = but(HALE, patient__last_name="Skarsgaard", contact__phone="+16085550160")
    arrive(body)
    arrive(but(body, patient__date_of_birth="1971-01-09"))
    every = PossibleMatch.objects.order_by("found_at", "id")
    total = every.count()
    one = pair_list(staff("dana"), most=1)
    assert ([line.pair for line in one.waiting], one.total) == ([pair], total) and total > 1
    later = text(browser("dana").get(f"/matches?from={total - 1}"))
    assert f"/matches/{every[total - 1].id}" in later and f"/matches/{pair.id}" not in later
    assert f"{total} to {total} of {total}" in later and 'href="?from=0"' in later
    assert "No pair stands so far down" in text(browser("dana").get("/matches?from=70"))


def test_one_person_then_undone_with_a_reason(browser: Browser, pair: PossibleMatch) -> None:
    dana = browser("dana")
    assert dana.post(f"/matches/{pair.id}/same").status_code == 303
    page = text(dana.get(f"/matches/{pair.id}"))
    assert "One person, Dana" in page
    assert "is continued in" in page
    empty = dana.post(f"/matches/{pair.id}/undo", {"reason": " "})
    assert (empty.status_code, "Say why" in text(empty)) == (422, True)
    assert dana.post(f"/matches/{pair.id}/undo", {"reason": "Father and son"}).status_code == 303
    assert Lead.objects.filter(closed_at__isnull=True).count() == 2
    lead = Lead.objects.order_by("number").first()
    assert lead is not None
    timeline = text(dana.get(f"/leads/L-{lead.number}"))
    assert "Undone: one person. Parted from L-" in timeline
    assert "Father and son" in timeline
    again = text(dana.get(f"/matches/{pair.id}"))
    assert "Same person" in again and "Why no machine decides" in again
    assert not [page for page in (timeline, again, text(dana.get("/matches"))) if "two people" in page.lower()]


@pytest.mark.parametrize(
    ("newcomer", "why"),
    [
        (MISTYPED, "The birth dates do not agree."),
        (but(HALE, patient__last_name="Weiss"), "The last name does not agree."),
        (but(HALE, patient__last_name="Halvorsrud", patient__street="9 Oak Court"), "The last name does not agree."),
        (
            but(HALE, patient__date_of_birth=None, contact__phone="+16085550139"),
            "Without both birth dates it may be a namesake",
        ),
    ],
)
def test_every_pair_says_why_no_machine_decides(
    browser: Browser, arrive: Arrive, tuesday: datetime, newcomer: Any, why: str
) -> None:
    arrive(HALE)
    arrive(newcomer)
    [found] = PossibleMatch.objects.all()
    page = text(browser("dana").get(f"/matches/{found.id}"))
    assert "Why no machine decides" in page
    assert why in page


def test_several_who_fit_are_a_reason_too(browser: Browser, arrive: Arrive, tuesday: datetime) -> None:
    arrive(HALE)
    arrive(MISTYPED)
    arrive(but(HALE, patient__date_of_birth="1958-04-13", contact__phone="+16085550139"))
    shown = [text(browser("dana").get(f"/matches/{each.id}")) for each in PossibleMatch.objects.all()]
    assert len(shown) > 2 and any("does not choose among several" in page for page in shown)


def test_where_they_lived_before_does_not_speak_against_them(
    browser: Browser, arrive: Arrive, tuesday: datetime
) -> None:
    moved = but(HALE, patient__street="440 Elm Street", patient__postal_code="53704")
    assert arrive(moved) == arrive(HALE)
    arrive(but(MISTYPED, patient__street="440 Elm St", patient__postal_code="53704"))
    page = text(browser("dana").get(f"/matches/{PossibleMatch.objects.get().id}"))
    assert "12 Birch Lane, Madison, WI 53713; before: 440 Elm Street, Madison, WI 53704" in page
    assert "The address where one of them lived before" in page and "Another address" not in page


def test_a_lead_says_that_its_patient_may_be_known(browser: Browser, pair: PossibleMatch) -> None:
    lead = Lead.objects.get(patient=pair.newcomer_id)
    page = text(browser("dana").get(f"/leads/L-{lead.number}"))
    assert "This may be somebody we know already." in page
    assert f"/matches/{pair.id}" in page


def test_what_was_decided_by_somebody_faster_is_said(browser: Browser, pair: PossibleMatch) -> None:
    dana = browser("dana")
    dana.post(f"/matches/{pair.id}/different")
    late = dana.post(f"/matches/{pair.id}/same")
    assert (late.status_code, "decided already" in text(late)) == (409, True)


@pytest.mark.parametrize("name", ["auditor", "admin", "anna"])
def test_whoever_may_not_finds_nothing(browser: Browser, pair: PossibleMatch, name: str) -> None:
    assert browser(name).get(f"/matches/{pair.id}").status_code == 404
    assert browser(name).post(f"/matches/{pair.id}/same").status_code == 404
    assert AuditRow.objects.filter(verb="refused").exists()
    pair.refresh_from_db()
    assert pair.status == "open"


def test_an_unknown_verb_changes_nothing(browser: Browser, pair: PossibleMatch) -> None:
    assert browser("dana").post(f"/matches/{pair.id}/marry").status_code == 404


def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    browser: Browser, arrive: Arrive, pair: PossibleMatch
) -> None:
    dana = browser("dana")
    dana.get("/matches")
    with CaptureQueriesContext(connection) as one:
        dana.get("/matches")
    for number, name in enumerate(("Skarsgaard", "Lindqvist", "Oyelaran", "Petrossian")):
        body = but(HALE, patient__last_name=name, contact__phone=f"+1608555016{number}")
        arrive(body)
        arrive(but(body, patient__date_of_birth="1971-01-09"))
    with CaptureQueriesContext(connection) as many:
        dana.get("/matches")
    assert PossibleMatch.objects.count() > 3
    # The revision of the rules and whoever is there are asked for again by the clock, so they are no part of it.
    assert _of_people(many) == _of_people(one)


def _of_people(asked: CaptureQueriesContext) -> int:
    return sum("people_" in question["sql"] for question in asked.captured_queries)


def test_a_lead_that_a_colleague_has_open_is_not_merged_away(
    browser: Browser, pair: PossibleMatch, staff: Callable[[str], User]
) -> None:
    newer = Lead.objects.get(patient=pair.newcomer_id)
    older = Lead.objects.get(patient=pair.known_id)
    mei, dana = browser("mei"), browser("dana")
    mei.get(f"/leads/L-{newer.number}")
    assert mei.post(f"/leads/L-{newer.number}/take").status_code == 303
    mei.get(f"/leads/L-{newer.number}")
    late = dana.post(f"/matches/{pair.id}/same")
    assert late.status_code == 409 and f"is working on L-{newer.number}" in text(late)
    pair.refresh_from_db()
    assert (pair.status, Lead.objects.filter(closed_at=None).count()) == ("open", 2)
    mei.get(f"/leads/L-{older.number}")  # one lead at a time: the other is given back, and now it is this one
    assert dana.post(f"/matches/{pair.id}/same").status_code == 409
    Lease.objects.all().delete()
    assert dana.post(f"/matches/{pair.id}/same").status_code == 303
    older.refresh_from_db()
    assert older.owner_user == staff("mei"), "what she had taken stays hers"
    undone = dana.post(f"/matches/{pair.id}/undo", {"reason": "Two men"})
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (undone.status_code, older.owner_user, newer.owner_user) == (303, None, staff("mei"))


def test_what_is_done_with_a_merged_lead_is_sent_to_where_it_goes_on(
    browser: Browser, pair: PossibleMatch, staff: Callable[[str], User]
) -> None:
    newer = Lead.objects.get(patient=pair.newcomer_id)
    older = Lead.objects.get(patient=pair.known_id)
    dana, mei = browser("dana"), browser("mei")
    dana.post(f"/matches/{pair.id}/same")
    Lease.objects.all().delete()
    for verb in ("do-not-contact", "reopen"):
        late = mei.post(f"/leads/L-{newer.number}/{verb}", {"reason": "She is <b>away</b> in May"})
        said = text(late)
        assert late.status_code == 409 and f"This lead goes on in L-{older.number}" in said
        assert f'href="/leads/L-{older.number}"' in said and "She is &lt;b&gt;away&lt;/b&gt; in May" in said
    newer.refresh_from_db()
    assert newer.closed_at is not None, "two leads of one person never stand open side by side"
    page = text(mei.get(f"/leads/L-{newer.number}"))
    assert "This lead goes on in" in page and "Reopen the lead" not in page


@pytest.mark.parametrize("verb", ["same", "different", "ask"])
def test_a_decision_is_taken_back_within_seconds_and_without_a_reason(
    browser: Browser, pair: PossibleMatch, verb: str
) -> None:
    dana, address = browser("dana"), f"/matches/{pair.id}"
    open_before = set(Lead.objects.filter(closed_at__isnull=True))
    assert "Undo <span" not in text(dana.get(address))
    shown = text(dana.post(f"{address}/{verb}", follow=True))
    assert f'action="{address}/take-back"' in shown and "without a reason" in shown
    if verb != "ask":
        other = text(browser("mei").get(address))
        assert "One person or two?" in other and "without a reason" not in other, "it is hers to take back"
    assert dana.post(f"{address}/take-back").status_code == 303
    again = PossibleMatch.objects.get()
    assert (again.status, again.decided_by, again.decided_at) == ("open", None, None)
    assert set(Lead.objects.filter(closed_at__isnull=True)) == open_before
    assert AuditRow.objects.filter(verb="people_decision_taken_back").count() == 1
    assert dana.post(f"{address}/take-back").status_code == 409


def test_later_a_reason_is_asked(browser: Browser, pair: PossibleMatch) -> None:
    dana, address = browser("dana"), f"/matches/{pair.id}"
    dana.post(f"{address}/different")
    clock.move(timedelta(seconds=30))
    assert "without a reason" not in text(dana.get(address)) and "One person after all" in text(dana.get(address))
    late = dana.post(f"{address}/take-back")
    assert late.status_code == 409 and "too late" in text(late)
    assert PossibleMatch.objects.get().status == "different"
