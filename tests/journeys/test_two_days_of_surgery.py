"""Another day for a surgery, from whoever referred, moves nobody's window: somebody is asked which day holds.

What an office states that was not known to have referred stays beside as everything of a stranger's does
(`test_strangers.py`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people import TUESDAY, but, surgeon

from firstvisit.journey.undo_reading import reading_of
from firstvisit.journey.verify import verify
from firstvisit.leads.models import DecisionRow, FactsRow, Lead, Task

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
FIRST = TUESDAY.date() - timedelta(days=3)
LATER = TUESDAY.date() + timedelta(days=6)


@pytest.fixture
def dana(browser: Callable[[str], Client], tuesday: object) -> Client:
    return browser("dana")


def again(**event: str) -> dict[str, Any]:
    """The surgeon's office sends the same patient once more with this surgery."""
    said = {"kind": "surgery", **event}
    return but(surgeon(TUESDAY.date()), events=[said], documents=None, order_signed=None)


def page(dana: Client, lead: Lead) -> str:
    return html.unescape(dana.get(f"/leads/L-{lead.number}").content.decode())


def waits(lead: Lead) -> list[tuple[str, str]]:
    lead.refresh_from_db()
    return [(what, whom) for what, whom, *_ in lead.blockers]


def window_ends(lead: Lead) -> str:
    row = DecisionRow.objects.filter(lead=lead).latest("at")
    assert not verify(row)
    return next(words for code, words in ((r["code"], r["text"]) for r in row.reasons) if code == "window")


def test_it_is_asked_and_the_sooner_visit_counts_until_then(dana: Client, arrive: Arrive) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    before = window_ends(lead)
    assert arrive(again(date=LATER.isoformat())).number == lead.number
    facts = FactsRow.objects.get(lead=lead)
    assert (facts.event_on, facts.surgery_or_on) == (FIRST, LATER)
    assert window_ends(lead) == before and ("surgery_day", "referrer") in waits(lead)
    shown = page(dana, lead)
    assert "Surgery: two days were stated" in shown
    assert re.search(r"surgery was stated for \w+,? Nov 21, 2026 and for \w+ Nov 30, 2026: ask which day", shown)
    assert Task.objects.filter(lead=lead, kind__in=("request_papers", "propose_papers_request"), status="open").exists()


def test_the_same_surgery_said_again_is_no_question(dana: Client, arrive: Arrive) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    arrive(again(date=FIRST.isoformat()))
    arrive(again())
    assert FactsRow.objects.get(lead=lead).surgery_or_on is None and waits(lead) == []


def test_two_sides_are_two_surgeries_and_the_later_counts(dana: Client, arrive: Arrive) -> None:
    body = surgeon(TUESDAY.date())
    lead = arrive(but(body, events=[{**body["events"][0], "words": "right knee replacement"}]))
    arrive(again(date=LATER.isoformat(), words="left knee replacement"))
    facts = FactsRow.objects.get(lead=lead)
    assert (facts.event_on, facts.surgery_or_on) == (LATER, None)


def test_the_answer_on_the_call_settles_it(dana: Client, arrive: Arrive) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    arrive(again(date=LATER.isoformat()))
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    assert "We were told two days for the surgery" in html.unescape(dana.get(f"{card}?q=surgery_day").content.decode())
    said = {"q.surgery_day": f"{LATER:%m/%d/%Y}", "asking": "surgery_day"}
    assert dana.post(f"{card}/answer", said).status_code in (200, 303)
    assert dana.post(f"{card}/end", {"result": "reached_answered"}).status_code == 303
    facts = FactsRow.objects.get(lead=lead)
    assert (facts.event_on, facts.surgery_or_on) == (LATER, None)
    assert [event.date for event in reading_of(lead).events or ()] == [LATER]
    assert "surgery_day" not in [what for what, _ in waits(lead)]


def test_whoever_says_that_they_are_two_keeps_both(dana: Client, arrive: Arrive) -> None:
    lead = arrive(surgeon(TUESDAY.date()))
    arrive(again(date=LATER.isoformat()))
    form = dana.get(f"/leads/L-{lead.number}/stated").content.decode()
    [mark] = re.findall(r'name="mark" value="([^"]*)"', form)
    said = {"mark": mark, "events.0.words": "right knee", "events.1.words": "hip, planned"}
    assert dana.post(f"/leads/L-{lead.number}/stated", said).status_code == 303
    facts = FactsRow.objects.get(lead=lead)
    assert (facts.event_on, facts.surgery_or_on) == (LATER, None)
    assert [event.date for event in reading_of(lead).events or ()] == [FIRST, LATER]
