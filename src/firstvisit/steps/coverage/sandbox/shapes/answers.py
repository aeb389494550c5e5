"""What the habits say, taken apart, for shapes that do not speak X12. Pure."""

from __future__ import annotations

import base64
import io
import json
import zlib
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from firstvisit.steps.coverage import reading
from firstvisit.steps.coverage.benefits import Benefits, Line
from firstvisit.steps.coverage.connectors.spelled import table
from firstvisit.steps.coverage.inquiries import Inquiry, Insured
from firstvisit.steps.coverage.sandbox.shapes.shape import Request, Response
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions

TOKEN = "sandbox-token"
SECRET = "about-nobody"
"""No secrets: the sandbox answers whoever says them, and about nobody; others are refused, so that it can be tried."""


def of(x12: bytes) -> list[Benefits]:
    """The answers in it; none where it is a 999 or a TA1."""
    return [
        answer
        for each in transactions(io.BytesIO(x12))
        if isinstance(each, Transaction) and each.kind == "271"
        for answer in reading.read(each)
    ]


def lines(answer: Benefits) -> list[Line]:
    """Each EB once: one that names several service types makes a line for each."""
    return list({line.numbers[0]: line for line in answer.lines}.values())


def words(name: str, code: str) -> str:
    """The vendors' words of a code; the code itself where they have none."""
    return next((said for said, each in table(name).items() if each == code), code)


def filled(value: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {name: said for name, said in value.items() if said not in ("", None, [], {})}


def as_response(value: object, status: int = 200, **headers: str) -> Response:
    """JSON as a response."""
    return Response(json.dumps(value).encode(), "application/json", status, headers)


def granted(seconds: int) -> Response:
    """The token, which holds so long."""
    return as_response({"access_token": TOKEN, "token_type": "Bearer", "expires_in": seconds})


def is_let_in(request: Request) -> bool:
    """Whether the request carries the token."""
    return request.headers.get("authorization") == f"Bearer {TOKEN}"


def number_of(inquiry: Inquiry) -> str:
    """The question itself as the number of a request, so that the server keeps nothing."""
    packed = zlib.compress(json.dumps(asdict(inquiry), default=str).encode())
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def inquiry_of(number: str) -> Inquiry | None:
    """The question again; None where the number is none of ours."""
    try:
        value = json.loads(zlib.decompress(base64.urlsafe_b64decode(number + "=" * (-len(number) % 4))))
        people = {
            name: Insured(**{**value[name], "birth": _day(value[name]["birth"])}) if value[name] else None
            for name in ("subscriber", "dependent")
        }
        return Inquiry(**{**value, **people, "service_date": date.fromisoformat(value["service_date"])})
    except (ValueError, TypeError, KeyError, zlib.error):
        return None


def day(text: str, form: str) -> date | None:
    """A day in a vendor's form; None for anything else."""
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text and text != "None" else None
