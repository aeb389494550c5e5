"""The REST API. Parses, calls one service, renders."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer

from firstvisit.api.models import ApiKey
from firstvisit.api.schemas import ProblemsOut, ReceiptOut, ReferralIn
from firstvisit.api.services import key_of
from firstvisit.journey.receiving import Receipt, receive
from firstvisit.kernel import clock
from firstvisit.kernel.addresses import client_address
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.queries import practice
from firstvisit.steps.intake.services import Arrival, OtherBody, Running
from firstvisit.steps.intake.sources import parse
from firstvisit.steps.intake.sources.api import unshown

MOST_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
LONGEST_KEY = 200


class _Key(HttpBearer):
    """`Authorization: Bearer fv_...`"""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        if not token.isascii():
            return None
        key = key_of(token)
        return key if key is not None and "referrals:write" in key.scopes else None


class _Api(NinjaAPI):
    """The body is read by the source, which names every field that is wrong; its schema is added here."""

    def get_openapi_schema(self, **options: Any) -> Any:
        document = super().get_openapi_schema(**options)
        body = ReferralIn.model_json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"].update(body.pop("$defs"), ReferralIn=body)
        return document


def _unauthorized(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return _problems(401, Problem("Authorization", "send a live key of yours as: Bearer fv_..."))


api = _Api(
    title="firstvisit",
    version="1",
    description="Send a referral; the answer carries its reference and the decision.",
    docs_url=None,
    urls_namespace="api",
    auth=_Key(),
)


api.add_exception_handler(AuthenticationError, _unauthorized)

_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReferralIn"}}},
    },
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
            "description": "Your mark for this delivery: the same key and body give the stored answer for seven days.",
        }
    ],
}


@api.post(
    "/referrals",
    response={
        201: ReceiptOut,
        202: ReceiptOut,
        400: ProblemsOut,
        401: ProblemsOut,
        409: ProblemsOut,
        413: ProblemsOut,
        415: ProblemsOut,
        422: ProblemsOut,
    },
    openapi_extra=_BODY,
    summary="Send a referral",
    operation_id="send_referral",
)
def send_referral(request: HttpRequest) -> HttpResponse:
    """Keep one referral, judge it, and answer with its reference. Several patients of one delivery are each
    a lead of their own.

    201: kept and judged. 202: kept, will be judged in a moment or read by a person first. 409: the same key is being
    worked on. 413: larger than 256 KiB. 422: something in it cannot be used, or the key came before with another body.
    """
    if request.content_type != "application/json":
        return _problems(415, Problem("Content-Type", "must be application/json"))
    repeat_key = request.headers.get("Idempotency-Key")
    if repeat_key is not None and not (
        0 < len(repeat_key) <= LONGEST_KEY and repeat_key.isascii() and repeat_key.isprintable()
    ):
        return _problems(
            400, Problem("Idempotency-Key", f"must be 1 to {LONGEST_KEY} printable ASCII characters")
        )
    try:
        body = request.body
    except RequestDataTooBig:
        return _problems(413, Problem("body", f"is larger than {MOST_BYTES // 1024} KiB"))
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    address = client_address(
        request.META["REMOTE_ADDR"],
        request.headers.get("X-Forwarded-For", ""),
        settings.ENVIRONMENT.trusted_proxies,
    )
    actor = Actor("api", str(key.id), address)
    try:
        reading = parse("api", body, today=clock.now().date(), programs=practice().program_words)
        if wrong := unshown(reading):
            raise BadInput(wrong)
        told = receive(Arrival("api", actor, body, "application/json", repeat_key), reading).told
    except BadInput as bad:
        malformed = any(problem.field == "body" for problem in bad.problems)
        return _problems(400 if malformed else 422, *bad.problems)
    except OtherBody as error:
        return _problems(422, Problem("Idempotency-Key", str(error)))
    except Running as error:
        return _problems(409, Problem("Idempotency-Key", str(error)))
    return JsonResponse(_receipt(told), status=201 if told.code else 202)


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "item": str(receipt.item),
        "reference": receipt.code,
        "outcome": receipt.outcome,
        "score": list(receipt.score) if receipt.score else None,
        "joined": receipt.joined,
        "others": list(receipt.others),
    }


def _problems(status: int, *problems: Problem) -> JsonResponse:
    listed = [{"field": problem.field, "message": problem.message} for problem in problems]
    return JsonResponse({"problems": listed}, status=status)
