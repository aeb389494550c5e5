"""The public form as a visitor meets it: two steps, the reference, and everything that can go wrong."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.test import Client
from pytest_django import Settings

from firstvisit.journey.verbs import overrule
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.leads.models import FactsRow, Lead, Task
from firstvisit.messages.moments import dated, duration
from firstvisit.people.models import ConsentEntry
from firstvisit.people.queries import identities
from firstvisit.practice.changing import change_entry, stamp
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import form
from firstvisit.web.public.parts.limits import PRACTICE
from firstvisit.web.public.parts.links import GOOD_FOR, link_to
from firstvisit.web.public.tests.pages import page
from firstvisit.web.public.texts import words

pytestmark = pytest.mark.django_db

EMERGENCY = words("everywhere", "en")["emergency"]

ROSA = {
    "who": "child", "name": "Rosa Delgado", "phone": "(608) 555-0142", "email": "rosa@example.org",
    "may_email": "yes", "token": "a" * 32,
}
MIA = {
    "patient_first_name": "Mia", "patient_last_name": "Delgado", "birth_date": "02/08/2024",
    "concern": "About twenty words", "therapy": "speech", "program": "early_language",
    "times": ["tue_am", "thu_am"], "zip": "53713", "insurance": "Northfield Health", "token": "b" * 32,
}


def first(visitor: Client, **changes: Any) -> Any:
    return visitor.post("/request", {**ROSA, **changes})


def both(visitor: Client, one: dict[str, Any] | None = None, two: dict[str, Any] | None = None) -> Any:
    """Both steps; the page with the reference."""
    response = visitor.post("/request", one or ROSA)
    assert response.status_code == 303
    response = visitor.post(response["Location"], two or MIA)
    assert response.status_code == 303
    return visitor.get(response["Location"])


def test_the_bare_address_leads_to_the_form(visitor: Client) -> None:
    assert visitor.get("/")["Location"] == "/request"


def test_step_one_shows_the_words_people_agree_to(visitor: Client) -> None:
    shown = page(visitor.get("/request"))
    assert "You may text me about this request." in shown
    assert "E-mail is not encrypted on its whole way; I can stop it at any time." in shown
    assert "In danger now? Call 911." in shown


def test_pages_carry_neither_inline_style_nor_script_and_are_not_stored(visitor: Client) -> None:
    link = first(visitor)["Location"]
    for response in (visitor.get("/request"), visitor.get(link), visitor.get("/privacy"), both(visitor)):
        shown = page(response)
        assert not re.search(r"style=|<script|<style|onclick", shown)
        assert "style-src 'self'" in response["Content-Security-Policy"]
    assert "no-store" in visitor.get(link)["Cache-Control"]
    assert visitor.get(link)["X-Robots-Tag"] == "noindex"


def test_step_one_is_saved_at_once_and_leads_on(visitor: Client) -> None:
    response = first(visitor)
    assert response.status_code == 303
    lead = Lead.objects.get()
    assert lead.stage == "received"
    assert FactsRow.objects.get(lead=lead).complete_form is False


def test_both_steps_make_one_lead_with_the_child_as_patient(visitor: Client) -> None:
    done = both(visitor)
    lead = Lead.objects.get()
    assert f"L-{lead.number}" in page(done)
    assert lead.outcome == "book_now"
    assert FactsRow.objects.get(lead=lead).complete_form is True
    who = {identity.name for identity, _ in identities([lead.patient_id, lead.contact_id]).values()}
    assert who == {"Mia Delgado", "Rosa Delgado"}
    assert ConsentEntry.objects.filter(channel="email", given=True, wording="email-receipt:1").exists()


@pytest.mark.parametrize("until", [None, date(2126, 1, 4)])
def test_a_program_that_is_closed_for_now_may_be_asked_for(visitor: Client, until: date | None) -> None:
    program = practice().programs["early_language"]
    mei = User.objects.get(email="mei@cedarstreet.example.org")
    change_entry(
        collection="programs", slug=program.slug, seen=stamp(program), by=mei, actor=SYSTEM,
        values={**program.model_dump(mode="json"), "status": "closed", "status_until": until},
    )  # fmt: skip
    option = f'value="{program.slug}"'
    assert option in page(visitor.get(first(visitor)["Location"])) and option in page(visitor.get("/refer"))
    both(visitor, {**ROSA, "token": "f" * 32})
    assert FactsRow.objects.get().program == program.slug and Lead.objects.get().outcome == "waitlist"


def test_somebody_who_asks_for_themselves_is_the_patient(visitor: Client) -> None:
    both(visitor, {**ROSA, "who": "me"}, {"birth_date": "05/30/1981", "zip": "53704", "token": "c" * 32})
    lead = Lead.objects.get()
    assert lead.contact is None
    identity, _ = identities([lead.patient_id])[lead.patient_id]
    assert (identity.name, identity.date_of_birth) == ("Rosa Delgado", "1981-05-30")


def test_a_double_tap_is_one_request(visitor: Client) -> None:
    links = {first(visitor)["Location"].split(":")[0] for _ in range(2)}
    assert len(links) == 1
    link = first(visitor)["Location"]
    for _ in range(2):
        assert visitor.post(link, MIA).status_code == 303
    assert Item.objects.count() == 2
    assert Lead.objects.count() == 1


def test_the_same_sent_again_after_the_promised_moment_promises_no_moment_that_is_over(visitor: Client) -> None:
    now = clock.now()
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=16, minute=0)
    clock.move(monday - now)
    told = page(both(visitor))
    (by,) = re.findall(r"of our opening hours: by ([^.<]+)\.", told)
    assert by in page(both(visitor)), "while it holds the same is said"
    clock.move(timedelta(hours=5))
    again = page(both(visitor))
    assert Item.objects.count() == 2 and f"L-{Lead.objects.get().number}" in again
    assert f"You were to hear from us by {by}." in again and "call (608) 555-0140" in again
    assert "calls or writes to you" not in again


def test_going_back_to_correct_something_reaches_us_and_joins(visitor: Client) -> None:
    link = first(visitor)["Location"]
    visitor.post(link, MIA)
    assert visitor.post(link, {**MIA, "zip": "53704"}).status_code == 303
    assert visitor.post(link, {**MIA, "zip": "53704"}).status_code == 303
    assert Item.objects.count() == 3
    assert Lead.objects.count() == 1


def test_the_same_family_twice_joins_the_open_lead(visitor: Client) -> None:
    both(visitor)
    done = both(visitor, {**ROSA, "token": "d" * 32}, {**MIA, "token": "e" * 32})
    assert Lead.objects.count() == 1
    assert f"L-{Lead.objects.get().number}" in page(done)


def test_nothing_entered_names_each_field_with_a_link(visitor: Client) -> None:
    response = visitor.post("/request", {"token": "a" * 32})
    shown = page(response)
    assert response.status_code == 422
    assert '<a href="#who-child">Choose who needs care.</a>' in shown
    assert '<a href="#name">Enter your first and last name.</a>' in shown
    assert 'aria-invalid="true" aria-describedby="name-problem"' in shown
    assert "<title>Needs mending: " in shown
    assert Item.objects.count() == 0


def test_what_was_typed_stays_and_is_text_only(visitor: Client) -> None:
    response = first(visitor, phone="555", name='Ro<script>alert("x")</script>')
    raw = response.content.decode()
    assert response.status_code == 422
    assert 'value="555"' in raw
    assert "<script" not in raw and "&lt;script&gt;" in raw
    assert 'value="child" checked' in raw and f'value="{ROSA["token"]}"' in raw


def test_step_two_keeps_what_was_typed_and_shows_nothing_of_step_one(visitor: Client) -> None:
    link = first(visitor)["Location"]
    response = visitor.post(link, {**MIA, "birth_date": "01/01/2030", "zip": "5"})
    shown = page(response)
    assert response.status_code == 422
    assert 'value="01/01/2030"' in shown and "in the future" in shown
    assert '<a href="#zip">' in shown
    assert 'value="tue_am" checked' in shown
    assert '<option value="early_language" selected>' in shown
    for secret in ("Rosa", "555-0142", "rosa@example.org"):
        assert secret not in shown and secret not in page(visitor.get(link)) and secret not in link


@pytest.mark.parametrize("typed", ["02/30/2020", "13/01/2020", "01/01/1850", "yesterday"])
def test_birth_dates_that_cannot_be_are_named(visitor: Client, typed: str) -> None:
    response = visitor.post(first(visitor)["Location"], {**MIA, "birth_date": typed})
    assert response.status_code == 422
    assert 'id="birth_date-problem"' in page(response)


def test_a_red_flag_puts_the_approved_line_above_everything(visitor: Client) -> None:
    shown = page(both(visitor, two={**MIA, "concern": "She has chest pain since this morning"}))
    assert EMERGENCY in shown
    assert shown.index(EMERGENCY) < shown.index("<h1>")
    assert Lead.objects.get().outcome == "clinician_review"


@pytest.mark.parametrize("concern", ["His dad hit him and his arm hurts", "Su papá le pega y no mueve el brazo"])
def test_that_somebody_at_home_hurts_a_child_goes_to_a_clinician_without_a_word_on_the_page(
    visitor: Client, concern: str
) -> None:
    """Whoever reads the page may be the one who does it."""
    shown = page(both(visitor, two={**MIA, "concern": concern}))
    lead = Lead.objects.get()
    assert lead.outcome == "clinician_review" and FactsRow.objects.get().red_flags == ["abuse"]
    assert f"L-{lead.number}" in shown and "Somebody from our front desk calls or writes" in shown
    assert EMERGENCY not in shown and "before a clinician" not in shown and "abuse" not in shown
    assert Task.objects.filter(lead=lead, kind="review_red_flag", status="open").count() == 1


def test_beside_another_flag_the_page_says_only_what_that_one_asks_for(visitor: Client) -> None:
    shown = page(both(visitor, two={**MIA, "concern": "His dad hit him. He has chest pain since this morning"}))
    assert EMERGENCY in shown and FactsRow.objects.get().red_flags == ["chest_pain", "abuse"]


def test_the_line_is_not_shown_in_the_box_without_a_red_flag(visitor: Client) -> None:
    shown = page(both(visitor, two={**MIA, "birth_date": "02/08/2023"}))
    assert EMERGENCY not in shown
    assert re.search(r"within \d+ minutes of our opening hours: by", shown)


def test_a_filled_trap_is_told_so_and_nothing_is_stored(visitor: Client) -> None:
    response = first(visitor, company_site="http://example.org")
    assert response.status_code == 422
    assert "Please call us" in page(response)
    assert Item.objects.count() == 0 and Lead.objects.count() == 0


def test_too_many_posts_from_one_address_are_asked_to_wait(visitor: Client, settings: Settings) -> None:
    settings.DEMO = False
    statuses = [visitor.post("/request", {"token": "a" * 32}).status_code for _ in range(PRACTICE.posts + 1)]
    assert statuses == [422] * PRACTICE.posts + [429]
    assert visitor.get("/request").status_code == 200


def test_a_form_without_its_csrf_token_is_refused(visitor: Client) -> None:
    response = Client(enforce_csrf_checks=True).post("/request", ROSA)
    assert response.status_code == 403
    assert Item.objects.count() == 0


def test_a_form_with_its_csrf_token_is_taken() -> None:
    visitor = Client(enforce_csrf_checks=True)
    mark = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page(visitor.get("/request")))
    assert mark is not None
    assert visitor.post("/request", {**ROSA, "csrfmiddlewaretoken": mark[1]}).status_code == 303


@pytest.mark.parametrize("as_browser", [True, False])
def test_an_oversized_form_is_refused_in_words(visitor: Client, as_browser: bool) -> None:
    large = {**ROSA, "name": "x" * 300_000}
    kind = "application/x-www-form-urlencoded"
    if as_browser:
        response = visitor.post("/request", urlencode(large), content_type=kind)
    else:
        response = visitor.post("/request", large)
    assert response.status_code == 413
    assert "fewer words" in page(response)
    assert Item.objects.count() == 0


@pytest.mark.parametrize("broken", [b"name=%ff%fe&who=me", b"name=Ro%00sa&who=me", b"who=me&name=\xff"])
def test_bytes_that_are_no_text_are_refused_with_the_field_named(visitor: Client, broken: bytes) -> None:
    sent = broken + b"&phone=6085550142"
    response = visitor.post("/request", sent, content_type="application/x-www-form-urlencoded")
    shown = page(response)
    assert response.status_code == 422 and "\x00" not in shown
    assert '<a href="#name">Some letters did not arrive well; type this again.</a>' in shown
    assert 'value="6085550142"' in shown and 'id="name-problem"' in shown
    assert Item.objects.count() == 0


def test_in_step_two_the_field_is_named_and_the_rest_stays(visitor: Client) -> None:
    link, kind = first(visitor)["Location"], "application/x-www-form-urlencoded"
    response = visitor.post(link, b"patient_first_name=Mia&concern=a%00b&times=%ff", content_type=kind)
    shown = page(response)
    assert response.status_code == 422 and 'value="Mia"' in shown
    assert 'id="concern-problem"' in shown and 'id="times-problem"' in shown
    assert Item.objects.count() == 1


def test_a_nul_in_a_form_of_parts_is_named_too(visitor: Client) -> None:
    response = first(visitor, name="Ro\x00sa")
    assert response.status_code == 422 and 'id="name-problem"' in page(response)
    assert Item.objects.count() == 0


def test_a_field_whose_name_is_no_text_cannot_be_named(visitor: Client) -> None:
    kind = "application/x-www-form-urlencoded"
    response = visitor.post("/request", b"na%ffme=Rosa&who=me", content_type=kind)
    assert response.status_code == 400 and "This could not be read" in page(response)


def test_letters_lost_on_the_way_are_named(visitor: Client) -> None:
    response = first(visitor, name="Jos\ufffd")
    assert response.status_code == 422
    assert "Some letters did not arrive well" in page(response)


def test_a_body_of_another_kind_is_no_form(visitor: Client) -> None:
    response = visitor.post("/request", b"[1]", content_type="application/json")
    assert response.status_code == 422
    kind = "application/x-www-form-urlencoded; charset=latin-1"
    latin = visitor.post("/request", urlencode(ROSA), content_type=kind)
    assert latin.status_code == 400
    assert Item.objects.count() == 0


@pytest.mark.parametrize("signed", ["00", "not hex", "0" * 32])
def test_a_signed_link_to_nothing_leads_nowhere(visitor: Client, signed: str) -> None:
    link = signing.Signer(salt="request.step2").sign(signed)
    assert visitor.get(f"/request/2/{link}").status_code == 404


@pytest.mark.parametrize("link", ["x", "a:b:c", "é"])
def test_a_made_up_link_leads_nowhere(visitor: Client, link: str) -> None:
    assert visitor.get(f"/request/2/{link}").status_code == 404
    assert visitor.get(f"/request/done/{link}").status_code == 404


def test_a_link_is_good_for_a_day(visitor: Client) -> None:
    link = first(visitor)["Location"]
    clock.move(GOOD_FOR - timedelta(minutes=5))
    assert visitor.get(link).status_code == 200
    clock.move(timedelta(minutes=10))
    assert visitor.get(link).status_code == 404


def test_the_link_of_one_page_does_not_open_the_other(visitor: Client) -> None:
    link = first(visitor)["Location"].rpartition("/")[2]
    assert visitor.get(f"/request/done/{link}").status_code == 404


def test_a_request_not_judged_yet_is_safely_kept(visitor: Client) -> None:
    arrival = Arrival("form", Actor("public"), form.kept(2, ROSA), "application/json", "k" * 20)
    item, _ = intake.keep(arrival, now=clock.now())
    shown = page(visitor.get(f"/request/done/{link_to('done', item.id)}"))
    assert "It is safely kept. Your reference follows" in shown


def test_the_privacy_page_says_how_to_reach_us(visitor: Client) -> None:
    shown = page(visitor.get("/privacy"))
    assert "How we protect what you tell us" in shown and "(608) 555-0140" in shown


def test_after_a_persons_decision_the_page_promises_what_somebody_is_given_to_do(visitor: Client) -> None:
    now = clock.now()
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=16, minute=0)
    clock.move(monday - now)  # the first promise has not passed, whatever day the test runs on
    both(visitor)
    lead, mei = Lead.objects.get(), User.objects.get(email="mei@cedarstreet.example.org")
    overrule(lead, mei, actor=Actor(f"user:{mei.id}"), outcome="nurture", reason="they wait for spring")
    clock.move(timedelta(minutes=5))
    done = page(both(visitor, {**ROSA, "token": "d" * 32}, {**MIA, "timing": "asap", "token": "e" * 32}))
    task = Task.objects.get(lead=lead, kind="decide_again", status="open")
    assert "Somebody of ours reads it beside what we already know" in done
    assert f"within {duration(task.minutes)} of our opening hours" in done
    assert f"by {dated(task.due_at, practice().sites[lead.site])}" in done
    assert "calls or writes to you" not in done
