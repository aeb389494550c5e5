"""A vendor that calls our webhook: nothing is served here, but once a day it is asked what it brought."""

from __future__ import annotations

import threading
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from firstvisit.api.fetching import fetch
from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources.delivery import What
from firstvisit.steps.intake.sources.ways import KINDS

LOOK_SECONDS: Final = 60.0
MOST_PAGES: Final = 100


def serve(way: WayIn, stop: threading.Event) -> _Counted:
    """Nothing is opened."""
    return _Counted(way)


class _Counted:
    """One vendor's account."""

    def __init__(self, way: WayIn) -> None:
        self.way = way

    def look(self) -> float:
        """What it brings it brings by itself."""
        ways_in.looked(self.way, now=clock.now())
        return LOOK_SECONDS

    def told(self, day: date) -> list[tuple[What, str]] | None:
        """Every page of what the vendor says it brought; None where it does not tell, and of days until the way in was
        switched on."""
        kind = KINDS[self.way.kind]
        if kind.lists is None or kind.told is None or day <= (self.way.on_since or self.way.made_at).date():
            return None
        return brought(self.way, day)

    def close(self) -> None:
        """Nothing is held."""


def brought(way: WayIn, day: date) -> list[tuple[What, str]]:
    """Every page of what a vendor lists of a day; nothing where it lists nothing. ConnectorError says what is wrong."""
    kind, settings = KINDS[way.kind], ways_in.settings_of(way)
    if kind.lists is None or kind.told is None:
        return []
    headers = kind.signs(ways_in.secrets_of(way), settings) if kind.signs is not None else {}
    found: list[tuple[What, str]] = []
    for address in kind.lists(settings, day):
        more = address
        for _ in range(MOST_PAGES):
            body, _kind = fetch(more, host=urlsplit(address).hostname or "", headers=headers)
            try:
                page, more = kind.told(body, settings)
            except (ValueError, KeyError, AttributeError, TypeError):
                raise ConnectorError("what the vendor counts cannot be read", temporary=True) from None
            found += page
            if not more:
                break
    return found
