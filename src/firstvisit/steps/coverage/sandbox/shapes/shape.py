"""What every shape is: a request in, a response out, and the habits in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from firstvisit.steps.coverage.inquiries import Inquiry
from firstvisit.steps.coverage.sandbox.said import Said


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `path` without the shape's own beginning, with its query; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What is sent: after `wait` seconds, or nothing at all where it `hangs_up`."""

    content: bytes
    media: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    hangs_up: bool = False


Asks = Callable[[Inquiry], Said]
"""What the habits say to a question; counts how often a member was asked about."""
Shape = Callable[[Request, Asks], Response]


def sent(said: Said, content: bytes, media: str) -> Response:
    """`content`, the answer in the shape's own words, as the habit wants it sent: late, cut, replaced or not at all."""
    if said.hangs_up:
        return Response(b"", "", hangs_up=True)
    if said.instead is not None:
        return Response(said.instead, said.media, said.status, wait=said.wait)
    return Response(cut_short(content) if said.cut else content, media, said.status, wait=said.wait)


def cut_short(content: bytes) -> bytes:
    """What is left of an answer that breaks off."""
    return content[: len(content) * 3 // 5]
