"""Ways of being reached that somebody asks for; the wordings are `methods.toml`. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path


@cache
def wordings() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """sms, email and phone, in this order, each with what asks for it."""
    data: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("methods.toml").read_text("utf-8"))
    return tuple((way, re.compile(rf"(?<!\w)(?:{'|'.join(shapes)})", re.IGNORECASE)) for way, shapes in data.items())
