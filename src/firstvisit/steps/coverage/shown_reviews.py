"""A `Review` of a 278 as the JSON that `firstvisit benefits` prints."""

from __future__ import annotations

from typing import Any

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.determinations import Determination, Procedure, Review
from firstvisit.steps.coverage.shown import count, dates, delivery, noted, party, reference, rejection, traces


def shown(review: Review) -> dict[str, Any]:
    """One review. The keys of docs/reference/coverage.md, in its order."""
    return {
        "control": review.control,
        "trace": next((each.number for each in review.traces), None),
        "payer": party(review.payer),
        "requester": party(review.requester),
        "subscriber": party(review.subscriber),
        "patient": party(review.patient),
        "outcome": review.outcome,
        "is_request": review.is_request,
        "determinations": [_determination(each) for each in review.determinations],
        "rejections": [rejection(each) for each in review.rejections],
        **noted(review.noted),
        "traces": traces(review.traces),
        "not_understood": [each._asdict() for each in review.not_understood],
        "faults": [each.said for each in review.faults],
    }


def _determination(one: Determination) -> dict[str, Any]:
    certified = one.certified_dates
    return {
        "level": one.level,
        "outcome": one.outcome,
        "code": one.code or None,
        "authorization": one.number or None,
        "reasons": [
            {"code": each, "words": codes.words("certification_reason", each)} for each in one.reasons
        ],
        "request": codes.words("request", one.request) or None,
        "stc": one.service_type or None,
        "certified_dates": certified.words if certified else None,
        "visits": count(one.visits),
        "dates": dates(one.dates),
        "deliveries": [delivery(each) for each in one.deliveries],
        "procedures": [_procedure(each) for each in one.procedures],
        "references": [reference(each) for each in one.references],
        "messages": list(one.messages),
        "entities": [party(each) for each in one.parties],
        "also": [text for _, text in one.also],
        "segments": list(one.numbers),
        "services": [_determination(each) for each in one.services],
    }


def _procedure(each: Procedure) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "code": each.code,
        "modifiers": list(each.modifiers),
        "quantity": count(each.quantity),
        "unit": each.unit,
    }
