"""FHIR R4: a referral as ServiceRequest with what it points at, in a Bundle, contained, or behind a BSeR Task. Pure.

Extensions that we do not know are read over, as the standard demands; a modifier extension that we do not know is not
(hl7.org/fhir/R4/extensibility.html#modifierExtension). What we cannot use of a resource stays in the original.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.reading import read_record
from firstvisit.steps.intake.reading import Reading, says_something
from firstvisit.steps.intake.sources.fhir_record import record_of
from firstvisit.steps.intake.sources.hl7v2 import drop

MOST_RESOURCES: Final = 500
Resource = Mapping[str, Any]
ENDED: Final = frozenset({"revoked", "entered-in-error", "cancelled", "rejected", "failed", "completed"})


class Bundle:
    """The resources of a delivery, found by every name under which another may point at them."""

    def __init__(self, body: bytes) -> None:
        value = _json(body)
        self.whole = value
        self.all: list[Resource] = []
        self.named: dict[str, Resource] = {}
        for full_url, resource in _resources(value):
            self._add(full_url, resource)

    def _add(self, full_url: str, resource: Resource) -> None:
        if len(self.all) >= MOST_RESOURCES:
            raise BadInput([Problem("entry", f"has more than {MOST_RESOURCES} resources")])
        self.all.append(resource)
        name, kind = str(resource.get("id", "")), str(resource.get("resourceType", ""))
        for mark in (full_url, f"{kind}/{name}" if name else ""):
            if mark:
                self.named.setdefault(mark, resource)
        for inner in _list(resource, "contained"):
            self.named.setdefault(f"#{inner.get('id', '')}", inner)
            self.all.append(inner)

    def of(self, kind: str) -> list[Resource]:
        """Every resource of a kind, in the order sent."""
        return [resource for resource in self.all if resource.get("resourceType") == kind]

    def at(self, reference: object) -> Resource:
        """The resource that a reference points at; {} where it is not in the delivery."""
        mark = str(reference.get("reference", "")) if isinstance(reference, Mapping) else ""
        found = self.named.get(mark) or self.named.get("/".join(mark.split("/_history")[0].split("/")[-2:]))
        return found or {}


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Every ServiceRequest of a delivery as a referral of its own. BadInput names what is missing."""
    bundle = Bundle(body)
    requests = bundle.of("ServiceRequest")
    for task in bundle.of("Task"):
        if not requests and not bundle.at(task.get("focus")):
            said = "points at a ServiceRequest that is not in the delivery; send both in one Bundle"
            raise BadInput([Problem("Task.focus", said)])
    if not requests:
        raise BadInput([Problem("entry", "holds no ServiceRequest")])
    _understood(requests)
    ended = [request for request in (*requests, *bundle.of("Task")) if str(request.get("status")) in ENDED]
    if ended:
        said = f"is {ended[0].get('status')}: it asks for nothing, or takes something back"
        raise BadInput([Problem("status", said)])
    readings = [_read(bundle, request, today, programs) for request in requests[:20]]
    first, *others = readings
    return Reading(first, others=tuple(others))


def mark_of(body: bytes) -> str:
    """The sender's own number: the Bundle's or the request's identifier, with who gave it; else the bytes' digest."""
    bundle = Bundle(body)
    for resource in (bundle.whole, *bundle.of("Task"), *bundle.of("ServiceRequest")):
        stated = resource.get("identifier")
        for each in stated if isinstance(stated, list) else [stated]:
            if isinstance(each, Mapping) and each.get("value"):
                return f"{each.get('system', '')}|{each['value']}"[:190]
    return hashlib.sha256(body).hexdigest()


def _read(bundle: Bundle, request: Resource, today: date, programs: Collection[str]) -> Any:
    record = record_of(bundle, request)
    problems: list[Problem] = []
    for _ in range(3):
        try:
            referral = read_record(record, channel="web", today=today, item=None, known_programs=programs)
            break
        except BadInput as bad:
            problems = bad.problems
            for problem in problems:  # a value that nobody can use is left out; the original keeps it
                drop(record, problem.field)
    else:
        raise BadInput(problems)
    if not (referral.patient.last_name or referral.patient.first_name):
        raise BadInput([Problem("Patient.name", "is missing, or the Patient is not in the delivery")])
    if not (referral.referrer.name or referral.referrer.organization):
        says_something(referral)
    return referral


def _understood(requests: list[Resource]) -> None:
    for request in requests:
        if request.get("modifierExtension") or request.get("doNotPerform") is True:
            said = "changes what the request means in a way that we do not know"
            raise BadInput([Problem("ServiceRequest.modifierExtension", said)])


def _resources(value: Resource) -> Iterator[tuple[str, Resource]]:
    if value.get("resourceType") != "Bundle":
        yield "", value
        return
    for entry in _list(value, "entry"):
        resource = entry.get("resource")
        if not isinstance(resource, Mapping):
            continue
        if resource.get("resourceType") == "Bundle":
            yield from _resources(resource)
        else:
            yield str(entry.get("fullUrl", "")), resource


def _list(value: Resource, name: str) -> list[Resource]:
    stated = value.get(name)
    return [each for each in stated if isinstance(each, Mapping)] if isinstance(stated, list) else []


def _json(body: bytes) -> Resource:
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput([Problem("body", "is not valid JSON")]) from None
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise BadInput([Problem("body", "is no FHIR resource: resourceType is missing")])
    return value
