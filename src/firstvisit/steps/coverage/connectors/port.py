"""What every connector is: one question over the network, one reply as `Benefits`. No vendor is named here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from firstvisit.steps.coverage.benefits import Benefits
from firstvisit.steps.coverage.inquiries import Inquiry
from firstvisit.steps.coverage.rejections import Rejection

Kind = Literal["sandbox", "payer", "vendor"]
"""A sandbox answers about nobody and needs no agreement; a payer is asked directly; a vendor stands between."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `raw` as it was sent, `media` its type in a word (x12, json, html, xml, text, empty).

    `benefits` are the answers in it, of whichever patients; `rejections` those that stand outside of any answer (a TA1,
    a 999, an error in a vendor's JSON); `why` one sentence for the desk where something in it is no answer, without a
    word of what was sent.
    """

    raw: bytes
    media: str
    benefits: tuple[Benefits, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    why: str = ""


class Connector(Protocol):
    """One way to ask. `variables` are what it needs of the environment: each name with what stands in it; where one is
    missing the connector is off. `optional` are further ones it takes. A variable that ends with _URL is an address: it
    begins with https://, unless it is on our own machine or network. `verified`: a real exchange with the vendor was
    seen; one that is not stays off until a practice has recorded one."""

    @property
    def slug(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> Kind: ...

    @property
    def verified(self) -> bool: ...

    @property
    def variables(self) -> Mapping[str, str]: ...

    @property
    def optional(self) -> Mapping[str, str]: ...

    def ask(self, inquiry: Inquiry, settings: Mapping[str, str], *, seconds: float) -> Reply:
        """Ask once, all in all within `seconds`. `settings` holds the variables by name. Raises ConnectorError,
        temporary where a later try may succeed, and BadInput where the question lacks what makes it one; their words
        hold nothing of question or answer."""
        ...

    def read(self, raw: bytes) -> Reply:
        """A reply that was kept, read again. Never raises for what a vendor may send."""
        ...
