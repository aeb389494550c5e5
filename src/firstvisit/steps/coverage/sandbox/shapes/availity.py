"""Availity's Coverages API: a token, a form that is accepted, and an answer for who looks a second time. Pure.

The number of a coverage holds its question, and the address of the next look stands in the answer, so nothing is kept.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from firstvisit.steps.coverage.benefits import Benefits, Line
from firstvisit.steps.coverage.inquiries import Inquiry, Insured
from firstvisit.steps.coverage.sandbox.shapes import answers
from firstvisit.steps.coverage.sandbox.shapes.answers import SECRET, as_response, filled, words
from firstvisit.steps.coverage.sandbox.shapes.shape import Asks, Request, Response, sent
from firstvisit.steps.coverage.x12.dates import Dated
from firstvisit.steps.coverage.x12.parties import Party, Reference

_CLIENT: Final = "sandbox"
_NETWORKS: Final = {"Y": "inNetwork", "N": "outOfNetwork", "W": "notApplicableNetwork"}
_AMOUNTS: Final = {"B": "coPayment", "A": "coInsurance", "C": "deductibles", "G": "outOfPocket"}
_DETAILS: Final = {"F": "limitations", "E": "exclusions", "I": "nonCovered", "CB": "coverageBasis"}
_STATES: Final = frozenset("12345678")
_FIELDS: Final = {
    "64": "memberId", "72": "memberId", "65": "patientLastName", "73": "patientLastName", "58": "patientBirthDate",
    "71": "patientBirthDate", "75": "memberId", "67": "memberId", "43": "providerNpi", "51": "providerNpi",
}  # fmt: skip
_DATES: Final = {"346": "coverageStartDate", "347": "coverageEndDate", "356": "eligibilityStartDate",
                 "357": "eligibilityEndDate", "472": "serviceDate", "193": "periodStartDate", "194": "periodEndDate",
                 "304": "lastVisitDate"}  # fmt: skip


def answer(request: Request, asks: Asks) -> Response:
    """What stands at the three places of the API."""
    parts = urlsplit(request.path)
    form = {name: each[0] for name, each in parse_qs(request.body.decode("utf-8", "replace")).items()}
    if parts.path == "/token":
        known = (form.get("client_id"), form.get("client_secret")) == (_CLIENT, SECRET)
        return answers.granted(300) if known else as_response({"error": "invalid_client"}, 401)
    if not answers.is_let_in(request):
        return as_response({"userMessage": "not authorized", "statusCode": 401}, 401)
    if request.method == "POST" and parts.path == "/coverages":
        return _accepted(_number(form), look=1)
    number = parts.path.removeprefix("/coverages/")
    asked = answers.inquiry_of(number)
    if asked is None:
        return as_response({"userMessage": "no such coverage", "statusCode": 404}, 404)
    if parts.query == "look=1":
        return _accepted(number, look=2)
    said = asks(asked)
    found = answers.of(said.x12)
    ours = [each for each in found if each.trace in (asked.trace, None) or not each.traces]
    body = _coverage((ours or found)[-1], number if ours else "somebody-elses") if found else _refused(number)
    return sent(said, json.dumps(body).encode(), "application/json")


def _accepted(number: str, *, look: int) -> Response:
    body = {"id": number, "status": "In Progress", "statusCode": "0"}
    return as_response(body, 202, Location=f"coverages/{number}?look={look}")


def _refused(number: str) -> dict[str, Any]:
    message = {"field": "payerId", "code": "999", "errorMessage": "The payer did not take the question in."}
    return {"id": number, "status": "Request Error", "statusCode": "19", "validationMessages": [message]}


def _number(form: dict[str, str]) -> str:
    who = Insured(
        form.get("patientLastName", ""), form.get("patientFirstName", ""), _day(form.get("patientBirthDate", "")),
        form.get("memberId", ""), form.get("patientGender", ""), form.get("patientMiddleName", ""),
    )  # fmt: skip
    is_self = form.get("subscriberRelationship", "18") == "18"
    subscriber = who if is_self else Insured("CARDHOLDER", "", None, who.member_id)
    return answers.number_of(
        Inquiry(
            trace="SANDBOX-FORM", origin="9SANDBOX00", payer="Invented Health", payer_id=form.get("payerId", ""),
            provider=form.get("providerLastName", ""), npi=form.get("providerNpi", ""), subscriber=subscriber,
            service=form.get("serviceType", "30"), service_date=_day(form.get("asOfDate", "")) or date.min,
            dependent=None if is_self else Insured(who.last, who.first, who.birth, "", who.sex, who.middle),
            relationship="" if is_self else form.get("subscriberRelationship", ""),
        )
    )  # fmt: skip


def _coverage(said: Benefits, number: str) -> dict[str, Any]:
    """One answer as a coverage; a refusal as messages about fields."""
    of_whole = [each for each in said.rejections if not each.loop.startswith("2110")]
    messages = [
        filled({"field": _FIELDS.get(each.code, ""), "code": each.code, "errorMessage": each.words})
        for each in said.rejections
    ]
    if of_whole:
        return {"id": number, "status": "Request Error", "statusCode": "19", "validationMessages": messages}
    payer, provider, subscriber, patient = said.payer, said.provider, said.subscriber, said.patient
    is_dependent = patient is not subscriber
    relation = (patient.relationship or "G8") if patient and is_dependent else "18"
    return filled(
        {
            "id": number, "status": "Complete", "statusCode": "4", "controlNumber": "4004",
            "createdDate": f"{said.answered_on}T09:00:00.000+0000" if said.answered_on else "",
            "asOfDate": f"{said.service_date}T00:00:00.000+0000" if said.service_date else "",
            "payer": {"payerId": payer.id, "name": payer.last} if payer else {},
            "requestingProvider": {"lastName": provider.last, "npi": provider.id} if provider else {},
            "subscriber": _person(subscriber) if subscriber else {},
            "patient": {**_person(patient), "subscriberRelationshipCode": relation,
                        "subscriberRelationship": words("relationship", relation)} if patient else {},
            "validationMessages": messages,
            "plans": [_plan(said)],
        }
    )  # fmt: skip


def _plan(said: Benefits) -> dict[str, Any]:
    lines = answers.lines(said)
    state = next((each for each in lines if each.service == "30" and each.code in _STATES), None)
    plan: dict[str, Any] = {}
    if state is not None:
        plan = {"status": words("benefit", state.code), "statusCode": state.code, "planName": state.plan}
    for noted in said.noted:
        if isinstance(noted.what, Dated) and noted.what.begin and noted.what.qualifier in _DATES:
            plan[_DATES[noted.what.qualifier]] = f"{noted.what.begin}T00:00:00.000+0000"
        elif isinstance(noted.what, Reference) and noted.what.qualifier == "6P":
            plan["groupNumber"] = noted.what.number
    services = dict.fromkeys(service for each in lines for service in each.together or (each.service or "",))
    plan["benefits"] = [_benefit(service, lines) for service in services]
    return filled(plan)


def _benefit(service: str, lines: list[Line]) -> dict[str, Any]:
    benefit: dict[str, Any] = {"name": words("service", service), "type": service}
    amounts: dict[str, Any] = {}
    for line in lines:
        if service not in (line.together or (line.service or "",)):
            continue
        network = _NETWORKS.get([*line.elements, *[""] * 13][12], "noNetwork")
        if line.code in _STATES:
            benefit.setdefault("statusDetails", {}).setdefault(network, []).append(
                {**_entry(line), "status": words("benefit", line.code), "statusCode": line.code}
            )
        elif line.code in _AMOUNTS:
            amounts.setdefault(_AMOUNTS[line.code], {}).setdefault(network, []).append(_entry(line))
        elif line.code == "R":
            benefit.setdefault("additionalPayers", []).extend(
                filled(
                    {
                        "name": each.last,
                        "payerId": each.id,
                        "primary": each.role == "PRP",
                        "contactInformation": [
                            {"phone": one.number} for one in each.contacts if one.kind == "phone"
                        ],
                    }
                )
                for each in line.parties
            )
        else:
            kind = _DETAILS.get(line.code, "benefitDescriptions")
            benefit.setdefault(kind, {}).setdefault(network, []).append(_entry(line))
    return filled({**benefit, "amounts": amounts})


def _entry(line: Line) -> dict[str, Any]:
    eb = [*line.elements, *[""] * 13]
    is_left = eb[6] in ("29", "33")
    share = f"{Decimal(eb[8]) * 100:g}" if line.code == "A" and eb[8] else ""
    name = "remaining" if is_left and eb[7] else "amount"
    return filled(
        {
            name: share or eb[7], f"{name}TimePeriodCode": eb[6], f"{name}TimePeriod": words("period", eb[6]),
            "units": "Percentage" if share else "USD" if eb[7] else "", "level": words("level", eb[2]),
            "levelCode": eb[2], "quantity": eb[10], "quantityQualifierCode": eb[9],
            "quantityQualifier": words("unit", eb[9]),
            "authorizationRequired": {"Y": True, "N": False}.get(eb[11]),
            "authorizationRequiredUnknown": True if eb[11] == "U" else None,
            "payerNotes": list(line.messages),
            **{
                _DATES[one.qualifier]: f"{one.begin}T00:00:00.000+0000"
                for one in line.dates
                if one.qualifier in _DATES
            },
            "deliveryInformation": [
                filled({"quantity": f"{each.quantity:f}" if each.quantity is not None else "",
                        "quantityQualifierCode": each.unit, "perCode": each.per, "amount": each.every,
                        "timePeriodCode": each.period, "timePeriods": each.periods})
                for each in line.deliveries
            ],
        }
    )  # fmt: skip


def _person(who: Party) -> dict[str, Any]:
    return filled(
        {"memberId": who.id, "firstName": who.first, "middleName": who.middle, "lastName": who.last,
         "birthDate": f"{who.birth}T00:00:00.000+0000" if who.birth else "", "genderCode": who.sex}
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
