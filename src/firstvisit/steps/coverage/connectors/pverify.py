"""pVerify: a token, an eligibility summary, and then the 271 that the summary was made of, which is what is read.

Shape: pVerify's published Postman collection (postman.pverify.com: Token, EligibilitySummary, GetEligibilitySummary,
GetEligibility271; also in github.com/api-evangelist/pverify). Not verified against the vendor. It answers 200
whatever happened and says in `APIResponseCode` what did. Practice types 12 (physical therapy) and 40 (PT, OT and ST)
are those its sandbox page names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.connectors import line, pverify_summary, x12_replies
from firstvisit.steps.coverage.connectors.kept import Kept, keep, kept, traced
from firstvisit.steps.coverage.connectors.port import Kind, Reply
from firstvisit.steps.coverage.connectors.spelled import Told, code_alone, code_of, told
from firstvisit.steps.coverage.connectors.tokens import Grant, Tokens, granted, with_token
from firstvisit.steps.coverage.inquiries import Inquiry, checked
from firstvisit.steps.coverage.rejections import PERSON, Rejection, Retry
from firstvisit.steps.coverage.x12.writing import plain

CLIENT, SECRET = "FIRSTVISIT_PVERIFY_CLIENT_ID", "FIRSTVISIT_PVERIFY_CLIENT_SECRET"
PLACE, URL = "FIRSTVISIT_PVERIFY_LOCATION", "FIRSTVISIT_PVERIFY_URL"
ADDRESS: Final = "https://api.pverify.com"
_LOOK_AT: Final = f"{CLIENT} and {SECRET}"
_PRACTICE_TYPES: Final = {"PT": "12", "AD": "40", "AF": "40"}
_PROCESSED, _REJECTED, _NO_FUNDS, _PENDING = "0", "1", "2", frozenset({"3", "4"})
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 5.0


@dataclass(frozen=True, slots=True)
class PVerify:
    """The connector; see `port.Connector`."""

    slug: str = "pverify"
    name: str = "pVerify"
    kind: Kind = "vendor"
    verified: bool = False
    variables: Mapping[str, str] = field(
        default_factory=lambda: {
            CLIENT: "client id (Client-API-Id) of your account with pVerify",
            SECRET: "its client secret",
        }
    )
    optional: Mapping[str, str] = field(
        default_factory=lambda: {
            PLACE: "the location under which pVerify keeps your questions (default: the practice's name)",
            URL: f"another address of pVerify's API (default {ADDRESS})",
        }
    )
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)

    def ask(self, inquiry: Inquiry, settings: Mapping[str, str], *, seconds: float) -> Reply:
        """Ask once, wait while it is pending, then fetch the 271. Each question costs: none is sent twice."""
        checked(inquiry)
        budget = line.Budget(seconds, self.name)
        base = (settings.get(URL) or ADDRESS).rstrip("/")
        client = (base, settings[CLIENT], settings[SECRET])

        def exchange(method: str, path: str, body: line.Body | None = None) -> line.Answer:
            answer = with_token(
                self.tokens,
                client,
                lambda: self._token(client, budget),
                lambda token: line.exchange(
                    method, f"{base}{path}", whom=self.name, seconds=budget.left, body=body,
                    headers={"Authorization": f"Bearer {token}", "Client-API-Id": settings[CLIENT]},
                ),
                budget=budget,
            )  # fmt: skip
            return line.taken(answer, whom=self.name, look_at=_LOOK_AT)

        body = line.as_json(question(inquiry, settings.get(PLACE, "")))
        answer = exchange("POST", "/API/EligibilitySummary", body)
        said = told(answer.content)
        number, code = _number(said), _code(said)
        if code in _PENDING and number:
            answer = self._processed(exchange, answer, number, budget)
            code = _code(told(answer.content))
        if code == _NO_FUNDS:
            raise ConnectorError(f"{self.name} says that the account has no funds", temporary=False)
        parts = {"summary": answer.content}
        if number and code in (_PROCESSED, _REJECTED):
            parts["271"] = exchange("GET", f"/API/GetEligibility271/{quote(number, safe='')}").content
        return self.read(keep(inquiry, number, parts, date=answer.headers.get("date", "")))

    def read(self, raw: bytes) -> Reply:
        """The 271 of an exchange that was kept; where there is none, the summary."""
        exchange = kept(raw)
        summary = exchange.answers.get("summary", b"") if exchange else raw
        if exchange and (x12 := _ansi(exchange.answers.get("271", b""))):
            found = x12_replies.reply(raw, x12)
            if found.benefits:
                return Reply(raw, "json", _granted(found.benefits, exchange, told(summary)), found.rejections)
        said = told(summary)
        if said is None:
            return x12_replies.reply(raw, summary)
        if _code(said) == _REJECTED:
            return Reply(raw, "json", rejections=(_refusal(said),))
        if _code(said) != _PROCESSED or not (said.each("ServiceDetails") or said.of("PlanCoverageSummary")):
            return Reply(raw, "json", why=f"{self.name} answers without benefits.")
        answers = pverify_summary.read(said, made_on=exchange.made_on if exchange else "")
        return Reply(raw, "json", _granted(answers, exchange, said) if exchange else answers)

    def _processed(
        self,
        exchange: Callable[[str, str], line.Answer],
        answer: line.Answer,
        number: str,
        budget: line.Budget,
    ) -> line.Answer:
        """Look until it is processed. A payer that people ask by hand takes hours, and asking again costs again."""
        pause = _FIRST_PAUSE
        while True:
            said = told(answer.content)
            if said is not None and said.flag("IsPayerBackOffice"):
                words = f"{self.name} asks this payer by hand, within hours: ask it by phone or portal"
                raise ConnectorError(words, temporary=False)
            if _code(said) not in _PENDING:
                return answer
            budget.pause(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            answer = exchange("GET", f"/API/GetEligibilitySummary/{quote(number, safe='')}")

    def _token(self, client: tuple[str, ...], budget: line.Budget) -> Grant:
        base, name, secret = client
        body = line.form({"Client_Id": name, "Client_Secret": secret, "grant_type": "client_credentials"})
        answer = line.exchange("POST", f"{base}/Token", whom=self.name, seconds=budget.left, body=body)
        return granted(answer, whom=self.name, look_at=_LOOK_AT)


def question(inquiry: Inquiry, place: str) -> dict[str, Any]:
    """The question in pVerify's words. The trace number stands as the reference that its answer repeats."""
    day, patient = inquiry.service_date.strftime("%m/%d/%Y"), inquiry.dependent
    asked: dict[str, Any] = {
        "payerCode": inquiry.payer_id,
        "payerName": plain(inquiry.payer),
        "provider": {"lastName": plain(inquiry.provider), "npi": inquiry.npi, "taxonomy": inquiry.taxonomy},
        "subscriber": {
            "firstName": plain(inquiry.subscriber.first),
            "lastName": plain(inquiry.subscriber.last),
            "memberID": inquiry.subscriber.member_id,
            "dob": _day(inquiry.subscriber.birth),
        },
        "dependent": None,
        "isSubscriberPatient": "True" if patient is None else "False",
        "doS_StartDate": day,
        "doS_EndDate": day,
        "referenceId": inquiry.trace,
        "location": place or plain(inquiry.provider),
        "includeTextResponse": False,
    }
    if inquiry.service in _PRACTICE_TYPES:
        asked["practiceTypeCode"] = _PRACTICE_TYPES[inquiry.service]
    if patient is not None:
        asked["dependent"] = {
            "patient": {
                "firstName": plain(patient.first),
                "middleName": plain(patient.middle),
                "lastName": plain(patient.last),
                "dob": _day(patient.birth),
                "gender": patient.sex,
            },
            "relationWithSubscriber": {"01": "Spouse", "19": "Child"}.get(inquiry.relationship, "Other"),
        }
    return asked


