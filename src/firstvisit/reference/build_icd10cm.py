"""Writes `data/icd10cm.txt.gz` anew. Run by a person when a new release of ICD-10-CM is in force:

    python -m firstvisit.reference.build_icd10cm --as-of 2026-04-01

needs the development requirement simple-icd-10-cm, which carries the list that the CDC publishes at
https://www.cdc.gov/nchs/icd/icd-10-cm/files.html (a work of the US government, in the public domain). It
prints the lines for `data/SOURCES.toml`. Each line of the file is `code<TAB>1|0[R|L|B][<TAB>title]`: the code
without its dot, 1 when it can be billed, the side of the body that its description names (right, left, both), and a
title for three-character categories only.
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


SIDES = {"right": "R", "left": "L", "bilateral": "B"}
_SIDE = re.compile(r"\b(right|left|bilateral)\b")
_NO_SIDE = re.compile(r"\b(left in|ventric\w*|heart|bundle|atri\w*)\b")
"""Where the words mean no side of the body: what was left in a wound, the halves of the heart."""


def side_of(description: str) -> str:
    """R, L or B where a description names one side of the body, else nothing."""
    text = description.lower()
    named = set(_SIDE.findall(text))
    return SIDES[named.pop()] if len(named) == 1 and not _NO_SIDE.search(text) else ""


def rows() -> list[str]:
    """Every category and code as one line, sorted."""
    # Only here: the package takes more than a second and 180 MB to load.
    import simple_icd_10_cm as icd

    # A block of one category ("B99") is listed twice under one name.
    codes = sorted({code for code in icd.get_all_codes(False) if CODE.fullmatch(code)})
    lines = []
    for code in codes:
        flags, described = "1" if icd.is_leaf(code) else "0", icd.get_description(code)
        lines.append(f"{code}\t{flags}\t{described}" if len(code) == 3 else f"{code}\t{flags}{side_of(described)}")
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
