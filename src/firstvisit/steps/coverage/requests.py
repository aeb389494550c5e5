"""Authorizations as rows: needed, prepared, sent, asked after, decided, used up, extended. The verbs of one row;
whoever calls them holds its lead's lock, writes the timeline and lets the journey go on."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from firstvisit.kernel import seal
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.kernel.ids import new_id
from firstvisit.steps.coverage.expecting import Expected
from firstvisit.steps.coverage.models import AuthorizationRequest

Decision = Literal["approved", "partly", "denied", "not_needed"]
TABLE: Final = "coverage_authorizationrequest"
TO_SEND: Final = ("needed", "prepared")
UNDER_WAY: Final = ("requested", "pended")
GRANTED: Final = ("approved", "partly")
MOST_UNITS: Final = 1000
WAYS: Final[dict[str, str]] = {
    "portal": "by the payer's portal",
    "fax": "by fax",
    "phone": "by phone",
    "mail": "by mail",
    "x12": "as a 278 by a clearinghouse",
    "fhir": "as a PAS bundle",
}
"""How a request was sent."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One reply of the payer as it came. `became`: the decision that was read in it, or why none was taken (unclear,
    takes_away, somebody_else)."""

    body: bytes
    at: str
    became: str


def needed_row(
    lead: uuid.UUID, *, key: str, payer: str, discipline: str, service: str, needed_by: str, needed_from: str,
    now: datetime, extends: AuthorizationRequest | None = None,
) -> AuthorizationRequest:  # fmt: skip
    """A request that is needed, not yet written."""
    row_id = new_id()
    return AuthorizationRequest(
        id=row_id,
        key=key,
        lead_id=lead,
        payer=payer,
        discipline=discipline,
        service=service,
        needed_by=needed_by,
        needed_from=needed_from,
        needed_at=now,
        trace=row_id.hex.upper(),
        extends=extends,
    )


def needed_no_more(keys: Sequence[str]) -> None:
    """What nobody has prepared yet and the plan wants no longer."""
    if keys:
        AuthorizationRequest.objects.filter(key__in=keys, status="needed").update(status="not_needed")


def needed_again(keys: Sequence[str], *, now: datetime) -> None:
    """What the plan withdrew and wants again."""
    if keys:
        again = AuthorizationRequest.objects.filter(
            key__in=keys, status="not_needed", decided_at__isnull=True
        )
        again.update(status="needed", needed_at=now)


def prepared(
    row: AuthorizationRequest, key: seal.OpenKey, *, units: int | None, procedures: Sequence[str], urgent: bool,
    begins: date | None, ends: date | None, words: str, papers: Sequence[str],
) -> None:  # fmt: skip
    """What is asked for: so many visits of which procedures from when to when, and with which papers (ids)."""
    if row.status not in TO_SEND:
        raise Conflict("this request was sent already: what was asked for stays as it was sent")
    row.asked_units, row.procedures, row.urgent, row.status = units, list(procedures), urgent, "prepared"
    said = {
        "words": words,
        "asked_procedures": list(procedures),
        "asked_begins": begins.isoformat() if begins else "",
        "asked_ends": ends.isoformat() if ends else "",
        "papers": list(papers),
    }
    _keep(row, key, said)
    row.save()


def sent(
    row: AuthorizationRequest, key: seal.OpenKey, *, way: str, to: str, reference: str, request: bytes,
    expected: Expected, at: datetime,
) -> None:  # fmt: skip
    """It has gone to the payer; `request` is what was sent, byte for byte."""
    if row.status not in TO_SEND:
        raise Conflict("this request was sent already")
    row.status, row.way, row.requested_at = "requested", way, at
    row.expected_at, row.expected_from = expected.at, expected.whence
    row.request = seal.seal(key, TABLE, "request", row.id, request)
    _keep(row, key, {"sent_to": to, "reference": reference, "expected_why": expected.words})
    row.save()


def nudged(
    row: AuthorizationRequest, key: seal.OpenKey, *, words: str, expected: Expected | None, at: datetime
) -> None:
    """Somebody asked the payer how it stands; `expected` where it named another day."""
    if row.status not in UNDER_WAY:
        raise Conflict("the payer does not have this request in hand")
    row.nudged_at, row.nudges = at, row.nudges + 1
    if expected is not None:
        row.expected_at, row.expected_from = expected.at, expected.whence
    _keep(row, key, {"nudged": words, **({"expected_why": expected.words} if expected is not None else {})})
    row.save()


def pended(
    row: AuthorizationRequest, key: seal.OpenKey, *, words: str, reference: str, call: bool, at: datetime
) -> None:
    """The payer has it and wants more time or more papers; `call`: it wants to be called, so that is due now."""
    if row.status not in UNDER_WAY:
        raise Conflict("the payer does not have this request in hand")
    row.status = "pended"
    if call:
        row.expected_at, row.expected_from = at, "payer"
    _keep(row, key, {"pended": words, **({"reference": reference} if reference else {})})
    row.save()


def decided(
    row: AuthorizationRequest, key: seal.OpenKey, *, decision: Decision, said_by: str, number: str, units: int | None,
    begins: date | None, ends: date | None, procedures: Sequence[str], words: str, at: datetime,
) -> None:  # fmt: skip
    """What the payer decided, for the procedures that it named. What was decided once may be decided otherwise (an
    appeal that was won); what stood before is kept."""
    if row.status == "cancelled":
        raise Conflict("this request was taken back")
    earlier = _earlier(row, details(row, key))
    row.status, row.decided_at = decision, at
    granted = decision in GRANTED
    row.units, row.begins, row.ends = (units, begins, ends) if granted else (None, None, None)
    row.procedures = list(procedures)
    _keep(row, key, {"number": number, "said_by": said_by, "decision_words": words, "earlier": earlier})
    row.save()


def _earlier(row: AuthorizationRequest, said: dict[str, Any]) -> list[dict[str, Any]]:
    """The decisions before the next one, oldest first."""
    before: list[dict[str, Any]] = said.get("earlier", [])
    if row.decided_at is None or row.status not in (*GRANTED, "denied", "not_needed"):
        return before
    stood = {name: said.get(name, "") for name in ("number", "said_by", "decision_words")}
    days = {name: each.isoformat() if each else "" for name, each in (("begins", row.begins), ("ends", row.ends))}
    now = {"decision": row.status, "at": row.decided_at.isoformat(), "units": row.units, "used": row.used}
    return [*before, {**stood, **days, **now, "procedures": row.procedures}]


def takes_away(row: AuthorizationRequest, decision: str, *, units: int | None, ends: date | None) -> bool:
    """Whether this decision leaves less than what is in force: nothing, fewer visits, or an earlier end."""
    if row.status not in GRANTED:
        return False
    fewer = row.units is not None and (units is None or units < row.units)
    sooner = row.ends is not None and ends is not None and ends < row.ends
    return decision not in GRANTED or fewer or sooner


def counted(row: AuthorizationRequest, *, used: int, at: datetime) -> None:
    """So many of the authorized units are used, in all."""
    if row.status not in GRANTED:
        raise Conflict("nothing is authorized here")
    if not 0 <= used <= MOST_UNITS:
        raise BadInput([Problem("used", f"Enter a whole number from 0 to {MOST_UNITS:,}.")])
    row.used, row.counted_at = used, at
    row.save(update_fields=["used", "counted_at"])


def extended(row: AuthorizationRequest, *, at: datetime) -> AuthorizationRequest:
    """A request for more, of treatment: the next one. Conflict where one is under way already."""
    if row.status not in GRANTED:
        raise Conflict("nothing is authorized here that could be extended")
    before = row.extensions.exclude(status__in=["cancelled", "not_needed"])
    if before.exists():
        raise Conflict("more was asked for already")
    why = f"{row.used} of {row.units} visits used" if row.units else "It ends"
    more = needed_row(
        row.lead_id,
        key=f"{row.key}:x{row.extensions.count() + 1}",
        payer=row.payer,
        discipline=row.discipline,
        service="treatment",
        needed_by=row.needed_by,
        needed_from=why,
        now=at,
        extends=row,
    )
    more.save(force_insert=True)
    return more


def cancelled(row: AuthorizationRequest, *, at: datetime) -> None:
    """We take it back: it was a mistake, or care is not wanted any more."""
    if row.status not in (*TO_SEND, *UNDER_WAY):
        raise Conflict("the payer has decided: it cannot be taken back here")
    row.status, row.decided_at = "cancelled", at
    row.save(update_fields=["status", "decided_at"])


def answered(row: AuthorizationRequest, key: seal.OpenKey, reply: bytes, *, became: str, at: datetime) -> None:
    """Keep a reply as it came, behind those before it, and what became of it."""
    new = Kept(reply, at.isoformat(), became)
    listed = [
        {"body": base64.b64encode(each.body).decode(), "at": each.at, "became": each.became}
        for each in (*kept_replies(row, key), new)
    ]
    row.reply = seal.seal(key, TABLE, "reply", row.id, json.dumps(listed).encode())
    row.save(update_fields=["reply"])


def kept_replies(row: AuthorizationRequest, key: seal.OpenKey) -> list[Kept]:
    """The payer's replies, the oldest first."""
    plain = opened(row, key, "reply")
    if plain is None:
        return []
    if not plain.startswith(b'[{"body"'):  # kept before replies were a list: the one there was, as it came
        return [Kept(plain, "", "")]
    return [Kept(base64.b64decode(each["body"]), each["at"], each["became"]) for each in json.loads(plain)]


def details(row: AuthorizationRequest, key: seal.OpenKey) -> dict[str, Any]:
    """What is kept under seal of a request: numbers, names, words."""
    if row.details is None:
        return {}
    found: dict[str, Any] = json.loads(seal.unseal(key, TABLE, "details", row.id, row.details))
    return found


def opened(row: AuthorizationRequest, key: seal.OpenKey, what: Literal["request", "reply"]) -> bytes | None:
    """Request or reply as it was sent; None where none is kept."""
    kept = row.request if what == "request" else row.reply
    return None if kept is None else seal.unseal(key, TABLE, what, row.id, kept)


def _keep(row: AuthorizationRequest, key: seal.OpenKey, more: dict[str, Any]) -> None:
    said = {**details(row, key), **more}
    plain = json.dumps({name: value for name, value in said.items() if value not in ("", None, [])}).encode()
    row.details = seal.seal(key, TABLE, "details", row.id, plain)
