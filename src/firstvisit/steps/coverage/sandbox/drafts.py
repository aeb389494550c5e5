"""A 271 as the sandbox writes it: who is named, what is said of them, in its envelope. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.steps.coverage.inquiries import VERSION, Inquiry, Insured
from firstvisit.steps.coverage.x12.delimiters import STANDARD, Delimiters
from firstvisit.steps.coverage.x12.writing import Envelope, interchange, plain

Segment = tuple[str, *tuple[str, ...]]
NAME: Final = "SANDBOX PPO"
_TOGETHER: Final = "`"
"""Stands between the service types of one EB until the file is written: an element there is a text, not several."""
_MORNING: Final = dt.time(9, 0)


def eb(
    code: str,
    service: str = "",
    *,
    level: str = "IND",
    insurance: str = "",
    period: str = "",
    amount: str = "",
    share: str = "",
    unit: str = "",
    count: str = "",
    authorization: str = "",
    network: str = "Y",
) -> Segment:
    """One EB. `amount` in dollars, `share` a fraction, `count` so many of `unit`."""
    return (
        "EB", code, level, service, insurance, NAME if code in "1568" else "", period, amount, share, unit, count,
        authorization, network,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """One transaction. `lines` are of the patient; `of_subscriber` of the subscriber beside a dependent who is the
    patient. `refusals` are AAAs by loop: A, B, C, D; below one that refuses nobody is named. `since` and `until` are
    when the plan begins and ends, `references` the numbers of the group."""

    inquiry: Inquiry
    lines: Sequence[Segment] = ()
    of_subscriber: Sequence[Segment] = ()
    refusals: tuple[tuple[str, Segment], ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    references: Sequence[Segment] = ()

    def segments(self, today: dt.date) -> list[Segment]:
        """What stands between ST and SE."""
        of, day = self.inquiry, self.inquiry.service_date
        refused = {loop for loop, _ in self.refusals}
        body: list[Segment] = [
            ("BHT", "0022", "11", of.trace[:50], today.strftime("%Y%m%d"), _MORNING.strftime("%H%M")),
            ("HL", "1", "", "20", "0" if "A" in refused else "1"),
            (
                "NM1",
                "PR",
                "2",
                plain(of.payer) or "SANDBOX PAYER",
                "",
                "",
                "",
                "",
                "PI",
                of.payer_id or "SANDBOX",
            ),
            *self._refused("A"),
        ]
        if "A" in refused:
            return body
        body += [
            ("PER", "IC", "", "TE", "5155550199"),
            ("HL", "2", "1", "21", "0" if "B" in refused else "1"),
            ("NM1", "1P", "2", plain(of.provider), "", "", "", "", "XX", of.npi),
            *self._refused("B"),
        ]
        if "B" in refused:
            return body
        trace: Segment = ("TRN", "2", of.trace, of.origin)
        dates: list[Segment] = []
        if not refused:
            dates.append(("DTP", "472", "D8", day.strftime("%Y%m%d")))
            dates += [("DTP", "346", "D8", f"{self.since:%Y%m%d}")] if self.since else []
            dates += [("DTP", "347", "D8", f"{self.until:%Y%m%d}")] if self.until else []
        below = of.dependent is not None and "C" not in refused
        body.append(("HL", "3", "2", "22", "1" if below else "0"))
        if not below:
            body.append(trace)
        body += _insured("IL", of.subscriber, () if below else self._beside("C"))
        if not below:
            return [*body, *dates, *([] if "C" in refused else self.lines)]
        body += self.of_subscriber
        assert of.dependent is not None
        body += [("HL", "4", "3", "23", "0"), trace, *_insured("03", of.dependent, self._beside("D"))]
        if of.relationship:
            body.append(("INS", "N", of.relationship))
        return [*body, *dates, *([] if "D" in refused else self.lines)]

    def _beside(self, loop: str) -> list[Segment]:
        """What stands between somebody's name and birth date."""
        return [*self.references, *self._refused(loop)]

    def _refused(self, loop: str) -> list[Segment]:
        return [segment for where, segment in self.refusals if where == loop]


def _insured(role: str, who: Insured, beside: Sequence[Segment]) -> list[Segment]:
    member = ("MI", who.member_id) if who.member_id else ("", "")
    found: list[Segment] = [("NM1", role, "1", who.last, who.first, who.middle, "", "", *member), *beside]
    if who.birth is not None:
        found.append(("DMG", "D8", who.birth.strftime("%Y%m%d"), who.sex))
    return found


def file(*drafts: Draft, today: dt.date, control: int = 1, delimiters: Delimiters = STANDARD) -> bytes:
    """One interchange of these transactions. What would break the envelope is taken out of names."""
    written = interchange(
        _envelope(today, control, delimiters),
        [("271", [_writable(each, delimiters) for each in draft.segments(today)]) for draft in drafts],
    )
    return written.replace(_TOGETHER.encode(), delimiters.repetition.encode())


def together(*services: str) -> str:
    """Several service types for one EB."""
    return _TOGETHER.join(services)


def refused_file(kind: str, today: dt.date) -> bytes:
    """A 999 that did not take the question in, or a TA1 that did not even take its envelope."""
    envelope = _envelope(today, 2, STANDARD)
    if kind == "999":
        body: list[Segment] = [
            ("AK1", "HS", "1", VERSION), ("AK2", "270", "0001", VERSION), ("IK3", "NM1", "8", "2100", "8"),
            ("IK4", "9", "67", "1"), ("IK5", "R", "5"), ("AK9", "R", "1", "1", "0"),
        ]  # fmt: skip
        return interchange(replace(envelope, code="FA", version="005010X231A1"), [("999", body)])
    lines = interchange(envelope, []).decode("ascii").split(STANDARD.terminator)
    said = f"TA1*000000001*{today:%y%m%d}*0900*R*006"
    return "~".join((lines[0], said, "IEA*0*000000002", "")).encode()


def taken_in(today: dt.date) -> bytes:
    """A 999 that says the question was taken in: some send it before the answer."""
    body: list[Segment] = [
        ("AK1", "HS", "1", VERSION), ("AK2", "270", "0001", VERSION), ("IK5", "A"), ("AK9", "A", "1", "1", "1"),
    ]  # fmt: skip
    envelope = replace(_envelope(today, 3, STANDARD), code="FA", version="005010X231A1")
    return interchange(envelope, [("999", body)])


def _envelope(today: dt.date, control: int, delimiters: Delimiters) -> Envelope:
    return Envelope(
        sender="SANDBOX", receiver="FIRSTVISIT", control=control, moment=dt.datetime.combine(today, _MORNING),
        code="HB", version=VERSION, production=False, delimiters=delimiters,
    )  # fmt: skip


def _writable(segment: Segment, delimiters: Delimiters) -> Segment:
    """A segment whose texts X12 takes, whatever the shape in which a name came."""
    forbidden = {delimiters.element, delimiters.component, delimiters.terminator, delimiters.repetition}
    taken = str.maketrans(dict.fromkeys(forbidden, " "))
    name, *elements = segment
    texts = (each if each.isascii() else plain(each) for each in elements)
    return (name, *(each.translate(taken) for each in texts))
