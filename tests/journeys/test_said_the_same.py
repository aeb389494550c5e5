"""What the screens and the commands say of the same thing is the same, and says nothing that is not so."""

from __future__ import annotations

import html
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.management import load_command_class
from django.test import Client
from tests.people import FAMILY, MARQUETTE_MAN, but

from firstvisit.leads.models import Lead

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """It is Tuesday, ten in Madison and eleven in Marquette."""


def shown(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


@pytest.mark.parametrize(("body", "who", "due"), [(FAMILY, "dana", "10:30 am"), (MARQUETTE_MAN, "reggie", "11:30 am")])
def test_explain_says_times_as_the_screen_does(
    body: Any, who: str, due: str, arrive: Arrive, browser: SignIn, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = arrive(body)
    page = shown(browser(who), f"/leads/L-{lead.number}")
    assert load_command_class("firstvisit.config", "explain").run(Namespace(code=f"L-{lead.number}", json=False)) == 0
    printed = capsys.readouterr().out
    assert f"due {due}" in printed and f"<span>{due}</span>" in page
    assert "UTC" not in printed and "+00:00" not in printed


@pytest.mark.parametrize(
    ("who", "whose"),
    [("dana", "for you and your queues"), ("mei", "at every site"), ("walt", "at every site")],
)
def test_today_says_whose_list_it_is(who: str, whose: str, arrive: Arrive, browser: SignIn) -> None:
    arrive(FAMILY)
    assert f"1 next thing {whose}." in shown(browser(who), "/today")


def test_a_lead_that_was_closed_says_how_or_that_it_goes_on(arrive: Arrive, browser: SignIn) -> None:
    dana, first = browser("dana"), arrive(FAMILY)
    dana.post(f"/leads/L-{first.number}/close", {"how": "patient_declined", "reason": "went elsewhere"})
    second = arrive(but(FAMILY, discipline=["OT"], program="pediatric"))
    assert second.patient_id == first.patient_id
    assert f"L-{first.number}, closed Tue Nov 24, 2026: declined" in shown(dana, f"/leads/L-{second.number}")
    Lead.objects.filter(id=first.id).update(closed_how="")
    page = shown(dana, f"/leads/L-{second.number}")
    assert f"L-{first.number}, closed Tue Nov 24, 2026, goes on in another lead" in page
    assert "2026: <" not in page and "2026: \n" not in page
