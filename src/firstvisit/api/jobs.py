"""Fetching what lies with a vendor, at once and not by the request that told of it."""

from __future__ import annotations

import http.client
import json
import ssl
import uuid
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstvisit.journey import arriving
from firstvisit.kernel.addresses import is_ours
from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources.ways import KINDS

log = structlog.get_logger("jobs")
LARGEST: Final = 50 * 1024 * 1024
SECONDS: Final = 30
MOST_HOPS: Final = 3


@app.task(queue="prompt", retry=RetryStrategy(max_attempts=4, exponential_wait=8))
def fetch_media(item_id: str) -> None:
    """Fetch what an item's notice tells of; then it is read. After the last try a person sees the notice itself."""
    item = Item.objects.select_related("key", "document").get(id=uuid.UUID(item_id))
    if item.status != "received" or item.document.media_type != "application/json":
        return  # it is here already
    delivery = item.deliveries.select_related("way__key").order_by("at").first()
    if delivery is None:
        raise ConnectorError(f"item {item_id} has no delivery", temporary=False)
    way = delivery.way
    settings = ways_in.settings_of(way)
    signed = KINDS[way.kind].signs
    headers = signed(ways_in.secrets_of(way), settings) if signed is not None else {}
    try:
        body, media_type = fetch(json.loads(original(item))["url"], host=settings.media_host, headers=headers)
    except ConnectorError as error:
        if error.temporary:
            raise
        log.error("media_not_fetched", item=item_id, why=str(error))
        arriving.not_fetched(item, str(error))
        return
    arriving.fetched(item, body, media_type)


def fetch(url: str, *, host: str, headers: dict[str, str]) -> tuple[bytes, str]:
    """The bytes behind an address and what kind they say they are. Only `host` gets `headers`; where it sends us on to
    is followed. ConnectorError where it is another host, too large, or does not answer."""
    parts = urlsplit(url)
    if parts.hostname is None or not (parts.hostname == host or parts.hostname.endswith(f".{host}")):
        raise ConnectorError("the file lies with another host than the vendor", temporary=False)
    for _ in range(MOST_HOPS + 1):
        if parts.scheme != "https" and not is_ours(parts.hostname or ""):
            raise ConnectorError("the file is not offered over TLS", temporary=False)
        answer, body = _got(parts, headers)
        if answer.status in (301, 302, 303, 307, 308):
            parts = urlsplit(urljoin(parts.geturl(), answer.headers.get("Location", "")))
            headers = {}  # whoever it is sent on to is somebody else
            continue
        if answer.status != 200:
            later = answer.status >= 500 or answer.status in (404, 429)
            raise ConnectorError(f"the vendor answers {answer.status}", temporary=later)
        kind = answer.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip()
        return body, kind
    raise ConnectorError("the vendor sends us on and on", temporary=False)


def _got(parts: SplitResult, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        line.request("GET", parts._replace(scheme="", netloc="").geturl() or "/", headers=headers)
        answer = line.getresponse()
        body = answer.read(LARGEST + 1)
    except (OSError, ssl.SSLError, http.client.HTTPException) as error:
        raise ConnectorError(f"the vendor does not answer ({type(error).__name__})", temporary=True) from None
    finally:
        line.close()
    if len(body) > LARGEST:
        raise ConnectorError("the file is larger than 50 MB", temporary=False)
    return answer, body
