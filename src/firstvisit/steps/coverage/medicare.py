"""What Medicare Part B asks of outpatient therapy: who certifies, by when, how much a year. Pure.

Days and dollars are facts with a source (`reference/data/facts.toml`). Part B alone: a Medicare Advantage plan has
rules of its own, and what is not known to be either is treated as Part B and said to be so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal

from firstvisit.reference import facts
from firstvisit.steps.coverage.benefits import Benefits

Part = Literal["b", "advantage", "unknown"]
State = Literal["done", "missing", "unknown"]
Group = Literal["pt_slp", "ot"]
Whose = Literal["elsewhere", "ours"]

GROUPS: Final[dict[Group, str]] = {"pt_slp": "PT and SLP together", "ot": "OT"}
"""What shares one yearly amount."""
SOURCES: Final = {
    "hets": "Medicare's own answer (HETS 271)",
    "portal": "the contractor's portal or line",
    "family": "the family",
    "billing": "our billing",
}
"""Where an amount is from, in words."""
TAKEN_BACK: Final = ("medicare_taken_back", "end_taken_back_ruled", "undone")
"""Timeline entries that say that something was noted by mistake (`taken_back`)."""
EVENTS: Final = (
    "evaluation_completed", "plan_sent", "plan_certified", "treatment_counted", "progress_reported",
    "therapy_ended", "plan_of_care_sent", "discharged", *TAKEN_BACK,
)  # fmt: skip
"""Timeline entries that start, stop and count what follows, by name."""
_SAME: Final = {"plan_of_care_sent": "plan_sent", "discharged": "therapy_ended"}
"""What an EMR or a click tells, as what is noted for Medicare."""
_ADVANTAGE: Final = re.compile(
    r"(?i)\badvantage\b|\bpart c\b|\bmapd?\b|\bhmo\b|\bppo\b|\bgold plus\b|\bdual complete\b"
)
_ORIGINAL: Final = re.compile(
    r"(?i)^(?:original |traditional |railroad |us )?medicare(?: part b| \(part b\))?$"
)
_NUMBER: Final = re.compile(r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d"
                            r"[AC-HJKMNP-RT-Y]{2}\d\d")  # fmt: skip
"""A Medicare number (CMS, "Understanding the MBI format"): eleven places."""
_GROUP_OF: Final[dict[str, Group]] = {"AD": "ot", "AE": "pt_slp", "PT": "pt_slp", "AF": "pt_slp"}
"""Service types whose dollars count towards a yearly amount; AE (physical medicine) holds PT and SLP."""
_USED: Final = re.compile(r"(?i)\bused\b")
_MEANS: Final = {
    "APRN": "NP", "PAC": "PA", "FNPC": "NP", "FNPBC": "NP", "AGNP": "NP", "NPC": "NP", "ANP": "NP", "PNP": "NP",
    "MBBS": "MD", "DNP": "", "RN": "",
}  # fmt: skip
"""Letters behind a name that stand for others; a degree or a licence alone says nothing."""


def part(names: Iterable[str | None], member_id: str | None) -> Part:
    """Which Medicare a plan of kind "medicare" is, by how it is called and by its number. An Advantage card carries the
    plan's own number; whoever states a Medicare number beside an Advantage plan's name has the plan."""
    said = [name.strip() for name in names if name]
    if any(_ADVANTAGE.search(name) for name in said):
        return "advantage"
    if plain_number(member_id) is not None:
        return "b"
    if re.sub(r"[\s-]", "", member_id or ""):
        return "unknown"
    return "b" if said and all(_ORIGINAL.match(name) for name in said) else "unknown"


def plain_number(stated: str | None) -> str | None:
    """A Medicare number as computers have it; None where what is stated is none. The dashes on the card are there to
    read it by, and are no part of it (CMS, "Understanding the MBI format")."""
    number = re.sub(r"[\s-]", "", stated or "").upper()
    return number if _NUMBER.fullmatch(number) else None


def may_certify(credential: str | None) -> str | None:
    """Whether letters behind a name let somebody order and certify: yes, no, own scope, low vision; None where they do
    not say. Of several the strongest counts, unless one is a no."""
    words = re.findall(r"[A-Z]+", re.sub(r"[.\-]", "", (credential or "").upper()))
    known = facts.table("medicare_certifiers")
    said = [known[word] for word in (_MEANS.get(word, word) for word in words) if word in known]
    for answer in ("yes", "own scope", "low vision", "no"):
        if answer in said:
            return answer
    return None


@dataclass(frozen=True, slots=True)
class Certified:
    """Somebody approved the plan on this day, by signature or by word, for so many days from `begins`."""

    on: dt.date
    how: Literal["signed", "verbal"]
    begins: dt.date
    days: int

    @property
    def last(self) -> dt.date:
        """The last day it covers; the day on which it begins is the first."""
        return self.begins + dt.timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Episode:
    """What the timeline says of one episode of care. `order` is that a signed and dated order of whoever the plan was
    sent to is on file; `treated` treatment days so far, `reported` how many there were at the last progress report."""

    part: Part = "unknown"
    evaluated_on: dt.date | None = None
    sent_on: dt.date | None = None
    order: bool = False
    certified: tuple[Certified, ...] = ()
    treated: int | None = None
    treated_on: dt.date | None = None
    reported: int = 0
    reported_on: dt.date | None = None
    ended_on: dt.date | None = None

    @property
    def by_silence(self) -> bool:
        """Whether order and sent plan stand in for the first signature (since 2025, and for the first alone)."""
        if self.evaluated_on is None or self.sent_on is None or not self.order:
            return False
        since = dt.date.fromisoformat(facts.table("medicare_certification")["exception_from"])
        return self.evaluated_on >= since and self.sent_on <= self.evaluated_on + days("exception_days")

    @property
    def signed(self) -> tuple[Certified, ...]:
        return tuple(each for each in self.certified if each.how == "signed")

    @property
    def initial_on(self) -> dt.date | None:
        """When the first certification was there: signed, or by silence with the sending."""
        if self.signed:
            return min(each.on for each in self.signed)
        return self.sent_on if self.by_silence else None

    @property
    def covered_through(self) -> dt.date | None:
        """The last day that a certification covers; an assent by silence covers the days of the plan as it was approved
        first, by word or signature, and the longest interval where nobody noted them."""
        ends = [each.last for each in self.signed]
        if self.by_silence and self.evaluated_on is not None:
            plan = dt.timedelta(days=self._first[-1].days) if self._first else days("interval_days")
            ends.append(self.evaluated_on + plan - dt.timedelta(days=1))
        return max(ends, default=None)

    @property
    def _first(self) -> tuple[Certified, ...]:
        """Certifications of the first interval, as they were noted: a later interval begins after it."""
        begins = min((each.begins for each in self.certified), default=None)
        if begins is None or self.evaluated_on is None or begins >= self.evaluated_on + days("interval_days"):
            return ()
        return tuple(each for each in self.certified if each.begins == begins)

    @property
    def first_word(self) -> Certified | None:
        """The approval of the first interval by word, whether or not a signature followed."""
        return next((each for each in self._first if each.how == "verbal"), None)

    @property
    def verbal_waits(self) -> Certified | None:
        """An approval by word that no signature has followed; silence stands in for the first one's alone."""
        needed = [one for one in self.certified if not (self.by_silence and one in self._first)]
        spoken = [one for one in needed if one.how == "verbal"]
        waiting = [one for one in spoken if not any(each.on >= one.on for each in self.signed)]
        return waiting[-1] if waiting else None

    @property
    def late_word(self) -> Certified | None:
        """The approval by word that came after the last day for the first certification, and is all there is of it."""
        word, by = self.first_word, certify_by(self)
        return word if word is not None and by is not None and word.on > by and self.initial_on is None else None

    @property
    def in_time(self) -> bool:
        """Whether the first certification was there by its last day: by itself, or by word and signed soon after."""
        on, by, word = self.initial_on, certify_by(self), self.first_word
        if on is None or by is None:
            return False
        return on <= by or (word is not None and word.on <= by and on <= word.on + days("verbal_days"))


