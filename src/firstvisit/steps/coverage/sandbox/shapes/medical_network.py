"""The JSON of the Medical Network API: Stedi's door for raw X12, and Optum's with its token. Pure."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any, Final

from firstvisit.steps.coverage import inquiries
from firstvisit.steps.coverage.benefits import Benefits, Line
from firstvisit.steps.coverage.connectors.spelled import table
from firstvisit.steps.coverage.inquiries import Inquiry, Insured
from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.sandbox.shapes import answers
from firstvisit.steps.coverage.sandbox.shapes.answers import SECRET, as_response, filled, words
from firstvisit.steps.coverage.sandbox.shapes.shape import Asks, Request, Response, cut_short, sent
from firstvisit.steps.coverage.x12.dates import Dated
from firstvisit.steps.coverage.x12.parties import Party, Reference
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions

_STEDI: Final = "/change/medicalnetwork/eligibility/v3/raw-x12"
_OPTUM: Final = "/medicalnetwork/eligibility/v3"
_NOBODY: Final = "000000000"
_CLIENT: Final = "sandbox"
_FORM: Final = "%Y%m%d"


def stedi(request: Request, asks: Asks) -> Response:
    """A 270 in a line of JSON; the 271 and what is made of it back. Refusals come with status 400, as Stedi's do."""
    if request.headers.get("authorization") != SECRET:
        return as_response({"message": "Forbidden"}, 403)
    asked = _asked_x12(request) if request.path == _STEDI and request.method == "POST" else None
    if asked is None:
        error = {"code": "71", "description": "Parse errors", "location": "subscriber_level_HL_loop",
                 "followupAction": "Please Correct and Resubmit"}  # fmt: skip
        return as_response({"status": "ERROR", "errors": [error]}, 400)
    said = asks(asked)
    payload = cut_short(said.x12) if said.cut else said.x12
    found = answers.of(payload)
    body = {
        "meta": {"applicationMode": "production", "senderId": "STEDI"},
        **(spelled(found[0]) if found else {}),
        "x12": payload.decode("latin-1"),
    }
    content = json.dumps(body).encode()
    response = sent(said, content, "application/json")
    refused = any(each.rejections for each in found) and said.instead is None and not said.hangs_up
    return Response(response.content, response.media, 400, wait=response.wait) if refused else response


def optum(request: Request, asks: Asks) -> Response:
    """A token, then JSON in, JSON out; the number of the question is repeated, our trace is not."""
    if request.path == "/apip/auth/v2/token":
        told = _json(request)
        known = (told.get("client_id"), told.get("client_secret")) == (_CLIENT, SECRET)
        return answers.granted(3600) if known else as_response({"error": "invalid_client"}, 401)
    if request.path.rstrip("/") != _OPTUM or request.method != "POST":
        return as_response({"message": "no such place"}, 404)
    if not answers.is_let_in(request):
        return as_response({"message": "Unauthorized"}, 401)
    told = _json(request)
    asked = _asked_json(told)
    said = asks(asked)
    found = answers.of(said.x12)
    ours = [each for each in found if each.trace in (asked.trace, None) or not each.traces]
    body: dict[str, Any] = {"status": "ERROR", "errors": [{"code": "999", "description": "not taken in"}]}
    if found:
        shown = (ours or found)[-1]
        body = {
            **spelled(shown),
            "controlNumber": told.get("controlNumber") if ours else _NOBODY,
            "subscriberTraceNumbers": [
                {"traceTypeCode": "1", "traceType": "Current Transaction Trace Numbers",
                 "referenceIdentification": "OPTUM-1", "originatingCompanyIdentifier": "9000000000"}
            ],
        }  # fmt: skip
    return sent(said, json.dumps(body).encode(), "application/json")


def spelled(answer: Benefits) -> dict[str, Any]:
    """One answer in the words of the Medical Network API."""
    subscriber, patient = answer.subscriber, answer.patient
    is_dependent = patient is not None and patient is not subscriber
    refused = {
        loop: [_error(each) for each in answer.rejections if each.loop.endswith(loop)] for loop in "ABCD"
    }
    payer, provider = answer.payer, answer.provider
    dates = {
        _name("date", one.what.qualifier): _span(one.what)
        for one in answer.noted
        if isinstance(one.what, Dated)
    }
    numbers = {
        _name("number", one.what.qualifier): one.what.number
        for one in answer.noted
        if isinstance(one.what, Reference)
    }
    return filled(
        {
            "payer": filled(
                {
                    "entityIdentifier": "Payer", "entityType": "Non-Person Entity",
                    "name": payer.last if payer else "", "payorIdentification": payer.id if payer else "",
                    "contactInformation": _contact(payer) if payer else {}, "aaaErrors": refused["A"],
                }
            ),
            "provider": filled(
                {
                    "entityIdentifier": "Provider", "entityType": "Non-Person Entity",
                    "providerName": provider.last if provider else "", "npi": provider.id if provider else "",
                    "aaaErrors": refused["B"],
                }
            ),
            "subscriber": _person(subscriber, "Insured or Subscriber", refused["C"]) if subscriber else {},
            "dependents": [_person(patient, "Dependent", refused["D"])] if is_dependent and patient else [],
            "planInformation": numbers,
            "planDateInformation": dates,
            "benefitsInformation": [_benefit(line) for line in answers.lines(answer)],
            "errors": [_error(each) for each in answer.rejections],
        }
    )  # fmt: skip


