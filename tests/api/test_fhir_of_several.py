"""FHIR bundles about several people: whose anything is, its references say, and nothing is guessed."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.api.test_fhir import COVERAGE, DOCTOR, ENTRIES, PATIENT, REQUEST, ROLE, TASK, bundle

from firstvisit.api.services import make_key
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import FactsRow, Lead
from firstvisit.leads.services import read as read_lead
from firstvisit.practice.shape import Practice
from firstvisit.referral.record import Referral
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import Item

pytestmark = pytest.mark.django_db
Send = Callable[..., Any]
LETTER = base64.b64encode(b"Please evaluate. Thank you.\n").decode()


@pytest.fixture
def send(practice: Practice) -> Send:
    """A POST with a key that may write."""
    key = make_key(name="EMR", scopes=["fhir:write"], actor=SYSTEM)[1]

    def post(body: Any) -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        kind = "application/fhir+json"
        return Client().generic("POST", "/fhir", json.dumps(body), content_type=kind, headers=headers)

    return post


def person(number: str, family: str, **more: Any) -> dict[str, Any]:
    phone = f"608-555-01{sum(map(ord, family)) % 90 + 10}"
    return {"resourceType": "Patient", "id": number, "birthDate": "1961-02-03", "gender": "female",
            "name": [{"family": family, "given": ["Tilda"]}],
            "telecom": [{"system": "phone", "value": phone}], **more}  # fmt: skip


def wish(number: str, patient: str, **more: Any) -> dict[str, Any]:
    return {**REQUEST, "id": number, "subject": {"reference": patient}, **more}


def mother(of: str | None, name: str, **more: Any) -> dict[str, Any]:
    told = {"patient": {"reference": of}} if of else {}
    return {"resourceType": "RelatedPerson", **told, "relationship": [{"text": "Mother"}],
            "name": [{"family": name, "given": ["Mum"]}], "telecom": [{"system": "phone", "value": "608-555-0111"}],
            **more}  # fmt: skip


def cover(member: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Coverage", "status": "active", "subscriberId": member,
            "payor": [{"display": "Northfield Health"}], **more}  # fmt: skip


def letter(**more: Any) -> dict[str, Any]:
    return {"resourceType": "DocumentReference", "status": "current",
            "content": [{"attachment": {"contentType": "text/plain", "data": LETTER, "title": "Order"}}],
            **more}  # fmt: skip


def readings() -> dict[str, Referral]:
    """What is kept of each patient, by family name."""
    read = [read_lead(lead.reading) for lead in Lead.objects.select_related("reading__key")]
    return {str(each.patient.last_name): each for each in read}


def files() -> list[Item]:
    return [each for each in Item.objects.order_by("received_at", "id") if deliveries.is_document(each)]


def test_each_contained_patient_is_the_one_of_its_own_request(send: Send) -> None:
    alpha, beta = person("p", "Alphason"), person("p", "Betadottir")
    coverages = [cover(f"M-{n}", id="c", beneficiary={"reference": "#p"}) for n in (1, 2)]
    requests = [
        wish(f"s{n}", "#p", contained=[who, coverages[n], {**DOCTOR, "id": "d"}], requester={"reference": "#d"},
             insurance=[{"reference": "#c"}])
        for n, who in enumerate((alpha, beta))
    ]  # fmt: skip
    assert send(bundle(*requests)).status_code == 201
    found = readings()
    assert {name: [payer.member_id for payer in each.payers or ()] for name, each in found.items()} == {
        "Alphason": ["M-1"], "Betadottir": ["M-2"],
    }  # fmt: skip
    assert {each.referrer.name for each in found.values()} == {"Iris Quandt"}


def test_coverage_and_relatives_are_those_of_the_patient_they_name(send: Send) -> None:
    people = [person("a", "Gammason"), person("b", "Deltadottir")]
    mums = [mother("Patient/a", "Gammason"), mother(None, "Nobody")]
    covers = [cover("M-B", beneficiary={"reference": "Patient/b"}), cover("M-?"),
              cover("M-A2", beneficiary={"reference": "Patient/a"}, order=2),
              cover("M-A1", beneficiary={"reference": "Patient/a"}, order=1),
              cover("M-old", beneficiary={"reference": "Patient/a"}, status="cancelled"),
              cover("M-far", beneficiary={"reference": "Patient/elsewhere"})]  # fmt: skip
    requests = [wish("s1", "Patient/a"), wish("s2", "Patient/b")]
    assert send(bundle(*people, *mums, *covers, DOCTOR, ROLE, *requests)).status_code == 201
    found = readings()
    assert found["Gammason"].contact.name == "Mum Gammason"
    assert found["Deltadottir"].contact.name is None
    members = {name: [payer.member_id for payer in each.payers or ()] for name, each in found.items()}
    assert members == {"Gammason": ["M-A1", "M-A2"], "Deltadottir": ["M-B"]}


def test_what_a_request_names_of_somebody_else_is_not_taken_for_its_patients(send: Send) -> None:
    people = [person("a", "Epsilon"), person("b", "Zetason")]
    theirs = cover("M-B", id="cb", beneficiary={"reference": "Patient/b"})
    ill = {"resourceType": "Condition", "id": "k", "subject": {"reference": "Patient/b"}, "code": {"text": "Aphasia"}}
    seen = {"resourceType": "Observation", "id": "o", "subject": {"reference": "Patient/b"},
            "code": {"text": "Saddle numbness"}, "valueBoolean": True}  # fmt: skip
    request = wish("s1", "Patient/a", insurance=[{"reference": "Coverage/cb"}], reasonCode=[],
                   reasonReference=[{"reference": "Condition/k"}, {"reference": "Observation/o"}])  # fmt: skip
    assert send(bundle(*people, theirs, ill, seen, DOCTOR, ROLE, request)).status_code == 201
    read = readings()["Epsilon"]
    assert not read.payers and not read.diagnoses and "umbness" not in (read.concern or "")


@pytest.mark.parametrize(
    ("resources", "where"),
    [
        ([PATIENT, wish("s", "Patient/p9")], "ServiceRequest.subject points at Patient/p9"),
        ([PATIENT, {**REQUEST, "subject": None}], "ServiceRequest.subject names nobody"),
        ([PATIENT, {**REQUEST, "subject": {"display": "Liesl"}}], "ServiceRequest.subject names nobody"),
        ([PATIENT, DOCTOR, wish("s", "Practitioner/d1")], "ServiceRequest.subject points at Practitioner/d1"),
        ([person("p1", "Eta"), person("p1", "Theta"), REQUEST], "or there twice"),
        ([wish("s1", "#p", contained=[PATIENT])], "ServiceRequest.subject points at #p"),
        ([wish("s1", "#p1", contained=[PATIENT]), wish("s2", "#p1")], "ServiceRequest.subject points at #p1"),
        ([PATIENT, person("p2", "Iota"), REQUEST, {**TASK, "for": {"reference": "Patient/p2"}}], "Task.for names"),
        ([{**PATIENT, "deceasedBoolean": True}, REQUEST], "the patient has died"),
        ([PATIENT, *(wish(f"s{n}", "Patient/p1") for n in range(21))], "more than 20 ServiceRequests"),
    ],
)  # fmt: skip
def test_who_is_meant_is_asked_and_not_guessed(send: Send, resources: list[Any], where: str) -> None:
    answer = send(bundle(*resources))
    assert answer.status_code == 422
    assert where in answer.json()["issue"][0]["diagnostics"]
    assert not Item.objects.exists() and not Lead.objects.exists()


def at(base: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}


def test_a_relative_reference_is_to_the_same_server(send: Send) -> None:
    one, other = "https://a.example.org/fhir", "https://b.example.org/fhir"
    entries = [at(other, person("p", "Other")), at(one, person("p", "Own")), at(one, wish("s", "Patient/p"))]
    assert send({"resourceType": "Bundle", "type": "collection", "entry": entries}).status_code == 201
    assert list(readings()) == ["Own"]


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/p1/_history/3"},
        {"reference": "https://emr.example.org/r4/Patient/p1"},
        {"type": "Patient", "identifier": {"system": "urn:mrn", "value": "77"}},
    ],
)
def test_a_patient_is_found_by_every_way_the_standard_has(send: Send, reference: dict[str, Any]) -> None:
    who = {**PATIENT, "identifier": [{"system": "urn:mrn", "value": "77"}]}
    assert send(bundle(person("x", "Kappa"), who, DOCTOR, ROLE, {**REQUEST, "subject": reference})).status_code == 201
    assert list(readings()) == ["Wassermann"]


def test_the_same_letter_for_two_patients_belongs_to_both_and_one_of_nobody_to_none(send: Send) -> None:
    people = [person("a", "Lambda"), person("b", "Muson"), person("c", "Nyquist")]
    requests = [wish("s1", "Patient/a"), wish("s2", "Patient/b")]
    about = [letter(subject={"reference": f"Patient/{number}"}) for number in "ab"]
    assert send(bundle(*people, DOCTOR, ROLE, *requests, *about)).status_code == 201
    leads = [deliveries.belongs_to(each) for each in files()]
    assert [read_lead(lead.reading).patient.last_name for lead in leads if lead] == ["Lambda", "Muson"]


@pytest.mark.parametrize("subject", [None, {"reference": "Patient/c"}, {"reference": "Patient/elsewhere"}])
def test_a_letter_about_nobody_who_is_referred_waits_for_a_person(send: Send, subject: Any) -> None:
    people = [person("a", "Xison"), person("b", "Omikron"), person("c", "Pison")]
    requests = [wish("s1", "Patient/a"), wish("s2", "Patient/b")]
    more = {"subject": subject} if subject else {}
    assert send(bundle(*people, DOCTOR, ROLE, *requests, letter(**more))).status_code == 201
    [item] = files()
    assert deliveries.belongs_to(item) is None and item.status == "received"


def test_a_letter_that_says_nobody_belongs_to_the_request_that_gives_it(send: Send) -> None:
    people = [person("a", "Rhoson"), person("b", "Sigmund")]
    given = wish("s2", "Patient/b", supportingInfo=[{"reference": "DocumentReference/d"}])
    requests = [wish("s1", "Patient/a"), given]
    assert send(bundle(*people, DOCTOR, ROLE, *requests, letter(id="d"))).status_code == 201
    lead = deliveries.belongs_to(files()[0])
    assert lead is not None and read_lead(lead.reading).patient.last_name == "Sigmund"


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Observation", "subject": {"reference": "Patient/p1"}, "code": {"text": "Saddle numbness"},
         "valueCodeableConcept": {"text": "Yes"}},
        {"resourceType": "Observation", "subject": {"reference": "Patient/p1"}, "code": {"text": "Nursing"},
         "note": [{"text": "She says that she wants to kill herself."}]},
        {"resourceType": "Communication", "subject": {"reference": "Patient/p1"},
         "payload": [{"contentString": "New loss of bladder control since yesterday."}]},
        {"resourceType": "QuestionnaireResponse", "subject": {"reference": "Patient/p1"},
         "item": [{"text": "Safety", "item": [{"text": "Saddle numbness?", "answer": [{"valueBoolean": True}]}]}]},
        {"resourceType": "DiagnosticReport", "subject": {"reference": "Patient/p1"},
         "conclusion": "New loss of bladder control since yesterday."},
        {**REQUEST, "text": {"div": "<div><p>Back pain.</p><p>Cannot hold <b>her urine</b> since today</p></div>"}},
        {**TASK, "description": "Numb between the legs since today, cannot hold urine"},
        {**REQUEST, "note": [{"text": "Stretching. " * 400}, {"text": "Since today she cannot hold her urine."}]},
    ],
)  # fmt: skip
def test_danger_that_is_said_anywhere_of_the_patient_stops_at_a_clinician(send: Send, resource: Any) -> None:
    rest = [each for each in ENTRIES if each["resourceType"] != resource["resourceType"]]
    assert send(bundle(*rest, resource)).status_code == 201
    assert FactsRow.objects.get().red_flags


def test_a_patient_who_asks_refers_nobody(send: Send) -> None:
    request = {**copy.deepcopy(REQUEST), "requester": {"reference": "Patient/p1"}}
    assert send(bundle(PATIENT, COVERAGE, request)).status_code == 201
    read = readings()["Wassermann"]
    assert (read.referrer.name, read.lead_kind) == (None, "patient")