def days(name: str) -> dt.timedelta:
    """One of the periods of certification."""
    return dt.timedelta(days=int(facts.table("medicare_certification")[name]))


def longest_interval() -> int:
    """Days for which a plan may be certified at once."""
    return days("interval_days").days


def report_every() -> int:
    """Treatment days after which a progress report is due."""
    return int(facts.table("medicare_progress_report")["treatment_days"])


def certify_by(episode: Episode) -> dt.date | None:
    """The last day for the first certification; None before the evaluation."""
    return episode.evaluated_on + days("days_to_certify") if episode.evaluated_on else None


def taken_back(name: str, data: Mapping[str, Any]) -> Sequence[str]:
    """The names of what an entry of the timeline takes back as noted by mistake; none of any other entry."""
    if name not in TAKEN_BACK:
        return ()
    return (data["what"],) if name == "medicare_taken_back" else data.get("ends", ())


def episode_of(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> Episode:
    """The episode that timeline entries tell, (name, data) in their order. Of one thing the newest entry counts, but
    each certification of its own interval; what was taken back was never said. A new evaluation begins anew."""
    kept: list[tuple[str, Mapping[str, Any]]] = []
    for name, data in entries:
        if name in TAKEN_BACK:
            back = {_SAME.get(what, what) for what in taken_back(name, data)}
            kept = [each for each in kept if _SAME.get(each[0], each[0]) not in back]
        elif name == "evaluation_completed":
            before = next((said for entry, said in kept if entry == name), None)
            # Put right within the days of a certification it is the same episode; later somebody comes back.
            corrects = before is not None and abs(_day(data["on"]) - _day(before["on"])) < days(
                "interval_days"
            )
            kept = [each for each in kept if corrects and each[0] != name]
            kept.append((name, data))
        else:
            kept.append((name, data))
    found = Episode()
    for name, data in kept:
        found = _told(found, name, data)
    return found


def _told(before: Episode, name: str, data: Mapping[str, Any]) -> Episode:
    on = _day(data["on"])
    match name:
        case "evaluation_completed":
            return replace(before, evaluated_on=on, part=data.get("part", "unknown"))
        case "plan_of_care_sent":  # told by the EMR; what somebody noted here with its order stands
            return before if before.sent_on is not None else replace(before, sent_on=on)
        case "plan_sent":
            return replace(before, sent_on=on, order=bool(data.get("order")))
        case "plan_certified":
            one = Certified(on, data["how"], _day(data["begins"]), int(data["days"]))
            others = tuple(
                each for each in before.certified if (each.begins, each.how) != (one.begins, one.how)
            )
            return replace(before, certified=(*others, one))
        case "treatment_counted":
            return replace(before, treated=int(data["days"]), treated_on=on)
        case "progress_reported":
            return replace(before, reported=int(data["days"]), reported_on=on)
        case "therapy_ended" | "discharged":
            return replace(before, ended_on=on)
    return before


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Amount:
    """Dollars of one year and group, as the newest word of each kind has it."""

    year: int
    group: Group
    whose: Whose
    dollars: Decimal
    source: str
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class Running:
    """The running total of a year. `threshold` is None where the year's amount is not published (to us); `review` where
    claims may be chosen above it. `known` is that anything was said of therapy elsewhere."""

    year: int
    group: Group
    amounts: tuple[Amount, ...]
    threshold: Decimal | None
    review: Decimal | None
    known: bool

    @property
    def total(self) -> Decimal:
        return sum((each.dollars for each in self.amounts), Decimal(0))

    @property
    def left(self) -> Decimal | None:
        """Dollars until the modifier KX is needed, never below nothing; None where the amount is not known."""
        return None if self.threshold is None else max(Decimal(0), self.threshold - self.total)

    @property
    def above(self) -> bool | None:
        """Whether claims need the modifier KX now. It attests, it does not stop."""
        return None if self.threshold is None else self.total > self.threshold

    @property
    def reviewed(self) -> bool | None:
        """Whether claims may be chosen for review."""
        return None if self.review is None else self.total > self.review


def running(year: int, group: Group, amounts: Sequence[Amount], *, none_elsewhere: bool = False) -> Running:
    """The running total of a year and group: what was used elsewhere, as last told, and ours that is not in it yet.
    `none_elsewhere`: somebody said that there was no therapy elsewhere this year."""
    newest: dict[Whose, Amount] = {}
    for each in amounts:
        if (each.year, each.group) == (year, group) and (
            each.whose not in newest or each.as_of >= newest[each.whose].as_of
        ):
            newest[each.whose] = each
    stated = facts.table("medicare_therapy_threshold").get(str(year))
    review = facts.table("medicare_targeted_review")
    return Running(
        year,
        group,
        tuple(newest[whose] for whose in ("elsewhere", "ours") if whose in newest),
        Decimal(stated) if stated is not None else None,
        Decimal(review["dollars"]) if year <= int(review["through"]) else None,
        "elsewhere" in newest or none_elsewhere,
    )


def used_in(benefits: Benefits) -> dict[Group, Decimal]:
    """Dollars of therapy that an answer of Part B calls used, by group. Only where its own words say "used": how CMS's
    HETS writes them was not verified against its companion guide, and an amount alone may be a limit."""
    found: dict[Group, Decimal] = {}
    for line in benefits.lines:
        group = _GROUP_OF.get(line.service or "")
        if group is None or line.insurance != "MB" or line.kind not in ("other", "dollars"):
            continue
        said = any(_USED.search(message) for message in line.messages)
        dollars = line.used if line.used is not None and line.kind == "dollars" else line.amount if said else None
        if dollars is not None:
            found[group] = max(dollars, found.get(group, Decimal(0)))
    return found


def groups_of(disciplines: Iterable[str]) -> tuple[Group, ...]:
    """The yearly amounts that these therapies count towards; both where none is known."""
    asked = set(disciplines)
    found: list[Group] = []
    if not asked or asked & {"PT", "SLP"}:
        found.append("pt_slp")
    if not asked or "OT" in asked:
        found.append("ot")
    return tuple(found)
