"""A clinician's way with a red flag, on screen: no red flag, or another outcome, and back again for ten seconds."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from firstvisit.leads.models import Lead, Ruling, UndoStep
from firstvisit.web.tests.conftest import Arrive, SignIn

pytestmark = pytest.mark.django_db
PAIN = "She coughs and this morning she had chest pain"
NEWBORN = {"birth_date": "2026-01-05", "program": "early_language", "concern": PAIN}


def shown(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.content.decode())


def pressed(browser: Client, lead: Lead, verb: str, **said: str) -> str:
    """Press a verb of the page as it stands, hidden fields and all; the page that follows."""
    address = f"/leads/L-{lead.number}/{verb}"
    forms = shown(browser, f"/leads/L-{lead.number}").split("<form")
    hidden = re.findall(r'type="hidden" name="seen" value="([^"]+)"', next(f for f in forms if address in f))
    answer = browser.post(address, {**said, "seen": hidden})
    assert answer.status_code == 303, answer.content
    return str(answer["Location"])


@pytest.mark.parametrize(
    ("verb", "said", "done"),
    [
        ("no-red-flag", {"reason": "a cold"}, "Seen: no red flag"),
        ("overrule", {"outcome": "book_now", "reason": "no emergency"}, "Overruled"),
    ],
)
def test_a_clinician_whose_lead_went_on_lands_on_today_and_can_take_it_back(
    signed_in: SignIn, arrive: Arrive, verb: str, said: dict[str, str], done: str
) -> None:
    lead, anna = arrive(concern=PAIN), signed_in("anna")
    where = pressed(anna, lead, verb, **said)
    lead.refresh_from_db()
    assert where.startswith("/today?done=") and lead.outcome != "clinician_review"
    page = shown(anna, where)
    assert f"{done}: L-{lead.number}" in page and "Undo" in page
    back = anna.post(f"/undo/{UndoStep.objects.get().id}")
    assert back.status_code == 303 and back["Location"] == f"/leads/L-{lead.number}"
    assert "red flag" in shown(anna, back["Location"])
    lead.refresh_from_db()
    assert lead.outcome == "clinician_review"


def test_the_desk_takes_at_once_what_a_clinician_let_go_on(signed_in: SignIn, arrive: Arrive) -> None:
    lead, anna, dana = arrive(concern=PAIN), signed_in("anna"), signed_in("dana")
    pressed(anna, lead, "overrule", outcome="book_now", reason="no emergency")
    assert dana.post(f"/leads/L-{lead.number}/take").status_code == 303


def test_the_lead_says_who_saw_it_and_the_desk_is_offered_no_such_verb(signed_in: SignIn, arrive: Arrive) -> None:
    lead, anna, dana = arrive(concern=PAIN), signed_in("anna"), signed_in("dana")
    assert "/no-red-flag" not in shown(dana, f"/leads/L-{lead.number}")
    pressed(anna, lead, "no-red-flag", reason="a cold")
    page = shown(dana, f"/leads/L-{lead.number}")
    assert "no red flag in what had come by then" in page and "Seen: no red flag; goes on by the rules" in page
    assert "Read this out word for word" not in page and "“a cold”" in page


def test_what_stands_against_booking_is_said_before_it_is_overruled(signed_in: SignIn, arrive: Arrive) -> None:
    lead, anna = arrive(**NEWBORN), signed_in("anna")
    page = shown(anna, f"/leads/L-{lead.number}")
    sheet = page[page.index("Against booking now") :].split("</ul>")[0]
    assert "Old enough" in sheet and "Age outside the program" in sheet


def test_a_button_pressed_twice_is_one_ruling_and_one_step_to_undo(signed_in: SignIn, arrive: Arrive) -> None:
    lead, anna, dana = arrive(concern=PAIN), signed_in("anna"), signed_in("dana")
    said = {"outcome": "book_now", "reason": "no emergency"}
    first = pressed(anna, lead, "overrule", **said)
    again = anna.post(f"/leads/L-{lead.number}/overrule", said)
    assert (again.status_code, again["Location"]) == (303, first), "not a page that says there is nothing"
    other = arrive()
    where = [dana.post(f"/leads/L-{other.number}/overrule", said | {"outcome": "waitlist"})["Location"] for _ in "12"]
    assert where[0] == where[1]
    assert Ruling.objects.filter(lead__in=[lead, other], what="outcome").count() == 2
    assert dana.post(f"/undo/{UndoStep.objects.get(lead=other).id}").status_code == 303
    other.refresh_from_db()
    assert other.outcome == "book_now"


def test_the_same_outcome_for_another_reason_is_another_ruling(signed_in: SignIn, arrive: Arrive) -> None:
    lead, dana = arrive(), signed_in("dana")
    for reason in ("full", "full until May"):
        dana.post(f"/leads/L-{lead.number}/overrule", {"outcome": "waitlist", "reason": reason})
    assert Ruling.objects.filter(lead=lead, what="outcome").count() == 2
