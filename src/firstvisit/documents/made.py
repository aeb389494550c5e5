"""PDFs that we make: a sheet of next things, the packet of one lead, a request for authorization. Data in, bytes out;
nothing is fetched.

The layout is a typst file beside this one; values reach it as JSON and are never read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

Layout = Literal["sheet", "packet", "request", "estimate"]


def pdf(layout: Layout, data: Mapping[str, Any]) -> bytes:
    """One PDF of this layout; 0.1 s the first time in a process, then about 0.03 s."""
    import typst  # loaded here only: 70 MB that nothing else needs

    made = typst.compile(
        str(Path(__file__).parent / f"{layout}.typ"), sys_inputs={"data": json.dumps(data)}
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave several files where one was asked for")
    return made
