"""A page as a visitor reads it."""

from __future__ import annotations

import html
import re
from typing import Any


def page(response: Any) -> str:
    """The page with its entities turned to letters."""
    return html.unescape(response.content.decode())


def links(response: Any, beginning: str) -> list[str]:
    """Addresses of the page's links that begin so, in their order."""
    found = re.findall(rf'href="({re.escape(beginning)}[^"]*)"', response.content.decode())
    return [html.unescape(address) for address in found]
