"""A fax that vanishes behind the application's back."""

from __future__ import annotations

from pathlib import Path

import psycopg
from tests.api.test_folder import listening
from tests.installation import wait_until

from firstvisit.steps.intake.models import Item


def one_of_three_vanishes(scans: Path, committed: psycopg.Connection[object]) -> None:
    """Three files in a watched folder, taken by a real listener; then the first is deleted from the database."""
    for number in range(3):
        (scans / f"{number}.pdf").write_bytes(b"%%PDF-1.4 %d" % number)
    with listening():
        wait_until("all are taken", lambda: len(list((scans / "taken").glob("*.pdf"))) == 3, 30)
    victim = Item.objects.order_by("received_at").first()
    assert victim is not None
    committed.execute("DELETE FROM intake_delivery WHERE item_id = %s", [victim.id])
    committed.execute("DELETE FROM intake_item WHERE id = %s", [victim.id])
