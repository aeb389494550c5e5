"""`Benefits` as the JSON that `firstvisit benefits` prints: words for codes, money as text, what was sent beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.balances import Balance, balances
from firstvisit.steps.coverage.benefits import VISITS, Benefits, Delivery, Line, Place
from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.x12.dates import Dated
from firstvisit.steps.coverage.x12.parties import Party, Reference


def shown(benefits: Benefits) -> dict[str, Any]:
    """One answer. The keys of docs/reference/coverage.md, in its order."""
    return {
        "control": benefits.control,
        "trace": benefits.trace,
        "payer": _party(benefits.payer),
        "provider": _party(benefits.provider),
        "subscriber": _party(benefits.subscriber),
        "patient": _party(benefits.patient),
        "service_date": _text(benefits.service_date),
        "active": benefits.active,
        "why_active": benefits.why_active,
        "lines": [_line(line) for line in benefits.lines],
        "balances": [_balance(each) for each in balances(benefits)],
        "rejections": [_rejection(each) for each in benefits.rejections],
        "dates": [
            {"loop": each.loop, **_dates((each.what,)), "segments": [each.n]}
            for each in benefits.noted
            if isinstance(each.what, Dated)
        ],
        "references": [
            {"loop": each.loop, **_reference(each.what), "segments": [each.n]}
            for each in benefits.noted
            if isinstance(each.what, Reference)
        ],
        "messages": [
            {"loop": each.loop, "message": each.what, "segments": [each.n]}
            for each in benefits.noted
            if isinstance(each.what, str)
        ],
        "others": [_party(each) for each in benefits.others],
        "traces": [
            {"number": each.number, "origin": each.origin, "ours": each.ours, "segments": [each.n]}
            for each in benefits.traces
        ],
        "not_understood": [each._asdict() for each in benefits.not_understood],
        "faults": [each.said for each in benefits.faults],
    }


def plain(value: Decimal | None) -> str | None:
    """A number as text, never as a power of ten."""
    return None if value is None else f"{value:f}"


def _count(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)


def _key(list_name: str, code: str) -> str | None:
    """The words of a code as a JSON word: calendar_year; a code that is not known stays as it was sent."""
    known = codes.table(list_name).get(code)
    return known.replace(",", "").replace(" ", "_") if known else code or None


def _line(line: Line) -> dict[str, Any]:
    is_count = line.kind == VISITS or (line.amount is None and line.quantity is not None)
    return {
        "stc": line.service,
        "kind": line.kind,
        "network": line.network,
        "level": _key("level", line.level),
        "period": _key("period", line.period),
        "amount": plain(line.amount),
        "percent": plain(line.percent),
        "quantity": _count(line.quantity),
        "unit": _key("unit", line.unit),
        "used": _count(line.used),
        "remaining": _count(line.remaining) if is_count else plain(line.remaining),
        "auth": {True: "yes", False: "no", None: None}[line.authorization],
        "active": line.is_active,
        "benefit": codes.words("benefit", line.code),
        "stated_with": list(line.together),
        "insurance": codes.words("insurance", line.insurance) or None,
        "plan": line.plan or None,
        "procedure": list(line.procedure),
        "diagnoses": list(line.diagnoses),
        "messages": list(line.messages),
        "dates": _dates(line.dates),
        "deliveries": [_delivery(each) for each in line.deliveries],
        "references": [_reference(each) for each in line.references],
        "places": [_place(each) for each in line.places],
        "entities": [_party(each) for each in line.parties],
        "rejections": [each.code for each in line.rejections],
        "codes": {f"EB{n:02}": each for n, each in enumerate(line.elements) if n and each},
        "segments": list(line.numbers),
    }


def _delivery(each: Delivery) -> dict[str, Any]:
    return {
        "quantity": _count(each.quantity),
        "unit": _key("unit", each.unit),
        "per": _key("per", each.per),
        "every": each.every or None,
        "period": _key("period", each.period),
        "periods": each.periods or None,
    }


def _place(each: Place) -> dict[str, str]:
    listed = codes.words("place", each.code) if each.qualifier == "ZZ" else ""
    return {"list": each.qualifier, "code": each.code, "words": each.words or listed}


def _dates(dates: tuple[Dated, ...]) -> dict[str, Any]:
    """By what they are of; a name that stands twice holds a list."""
    named: dict[str, list[str]] = {}
    for each in dates:
        named.setdefault(codes.words("date", each.qualifier), []).append(each.words)
    return {name: found[0] if len(found) == 1 else found for name, found in named.items()}


def _reference(reference: Reference) -> dict[str, str]:
    return {
        "kind": codes.words("reference", reference.qualifier),
        "code": reference.qualifier,
        "number": reference.number,
        "words": reference.words,
    }


def _party(party: Party | None) -> dict[str, Any] | None:
    if party is None:
        return None
    told = {
        "role": codes.words("entity", party.role),
        "name": party.name,
        "last": party.last,
        "first": party.first,
        "id": party.id,
        "id_kind": party.id_kind,
        "birth_date": _text(party.birth),
        "sex": party.sex,
        "relationship": codes.words("relationship", party.relationship),
        "changed_by_payer": party.changed,
        "street": party.street,
        "city": party.city,
        "state": party.state,
        "zip": party.zip,
        "taxonomy": party.taxonomy,
        "contacts": [each._asdict() for each in party.contacts],
    }
    return {name: value for name, value in told.items() if value}


def _balance(balance: Balance) -> dict[str, Any]:
    in_dollars = balance.kind != VISITS
    as_text = plain if in_dollars else _count
    return {
        "stc": balance.service,
        "kind": balance.kind,
        "network": balance.network,
        "level": _key("level", balance.level),
        "period": _key("period", balance.period),
        "limit": as_text(balance.limit),
        "used": as_text(balance.used),
        "left": as_text(balance.left),
        "left_is": balance.left_is,
        "pooled": balance.pooled,
        "messages": list(balance.messages),
        "segments": list(balance.numbers),
    }


def _rejection(one: Rejection) -> dict[str, Any]:
    return {
        "loop": one.loop or None,
        "code": one.code,
        "action": one.action or None,
        "whose": one.whose,
        "field": one.field or None,
        "words": one.words,
        "ask_for": one.ask_for,
        "retry": {"by": one.retry.by, "days": one.retry.days},
        "segments": [one.n],
    }