def _day(birth: Any) -> str:
    return birth.strftime("%m/%d/%Y") if birth else ""


def _number(said: Told | None) -> str:
    return said.text("RequestID") if said is not None else ""


def _code(said: Told | None) -> str:
    return said.text("APIResponseCode") if said is not None else ""


def _granted(answers: Any, exchange: Kept, summary: Told | None) -> Any:
    """With our trace number where the summary is that of our request and repeats the reference, if any."""
    reference = summary.text("ReferrenceId") if summary is not None else ""
    repeated = _number(summary) if reference in ("", exchange.trace) else ""
    return traced(answers, exchange, repeated)


def _ansi(content: bytes) -> bytes:
    """The X12 in the answer of GetEligibility271: under its name, as the whole JSON text, or bare."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return content
    said = value.get("EDI271ANSI") if isinstance(value, dict) else value
    return said.encode() if isinstance(said, str) else b""


def _refusal(said: Told) -> Rejection:
    """What the payer refuses. Its words may name somebody, so only the code is told."""
    action = code_of("action", said.text("FollowUpAction"))
    return Rejection(
        loop="", code=code_alone(said.text("ErrorCode")), action=action if len(action) == 1 else "", whose="provider",
        field="request", words="the payer refuses the question",
        ask_for="what its words in the reply mean: correct the value they name", retry=Retry(PERSON),
        valid_request=False, known=True, n=0,
    )  # fmt: skip


PVERIFY: Final = PVerify()
