"""Optum's Medical Network (once Change Healthcare): a token, then one question and its answer in JSON.

Shape: Optum's OpenAPI descriptions "Medical Network Eligibility v3" and "Security and Authorization v2"
(developer.optum.com/eligibilityandclaims, as harvested in github.com/api-evangelist/optum). Not verified against the
vendor. It also takes a 270 as it is (`raw-x12`), but nothing public says which ids its envelope wants, so it is asked
in JSON; where its answer holds the payer's 271, that is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from firstvisit.steps.coverage.connectors import line, medical_network
from firstvisit.steps.coverage.connectors.kept import keep, kept
from firstvisit.steps.coverage.connectors.port import Kind, Reply
from firstvisit.steps.coverage.connectors.tokens import Grant, Tokens, granted, with_token
from firstvisit.steps.coverage.inquiries import Inquiry, Insured, checked
from firstvisit.steps.coverage.x12.writing import plain

CLIENT, SECRET, URL = "FIRSTVISIT_OPTUM_CLIENT_ID", "FIRSTVISIT_OPTUM_CLIENT_SECRET", "FIRSTVISIT_OPTUM_URL"
ADDRESS: Final = "https://apigw.optum.com"
_TOKEN: Final = "/apip/auth/v2/token"
_ASK: Final = "/medicalnetwork/eligibility/v3/"
_REFUSALS: Final = frozenset({400})
_LOOK_AT: Final = f"{CLIENT} and {SECRET}"
_RELATIONSHIPS: Final = frozenset({"01", "19", "34"})


@dataclass(frozen=True, slots=True)
class Optum:
    """The connector; see `port.Connector`."""

    slug: str = "optum"
    name: str = "Optum"
    kind: Kind = "vendor"
    verified: bool = False
    variables: Mapping[str, str] = field(
        default_factory=lambda: {
            CLIENT: "client id of your contract with Optum for Medical Network Eligibility",
            SECRET: "its client secret",
        }
    )
    optional: Mapping[str, str] = field(
        default_factory=lambda: {URL: f"another address of Optum's API (default {ADDRESS})"}
    )
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)

    def ask(self, inquiry: Inquiry, settings: Mapping[str, str], *, seconds: float) -> Reply:
        """Ask once: a token where none is kept, then the question. A token that is refused is renewed once."""
        checked(inquiry)
        budget = line.Budget(seconds, self.name)
        base, number = (settings.get(URL) or ADDRESS).rstrip("/"), control_number(inquiry)

        def once(token: str) -> line.Answer:
            return line.exchange(
                "POST", f"{base}{_ASK}", whom=self.name, seconds=budget.left,
                body=line.as_json(question(inquiry, number)),
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            )  # fmt: skip

        answer = with_token(
            self.tokens, (base, settings[CLIENT], settings[SECRET]), lambda: self._token(base, settings, budget), once,
            budget=budget,
        )  # fmt: skip
        line.taken(answer, whom=self.name, look_at=_LOOK_AT, also=_REFUSALS)
        return self.read(
            keep(inquiry, number, {"answer": answer.content}, date=answer.headers.get("date", ""))
        )

    def read(self, raw: bytes) -> Reply:
        """The JSON of an exchange that was kept, or the bare answer, whose question nobody knows."""
        exchange = kept(raw)
        if exchange is None:
            return medical_network.reply(raw, raw, whom=self.name)
        return medical_network.reply(
            raw, exchange.answers.get("answer", b""), whom=self.name, exchange=exchange
        )

    def _token(self, base: str, settings: Mapping[str, str], budget: line.Budget) -> Grant:
        body = line.as_json(
            {
                "client_id": settings[CLIENT],
                "client_secret": settings[SECRET],
                "grant_type": "client_credentials",
            }
        )
        answer = line.exchange("POST", f"{base}{_TOKEN}", whom=self.name, seconds=budget.left, body=body)
        return granted(answer, whom=self.name, look_at=_LOOK_AT)


def control_number(inquiry: Inquiry) -> str:
    """Nine digits that the answer repeats (ISA13), the same for the same question."""
    return f"{1 + int(hashlib.sha256(inquiry.trace.encode()).hexdigest(), 16) % 999_999_999:09}"


def question(inquiry: Inquiry, number: str) -> dict[str, Any]:
    """The question in Optum's words: one service type, one day, the dependent beside the subscriber."""
    asked: dict[str, Any] = {
        "controlNumber": number,
        "tradingPartnerServiceId": inquiry.payer_id,
        "provider": {"organizationName": plain(inquiry.provider), "npi": inquiry.npi},
        "subscriber": {"memberId": inquiry.subscriber.member_id, **_person(inquiry.subscriber)},
        "encounter": {
            "dateOfService": inquiry.service_date.strftime("%Y%m%d"),
            "serviceTypeCodes": [inquiry.service],
        },
    }
    if inquiry.dependent is not None:
        relation = (
            {"individualRelationshipCode": inquiry.relationship}
            if inquiry.relationship in _RELATIONSHIPS
            else {}
        )
        asked["dependents"] = [{**_person(inquiry.dependent), **relation}]
    return asked


def _person(who: Insured) -> dict[str, str]:
    stated = {
        "firstName": plain(who.first),
        "middleName": plain(who.middle),
        "lastName": plain(who.last),
        "gender": who.sex,
        "dateOfBirth": who.birth.strftime("%Y%m%d") if who.birth else "",
    }
    return {name: said for name, said in stated.items() if said}


OPTUM: Final = Optum()
