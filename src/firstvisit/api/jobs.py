"""Fetching what lies with a vendor, at once and not by the request that told of it."""

from __future__ import annotations

import json
import uuid
from urllib.parse import urljoin, urlsplit

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstvisit.api.fetching import fetch
from firstvisit.api.models import ApiKey
from firstvisit.journey import arriving
from firstvisit.kernel.errors import BadInput, ConnectorError
from firstvisit.steps.intake import recordings, ways_in
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources import fhir_files
from firstvisit.steps.intake.sources.ways import KINDS

log = structlog.get_logger("jobs")


@app.task(queue="prompt", retry=RetryStrategy(max_attempts=4, exponential_wait=8))
def fetch_linked(item_id: str, key_id: str) -> None:
    """Fetch a file that a FHIR bundle points at, from where its key's files may lie; then it is read. After the last
    try, and where that is not allowed, a person sees the notice of it."""
    item = Item.objects.select_related("key", "document").get(id=uuid.UUID(item_id))
    if item.status != "received" or item.document.media_type != "application/json":
        return  # it is here already
    key = ApiKey.objects.get(id=uuid.UUID(key_id))
    told = json.loads(original(item))
    try:
        if not key.files_from:
            raise ConnectorError("files of this sender are not fetched", temporary=False)
        url = urljoin(f"{key.files_from}/", told["url"])
        host = urlsplit(key.files_from).hostname or ""
        headers = {"Accept": f"{told['media_type']}, application/fhir+json;q=0.9, */*;q=0.8"}
        body, media_type = fhir_files.fetched(*fetch(url, host=host, headers=headers, below=key.files_from))
    except BadInput as error:
        arriving.not_fetched(item, f"A file that it names was not fetched: it is damaged, {error}")
        return
    except ConnectorError as error:
        if error.temporary:
            raise
        log.warning("file_not_fetched", item=item_id, why=str(error))
        arriving.not_fetched(item, f"A file that it names was not fetched: {error}.")
        return
    arriving.fetched(item, body, media_type)


@app.task(queue="prompt", retry=RetryStrategy(max_attempts=4, exponential_wait=8))
def fetch_media(item_id: str) -> None:
    """Fetch what an item's notice tells of; then it is read. After the last try a person sees the notice itself."""
    item = Item.objects.select_related("key", "document").get(id=uuid.UUID(item_id))
    url = recordings.to_fetch(item)
    if not url:
        return  # it is here already
    delivery = item.deliveries.select_related("way__key").order_by("at").first()
    if delivery is None:
        raise ConnectorError(f"item {item_id} has no delivery", temporary=False)
    way = delivery.way
    settings = ways_in.settings_of(way)
    signed = KINDS[way.kind].signs
    headers = signed(ways_in.secrets_of(way), settings) if signed is not None else {}
    try:
        body, media_type = fetch(url, host=settings.media_host, headers=headers)
    except ConnectorError as error:
        if error.temporary:
            raise
        log.error("media_not_fetched", item=item_id, why=str(error))
        arriving.not_fetched(item, str(error))
        return
    arriving.fetched(item, body, media_type)
