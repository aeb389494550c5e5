"""Minutes by road from a routing service of one's own (OSRM's table service), where one is named; else, and whenever it
fails, the estimate of `travel`.

It is told middles of ZIP areas and our sites, nothing else, and must run on our own machine or network. A service that
failed is left alone for a minute, so that nobody who waits for times waits for it twice.
"""

from __future__ import annotations

import http.client
import json
import math
import threading
import time as machine
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from firstvisit.kernel.deadlines import within
from firstvisit.steps.booking import travel
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Place

SECONDS: Final = 1.0
RESTS_SECONDS: Final = 60.0
MOST_PLACES: Final = 99
"""OSRM takes a hundred as shipped."""
LARGEST: Final = 1024 * 1024
_KEPT: Final = 20_000

_log = structlog.get_logger()
_lock = threading.Lock()
_minutes: dict[tuple[Place, Place], int] = {}
_rests_until = float("-inf")


class Roads:
    """Minutes from one place to another: those that the service told, else the estimate."""

    def __init__(self, booking: Booking) -> None:
        self._estimated = travel.estimated(booking)

    def __call__(self, a: Place, b: Place) -> int:
        known = _minutes.get((a, b)) if settings.ENVIRONMENT.routing_url else None
        return self._estimated(a, b) if known is None else known

    def learn(self, here: Place, places: Collection[Place]) -> None:
        """Ask for the roads between `here` and each of `places`, both ways, where they are not known."""
        url = settings.ENVIRONMENT.routing_url
        if not url or machine.monotonic() < _rests_until:
            return
        wanted = sorted({each for each in places if each != here and (here, each) not in _minutes})[
            :MOST_PLACES
        ]
        if wanted:
            _learn(url, [here, *wanted])


def forget() -> None:
    """Know no road, and ask at once."""
    global _rests_until
    with _lock:
        _minutes.clear()
        _rests_until = float("-inf")


def _learn(url: str, places: list[Place]) -> None:
    global _rests_until
    try:
        table = _table(url, places)
    except (
        OSError,
        http.client.HTTPException,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        RecursionError,
    ) as error:
        _log.warning("routing_failed", error=type(error).__name__)
        _rests_until = machine.monotonic() + RESTS_SECONDS
        return
    with _lock:
        if len(_minutes) > _KEPT:
            _minutes.clear()
        for number, place in enumerate(places):
            for a, b, seconds in ((places[0], place, table[0][number]), (place, places[0], table[number][0])):
                # None: no road between the two.
                if a != b and seconds is not None:
                    _minutes[a, b] = math.ceil(seconds / 60)


def _table(url: str, places: list[Place]) -> list[list[float | None]]:
    """Seconds from each place to each, as OSRM answers. ValueError where the answer is another."""
    parts = urlsplit(url)
    told = ";".join(f"{place.longitude:.5f},{place.latitude:.5f}" for place in places)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        with within(SECONDS, line) as late:
            line.request("GET", f"{parts.path.rstrip('/')}/table/v1/driving/{told}?annotations=duration")
            with line.getresponse() as answer:
                content = answer.read(LARGEST + 1)
    finally:
        line.close()
    if late.is_set() or answer.status != 200 or len(content) > LARGEST:
        raise ValueError(answer.status)
    said: Any = json.loads(content)
    table = [[_seconds(each) for each in row] for row in said["durations"]]
    if [len(row) for row in table] != [len(places)] * len(places):
        raise ValueError("a table of another size")
    return table


def _seconds(said: Any) -> float | None:
    if said is None:
        return None
    seconds = float(said)
    if not 0 <= seconds < 7 * 24 * 3600:
        raise ValueError("no time on a road")
    return seconds
