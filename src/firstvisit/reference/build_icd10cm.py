"""Writes `data/icd10cm.txt.gz` anew. Run by a person when a new release of ICD-10-CM is in force:

    python -m firstvisit.reference.build_icd10cm --as-of 2026-04-01

needs the development requirement simple-icd-10-cm, which carries the list that the CDC publishes at
https://www.cdc.gov/nchs/icd/icd-10-cm/files.html (a work of the US government, in the public domain). It
prints the lines for `data/SOURCES.toml`. Each line of the file is `code<TAB>1|0[<TAB>title]`: the code
without its dot, 1 when it can be billed, and a title for three-character categories only.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import re
import sys
from importlib.metadata import version

from firstvisit.reference.lines import DATA

CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
"""Chapters are bare numbers and blocks are ranges ("A00-A09"); neither is a code."""


def rows() -> list[str]:
    """Every category and code as one line, sorted."""
    # Only here: the package takes more than a second and 180 MB to load.
    import simple_icd_10_cm as icd

    # A block of one category ("B99") is listed twice under one name.
    codes = sorted({code for code in icd.get_all_codes(False) if CODE.fullmatch(code)})
    lines = []
    for code in codes:
        billable = "1" if icd.is_leaf(code) else "0"
        lines.append(f"{code}\t{billable}" + (f"\t{icd.get_description(code)}" if len(code) == 3 else ""))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the packaged list of ICD-10-CM codes.")
    parser.add_argument(
        "--as-of", required=True, type=dt.date.fromisoformat, help="in force from: 2026-04-01"
    )
    as_of = parser.parse_args().as_of
    # mtime=0: the same list gives the same bytes.
    packed = gzip.compress("\n".join(rows()).encode("ascii"), compresslevel=9, mtime=0)
    (DATA / "icd10cm.txt.gz").write_bytes(packed)
    sys.stdout.write(
        '["icd10cm.txt.gz"]\n'
        f'sha256 = "{hashlib.sha256(packed).hexdigest()}"\n'
        f"as_of = {as_of}\n"
        'source = "CDC/NCHS ICD-10-CM tabular list, https://www.cdc.gov/nchs/icd/icd-10-cm/files.html, '
        f'as carried by simple-icd-10-cm {version("simple-icd-10-cm")}"\n'
        'licence = "public domain (US government work)"\n'
    )


if __name__ == "__main__":
    main()
