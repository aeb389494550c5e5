"""pVerify's API: a token, a summary with the number of the request, and the 271 by that number. Pure.

The number of a request holds its question, so nothing is kept.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any, Final

from firstvisit.steps.coverage.benefits import Benefits, Line
from firstvisit.steps.coverage.inquiries import Inquiry, Insured
from firstvisit.steps.coverage.sandbox.said import Said
from firstvisit.steps.coverage.sandbox.shapes import answers
from firstvisit.steps.coverage.sandbox.shapes.answers import SECRET, as_response, filled, words
from firstvisit.steps.coverage.sandbox.shapes.shape import Asks, Request, Response, sent

_CLIENT: Final = "sandbox"
_FORM: Final = "%m/%d/%Y"
_SERVICES: Final = {"12": "PT", "40": "AD"}
_STATES: Final = {True: "Active", False: "Inactive", None: "Unknown"}


def answer(request: Request, asks: Asks) -> Response:
    """What stands at the places of the API that a question needs."""
    if request.path == "/Token":
        form = dict(each.partition("=")[::2] for each in request.body.decode("utf-8", "replace").split("&"))
        known = (form.get("Client_Id"), form.get("Client_Secret")) == (_CLIENT, SECRET)
        return answers.granted(3600) if known else as_response({"error": "invalid_client"}, 400)
    if not answers.is_let_in(request) or request.headers.get("client-api-id") != _CLIENT:
        return as_response({"Message": "Authorization has been denied for this request."}, 401)
    if request.method == "POST" and request.path == "/API/EligibilitySummary":
        asked, reference = _asked(request)
        said = _said(asked, asks)
        found = answers.of(said.x12)
        ours = [each for each in found if each.trace in (asked.trace, None) or not each.traces]
        body = {
            "RequestID": answers.number_of(asked),
            "ReferrenceId": reference if ours or not found else "SOMEBODY-ELSE",
            "APIResponseCode": "0",
            "APIResponseMessage": "Processed",
            **_summary((ours or found)[-1] if found else None),
        }
        return sent(said, json.dumps(body).encode(), "application/json")
    known_number = answers.inquiry_of(request.path.removeprefix("/API/GetEligibility271/"))
    if known_number is None:
        return as_response({"Message": "no such request"}, 404)
    said = _said(known_number, asks)
    return sent(said, json.dumps({"EDI271ANSI": said.x12.decode("latin-1")}).encode(), "application/json")


def _said(asked: Inquiry, asks: Asks) -> Said:
    """What the habits say; of practice type 40, which stands for all three therapies, the lines of speech therapy come
    behind those of occupational therapy in one answer."""
    said = asks(asked)
    if asked.service != _SERVICES["40"] or not said.x12.startswith(b"ISA*"):
        return said
    speech = asks(replace(asked, service="AF")).x12.decode("latin-1").split("~")
    more = [
        each
        for n, each in enumerate(speech)
        if _line_of(speech, n).startswith("EB") and "*AF*" in _line_of(speech, n)
    ]
    segments = said.x12.decode("latin-1").split("~")
    end = next((n for n, each in enumerate(segments) if each.startswith("SE*")), 0)
    if not more or not end:
        return said
    _, count, control = segments[end].split("*")
    segments[end : end + 1] = [*more, f"SE*{int(count) + len(more)}*{control}"]
    return replace(said, x12="~".join(segments).encode("latin-1"))


def _line_of(segments: list[str], n: int) -> str:
    """The EB that segment `n` is or hangs on, "" for none."""
    if not segments[n].startswith(("EB*", "MSG*", "HSD*", "III*", "LS*", "NM1*", "PER*", "LE*")):
        return ""
    return next((each for each in reversed(segments[: n + 1]) if each.startswith(("EB*", "HL*"))), "")


def _summary(said: Benefits | None) -> dict[str, Any]:
    """The summary of one answer: its EBs in words."""
    if said is None or said.rejections:
        codes = [each.code for each in said.rejections] if said else ["999"]
        return {"APIResponseCode": "1", "APIResponseMessage": "Rejected", "ProcessedWithError": True,
                "ErrorCode": codes[0], "EDIErrorMessage": "The payer refuses the question."}  # fmt: skip
    lines = answers.lines(said)
    services = dict.fromkeys(each.service or "" for each in lines)
    who = said.patient or said.subscriber
    return {
        "PayerName": said.payer.last if said.payer else "",
        "DOS": f"{said.service_date:%m/%d/%Y} - {said.service_date:%m/%d/%Y}" if said.service_date else "",
        "PlanCoverageSummary": {"Status": _STATES[said.active]},
        "DemographicInfo": {
            "Subscriber": filled(
                {
                    "Firstname": who.first, "Lastname_R": who.last, "Gender_R": who.sex,
                    "DOB_R": f"{who.birth:%m/%d/%Y}" if who.birth else "",
                    "Identification": [{"Type": "Member ID", "Code": who.id, "Name": None}] if who.id else [],
                }
            )
            if who
            else None,
            "Dependent": None,
        },
        "ServiceDetails": [
            {
                "ServiceName": words("service", service),
                "EligibilityDetails": [_detail(each) for each in lines if (each.service or "") == service],
            }
            for service in services
        ],
    }  # fmt: skip


def _detail(line: Line) -> dict[str, Any]:
    eb = [*line.elements, *[""] * 13]
    return filled(
        {
            "EligibilityOrBenefit": words("benefit", eb[1]), "CoverageLevel": words("level", eb[2]),
            "InsuranceType": eb[4], "PlanCoverageDescription": eb[5], "TimePeriodQualifier": words("period", eb[6]),
            "MonetaryAmount": f"${eb[7]}" if eb[7] else "", "Percent": eb[8], "QuantityQualifier": words("unit", eb[9]),
            "Quantity": eb[10], "AuthorizationOrCertificationRequired": words("yes", eb[11]),
            "PlanNetworkIndicator": {"Y": "In Network", "N": "Out of Network"}.get(eb[12], words("yes", eb[12])),
            "Message": list(line.messages),
            "BenefitEntities": [
                filled(
                    {
                        "EntityType": words("entity", each.role), "Lastname_R": each.last, "Firstname": each.first,
                        "IdentificationType": each.id_kind, "IdentificationCode": each.id,
                        "CommunicationNumber": [
                            {"Type": "Telephone", "Number": one.number} for one in each.contacts if one.kind == "phone"
                        ],
                    }
                )
                for each in line.parties
            ],
        }
    )  # fmt: skip


def _asked(request: Request) -> tuple[Inquiry, str]:
    try:
        told = json.loads(request.body)
    except ValueError:
        told = {}
    provider, subscriber = told.get("provider") or {}, told.get("subscriber") or {}
    patient = (told.get("dependent") or {}).get("patient")
    inquiry = Inquiry(
        trace="SANDBOX-PV", origin="9SANDBOX00", payer=told.get("payerName", ""), payer_id=told.get("payerCode", ""),
        provider=provider.get("lastName", ""), npi=provider.get("npi", ""), subscriber=_insured(subscriber),
        service=_SERVICES.get(told.get("practiceTypeCode", ""), "30"),
        service_date=answers.day(told.get("doS_StartDate", ""), _FORM) or dt.date.min,
        dependent=_insured(patient) if patient else None,
        relationship="19" if patient else "",
    )  # fmt: skip
    return inquiry, told.get("referenceId", "")


def _insured(who: dict[str, Any]) -> Insured:
    return Insured(
        who.get("lastName", ""), who.get("firstName", ""), answers.day(who.get("dob", ""), _FORM),
        who.get("memberID", ""), who.get("gender", ""), who.get("middleName", ""),
    )  # fmt: skip
