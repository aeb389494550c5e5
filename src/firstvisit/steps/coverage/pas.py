"""A request for review as a Da Vinci PAS request bundle (FHIR R4), to be exported. Pure.

After the profiles of the guide (github HL7/davinci-pas, input/fsh: PASRequestBundle, PASClaim) and the bundles of its
test kit. It is checked as FHIR R4 and against those samples; no payer's PAS endpoint has taken one yet, and we send
none."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from firstvisit.steps.coverage.inquiries import Insured
from firstvisit.steps.coverage.review_requests import KINDS, ReviewRequest

PAS: Final = "http://hl7.org/fhir/us/davinci-pas"
X12: Final = "https://codesystem.x12.org/005010"
NPI: Final = "http://hl7.org/fhir/sid/us-npi"
TERMS: Final = "http://terminology.hl7.org/CodeSystem"
PLACE: Final = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_GENDERS: Final = {"F": "female", "M": "male"}
_KIND_WORDS: Final = {"initial": "Initial", "extension": "Extension"}
_RELATED: Final = {"01": "spouse", "19": "child"}
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """One file that goes with it."""

    title: str
    media_type: str
    body: bytes


def bundle(asked: ReviewRequest, papers: Sequence[Paper], *, created: dt.datetime, base: str) -> Resource:
    """The bundle as plain JSON values. `base` is the address under which the practice's own numbers are unique, with
    its slash at the end; `created` has its zone."""
    patient = asked.dependent or asked.subscriber
    resources: list[Resource] = [
        _claim(asked, papers, created, base),
        _organization("requestor", asked.provider, "1P", NPI, asked.npi),
        _organization("insurer", asked.payer, "PR", f"{base}payer", asked.payer_id),
        _patient("patient", patient, base, "beneficiary"),
        _coverage(asked, base),
    ]
    if asked.dependent is not None:
        resources.append(_patient("subscriber", asked.subscriber, base, "subscriber"))
    resources.append(_service(asked))
    if asked.orderer is not None:
        resources.append(_orderer(asked))
    resources += [_paper(number, paper, created) for number, paper in enumerate(papers, 1)]
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{PAS}/StructureDefinition/profile-pas-request-bundle"]},
        "identifier": {"system": f"{base}submission", "value": asked.trace},
        "type": "collection",
        "timestamp": created.isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": f"{base}{each['resourceType']}/{each['id']}", "resource": each} for each in resources
        ],
    }


def _claim(asked: ReviewRequest, papers: Sequence[Paper], created: dt.datetime, base: str) -> Resource:
    claim: Resource = {
        "resourceType": "Claim",
        "id": "request",
        "meta": {"profile": [f"{PAS}/StructureDefinition/profile-claim"]},
        "identifier": [
            {"system": f"{base}request", "value": asked.trace, "assigner": {"reference": _to("requestor")}}
        ],
        "status": "active",
        "type": _coded(f"{TERMS}/claim-type", "professional"),
        "use": "preauthorization",
        "patient": {"reference": "Patient/patient"},
        "created": created.isoformat(timespec="seconds"),
        "insurer": {"reference": _to("insurer")},
        "provider": {"reference": _to("requestor")},
        "priority": _coded(f"{TERMS}/processpriority", "stat" if asked.urgent else "normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/coverage"}}],
        "item": _items(asked, base),
    }
    if asked.urgent:
        claim["extension"] = [
            _extension("levelOfServiceCode", "CodeableConcept", _coded(f"{X12}/1338", "U", "Urgent"))
        ]
    if asked.orderer is not None:
        claim["careTeam"] = [
            {
                "extension": [_extension("careTeamClaimScope", "Boolean", True)],
                "sequence": 1,
                "provider": {"reference": "Practitioner/orderer"},
                "role": _coded(f"{X12}/98", "DK", "Ordering Physician"),
            }
        ]
    if asked.diagnoses:
        claim["diagnosis"] = [
            {
                "sequence": n,
                "diagnosisCodeableConcept": _coded("http://hl7.org/fhir/sid/icd-10-cm", dotted(code)),
            }
            for n, code in enumerate(asked.diagnoses, 1)
        ]
    if supporting := _supporting(asked, papers):
        claim["supportingInfo"] = [{"sequence": n, **each} for n, each in enumerate(supporting, 1)]
    return claim


def _supporting(asked: ReviewRequest, papers: Sequence[Paper]) -> list[Resource]:
    found: list[Resource] = []
    if asked.begins is not None:
        period = {
            "start": asked.begins.isoformat(),
            **({"end": asked.ends.isoformat()} if asked.ends else {}),
        }
        found.append({"category": _supports("patientEvent"), "timingPeriod": period})
    found += [
        {
            "category": _supports("additionalInformation"),
            "valueReference": {"reference": f"DocumentReference/paper{n}"},
        }
        for n, _ in enumerate(papers, 1)
    ]
    if asked.words:
        found.append({"category": _supports("freeFormMessage"), "valueString": asked.words})
    return found


def _items(asked: ReviewRequest, base: str) -> list[Resource]:
    """One for each procedure; where none is named, one for the therapy as a whole."""
    codes: Sequence[Resource] = [_coded("http://www.ama-assn.org/go/cpt", code) for code in asked.procedures]
    return [
        {
            "extension": [
                _extension(
                    "itemTraceNumber", "Identifier", {"system": f"{base}item", "value": f"{asked.trace}-{n}"}
                ),
                *([_extension("authorizationNumber", "String", asked.number)] if asked.number else []),
                _extension(
                    "serviceItemRequestType",
                    "CodeableConcept",
                    _coded(f"{X12}/1525", "HS", "Health Services Review"),
                ),
                _extension(
                    "certificationType",
                    "CodeableConcept",
                    _coded(f"{X12}/1322", KINDS[asked.kind], _KIND_WORDS[asked.kind]),
                ),
                _extension("requestedService", "Reference", {"reference": "ServiceRequest/therapy"}),
            ],
            "sequence": n,
            **({"careTeamSequence": [1]} if asked.orderer is not None else {}),
            **({"diagnosisSequence": [*range(1, len(asked.diagnoses) + 1)]} if asked.diagnoses else {}),
            "category": _coded(f"{X12}/1365", asked.service),
            "productOrService": code,
            "locationCodeableConcept": _coded(PLACE, asked.place),
            **({"quantity": {"value": asked.visits}} if asked.visits is not None else {}),
        }
        for n, code in enumerate(codes or [_coded(f"{X12}/1365", asked.service)], 1)
    ]


def _service(asked: ReviewRequest) -> Resource:
    ordered: Resource = {
        "resourceType": "ServiceRequest",
        "id": "therapy",
        "meta": {"profile": [f"{PAS}/StructureDefinition/profile-servicerequest"]},
        "status": "active",
        "intent": "order",
        "code": _coded(f"{X12}/1365", asked.service),
        "subject": {"reference": "Patient/patient"},
    }
    if asked.visits is not None:
        ordered["quantityQuantity"] = {
            "value": asked.visits,
            "system": "http://unitsofmeasure.org",
            "code": "{visit}",
        }
    if asked.orderer is not None:
        ordered["requester"] = {"reference": "Practitioner/orderer"}
    return ordered


def _organization(id_: str, name: str, role: str, system: str, value: str) -> Resource:
    return {
        "resourceType": "Organization",
        "id": id_,
        "meta": {"profile": [f"{PAS}/StructureDefinition/profile-{id_}"]},
        **({"identifier": [{"system": system, "value": value}]} if value else {}),
        "active": True,
        "type": [_coded(f"{X12}/98", role)],
        "name": name,
    }


def _patient(id_: str, who: Insured, base: str, profile: str) -> Resource:
    given = [each for each in (who.first, who.middle) if each]
    return {
        "resourceType": "Patient",
        "id": id_,
        "meta": {"profile": [f"{PAS}/StructureDefinition/profile-{profile}"]},
        **({"identifier": [{"system": f"{base}member", "value": who.member_id}]} if who.member_id else {}),
        "name": [{"family": who.last, **({"given": given} if given else {})}],
        **({"gender": _GENDERS[who.sex]} if who.sex in _GENDERS else {}),
        **({"birthDate": who.birth.isoformat()} if who.birth else {}),
    }


def _coverage(asked: ReviewRequest, base: str) -> Resource:
    related = _RELATED.get(asked.relationship, "other") if asked.dependent else "self"
    return {
        "resourceType": "Coverage",
        "id": "coverage",
        "meta": {"profile": [f"{PAS}/StructureDefinition/profile-coverage"]},
        "status": "active",
        "subscriber": {"reference": "Patient/subscriber" if asked.dependent else "Patient/patient"},
        **({"subscriberId": asked.subscriber.member_id} if asked.subscriber.member_id else {}),
        "beneficiary": {"reference": "Patient/patient"},
        "relationship": _coded(f"{TERMS}/subscriber-relationship", related),
        "payor": [{"reference": _to("insurer")}],
    }


def _orderer(asked: ReviewRequest) -> Resource:
    of = asked.orderer
    if of is None:
        raise ValueError("nobody ordered it")
    return {
        "resourceType": "Practitioner",
        "id": "orderer",
        "meta": {"profile": [f"{PAS}/StructureDefinition/profile-practitioner"]},
        **({"identifier": [{"system": NPI, "value": of.npi}]} if of.npi else {}),
        "name": [{"family": of.last, **({"given": [of.first]} if of.first else {})}],
    }


def _paper(number: int, paper: Paper, created: dt.datetime) -> Resource:
    body = base64.b64encode(paper.body).decode()
    return {
        "resourceType": "DocumentReference",
        "id": f"paper{number}",
        "meta": {"profile": [f"{PAS}/StructureDefinition/profile-documentreference"]},
        "status": "current",
        "type": {"text": paper.title},
        "subject": {"reference": "Patient/patient"},
        "date": created.isoformat(timespec="seconds"),
        "content": [{"attachment": {"contentType": paper.media_type, "data": body, "title": paper.title}}],
    }


def dotted(code: str) -> str:
    """An ICD-10-CM code with its dot."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def _to(organization: str) -> str:
    return f"Organization/{organization}"


def _supports(kind: str) -> Resource:
    return _coded(f"{PAS}/CodeSystem/PASSupportingInfoType", kind)


def _coded(system: str, code: str, display: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def _extension(name: str, kind: str, value: Any) -> Resource:
    return {"url": f"{PAS}/StructureDefinition/extension-{name}", f"value{kind}": value}
