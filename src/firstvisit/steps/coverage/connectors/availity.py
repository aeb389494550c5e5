"""Availity's Coverages API: a token, the question as a form, then looking again until the payer has answered.

Shape: Availity's Swagger document "Coverages 1.0.0" and its API guide (developer.availity.com, as harvested in
github.com/api-evangelist/availity: openapi/_harvested, conventions). Not verified against the vendor. A 202 says "not
finished", of the question and of looking again alike; a 429 says nothing of when to come back; a token holds five
minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.connectors import availity_coverages, line, x12_replies
from firstvisit.steps.coverage.connectors.kept import keep, kept, traced
from firstvisit.steps.coverage.connectors.port import Kind, Reply
from firstvisit.steps.coverage.connectors.spelled import Told, code_alone, told
from firstvisit.steps.coverage.connectors.tokens import Grant, Tokens, granted, with_token
from firstvisit.steps.coverage.inquiries import Inquiry, checked
from firstvisit.steps.coverage.rejections import PERSON, Rejection, Retry
from firstvisit.steps.coverage.x12.writing import plain

CLIENT, SECRET = "FIRSTVISIT_AVAILITY_CLIENT_ID", "FIRSTVISIT_AVAILITY_CLIENT_SECRET"
SCOPE, URL = "FIRSTVISIT_AVAILITY_SCOPE", "FIRSTVISIT_AVAILITY_URL"
ADDRESS: Final = "https://api.availity.com/v1"
USUAL_SCOPE: Final = "healthcare-hipaa-transactions"
_LOOK_AT: Final = f"{CLIENT}, {SECRET} and {SCOPE}"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 4.0
_REFUSALS: Final = frozenset({400})
_WAITING: Final = frozenset({"0", "1", "R1"})
_WAITING_WORDS: Final = ("in progress", "retrying", "pending")
_NO_LINE: Final = frozenset({"7", "13", "14", "15", "E"})
"""Status codes by which Availity says that it did not reach the payer (public clients of it: 7, 13, 14, 15; E)."""
_DONE: Final = frozenset({"3", "4"})
_FIELDS: Final = {
    "memberId": ("2100C", "subscriber", "member_id", "a photo of the card, both sides"),
    "patientLastName": ("2100C", "patient", "name", "the name as it stands on the card, without suffix"),
    "patientFirstName": ("2100C", "patient", "name", "the name as it stands on the card, without suffix"),
    "patientBirthDate": ("2100C", "patient", "birth_date", "the birth date as the plan has it"),
    "patientGender": ("2100C", "patient", "sex", "the sex as the plan has it"),
    "subscriberRelationship": (
        "2100D",
        "patient",
        "identity",
        "whose plan it is, and who they are to the patient",
    ),
    "asOfDate": ("2100C", "patient", "service_date", "the date of the visit"),
    "payerId": ("2100A", "payer", "payer_id", "the payer's id at Availity"),
    "providerNpi": ("2100B", "provider", "npi", "the NPI that the payer knows"),
    "providerLastName": ("2100B", "provider", "provider", "the practice's name as the payer has it"),
    "serviceType": ("2110C", "provider", "service", "which service types this payer takes"),
}


@dataclass(frozen=True, slots=True)
class Availity:
    """The connector; see `port.Connector`."""

    slug: str = "availity"
    name: str = "Availity"
    kind: Kind = "vendor"
    verified: bool = False
    variables: Mapping[str, str] = field(
        default_factory=lambda: {
            CLIENT: "client id of your application at developer.availity.com (standard plan)",
            SECRET: "its client secret",
        }
    )
    optional: Mapping[str, str] = field(
        default_factory=lambda: {
            SCOPE: f"the scope of your plan (default {USUAL_SCOPE})",
            URL: f"another address of Availity's API (default {ADDRESS})",
        }
    )
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)

    def ask(self, inquiry: Inquiry, settings: Mapping[str, str], *, seconds: float) -> Reply:
        """Ask once, then look again by the address that the answer gives, with longer and longer pauses."""
        checked(inquiry)
        budget = line.Budget(seconds, self.name)
        base = (settings.get(URL) or ADDRESS).rstrip("/")
        scope = settings.get(SCOPE) or USUAL_SCOPE
        client = (base, settings[CLIENT], settings[SECRET], scope)

        def exchange(method: str, url: str, body: line.Body | None = None) -> line.Answer:
            answer = with_token(
                self.tokens,
                client,
                lambda: self._token(client, budget),
                lambda token: line.exchange(
                    method, url, whom=self.name, seconds=budget.left, body=body,
                    headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                ),
                budget=budget,
            )  # fmt: skip
            if answer.headers.get("x-api-mock-response", "").casefold() == "true":
                words = f"{self.name} answers with mock data, about nobody: look at {_LOOK_AT}"
                raise ConnectorError(words, temporary=False)
            return answer

        first = exchange("POST", f"{base}/coverages", line.form(question(inquiry)))
        line.taken(first, whom=self.name, look_at=_LOOK_AT, also=_REFUSALS)
        said = told(first.content)
        number = said.text("id") if said is not None else ""
        if first.status == 400 or not number:
            return self.read(
                keep(inquiry, number, {"answer": first.content}, date=first.headers.get("date", ""))
            )
        last = self._finished(exchange, first, base, number, budget)
        if _code(told(last.content)) in _NO_LINE:
            raise ConnectorError(f"{self.name} did not reach the payer", temporary=True)
        return self.read(keep(inquiry, number, {"answer": last.content}, date=last.headers.get("date", "")))

    def read(self, raw: bytes) -> Reply:
        """The coverage of an exchange that was kept, or the bare one, whose question nobody knows."""
        exchange = kept(raw)
        content = exchange.answers.get("answer", b"") if exchange else raw
        said = told(content)
        if said is None:
            return x12_replies.reply(raw, content)
        number, code = said.text("id"), _code(said)
        errors = [*said.each("validationMessages"), *said.each("errors")]
        if not said.each("plans") or (code and code not in _DONE):
            why = f"{self.name} answers without benefits." if not errors else ""
            return Reply(raw, "json", rejections=tuple(_refusal(each) for each in errors), why=why)
        answers = availity_coverages.read(said)
        return Reply(raw, "json", traced(answers, exchange, number) if exchange else answers)

    def _finished(
        self,
        exchange: Callable[[str, str], line.Answer],
        answer: line.Answer,
        base: str,
        number: str,
        budget: line.Budget,
    ) -> line.Answer:
        """Look until it is finished, each time where the last answer says. A 429 only makes the next pause longer;
        whoever waits too long is told so."""
        url = _where(answer, base) or f"{base}/coverages/{quote(number, safe='')}"
        pause = _FIRST_PAUSE
        while True:
            answer = exchange("GET", url)
            if answer.status != 429:
                line.taken(answer, whom=self.name, look_at=_LOOK_AT)
                if answer.status != 202 and not _is_waiting(told(answer.content)):
                    return answer
                url = _where(answer, base) or url
            budget.pause(pause)
            pause = min(pause * (2 if answer.status == 429 else 1.5), _LONGEST_PAUSE)

    def _token(self, client: tuple[str, ...], budget: line.Budget) -> Grant:
        base, name, secret, scope = client
        body = line.form(
            {"grant_type": "client_credentials", "client_id": name, "client_secret": secret, "scope": scope}
        )
        answer = line.exchange("POST", f"{base}/token", whom=self.name, seconds=budget.left, body=body)
        return granted(answer, whom=self.name, look_at=_LOOK_AT)


def question(inquiry: Inquiry) -> dict[str, str]:
    """The form: one service type, one day, the patient with the member id of the card."""
    who = inquiry.dependent or inquiry.subscriber
    relation = (inquiry.relationship or "G8") if inquiry.dependent else "18"
    fields = {
        "payerId": inquiry.payer_id,
        "providerLastName": plain(inquiry.provider),
        "providerNpi": inquiry.npi,
        "providerSpecialty": inquiry.taxonomy,
        "asOfDate": inquiry.service_date.isoformat(),
        "serviceType": inquiry.service,
        "memberId": inquiry.subscriber.member_id,
        "patientLastName": plain(who.last),
        "patientFirstName": plain(who.first),
        "patientMiddleName": plain(who.middle),
        "patientBirthDate": who.birth.isoformat() if who.birth else "",
        "patientGender": who.sex,
        "subscriberRelationship": relation,
    }
    return {name: said for name, said in fields.items() if said}


def _where(answer: line.Answer, base: str) -> str:
    """Where the answer says to look again, "" where it says nothing, or names another place: our token goes nowhere
    else."""
    said: Any = answer.json()
    links = said.get("links") if isinstance(said, dict) else None
    self_link = links.get("self") if isinstance(links, dict) else None
    href = self_link.get("href") if isinstance(self_link, dict) else ""
    for each in (answer.headers.get("location", ""), href):
        url = urljoin(f"{base}/", each) if isinstance(each, str) and each else ""
        if url and urlsplit(url)[:2] == urlsplit(base)[:2]:
            return url
    return ""


def _code(said: Told | None) -> str:
    return said.text("statusCode") if said is not None else ""


def _is_waiting(said: Told | None) -> bool:
    if said is None:
        return False
    words = said.text("status").casefold()
    return _code(said) in _WAITING or any(each in words for each in _WAITING_WORDS)


def _refusal(error: Told) -> Rejection:
    """A message about one field of the question. Its words may name somebody, so only its field and code are told."""
    name, code = error.text("field"), code_alone(error.text("code"))
    loop, whose, about, ask_for = _FIELDS.get(
        name, ("", "provider", "request", "what the message in the reply means")
    )
    return Rejection(
        loop=loop, code=code, action="", whose=whose, field=about,
        words=f"{name} is not taken" if name in _FIELDS else "the question is not taken", ask_for=ask_for,
        retry=Retry(PERSON), valid_request=False, known=True, n=0,
    )  # fmt: skip


AVAILITY: Final = Availity()
