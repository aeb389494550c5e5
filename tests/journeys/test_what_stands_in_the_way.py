"""Where no time fits, the page of the first visit says why, in words that are true of those who are meant."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, TUESDAY, but, surgeon

from firstvisit.leads.models import Lead
from firstvisit.practice.models import Resource
from firstvisit.steps.booking import supply
from firstvisit.steps.booking.models import Block, Terms

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
AT_HOME = but(
    surgeon(TUESDAY.date()), diagnoses=[], events=[], program="home_safety", discipline=["OT"], setting="home",
    concern="She wants to be safe on the stairs", patient__postal_code="53713",
)  # fmt: skip


def page(desk: Client, lead: Lead, asked: dict[str, str] | None = None, *, status: int = 200) -> str:
    answer = desk.get(f"/leads/L-{lead.number}/visit", asked)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def said(text: str) -> list[str]:
    found = re.search(r"What stands in the way(?: of others)?</summary><ul>(.*?)</ul>", text)
    return re.findall(r"<li>(.*?)</li>", found[1]) if found else []


def listed(text: str) -> list[str]:
    """Whom "With" lists."""
    found = re.search(r'<select id="with".*?</select>', text, re.S)
    assert found is not None
    return re.findall(r'<option value="(\w+)"', found[0])


def works(what: str) -> None:
    """Both who do it at Madison work so, on Mondays alone."""
    for slug in ("anna_lindqvist", "marcus_bell"):
        Block.objects.create(
            resource=Resource.objects.get(slug=slug), site="madison", what=what, rule="FREQ=WEEKLY;BYDAY=MO",
            first_day=date(2026, 11, 23), begins=time(13), ends=time(17),
        )  # fmt: skip
    supply.raise_revision()


def test_where_nobody_has_hours_at_home_nobody_is_called_booked(
    arrive: Arrive, dana: Client, tuesday: datetime
) -> None:
    works("clinic")
    text = page(dana, arrive(AT_HOME))
    assert said(text) == ["Nobody who can do it has hours for visits at home"]
    assert "hannah_koski" not in listed(text), "she works in another town"


def test_a_home_too_far_is_said_with_its_miles(arrive: Arrive, dana: Client, tuesday: datetime) -> None:
    works("home")
    Terms.objects.bulk_create(
        [
            Terms(resource=Resource.objects.get(slug=slug), home_miles=1.0)
            for slug in ("anna_lindqvist", "marcus_bell")
        ]
    )
    supply.raise_revision()
    text = page(dana, arrive(AT_HOME))
    assert said(text) == ["Nobody who can do it drives as far as their home, 3 miles from Cedar Street Therapy Madison"]


def test_the_head_keeps_the_days_asked_for_and_nobody_has_hours_in_them(
    arrive: Arrive, dana: Client, tuesday: datetime
) -> None:
    works("home")
    text = page(dana, arrive(AT_HOME), {"from": "2026-12-01", "until": "2026-12-03"})
    assert "from Tue Dec 1; through Thu Dec 3" in text
    assert said(text) == ["Nobody who can do it has hours for visits at home in these days"]


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        ("2026-12-03", "2026-12-01", "Through is before From"),
        ("soon", "", "From is not a day"),
        ("", "2026-02-30", "Through is not a day"),
    ],
)
def test_days_that_cannot_be_are_said_and_what_was_typed_stays(
    arrive: Arrive, dana: Client, tuesday: datetime, since: str, until: str, says: str
) -> None:
    text = page(dana, arrive(FAMILY), {"from": since, "until": until}, status=422)
    assert says in text and "No times were looked for." in text and 'name="slot"' not in text
    assert f'name="from" value="{since}"' in text and f'name="until" value="{until}"' in text


def test_only_the_soonest_of_several_is_called_so(arrive: Arrive, dana: Client, tuesday: datetime) -> None:
    text = page(dana, arrive(FAMILY))
    assert text.count("The soonest of these") == 1 and "Soon<" not in text


def limit_of(manager: Client, who: str, evaluations: str) -> None:
    seen = re.findall(r'name="seen" value="([^"]*)"', manager.get(f"/supply/of/{who}").content.decode())
    said = {"evaluations_a_day": evaluations, "seen": seen[0] if seen else ""}
    assert manager.post(f"/supply/of/{who}/terms", said).status_code == 303


def test_who_takes_no_first_visits_is_not_called_booked(
    arrive: Arrive, dana: Client, browser: Callable[[str], Client], tuesday: datetime
) -> None:
    lead, mei = arrive(FAMILY), browser("mei")
    limit_of(mei, "lucia_herrera", "0")
    text = page(dana, lead)
    assert said(text) == ["Nobody who can do it takes first visits: their limit of evaluations a day is 0"]
    named = html.unescape(mei.get("/supply").content.decode()).partition("Nobody can do the first visit of")[2][:300]
    assert "(SLP) at Cedar Street Therapy Madison" in named
    limit_of(mei, "lucia_herrera", "")
    assert "takes first visits" not in page(dana, lead)
    assert "Nobody can do the first visit of" not in mei.get("/supply").content.decode()
