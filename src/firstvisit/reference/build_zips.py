"""Writes `data/zips.txt.gz` anew. Run by a person when the places of ZIP codes should be newer:

    python -m firstvisit.reference.build_zips --as-of 2026-11-01

needs the development requirement zipcodes, which carries USPS's list of delivery ZIPs, GeoNames' points and a list of
city names and time zones. It prints the lines for `data/SOURCES.toml`. Each line of the file is
`zip<TAB>city<TAB>state<TAB>latitude<TAB>longitude<TAB>zone<TAB>|other name|other name|`: no point where the package has
none (it writes 0, 0, a spot in the Atlantic), no zone where it has none (or, for one village, its name in the zone's
place), and the other names by which the post and people call the place.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from firstvisit.reference.lines import DATA

FILE = "zips.txt.gz"


def line(row: dict[str, Any]) -> str:
    """One place as a line of the file."""
    nowhere = float(row["lat"]) == 0 and float(row["long"]) == 0
    zone = row["timezone"] or ""
    others = dict.fromkeys(name for name in (*row["acceptable_cities"], *row["unacceptable_cities"]) if name)
    others.pop(row["city"], None)
    cells = (
        row["zip_code"],
        row["city"],
        row["state"],
        "" if nowhere else row["lat"],
        "" if nowhere else row["long"],
        zone if "/" in zone else "",
        f"|{'|'.join(others)}|" if others else "",
    )
    return "\t".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the packaged list of ZIP codes.")
    parser.add_argument("--as-of", required=True, type=dt.date.fromisoformat, help="the list is as of: 2026-11-01")
    as_of = parser.parse_args().as_of
    # Only here: the package takes a quarter of a second and 40 MB to unpack what it carries.
    import zipcodes

    listed: Callable[[], list[dict[str, Any]]] = zipcodes.list_all
    rows: dict[str, dict[str, Any]] = {}
    for row in listed():
        rows.setdefault(row["zip_code"], row)
    # mtime=0: the same list gives the same bytes.
    packed = gzip.compress("\n".join(line(rows[zip]) for zip in sorted(rows)).encode("ascii"), compresslevel=9, mtime=0)
    (DATA / FILE).write_bytes(packed)
    sys.stdout.write(
        f'["{FILE}"]\n'
        f'sha256 = "{hashlib.sha256(packed).hexdigest()}"\n'
        f"as_of = {as_of}\n"
        f'source = "zipcodes {version("zipcodes")} (https://github.com/seanpianka/zipcodes): USPS ZIP Locale Detail; '
        'points by GeoNames, https://www.geonames.org; names and zones as it carries them"\n'
        'licence = "MIT (zipcodes, (c) Sean Pianka); points CC BY 4.0 (GeoNames); ZIP Locale Detail public domain"\n'
    )


if __name__ == "__main__":
    main()
