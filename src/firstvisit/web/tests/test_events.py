"""Signing up at an event, the paper sheet typed in afterwards, and a guide before one is sure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from firstvisit.kernel import clock
from firstvisit.leads.models import FactsRow, Lead
from firstvisit.leads.services import read
from firstvisit.people.models import ConsentEntry, PossibleMatch
from firstvisit.steps.intake.models import CommunityEvent, Guide, Item
from firstvisit.web.public.tests.pages import links, page
from firstvisit.web.public.texts import words
from firstvisit.web.public.texts.register import reviewables
from firstvisit.web.tests.conftest import SignIn

pytestmark = pytest.mark.django_db

FAIR = {"name": "Balance day", "on": "2026-12-01", "site": "madison", "program": "fall_prevention"}
EVA = {
    "who": "me", "name": "Eva Lund", "phone": "608 555 0161", "concern": "Nearly fell twice", "may_text": "yes",
    "token": "e" * 32,
}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def joan(signed_in: SignIn) -> Client:
    """A manager, signed in."""
    return signed_in("mei")


@pytest.fixture
def visitor() -> Client:
    return Client()


def set_up(joan: Client, **changes: Any) -> CommunityEvent:
    response = joan.post("/events", {**FAIR, **changes})
    assert response.status_code == 303, page(response)
    return CommunityEvent.objects.get()


def offered(joan: Client, **changes: Any) -> Guide:
    pdf = SimpleUploadedFile("g.pdf", PDF, "application/pdf")
    response = joan.post("/events/guides", {"title": "Steady feet", "language": "en", "pdf": pdf, **changes})
    assert response.status_code == 303, page(response)
    return Guide.objects.get()


def test_an_event_has_a_code_made_here_and_a_sheet_in_both_languages(joan: Client) -> None:
    event = set_up(joan)
    shown = page(joan.get(f"/events/{event.slug}"))
    assert "<svg" in shown and "viewBox" in shown and f"/event/{event.slug}" in shown and "style=" not in shown
    printed = page(joan.get(f"/events/{event.slug}/print"))
    assert printed.count("<tr><td>") == 14 and "No translator has reviewed" in printed
    assert "You may text me about this request." in printed and "Pueden enviarme mensajes" in printed


def test_whoever_signs_up_is_a_lead_that_the_event_brought(joan: Client, visitor: Client) -> None:
    event = set_up(joan)
    response = visitor.post(f"/event/{event.slug}", EVA)
    assert response.status_code == 303
    lead = Lead.objects.select_related("reading__key").get()
    assert f"L-{lead.number}" in page(visitor.get(response["Location"]))
    attribution = read(lead.reading).attribution
    assert attribution is not None and attribution.kind == "event"
    assert attribution.heard_of_us == "Balance day, about Falls, gait, older adults"
    facts = FactsRow.objects.get(lead=lead)
    assert (facts.source, facts.source_kind, facts.complete_form) == ("event", "event", True)
    assert facts.program is None  # what an event is about is nobody's request, and no window runs from it


def test_the_form_of_an_event_promises_no_other_day_than_the_page_behind_it(joan: Client, visitor: Client) -> None:
    event = set_up(joan)
    asked = page(visitor.get(f"/event/{event.slug}"))
    assert "We call or write to you; the next page says by when." in asked and "after the event" not in asked
    told = page(visitor.get(visitor.post(f"/event/{event.slug}", EVA)["Location"]))
    assert re.search(r"calls or writes to you (within|by) ", told)


def test_a_closed_event_takes_nobody(joan: Client, visitor: Client) -> None:
    event = set_up(joan)
    joan.post(f"/events/event/{event.slug}/end")
    CommunityEvent.objects.update(ended_at=clock.now() - timedelta(hours=3))
    for response in (visitor.get(f"/event/{event.slug}"), visitor.post(f"/event/{event.slug}", EVA)):
        assert response.status_code == 404 and "There is nothing here now" in page(response)
    assert Item.objects.count() == 0


def test_what_was_typed_while_an_event_was_closed_is_not_lost(joan: Client, visitor: Client) -> None:
    event = set_up(joan)
    joan.post(f"/events/event/{event.slug}/end")
    assert visitor.get(f"/event/{event.slug}").status_code == 404
    sent = visitor.post(f"/event/{event.slug}", EVA)
    assert sent.status_code == 303 and "Your reference" in page(visitor.get(sent["Location"]))


def test_an_event_says_who_signed_up(joan: Client, visitor: Client) -> None:
    event = set_up(joan)
    assert "Nobody yet" in page(joan.get(f"/events/{event.slug}"))
    visitor.post(f"/event/{event.slug}", EVA)
    row = {"token": "t" * 32, "who-0": "me", "name-0": "Ole Berg", "phone-0": "608 555 0162"}
    assert joan.post(f"/events/{event.slug}/sheet", row).status_code == 200
    shown = page(joan.get(f"/events/{event.slug}"))
    assert "2 so far" in shown
    assert all(f'href="/leads/L-{number}"' in shown for number in Lead.objects.values_list("number", flat=True))


def test_an_event_of_another_site_is_not_theirs(joan: Client, signed_in: SignIn) -> None:
    event, reggie = set_up(joan), signed_in("reggie")
    assert "Balance day" not in page(reggie.get("/events"))
    for address in (f"/events/{event.slug}", f"/events/{event.slug}/print", f"/events/{event.slug}/sheet"):
        assert reggie.get(address).status_code == 404
    assert reggie.post(f"/events/event/{event.slug}/end").status_code == 404
    assert reggie.post("/events", FAIR).status_code == 422 and CommunityEvent.objects.count() == 1
    assert reggie.post("/events", {**FAIR, "site": "marquette"}).status_code == 303


def test_nobody_writes_on_paper_what_it_is_about(joan: Client) -> None:
    printed = page(joan.get(f"/events/{set_up(joan).slug}/print"))
    assert "Sobre qué" not in printed and "What it is about we ask when we call" in printed


def test_each_row_of_the_sheet_is_a_lead_and_a_bad_row_stays(joan: Client) -> None:
    event = set_up(joan)
    typed = {
        "token": "t" * 32,
        "who-0": "me", "name-0": "Eva Lund", "phone-0": "608 555 0161", "may_text-0": "yes",
        "who-1": "me", "name-1": "Ole Berg", "phone-1": "12",
        "who-2": "child", "name-2": "Ana Ruiz", "email-2": "ana@example.org", "may_email-2": "yes",
    }
    response = joan.post(f"/events/{event.slug}/sheet", typed)
    shown = page(response)
    assert response.status_code == 422 and "2 kept." in shown and "1 row not kept yet." in shown
    assert 'value="Ole Berg"' in shown and "not a phone number" in shown and 'value="Eva Lund"' not in shown
    assert Lead.objects.count() == 2
    assert ConsentEntry.objects.filter(channel="sms", given=True, source_kind="event").count() == 1
    joan.post(f"/events/{event.slug}/sheet", typed)
    assert Lead.objects.count() == 2 and Item.objects.count() == 2
    again = page(joan.post(f"/events/{event.slug}/sheet", {"token": "u" * 32, "who-0": "me", "phone-0": "6085550162"}))
    assert "Enter their first and last name." in again and "Enter your" not in again


def test_spanish_that_we_typed_ourselves_is_marked_until_somebody_signs_it(joan: Client, visitor: Client) -> None:
    event = set_up(joan, welcome_en="Nice to meet you", welcome_es="Mucho gusto")
    line = words("everywhere", "es")["unreviewed"]
    quoted = ("everywhere", "event", "request", "wording-text-request", "wording-email-receipt", f"event-{event.slug}")
    for slug in quoted:
        shown = page(visitor.get(f"/event/{event.slug}?lang=es"))
        assert "Mucho gusto" in shown and line in shown
        version = next(each.version for each in reviewables() if each.slug == slug)
        said = {"name": "Lucia Romero", "qualification": "Certified translator", "version": version}
        assert joan.post(f"/texts/{slug}", said).status_code == 303
    assert line not in page(visitor.get(f"/event/{event.slug}?lang=es"))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""), ("name", "x" * 200), ("on", "soon"), ("on", "2026-02-30"), ("on", "2020-01-05"),
        ("site", "nowhere"), ("program", "x"),
    ],
)
def test_an_event_that_cannot_be_is_named(joan: Client, field: str, typed: str) -> None:
    response = joan.post("/events", {**FAIR, field: typed})
    assert response.status_code == 422 and f'href="#{field}"' in page(response)
    assert CommunityEvent.objects.count() == 0


def test_events_are_for_those_who_may(signed_in: SignIn) -> None:
    walt = signed_in("walt")
    assert walt.get("/events").status_code == 404
    assert walt.post("/events", FAIR).status_code == 404 and CommunityEvent.objects.count() == 0


def test_a_guide_is_theirs_at_once_and_they_are_kept_for_later(joan: Client, visitor: Client) -> None:
    guide = offered(joan)
    form = {"first_name": "Ida", "email": "ida@example.org", "timing": "not_sure", "may_email": "yes"}
    ready = visitor.get(visitor.post(f"/guide/{guide.slug}", {**form, "token": "g" * 32})["Location"])
    [address] = links(ready, f"/guide/{guide.slug}/file/")
    file = visitor.get(address)
    assert file.content == PDF and file["Content-Type"] == "application/pdf"
    assert "attachment" in file["Content-Disposition"] and "steady-feet.pdf" in file["Content-Disposition"]
    facts = FactsRow.objects.get()
    assert (facts.source_kind, facts.timing, facts.may_email) == ("guide", "not_sure", True)
    assert Lead.objects.get().outcome == "nurture"
    assert ConsentEntry.objects.get().wording == "email-guide:1"


def test_the_page_of_somebody_else_does_not_end_after_a_day(joan: Client, visitor: Client) -> None:
    said = {"title": "Steady feet", "language": "en", "address": "https://example.org/steady"}
    assert joan.post("/events/guides", said).status_code == 303
    form = {"first_name": "Ida", "email": "ida@example.org", "timing": "later", "token": "h" * 32}
    ready = page(visitor.get(visitor.post(f"/guide/{Guide.objects.get().slug}", form)["Location"]))
    assert "https://example.org/steady" in ready and "works for one day" not in ready


def test_whoever_allowed_nothing_was_promised_nothing_and_is_asked_nothing(joan: Client, visitor: Client) -> None:
    guide, form = offered(joan), {"first_name": "Ida", "email": "ida@example.org", "timing": "later"}
    assert "works for one day" in page(visitor.get(visitor.post(f"/guide/{guide.slug}", form)["Location"]))
    lead = Lead.objects.get()
    shown = page(joan.get(f"/leads/L-{lead.number}"))
    assert "They were told" not in shown and "Ask when they want care" not in shown
    assert "They left no phone and allowed no e-mail, so nobody can ask them" in shown


@pytest.mark.parametrize("before", ["the guide", "a request"])
def test_who_fetches_a_guide_and_was_here_is_shown_as_a_possible_match(
    joan: Client, visitor: Client, before: str
) -> None:
    guide, form = offered(joan), {"first_name": "Ida", "email": "ida@example.org", "timing": "later"}
    if before == "the guide":
        visitor.post(f"/guide/{guide.slug}", {**form, "token": "g" * 32})
    else:
        visitor.post("/request", {"who": "me", "name": "Ida Lund", "email": "ida@example.org", "token": "r" * 32})
    other = {"first_name": "Ivo", "email": "ida@example.org", "timing": "later", "token": "i" * 32}
    visitor.post(f"/guide/{guide.slug}", other)
    assert not PossibleMatch.objects.exists(), "one e-mail address is a family's"
    visitor.post(f"/guide/{guide.slug}", {**form, "token": "h" * 32})
    assert PossibleMatch.objects.count() == 1


def test_a_guide_needs_its_form(joan: Client, visitor: Client) -> None:
    guide = offered(joan)
    assert visitor.get(f"/guide/{guide.slug}/file/x:y").status_code == 404
    response = visitor.post(f"/guide/{guide.slug}", {"first_name": "Ida"})
    assert response.status_code == 422 and "Choose when you would like care." in page(response)


@pytest.mark.parametrize("body", [b"<html>", b"", b"MZ\x00"])
def test_what_is_no_pdf_is_no_guide(joan: Client, body: bytes) -> None:
    pdf = SimpleUploadedFile("g.pdf", body, "application/pdf")
    response = joan.post("/events/guides", {"title": "Steady feet", "language": "en", "pdf": pdf})
    assert response.status_code == 422 and Guide.objects.count() == 0


@pytest.mark.parametrize("address", ["http://example.org", "javascript:alert(1)", "https://", "https://a\nb"])
def test_an_address_that_is_none_is_no_guide(joan: Client, address: str) -> None:
    response = joan.post("/events/guides", {"title": "Steady feet", "language": "en", "address": address})
    assert response.status_code == 422 and Guide.objects.count() == 0
