"""What an entry leaves out and its ZIP code says: the point on the map, and a site's time zone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from firstvisit.reference import zips

FROM_ZIP: Final[dict[str, tuple[str, ...]]] = {
    "sites": ("latitude", "longitude", "zone"),
    "places": ("latitude", "longitude"),
}
"""The fields of a collection's entries that a ZIP code answers."""


def completed(collection: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry with those fields filled that are missing or empty, where its ZIP code is known.

    What stands there stays, also where the ZIP code says otherwise: a site may stand at the far end of one.
    """
    filled = dict(entry)
    missing = [name for name in FROM_ZIP.get(collection, ()) if filled.get(name) in (None, "")]
    place = zips.place(str(filled.get("postal_code", ""))) if missing else None
    for name in missing:
        filled.pop(name, None)
        known = getattr(place, name, None)
        if known is not None:
            filled[name] = known
    return filled
