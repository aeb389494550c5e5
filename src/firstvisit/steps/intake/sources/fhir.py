"""FHIR R4: a referral as ServiceRequest with what it points at, in a Bundle, contained, or behind a BSeR Task. Pure.

Extensions that we do not know are read over, as the standard demands; a modifier extension that we do not know is not
(hl7.org/fhir/R4/extensibility.html#modifierExtension). What we cannot use of a resource stays in the original.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.reading import read_record
from firstvisit.steps.intake.reading import Reading, says_something
from firstvisit.steps.intake.sources.fhir_bundle import Bundle, Resource, points
from firstvisit.steps.intake.sources.fhir_record import patient_of, record_of
from firstvisit.steps.intake.sources.hl7v2 import drop

MOST_REQUESTS: Final = 20
ENDED: Final = frozenset({"revoked", "entered-in-error", "cancelled", "rejected", "failed", "completed"})


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Every ServiceRequest of a delivery as a referral of its own. BadInput names what is missing."""
    bundle = Bundle(body)
    requests = bundle.of("ServiceRequest")
    for task in bundle.of("Task"):
        if not requests and not bundle.at(task.get("focus"), task):
            said = "points at a ServiceRequest that is not in the delivery; send both in one Bundle"
            raise BadInput([Problem("Task.focus", said)])
    if not requests:
        raise BadInput([Problem("entry", "holds no ServiceRequest")])
    if len(requests) > MOST_REQUESTS:
        said = f"has more than {MOST_REQUESTS} ServiceRequests; send them in several Bundles"
        raise BadInput([Problem("entry", said)])
    _understood(bundle)
    ended = [request for request in (*requests, *bundle.of("Task")) if str(request.get("status")) in ENDED]
    if ended:
        said = f"is {ended[0].get('status')}: it asks for nothing, or takes something back"
        raise BadInput([Problem("status", said)])
    for request in requests:
        _for_whom(bundle, request)
    readings = [_read(bundle, request, today, programs) for request in requests]
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
        raise BadInput([Problem("Patient.name", "is missing")])
    if not (referral.referrer.name or referral.referrer.organization):
        says_something(referral)
    return referral


def _for_whom(bundle: Bundle, request: Resource) -> None:
    """A request says for which Patient of the delivery it is, and a Task about it names nobody else. BadInput else."""
    patient, stated = patient_of(bundle, request), request.get("subject")
    if not patient:
        named = stated.get("reference") if isinstance(stated, Mapping) else None
        where = f"points at {named[:100]}, which is" if isinstance(named, str) and named else "names nobody who is"
        said = f"{where} not in the delivery, or there twice; send the Patient in the same Bundle"
        raise BadInput([Problem("ServiceRequest.subject", said)])
    if patient.get("deceasedBoolean") is True or patient.get("deceasedDateTime"):
        raise BadInput([Problem("Patient.deceased", "says that the patient has died; call the practice")])
    for task in bundle.of("Task"):
        if bundle.at(task.get("focus"), task) is request and points(task.get("for")):
            whose = bundle.at(task["for"], task)
            if whose and whose != patient:
                said = "names another patient than the ServiceRequest that the Task is about"
                raise BadInput([Problem("Task.for", said)])


def _understood(bundle: Bundle) -> None:
    """BadInput for a resource, of whatever kind, that says it means something else than it seems to."""
    for resource in bundle.all:
        kind = str(resource.get("resourceType", ""))
        if resource.get("modifierExtension") or (kind == "ServiceRequest" and resource.get("doNotPerform") is True):
            said = "changes what it means in a way that we do not know"
            raise BadInput([Problem(f"{kind}.modifierExtension", said)])
