"""The REST door: what is taken, what is refused and in which words; nothing is ever half stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from tests.conftest import ClientPost, counted, revoked
from tests.people import FAMILY, FIRST_STEP, ORGANIZATION, but

from firstvisit.api.services import make_key, revoke_key
from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead
from firstvisit.people.models import Person
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.services import original

pytestmark = pytest.mark.django_db


def fields(answer: Any) -> set[str]:
    return {problem["field"] for problem in answer.json()["problems"]}


def test_a_referral_is_answered_with_its_reference_and_the_decision(client_post: ClientPost) -> None:
    answer = client_post(FAMILY)
    assert answer.status_code == 201
    told = answer.json()
    lead = Lead.objects.get()
    assert told["reference"] == f"L-{lead.number}"
    assert told["outcome"] == lead.outcome == "book_now"
    assert told["joined"] is False
    assert told["score"][0] <= told["score"][1]
    assert original(Item.objects.get(id=told["item"])) == json.dumps(FAMILY).encode()


def test_an_organization_needs_no_patient(client_post: ClientPost) -> None:
    answer = client_post(ORGANIZATION)
    assert (answer.status_code, answer.json()["outcome"]) == (201, "discovery")
    assert Lead.objects.get().patient is None


def test_several_patients_of_one_delivery_are_a_lead_each(client_post: ClientPost) -> None:
    body = but(FAMILY, patient={"first_name": "Ana", "last_name": "Moreau", "date_of_birth": "2019-03-04"})
    body["referrer"] = {"name": "Lee Park", "organization": "Harbor School", "phone": "+16085550155"}
    brother = {"patient": {"first_name": "Theo", "last_name": "Moreau", "date_of_birth": "2021-05-06"}}
    told = client_post({**body, "additional_records": [brother]}, repeat="two").json()
    assert [told["reference"], *told["others"]] == [
        f"L-{lead.number}" for lead in Lead.objects.order_by("number")
    ]
    first, second = Lead.objects.order_by("number")
    assert (first.patient_id != second.patient_id, first.referrer_id) == (True, second.referrer_id)
    assert [part.end for part in Part.objects.filter(item=told["item"])] == ["opened", "opened"]
    assert client_post({**body, "additional_records": [brother]}, repeat="two").json() == told


def test_a_problem_of_a_further_patient_is_named_with_its_place(client_post: ClientPost) -> None:
    wrong = {"patient": {"first_name": "Theo", "date_of_birth": "2021-15-06"}, "contact": {"phone": "12"}}
    answer = client_post({**FAMILY, "additional_records": [wrong, "Ana"]})
    assert fields(answer) == {
        "additional_records.0.patient.date_of_birth",
        "additional_records.0.contact.phone",
        "additional_records.1",
    }
    assert not Item.objects.exists()


def test_the_same_key_with_the_same_body_gives_the_stored_answer(client_post: ClientPost) -> None:
    first = client_post(FAMILY, repeat="delivery-1")
    before = counted()
    again = client_post(FAMILY, repeat="delivery-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert counted() == before


def test_the_same_key_with_another_body_is_refused(client_post: ClientPost) -> None:
    client_post(FAMILY, repeat="delivery-1")
    before = counted()
    answer = client_post(but(FAMILY, concern="Something else"), repeat="delivery-1")
    assert (answer.status_code, fields(answer)) == (422, {"Idempotency-Key"})
    assert counted() == before


def test_two_senders_may_use_the_same_key(client_post: ClientPost) -> None:
    _, other = make_key(name="Another office", scopes=["referrals:write"], actor=SYSTEM)
    client_post(FAMILY, repeat="1")
    assert client_post(but(FAMILY, concern="Theirs"), repeat="1", key=other).status_code == 201


def test_a_key_is_forgotten_after_seven_days(client_post: ClientPost) -> None:
    client_post(FAMILY, repeat="delivery-1")
    clock.move(timedelta(days=7, minutes=1))
    jobs.housekeeping()
    assert client_post(FAMILY, repeat="delivery-1").json()["joined"] is True
    assert Item.objects.count() == 2


@pytest.mark.parametrize("key", ["", "fv_wrong", "nonsense", "ключ", "fv_" + "x" * 5000])
def test_without_a_valid_key_nobody_gets_in(client_post: ClientPost, key: str) -> None:
    before = counted()
    assert client_post(FAMILY, key=key).status_code == 401
    assert counted() == before


def test_a_revoked_key_and_one_without_the_right_open_nothing(client_post: ClientPost, api_key: str) -> None:
    revoke_key(revoked(api_key), actor=SYSTEM)
    assert client_post(FAMILY).status_code == 401
    _, reads = make_key(name="Reads", scopes=[], actor=SYSTEM)
    assert client_post(FAMILY, key=reads).status_code == 401


def test_a_used_key_that_is_revoked_opens_nothing_after_five_seconds(
    client_post: ClientPost, api_key: str
) -> None:
    from firstvisit.api import services

    assert client_post(FAMILY).status_code == 201
    revoke_key(revoked(api_key), actor=SYSTEM)
    services._seen.clear()  # as five seconds later, or in another process
    assert client_post(FAMILY).status_code == 401


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'{"concern": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}', 413),
        (b'{"concern": "\xff\xfe"}', 400),
        (b"", 400),
        (b"{", 400),
        (b"[1, 2]", 400),
        (b"null", 400),
        (b'{"concern": NaN}', 400),
        (b'{"concern": "one", "concern": "two"}', 400),
        (b"[" * 200_000, 400),
        (b'{"a": ' * 30_000, 400),
        (b'{"patient": {"age_years": 1e999}}', 422),
        (b'{"patient": {"age_years": ' + b"9" * 10_000 + b"}}", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_words(
    client_post: ClientPost, raw: bytes, status: int
) -> None:
    before = counted()
    answer = client_post(raw=raw)
    assert answer.status_code == status, answer.content
    assert answer.json()["problems"]
    assert counted() == before


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
def test_another_content_type_is_refused(client_post: ClientPost, content_type: str) -> None:
    answer = client_post(FAMILY, content_type=content_type)
    assert (answer.status_code, fields(answer)) == (415, {"Content-Type"})


@pytest.mark.parametrize("repeat", ["", "x" * 201, "naïve", "tab\there"])
def test_an_unusable_idempotency_key_is_refused(client_post: ClientPost, repeat: str) -> None:
    answer = client_post(FAMILY, repeat=repeat)
    assert (answer.status_code, fields(answer)) == (400, {"Idempotency-Key"})
    assert Item.objects.count() == 0


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("patient.date_of_birth", {"patient__date_of_birth": "2023-02-30"}),
    ("patient.date_of_birth", {"patient__date_of_birth": "2199-01-01"}),
    ("patient.date_of_birth", {"patient__date_of_birth": "1850-01-01"}),
    ("patient.date_of_birth", {"patient__date_of_birth": 20230914}),
    ("patient.age_years", {"patient__age_years": 44}),
    ("patient.age_years", {"patient__age_years": -1}),
    ("patient.sex", {"patient__sex": "x"}),
    ("patient.state", {"patient__state": "ZZ"}),
    ("patient.postal_code", {"patient__postal_code": "5370"}),
    ("patient.first_name", {"patient__first_name": "x" * 400}),
    ("patient.last_name", {"patient__last_name": "Quisen\x00berry"}),
    ("patient.last_name", {"patient__last_name": "\ud800"}),
    ("patient.nickname", {"patient__nickname": "Bel"}),
    ("patient", {"patient": "Mirabelle"}),
    ("contact.phone", {"contact__phone": "12"}),
    ("contact.email", {"contact__email": "odalys at example"}),
    ("contact.preferred_method", {"contact__preferred_method": "pigeon"}),
    ("referrer.npi", {"referrer": {"npi": "1234567890"}}),
    ("referrer.npi", {"referrer": {"npi": "12345"}}),
    ("program", {"program": "underwater_basket_weaving"}),
    ("discipline.0", {"discipline": ["XX"]}),
    ("diagnoses.0", {"diagnoses": ["Q99.999Z"]}),
    ("availability.1", {"availability": ["tue_am", "someday"]}),
    ("documents.0", {"documents": ["selfie"]}),
    ("events.0.date", {"events": [{"kind": "surgery", "date": "2026-13-01"}]}),
    ("events.0.kind", {"events": [{"kind": "party", "date": "2026-11-01"}]}),
    ("payers.0.kind", {"payers": [{"kind": "barter"}]}),
    (
        "consents.0.channel",
        {"consents": [{"channel": "pigeon", "given": True, "wording": "email-receipt:1"}]},
    ),
    ("consents.0.given", {"consents": [{"channel": "email", "given": "yes", "wording": "email-receipt:1"}]}),
    ("consents.0.wording", {"consents": [{"channel": "email", "given": True}]}),
    ("order_signed", {"order_signed": "maybe"}),
    ("timing", {"timing": 7}),
    ("channel", {"channel": "pigeon"}),
    ("concern", {"concern": "x" * 5000}),
    ("surprise", {"surprise": 1}),
]


@pytest.mark.parametrize(
    ("field", "changes"), WRONG, ids=[f"{n}-{field}" for n, (field, _) in enumerate(WRONG)]
)
def test_every_wrong_field_is_named_and_nothing_is_stored(
    client_post: ClientPost, field: str, changes: dict[str, Any]
) -> None:
    before = counted("kernel_counter")
    answer = client_post(but(FAMILY, **changes))
    assert answer.status_code == 422, answer.content
    assert field in fields(answer)
    assert counted("kernel_counter") == before


def test_all_wrong_fields_are_named_at_once_and_no_value_is_repeated(client_post: ClientPost) -> None:
    answer = client_post(
        but(FAMILY, patient__date_of_birth="2199-01-01", contact__phone="77", program="sesame")
    )
    assert fields(answer) >= {"patient.date_of_birth", "contact.phone", "program"}
    assert b"2199" not in answer.content and b"sesame" not in answer.content


def test_a_referral_of_nobody_is_refused(client_post: ClientPost) -> None:
    assert fields(client_post({"concern": "Help"})) == {"patient.last_name"}
    assert fields(client_post({"patient": {"last_name": "Quisenberry"}})) == {"contact.phone"}


SCRIPT = "<script>alert('x')</script>"
SQL = "Robert'); DROP TABLE leads_lead;--"


def test_script_and_sql_are_kept_sealed_and_shown_as_text(
    client_post: ClientPost, browser: Callable[[str], Client]
) -> None:
    answer = client_post(but(FAMILY, concern=f"{SCRIPT} {SQL} {{{{ 7*7 }}}}", patient__city=SCRIPT))
    assert answer.status_code == 201
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM leads_leadreferral WHERE position(%s in sealed) > 0", [b"script"]
        )
        assert cursor.fetchone() == (0,)
    page = browser("dana").get(f"/leads/{answer.json()['reference']}")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in text
    assert "DROP TABLE leads_lead;--" in text
    assert "{{ 7*7 }}" in text
    assert Lead.objects.count() == 1


def test_a_double_tap_on_the_form_is_one_request(client_post: ClientPost) -> None:
    visitor, tap = Client(), {**FIRST_STEP, "token": "the-same-form-once"}
    first, second = visitor.post("/request", tap), visitor.post("/request", tap)
    assert first.status_code == second.status_code == 303
    assert Item.objects.count() == Lead.objects.count() == Part.objects.count() == 1
    assert Person.objects.count() == 2


def test_methods_that_are_not_offered_change_nothing(client_post: ClientPost, api_key: str) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = Client().generic(method, "/api/v1/referrals", headers={"Authorization": f"Bearer {api_key}"})
        assert answer.status_code == 405