def _person(who: Party, called: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    return filled(
        {
            "entityIdentifier": called, "entityType": "Person", "memberId": who.id, "firstName": who.first,
            "middleName": who.middle, "lastName": who.last, "suffix": who.suffix, "gender": who.sex,
            "dateOfBirth": who.birth.strftime("%Y%m%d") if who.birth else "",
            "relationToSubscriber": words("relationship", who.relationship) if who.relationship else "",
            "relationToSubscriberCode": who.relationship, "aaaErrors": errors,
        }
    )  # fmt: skip


def _benefit(line: Line) -> dict[str, Any]:
    eb = [*line.elements, *[""] * 13]
    return filled(
        {
            "code": eb[1], "name": words("benefit", eb[1]), "coverageLevelCode": eb[2],
            "coverageLevel": words("level", eb[2]), "serviceTypeCodes": list(line.together) or [line.service or ""],
            "insuranceTypeCode": eb[4], "planCoverage": eb[5], "timeQualifierCode": eb[6],
            "timeQualifier": words("period", eb[6]), "benefitAmount": eb[7], "benefitPercent": eb[8],
            "quantityQualifierCode": eb[9], "quantityQualifier": words("unit", eb[9]), "benefitQuantity": eb[10],
            "authOrCertIndicator": eb[11], "inPlanNetworkIndicatorCode": eb[12],
            "inPlanNetworkIndicator": words("yes", eb[12]),
            "benefitsDateInformation": {_name("date", one.qualifier): _span(one) for one in line.dates},
            "benefitsAdditionalInformation": {_name("number", one.qualifier): one.number for one in line.references},
            "additionalInformation": [{"description": each} for each in line.messages],
            "eligibilityAdditionalInformationList": [
                filled({"codeListQualifierCode": each.qualifier, "industryCode": each.code,
                        "injuredBodyPartName": each.words})
                for each in line.places
            ],
            "benefitsServiceDelivery": [
                filled(
                    {
                        "quantityQualifierCode": each.unit,
                        "quantity": "" if each.quantity is None else f"{each.quantity:f}",
                        "unitForMeasurementQualifierCode": each.per, "sampleSelectionModulus": each.every,
                        "timePeriodQualifierCode": each.period, "numOfPeriods": each.periods,
                    }
                )
                for each in line.deliveries
            ],
            "benefitsRelatedEntities": [_entity(each) for each in line.parties],
        }
    )  # fmt: skip


def _entity(who: Party) -> dict[str, Any]:
    return filled(
        {
            "entityIdentifier": words("entity", who.role),
            "entityType": {True: "Person", False: "Non-Person Entity", None: ""}[who.is_person],
            "entityName": who.last, "entityFirstname": who.first, "entityIdentification": who.id_kind,
            "entityIdentificationValue": who.id, "contactInformation": _contact(who),
            "address": filled({"address1": who.street, "city": who.city, "state": who.state, "postalCode": who.zip}),
        }
    )  # fmt: skip


def _contact(who: Party) -> dict[str, Any]:
    modes = {"phone": "Telephone", "fax": "Facsimile", "email": "Electronic Mail",
             "url": "Uniform Resource Locator (URL)", "extension": "Telephone Extension"}  # fmt: skip
    contacts = [
        {"communicationMode": modes.get(each.kind, each.kind), "communicationNumber": each.number}
        for each in who.contacts
    ]
    return filled({"name": next((each.name for each in who.contacts), ""), "contacts": contacts})


def _error(each: Rejection) -> dict[str, Any]:
    return filled(
        {"field": "AAA", "code": each.code, "description": each.words, "location": f"Loop {each.loop}",
         "followupAction": words("action", each.action)}
    )  # fmt: skip


def _span(date: Dated) -> str:
    return date.text


def _name(name: str, code: str) -> str:
    return next((said for said, each in table(name).items() if each == code), code)


def _json(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(request.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _asked_x12(request: Request) -> Inquiry | None:
    x12 = str(_json(request).get("x12", "")).encode()
    for each in transactions(io.BytesIO(x12)):
        if isinstance(each, Transaction) and each.kind == "270" and (found := inquiries.read(each)):
            return found[0]
    return None


def _asked_json(told: dict[str, Any]) -> Inquiry:
    provider, encounter = told.get("provider") or {}, told.get("encounter") or {}
    people = told.get("dependents") or []
    return Inquiry(
        trace="SANDBOX-JSON", origin="9SANDBOX00", payer="Invented Health",
        payer_id=told.get("tradingPartnerServiceId", ""), provider=provider.get("organizationName", ""),
        npi=provider.get("npi", ""), subscriber=_insured(told.get("subscriber") or {}),
        service=(encounter.get("serviceTypeCodes") or ["30"])[0],
        service_date=answers.day(encounter.get("dateOfService", ""), _FORM) or dt.date.min,
        dependent=_insured(people[0]) if people else None,
        relationship=people[0].get("individualRelationshipCode", "") if people else "",
    )  # fmt: skip


def _insured(who: dict[str, Any]) -> Insured:
    return Insured(
        who.get("lastName", ""), who.get("firstName", ""), answers.day(who.get("dateOfBirth", ""), _FORM),
        who.get("memberId", ""), who.get("gender", ""), who.get("middleName", ""),
    )  # fmt: skip
