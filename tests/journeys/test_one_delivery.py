"""Patients who came in one delivery know of each other: whoever calls the office or the mother calls once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.conftest import ClientPost
from tests.people import FAMILY, but

from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead
from firstvisit.practice.models import SiteRow, User
from firstvisit.web.tests.conftest import questions

pytestmark = pytest.mark.django_db
BODY = but(FAMILY, patient={"first_name": "Ana", "last_name": "Moreau", "date_of_birth": "2019-03-04"})


def also(first: str, last: str, zip_code: str = "53703") -> dict[str, object]:
    return {
        "patient": {"first_name": first, "last_name": last, "postal_code": zip_code},
        "contact": {"name": f"Lee {last}", "phone": "6085550177"},
    }


def test_leads_of_one_delivery_name_each_other(client_post: ClientPost, browser: Callable[[str], Client]) -> None:
    alone = client_post(but(BODY, patient={"first_name": "Otto", "last_name": "Brandt"})).json()["reference"]
    told = client_post({**BODY, "additional_records": [also("Theo", "Nyk"), also("Ida", "Lund")]}).json()
    codes, names = [told["reference"], *told["others"]], ["Ana Moreau", "Theo Nyk", "Ida Lund"]
    dana = browser("dana")
    for own in codes:
        page = dana.get(f"/leads/{own}").content.decode()
        for code, name in zip(codes, names, strict=True):
            assert (f"{name}, {code}</a>" in page) == (code != own), (own, code)
    assert "Came together" not in dana.get(f"/leads/{alone}").content.decode()
    theirs = {str(lead.patient_id) for lead in Lead.objects.filter(number__in=[int(c[2:]) for c in codes])}
    seen = AuditRow.objects.filter(verb="viewed", subject_kind="lead").order_by("id")
    assert any(theirs <= set(map(str, row.subjects)) for row in seen)


def test_who_may_not_see_the_other_lead_is_not_told_of_it(
    client_post: ClientPost, browser: Callable[[str], Client]
) -> None:
    told = client_post({**BODY, "additional_records": [also("Theo", "Nyk", "49855")]}).json()
    assert [lead.site for lead in Lead.objects.order_by("number")] == ["madison", "marquette"]
    User.objects.get(email__startswith="dana").sites.set(SiteRow.objects.filter(slug="madison"))
    page = browser("dana").get(f"/leads/{told['reference']}").content.decode()
    assert "Theo" not in page and "Came together" not in page


def test_a_long_delivery_costs_a_page_no_more_questions(
    client_post: ClientPost, browser: Callable[[str], Client]
) -> None:
    few, *_ = delivered(client_post, "Brandt", 10, "Theo", "Nyk")
    many, *others = delivered(client_post, "Castell", 20, "Ida", "Kai", "Lea", "Max", "Uwe")
    assert len(others) == 5
    dana = browser("dana")
    assert questions(dana, f"/leads/{few}") == questions(dana, f"/leads/{many}")


def delivered(client_post: ClientPost, family: str, number: int, *others: str) -> list[str]:
    """The leads of one delivery whose families have nothing to do with each other."""
    first, *more = (
        {**also(name, f"{name}{family}"), "contact": {"name": f"Lee {name}", "phone": f"60855501{number + place}"}}
        for place, name in enumerate(("Otto", *others))
    )
    told = client_post({**but(BODY, payers=[], consents=[]), **first, "additional_records": more}).json()
    return [told["reference"], *told["others"]]
