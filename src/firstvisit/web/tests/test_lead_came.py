"""How somebody came to us stands on their lead, first touch and last, for those who may see who it is."""

from __future__ import annotations

from typing import get_args

import pytest
from django.test import Client

from firstvisit.leads.models import Lead
from firstvisit.referral.record import SourceKind
from firstvisit.web.public.tests.pages import page
from firstvisit.web.staff.lead.came import KINDS
from firstvisit.web.tests.conftest import SignIn

pytestmark = pytest.mark.django_db

ROSA = {"who": "me", "name": "Rosa Delgado", "phone": "(608) 555-0142", "token": "a" * 32}


def test_an_ad_that_leads_to_the_bare_address_is_told_on_the_lead(signed_in: SignIn) -> None:
    visitor = Client()
    visitor.get("/?utm_source=google&utm_medium=cpc&utm_campaign=hands&gclid=G1&msclkid=M2", follow=True)
    visitor.get("/refer?utm_source=newsletter&utm_medium=email", HTTP_REFERER="https://news.example.org/may?who=x")
    assert visitor.post("/request", ROSA).status_code == 303
    address = f"/leads/L-{Lead.objects.get().number}"
    shown = page(signed_in("dana").get(address))
    for said in (
        "an ad beside a search", "on our page /request", "google, cpc, hands", "gclid G1, msclkid M2",
        "on our page /refer", "news.example.org/may", "newsletter, email",
    ):
        assert said in shown
    assert "who=x" not in shown
    masked = page(signed_in("auditor").get(address))
    assert "First touch" not in masked and "newsletter" not in masked


def test_every_kind_of_source_has_words() -> None:
    assert set(KINDS) == set(get_args(SourceKind))
