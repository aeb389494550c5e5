"""A name or birth date that is said otherwise: twins stay two, and what was said is kept, shown and found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, but

from firstvisit.journey import merging
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead
from firstvisit.people.models import Person, PossibleMatch
from firstvisit.people.queries import identities
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]

MARY = but(
    FAMILY, patient__first_name="Mary", patient__middle_name="Ann", patient__last_name="Quist",
    patient__date_of_birth="2019-08-08", contact__name="Bo Quist", payers=[],
)  # fmt: skip
KAREN: Any = {
    "lead_kind": "patient",
    "discipline": ["PT"],
    "patient": {
        "first_name": "Karen", "last_name": "Bielke", "date_of_birth": "1970-04-09", "postal_code": "53713",
    },
    "contact": {"name": "Karen Bielke", "relationship": "self", "phone": "+16085550157"},
    "concern": "The shoulder catches when I reach up",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def page(client: Client, lead: Lead) -> str:
    return unescape(client.get(f"/leads/L-{lead.number}").content.decode())


def found(client: Client, text: str) -> set[str]:
    shown = client.post("/find", {"q": text}, headers={"X-While-Typing": "1"}).content.decode()
    return {f"L-{lead.number}" for lead in Lead.objects.all() if f'/leads/L-{lead.number}"' in shown}


@pytest.mark.parametrize(
    ("first", "one", "other"), [("Mary", "Ann", "Beth"), ("Muhammad", "Hassan", "Husain"), ("Maria", "Luisa", "Elena")]
)
def test_twins_who_differ_by_the_middle_name_are_asked_about_and_can_be_told_apart(
    arrive: Arrive, dana: Client, first: str, one: str, other: str
) -> None:
    lead = arrive(but(MARY, patient__first_name=first, patient__middle_name=one))
    twin = arrive(but(MARY, patient__first_name=first, patient__middle_name=other))
    assert lead != twin and PossibleMatch.objects.get().status == "open"
    assert f"{first} {one} Quist" in page(dana, lead) and f"{first} {other} Quist" in page(dana, lead), "the household"
    compared = dana.get(f"/matches/{PossibleMatch.objects.get().id}").content.decode()
    assert f"{first} {one}" in compared and f"{first} {other}" in compared and "another middle name" in compared
    assert found(dana, f"{other} quist") == {f"L-{twin.number}"}


def test_grown_people_are_asked_about_by_the_middle_name_too(arrive: Arrive) -> None:
    lead = arrive(but(KAREN, patient__middle_name="Louise"))
    assert arrive(but(KAREN, patient__middle_name="Helene")) != lead
    assert PossibleMatch.objects.count() == 1


def test_of_two_asked_about_nobody_guesses_which_one_comes_again(arrive: Arrive) -> None:
    lead = arrive(MARY)
    twin = arrive(but(MARY, patient__middle_name="Beth"))
    assert arrive(but(MARY, patient__middle_name="B")) == twin, "an initial says which"
    third = arrive(but(MARY, patient__middle_name=""))
    assert third not in (lead, twin)
    assert set(PossibleMatch.objects.filter(newcomer=third.patient).values_list("known", flat=True)) == {
        lead.patient_id, twin.patient_id
    }  # fmt: skip


def test_a_preferred_name_is_one_more_first_name(arrive: Arrive, dana: Client) -> None:
    xiaoming = but(
        KAREN, patient__first_name="Xiaoming", patient__last_name="Zhao", patient__preferred_name="Kevin",
        contact__name="Xiaoming Zhao",
    )  # fmt: skip
    lead = arrive(xiaoming)
    again = arrive(but(xiaoming, patient__first_name="Kevin", patient__preferred_name="", contact__name="Kevin Zhao"))
    assert again == lead
    assert "Called</dt>" in page(dana, lead) and "Xiaoming Zhao" in page(dana, lead)
    assert found(dana, "kevin zhao") == found(dana, "xiaoming") == {f"L-{lead.number}"}


def test_what_is_said_otherwise_is_kept_shown_and_found(arrive: Arrive, dana: Client) -> None:
    lead = arrive(KAREN)
    assert arrive(but(KAREN, patient__date_of_birth="1970-09-04")) == lead
    assert arrive(but(KAREN, patient__last_name="Bielke-Meyer")) == lead
    shown = page(dana, lead)
    assert "born Apr 9, 1970" in shown
    assert "Also stated" in shown and "born Sep 4, 1970, last name Bielke-Meyer" in shown
    for text in ("09/04/1970", "04/09/1970", "bielke-meyer", "karen meyer", "karen bielke"):
        assert found(dana, text) == {f"L-{lead.number}"}, text


def test_a_form_of_the_name_is_kept_beside_it(arrive: Arrive, dana: Client) -> None:
    margaret = but(KAREN, patient__first_name="Margaret", contact__name="Margaret Bielke")
    lead = arrive(margaret)
    assert arrive(but(margaret, patient__first_name="Peggy", contact__name="Peggy Bielke")) == lead
    assert "first name Peggy" in page(dana, lead)
    assert found(dana, "peggy bielke") == {f"L-{lead.number}"}


def test_a_name_with_accents_is_not_replaced_by_one_without(arrive: Arrive, dana: Client) -> None:
    jose = but(KAREN, patient__first_name="José", patient__last_name="Muñoz", contact__name="José Muñoz")
    plain = but(KAREN, patient__first_name="JOSE", patient__last_name="MUNOZ", contact__name="JOSE MUNOZ")
    lead = arrive(jose)
    assert arrive(plain) == lead
    assert "José Muñoz" in page(dana, lead) and "Also stated" not in page(dana, lead)


def test_an_accent_said_later_is_taken(arrive: Arrive, dana: Client) -> None:
    lead = arrive(but(KAREN, patient__first_name="JOSE", patient__last_name="MUNOZ", contact__name="JOSE MUNOZ"))
    arrive(but(KAREN, patient__first_name="José", patient__last_name="Muñoz", contact__name="José Muñoz"))
    assert "José Muñoz" in page(dana, lead)


def test_a_name_merged_by_a_person_is_shown_and_found(
    arrive: Arrive, dana: Client, staff: Callable[[str], User]
) -> None:
    noah = but(MARY, patient__first_name="Noah", patient__middle_name="", patient__last_name="Persson")
    lead = arrive(noah)
    arrive(but(noah, patient__last_name="Dahl"))
    merging.same_person(PossibleMatch.objects.get(), staff("dana"), actor=SYSTEM)
    assert Person.objects.filter(same_as=lead.patient_id).count() == 1
    assert "last name Dahl" in page(dana, lead)
    assert f"L-{lead.number}" in found(dana, "noah dahl")


def test_what_somebody_else_said_goes_with_them(arrive: Arrive, dana: Client) -> None:
    lead = arrive(KAREN)
    other = arrive(but(KAREN, patient__last_name="Bielke-Meyer", patient__date_of_birth="1970-04-08"))
    assert other == lead
    part = lead.parts.order_by("-id").first()
    told = {"item": str(part.item_id), "reason": "Her cousin, I spoke with both"}
    assert dana.post(f"/leads/L-{lead.number}/not-this-person", told).status_code == 303
    assert lead.patient_id is not None
    left = identities([lead.patient_id])[lead.patient_id][0]
    assert left.name == "Karen Bielke" and left.also_stated is None
    assert f"L-{lead.number}" not in found(dana, "bielke-meyer")


@pytest.mark.parametrize(
    ("said", "word"),
    [("stepmother", "stepmother"), ("Step-Mother", "stepmother"), ("Godmother", "godmother"), ("Gran", "gran")],
)
def test_how_somebody_is_related_is_not_lost(arrive: Arrive, dana: Client, said: str, word: str) -> None:
    lead = arrive(but(MARY, contact__relationship=said))
    assert f"Bo Quist, {word}" in page(dana, lead)


def test_who_else_speaks_stands_with_how_they_are_related(arrive: Arrive, dana: Client) -> None:
    lead = arrive(MARY)
    arrive(but(MARY, contact__name="Ulla Krag", contact__relationship="stepmother", contact__phone="+16085550142"))
    assert "Ulla Krag, stepmother, (608) 555-0142" in page(dana, lead)


def test_a_newborn_without_a_name_is_asked_about_once_there_is_one(arrive: Arrive) -> None:
    baby = but(MARY, patient__first_name="Baby Girl", patient__middle_name="", patient__last_name="Nesbit")
    lead = arrive(baby)
    named = arrive(but(baby, patient__first_name="Chloe"))
    assert named != lead and PossibleMatch.objects.get().newcomer_id == named.patient_id
    arrive(but(baby, patient__first_name="Baby Girl B"))
    assert Person.objects.filter(leads__isnull=False).count() == 3, "a twin without a name is nobody's twin by machine"


def test_two_of_one_name_born_on_the_first_of_january_are_asked_about(arrive: Arrive) -> None:
    mai = but(
        KAREN, patient__first_name="Mai", patient__last_name="Xiong", patient__date_of_birth="2001-01-01",
        contact__name="Mai Xiong",
    )  # fmt: skip
    lead = arrive(mai)
    assert arrive(but(mai, contact__phone="+19065550189", patient__postal_code="49855")) != lead
    assert PossibleMatch.objects.count() == 1


def test_sean_is_shawn(arrive: Arrive) -> None:
    sean = but(KAREN, patient__first_name="Sean", patient__last_name="O'Brien", contact__name="Sean O'Brien")
    shawn = but(KAREN, patient__first_name="Shawn", patient__last_name="OBrien", contact__name="Shawn OBrien")
    assert arrive(sean) == arrive(shawn)


def test_another_address_is_not_said_to_be_nearly_the_same(arrive: Arrive, dana: Client) -> None:
    oak = but(KAREN, patient__street="12 Oak St", patient__city="Madison", patient__state="WI",
              patient__postal_code="53703")  # fmt: skip
    lead = arrive(oak)
    assert arrive(but(oak, patient__street="980 Elm Ave", patient__postal_code="53711")) == lead
    assert "differs: address" in page(dana, lead)
