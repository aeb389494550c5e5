"""Transactions out of their envelopes. What is wrong with an envelope is said and kept, never raised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from firstvisit.steps.coverage.x12.delimiters import STANDARD, Delimiters
from firstvisit.steps.coverage.x12.pieces import Run, runs
from firstvisit.steps.coverage.x12.text import Readable, stretches

Segment = list[str]
"""The elements of one segment: its name first, so that `segment[3]` is what the standard calls EB03."""

LONGEST: Final = 200_000
"""Segments held of one transaction (some four thousand patients); what stands beyond begins another one."""
NAME: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_ENVELOPE: Final = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})
_BEGINNINGS: Final = frozenset(name[:2] for name in _ENVELOPE)
_OF_GROUP: Final = {"HB": "271", "HS": "270", "HI": "278", "FA": "999", "HN": "277", "HR": "276", "HP": "835"}
_OF_SEGMENT: Final = {"EB": "271", "EQ": "270", "HCR": "278", "UM": "278", "AK1": "999", "STC": "277"}
"""Where no envelope says what it is: segments that stand in one kind alone."""
_OF_BHT: Final = {("0022", "11"): "271", ("0022", "13"): "270", ("0007", "11"): "278", ("0007", "13"): "278"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with an envelope. `kind`: count, control, cut_off, missing, outside, guessed, endless."""

    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction from ST to SE, or the segments that stand where one should, each as it was sent without its
    terminator: a batch is held as text, and taken apart where somebody reads it. Segment n is `segments[n - 1]`.

    `kind`: 271, 270, 278, 999, 277, TA1 ...; "" where nothing tells. `complete`: nothing shows that a part of it is
    missing. `lost`: its SE shows that segments are missing. `cut_off`: the number of a segment that broke off in the
    middle, else 0.
    """

    kind: str
    control: str
    version: str
    group: str
    interchange: str
    sender: str
    receiver: str
    made_on: str
    delimiters: Delimiters
    segments: list[str]
    faults: tuple[Fault, ...] = ()
    complete: bool = True
    lost: bool = False
    cut_off: int = 0

    def elements(self, n: int) -> Segment:
        """Segment `n` taken apart."""
        return self.segments[n - 1].split(self.delimiters.element)


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of an interchange, or of what stood outside of one: what is wrong with it as a whole."""

    interchange: str
    faults: tuple[Fault, ...]


def transactions(source: Readable) -> Iterator[Transaction | Ending]:
    """Every transaction of `source` in order, and an ending behind each interchange."""
    return _Opener().read(runs(stretches(source)))


