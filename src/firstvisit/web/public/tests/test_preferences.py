"""Preferences by the link in our letters, and how somebody found us."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from firstvisit.kernel import clock
from firstvisit.leads.models import FactsRow, Lead, Task
from firstvisit.leads.services import read
from firstvisit.messages.models import Message
from firstvisit.people.models import ConsentEntry
from firstvisit.people.own_pages import GOOD_FOR, preferences_mark
from firstvisit.people.queries import identities
from firstvisit.web.public.parts.touch import COOKIE, LARGEST
from firstvisit.web.public.tests.pages import page
from firstvisit.web.public.tests.test_request import both, first

pytestmark = pytest.mark.django_db

CHOSEN = {
    "timing": "later", "method": "email", "language": "Spanish", "times": ["mon_am"], "may_text": "yes",
    "token": "p" * 32,
}


def asked(visitor: Client) -> tuple[Lead, str]:
    """A family's lead, and the link to their preferences."""
    both(visitor)
    lead = Lead.objects.get()
    assert lead.writes_to_id is not None
    return lead, f"/preferences/{preferences_mark(lead.writes_to_id, at=clock.now())}"


def test_what_is_preferred_joins_the_lead_and_asks_nobody_anything(visitor: Client) -> None:
    lead, link = asked(visitor)
    tasks = Task.objects.filter(kind="ask_whom").count()
    messages = Message.objects.count()
    assert "Saved" in page(visitor.post(link, CHOSEN))
    fresh = Lead.objects.select_related("reading__key").get()
    referral = read(fresh.reading)
    assert (referral.timing, referral.contact.preferred_method) == ("later", "email")
    assert referral.availability == ("mon_am",) and referral.patient.first_name == "Mia"
    who = identities([lead.contact_id])
    assert who[lead.contact_id][0].language == "Spanish" and who[lead.contact_id][0].name == "Rosa Delgado"
    assert (fresh.patient_id, fresh.contact_id) == (lead.patient_id, lead.contact_id)
    assert Task.objects.filter(kind="ask_whom").count() == tasks and Message.objects.count() == messages
    assert ConsentEntry.objects.filter(channel="sms", given=True, source_kind="preferences").exists()


def test_an_old_lead_is_still_the_one_they_answer_about(visitor: Client) -> None:
    lead, _ = asked(visitor)
    clock.move(timedelta(days=150))
    assert lead.writes_to_id is not None
    link = f"/preferences/{preferences_mark(lead.writes_to_id, at=clock.now())}"
    assert visitor.post(link, CHOSEN).status_code == 200
    assert Lead.objects.count() == 1


def test_the_page_shows_nobody_and_offers_to_stop(visitor: Client) -> None:
    _, link = asked(visitor)
    shown = page(visitor.get(link))
    assert "/stop/" in shown and "checked" not in shown
    for secret in ("Rosa", "Mia", "Delgado", "rosa@", "555-0142"):
        assert secret not in shown


def test_a_call_is_preferred_only_with_a_number_and_the_number_is_kept(visitor: Client) -> None:
    assert first(visitor, phone="").status_code == 303
    lead = Lead.objects.get()
    assert lead.writes_to_id is not None
    link = f"/preferences/{preferences_mark(lead.writes_to_id, at=clock.now())}"
    assert 'name="phone"' in page(visitor.get(link))
    wanted = {"method": "phone", "token": "q" * 32}
    refused = visitor.post(link, wanted)
    assert refused.status_code == 422 and 'id="phone-problem"' in page(refused)
    assert visitor.post(link, {**wanted, "phone": "12"}).status_code == 422
    assert "Saved" in page(visitor.post(link, {**wanted, "phone": "608-555-0177"}))
    fresh = Lead.objects.get()
    assert fresh.writes_to_id == lead.writes_to_id
    assert identities([lead.writes_to_id])[lead.writes_to_id][0].phone == "+16085550177"
    assert 'name="phone"' not in page(visitor.get(link))


