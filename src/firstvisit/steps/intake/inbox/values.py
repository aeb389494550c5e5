"""The reading of one item as the Inbox keeps it: every value with its place, and what the pages are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from firstvisit.referral.record import Channel
from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.found import Place


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the record as it was read.

    `path` is the record's down to the leaf ("patient.phone", "events.0.date"; "disciplines" for a list of fixed
    words). `alternatives` are other readings of it, the likeliest first; `doubt` says in a sentence why it is not
    sure, "" where nothing but the confidence speaks against it.
    """

    path: str
    value: Any
    confidence: float
    place: Place | None = None
    quote: str = ""
    rule: str = ""
    patient: int = 0
    alternatives: tuple[Any, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: its number as received, whose it is, its size in pixels and by how much it was turned (degrees)."""

    number: int
    part: int = 0
    width: int = 0
    height: int = 0
    turned: int = 0


@dataclass(frozen=True, slots=True)
class WholeReading:
    """Everything read from one item. `texts` are what spans count in, by name ("body", "subject").

    `kind` is what kind of thing it is, a word of `kinds.Sort`; `sender` how whoever sent it is called, `number` from
    where it came; `engine` which version read it; `unread` what of it could not be read, with the reason.
    """

    channel: Channel
    kind: str = "referral"
    values: tuple[Value, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    number: str = ""
    escalates: bool = False
    escalate_reason: str = ""
    engine: str = ""
    unread: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """How many people it reads as; at least one."""
        patients = {value.patient for value in self.values} | {leaf.part for leaf in self.leaves}
        return max(1, len(patients))


def as_json(reading: WholeReading) -> dict[str, Any]:
    """What is sealed."""
    return {
        "channel": reading.channel,
        "kind": reading.kind,
        "values": [_value_json(value) for value in reading.values],
        "leaves": [[s.number, s.part, s.width, s.height, s.turned] for s in reading.leaves],
        "texts": reading.texts,
        "sender": reading.sender,
        "number": reading.number,
        "escalates": reading.escalates,
        "escalate_reason": reading.escalate_reason,
        "engine": reading.engine,
        "unread": list(reading.unread),
    }


def from_json(kept: dict[str, Any]) -> WholeReading:
    """The reading again."""
    return WholeReading(
        channel=kept["channel"],
        kind=kept["kind"],
        values=tuple(_value(one) for one in kept["values"]),
        leaves=tuple(Leaf(*numbers) for numbers in kept["leaves"]),
        texts=dict(kept["texts"]),
        sender=kept["sender"],
        number=kept["number"],
        escalates=kept["escalates"],
        escalate_reason=kept["escalate_reason"],
        engine=kept["engine"],
        unread=tuple(kept["unread"]),
    )


def _value_json(value: Value) -> dict[str, Any]:
    place = value.place
    return {
        "path": value.path,
        "value": value.value,
        "confidence": value.confidence,
        "place": [place.page, list(place.box) if place.box else None, place.text, place.span] if place else None,
        "quote": value.quote,
        "rule": value.rule,
        "patient": value.patient,
        "alternatives": list(value.alternatives),
        "doubt": value.doubt,
    }


def _value(kept: dict[str, Any]) -> Value:
    where = None
    if kept["place"] is not None:
        page, box, text, span = kept["place"]
        where = Place(page, Box(*box) if box else None, text, tuple(span) if span else None)
    return Value(
        kept["path"],
        kept["value"],
        kept["confidence"],
        where,
        kept["quote"],
        kept["rule"],
        kept["patient"],
        tuple(kept["alternatives"]),
        kept["doubt"],
    )
