"""`Benefits` as the JSON that `firstvisit benefits` prints: words for codes, money as text, what was sent beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.balances import Balance, balances
from firstvisit.steps.coverage.benefits import VISITS, Benefits, Delivery, Line, Noted, Place, Trace
from firstvisit.steps.coverage.rejections import Rejection
from firstvisit.steps.coverage.sentences import why
from firstvisit.steps.coverage.x12.dates import Dated
from firstvisit.steps.coverage.x12.parties import Party, Reference


def shown(benefits: Benefits) -> dict[str, Any]:
    """One answer. The keys of docs/reference/coverage.md, in its order."""
    return {
        "control": benefits.control,
        "trace": benefits.trace,
        "payer": party(benefits.payer),
        "provider": party(benefits.provider),
        "subscriber": party(benefits.subscriber),
        "patient": party(benefits.patient),
        "service_date": _text(benefits.service_date),
        "active": benefits.active,
        "why_active": why(benefits.why_active),
        "lines": [_line(line) for line in benefits.lines],
        "balances": [_balance(each) for each in balances(benefits)],
        "rejections": [rejection(each) for each in benefits.rejections],
        **noted(benefits.noted),
        "others": [party(each) for each in benefits.others],
        "traces": traces(benefits.traces),
        "not_understood": [each._asdict() for each in benefits.not_understood],
        "faults": [each.said for each in benefits.faults],
    }


def noted(all_noted: tuple[Noted, ...]) -> dict[str, Any]:
    """What is said of the patient as a whole: dates, numbers and messages, each with its loop and segment."""
    found: dict[str, list[dict[str, Any]]] = {"dates": [], "references": [], "messages": []}
    for each in all_noted:
        place = {"loop": each.loop, "segments": [each.n]}
        if isinstance(each.what, Dated):
            found["dates"].append({**dates((each.what,)), **place})
        elif isinstance(each.what, Reference):
            found["references"].append({**reference(each.what), **place})
        else:
            found["messages"].append({"message": each.what, **place})
    return found


def traces(all_traces: tuple[Trace, ...]) -> list[dict[str, Any]]:
    """Trace numbers: ours repeated, or the payer's."""
    return [
        {"number": each.number, "origin": each.origin, "ours": each.ours, "segments": [each.n]}
        for each in all_traces
    ]


def plain(value: Decimal | None) -> str | None:
    """A number as text, never as a power of ten."""
    return None if value is None else f"{value:f}"


def count(value: Decimal | None) -> int | float | None:
    """A whole number where it is one."""
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
    is_count = line.kind == VISITS or not any(line.elements[7:8])
    return {
        "stc": line.service,
        "kind": line.kind,
        "network": line.network,
        "level": _key("level", line.level),
        "period": _key("period", line.period),
        "amount": plain(line.amount),
        "percent": plain(line.percent),
        "quantity": count(line.quantity),
        "unit": _key("unit", line.unit),
        "used": count(line.used),
        "remaining": count(line.remaining) if is_count else plain(line.remaining),
        "auth": {True: "yes", False: "no", None: None}[line.authorization],
        "active": line.is_active,
        "benefit": codes.words("benefit", line.code),
        "stated_with": list(line.together),
        "insurance": codes.words("insurance", line.insurance) or None,
        "plan": line.plan or None,
        "procedure": list(line.procedure),
        "diagnoses": list(line.diagnoses),
        "messages": list(line.messages),
        "dates": dates(line.dates),
        "deliveries": [delivery(each) for each in line.deliveries],
        "references": [reference(each) for each in line.references],
        "places": [_place(each) for each in line.places],
        "entities": [party(each) for each in line.parties],
        "rejections": [each.code for each in line.rejections],
        "codes": {f"EB{n:02}": each for n, each in enumerate(line.elements) if n and each},
        "segments": list(line.numbers),
    }


def delivery(each: Delivery) -> dict[str, Any]:
    """An HSD."""
    return {
        "quantity": count(each.quantity),
        "unit": _key("unit", each.unit),
        "per": _key("per", each.per),
        "every": each.every or None,
        "period": _key("period", each.period),
        "periods": each.periods or None,
    }


def _place(each: Place) -> dict[str, str]:
    listed = codes.words("place", each.code) if each.qualifier == "ZZ" else ""
    return {"list": each.qualifier, "code": each.code, "words": each.words or listed}


def dates(stated: tuple[Dated, ...]) -> dict[str, Any]:
    """By what they are of; a name that stands twice holds a list."""
    named: dict[str, list[str]] = {}
    for each in stated:
        named.setdefault(codes.words("date", each.qualifier), []).append(each.words)
    return {name: found[0] if len(found) == 1 else found for name, found in named.items()}


def reference(stated: Reference) -> dict[str, str]:
    """A REF."""
    return {
        "kind": codes.words("reference", stated.qualifier),
        "code": stated.qualifier,
        "number": stated.number,
        "words": stated.words,
    }


def party(named: Party | None) -> dict[str, Any] | None:
    """Who is named, without what is not stated."""
    if named is None:
        return None
    told = {
        "role": codes.words("entity", named.role),
        "name": named.name,
        "last": named.last,
        "first": named.first,
        "id": named.id,
        "id_kind": named.id_kind,
        "birth_date": _text(named.birth),
        "sex": named.sex,
        "relationship": codes.words("relationship", named.relationship),
        "changed_by_payer": named.changed,
        "street": named.street,
        "city": named.city,
        "state": named.state,
        "zip": named.zip,
        "taxonomy": named.taxonomy,
        "contacts": [each._asdict() for each in named.contacts],
    }
    return {name: value for name, value in told.items() if value}


def _balance(balance: Balance) -> dict[str, Any]:
    in_dollars = balance.kind != VISITS
    as_text = plain if in_dollars else count
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


def rejection(one: Rejection) -> dict[str, Any]:
    """An AAA, with who may ask again when."""
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
