"""Fields of a form that arrives as XML, in the shape that JSON's have: elements by name, attributes beside them. Pure."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

_DECLARES: Final = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.I)
"""What could make a small text large; no form needs it."""

Value = str | list["Value"] | dict[str, "Value"]


def fields(text: str) -> Value | None:
    """Nested names and values; None where `text` is no XML, is HTML, or declares entities."""
    if not re.match(r"\s*<(?!html|body|table|div|p\b|!)", text, re.I) or _DECLARES.search(text):
        return None
    try:
        root = ElementTree.fromstring(text.strip())  # noqa: S314 - what declares entities is refused above
    except ElementTree.ParseError:
        return None
    return _of(root)


def _of(element: ElementTree.Element) -> Value:
    made: dict[str, Value] = {}
    for child in element:
        name, value = child.tag.rpartition("}")[2], _of(child)
        if name not in made:
            made[name] = value
            continue
        before = made[name]
        made[name] = [*before, value] if isinstance(before, list) else [before, value]
    words = (element.text or "").strip()
    if not made and not element.attrib:
        return words
    tag = element.tag.rpartition("}")[2]
    if words:
        made = {tag: words, **made}
    return made | {(f"{tag} {name}" if words else name): value for name, value in element.attrib.items()}
