"""The one endpoint of every vendor's webhook: POST /in/NAME. Verify, keep, answer; everything else comes later."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from firstvisit.api.jobs import fetch_media
from firstvisit.journey import arriving
from firstvisit.kernel import audit, clock, rates
from firstvisit.kernel.addresses import client_address
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.queries import practice
from firstvisit.steps.intake import recorder, ways_in
from firstvisit.steps.intake.deliveries import actor_of
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources.delivery import Delivery, Received, WrongSignature
from firstvisit.steps.intake.sources.ways import KINDS, Kind

log = structlog.get_logger("inbound")
LARGEST: Final = 50 * 1024 * 1024
MOST_REFUSALS: Final = 30
"""Wrong signatures from one address in a minute that are looked at; more are refused unread."""


@csrf_exempt
def inbound(request: HttpRequest, name: str) -> HttpResponse:
    """Take one delivery.

    200: kept (or kept before). 201: kept and judged. 202: kept, a person looks at it. 401: wrong signature. 404: no
    such way in, or it is off. 405, 413: as they say. 429: too many wrong signatures from there.
    """
    if request.method != "POST":
        return _problems(405, Problem("method", "use POST"))
    way = WayIn.objects.select_related("key").filter(slug=name).exclude(status="off").first()
    kind = KINDS[way.kind] if way is not None else None
    if way is None or kind is None or kind.verify is None:
        return _problems(404, Problem("name", "there is no such way in, or it is off"))
    body = _body(request)
    if body is None:
        return _problems(413, Problem("body", f"is larger than {LARGEST // 1024 // 1024} MB"))
    delivery = Delivery(_address(request), _headers(request), body, clock.now())
    try:
        kind.verify(delivery, ways_in.secrets_of(way), ways_in.settings_of(way))
    except (WrongSignature, BadInput) as error:
        return _refused(request, way, delivery, str(error))
    return _taken(way, kind, delivery)


inbound.names_fields = True  # type: ignore[attr-defined]  # no form: the web reads nothing of its body before us


def _taken(way: WayIn, kind: Kind, delivery: Delivery) -> HttpResponse:
    """Parse what is signed and keep each thing of it. What is signed and cannot be used is kept for a person."""
    assert kind.parse is not None
    options: dict[str, Any] = {"today": delivery.at.date(), "programs": practice().program_words}
    try:
        found = kind.parse(delivery, ways_in.settings_of(way), **options)
        wrong: list[Problem] = []
    except BadInput as bad:
        found, wrong = [_unusable(way, delivery, bad)], bad.problems
    except Exception as error:  # what is signed is never lost to a message that nobody foresaw
        log.error("delivery_not_parsed", way=str(way.id), exc_info=error)
        strange = BadInput([Problem("body", "is of a shape that we do not know")])
        found, wrong = [_unusable(way, delivery, strange)], strange.problems
    if way.status == "recording":
        recorder.record(way, delivery, found, wrong=wrong, now=delivery.at)
    arrived = [_kept(way, each) for each in found]
    answer: dict[str, Any] = {
        "items": [str(each.item) for each in arrived if each.item],
        "references": [code for each in arrived if each.receipt and (code := each.receipt.told.code)],
    }
    if wrong:
        answer["problems"] = [{"field": problem.field, "message": problem.message} for problem in wrong]
    if kind.answer is not None:
        media_type, words = kind.answer(delivery, ways_in.settings_of(way))
        return HttpResponse(words, content_type=media_type)
    status = 202 if wrong else 201 if answer["references"] else 200
    return JsonResponse(answer, status=status)


def _kept(way: WayIn, received: Received) -> arriving.Arrived:
    """Keep one thing; what lies with the vendor still is fetched at once by a job of the same transaction."""
    if not received.media:
        return arriving.take(way, received)
    with transaction.atomic():
        arrived = arriving.take(way, received)
        if arrived.item is not None and arrived.how in ("new", "joined"):
            fetch_media.defer(item_id=str(arrived.item))
    return arrived


def _unusable(way: WayIn, delivery: Delivery, bad: BadInput) -> Received:
    """A delivery that is signed and cannot be used, as a document for a person."""
    media_type = delivery.headers.get("content-type", "application/octet-stream").partition(";")[0].strip()
    said = "; ".join(f"{problem.field}: {problem.message}" for problem in bad.problems)[:1000]
    mark = token("unusable", str(way.id), delivery.body.hex()).hex
    return Received("document", mark, "webhook", delivery.body, media_type, about={"wrong": said}, numbered=False)


def _refused(request: HttpRequest, way: WayIn, delivery: Delivery, why: str) -> HttpResponse:
    """A wrong signature: an audit row, and nothing is kept; while the way records, what came is shown on its page."""
    address = client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        settings.ENVIRONMENT.trusted_proxies,
    )
    key = token("wrong_signature", way.slug, address)
    if not rates.within(key, limit=MOST_REFUSALS, per=timedelta(minutes=1), now=delivery.at):
        return _problems(429, Problem("signature", "too many wrong signatures; wait a minute"))
    if way.status == "recording":
        recorder.record_refused(way, delivery, why, now=delivery.at)
    audit.note(actor_of(way), "wrong_signature", "way_in", [way.slug], why=why[:100])
    log.warning("wrong_signature", way=str(way.id))
    return _problems(401, Problem("signature", why))


def _body(request: HttpRequest) -> bytes | None:
    """The body, read to the limit; None when it is larger. Django's own limit is that of its forms."""
    stated = request.META.get("CONTENT_LENGTH") or "0"
    if stated.isdecimal() and int(stated) > LARGEST:
        return None
    body = request.read(LARGEST + 1)
    return body if len(body) <= LARGEST else None


def _headers(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _address(request: HttpRequest) -> str:
    """The full address as the sender knows it: ours as the practice publishes it, with the path and query sent."""
    return f"{settings.ENVIRONMENT.address}{request.get_full_path()}"


def _problems(status: int, *problems: Problem) -> HttpResponse:
    listed = [{"field": problem.field, "message": problem.message} for problem in problems]
    return HttpResponse(json.dumps({"problems": listed}), status=status, content_type="application/json")
