"""Where a ZIP code is: its city, state, point on the map and time zone.

Source: `data/zips.txt.gz`, made by `build_zips.py` (where its data comes from stands in `data/SOURCES.toml`). It is
unpacked at the first question, within some twenty milliseconds, and costs a process three megabytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from firstvisit.reference.lines import SortedLines

EARTH_RADIUS_MILES = 3958.7613
"""Mean radius of the earth: 6371.0088 km (IUGG 1980)."""


class Located(Protocol):
    """Anything with a point on the map in decimal degrees; None where nobody knows it."""

    @property
    def latitude(self) -> float | None: ...

    @property
    def longitude(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class ZipPlace:
    """One ZIP code. `zone` is an IANA name ("America/Chicago").

    Military addresses (APO, FPO) have neither point nor zone: both are None.
    """

    zip: str
    city: str
    state: str
    latitude: float | None
    longitude: float | None
    zone: str | None


_PLACES: Final = SortedLines("zips.txt.gz")


# 4096 places are under one megabyte and more than any practice's neighbourhood.
@lru_cache(maxsize=4096)
def _place(five: str) -> ZipPlace | None:
    rest = _PLACES.find(five)
    if rest is None:
        return None
    city, state, latitude, longitude, zone, _ = rest.split("\t")
    return ZipPlace(
        zip=five,
        city=city,
        state=state,
        latitude=float(latitude) if latitude else None,
        longitude=float(longitude) if longitude else None,
        zone=zone or None,
    )


def place(zip: str) -> ZipPlace | None:
    """The place of a ZIP ("53703" or "53703-1234"), or None when the text is no ZIP or nobody lists it."""
    five = zip[:5]
    if not (five.isascii() and five.isdigit() and len(five) == 5):
        return None
    return _place(five)


NEIGHBOURS_MILES = 30
"""Within so many miles people name the town they live in and the post names that of its office."""


def contradicted(zip: str, city: str | None, state: str | None) -> ZipPlace | None:
    """The place of a ZIP that a stated city or state (two letters) contradicts; None where they fit or nobody can say.

    Another state contradicts; so does a city of that state that is listed only further than 30 miles away.
    """
    here = place(zip)
    if here is None:
        return None
    if state and state != here.state:
        return here
    if not city or city.casefold() == here.city.casefold():
        return None
    return here if _far(city.casefold(), here) else None


@lru_cache(maxsize=4096)
def _far(city: str, here: ZipPlace) -> bool:
    """Whether every place of that name in the state is far; of a name that is not listed there nobody can say."""
    named = [
        zip
        for needle in (f"\t{city}\t", f"|{city}|")
        for zip, rest in _PLACES.lines_with(needle)
        if rest.split("\t")[1] == here.state
    ]
    if here.zip in named:
        return False
    away = [miles(here, there) for each in named if (there := _place(each)) is not None]
    return bool(away) and all(each is not None and each > NEIGHBOURS_MILES for each in away)


def miles(a: Located, b: Located) -> float | None:
    """Great-circle distance in statute miles; None when either point is unknown.

    As the crow flies: roads are longer, so compare it with a radius and never promise it as a drive.
    """
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    north_a, north_b = math.radians(a.latitude), math.radians(b.latitude)
    east = math.radians(b.longitude - a.longitude)
    chord = math.sin((north_b - north_a) / 2) ** 2
    chord += math.cos(north_a) * math.cos(north_b) * math.sin(east / 2) ** 2
    # Rounding can carry the sum of two antipodes a hair above 1.
    return 2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(min(1.0, chord)))


def preload() -> None:
    """Open the list now, so that no request pays for it."""
    _PLACES.load()
