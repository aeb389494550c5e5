"""From what a reader understood to what the Inbox keeps: every value with its place, its words and its doubt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from firstvisit.referral.record import Referral
from firstvisit.steps.intake.inbox.alternatives import alternatives
from firstvisit.steps.intake.inbox.values import Leaf, Value, WholeReading
from firstvisit.steps.intake.pages.page import Box, Page
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.settle import ENTRY_LISTS, WORD_LISTS, Settled, Understood

_APART: Final = ("evidence", "channel", "consents", "attribution", "not_known")
_BOX: Final = re.compile(r"page (\d+) box ([\d.]+),([\d.]+),([\d.]+),([\d.]+)")
_SPAN: Final = re.compile(r"(?:page (\d+) )?(.+) chars (\d+)-(\d+)")


def taken(
    understood: Understood,
    *,
    texts: Mapping[str, str],
    pages: tuple[Page, ...],
    sender: str = "",
    number: str = "",
    engine: str = "",
    unread: tuple[str, ...] = (),
    received_on: dt.date | None = None,
) -> WholeReading:
    """What is kept of a reading; `received_on` bounds the days that a smudged one may be.

    `sender` and `number` are what the way in knows of who sent it; a document that names its sender goes before that;
    whoever writes for themselves or their family names a doctor and is none.
    """
    values = tuple(
        value
        for patient, settled in enumerate(understood.patients)
        for value in _values(settled, understood.found, patient, received_on)
    )
    first = understood.patients[0].referral
    alarms = [one.referral for one in understood.patients if one.referral.escalate]
    return WholeReading(
        channel=first.channel,
        kind=understood.sort,
        values=values,
        leaves=tuple(_leaves_of_pages(pages, values)),
        texts=dict(texts),
        sender=_sender(first, understood.sort, sender),
        number=number or first.referrer.fax or first.referrer.phone or "",
        escalates=bool(alarms),
        escalate_reason=next((one.escalate_reason for one in alarms if one.escalate_reason), ""),
        engine=engine,
        unread=unread,
    )


def of_parts(whole: WholeReading, shares: Mapping[int, WholeReading]) -> WholeReading:
    """A reading of pages that a person told apart: of each part what its own pages say, whoever else a page of it may
    have been taken for. `whole` where several people stand on one page: only a person tells those apart."""
    for share in (whole, *shares.values()):
        if {value.patient for value in share.values} - {leaf.part for leaf in share.leaves}:
            return whole
    flagged = [share for _, share in sorted(shares.items()) if share.escalates]
    leaves = [replace(leaf, part=part) for part, share in shares.items() for leaf in share.leaves]
    return replace(
        whole,
        values=tuple(replace(value, patient=part) for part, share in shares.items() for value in share.values),
        leaves=tuple(sorted(leaves, key=lambda leaf: leaf.number)),
        escalates=bool(flagged),
        escalate_reason=flagged[0].escalate_reason if flagged else "",
    )


_OF_STRANGERS: Final = ("records_request", "vendor", "misdirected")
"""What nobody sends of themselves: whoever is named in it is not its sender."""


def _sender(referral: Referral, sort: str, known: str) -> str:
    """How whoever sent it calls themselves: a family by its name, an office by its own; else what the way in knows."""
    office = referral.referrer.organization or referral.referrer.name or ""
    if sort in _OF_STRANGERS:
        return office or known
    if referral.lead_kind in ("patient", "caregiver"):
        return referral.contact.name or _named(referral) or known
    return office or known or referral.contact.name or _named(referral)


def _named(referral: Referral) -> str:
    return " ".join(part for part in (referral.patient.first_name, referral.patient.last_name) if part)


def place_of(text: str) -> Place | None:
    """A place as evidence writes it, read again; None for one that is no page and no text ("typed")."""
    if box := _BOX.fullmatch(text):
        return Place(int(box[1]), Box(*(float(edge) for edge in box.groups()[1:])))
    if span := _SPAN.fullmatch(text):
        page = int(span[1]) if span[1] else None
        return Place(page, None, span[2], (int(span[3]), int(span[4])))
    return None


def _values(
    settled: Settled, found: tuple[Found, ...], patient: int, received_on: dt.date | None
) -> Iterator[Value]:
    """The stated leaves of one record, then what was read and refused, which only a person can make sense of."""
    doubts = {_of_list(doubt.path): doubt for doubt in settled.doubts}
    by_place = {(_plain(each.path), str(each.place)): each for each in found}
    kept = set()
    for path, value in leaves_of(settled.referral):
        evidence = settled.referral.evidence.get(path)
        where = evidence.place if evidence else ""
        at = by_place.get((_plain(path), where))
        doubt = doubts.get(path)
        weak = doubt is None or doubt.reason.startswith("read by a weak sign")
        kept.add(path)
        yield Value(
            path=path,
            value=value,
            confidence=evidence.confidence if evidence else 0.5,
            place=at.place if at else place_of(where),
            quote=at.quote if at else doubt.quote if doubt else "",
            rule=at.rule if at else "",
            patient=patient,
            alternatives=_others(path, value, settled, at.quote if at else ""),
            doubt="" if weak or doubt is None else _sentence(doubt.reason),
        )
    for path, doubt in doubts.items():
        if path in kept or not isinstance(doubt.value, str | int | float):
            continue
        yield Value(
            path=path if path.partition(".")[0] not in ENTRY_LISTS or path.count(".") == 2 else f"{path}.words",
            value=str(doubt.value),
            confidence=min(doubt.confidence, 0.3),
            place=place_of(doubt.place),
            quote=doubt.quote,
            patient=patient,
            alternatives=alternatives(path, doubt.value, doubt.quote, received_on),
            doubt=_sentence(doubt.reason),
        )


def leaves_of(referral: Referral) -> Iterator[tuple[str, Any]]:
    """Every stated leaf with its path, as JSON says it; a list of fixed words is one leaf."""
    stated = referral.model_dump(mode="json", exclude_none=True, exclude=set(_APART))
    yield from _leaves(stated, "")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for number, each in enumerate(value):
            yield from _leaves(each, f"{path}.{number}")
    elif value not in ([], {}):
        yield path, value


def _others(path: str, value: Any, settled: Settled, quote: str) -> tuple[Any, ...]:
    """What else was read for this path and put into doubt, and what else its words may say."""
    others = [doubt.value for doubt in settled.doubts if doubt.path == path and doubt.value != value]
    said = [other for other in others if isinstance(other, str | int | float)]
    return tuple(dict.fromkeys((*said, *alternatives(path, value, quote))))


def _leaves_of_pages(pages: tuple[Page, ...], values: tuple[Value, ...]) -> Iterator[Leaf]:
    """Whose a page is: of whom most of it was read; where nothing was, of whom the page before is."""
    before = 0
    for page in pages:
        read = [value.patient for value in values if value.place is not None and value.place.page == page.number]
        before = max(sorted(set(read)), key=read.count) if read else before
        yield Leaf(page.number, before, page.width, page.height, page.turned)


def _plain(path: str) -> str:
    """A path without the numbers of entries: found values of a list carry the list's name alone."""
    head = path.partition(".")[0]
    return head if head in ENTRY_LISTS or path.endswith(".0") else path


def _of_list(path: str) -> str:
    """A word of a list of fixed words is asked about with its list."""
    head = path.partition(".")[0]
    return head if head in WORD_LISTS else path


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
