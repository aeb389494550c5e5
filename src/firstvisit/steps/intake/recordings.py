"""A recording and its words are one item, whichever comes first: one is played, the other read."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from firstvisit.documents.services import body as body_of
from firstvisit.kernel import seal
from firstvisit.steps.intake.models import Delivery, Item, WayIn
from firstvisit.steps.intake.repeats import about
from firstvisit.steps.intake.sources.delivery import Received

_WORDS: Final = "transcript"
_URL: Final = "recording_url"


def beside(way: WayIn, received: Received, mark: uuid.UUID, recording: uuid.UUID | None) -> Item | None:
    """The item, locked, of the recording whose words have come, or of the words whose recording has, while no one has
    settled it; what comes later is an item of its own."""
    found = Delivery.objects.filter(way=way, item__isnull=False).exclude(item__status="settled")
    if recording is not None:
        found = found.filter(mark=recording)
    elif received.what == "call":
        found = found.filter(goes_with=mark)
    else:
        return None
    first = found.order_by("at").values_list("item_id", flat=True).first()
    if first is None:
        return None
    # Nothing is joined while it is locked: whoever waits here would look for a document that came meanwhile.
    item = Item.objects.select_for_update().get(id=first)
    return None if item.status == "settled" else item


def join(item: Item, received: Received) -> None:
    """Keep with an item what came beside it: the words, or where the recording lies; and the numbers, where the first
    did not state them."""
    came = about(item)
    if received.media:
        came[_WORDS] = _plain(item)
        came[_URL] = received.media[0].url
    else:
        came[_WORDS] = received.body.decode("utf-8", "replace")
    _keep(item, came, received)


def tell_more(item: Item, received: Received) -> None:
    """A carrier tells of one recording several times and not each time who called: keep what was not known yet."""
    fresh = Item.objects.select_for_update(of=("self",)).select_related("key").get(id=item.id)
    came = about(fresh)
    if any(value and not came.get(name) for name, value in received.about.items()):
        _keep(fresh, came, received)


def _keep(item: Item, came: dict[str, Any], received: Received) -> None:
    came |= {name: value for name, value in received.about.items() if value and not came.get(name)}
    key = seal.open_key(item.key)
    item.sealed = seal.seal_json(key, "intake_item", "sealed", item.id, came)
    Item.objects.filter(id=item.id).update(sealed=item.sealed)


def words_of(came: Mapping[str, Any]) -> str:
    """The words of a recording, where they have come."""
    return str(came.get(_WORDS, ""))


def to_fetch(item: Item) -> str:
    """Where the file lies that an item told of and that is not here yet; "" where there is none to fetch."""
    came = about(item)
    if item.document.media_type == "application/json" and (item.status == "received" or words_of(came)):
        return str(json.loads(_plain(item))["url"])
    return "" if item.document.media_type.startswith("audio/") else str(came.get(_URL, ""))


def _plain(item: Item) -> str:
    return body_of(item.document, seal.open_key(item.key)).decode("utf-8", "replace")
