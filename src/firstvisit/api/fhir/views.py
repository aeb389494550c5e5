"""The FHIR door: POST a Bundle, ServiceRequest or Task; GET what became of it. Parses, calls one service, renders."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from firstvisit.api.fhir import appointments, resources
from firstvisit.api.fhir.resources import Json
from firstvisit.api.jobs import fetch_linked
from firstvisit.api.models import ApiKey
from firstvisit.api.services import READ, key_of
from firstvisit.journey import arriving
from firstvisit.journey.receiving import receive
from firstvisit.kernel import audit, clock
from firstvisit.kernel.addresses import client_address
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, SealBroken
from firstvisit.leads.models import DecisionRow, Lead
from firstvisit.leads.queries import by_code
from firstvisit.leads.services import read as read_lead
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.deliveries import about
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.services import Arrival, OtherBody, Running
from firstvisit.steps.intake.sources import fhir, fhir_files

MEDIA_TYPE: Final = "application/fhir+json"
LARGEST: Final = 10 * 1024 * 1024
PAGE: Final = 50
SEARCHED: Final = frozenset({"_id", "patient"})
TAKEN: Final = ("", "Bundle", "ServiceRequest", "Task")
Made = Callable[[Lead, Referral], Sequence[Json]]
MADE: Final[dict[str, Made]] = {
    "Patient": lambda lead, said: [resources.patient(lead.patient_id, said.patient)] if lead.patient_id else [],
    "ServiceRequest": lambda lead, said: [_service_request(lead, said)],
    "Task": lambda lead, said: [resources.task(lead)],
    "Coverage": resources.coverages,
}
"""How what can be read is made of a lead; documents and appointments are rows of their own."""
View = Callable[..., HttpResponse]


def keyed(scope: str) -> Callable[[View], View]:
    """Demand a live key with a scope: 401 without a key, 403 without the scope."""

    def around(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            kind, _, text = request.headers.get("Authorization", "").partition(" ")
            key = key_of(text.strip()) if kind.lower() == "bearer" and text.isascii() else None
            if key is None:
                return _said(401, "login", "send a live key of yours as Authorization: Bearer fv_...")
            narrow = f"{scope}:{kwargs['kind']}" if "kind" in kwargs else scope
            if not {scope, narrow} & set(key.scopes):
                return _said(403, "forbidden", f"this key has not the scope {narrow}")
            return view(request, key, *args, **kwargs)

        guarded.names_fields = True  # type: ignore[attr-defined]  # no form of ours
        return guarded

    return around


@keyed("fhir:write")
def take(request: HttpRequest, key: ApiKey, kind: str = "") -> HttpResponse:
    """Keep a referral and judge it: 201 with the Task that tells how far it has come; of several requests a Bundle of
    theirs, in the order sent."""
    if request.method != "POST" or kind not in TAKEN:
        return _said(405, "not-supported", f"POST is for {', '.join(filter(None, TAKEN))}")
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _said(413, "too-long", f"is larger than {LARGEST // 1024 // 1024} MB")
    try:
        reading = fhir.parse(body, clock.now().date(), practice().program_words)
        attached = fhir_files.files_of(body)
        arrival = Arrival("fhir", _actor(request, key), body, MEDIA_TYPE, fhir.mark_of(body))
        receipt = receive(arrival, reading).told
        _keep_files(arrival, attached, receipt.item, key)
    except BadInput as bad:
        first = bad.problems[0]
        return _said(422, "invalid", f"{first.field} {first.message}", first.field)
    except OtherBody:
        return _said(409, "duplicate", "this identifier came before with other contents; give the change another one")
    except Running as error:
        return _said(409, "lock-error", str(error))
    lead = by_code(receipt.code) if receipt.code else None
    if lead is None:  # kept, and judged in a moment; or nothing of the lead may be said to whoever sent it
        task = {"resourceType": "Task", "id": str(receipt.item), "status": "received", "intent": "order"}
        return JsonResponse(task, status=202, content_type=MEDIA_TYPE)
    found = [lead, *(other for each in receipt.others if (other := by_code(each)) is not None)]
    tasks = [resources.task(each) for each in {each.id: each for each in found}.values()]
    said = resources.several(tasks) if len(tasks) > 1 else tasks[0]
    answer = JsonResponse(said, status=200 if receipt.repeated else 201, content_type=MEDIA_TYPE)
    answer.headers["Location"] = f"{settings.ENVIRONMENT.address}/fhir/Task/{lead.id}"
    return answer


def _keep_files(
    request: Arrival, attached: Sequence[fhir_files.Attached], item: uuid.UUID, key: ApiKey
) -> None:
    """Keep what came with a request as documents that are read and belong to its lead; sent again, each once."""
    arrivals = []
    for file in attached:
        about: dict[str, Any] = {"name": file.name, "what": "document"}
        if file.request is not None:
            about |= {"belongs_to": str(item), "request": file.request}
        told = json.dumps({"url": file.url, "media_type": file.media_type, "title": file.name}).encode()
        if file.url:
            about["url"] = file.url[:1000]
        kind = "application/json" if file.url else file.media_type[:80]
        mark = f"{request.repeat_key}|{file.mark}"
        arrivals.append(Arrival("fhir", request.actor, told if file.url else file.body, kind, mark, about=about))
    with transaction.atomic():
        for new, file in zip(arriving.take_enclosed(arrivals, now=clock.now()), attached, strict=True):
            if new is not None and file.url:
                fetch_linked.defer(item_id=str(new.id), key_id=str(key.id))


@keyed("fhir:read")
def one(request: HttpRequest, key: ApiKey, kind: str, number: str) -> HttpResponse:
    """One resource; one row in the log says that it was seen."""
    if request.method != "GET":
        return _said(405, "not-supported", "what we hold can be read, and changed by nobody here")
    found, _ = _searched(kind, {"_id": number}, 0, 1)
    audit.note(_actor(request, key), "viewed", kind.lower(), [number])
    if not found:
        return _said(404, "not-found", f"there is no {kind} of this id")
    return JsonResponse(found[0], content_type=MEDIA_TYPE)


@keyed("fhir:read")
def search(request: HttpRequest, key: ApiKey, kind: str) -> HttpResponse:
    """A page of resources, newest first, by _id or patient; each page is one row in the log."""
    offered = SEARCHED | ({"date"} if kind == "Appointment" else set())
    asked = {name: " ".join(request.GET.getlist(name)) for name in sorted(offered) if name in request.GET}
    unknown = [name for name in request.GET if name not in (*offered, "_offset", "_count", "_format")]
    if unknown:
        use = " or ".join(sorted(offered))
        return _said(400, "not-supported", f"a search by {unknown[0]} is not offered; use {use}", unknown[0])
    if twice := next((name for name in asked if name != "date" and len(request.GET.getlist(name)) > 1), None):
        return _said(400, "not-supported", f"{twice} is given more than once; both can hold of nothing", twice)
    stated = request.GET.get("_offset", "0")
    start = int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 8 else 0
    wanted = request.GET.get("_count", str(PAGE))
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 8):
        return _said(400, "invalid", "must be a whole number", "_count")
    count = min(int(wanted), PAGE)
    try:
        found, total = _searched(kind, asked, start, count)
    except ValueError:
        return _said(400, "invalid", "must look like 2026-12-01 or ge2026-12-01", "date")
    audit.note(_actor(request, key), "viewed", kind.lower(), [each["id"] for each in found])
    address = f"{settings.ENVIRONMENT.address}/fhir/{kind}"
    said = [(name, each) for name in asked for each in request.GET.getlist(name)]
    paged = [*said, *([("_count", str(count))] if "_count" in request.GET else [])]
    goes_on = total is None or start + count < total
    more = f"{address}?{urlencode([*paged, ('_offset', start + count)])}" if count and goes_on else None
    link = f"{address}?{urlencode(paged)}" if paged else address
    return JsonResponse(resources.found(found, total, link, more), content_type=MEDIA_TYPE)


@csrf_exempt
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """A search, or something of this kind that is sent."""
    return take(request, kind=kind) if request.method == "POST" else search(request, kind=kind)


kind.names_fields = True  # type: ignore[attr-defined]


def metadata(request: HttpRequest) -> HttpResponse:
    """What this door offers, for whoever connects to it."""
    searched = [{"name": "_id", "type": "token"}, {"name": "patient", "type": "reference"}]
    offered = [
        {
            "type": kind,
            "interaction": [{"code": code} for code in ("read", "search-type")]
            + ([{"code": "create"}] if kind in TAKEN else []),
            "searchParam": searched + ([{"name": "date", "type": "date"}] if kind == "Appointment" else []),
        }
        for kind in READ
    ]
    said = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-22",
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": [MEDIA_TYPE],
        "implementation": {"description": "firstvisit", "url": f"{settings.ENVIRONMENT.address}/fhir"},
        "rest": [{"mode": "server", "security": {"description": "Bearer key with a scope"}, "resource": offered}],
    }
    return JsonResponse(said, content_type=MEDIA_TYPE)


def _searched(kind: str, asked: dict[str, str], start: int, count: int) -> tuple[list[Json], int | None]:
    """A page of resources and how many there are; None where there are more and nobody counted them."""
    if kind == "DocumentReference":
        return _documents(asked, start, count)
    if kind == "Appointment":
        return appointments.searched(asked, start, count)
    leads = Lead.objects.select_related("reading__key", "facts").order_by("-number")
    leads = leads.filter(patient__isnull=False, patient__erased_at__isnull=True) if kind == "Patient" else leads
    of_lead = resources.lead_of(asked["_id"]) if kind == "Coverage" and "_id" in asked else asked.get("_id", "")
    if "_id" in asked and (number := _uuid(of_lead)) is not None:
        leads = leads.filter(patient=number) if kind == "Patient" else leads.filter(id=number)
    elif "_id" in asked:
        return [], 0
    leads = _of_patient(leads, asked)
    if kind == "Patient":
        newest = leads.order_by("patient", "-number").distinct("patient").values("id")
        leads = Lead.objects.select_related("reading__key", "facts").filter(id__in=newest).order_by("-number")
    if kind == "Coverage":
        return _coverages(leads.filter(facts__payer_kind__isnull=False), asked.get("_id"), start, count)
    if kind == "ServiceRequest":
        decided = DecisionRow.objects.filter(lead=OuterRef("id")).order_by("-at", "-id")
        leads = leads.annotate(reasons=Subquery(decided.values("reasons")[:1]))
    found = [made for lead in leads[start : start + count] for made in _made(kind, lead)]
    return found, leads.count()


def _coverages(leads: QuerySet[Lead], number: str | None, start: int, count: int) -> tuple[list[Json], int | None]:
    """Coverages of leads, each of which may have several: they are sealed, so they are counted only as far as the page
    needs."""
    found: list[Json] = []
    for lead in leads.iterator(chunk_size=PAGE):
        found += [each for each in _made("Coverage", lead) if number in (None, each["id"])]
        if count and len(found) > start + count:
            return found[start : start + count], None
    return found[start : start + count], len(found)


def _made(kind: str, lead: Lead) -> Sequence[Json]:
    try:
        return MADE[kind](lead, read_lead(lead.reading))
    except SealBroken:
        return ()  # erased


def _service_request(lead: Lead, said: Referral) -> Json:
    """A request with its program and with what its newest judgement says of its time."""
    program = practice().programs.get(lead.facts.program or "")
    reasons = getattr(lead, "reasons", None) or ()
    urgent = any(each.get("code") == "window" for each in reasons)
    return resources.service_request(lead, said, program.name if program else "", urgent=urgent)


def _of_patient(leads: QuerySet[Lead], asked: dict[str, str]) -> QuerySet[Lead]:
    if "patient" not in asked:
        return leads
    number = _uuid(asked["patient"].rpartition("/")[2])
    return leads.filter(patient=number) if number else leads.none()


def _documents(asked: dict[str, str], start: int, count: int) -> tuple[list[Json], int]:
    parts = Part.objects.filter(lead__isnull=False, item__key__wrapped__isnull=False)
    parts = parts.select_related("item__document", "item__key", "lead").order_by("-item__received_at", "id")
    if "_id" in asked:
        parts = parts.filter(item=_uuid(asked["_id"])) if _uuid(asked["_id"]) else parts.none()
    if "patient" in asked:
        number = _uuid(asked["patient"].rpartition("/")[2])
        parts = parts.filter(lead__patient=number) if number else parts.none()
    found = [_document(part.item, part.lead) for part in parts[start : start + count] if part.lead is not None]
    return found, parts.count()


def _document(item: Item, lead: Lead) -> Json:
    return resources.document(item, lead, str(about(item).get("name", "")))


def _actor(request: HttpRequest, key: ApiKey) -> Actor:
    forwarded, proxies = request.headers.get("X-Forwarded-For", ""), settings.ENVIRONMENT.trusted_proxies
    return Actor("api", str(key.id), client_address(request.META.get("REMOTE_ADDR", ""), forwarded, proxies))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _said(status: int, code: str, words: str, *where: str) -> HttpResponse:
    return JsonResponse(resources.outcome(code, words, *where), status=status, content_type=MEDIA_TYPE)
