"""FHIR R4: referrals as bundles and BSeR tasks in, what became of them out, under the scopes of a key."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from firstvisit.api.services import make_key
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import FactsRow, Lead
from firstvisit.leads.services import read as read_lead
from firstvisit.practice.shape import Practice
from firstvisit.steps.intake.models import Item

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]

PATIENT = {
    "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "2022-03-04",
    "extension": [{"url": "https://example.org/unknown", "valueString": "nobody knows this"}],
    "name": [{"use": "official", "family": "Wassermann", "given": ["Liesl", "Marie"]}],
    "address": [{"line": ["7 Birch Ct"], "city": "Madison", "state": "WI", "postalCode": "53704-1200"}],
    "contact": [{"relationship": [{"text": "Mother"}], "name": {"family": "Wassermann", "given": ["Greta"]},
                 "telecom": [{"system": "phone", "value": "608-555-0155"}]}],
}  # fmt: skip
DOCTOR = {
    "resourceType": "Practitioner", "id": "d1", "name": [{"family": "Quandt", "given": ["Iris"], "suffix": ["MD"]}],
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
}  # fmt: skip
OFFICE = {"resourceType": "Organization", "id": "o1", "name": "Birch Pediatrics",
          "telecom": [{"system": "fax", "value": "608-555-0166"}]}  # fmt: skip
ROLE = {"resourceType": "PractitionerRole", "id": "r1", "practitioner": {"reference": "Practitioner/d1"},
        "organization": {"reference": "urn:uuid:00000000-0000-0000-0000-0000000000aa"}}  # fmt: skip
REQUEST = {
    "resourceType": "ServiceRequest", "id": "s1", "status": "active", "intent": "order", "priority": "urgent",
    "code": {"text": "Speech therapy evaluation"}, "subject": {"reference": "Patient/p1"},
    "requester": {"reference": "PractitionerRole/r1"},
    "reasonCode": [{"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F80.1"}],
                    "text": "Expressive language disorder"}],
    "note": [{"text": "Ten words at two years"}],
}  # fmt: skip
COVERAGE = {"resourceType": "Coverage", "id": "c1", "status": "active", "subscriberId": "NH-4711",
            "payor": [{"display": "Northfield Health"}], "beneficiary": {"reference": "Patient/p1"}}  # fmt: skip
TASK = {"resourceType": "Task", "status": "requested", "intent": "order", "for": {"reference": "Patient/p1"},
        "focus": {"reference": "ServiceRequest/s1"},
        "identifier": [{"system": "urn:birch", "value": "66666666"}]}  # fmt: skip
ENTRIES = [PATIENT, DOCTOR, ROLE, REQUEST, COVERAGE, TASK]


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries: list[dict[str, Any]] = [{"resource": each} for each in resources]
    entries.append({"fullUrl": "urn:uuid:00000000-0000-0000-0000-0000000000aa", "resource": OFFICE})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


@pytest.fixture
def ask(practice: Practice) -> Ask:
    """A request with a key of the given scopes."""
    keys = {scope: make_key(name=scope, scopes=[scope], actor=SYSTEM)[1] for scope in ("fhir:write", "fhir:read")}

    def send(method: str, path: str, body: Any = None, *, scope: str = "") -> Any:
        key = keys[scope or ("fhir:write" if method == "POST" else "fhir:read")]
        return Client().generic(
            method, path, json.dumps(body) if body is not None else "", content_type="application/fhir+json",
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

    return send


def test_a_bser_bundle_is_a_lead_and_is_answered_with_its_task(ask: Ask) -> None:
    answer = ask("POST", "/fhir", bundle(*ENTRIES))
    assert answer.status_code == 201, answer.content
    lead = Lead.objects.get()
    assert answer.headers["Location"].endswith(f"/fhir/Task/{lead.id}")
    assert (answer.json()["resourceType"], answer.json()["identifier"][0]["value"]) == ("Task", f"L-{lead.number}")
    read = read_lead(lead.reading)
    assert (read.patient.first_name, read.patient.middle_name, read.patient.postal_code) == ("Liesl", "Marie", "53704")
    assert (read.contact.name, read.contact.relationship) == ("Greta Wassermann", "mother")
    assert (read.referrer.name, read.referrer.organization, read.referrer.npi, read.referrer.fax) == (
        "Iris Quandt", "Birch Pediatrics", "1234567893", "+16085550166",
    )  # fmt: skip
    assert (read.disciplines, read.timing, read.diagnoses[0].code) == (("SLP",), "asap", "F80.1")
    assert read.payers[0].member_id == "NH-4711"
    assert "Ten words at two years" in read.concern
    assert FactsRow.objects.get(lead=lead).source == "fhir"


def test_the_same_identifier_is_one_lead_and_with_other_contents_a_conflict(ask: Ask) -> None:
    assert ask("POST", "/fhir", bundle(*ENTRIES)).status_code == 201
    assert ask("POST", "/fhir", bundle(*ENTRIES)).status_code == 200
    other = {**REQUEST, "note": [{"text": "changed"}]}
    assert ask("POST", "/fhir", bundle(PATIENT, ROLE, DOCTOR, other, TASK)).status_code == 409
    assert Item.objects.count() == Lead.objects.count() == 1


def test_a_request_may_contain_what_it_points_at(ask: Ask) -> None:
    contained = {**REQUEST, "subject": {"reference": "#p1"}, "contained": [PATIENT]}
    assert ask("POST", "/fhir/ServiceRequest", contained).status_code == 201


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"hello": 1}, "resourceType is missing"),
        ({"resourceType": "Bundle", "entry": []}, "holds no ServiceRequest"),
        ({**TASK}, "points at a ServiceRequest that is not in the delivery"),
        (bundle(REQUEST), "ServiceRequest.subject"),
        (bundle(PATIENT, {**REQUEST, "status": "revoked"}), "status is revoked"),
        (bundle(PATIENT, {**REQUEST, "modifierExtension": [{"url": "x"}]}), "a way that we do not know"),
        (bundle({**PATIENT, "modifierExtension": [{"url": "x"}]}, REQUEST), "a way that we do not know"),
        ({"resourceType": "Bundle", "entry": [{"resource": PATIENT}] * 501}, "more than 500 resources"),
    ],
)
def test_what_cannot_be_used_is_said_in_an_outcome_and_nothing_is_kept(ask: Ask, body: Any, said: str) -> None:
    answer = ask("POST", "/fhir", body)
    assert answer.status_code == 422
    assert said in answer.json()["issue"][0]["diagnostics"]
    assert not Item.objects.exists()


def test_a_value_nobody_can_use_is_left_out(ask: Ask) -> None:
    wrong = copy.deepcopy(PATIENT)
    wrong["birthDate"] = "2199-01-01"
    assert ask("POST", "/fhir", bundle(wrong, DOCTOR, ROLE, REQUEST)).status_code == 201
    assert read_lead(Lead.objects.get().reading).patient.date_of_birth is None


def test_what_became_of_it_can_be_read_and_each_look_is_in_the_log(ask: Ask) -> None:
    ask("POST", "/fhir", bundle(*ENTRIES))
    lead = Lead.objects.get()
    patient = ask("GET", f"/fhir/Patient/{lead.patient_id}").json()
    assert (patient["name"][0]["family"], patient["birthDate"]) == ("Wassermann", "2022-03-04")
    request = ask("GET", f"/fhir/ServiceRequest/{lead.id}").json()
    assert request["subject"]["reference"] == f"Patient/{lead.patient_id}"
    assert request["reasonCode"][0]["coding"][0]["code"] == "F80.1"
    for kind, total in (("Task", 1), ("Coverage", 1), ("DocumentReference", 1), ("Patient", 1), ("Appointment", 0)):
        found = ask("GET", f"/fhir/{kind}?patient=Patient/{lead.patient_id}").json()
        assert (kind, found["total"], len(found["entry"])) == (kind, total, total)
    assert AuditRow.objects.filter(verb="viewed", subject_kind="patient", actor__startswith="api:").count() == 2


def test_a_record_comes_out_whole(ask: Ask, practice: Practice) -> None:
    key = make_key(name="rest", scopes=["referrals:write"], actor=SYSTEM)[1]
    today = clock.now().date()
    body = {
        "discipline": ["PT"], "program": "post_surgical",
        "patient": {
            "first_name": "Abel", "last_name": "Firstin", "suffix": "Jr", "preferred_name": "Abe", "interpreter": True,
            "date_of_birth": "1950-05-05", "phone": "608-555-0110 ext. 12", "postal_code": "53703",
        },
        "referrer": {"name": "Tomas Reyes", "phone": "608-555-0112", "role": "physician"},
        "diagnoses": [{"code": "Z96.651", "words": "new knee", "side": "right"}],
        "events": [{"kind": "surgery", "date": (today - dt.timedelta(days=3)).isoformat(), "words": "knee"}],
        "frequencies": [{"discipline": "PT", "visits_per_week": 2, "weeks": 6}],
        "payers": [
            {"kind": "va", "name": "VA Community Care", "member_id": "V1"},
            {"kind": "commercial", "name": "Northfield Health", "member_id": "N2", "claim_number": "CLM-9"},
        ],
    }  # fmt: skip
    answer = Client().post(
        "/api/v1/referrals", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 201, answer.content
    lead = Lead.objects.get()
    patient = ask("GET", f"/fhir/Patient/{lead.patient_id}").json()
    official, nickname = patient["name"]
    assert (official["suffix"], nickname["given"]) == (["Jr"], ["Abe"])
    assert patient["extension"][0]["valueBoolean"] is True
    assert patient["telecom"][0]["value"] == "+16085550110;ext=12"
    request = ask("GET", f"/fhir/ServiceRequest/{lead.id}").json()
    assert request["priority"] == "urgent", "it is time-critical"
    assert request["orderDetail"] == [{"text": "PT 2 a week for 6 weeks"}]
    assert request["supportingInfo"][0]["display"].startswith("surgery 20")
    assert (request["bodySite"], request["reasonCode"][0]["text"]) == ([{"text": "right"}], "new knee, right")
    assert request["category"]
    first, second = ask("GET", f"/fhir/Coverage?patient=Patient/{lead.patient_id}").json()["entry"]
    assert (first["resource"]["type"], first["resource"]["order"]) == ({"text": "va"}, 1)
    assert second["resource"]["identifier"][0]["value"] == "CLM-9"
    assert [each["reference"] for each in request["insurance"]] == [
        f"Coverage/{each['resource']['id']}" for each in (first, second)
    ]
    assert ask("GET", f"/fhir/Coverage/{second['resource']['id']}").json()["subscriberId"] == "N2"
    page = ask("GET", "/fhir/Coverage?_count=1").json()
    assert len(page["entry"]) == 1 and any(link["relation"] == "next" for link in page["link"])


def test_a_search_brings_as_many_as_are_asked_for_and_says_where_the_rest_are(ask: Ask) -> None:
    for n, family in enumerate(("Adler", "Birnbaum", "Cassirer")):
        who = {**PATIENT, "name": [{"family": family, "given": ["Ira"]}], "birthDate": f"20{10 + n}-03-0{n + 1}"}
        who["contact"] = [{**PATIENT["contact"][0], "telecom": [{"system": "phone", "value": f"608-555-018{n}"}]}]
        task = {**TASK, "identifier": [{"system": "urn:birch", "value": str(n)}]}
        assert ask("POST", "/fhir", bundle(who, DOCTOR, ROLE, REQUEST, task)).status_code == 201
    assert Lead.objects.count() == 3
    first = ask("GET", "/fhir/Task?_count=2").json()
    assert (first["total"], len(first["entry"])) == (3, 2)
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")
    rest = ask("GET", f"/fhir/{following.partition('/fhir/')[2]}").json()
    assert len(rest["entry"]) == 1
    assert ask("GET", "/fhir/Task?_count=0").json()["entry"] == []
    assert ask("GET", "/fhir/Task?_count=many").status_code == 400


def test_several_requests_are_answered_with_the_task_of_each(ask: Ask) -> None:
    twin = {**PATIENT, "id": "p2", "name": [{"family": "Wassermann", "given": ["Hugo"]}]}
    second = {**REQUEST, "id": "s2", "subject": {"reference": "Patient/p2"}}
    for status in (201, 200):
        answer = ask("POST", "/fhir", bundle(PATIENT, twin, DOCTOR, ROLE, REQUEST, second))
        assert answer.status_code == status
        tasks = [each["resource"] for each in answer.json()["entry"]]
        assert {each["id"] for each in tasks} == {str(lead.id) for lead in Lead.objects.all()}
        assert [each["resourceType"] for each in tasks] == ["Task", "Task"]


def test_two_requests_that_are_one_lead_are_answered_with_one_task(ask: Ask) -> None:
    second = {**REQUEST, "id": "s2", "note": [{"text": "Few names of colours"}]}
    answer = ask("POST", "/fhir", bundle(PATIENT, DOCTOR, ROLE, REQUEST, second))
    assert (answer.status_code, answer.json()["resourceType"]) == (201, "Task")
    lead = Lead.objects.get()
    assert answer.json()["id"] == str(lead.id)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/fhir/Observation", 404, "not-found"),
        ("/fhir/Patient/7", 404, "not-found"),
        ("/fhir/Patient?_id=%ff%fe", 400, "invalid"),
    ],
)
def test_every_refusal_below_fhir_is_an_outcome(ask: Ask, path: str, status: int, code: str) -> None:
    answer = ask("GET", path)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code)


def test_a_key_may_be_narrowed_to_one_kind_of_resource(ask: Ask) -> None:
    text = make_key(name="status board", scopes=["fhir:read:Task"], actor=SYSTEM)[1]
    client, headers = Client(), {"Authorization": f"Bearer {text}"}
    assert client.get("/fhir/Task", headers=headers).status_code == 200
    assert client.get("/fhir/Patient", headers=headers).status_code == 403


def test_each_key_opens_what_its_scope_names(ask: Ask) -> None:
    assert ask("POST", "/fhir", bundle(*ENTRIES), scope="fhir:read").status_code == 403
    assert ask("GET", "/fhir/Patient", scope="fhir:write").status_code == 403
    assert Client().get("/fhir/Patient").status_code == 401
    assert Client().get("/fhir/metadata").json()["fhirVersion"] == "4.0.1"


def test_nothing_is_changed_by_this_door_and_unknown_searches_are_refused(ask: Ask) -> None:
    ask("POST", "/fhir", bundle(*ENTRIES))
    number = Lead.objects.get().id
    assert ask("PUT", f"/fhir/Task/{number}", TASK, scope="fhir:read").status_code == 405
    assert ask("GET", "/fhir/Patient?name=Wassermann").status_code == 400
    assert ask("GET", "/fhir/Task/00000000-0000-0000-0000-000000000000").status_code == 404
    assert ask("POST", "/fhir/Coverage", COVERAGE).status_code == 405
