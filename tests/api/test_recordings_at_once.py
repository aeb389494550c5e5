"""The words of a recording come at the moment at which the recording itself is put in its place."""

from __future__ import annotations

from typing import Any

import psycopg
from tests.conftest import at_once
from tests.installation import wait_until

from firstvisit.journey import arriving
from firstvisit.kernel.audit import SYSTEM
from firstvisit.steps.intake import deliveries, recordings, ways_in
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.sources.delivery import Media, Received

URL = "http://127.0.0.1/r.mp3"


def test_words_wait_for_the_recording_that_is_being_kept_and_join_it(
    open_doors: str, committed: psycopg.Connection[Any]
) -> None:
    way = ways_in.make(slug="phone", kind="twilio", name="Phone", actor=SYSTEM)
    media = (Media(URL, "r.mp3", "audio/mpeg"),)
    notice = b'{"url": "http://127.0.0.1/r.mp3"}'
    arriving.take(way, Received("call", "RE1", "voice", notice, "application/json", "r.mp3", media=media))
    item = Item.objects.get()
    words = Received("document", "TR1", "voice", b"Caller: my knee\n", "text/plain", "t.txt", goes_with="RE1")
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"

    def fetched() -> None:
        from django.db import transaction

        with transaction.atomic():
            deliveries.fill(item, b"ID3 a voice", "audio/mpeg", now=item.received_at)
            held.append(True)
            wait_until("the words wait", lambda: committed.execute(waiting).fetchone()[0] > 0, 20)  # type: ignore[index]

    def came() -> str:
        wait_until("the recording is being kept", lambda: bool(held), 20)
        return arriving.take(way, words).how

    held: list[bool] = []
    failed, how = at_once(fetched, came)
    assert failed is None, failed
    assert how == "joined"
    kept = Item.objects.select_related("document", "key").get()
    assert kept.document.media_type == "audio/mpeg"
    assert recordings.words_of(deliveries.about(kept)) == "Caller: my knee\n"
