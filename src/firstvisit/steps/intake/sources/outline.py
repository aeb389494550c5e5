"""The shape of a delivery without anybody's data: its fields by name, their values masked. Pure.

For whoever connects a vendor and may not see patients: letters become x, digits 0, and of a phone number the last two
digits stay, so that it can be told from another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake.sources.delivery import Delivery, Received
from firstvisit.steps.intake.sources.posted import kind_of, posted

MOST: Final = 120
LONGEST: Final = 60
_OPEN: Final = frozenset(
    "event eventtype type status state direction answered pages pagecount numpages numberofpages pagescount filetype "
    "recordtype receivestatus callstatus messagestatus recordingstatus transcriptionstatus nummedia apiversion format "
    "istest contenttype contentlength useragent".split()
)
"""Names of fields that say what kind of thing it is and nothing of anybody."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_.\-\[\]]{0,59}\d{0,2}")
_PHONE: Final = re.compile(r"[+(\d][\d().\s-]{8,18}\d")


def outline(delivery: Delivery) -> list[tuple[str, str]]:
    """The headers and fields of a delivery, masked; what is no form and no JSON by its kind and length."""
    found = [(f"header {name}", masked(name, value)) for name, value in sorted(delivery.headers.items())]
    try:
        fields, files = posted(delivery)
    except BadInput:
        fields, files = {}, []
    for name, value in fields.items():
        found += _leaves(name, _value(value))
    found += [(_named(each.field), f"(a file, {each.media_type}, {len(each.body)} bytes)") for each in files]
    if not fields and not files:
        found.append(("body", f"({kind_of(delivery) or 'no kind stated'}, {len(delivery.body)} bytes)"))
    return found[:MOST]


def made_of(found: list[Received]) -> list[str]:
    """What we make of a delivery, one sentence a thing."""
    return [_sentence(each) for each in found]


def masked(name: str, value: object) -> str:
    """A value without what it says of anybody."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    text = str(value)
    if re.sub(r"[^a-z]", "", name.rpartition(".")[2].lower()) in _OPEN:
        return text[:LONGEST]
    if _PHONE.fullmatch(text.strip()):
        return f"{re.sub(r'[0-9]', '0', text.strip()[:-2])}{text.strip()[-2:]}"
    if len(text) > LONGEST and " " not in text[:200] and not text.startswith("http"):
        return f"({len(text)} letters)"
    if text.startswith(("http://", "https://")):
        parts = urlsplit(text)
        return f"{parts.scheme}://{parts.hostname or ''}/…"
    hidden = re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "0", text[:LONGEST]))
    return f"{hidden}… ({len(text)} letters)" if len(text) > LONGEST else hidden


def _value(text: str) -> object:
    """A member that is written as JSON as its value."""
    if text[:1] not in "{[" and text not in ("true", "false", "null"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, each in list(value.items())[:MOST]:
            yield from _leaves(f"{name}.{inner}", each)
    elif isinstance(value, list):
        for number, each in enumerate(value[:20]):
            yield from _leaves(f"{name}[{number}]", each)
    else:
        yield _named(name), masked(name, value)


def _named(name: str) -> str:
    """The name of a field; a part of it that may be somebody's own word is masked as values are."""
    return ".".join(part if _NAME.fullmatch(part) else masked("", part) for part in name.split(".")[:12])


def _sentence(received: Received) -> str:
    things = {"document": "A document", "call": "A recording", "text": "A text message", "referral": "A referral"}
    thing = things.get(received.what, "The state of something of ours; nothing is kept of it")
    if received.what == "notice":
        return f"{thing}."
    said = [received.media_type if not received.media else "fetched from where it lies"]
    if received.pages is not None:
        said.append("1 page" if received.pages == 1 else f"{received.pages} pages")
    if not received.media:
        said.append(f"{len(received.body)} bytes")
    for side in ("from", "to"):
        if number := received.about.get(side):
            said.append(f"{side} {masked('', number)}")
    return f"{thing}: {', '.join(said)}."