def test_a_value_that_is_none_of_ours_is_named(visitor: Client) -> None:
    _, link = asked(visitor)
    response = visitor.post(link, {**CHOSEN, "timing": "yesterday", "times": ["noon"]})
    assert response.status_code == 422 and 'id="timing-problem"' in page(response)


def test_a_closed_request_is_not_opened_by_preferences(visitor: Client) -> None:
    _, link = asked(visitor)
    Lead.objects.update(closed_at=clock.now(), closed_how="unable_to_reach")
    assert "Your request is closed" in page(visitor.post(link, CHOSEN))
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("mark", ["x", "a:b", "0" * 32])
def test_a_made_up_link_opens_nothing(visitor: Client, mark: str) -> None:
    assert visitor.get(f"/preferences/{mark}").status_code == 404


def test_a_link_ends(visitor: Client) -> None:
    _, link = asked(visitor)
    clock.move(GOOD_FOR + timedelta(days=1))
    assert visitor.get(link).status_code == 404


AD = "/request?utm_source=google&utm_medium=cpc&utm_campaign=hands&gclid=abc123"


def came(visitor: Client) -> tuple[dict[str, str | None], dict[str, str | None], str | None]:
    """First touch, last touch and kind of the one lead."""
    attribution = read(Lead.objects.select_related("reading__key").get().reading).attribution
    assert attribution is not None and attribution.first and attribution.last
    return attribution.first.model_dump(), attribution.last.model_dump(), attribution.kind


def test_the_first_touch_stays_and_the_last_is_replaced(visitor: Client) -> None:
    response = visitor.get(AD, HTTP_REFERER="https://www.google.com/search?q=my+secret")
    cookie = response.cookies[COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 7 * 24 * 3600
    visitor.get("/privacy", HTTP_REFERER="http://testserver/request")
    visitor.get("/request?utm_source=newsletter&utm_medium=email")
    both(visitor)
    one, last, kind = came(visitor)
    assert (one["utm_campaign"], one["referrer"], kind) == ("hands", "www.google.com/search", "search_ad")
    assert one["click_ids"] == {"gclid": "abc123"} and last["utm_source"] == "newsletter"
    facts = FactsRow.objects.get()
    assert facts.source_kind == "search_ad"
    assert "abc123" not in str(FactsRow.objects.values().get())


@pytest.mark.parametrize(
    ("address", "referrer", "kind"),
    [
        ("/request", "https://duckduckgo.com/", "search"),
        ("/request?fbclid=x1", "", "social"),
        ("/request?utm_source=facebook&utm_medium=paid", "", "social"),
        ("/request", "https://www.yelp.com/biz/x", "directory"),
        ("/request", "https://clinic.example.org/links", "website"),
        ("/request?utm_source=postcard", "", "other"),
        ("/request", "", None),
        ("/request", "http://[broken", None),
        ("/request", "javascript:alert(1)", None),
    ],
)
def test_what_brought_somebody_is_named_coarsely(
    visitor: Client, address: str, referrer: str, kind: str | None
) -> None:
    visitor.get(address, HTTP_REFERER=referrer)
    both(visitor)
    assert FactsRow.objects.get().source_kind == kind


def test_overlong_and_hostile_marks_are_cut_without_a_word(visitor: Client) -> None:
    long = "%C3%A9" * 400
    response = visitor.get(
        f"/request?utm_source=a%0Ab%E2%80%AEc&utm_campaign={long}&utm_term={long}&utm_content={long}&gclid={long}"
    )
    assert response.status_code == 200 and len(response.cookies[COOKIE].value) <= LARGEST
    both(visitor)
    one, _, _ = came(visitor)
    assert one["utm_source"] == "abc" and len(str(one["utm_campaign"] or "")) <= 120


def test_a_forged_cookie_counts_for_nothing(visitor: Client) -> None:
    visitor.cookies[COOKIE] = "eyJmaXJzdCI6MX0:1:forged"
    assert first(visitor).status_code == 303
    assert FactsRow.objects.get().source_kind is None