@dataclass(slots=True)
class _Opener:
    """What is open while segments come: interchange, group, transaction."""

    delimiters: Delimiters = STANDARD
    isa: Segment | None = None
    gs: Segment | None = None
    st: Segment | None = None
    body: list[str] = field(default_factory=list)
    began: bool = False
    groups: int = 0
    in_group: int = 0
    faults: list[Fault] = field(default_factory=list)
    of_body: list[Fault] = field(default_factory=list)

    def read(self, parts: Iterator[Run]) -> Iterator[Transaction | Ending]:
        """Open and close what the segments say."""
        for run in parts:
            cut_off = False
            if run.before.strip():
                self.faults.append(Fault("outside", "Text that is no X12 stands before the first segment."))
            if run.guessed and run.texts and not self.began:
                self.faults.append(
                    Fault("guessed", "There is no ISA; the delimiters were taken from the segments.")
                )
            element, self.delimiters = run.delimiters.element, run.delimiters
            texts = run.texts
            marks = [place for place, text in enumerate(texts) if text[:2] in _BEGINNINGS]
            done = 0
            for place in (*marks, len(texts)):
                yield from self._body(texts[done:place])
                if place < len(texts):
                    name = texts[place].partition(element)[0]
                    yield from (
                        self._envelope(name, texts[place])
                        if name in _ENVELOPE
                        else self._body([texts[place]])
                    )
                done = place + 1
            cut_off = (run.cut_off or run.endless) and bool(texts) and texts[-1][:2] not in ("SE", "GE", "IE")
            if run.endless:
                self.faults.append(Fault("endless", "A segment does not end; nothing behind it was read."))
            if cut_off and self.began:
                self.of_body.append(Fault("cut_off", "The file ends in the middle of a segment."))
                yield self._closed(complete=False, cut_off=len(self.body))
        yield from self._end(None)

    def _body(self, texts: list[str]) -> Iterator[Transaction]:
        """Segments that are no envelope: of the open transaction, or of one that nobody opened."""
        if texts and not self.began:
            element = self.delimiters.element
            while texts and not NAME.fullmatch(texts[0].partition(element)[0]):
                texts = texts[1:]
                if not any(fault.kind == "outside" for fault in self.faults):
                    self.faults.append(
                        Fault("outside", "Text that is no segment stands between transactions.")
                    )
            if texts:
                self._begin(None)
        while len(self.body) + len(texts) >= LONGEST:
            room = LONGEST - len(self.body)
            self.body += texts[:room]
            texts = texts[room:]
            self.of_body.append(
                Fault("endless", f"It has more than {LONGEST} segments; what follows stands apart.")
            )
            yield self._closed(complete=False)
            self._begin(None)
        self.body += texts

    def _begin(self, st: str | None) -> None:
        self.began, self.st = True, None if st is None else st.split(self.delimiters.element)
        self.body = [] if st is None else [st]
        self.in_group += 1

    def _envelope(self, name: str, text: str) -> Iterator[Transaction | Ending]:
        segment = text.split(self.delimiters.element)
        if name == "SE":
            yield from self._close(text)
            return
        if self.began:
            yield from self._close(None)
        if name == "ISA":
            yield from self._end(None)
            self.isa = segment
        elif name == "GS":
            self._end_group(None)
            self.gs, self.in_group = segment, 0
            self.groups += 1
        elif name == "ST":
            self._begin(text)
        elif name == "TA1":
            yield replace(self._transaction(), kind="TA1", control=at(segment, 1), segments=[text])
        elif name == "GE":
            self._end_group(segment)
        elif name == "IEA":
            yield from self._end(segment)

    def _close(self, se: str | None) -> Iterator[Transaction]:
        """End the transaction, with its SE or without one where one is due."""
        if not self.began:
            self.faults.append(Fault("missing", "An SE ends a transaction that has no ST."))
            return
        lost = False
        if se is not None:
            self.body.append(se)
            ends = se.split(self.delimiters.element)
            if self.st is None:
                self.of_body.append(Fault("missing", "There is no ST before its segments."))
            self._count(self.of_body, "SE", at(ends, 1), len(self.body), "segments")
            lost = _lost(ends, self.st, len(self.body))
            self._control(self.of_body, "SE", at(ends, 2), at(self.st or [], 2))
        elif self.st is not None:
            self.of_body.append(Fault("cut_off", "There is no SE: its end is missing."))
        # Segments of a file without ST and SE: nothing says that more is due, unless an interchange stands around it.
        whole = se is not None or (self.st is None and self.isa is None)
        yield self._closed(complete=whole and not lost, lost=lost)

    def _closed(self, *, complete: bool, lost: bool = False, cut_off: int = 0) -> Transaction:
        made = replace(
            self._transaction(),
            segments=self.body,
            faults=tuple(self.of_body),
            complete=complete,
            lost=lost,
            cut_off=cut_off,
        )
        self.began, self.st, self.body, self.of_body = False, None, [], []
        return made

    def _transaction(self) -> Transaction:
        isa, gs, st = self.isa or [], self.gs or [], self.st or []
        found = next((each for each in self.body[:3] if each.startswith("BHT")), "")
        bht = found.split(self.delimiters.element)
        kind = at(st, 1) or _OF_GROUP.get(at(gs, 1)) or _OF_BHT.get((at(bht, 1), at(bht, 2))) or self._guess()
        return Transaction(
            kind=kind, control=at(st, 2), version=at(st, 3) or at(gs, 8), group=at(gs, 6), interchange=at(isa, 13),
            sender=at(isa, 6) or at(gs, 2), receiver=at(isa, 8) or at(gs, 3), made_on=at(bht, 4) or at(gs, 4),
            delimiters=self.delimiters, segments=[],
        )  # fmt: skip

    def _guess(self) -> str:
        names = (text.partition(self.delimiters.element)[0] for text in self.body)
        return next((_OF_SEGMENT[name] for name in names if name in _OF_SEGMENT), "")

    def _end_group(self, ge: Segment | None) -> None:
        if self.gs is None:
            if ge is not None:
                self.faults.append(Fault("missing", "A GE ends a group that has no GS."))
            return
        if ge is None:
            self.faults.append(Fault("cut_off", f"Group {at(self.gs, 6)} has no GE: its end is missing."))
        else:
            self._count(self.faults, "GE", at(ge, 1), self.in_group, "transactions")
            self._control(self.faults, "GE", at(ge, 2), at(self.gs, 6))
        self.gs = None

    def _end(self, iea: Segment | None) -> Iterator[Transaction | Ending]:
        if self.began:
            yield from self._close(None)
        self._end_group(None)
        if self.isa is None:
            if iea is not None:
                self.faults.append(Fault("missing", "An IEA ends an interchange that has no ISA."))
        elif iea is None:
            self.faults.append(
                Fault("cut_off", f"Interchange {at(self.isa, 13)} has no IEA: its end is missing.")
            )
        else:
            self._count(self.faults, "IEA", at(iea, 1), self.groups, "groups")
            self._control(self.faults, "IEA", at(iea, 2), at(self.isa, 13))
        if self.isa is not None or self.faults:
            yield Ending(at(self.isa or [], 13), tuple(self.faults))
        self.isa, self.groups, self.in_group, self.faults = None, 0, 0, []

    def _count(self, faults: list[Fault], name: str, stated: str, counted: int, what: str) -> None:
        if stated != str(counted) and stated.lstrip("0") != str(counted):
            faults.append(Fault("count", f"{name}01 says {stated or 'nothing'} {what}; there are {counted}."))

    def _control(self, faults: list[Fault], name: str, stated: str, begun: str) -> None:
        if stated != begun and stated.lstrip("0") != begun.lstrip("0"):
            faults.append(
                Fault("control", f"{name}02 says {stated or 'nothing'}; it began as {begun or 'nothing'}.")
            )


def _lost(se: Segment, st: Segment | None, counted: int) -> bool:
    """Whether an SE shows that segments are missing: it counts more than there are (one of them may have been the one
    that ends the plan), or it ends another transaction and its count does not agree. A count of fewer loses nothing."""
    stated, ends, begun = at(se, 1), at(se, 2), at(st or [], 2)
    agrees = stated.isdecimal() and int(stated[:9]) == counted
    more = stated.isdecimal() and int(stated[:9]) > counted
    return more or (st is not None and bool(ends) and ends.lstrip("0") != begun.lstrip("0") and not agrees)


def at(segment: Segment, place: int) -> str:
    """Element `place` without blanks around it; "" where the segment is shorter."""
    return segment[place].strip() if len(segment) > place else ""
