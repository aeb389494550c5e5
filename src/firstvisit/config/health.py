"""Is it alive, is it ready, and what are its numbers. No personal data, no session."""

from __future__ import annotations

from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from firstvisit.kernel import clock

_NUMBERS = {
    "firstvisit_items_unsettled": "SELECT count(*) FROM intake_item WHERE status <> 'settled'",
    "firstvisit_messages_outbox": "SELECT count(*) FROM messages_message WHERE status IN ('wanted', 'sending')",
    "firstvisit_tasks_late": "SELECT count(*) FROM leads_task WHERE status = 'open' AND due_at < %(now)s",
    "firstvisit_leads_failing": "SELECT count(*) FROM leads_lead WHERE closed_at IS NULL AND failures >= 3",
    "firstvisit_leads_due": (
        "SELECT count(*) FROM leads_lead WHERE closed_at IS NULL AND failures < 3 AND look_again_at < %(now)s"
    ),
}

_WORDS = {
    "firstvisit_items_unsettled": "items that arrived and are not settled",
    "firstvisit_messages_outbox": "messages wanted or being sent",
    "firstvisit_tasks_late": "open tasks past their due time",
    "firstvisit_leads_failing": "leads whose planning failed three times",
    "firstvisit_leads_due": "leads whose time to look again has come",
}


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    """Counts for Prometheus, read now."""
    registry = CollectorRegistry()
    with connection.cursor() as cursor:
        for name, query in _NUMBERS.items():
            cursor.execute(query, {"now": clock.now()})
            Gauge(name, _WORDS[name], registry=registry).set(cursor.fetchone()[0])
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
