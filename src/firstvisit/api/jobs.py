"""Fetching what lies with a vendor, at once and not by the request that told of it."""

from __future__ import annotations

import json
import uuid

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstvisit.api.fetching import fetch
from firstvisit.journey import arriving
from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources.ways import KINDS

log = structlog.get_logger("jobs")


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
